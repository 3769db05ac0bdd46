"""Senders who change their files while a night reads them: growing, replaced, deleted, renamed, swapped for something else."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upath import UPath

from orchestration import archive
from orchestration.clock import from_epoch
from tests.faults.bench import Bench

STAGE = "landing"
FATES = ("grows", "replaced", "deleted", "renamed", "a folder", "a pipe", "a link", "its folder goes")
FILES, LEAS = 12, 4
PAUSE = 0.001  # seconds between two changes
LATER = timedelta(days=1)


class Sender(threading.Thread):
    """Does one thing after another to files of a landing folder, and remembers every whole version that lay there."""

    def __init__(self, landing: Path, fate: str, seed: int) -> None:
        super().__init__()
        self.landing, self.fate, self.dice = landing, fate, random.Random(seed)
        self.versions: dict[str, set[datetime]] = {}
        self.over = threading.Event()

    def put(self, path: Path, data: bytes) -> None:
        """Bring a whole file, as a finished upload does: under its name in one step."""
        new = path.with_name(f".new-{self.dice.random()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(data)
        self.versions.setdefault(hashlib.sha256(data).hexdigest(), set()).add(from_epoch(new.stat().st_mtime))
        new.replace(path)

    def data(self) -> bytes:
        """Bytes that nobody sent before, some of them long enough for several reads."""
        return self.dice.randbytes(self.dice.choice((300, 5_000, 40_000, 1_500_000)))

    def path(self) -> Path:
        """One of the files."""
        return self.landing / f"{self.dice.randrange(LEAS):02d}" / f"report-{self.dice.randrange(FILES)}.xlsx"

    def run(self) -> None:
        """Change files until it is over."""
        while not self.over.is_set():
            path = self.path()
            self.over.wait(PAUSE)
            try:
                self.change(path)
            except OSError:
                continue  # what it changed a moment ago is in the way: another

    def change(self, path: Path) -> None:
        """What happens to one file."""
        if self.fate == "grows":
            with path.open("ab") as f:
                f.write(self.data()[:1000])
        elif self.fate == "replaced":
            self.put(path, self.data())
        elif self.fate == "deleted":
            path.unlink()
            self.put(path, self.data())
        elif self.fate == "renamed":
            path.replace(self.path())
        elif self.fate == "its folder goes":
            shutil.rmtree(path.parent)
            self.put(path, self.data())
        else:
            path.unlink()
            if self.fate == "a folder":
                path.mkdir()
                path.rmdir()
            elif self.fate == "a pipe":
                os.mkfifo(path)
                path.unlink()
            else:
                path.symlink_to("/etc/hostname")
                path.unlink()
            self.put(path, self.data())


def rounds(bench: Bench, each: int, fates: tuple[str, ...] = FATES) -> None:
    """For each thing that can happen, so many takings-in while it does, and one when all is quiet."""
    for fate in fates:
        folder = bench.folder
        shutil.rmtree(folder, ignore_errors=True)
        landing, store = folder / "landing", UPath(folder / "archive")
        sender = Sender(landing, fate, bench.seed)
        for lea in range(LEAS):
            for n in range(FILES):
                sender.put(landing / f"{lea:02d}" / f"report-{n}.xlsx", sender.data())
        sender.start()
        problems: list[str] = []
        try:
            for _ in range(each):
                as_of = datetime.now(UTC).replace(tzinfo=None) + LATER
                archive.take_in(store, UPath(landing), "submission", as_of)
        except OSError as e:
            problems.append(f"it stopped the night: {e!r}")
        finally:
            sender.over.set()
            sender.join()
        archive.take_in(store, UPath(landing), "submission", datetime.now(UTC).replace(tzinfo=None) + LATER)
        problems += _unsound(sender, store, landing)
        bench.tally.note(STAGE, f"a file {fate} while it is read" if "folder goes" not in fate else fate, problems,
                         f"--only landing --seed {bench.seed}", tried=each)  # fmt: skip


def _unsound(sender: Sender, store: UPath, landing: Path) -> list[str]:
    problems = []
    came = archive.arrivals(store, "submission")
    for a in came:
        data = Path(str(archive.blob(store, a.sha256))).read_bytes()
        if hashlib.sha256(data).hexdigest() != a.sha256 or len(data) != a.size:
            problems.append(f"{a.path} is not archived as it was read")
        if sender.fate != "grows" and a.sha256 not in sender.versions:
            problems.append(f"{a.path} was archived as nobody sent it")
        elif sender.fate != "grows" and a.received_at not in sender.versions[a.sha256]:
            problems.append(f"{a.path} was archived with the time of another version")
    known = {a.sha256 for a in came}
    for path in landing.rglob("report-*"):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() not in known:
            problems.append(f"{path.name} lies there and was not taken in")
    left = [p.name for p in Path(str(store)).rglob(".tmp-*")]
    return problems + [f"left behind: {n}" for n in left]
