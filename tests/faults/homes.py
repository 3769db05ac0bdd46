"""The small home, prepared up to each stage, made once; and copies of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from orchestration.code_version import code_version
from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_PERIODS, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.policy import load_policy
from tests.faults.stages import BACKUP, FIRST_NIGHT, RESTORED, STAGES, run_stage, settings_of

LEAS, PERIODS, SEED, SLIPS = 2, DEMO_PERIODS[:3], 7, 0.2
LEAS_UNRELEASED = 1  # for tests that must be quick
HOME = "home"  # in a prepared folder; a backup and what is restored of it lie beside


class Homes:
    """Prepared homes below a folder, by name; each is made when it is first asked for.

    Args:
        work: the folder; what was prepared by the same code is used again.
        say: told what is made.
        released: whether the first night is a whole one, with a release; else only its intake.
    """

    def __init__(
        self, work: Path, say: Callable[[str], None] = lambda _: None, *, released: bool = True
    ) -> None:
        self.root = work / f"prepared-{code_version()[:12]}{'' if released else '-unreleased'}"
        self.say, self.released = say, released

    def prepared(self, name: str) -> Path:
        """The folder of a prepared home; never change it."""
        folder = self.root / name
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self.say(f"preparing the home `{name}`")
            self._make(name, folder)
            (folder / "ready").touch()
        return folder

    def _make(self, name: str, folder: Path) -> None:
        if name == "received":
            _received(folder, self.released)
        elif name == "pruneable":
            copy(self.prepared("published"), folder)
            _old_releases(folder / HOME / "releases")
        else:
            stage = next(s for s in STAGES.values() if s.after == name)
            copy(self.prepared(stage.before), folder)
            run_stage(stage.name, folder / HOME)

    def start(self, stage: str, folder: Path) -> Path:
        """A home in a folder, as a stage finds it, with the rooms that it needs."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        copy(self.prepared(STAGES[stage].before), folder, STAGES[stage].rooms)
        return folder / HOME


def copy(prepared: Path, to: Path, rooms: Iterable[str] | None = None) -> None:
    """Copy rooms of a prepared home, all of them where none are named, every byte, time and link."""
    (to / HOME).mkdir(parents=True, exist_ok=True)
    for source in [*(prepared / HOME).iterdir(), prepared / BACKUP, prepared / RESTORED]:
        if source.is_dir() and (rooms is None or source.name in rooms):
            below = to / source.relative_to(prepared)
            shutil.copytree(source, below, symlinks=True, copy_function=_copied)


def _copied(source: str, to: str) -> None:
    # what is read-only there was sealed, and nobody writes into it: a release's files, told by their mode
    if Path(source).is_symlink() or Path(source).stat().st_mode & 0o222:
        shutil.copy2(source, to, follow_symlinks=False)
    else:
        Path(to).hardlink_to(source)


def _received(folder: Path, released: bool) -> None:
    """After a first night; for the second, submissions and a feed have come."""
    home = folder / HOME
    settings = settings_of(home)
    policy = load_policy(settings.state)
    write_demo_state(home, leas=LEAS if released else LEAS_UNRELEASED)
    load_feeds(settings, policy, datetime(2023, 7, 2))
    simulate(settings, policy, PERIODS, seed=SEED, slips=SLIPS)
    broken(home)
    if released:
        from tests.faults.nights import night

        made = night(home, FIRST_NIGHT)
        assert made.code == 0, made.said
        (folder / "cpu").write_text(str(made.cpu))
    else:
        from orchestration.intake.batch import take_in_submissions
        from orchestration.intake.returning import give_back_missing

        load_feeds(settings, policy, FIRST_NIGHT)
        take_in_submissions(settings, policy, FIRST_NIGHT)
        give_back_missing(settings)
    newer = home / "feeds" / "school_facts.csv"
    newer.write_bytes(newer.read_bytes() + b"\n")
    arrived(newer, datetime(2023, 11, 10))


def broken(home: Path) -> None:
    """Half of a workbook, as a broken upload leaves it, for the second night."""
    folder = sorted((home / "landing").iterdir())[0]
    whole = sorted(folder.glob("*.xlsx"))[0].read_bytes()
    (folder / "2023-10-broken.xlsx").write_bytes(whole[: len(whole) // 2])
    arrived(folder / "2023-10-broken.xlsx", datetime(2023, 11, 14, 12))


def arrived(path: Path, at: datetime) -> None:
    """Set a file's time of arrival."""
    seconds = at.replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def _old_releases(releases: Path) -> None:
    """Releases of nights before, which the policy no longer keeps."""
    whole = next(
        p for p in releases.iterdir() if p.is_dir() and not p.is_symlink() and (p / "manifest.json").exists()
    )
    for n in (1, 2, 3):
        shutil.copytree(whole, releases / f"2023090{n}T090000Z-0000000{n}", copy_function=_copied)


def hashes(folder: Path) -> dict[str, str]:
    """Every file below a folder by its bytes' hash, every link by what it names."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def read(path: Path) -> dict:
    """A JSON file."""
    return json.loads(path.read_bytes())
