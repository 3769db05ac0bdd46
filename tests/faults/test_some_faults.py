"""A small selection of the harness at every test run, and a larger one that is slow; the whole is `make faults`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.plain_words import in_words
from tests.faults import damage, landing, look, shim
from tests.faults.__main__ import main
from tests.faults.bench import Bench
from tests.faults.homes import Homes
from tests.faults.nursery import Nursery
from tests.faults.shim import Fault
from tests.faults.tally import Tally

WHY_NOT = shim.why_not()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Homes without a release, which take seconds to make."""
    work = tmp_path_factory.mktemp("faults")
    with Nursery(work) as nursery:
        yield Bench(Homes(work, released=False), nursery, Tally(lambda _: None), seed=8)


@pytest.fixture
def tally(bench: Bench) -> Tally:
    """Fresh counts."""
    bench.tally = Tally(lambda _: None)
    return bench.tally


def all_survived(tally: Tally, at_least: int) -> None:
    assert not tally.failures, json.dumps(tally.failures, indent=1)
    assert tally.tried == tally.survived >= at_least


def test_feeds_survive_a_disk_that_is_full_from_any_write_on_and_say_so(bench: Bench, tally: Tally):
    bench.full_disks("feeds", 6, 6)
    bench.read_only("feeds")
    all_survived(tally, 10)
    said = " ".join(m for messages in tally.messages.values() for m in messages)
    assert "the disk is full: /home/" in said and "the disk is read-only: /home/" in said
    assert "make room on it" in said and "Nothing received is lost" in said


@pytest.mark.slow
def test_intake_survives_kills_in_the_middle_of_a_write_and_a_full_disk(bench: Bench, tally: Tally):
    full = {"sticky": True, "room_only": True}
    planted = [
        Fault("kill", 40),
        Fault("ENOSPC", 30, **full),
        Fault("killgroup", 200),
        Fault("ENOSPC", 9, **full),
    ]
    bench.chain("intake", "kills and full disks", [(fault, None) for fault in planted])
    all_survived(tally, 4)


def test_files_that_change_while_they_are_read_are_taken_whole_or_later(bench: Bench, tally: Tally):
    fates = ("grows", "replaced", "a pipe", "its folder goes")
    landing.rounds(bench, 1, fates)
    all_survived(tally, len(fates))


def test_a_changed_archived_file_is_named_and_a_changed_part_of_the_lake_is_built_upon_by_nobody(
    bench: Bench, tally: Tally
):
    spoiled = damage.Damage(bench)
    spoiled.archived(1)
    spoiled.in_lake(1, stages=("build",))
    all_survived(tally, 6)


def test_the_harness_sees_what_is_lost_torn_and_different(bench: Bench):
    """A harness that finds nothing proves nothing unless it would find something."""
    home = bench.homes.start("workbooks", bench.folder)
    received = look.received_hashes(home)
    assert look.lost(home, received) == look.torn(home) == []
    blob = next(p for p in (home / "archive" / "blobs").rglob("*") if p.is_file())
    damage.cut(blob, 0.5)
    assert any("is not whole" in p for p in look.lost(home, received))
    receipt = next((home / "outbox").rglob("receipt-*.json"))
    damage.cut(receipt, 0.5)
    batch = next((home / "lake" / "_batches").glob("*.json"))
    part = next(p for p in (home / "lake").rglob("*.parquet") if p.name.startswith(batch.stem))
    damage.cut(part, 0.5)
    found = look.torn(home)
    assert any(receipt.name in p for p in found) and any(part.name in p for p in found)
    undisturbed = bench.homes.prepared("taken") / "home"
    assert any(
        "differs from the undisturbed home" in p for p in look.differences(home, undisturbed, ["lake"])
    )


def test_the_library_counts_kills_and_fills_the_disk_where_it_is_told(bench: Bench):
    home = bench.homes.start("feeds", bench.folder)
    whole = bench.nursery.run("feeds", home, Fault())
    assert whole.how == "done" and whole.counted > 20 and whole.met == 0
    home = bench.homes.start("feeds", bench.folder)
    killed = bench.nursery.run("feeds", home, Fault("kill", 9))
    assert killed.how == "killed" and killed.counted == 9 and killed.met == 1
    full = bench.nursery.run("feeds", home, Fault("ENOSPC", 3, sticky=True, room_only=True))
    assert full.how == "failed" and "the disk is full" in full.message
    elsewhere = Fault("ENOSPC", 1, sticky=True, roots=(bench.folder / "nowhere",))
    assert bench.nursery.run("feeds", home, elsewhere).met == 0


def test_faults_of_the_machine_are_told_in_words_whoever_says_them():
    full = OSError(28, "No space left on device", "/data/lake/feed__files/.tmp-1234/part")
    assert in_words(full).startswith("the disk is full: /data/lake/feed__files; make room on it")
    engine = type("IOException", (Exception,), {})('Could not write file "/data/x": No space left on device')
    assert "The disk is full: make room on it" in in_words(engine) and "/data/x" in in_words(engine)
    assert in_words(ValueError("none of these")) == "ValueError: none of these"


@pytest.mark.slow
def test_a_larger_selection_survives_in_every_stage(tmp_path: Path):
    stages = [
        "feeds",
        "intake",
        "workbooks",
        "build",
        "gate",
        "publish",
        "certify",
        "rollback",
        "prune",
        "backup",
        "restore",
    ]
    rest = ["damage", "clock", "readers"]
    asked = [a for name in (*stages, *rest) for a in ("--only", name)]
    assert main(["--home", str(tmp_path), "--kills", "40", "--seed", "3", *asked]) == 0
