"""A simulation's rows straight into the lake: for sizes that nobody should write as workbooks.

From the typed rows on it is intake's own code: the same checks, the same parts, one batch a reporting
month. The batches say `simulated`: no archive holds them, so that a night leaves them as they are (there
is nothing to read again) and answers nobody. A month simulated again replaces what was simulated for it.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from upath import UPath

from orchestration import archive, lake
from orchestration.demo.processes import over
from orchestration.demo.records import Entry, file_entry, slip_entry
from orchestration.demo.submissions import Submission, lea_submissions
from orchestration.demo.truth_record import lea_truth
from orchestration.demo.world import Lea, World
from orchestration.errors import ConfigError
from orchestration.intake.authority import DIRECTORY_COLUMNS, Directory
from orchestration.intake.batch import reader_version
from orchestration.intake.found import FileRead, Received
from orchestration.intake.from_rows import file_of_rows
from orchestration.intake.reading import Context
from orchestration.intake.worker import decide_and_write

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from orchestration.policy import Policy
    from orchestration.settings import Settings

KIND = "simulation"
PLANS_IN_GROUP = 600  # plans of a school year that one process has in memory at a time
ROWS_IN_PART = 300_000  # of all tables together; what is checked and written at once
WORTH_PROCESSES = 4_000  # plans x months


@dataclass(frozen=True)
class _Job:
    """What a process needs beside its LEAs."""

    world: World
    lake: str
    options: dict[str, Any]
    policy: Policy
    directory: dict[str, list[Any]]
    batches: dict[str, str]  # by period


@dataclass
class _Written:
    """What came of one group of LEAs."""

    plans: int
    entries: list[Entry]
    slips: list[Entry]
    truths: list[Entry]
    parts: dict[str, dict[str, list[str]]]  # by period and table
    submissions: dict[str, int]  # by period


def write_into_lake(
    world: World,
    leas: Sequence[Lea],
    organizations: pd.DataFrame,
    settings: Settings,
    policy: Policy,
    progress: Callable[[str], None],
) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """Write what the LEAs would have sent as lake batches; what was written, its slips, and what is true.

    Raises:
        ConfigError: the home's archive holds submissions, which a simulation must not stand beside.
    """
    if archive.arrivals(settings.archive, "submission"):
        raise ConfigError(
            f"the archive of {settings.home} holds received submissions; simulate into the lake of another "
            "home, so that nothing invented stands beside what was sent"
        )
    lake.sweep(settings.lake)
    reader = reader_version(policy)
    names = {m.period: _name(world, leas, m.period, m.end, reader) for m in world.months}
    listed = organizations[list(DIRECTORY_COLUMNS)].dropna()
    job = _Job(
        world,
        str(settings.lake),
        dict(settings.lake.storage_options),
        policy,
        {c: listed[c].tolist() for c in DIRECTORY_COLUMNS},
        names,
    )
    groups = list(enumerate(_groups(leas)))
    work = sum(lea.size for lea in leas)
    enough = work * len(world.months) >= WORTH_PROCESSES
    workers = min(settings.workers, len(groups)) if enough else 1
    writers = {p: lake.BatchWriter(settings.lake, name) for p, name in names.items()}
    entries: list[Entry] = []
    slips: list[Entry] = []
    truths: list[Entry] = []
    counts = dict.fromkeys(names, 0)
    done = 0
    for written in over(partial(_write_group, job), groups, workers):
        entries += written.entries
        slips += written.slips
        truths += written.truths
        for period, tables in written.parts.items():
            counts[period] += written.submissions[period]
            for table, files in tables.items():
                for file in files:
                    writers[period].add(table, file)
        done += written.plans
        progress(f"rows of {len(entries):,} files written into the lake, {100 * done // work} % of the plans")
    _commit(world, settings, writers, counts, reader)
    return entries, slips, truths


def _name(world: World, leas: Sequence[Lea], period: str, end: Any, reader: str) -> str:
    """The name of a month's batch: equal simulations by equal code, equal names."""
    months = ",".join(m.period for m in world.months)
    said = "\n".join([reader, str(world.seed), str(world.slips), months, *sorted(x.lea_id for x in leas)])
    digest = hashlib.sha256(f"{said}\n{period}".encode()).hexdigest()
    return f"{end:%Y%m%d}T000000000000-{KIND}-{digest[:8]}"


def _groups(leas: Sequence[Lea]) -> Iterator[list[Lea]]:
    """LEAs in groups of at most so many plans a year (a larger LEA is a group of its own)."""
    group: list[Lea] = []
    plans = 0
    for lea in sorted(leas, key=lambda x: x.lea_id):
        size = max(len(members) for members in lea.years.values())
        if group and plans + size > PLANS_IN_GROUP:
            yield group
            group, plans = [], 0
        group.append(lea)
        plans += size
    yield group


def _write_group(job: _Job, numbered: tuple[int, Sequence[Lea]]) -> _Written:
    number, leas = numbered
    root = UPath(job.lake, **job.options)
    directory, context = Directory.of_columns(job.directory), Context(job.policy)
    found = _Written(sum(lea.size for lea in leas), [], [], [], {}, {})
    for n, submissions in enumerate(_pieces(job.world, leas)):
        period = submissions[0].period
        files = []
        for s in submissions:
            found.entries.append(file_entry(s))
            found.slips += [slip_entry(s, slip) for slip in s.slips]
            files.append(_as_read(job.world, s))
        found.submissions[period] = found.submissions.get(period, 0) + len(files)
        submissions.clear()
        writer = lake.BatchWriter(root, job.batches[period])
        decide_and_write(files, f"{number:04d}-{n:04d}", writer, directory, context)
        tables = found.parts.setdefault(period, {})
        for table, parts in writer.parts.items():
            tables.setdefault(table, []).extend(parts)
    for lea in leas:
        found.truths += lea_truth(job.world, lea)
    return found


def _pieces(world: World, leas: Sequence[Lea]) -> Iterator[list[Submission]]:
    """The LEAs' submissions month by month, so many that their rows are not too many for memory."""
    piece: list[Submission] = []
    rows = 0
    in_order = heapq.merge(*(lea_submissions(world, lea) for lea in leas), key=lambda s: (s.period, s.lea_id))
    for s in in_order:
        size = sum(map(len, s.tables.values()))
        if piece and (s.period != piece[0].period or rows + size > ROWS_IN_PART):
            yield piece
            piece, rows = [], 0
        piece.append(s)
        rows += size
    if piece:
        yield piece


def _as_read(world: World, s: Submission) -> tuple[Received, FileRead]:
    """The submission as if its file had come and been read; its hash is of what the file would be about."""
    about = "\0".join(["simulated", str(world.seed), str(world.slips), s.lea_id, s.name, str(s.received_at)])
    sha256 = hashlib.sha256(about.encode()).hexdigest()
    received = Received(f"{s.lea_id}-{sha256[:12]}", s.lea_id, s.name, sha256, 0, s.received_at)
    return received, file_of_rows(s.tables, "zip" if s.form == "zip" else "xlsx")


def _commit(
    world: World,
    settings: Settings,
    writers: dict[str, lake.BatchWriter],
    counts: dict[str, int],
    reader: str,
) -> None:
    standing = [b for b in lake.standing(settings.lake) if b.info.get("kind") == KIND]
    for month in world.months:
        writer = writers[month.period]
        if not writer.parts:
            continue
        replaced = [b for b in standing if b.info["period"] == month.period and b.name != writer.name]
        writer.commit(
            {
                "kind": KIND,
                "simulated": True,
                "period": month.period,
                "taken_at": datetime.combine(month.end, datetime.min.time()).isoformat(),
                "seed": world.seed,
                "slips": world.slips,
                "submissions": counts[month.period],
                "reader": reader,
                "replaces": sorted(b.name for b in replaced),
            }
        )
