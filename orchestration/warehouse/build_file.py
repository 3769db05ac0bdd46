"""The night's fresh build file: views over the lake, the run's facts and the policy as rows.

dbt's source `lake` is the schema this module makes. It holds no rule: each view is the lake table's
columns, typed, over the files of the batches that stand.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import archive, lake, storage
from orchestration.allocation.load import load_allocation
from orchestration.allocation.rows import COLUMNS as ALLOCATION_COLUMNS
from orchestration.allocation.rows import allocation_rows
from orchestration.code_version import code_version
from orchestration.decisions import decisions
from orchestration.errors import BuildError
from orchestration.policy import Policy
from orchestration.settings import MEMORY_LIMIT, Settings
from orchestration.warehouse.changed import begin_anew
from orchestration.warehouse.families import begin_families
from orchestration.warehouse.orphans import end_orphans
from orchestration.warehouse.standing_build import let_go

# measured (docs/performance.md): with 1,000 LEAs a month's lake has 17 MB, a year's 163 MB
LEAST_MEGABYTES, MEMORY_OF_LAKE, MOST_MEGABYTES = 800, 12, 3_000
MEMORY_FILE = "memory_limit"  # beside the build file; read by `dbt_memory`, which must import nothing of ours
RUN_COLUMNS = {
    "as_of": "TIMESTAMP",
    "code_version": "VARCHAR",
    "policy_sha256": "VARCHAR",
    "archive_sha256": "VARCHAR",
    "state": "VARCHAR",
}
CALENDAR_COLUMNS = {"time_zone": "VARCHAR", "school_year_first_month": "BIGINT"}
RECEIVED_COLUMNS = {"received_until": "TIMESTAMP"}
POLICY_COLUMNS = {
    "parameter": "VARCHAR",
    "value": "VARCHAR",
    "from_year": "VARCHAR",
    "until_year": "VARCHAR",
    "citation": "VARCHAR",
    "confirmed": "BOOLEAN",
}


@dataclass(frozen=True)
class RunFacts:
    """What a candidate is a function of, and the state's name.

    `archive_sha256` is over the arrivals received and the decisions made by `as_of`, in order: equal
    archives, equal hash. A simulation's batches, which no archive holds, count by their names, which say
    what was simulated.
    """

    as_of: datetime
    code_version: str
    policy_sha256: str
    archive_sha256: str
    state: str


def run_facts(settings: Settings, policy: Policy, as_of: datetime) -> RunFacts:
    """The facts of a night on this home."""
    digest = hashlib.sha256()
    for kind in ("feed", "submission"):
        for a in archive.arrivals(settings.archive, kind):
            if a.received_at <= as_of:
                digest.update(f"{a.received_at.isoformat()}|{kind}|{a.path}|{a.sha256}\n".encode())
    for decision in decisions(settings.archive):
        if decision.decided_at <= as_of:
            digest.update(f"{decision.name}\n".encode())
    for batch in lake.standing(settings.lake):
        if batch.info.get("simulated"):
            digest.update(f"simulated|{batch.name}\n".encode())
    return RunFacts(
        as_of=as_of,
        code_version=code_version(),
        policy_sha256=policy_sha256(settings, policy),
        archive_sha256=digest.hexdigest(),
        state=policy.state,
    )


def policy_sha256(settings: Settings, policy: Policy) -> str:
    """The hash of all that the state set: its policy and, where it has them, its feeds.yaml and allocation.yaml."""
    feeds = settings.state / "feeds.yaml"
    files = {
        "allocation": load_allocation(settings.state).sha256,
        "feeds": storage.sha256_file(feeds) if feeds.is_file() else "",
    }
    said = [f"{name} {sha256}" for name, sha256 in files.items() if sha256]
    return hashlib.sha256("|".join([policy.sha256, *said]).encode()).hexdigest() if said else policy.sha256


def prepare_build_file(settings: Settings, policy: Policy, as_of: datetime) -> RunFacts:
    """Make a fresh build file; an old one, and what was said about it, is removed first.

    Raises:
        BadDataError: a part of the lake is not as it was written.
        BuildError: DuckDB cannot write the file, or read the lake.
    """
    clear_away(settings)
    let_go(settings)
    for path in (settings.build_file, wal(settings)):
        path.unlink(missing_ok=True)
    facts, files = what_stands(settings, policy, as_of)
    # nobody else's client opens this file; the newest storage writes columns of text in two thirds of the time
    options: dict[str, Any] = {"storage_compatibility_version": "latest"}
    with _naming(settings.build_file), duckdb.connect(str(settings.build_file), config=options) as db:
        db.execute("create schema lake")
        lay_views(db, files)
        for table, (columns, rows) in small_tables(db, settings, policy, facts).items():
            write_table(db, f"lake.{table}", columns, rows)
        db.execute("create schema reuse")
        begin_families(db, settings.organizations_at_a_time)
        begin_anew(db, files)
    return facts


@contextmanager
def _naming(build_file: Path) -> Iterator[None]:
    """Have what DuckDB says of a disk that fails name the file."""
    try:
        yield
    except duckdb.Error as e:
        raise BuildError(f"{build_file} cannot be begun: {type(e).__name__}: {e}") from e


def clear_away(settings: Settings) -> None:
    """End what an earlier night left running, and remove what was said of its candidate."""
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    for target in (settings.warehouse / "dbt", settings.warehouse / "spark" / "dbt"):
        end_orphans(target)
    for folder in (settings.warehouse, settings.warehouse / "dbt", settings.warehouse / "profile"):
        storage.names_swept(folder)
    settings.gate_record.unlink(missing_ok=True)


def wal(settings: Settings) -> Path:
    """DuckDB's log beside the build file: there while it is written, and after who wrote it was killed."""
    return settings.build_file.with_name(settings.build_file.name + ".wal")


def what_stands(
    settings: Settings, policy: Policy, as_of: datetime
) -> tuple[RunFacts, dict[str, list[Path]]]:
    """The facts of the night and the lake's files, each found whole; DuckDB's limit for them is set.

    Raises:
        BadDataError: a part of the lake is not as it was written.
    """
    lake.refuse_damage(settings.lake)  # an engine may read a changed part without complaint
    facts = run_facts(settings, policy, as_of)
    files = standing_files(settings)
    held = sum(f.stat().st_size for of_table in files.values() for f in of_table if f.exists())
    limit = build_memory(settings.memory_limit, held)
    storage.write_whole(settings.build_file.with_name(MEMORY_FILE), limit.encode())
    return facts, files


def lay_views(db: duckdb.DuckDBPyConnection, files: Mapping[str, list[Path]]) -> None:
    """Make a view in schema `lake` for each lake table, over its files."""
    for table, columns in lake.table_columns().items():
        view = view_sql(columns, files.get(table, []))
        db.execute(f"create or replace view lake.{_quoted(table)} as {view}")


def small_tables(
    db: duckdb.DuckDBPyConnection, settings: Settings, policy: Policy, facts: RunFacts
) -> dict[str, tuple[dict[str, str], list[tuple[Any, ...]]]]:
    """By name the columns and rows of the tables of schema `lake` that are no lake tables; its views stand already."""
    until = [(received_until(db, facts.as_of),)]
    allocation = allocation_rows(load_allocation(settings.state))
    return {
        "run": (RUN_COLUMNS, [_row(facts, RUN_COLUMNS)]),
        "calendar": (CALENDAR_COLUMNS, [(policy.time_zone, policy.school_year_first_month)]),
        "received": (RECEIVED_COLUMNS, until),
        "policy": (POLICY_COLUMNS, [_row(value, POLICY_COLUMNS) for value in policy.values]),
        **{name: (ALLOCATION_COLUMNS[name], rows) for name, rows in allocation.items()},
    }


def received_until(db: duckdb.DuckDBPyConnection, as_of: datetime) -> datetime | None:
    """When the last thing that counts at a time was received or decided; None where nothing was."""
    times = [
        f"select max({time}) as moment from lake.{_quoted(table)} where {time} <= ?"
        for table, columns in lake.table_columns().items()
        if (time := lake.time_column(columns)) is not None
    ]
    found = db.execute(
        f"select max(moment) from ({' union all '.join(times)})", [as_of] * len(times)
    ).fetchone()
    return None if found is None else found[0]


def build_memory(memory_limit: str, lake_bytes: int) -> str:
    """DuckDB's limit for a build over a lake of that many bytes: where a home is given none, by the size of its lake.

    A small lake's build needs no more, and with more DuckDB keeps in memory what nobody reads again.
    """
    if memory_limit != MEMORY_LIMIT:
        return memory_limit
    wanted = LEAST_MEGABYTES + MEMORY_OF_LAKE * lake_bytes / 1e6
    return f"{min(wanted, MOST_MEGABYTES):.0f}MB"


def view_sql(columns: dict[str, str], files: list[Path]) -> str:
    """A select of the table's columns over its Parquet files; typed and empty where there is none.

    A column that older parts do not have yet is null in their rows.
    """
    empty = ", ".join(f"null::{t} as {_quoted(c)}" for c, t in columns.items())
    typed = f"select {empty} where false"
    if not files:
        return typed
    names = ", ".join("'" + str(f).replace("'", "''") + "'" for f in files)
    return f"{typed} union all by name select * from read_parquet([{names}], union_by_name = true)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _row(value: Any, columns: Mapping[str, str]) -> tuple[Any, ...]:
    said = asdict(value)
    return tuple(said[c] for c in columns)


def write_table(
    db: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Make a small table of the given rows."""
    db.execute(f"create or replace table {name} ({', '.join(f'{c} {t}' for c, t in columns.items())})")
    if rows:
        db.executemany(f"insert into {name} values ({', '.join('?' * len(columns))})", rows)


def standing_files(settings: Settings) -> dict[str, list[Path]]:
    """By lake table the local paths of the parts that stand; those of an object store are copied once, as parts
    never change.
    """
    cache = settings.warehouse / "lake_cache"
    found: dict[str, list[Path]] = {}
    for table, paths in lake.parts(settings.lake).items():
        for path in paths:
            if storage.is_local(path):
                found.setdefault(table, []).append(storage.local(path))
                continue
            copy = cache / table / path.name
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                temporary = copy.with_name(storage.TEMPORARY + copy.name)
                with path.open("rb") as src, temporary.open("wb") as dst:
                    shutil.copyfileobj(src, dst, 1 << 20)
                temporary.replace(copy)
            found.setdefault(table, []).append(copy)
    return found
