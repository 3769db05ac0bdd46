"""A night's intake: archive what was dropped, have it read, commit it, answer it.

Files are taken in by the night that archived them (`taken_at`), each night's as one lake batch, so
that a lake made again from the archive has the same batches and rows as one that grew. The manifest of
a batch is its commit point: before it nothing of the batch exists, after it all of it. What other code or
another policy read is read again: the new batch of a night replaces its old ones.
"""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration import archive, lake, storage
from orchestration.archive import Arrival
from orchestration.code_version import SUBMISSION_READERS, code_version
from orchestration.errors import BadDataError, InterlaceError
from orchestration.feeds.directory import known_organizations
from orchestration.intake import pool
from orchestration.intake.against_standing import (
    KIND,
    check_against_standing,
    periods_of,
    submission_batches,
)
from orchestration.intake.assemble import ACCEPTED, REFUSED, WITH_REJECTS
from orchestration.intake.authority import DIRECTORY_COLUMNS
from orchestration.intake.earlier import SentUntil
from orchestration.intake.found import Received
from orchestration.intake.history import write_histories
from orchestration.intake.owing import obliged_leas
from orchestration.intake.own_faults import RULE as OUR_FAULT
from orchestration.intake.own_faults import Undecided, complaint, submissions_by_fault, undecided
from orchestration.intake.receipt import forget_receipts, write_receipts
from orchestration.intake.withdrawals import bring_into_lake
from orchestration.intake.worker import Job, SetUp
from orchestration.policy import Policy
from orchestration.settings import Settings

SUBMISSIONS = "intake__submissions"
Runner = Callable[[Sequence[Job], SetUp, int, Callable[[str], None]], pool.Done]


@dataclass(frozen=True)
class IntakeReport:
    """What one night's intake did.

    Args:
        files: submissions decided this time.
        accepted, accepted_with_rejects, refused: of these.
        repeats: new arrivals whose bytes the same folder had brought before.
        rows: rows that went on.
        rejects: rows put aside, of files that were not refused.
        flags: findings to look at.
        batches: names of the lake batches written.
        our_faults: of the refused, those that our own code failed on.
    """

    files: int
    accepted: int
    accepted_with_rejects: int
    refused: int
    repeats: int
    rows: int
    rejects: int
    flags: int
    batches: tuple[str, ...]
    our_faults: int = 0


@dataclass(frozen=True)
class Reading:
    """What was read into the lake: how many submissions, their counts, the names of the batches written.

    `left` are batches that a fault of our own left undecided.
    """

    files: int
    counts: Counter[str]
    batches: tuple[str, ...]
    left: tuple[Undecided, ...]


def submission_id(arrival: Arrival) -> str:
    """The same bytes from the same folder are one submission."""
    return f"{arrival.folder}-{arrival.sha256[:12]}"


def first_arrivals(arrivals: Sequence[Arrival]) -> dict[str, Arrival]:
    """By submission its first arrival: of the first night that archived it, the earliest received."""
    first: dict[str, Arrival] = {}
    for arrival in sorted(arrivals, key=lambda a: (a.taken_at, a)):
        first.setdefault(submission_id(arrival), arrival)
    return first


def _silent(text: str) -> None:
    """Progress that nobody asked for."""


def take_in_submissions(
    settings: Settings,
    policy: Policy,
    as_of: datetime,
    progress: Callable[[str], None] = _silent,
    *,
    directory: Callable[[UPath, datetime], pd.DataFrame] = known_organizations,
    run: Runner = pool.run,
) -> IntakeReport:
    """Take in every submission received by `as_of` that the lake does not hold yet; write its receipt.

    Running it twice changes nothing. Whatever moment it is killed at, the next run completes it.

    Args:
        settings: the home.
        policy: the state's policy.
        as_of: the night's time (UTC).
        progress: told what is done.
        directory: the known organizations of a lake as of a time.
        run: has the files read; by worker processes unless something else is given.

    Raises:
        BadDataError: no directory has been loaded (nobody's authority can be told), or the archive
            has lost bytes.
        InterlaceError: the parsing processes cannot start or write; or, after everything else was taken in,
            a fault of our own left a batch undecided (`own_faults`).
    """
    lake.sweep(settings.lake)
    bring_into_lake(settings)
    if directory(settings.lake, as_of).empty and _anything(settings):
        raise BadDataError(
            "no directory of organizations has been loaded, so nobody can tell which LEA may send what. "
            "Put the state's directory into feeds/ and run again; the submissions wait."
        )
    new = archive.take_in(settings.archive, settings.landing, "submission", as_of)
    first = first_arrivals(archive.arrivals(settings.archive, "submission"))
    repeats = sum(first[submission_id(a)] != a for a in new)
    done = read_into_lake(settings, policy, as_of, first, progress, directory=directory, run=run)
    written = write_receipts(settings, policy, lambda at: names_of(directory(settings.lake, at)))
    if written:
        progress(f"{written:,} receipts written")
    known = directory(settings.lake, as_of)
    obliged = obliged_leas(settings.lake, policy, as_of, known)
    write_histories(settings, policy, as_of, names_of(known), obliged=obliged)
    if done.left:
        raise InterlaceError(complaint(done.left))
    if done.counts[OUR_FAULT]:
        progress(
            f"{done.counts[OUR_FAULT]:,} files were not decided by a fault of Interlace's own: see the log"
        )
    return IntakeReport(
        files=done.files,
        accepted=done.counts[ACCEPTED],
        accepted_with_rejects=done.counts[WITH_REJECTS],
        refused=done.counts[REFUSED],
        repeats=repeats,
        rows=done.counts["rows"],
        rejects=done.counts["rejects"],
        flags=done.counts["flags"],
        batches=done.batches,
        our_faults=done.counts[OUR_FAULT],
    )


def read_into_lake(
    settings: Settings,
    policy: Policy,
    as_of: datetime,
    first: dict[str, Arrival],
    progress: Callable[[str], None] = _silent,
    *,
    directory: Callable[[UPath, datetime], pd.DataFrame] = known_organizations,
    run: Runner = pool.run,
    again: Collection[str] = (),
) -> Reading:
    """Read every submission that the lake does not hold as this code and policy read it; no answers yet.

    Args:
        settings: the archive to read, the lake to write.
        first: the submissions by ID, with their first arrival.
        again: months whose submissions are read again even though the lake holds them so.

    Others, and errors, as of `take_in_submissions`.
    """
    reader = reader_version(policy)
    standing = submission_batches(settings.lake)
    until = SentUntil(first)
    valid = [
        b
        for b in standing
        if b.info["reader"] == reader and _knew_all(b, until) and set(again).isdisjoint(b.info["periods"])
    ]
    outdated = [b for b in standing if b not in valid]
    held = {s for b in valid for s in b.info["submissions"]}
    pending = {s: a for s, a in first.items() if s not in held and a.received_at <= as_of}
    counts: Counter[str] = Counter()
    names = []
    left: list[Undecided] = []
    for taken_at in sorted({a.taken_at for a in pending.values()}):
        group = {s: a for s, a in sorted(pending.items()) if a.taken_at == taken_at}
        replaced = [b for b in outdated if _is_read_again(b, taken_at, group)]
        if replaced:
            progress(
                f"reading {len(group):,} submissions again: the code, the policy or what came before changed"
            )
        known = directory(settings.lake, taken_at)
        if known.empty:  # archived before any directory came
            known = directory(settings.lake, as_of)
        earlier = [b for b in valid if datetime.fromisoformat(b.info["taken_at"]) <= taken_at]
        done = _take_in_group(
            settings, policy, as_of, taken_at, group, known, progress, run, replaced, reader, until, earlier
        )
        if isinstance(done, Undecided):
            left.append(done)
            continue
        batch, found = done
        counts += found
        valid.append(batch)
        names.append(batch.name)
    return Reading(len(pending), counts, tuple(names), tuple(left))


def names_of(known: pd.DataFrame) -> dict[str, str]:
    """Name of each organization in the newest vintage of a directory that has one."""
    named = known[["org_id", "org_name"]].dropna()
    return dict(zip(named["org_id"], named["org_name"], strict=True))


def _anything(settings: Settings) -> bool:
    dropped = settings.landing.exists() and any(True for _ in settings.landing.iterdir())
    return dropped or bool(archive.arrivals(settings.archive, "submission"))


def reader_version(policy: Policy) -> str:
    """What a submission's rows depend on beside its bytes and the directory: the reading code, what it takes from the policy."""
    return f"{code_version(SUBMISSION_READERS)}-{policy.reading_sha256[:16]}"


def _knew_all(batch: lake.Batch, until: SentUntil) -> bool:
    """Whether the batch was read knowing all that its senders had sent by then, as the archive says it now."""
    digest = until.digest(batch.info["submissions"], datetime.fromisoformat(batch.info["taken_at"]))
    return batch.info.get("sent_until") == digest


def _is_read_again(batch: lake.Batch, taken_at: datetime, group: Collection[str]) -> bool:
    """Whether an outdated batch is replaced by that of a night: it is the night's, or holds a file that now is."""
    same_night = batch.info["taken_at"] == taken_at.isoformat()
    return same_night or not set(batch.info["submissions"]).isdisjoint(group)


def batch_name(
    taken_at: datetime, submissions: Sequence[str], reader: str, sent_until: str, replaces: Sequence[str]
) -> str:
    """The name of the batch that holds those submissions as that version reads them: equal content, equal name.

    What it replaces is part of it: of two that replace each other, as where the code goes back, neither would stand.
    """
    named = "\n".join([reader, sent_until, *sorted(submissions), *sorted(replaces)])
    digest = hashlib.sha256(named.encode("utf-8", "backslashreplace")).hexdigest()
    return f"{taken_at:%Y%m%dT%H%M%S%f}-{KIND}-{digest[:8]}"


def _take_in_group(
    settings: Settings,
    policy: Policy,
    as_of: datetime,
    taken_at: datetime,
    group: dict[str, Arrival],
    known: pd.DataFrame,
    progress: Callable[[str], None],
    run: Runner,
    replaced: Sequence[lake.Batch],
    reader: str,
    until: SentUntil,
    earlier: Sequence[lake.Batch],
) -> tuple[lake.Batch, Counter[str]] | Undecided:
    sent_until = until.digest(group, taken_at)
    replaces = sorted(b.name for b in replaced)
    name = batch_name(taken_at, list(group), reader, sent_until, replaces)
    writer = lake.BatchWriter(settings.lake, name)
    with _scratch(settings) as folder:
        scratch = Path(folder)
        listed = known[list(DIRECTORY_COLUMNS)].dropna()
        directory = scratch / "directory.parquet"
        pq.write_table(pa.Table.from_pandas(listed, preserve_index=False), directory)
        set_up = SetUp(
            scratch=str(scratch / "parts"),
            batch=name,
            directory=str(directory),
            policy=asdict(policy),
            file_megabytes=settings.file_megabytes,
            file_seconds=settings.file_seconds,
            worker_megabytes=settings.worker_megabytes,
        )
        (scratch / "parts").mkdir()
        (scratch / "bytes").mkdir()
        jobs = [
            Job(
                Received(s, a.folder, a.name, a.sha256, a.size, a.received_at),
                str(archive.open_blob(settings.archive, a, scratch / "bytes")),
            )
            for s, a in group.items()
        ]
        done = run(jobs, set_up, settings.workers, progress)
        said = [UPath(scratch / "parts" / SUBMISSIONS / f) for f in done.parts.get(SUBMISSIONS, [])]
        failed = {s for s, fault in submissions_by_fault(said).items() if fault}
        if failed:
            done.counts[OUR_FAULT] = len(failed)
            before = submissions_by_fault(lake.parts(settings.lake, replaced).get(SUBMISSIONS, []))
            if left := undecided(failed, group, [s for s, fault in before.items() if not fault]):
                return left
        parts, first_month = scratch / "parts", policy.school_year_first_month
        received = [j.received for j in jobs]
        check_against_standing(done, parts, name, received, settings.lake, earlier, first_month)
        periods = periods_of(done, parts)
        # only this process writes into the lake: a worker that outlives it can do no harm
        for table, files in sorted(done.parts.items()):
            for file in files:
                sha256 = storage.sha256_file(scratch / "parts" / table / file)
                storage.put_file(scratch / "parts" / table / file, settings.lake / table / file)
                writer.add(table, file, sha256)
    info: dict[str, Any] = {"kind": KIND, "as_of": as_of.isoformat(), "taken_at": taken_at.isoformat()}
    if replaced:  # before the commit: an answer that is missing is given again, one that is outdated never
        forget_receipts(settings.outbox, group)
    info |= {"reader": reader, "sent_until": sent_until}
    batch = writer.commit({**info, "replaces": replaces, "periods": periods, "submissions": sorted(group)})
    return batch, done.counts


@contextmanager
def _scratch(settings: Settings) -> Iterator[str]:
    """A folder for unfinished parts: on the lake's own disk, where the sweep finds what a kill leaves."""
    if not storage.is_local(settings.lake):
        with tempfile.TemporaryDirectory(prefix="interlace-intake-") as folder:
            yield folder
        return
    root = storage.local(settings.lake)
    root.mkdir(parents=True, exist_ok=True)
    prefix = f"{storage.TEMPORARY}{uuid.uuid4().hex}-"
    with storage.naming(root), tempfile.TemporaryDirectory(prefix=prefix, dir=root) as folder:
        yield folder
