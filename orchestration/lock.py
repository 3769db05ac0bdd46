"""One writer at a time on a home, and one on its extracts: file locks that the kernel drops when their holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.errors import BusyError
from orchestration.storage import naming

LOCK = ".writer.lock"
EXTRACTS_LOCK = ".extracts.lock"
_held: set[Path] = set()


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the home's writer lock; inside a process that holds it already, do nothing.

    Raises:
        BusyError: another process holds it.
    """
    with _held_alone(folder / LOCK, f"another run is writing to this home ({folder.parent}, process "):
        yield


@contextmanager
def extracts_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a home's federal files, which are numbered by what is there; nights need not wait for it.

    Args:
        folder: the home's warehouse, which is local also where extracts are not.

    Raises:
        BusyError: another process makes federal files of this home.
    """
    said = f"another run is making federal files of this home ({folder.parent}, process "
    with _held_alone(folder / EXTRACTS_LOCK, said):
        yield


@contextmanager
def _held_alone(file: Path, said: str) -> Iterator[None]:
    path = file.resolve()
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # without a buffer: what a full disk did not take would be written, and fail, once more when it is closed
    with path.open("ab+", buffering=0) as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            f.seek(0)
            raise BusyError(
                f"{said}{f.read().decode().strip() or 'unknown'}); wait until it ends, or stop it, and run again"
            ) from e
        with naming(path):
            f.truncate(0)
            f.write(str(os.getpid()).encode())
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
            with suppress(OSError):  # on a disk that failed meanwhile; what failed first is what counts
                f.truncate(0)


def begun(folder: Path) -> float:
    """When whoever holds the home's lock took it (Unix seconds); 0 where nobody ever did."""
    path = folder / LOCK
    return path.stat().st_mtime if path.exists() else 0.0


def holder_of(folder: Path, kernel: Path = Path("/proc/locks")) -> tuple[str, bool]:
    """Process that the lock file of a home names, and whether the lock is held.

    The kernel's list of locks is asked first: to try the lock, were it for a moment, could turn a night away
    that begins in that moment. It is tried only where a file names a holder that this machine does not know.
    """
    path = folder / LOCK
    if not path.exists():
        return "", False
    holder = path.read_text().strip()
    if not holder:  # who ends in order leaves the file empty
        return "", False
    inode = f":{path.stat().st_ino} "
    if kernel.exists() and any("FLOCK" in line and inode in line for line in kernel.read_text().splitlines()):
        return holder, True
    with path.open() as f:
        try:
            fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return holder, True
        fcntl.flock(f, fcntl.LOCK_UN)
    return holder, False
