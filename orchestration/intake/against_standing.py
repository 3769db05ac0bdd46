"""Checks of new files against what their LEA sent before: after they were read, before they are committed.

What stands for a file are the files of its LEA that were received before it and taken in by its night
or an earlier one, by the rule of supersession; of the same night too. So what is found is a function of
archive, code and policy, in whatever order nights come or files are read again. Only parts of the lake
with files of those LEAs and school years are read, for some LEAs at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
from upath import UPath

from orchestration import lake
from orchestration.decisions import Decision
from orchestration.intake import standing_references, standing_spending, standing_statuses
from orchestration.intake.amend import amend
from orchestration.intake.found import Received
from orchestration.intake.pool import Done
from orchestration.intake.standing import File, Parts, StandingRows, Timeline, files_of, held
from orchestration.intake.standing_findings import Finding
from orchestration.intake.standing_references import Asked, ask_references, reference_findings
from orchestration.intake.standing_spending import Spending
from orchestration.intake.standing_statuses import status_findings
from orchestration.intake.withdrawals import decisions_made
from orchestration.lake import Batch
from orchestration.school_year import school_year_of

KIND = "submissions"  # of a batch of the lake
FILES_AT_ONCE = 150  # new files whose LEAs are looked at together: what memory holds
TABLES = sorted(standing_references.TABLES | {standing_spending.TABLE, standing_statuses.TABLE})


def submission_batches(root: UPath) -> list[Batch]:
    """The batches of submissions that stand in a lake."""
    return [b for b in lake.standing(root) if b.info.get("kind") == KIND]


def batches_that_matter(
    batches: Iterable[Batch], leas: Iterable[str], periods: Iterable[str], first_month: int
) -> list[Batch]:
    """Of those batches the ones with a file of those LEAs in the school years of those months."""
    wanted, years = set(leas), {school_year_of(p, first_month) for p in periods}
    found = []
    for batch in batches:
        senders = {s.rpartition("-")[0] for s in batch.info["submissions"]}
        if not senders & wanted:
            continue
        months = batch.info.get("periods")
        if months is None or {school_year_of(p, first_month) for p in months} & years:
            found.append(batch)
    return found


def periods_of(done: Done, scratch: Path) -> list[str]:
    """The months that the files just read are about, refused files left out."""
    months = held(_parts(done, scratch), pc.field("table_name") == "cover")["period"]
    return sorted(set(months))


def check_against_standing(
    done: Done,
    scratch: Path,
    batch: str,
    received: Sequence[Received],
    root: UPath,
    earlier: Sequence[Batch],
    first_month: int,
) -> None:
    """Lay what was read on what stands, and write what is found into the parts of the batch.

    Args:
        done: what the workers wrote; amended where something is found.
        scratch: their folder, laid out as a lake.
        batch: name of the batch.
        received: the files of the batch.
        root: the lake.
        earlier: batches of it that count as sent before.
        first_month: first month of the state's school year.
    """
    new = _parts(done, scratch)
    sent = held(new, pc.field("table_name").isin(TABLES))
    if sent.empty:
        return
    before = lake.parts(
        root, batches_that_matter(earlier, set(sent["lea_id"]), set(sent["period"]), first_month)
    )
    where = pc.field("table_name").isin(TABLES) & pc.field("lea_id").isin(sorted(set(sent["lea_id"])))
    ids = frozenset(sent["submission_id"])
    known = held(before, where)
    known = known[~known["submission_id"].isin(ids)]  # a file that is checked may have been sent already
    tables = pd.concat([known, sent], ignore_index=True)
    years = {p: school_year_of(p, first_month) for p in set(tables["period"])}
    tables = tables[tables["period"].map(years).isin({years[p] for p in set(sent["period"])})]
    rows = StandingRows({t: [*before.get(t, []), *new.get(t, [])] for t in {*before, *new}})
    of_part: dict[str, list[Finding]] = {}
    decisions = decisions_made(root)
    for timelines in _some_leas(files_of(tables, ids)):
        for one in _check(timelines, rows, first_month, decisions):
            of_part.setdefault(one.file.part, []).append(one)
    by_id = {r.submission_id: r for r in received}
    for part, findings in sorted(of_part.items()):
        amend(done, scratch, batch, part, findings, by_id)


def _parts(done: Done, scratch: Path) -> Parts:
    return {table: [UPath(scratch / table / f) for f in files] for table, files in done.parts.items()}


def _some_leas(files: Sequence[File]) -> Iterator[list[list[File]]]:
    """The files of some LEAs at a time, LEA by LEA, each in order of receipt."""
    by_lea: dict[str, list[File]] = {}
    for file in files:
        by_lea.setdefault(file.lea_id, []).append(file)
    some: list[list[File]] = []
    count = 0
    for _, own in sorted(by_lea.items()):
        some.append(own)
        count += sum(f.new for f in own)
        if count >= FILES_AT_ONCE:
            yield some
            some, count = [], 0
    if some:
        yield some


def _check(
    leas: Sequence[list[File]], rows: StandingRows, first_month: int, decisions: Sequence[Decision]
) -> list[Finding]:
    found: list[Finding] = []
    asked: list[Asked] = []
    looked_at: list[File] = []
    earlier: dict[str, list[File]] = {}
    every = [f for files in leas for f in files]
    spending = Spending(every, rows)
    for files in leas:
        timeline = Timeline(first_month, decisions)
        for file in files:
            if file.new:
                asked += ask_references(file, timeline)
                looked_at.append(file)
                earlier[file.submission_id] = timeline.earlier(
                    standing_statuses.TABLE, file, same_month=False
                )
            found += spending.come(file, timeline)
            for table in file.rows:
                if table != standing_spending.TABLE and file.accepted(table):
                    timeline.add(file, table)
    found += reference_findings(asked, rows, partial(school_year_of, first_month=first_month))
    return found + status_findings(looked_at, earlier, rows)
