"""Whole nights, with Dagster, dbt and all: killed, on a full disk, on read-only folders."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from orchestration.release.current import read_current
from tests.faults import look, shim
from tests.faults.bench import CAUSES, Bench
from tests.faults.homes import HOME, copy
from tests.faults.nights import night
from tests.faults.shim import Fault

STAGE = "whole night"


class Nights:
    """Faults in whole nights, on copies of a home with a first release and files that have come since."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.folder = bench.nursery.work / "trial-night"
        self.standing = bench.homes.prepared("received")
        self.second = bench.homes.prepared("published")
        self.cpu = float((self.standing / "cpu").read_text())
        self.before = read_current(self.standing / HOME / "releases")
        self.after = read_current(self.second / HOME / "releases")

    def start(self) -> Path:
        """A copy of the home before its second night."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        copy(self.standing, self.folder)
        return self.folder / HOME

    def kills(self, count: int, chain: int) -> None:
        """Kill -9 at random moments of a night, several nights on one home, then one that ends."""
        fault = "kill -9 at a random moment"
        while count > 0:
            home, story, sound = self.start(), [], 0
            received = look.received_hashes(home)
            groups = []
            for _ in range(min(chain, count)):
                count -= 1
                moment, whole_group = self.bench.dice.uniform(0, self.cpu), self.bench.dice.random() < 0.5
                story.append(f"kill -9 {'of all its processes ' if whole_group else ''}after {moment:.1f} s")
                killed = night(home, kill_at_cpu=moment, whole_group=whole_group)
                problems = self.problems(home, received)
                if problems:
                    self.bench.tally.note(STAGE, fault, problems, self._again(story))
                else:
                    sound += 1
                groups.append(killed)
            if sound:
                self.bench.tally.note(
                    STAGE, fault, self.mended(home, received), self._again(story), tried=sound
                )

    def full_disks(self, count: int) -> None:
        """The disk is full from the Nth write of a night on, whichever process makes it."""
        state = shim.fresh_state(self.bench.nursery.state)
        home = self.start()
        whole = night(home, env=self._planted(home, Fault(), state))
        assert whole.code == 0, whole.said
        writes = shim.counted(state)[2]
        for k in self.bench._spread(writes, count):
            self._failing("disk full", Fault("ENOSPC", k, sticky=True, room_only=True))

    def read_only(
        self, rooms: tuple[str, ...] = ("logs", "dagster", "warehouse", "archive", "lake", "outbox")
    ) -> None:
        """One room after another is on a read-only file system."""
        for room in rooms:
            where = (self.folder / HOME / room,)
            self._failing(
                f"read-only folder: {room}", Fault("EROFS", 1, sticky=True, roots=where), mend=False
            )

    def _failing(self, name: str, fault: Fault, mend: bool = True) -> None:
        home = self.start()
        received = look.received_hashes(home)
        made = night(home, env=self._planted(home, fault, shim.fresh_state(self.bench.nursery.state)))
        problems = self.problems(home, received)
        told = " | ".join(line for line in made.said.splitlines() if _tells(line))
        if made.code != 0:
            self.bench.tally.heard(STAGE, name, told.replace(str(self.folder), "") or made.said[-600:])
            if made.code != 2:
                problems.append(f"it ended with {made.code}, not with 2: could not run")
            if not any(phrase in made.said for phrase in CAUSES[fault.do]):
                problems.append(f"the message does not name the cause: {made.said[-600:]}")
            if str(self.folder) not in told:
                problems.append(f"the message does not name the place: {told or made.said[-600:]}")
            if "Traceback (most recent call last)" in made.said:
                problems.append(f"a traceback is no message: {made.said[-600:]}")
        problems = problems or (self.mended(home, received) if mend or made.code == 0 else [])
        again = f"{fault.do} at {fault.at}" + (f" in {fault.roots[0].name}" if fault.roots else "")
        self.bench.tally.note(STAGE, name, problems, self._again([again]))

    def problems(self, home: Path, received: set[str], deep: bool = False) -> list[str]:
        """What does not hold of a home."""
        return self.bench.problems(home, received, {self.before, self.after}, deep)

    def mended(self, home: Path, received: set[str]) -> list[str]:
        """What does not hold after one undisturbed night."""
        look.age_leftovers(home)
        made = night(home)
        if made.code != 0:
            return [f"the next night {made.how} with {made.code}: {made.said[-800:]}"]
        problems = self.problems(home, received, deep=True)
        return problems + self.unlike(home) + [f"left behind: {p}" for p in look.leftovers(home)]

    def unlike(self, home: Path) -> list[str]:
        """How what a home publishes, holds and answered differs from the undisturbed one."""
        here, there = (_manifest(h) for h in (home, self.second / HOME))
        marts = [m for m in there["marts"] if here["marts"].get(m) != there["marts"][m]]
        problems = [f"the mart {m} is not that of the undisturbed home" for m in marts]
        if here["release_id"] != there["release_id"]:
            problems.append(f"the release is {here['release_id']}, not {there['release_id']}")
        return problems + look.differences(home, self.second / HOME, ("archive", "lake", "outbox"))

    def _planted(self, home: Path, fault: Fault, state: Path) -> dict[str, str]:
        planted = fault.environment((home.parent,), state)
        return {**planted, "LD_PRELOAD": str(self.bench.nursery.library)}

    def _again(self, story: list[str]) -> str:
        return f"--only nights --seed {self.bench.seed}: {', then '.join(story)}"


def _tells(line: str) -> bool:
    return line.startswith(("Could not run", "  ", "Refused")) and not line.startswith("  File ")


def _manifest(home: Path) -> dict:
    return json.loads((home / "releases" / "current" / "manifest.json").read_bytes())
