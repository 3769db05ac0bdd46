"""What comes after the §1003 awards, put through the SQL that dbt ran, over tables named as its models.

Each LEA is a story of its own: awards of several fiscal years and reports of what was spent, month by month.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from orchestration.settings import Settings

MODELS = ("int_1003_charged", "fct_1003_payment")
GIVEN = {
    "int_1003_grants": "fiscal_year bigint, school_year varchar, lea_id varchar, grant_cents bigint,"
    " granted_cents bigint, available_from date, available_until date, first_year_until date, first_day date",
    "int_1003_spending": "org_id varchar, lea_id varchar, period varchar, period_end date, spent_cents bigint",
    "int_1003_use_settings": "fiscal_year bigint, first_millionths bigint, payment_months varchar, payment_rule varchar",
    "int_1003_applications": "fiscal_year bigint, lea_id varchar",
    "dim_period": "period varchar, period_start date, period_end date, is_due boolean",
}


@dataclass(frozen=True)
class Lea:
    """Awards in cents by fiscal year; by month from the first July what its reports add (no report, no entry)."""

    grants: Mapping[int, int]
    reports: Mapping[int, int] = field(default_factory=dict)
    applied: bool = True


def month_of(first_year: int, n: int) -> tuple[str, date, date]:
    """The month n after July of a year: its name, first and last day."""
    year, month = divmod(first_year * 12 + 6 + n, 12)
    following, other = divmod(first_year * 12 + 7 + n, 12)
    start = date(year, month + 1, 1)
    return f"{start:%Y-%m}", start, date(following, other + 1, 1) - timedelta(days=1)


class After:
    """The models of payments of a built home, over given LEAs."""

    def __init__(self, home: Settings) -> None:
        compiled = home.warehouse / "dbt" / "compiled"
        self.sql = {}
        for model in MODELS:
            # dbt keeps the inputs of its unit tests beside the models, in folders named as their YAML
            (path,) = (p for p in compiled.glob(f"*/models/**/{model}.sql") if p.parent.suffix != ".yml")
            self.sql[model] = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", path.read_text(encoding="utf-8"))
        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute(f"attach '{home.build_file}' as built (read_only)")
        self.db.execute("create table payment_standings as select * from built.seeds.payment_standings")
        self.db.execute("detach built")

    def run(
        self, leas: Mapping[str, Lea], percent: float, months: str, first_year: int, n_months: int
    ) -> None:
        """Put LEAs through the models, all months of the range due."""
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in GIVEN}
        years = sorted({y for lea in leas.values() for y in lea.grants})
        for year in years:
            rows["int_1003_use_settings"].append((year, round(percent * 10_000), months, "reported_spending"))
        for n in range(n_months):
            name, start, end = month_of(first_year, n)
            rows["dim_period"].append((name, start, end, True))
        for lea_id, lea in leas.items():
            granted = 0
            for year, cents in sorted(lea.grants.items()):
                granted += cents
                rows["int_1003_grants"].append(
                    (year, f"{year}", lea_id, cents, granted, date(year, 7, 1), date(year + 2, 9, 30),
                     date(year + 1, 6, 30), date(min(lea.grants), 7, 1))
                )  # fmt: skip
                if lea.applied:
                    rows["int_1003_applications"].append((year, lea_id))
            for n, cents in lea.reports.items():
                name, _, end = month_of(first_year, n)
                rows["int_1003_spending"].append((lea_id, lea_id, name, end, cents))
        for table, columns in GIVEN.items():
            self.db.execute(f"create or replace table {table} ({columns})")
            if rows[table]:
                marks = ", ".join("?" * len(rows[table][0]))
                self.db.executemany(f"insert into {table} values ({marks})", rows[table])
        for model in MODELS:
            self.db.execute(f"create or replace table {model} as {self.sql[model]}")

    def charged(self) -> dict[tuple[str, int, str], int]:
        """Cents laid to an LEA's award of a fiscal year by the end of a month."""
        found = self.db.execute(
            "select lea_id, fiscal_year, period, charged_cents from int_1003_charged"
        ).fetchall()
        return {(lea, year, period): cents for lea, year, period, cents in found}

    def payments(self) -> dict[tuple[str, int], list[tuple[str | None, int]]]:
        """Months and cents of an LEA's payments of a fiscal year, in order."""
        found: dict[tuple[str, int], list[tuple[str | None, int]]] = {}
        sql = "select lea_id, fiscal_year, period, payment from fct_1003_payment order by lea_id, fiscal_year, payment_no"
        for lea, year, period, payment in self.db.execute(sql).fetchall():
            found.setdefault((lea, year), []).append((period, int(payment * 100)))
        return found
