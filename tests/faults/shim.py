"""The library `shim.c`, compiled, and how a process is told which fault to meet."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
KNOWN = ("FAULT_ROOTS", "FAULT_STATE", "FAULT_DO", "FAULT_AT", "FAULT_STICKY", "FAULT_KINDS", "FAULT_TRACE")


@dataclass(frozen=True)
class Fault:
    """What a process meets at one of the operations that change something below some folders.

    Args:
        do: `count` (nothing happens), `kill` (the process), `killgroup` (it and its children), or the name
            of an errno, as ENOSPC.
        at: the number of the operation; 0 for none.
        sticky: whether all later operations fail, too: a disk stays full.
        room_only: whether only what takes room counts: new files and folders, writes.
        roots: the folders; where there are none, those of the home.
    """

    do: str = "count"
    at: int = 0
    sticky: bool = False
    room_only: bool = False
    roots: tuple[Path, ...] = ()

    def environment(self, roots: tuple[Path, ...], state: Path, trace: Path | None = None) -> dict[str, str]:
        """The variables that tell the library."""
        number = getattr(errno, self.do, None)
        return {
            "FAULT_ROOTS": ":".join(str(r) for r in self.roots or roots),
            "FAULT_STATE": str(state),
            "FAULT_DO": str(number) if number else self.do,
            "FAULT_AT": str(self.at),
            "FAULT_STICKY": "1" if self.sticky else "0",
            "FAULT_KINDS": "room" if self.room_only else "all",
            **({"FAULT_TRACE": str(trace)} if trace else {}),
        }


def why_not() -> str | None:
    """Why this machine cannot load the library; None where it can."""
    if not sys.platform.startswith("linux"):
        return "faults are planted between a program and Linux; this is another system"
    return None if compiler() else "no C compiler on this machine (Debian: apt-get install gcc libc6-dev)"


def compiler() -> str | None:
    """The C compiler, where there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def compiled(folder: Path) -> Path:
    """The library, compiled from its source into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / "shim.so"
    if not library.exists() or library.stat().st_mtime < SOURCE.stat().st_mtime:
        made = library.with_suffix(f".{os.getpid()}")
        command = [compiler() or "cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
        made.replace(library)
    return library


def fresh_state(path: Path) -> Path:
    """The file in which the processes count together, at zero."""
    path.write_bytes(bytes(4096))
    return path


def counted(state: Path) -> tuple[int, int, int]:
    """Operations counted, how many of them met the fault, and how many of all took room."""
    done, met, room = struct.unpack("QQQ", state.read_bytes()[:24])
    return done, met, room


def arm() -> None:
    """Have the loaded library read the environment again: for a process that was forked."""
    ctypes.CDLL(None).fault_arm()


def disarm() -> None:
    """No more faults in this process."""
    ctypes.CDLL(None).fault_disarm()
