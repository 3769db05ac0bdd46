"""One fault after another on copies of the prepared homes, each looked at, and mended by one undisturbed run."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.content import mart_contents
from orchestration.release.current import read_current
from tests.faults import look
from tests.faults.homes import HOME, Homes, read
from tests.faults.nursery import Nursery, Outcome
from tests.faults.shim import Fault
from tests.faults.stages import BACKUP, RESTORED, STAGES
from tests.faults.tally import Tally

# what a message must say of a fault: one of these phrases, and a path
CAUSES = {
    "ENOSPC": ("disk is full",),
    "EROFS": ("read-only",),
    "EACCES": ("right",),
    "EIO": ("Input/output error",),
}
# what the next night's own steps sweep, and not the deed itself when it is done again
SWEPT_LATER = {
    "feeds": "lake/", "workbooks": "outbox/", "certify": "archive/certifications/", "rollback": "releases/",
    "prune": "releases/",
}  # fmt: skip


@dataclass(frozen=True)
class Undisturbed:
    """What a stage does without a fault: operations in all, of these those that take room, processor seconds."""

    operations: int
    writes: int
    cpu: float


class Bench:
    """Where faults are tried.

    Args:
        homes: the prepared homes.
        nursery: does the stages.
        tally: what is counted.
        seed: of every choice.
    """

    def __init__(self, homes: Homes, nursery: Nursery, tally: Tally, seed: int) -> None:
        self.homes, self.nursery, self.tally, self.seed = homes, nursery, tally, seed
        self.dice = random.Random(seed)
        self.folder = nursery.work / "trial"
        self._measured: dict[str, Undisturbed] = {}

    def undisturbed(self, stage: str) -> Undisturbed:
        """A stage's own figures, measured once."""
        if stage not in self._measured:
            self.homes.prepared(STAGES[stage].after)
            whole = self.nursery.run(stage, self.homes.start(stage, self.folder))
            assert whole.how == "done", whole.message
            self._measured[stage] = Undisturbed(whole.counted, whole.took_room, whole.cpu)
        return self._measured[stage]

    def kills_in_time(self, stage: str, count: int, chain: int) -> None:
        """Kill -9 at random moments, several on one home before it is finished."""
        cpu = self.undisturbed(stage).cpu
        while count > 0:
            moments = [self.dice.uniform(0, cpu) for _ in range(min(chain, count))]
            count -= len(moments)
            self.chain(stage, "kill -9 at a random moment", [(None, m) for m in moments])

    def kills_at_operations(self, stage: str, count: int, chain: int) -> None:
        """Kill -9 in the middle of an operation that changes something, several on one home."""
        at = self._spread(self.undisturbed(stage).operations, count)
        for n in range(0, len(at), chain):
            faults = [Fault(("kill", "killgroup")[k % 2], k) for k in at[n : n + chain]]
            self.chain(stage, "kill -9 in a write, rename or removal", [(f, None) for f in faults])

    def full_disks(self, stage: str, count: int, chain: int) -> None:
        """The disk is full from the Nth write on, for every N or so many of them, several times on one home."""
        at = self._spread(self.undisturbed(stage).writes, count)
        for n in range(0, len(at), chain):
            faults = [Fault("ENOSPC", k, sticky=True, room_only=True) for k in at[n : n + chain]]
            self.chain(stage, "disk full", [(f, None) for f in faults])

    def bad_disks(self, stage: str, count: int, chain: int) -> None:
        """One operation fails with an error of the disk, several times on one home."""
        at = self._spread(self.undisturbed(stage).operations, count)
        for n in range(0, len(at), chain):
            self.chain(stage, "error of the disk, once", [(Fault("EIO", k), None) for k in at[n : n + chain]])

    def read_only(self, stage: str) -> None:
        """Each room that the stage writes to is a read-only file system, and then one without the right to write."""
        for room in [r for r in STAGES[stage].compared if r != RESTORED]:
            where = (self.folder / (room if room == BACKUP else f"{HOME}/{room}"),)
            faults = [Fault(error, 1, sticky=True, roots=where) for error in ("EROFS", "EACCES")]
            self.chain(stage, f"read-only folder, or no right: {room}", [(f, None) for f in faults])

    def _spread(self, last: int, count: int) -> list[int]:
        """Numbers of operations: every one where they are few enough, else one at random of each stretch."""
        if last <= count:
            return list(range(1, last + 1))
        step = last / count
        return [1 + int(n * step + self.dice.random() * step) for n in range(count)]

    def chain(self, stage: str, fault: str, tries: Sequence[tuple[Fault | None, float | None]]) -> None:
        """Plant one fault after another on one home (or kill after so many seconds), and mend it with one quiet run."""
        home = self.homes.start(stage, self.folder)
        received = look.received_hashes(home)
        expected = self.homes.prepared(STAGES[stage].after)
        before = read_current(home / "releases")
        allowed = {before, read_current(expected / HOME / "releases")}
        story, sound = [], 0
        for planted, moment in tries:
            whole_group = self.dice.random() < 0.5
            outcome = self.nursery.run(stage, home, planted, kill_at_cpu=moment, whole_group=whole_group)
            story.append(_said(planted, moment, whole_group))
            problems = self.problems(home, received, allowed)
            problems += _of_message(outcome, planted)
            if planted and planted.do in CAUSES and outcome.message:
                self.tally.heard(stage, fault, outcome.message.replace(str(self.folder), ""))
            if problems:
                self.tally.note(stage, fault, problems, self._again(stage, story))
            else:
                sound += 1
        if sound:
            problems = self.mended(stage, home, expected, received, allowed)
            self.tally.note(stage, fault, problems, self._again(stage, story), tried=sound)
        self.nursery.end_leftovers()

    def problems(
        self, home: Path, received: set[str], allowed: set[str | None], deep: bool = False
    ) -> list[str]:
        """What does not hold of a home after a fault."""
        return look.lost(home, received) + look.torn(home) + look.releases(home, allowed, deep)

    def mended(
        self, stage: str, home: Path, expected: Path, received: set[str], allowed: set[str | None]
    ) -> list[str]:
        """What does not hold after an undisturbed run, compared with the undisturbed home."""
        if stage == "restore":  # it refuses a home that holds something, as what was cut short does
            shutil.rmtree(self.folder / RESTORED, ignore_errors=True)
        look.age_leftovers(self.folder)
        outcome = self.nursery.run(stage, home)
        if outcome.how != "done":
            return [f"the run after it {outcome.how}: {outcome.message}"]
        problems = self.problems(home, received, allowed, deep=stage == "publish")
        later = SWEPT_LATER.get(stage, "nothing")
        problems += [f"left behind: {p}" for p in look.leftovers(home) if not p.startswith(later)]
        if stage == "build":
            if mart_contents(settings_build(home)) != mart_contents(settings_build(expected / HOME)):
                problems.append("the marts are not those of the undisturbed home")
        elif stage == "gate":
            here, there = (read(h / "warehouse" / "gate.json") for h in (home, expected / HOME))
            if here != there:
                problems.append("the gate's record is not that of the undisturbed home")
        elif stage == "publish":
            here, there = (
                read(h / "releases" / "current" / "manifest.json") for h in (home, expected / HOME)
            )
            if here["marts"] != there["marts"] or here["release_id"] != there["release_id"]:
                problems.append("the release is not that of the undisturbed home")
        else:
            for room in STAGES[stage].compared:
                beside = room in (BACKUP, RESTORED)
                a, b = (self.folder, expected) if beside else (home, expected / HOME)
                problems += look.differences(a, b, [room])
        return problems

    def _again(self, stage: str, story: list[str]) -> str:
        return f"--only {stage} --seed {self.seed}: {', then '.join(story)}"


def settings_build(home: Path) -> Path:
    """The build file of a home."""
    return home / "warehouse" / "warehouse.duckdb"


def _said(planted: Fault | None, moment: float | None, whole_group: bool) -> str:
    if planted is None:
        return f"kill -9 {'of all its processes ' if whole_group else ''}after {moment:.2f} processor seconds"
    what = "room-taking operation" if planted.room_only else "operation"
    return f"{planted.do} at {what} {planted.at}{' and all later ones' if planted.sticky else ''}"


def _of_message(outcome: Outcome, planted: Fault | None) -> list[str]:
    """What is wrong with how it ended: it hung, or failed without naming the cause."""
    if outcome.how == "hung":
        return ["it hung"]
    if outcome.how != "failed" or planted is None or planted.do not in CAUSES:
        return []
    problems = []
    if not any(phrase in outcome.message for phrase in CAUSES[planted.do]):
        problems.append(f"the message does not name the cause: {outcome.message[:300]}")
    if "/trial/" not in outcome.message:
        problems.append(f"the message does not name the place: {outcome.message[:300]}")
    return problems
