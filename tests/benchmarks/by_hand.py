"""The way an office does it by hand: openpyxl and pandas, file by file, two tables of figures at the end.

    python -m tests.benchmarks.by_hand LANDING [MOST_FILES]

Opens every workbook with openpyxl, keeps four of its sheets (actions, statuses, strategies, measures), and works
out implementation by practice (state, LEA, organization) and the measures' targets and baselines by indicator. It leaves out all
the rest: every other sheet and mart, which file stands of two, checks, what measures' texts mean, outcomes over
years, designations, §1003, quality of plans, privacy, and a word to anybody about a wrong cell.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd

SHEETS = ("Actions", "Action status", "Strategies", "Measures")
TABLES = ("actions", "action_status", "strategies", "measures")


def frames(path: Path) -> dict[str, pd.DataFrame]:
    """The four sheets of one file."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            held = set(archive.namelist())
            return {t: pd.read_csv(archive.open(f"{t}.csv"), dtype=str) for t in TABLES if f"{t}.csv" in held}
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    found = {}
    for sheet, table in zip(SHEETS, TABLES, strict=True):
        if sheet not in book.sheetnames:
            continue
        rows = list(book[sheet].iter_rows(min_row=3, values_only=True))
        header = [str(c).removesuffix(" *").lower().replace(" ", "_") for c in rows[0]]
        found[table] = pd.DataFrame(rows[1:], columns=header).rename(columns=NAMES).dropna(how="all")
    book.close()
    return found


NAMES = {
    "organization_id": "org_id", "action": "action_code", "strategy": "strategy_code", "due": "due_on",
    "practices": "practice_codes",
}  # fmt: skip


def figures(tables: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Implementation by practice, and the measures by indicator."""
    key = ["lea_id", "period", "org_id"]
    acts = tables["actions"].merge(
        tables["action_status"][[*key, "action_code", "status"]], on=[*key, "action_code"], how="left"
    )
    acts["strategy_code"] = acts.action_code.str.split(".").str[:2].str.join(".")
    due = pd.to_datetime(acts.due_on, errors="coerce")
    end = pd.to_datetime(acts.period + "-01") + pd.offsets.MonthEnd(0)
    acts["completed"] = acts.status == "completed"
    acts["behind"] = (due <= end) & ~acts.completed | (acts.status == "delayed")
    coded = tables["strategies"].assign(practice=tables["strategies"].practice_codes.str.split(","))
    coded = coded.explode("practice")
    coded["practice"] = coded.practice.str.strip()
    joined = acts.merge(coded[[*key, "strategy_code", "practice"]], on=[*key, "strategy_code"])
    levels = [["period", "practice", *more] for more in ([], ["lea_id"], ["lea_id", "org_id"])]
    sums = [
        joined.groupby(by).agg(
            n=("completed", "size"), completed=("completed", "sum"), behind=("behind", "sum")
        )
        for by in levels
    ]
    implementation = pd.concat([s.reset_index() for s in sums])
    measures = tables["measures"]
    first = next(c for c in measures.columns if c.startswith("indicator"))
    outcomes = measures.groupby(["period", "lea_id", first]).size().reset_index(name="measures")
    return implementation, outcomes


def main(landing: Path, most: int | None) -> None:
    """Read, join, group, print the sizes."""
    parts: dict[str, list[pd.DataFrame]] = {t: [] for t in TABLES}
    for path in sorted(p for p in landing.rglob("*") if p.is_file())[:most]:
        for table, frame in frames(path).items():
            parts[table].append(frame.assign(lea_id=path.parent.name, period=path.name[:7]))
    tables = {t: pd.concat(p, ignore_index=True) for t, p in parts.items()}
    implementation, outcomes = figures(tables)
    sys.stdout.write(f"{len(implementation):,} rows by practice, {len(outcomes):,} by indicator\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
