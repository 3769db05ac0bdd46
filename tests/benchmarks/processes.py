"""A command and all that it starts, watched: seconds, processor seconds, and memory summed over all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

EVERY = 0.1  # seconds between looks
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
Processes = tuple[
    dict[int, int], dict[int, tuple[float, float]]
]  # by process its parent; processor seconds, MiB


class Look(NamedTuple):
    """What all processes of a command held at one moment.

    Args:
        time: seconds since the epoch.
        cpu: processor seconds that they had used until then, those that ended before in it.
        memory: MiB resident, summed over the processes; what two share is counted twice.
        largest: MiB of the largest of them.
    """

    time: float
    cpu: float
    memory: float
    largest: float


@dataclass
class Measured:
    """What a command took.

    Args:
        seconds: elapsed.
        cpu: processor seconds, user and system, of all its processes.
        looks: what was seen of it, every tenth of a second.
        lines: what it printed, each with the time at which it came.
    """

    seconds: float
    cpu: float
    looks: list[Look] = field(default_factory=list)
    lines: list[tuple[float, str]] = field(default_factory=list)

    @property
    def peak(self) -> float:
        """MiB of all its processes at their worst moment."""
        return max((x.memory for x in self.looks), default=0.0)

    def cpu_at(self, moment: float) -> float:
        """Processor seconds used until a moment (seconds since the epoch)."""
        before = Look(0.0, 0.0, 0.0, 0.0)
        for look in self.looks:
            if look.time >= moment:
                width = look.time - before.time
                share = (moment - before.time) / width if before.time and width else 0.0
                return before.cpu + max(0.0, share) * (look.cpu - before.cpu)
            before = look
        return self.cpu

    def peak_between(self, begin: float, end: float) -> float:
        """MiB of all its processes at the worst of the moments between two."""
        return max((x.memory for x in self.looks if begin - EVERY <= x.time <= end + EVERY), default=0.0)


def measure(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    *,
    ends: Sequence[int] = (0,),
    cwd: Path | None = None,
) -> Measured:
    """Run a command and watch it.

    Args:
        ends: exit codes that are no fault.

    Raises:
        SystemExit: it ended with another code; what it printed goes to stderr.
    """
    started = time.time()
    process = subprocess.Popen(
        command,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=cwd,
    )
    found = Measured(0.0, 0.0)
    reader = threading.Thread(target=_read, args=(process, found.lines))
    reader.start()
    used: dict[int, float] = {}
    while True:
        found.looks.append(_look(process.pid, used, _processes()))
        time.sleep(EVERY)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    found.seconds, found.cpu = time.time() - started, usage.ru_utime + usage.ru_stime
    if process.returncode not in ends:
        sys.stderr.write("".join(line for _, line in found.lines[-60:]))
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return found


def _read(process: subprocess.Popen[str], lines: list[tuple[float, str]]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.append((time.time(), line))


@contextmanager
def watching(roots: Mapping[str, int], every: float = 0.5) -> Iterator[dict[str, Measured]]:
    """Watch families of processes that run already while the context lasts; what they took stands when it ends.

    Args:
        roots: by name the process that a family descends from. Where one is below another, it counts with its own.
        every: seconds between looks.
    """
    found = {name: Measured(0.0, 0.0) for name in roots}
    used: dict[str, dict[int, float]] = {name: {} for name in roots}
    ended = threading.Event()

    def look() -> None:
        seen = _processes()
        for name, root in roots.items():
            found[name].looks.append(_look(root, used[name], seen, set(roots.values()) - {root}))

    def watch() -> None:
        while not ended.wait(every):
            look()

    look()
    started, watcher = time.time(), threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()
        look()
        for measured in found.values():
            measured.seconds = time.time() - started
            measured.cpu = measured.looks[-1].cpu - measured.looks[0].cpu


def _look(root: int, used: dict[int, float], seen: Processes, without: Collection[int] = ()) -> Look:
    """One look at a process and all that descend from it, save by `without`; `used` keeps what ended ones had used.

    The memory of a process counts from the second look at it on: for an instant before it becomes another program, a
    process that a Java machine starts shows all the memory of that machine as its own.
    """
    parents, facts = seen
    family, more = {root} & set(facts), True
    while more:
        found = {p for p, parent in parents.items() if parent in family} - family - set(without)
        family |= found
        more = bool(found)
    sizes = [facts[pid][1] for pid in family if pid in used or pid == root]
    for pid in family:
        used[pid] = max(used.get(pid, 0.0), facts[pid][0])
    return Look(time.time(), sum(used.values()), sum(sizes), max(sizes, default=0.0))


def _processes() -> Processes:
    """What runs now."""
    parents: dict[int, int] = {}
    facts: dict[int, tuple[float, float]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:  # it ended meanwhile
            continue
        words = text.rpartition(")")[2].split()
        parents[int(entry.name)] = int(words[1])
        facts[int(entry.name)] = (
            (int(words[11]) + int(words[12])) / TICKS,
            int(words[21]) * PAGE / 2**20,
        )
    return parents, facts
