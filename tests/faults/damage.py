"""Bytes that change where they lie: in the archive, in the lake, in a release. Named, and never published."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration import archive, lake
from orchestration.backup.make import back_up
from orchestration.doctor.finding import Look
from orchestration.doctor.received import received
from orchestration.errors import InterlaceError
from orchestration.intake.again import reingest
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.release.rollback import roll_back
from orchestration.release.verify import verify_release
from orchestration.settings import Settings
from tests.faults.bench import Bench
from tests.faults.stages import SECOND_NIGHT, settings_of

STAGE = "damage"


def flip(path: Path, at: int) -> None:
    """Change one bit of a file, as a failing disk does, whatever its mode; its time stays."""
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 0x10
    _put(path, bytes(data))


def cut(path: Path, share: float) -> None:
    """Keep only the beginning of a file."""
    data = path.read_bytes()
    _put(path, data[: int(len(data) * share)])


def _put(path: Path, data: bytes) -> None:
    was = path.stat()
    path.unlink()  # a copy of its own, should it be linked
    path.write_bytes(data)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


class Damage:
    """Changes bytes and asks who notices."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.dice = bench, bench.dice

    def _note(self, fault: str, problems: list[str], again: str, said: str) -> None:
        self.bench.tally.heard(STAGE, fault, said.replace(str(self.bench.folder), ""))
        self.bench.tally.note(STAGE, fault, problems, f"--only damage --seed {self.bench.seed}: {again}")

    def archived(self, count: int) -> None:
        """A bit of an archived file: doctor, reading again and backup name it, and what stood stands."""
        for n in range(count):
            home = self.bench.homes.start("build", self.bench.folder)
            settings = settings_of(home)
            came = archive.arrivals(settings.archive, "submission")
            arrival = came[self.dice.randrange(len(came))]
            blob = Path(str(archive.blob(settings.archive, arrival.sha256)))
            flip(blob, self.dice.randrange(1 << 20)) if n % 3 else cut(blob, 0.5)
            before = _held(settings)
            policy = load_policy(settings.state)
            periods = sorted({p for b in lake.standing(settings.lake) for p in b.info.get("periods", ())})

            def again(settings=settings, policy=policy, periods=periods) -> object:
                return reingest(settings, policy, periods, SECOND_NIGHT)

            def backup(settings=settings) -> object:
                return back_up(settings, UPath(settings.home.with_name("b")), datetime(2030, 1, 1))

            for who, do in (("reading again", again), ("backup", backup)):
                problems, said = _refused(do, arrival.sha256[:12])
                if _held(settings) != before or lake.damaged(settings.lake):
                    problems.append("what stood of it no longer stands")
                self._note(f"a changed archived file, {who}", problems, arrival.path, said)
            found = received(Look(settings, SECOND_NIGHT, deep=True))
            said = "; ".join(f.what for f in found)
            problems = [] if arrival.path in said and "changed" in said else [f"doctor says only: {said}"]
            self._note("a changed archived file, doctor --deep", problems, arrival.path, said)

    def in_lake(self, count: int, stages: tuple[str, ...] = ("feeds", "intake", "build")) -> None:
        """A part of the lake cut short, changed by a bit, or gone: named before anything is made of it."""
        for how in ("cut short", "changed by a bit", "gone"):
            for _ in range(count):
                for stage in stages:
                    self._lake_part(how, stage)

    def _lake_part(self, how: str, stage: str) -> None:
        home = self.bench.homes.start("build", self.bench.folder)
        settings = settings_of(home)
        parts = [Path(str(p)) for paths in lake.parts(settings.lake).values() for p in paths]
        part = parts[self.dice.randrange(len(parts))]
        if how == "gone":
            part.unlink()
        else:
            cut(part, self.dice.random()) if how == "cut short" else flip(part, self.dice.randrange(1 << 20))
        outcome = self.bench.nursery.run(stage, home)
        fault = f"a part of the lake {how}, {stage}"
        again = f"{part.parent.name}/{part.name}"
        if stage != "build" and outcome.how == "done":
            return  # it read none of it; building does
        problems, said = [], outcome.message
        if outcome.how != "failed" or part.name not in outcome.message:
            problems.append(f"it {outcome.how}, and said: {outcome.message[:300]}")
        if "Move the folder lake away" not in outcome.message:
            problems.append("it does not say what to do")
        if stage == "build" and (home / "warehouse" / "gate.json").exists():
            problems.append("a gate's record is there")
        if not problems and stage == "intake":  # what it says mends it
            (home / "lake").rename(home.parent / "moved-away")
            for step in ("feeds", "intake"):
                outcome = self.bench.nursery.run(step, home)
                problems += (
                    [] if outcome.how == "done" else [f"{step} after it {outcome.how}: {outcome.message}"]
                )
            problems += [f"after it: {d}" for d in lake.damaged(settings.lake)]
        self._note(fault, problems, again, said)
        shutil.rmtree(home.parent / "moved-away", ignore_errors=True)

    def released(self, count: int) -> None:
        """A byte of a published file: verify names it, rollback to it is refused, a night publishes it anew."""
        for _ in range(count):
            home = self.bench.homes.start("publish", self.bench.folder)
            done = self.bench.nursery.run("publish", home)
            assert done.how == "done", done.message
            current = read_current(home / "releases") or ""
            files = sorted(p for p in (home / "releases" / current).rglob("*") if p.is_file())
            file = files[self.dice.randrange(len(files))]
            flip(file, self.dice.randrange(1 << 20))
            said = "; ".join(verify_release(home / "releases" / current))
            problems = [] if file.name in said else [f"verify says only: {said}"]
            try:
                settings = settings_of(home)
                (settings.home / "releases" / "current").unlink()
                roll_back(settings.releases, current, "harness", "faults", datetime(2030, 1, 1))
                problems.append("a damaged release could be made current")
            except InterlaceError as e:
                said += f" | {e}"
            again = self.bench.nursery.run("publish", home)
            if again.how != "done" or verify_release(home / "releases" / current):
                problems.append(f"publishing anew {again.how}: {again.message}")
            self._note("a changed file of a release", problems, str(file.relative_to(home)), said)


def _held(settings: Settings) -> set[str]:
    """The submissions that stand in the lake."""
    return {s for b in lake.standing(settings.lake) for s in b.info.get("submissions", ())}


def _refused(do: Callable[[], object], names: str) -> tuple[list[str], str]:
    try:
        do()
    except InterlaceError as e:
        return ([] if names in str(e) else [f"it does not name the file: {e}"]), str(e)
    return ["it went through"], ""
