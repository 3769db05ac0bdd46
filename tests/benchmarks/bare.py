"""The bare alternative a night is measured against: one script, same reader, one DuckDB process.

No archive, contracts, checks, lineage, tests, gate or release: it reads every landing file, takes the
last file of each LEA and month, and rolls actions up by practice at every level, in plain SQL. It stands
for what a person would write in an afternoon; it does not do what a night does.

    python -m tests.benchmarks.bare LANDING
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from python_calamine import CalamineWorkbook

SHEETS = {
    "Actions": ("actions", {"Organization ID": "org_id", "Action": "action_code", "Due": "due_on"}),
    "Action status": (
        "action_status",
        {
            "Organization ID": "org_id",
            "Action": "action_code",
            "Status": "status",
            "Completed on": "completed_on",
        },
    ),
    "Strategies": (
        "strategies",
        {"Organization ID": "org_id", "Strategy": "strategy_code", "Practices": "practice_codes"},
    ),
}
ROLLUP = """
with files as (
    select lea, period, arg_max(file, received) as file from stated group by all
),
acts as (
    select a.*, f.lea, f.period from actions a join files f using (file)
),
states as (
    select s.*, f.lea, f.period from action_status s join files f using (file)
),
practices as (
    select f.lea, f.period, s.org_id, s.strategy_code, trim(unnest(string_split(s.practice_codes, ','))) as practice
    from strategies s join files f using (file)
),
joined as (
    select a.lea, a.period, a.org_id, p.practice, s.status = 'completed' as completed,
        a.due_on <= last_day((a.period || '-01')::date) and s.status <> 'completed' or s.status = 'delayed' as behind
    from acts a
    left join states s on s.lea = a.lea and s.period = a.period and s.org_id = a.org_id and s.action_code = a.action_code
    join practices p on p.lea = a.lea and p.period = a.period and p.org_id = a.org_id
        and a.action_code like p.strategy_code || '.%'
)
select period, practice, lea, org_id, count(*) n, count(*) filter (completed) n_completed, count(*) filter (behind) n_behind
from joined group by grouping sets ((period, practice), (period, practice, lea), (period, practice, lea, org_id), (period))
"""


def workbook(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows of the sheets that the rollup needs; every sheet of the file is read, as a night reads it."""
    book = CalamineWorkbook.from_path(str(path))
    found = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if name in SHEETS and len(rows) > 3:
            table, columns = SHEETS[name]
            header = [str(c).removesuffix(" *") for c in rows[2]]
            places = {field: header.index(title) for title, field in columns.items()}
            found[table] = [{f: r[i] for f, i in places.items()} for r in rows[3:]]
    return found


def zipped(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The same from a zip of CSVs."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for table, columns in SHEETS.values():
            text = archive.read(f"{table}.csv").decode("utf-8-sig")
            rows = csv.DictReader(io.StringIO(text))
            found[table] = [{f: r[f] for f in columns.values()} for r in rows]
    return found


def main(landing: Path) -> None:
    """Read, load, roll up; print the number of rows that came out."""
    tables: dict[str, list[pd.DataFrame]] = {"actions": [], "action_status": [], "strategies": []}
    stated = []
    for path in sorted(p for p in landing.rglob("*") if p.is_file()):
        stated.append(
            {
                "file": str(path),
                "lea": path.parent.name,
                "period": path.name[:7],
                "received": path.stat().st_mtime,
            }
        )
        for table, rows in (zipped(path) if path.suffix == ".zip" else workbook(path)).items():
            frame = pd.DataFrame(rows).astype(object)
            frame["file"] = str(path)
            tables[table].append(frame)
    with duckdb.connect() as db:
        db.execute("set threads = 2")
        db.register("stated", pd.DataFrame(stated))
        for table, frames in tables.items():
            frame = pd.concat(frames)
            for column in frame.columns:
                frame[column] = frame[column].astype(str)
            db.register("frame", frame)
            db.execute(f"create table {table} as select * from frame")
        db.execute("alter table actions alter due_on type date")
        sys.stdout.write(f"{len(db.execute(ROLLUP).fetchall())} rows\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
