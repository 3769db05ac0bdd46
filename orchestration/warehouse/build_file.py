"""The night's fresh build file: views over the lake, the run's facts and the policy as rows.

dbt's source `lake` is the schema this module makes. It holds no rule: each view is the lake table's
columns, typed, over the files of the batches that stand.
"""

from __future__ import annotations

import hashlib
import shutil
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
from orchestration.policy import Policy
from orchestration.settings import MEMORY_LIMIT, Settings
from orchestration.warehouse.orphans import end_orphans

# measured (docs/performance.md): with 1,000 LEAs a month's lake has 17 MB, a year's 163 MB
LEAST_MEGABYTES, MEMORY_OF_LAKE, MOST_MEGABYTES = 800, 12, 3_000
MEMORY_FILE = "memory_limit"  # beside the build file; read by `dbt_memory`, which must import nothing of ours
RUN_COLUMNS = {
    "as_of": "TIMESTAMP",
    "code_version": "VARCHAR",
    "policy_sha256": "VARCHAR",
    "archive_sha256": "VARCHAR",
    "state": "VARCHAR",
    "time_zone": "VARCHAR",
    "school_year_first_month": "BIGINT",
}
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
    """What a candidate is a function of, with what SQL needs to know of the state.

    `archive_sha256` is over the arrivals received and the decisions made by `as_of`, in order: equal
    archives, equal hash. A simulation's batches, which no archive holds, count by their names, which say
    what was simulated.
    """

    as_of: datetime
    code_version: str
    policy_sha256: str
    archive_sha256: str
    state: str
    time_zone: str
    school_year_first_month: int


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
        time_zone=policy.time_zone,
        school_year_first_month=policy.school_year_first_month,
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
    """
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    for target in (settings.warehouse / "dbt", settings.warehouse / "spark" / "dbt"):
        end_orphans(target)
    for folder in (settings.warehouse, settings.warehouse / "dbt", settings.warehouse / "profile"):
        storage.names_swept(folder)
    wal = settings.build_file.with_name(settings.build_file.name + ".wal")
    for path in (settings.gate_record, settings.build_file, wal):
        path.unlink(missing_ok=True)
    lake.refuse_damage(settings.lake)  # an engine may read a changed part without complaint
    facts = run_facts(settings, policy, as_of)
    files = standing_files(settings)
    held = sum(f.stat().st_size for of_table in files.values() for f in of_table if f.exists())
    limit = build_memory(settings.memory_limit, held)
    storage.write_whole(settings.build_file.with_name(MEMORY_FILE), limit.encode())
    # nobody else's client opens this file; the newest storage writes columns of text in two thirds of the time
    options: dict[str, Any] = {"storage_compatibility_version": "latest"}
    with duckdb.connect(str(settings.build_file), config=options) as db:
        db.execute("create schema lake")
        for table, columns in lake.table_columns().items():
            db.execute(f"create view lake.{_quoted(table)} as {view_sql(columns, files.get(table, []))}")
        _table(db, "run", RUN_COLUMNS, [tuple(asdict(facts)[c] for c in RUN_COLUMNS)])
        _table(
            db,
            "policy",
            POLICY_COLUMNS,
            [tuple(asdict(v)[c] for c in POLICY_COLUMNS) for v in policy.values],
        )
        for table, rows in allocation_rows(load_allocation(settings.state)).items():
            _table(db, table, ALLOCATION_COLUMNS[table], rows)
    return facts


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


def _table(db: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: list[tuple]) -> None:
    db.execute(f"create table lake.{name} ({', '.join(f'{c} {t}' for c, t in columns.items())})")
    if rows:
        db.executemany(f"insert into lake.{name} values ({', '.join('?' * len(columns))})", rows)


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
