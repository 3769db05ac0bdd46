"""The identification models' SQL as dbt compiled it, run on any tables and any policy, without dbt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.policy import Policy
from orchestration.settings import Settings

# what the models read that is neither a model of identification nor a seed
INPUTS = {
    "stg_run", "stg_calendar", "stg_policy", "stg_feed__designations", "stg_feed__indicator_results",
    "stg_feed__summative_results", "dim_organization",
}  # fmt: skip
SEEDS = ("designation_categories", "identification_words", "law_1111")
LAST = "rpt_identification_lists"
Row = dict[str, Any]


def models_before(manifest: dict[str, Any], last: str = LAST) -> list[str]:
    """The models that `last` needs, inputs left out, each after those it reads."""
    nodes = {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    found: list[str] = []

    def visit(name: str) -> None:
        if name in INPUTS or name in found or name not in nodes:
            return
        for above in nodes[name]["depends_on"]["nodes"]:
            visit(above.split(".")[-1])
        found.append(name)

    visit(last)
    return found


@dataclass
class Identification:
    """The models over the tables of one in-memory database, at first those of the home.

    Args:
        home: of a built project, for the compiled SQL, the inputs and the seeds.
        manifest: dbt's manifest of the project.
    """

    home: Settings
    manifest: dict[str, Any]
    db: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self) -> None:
        self.sql = {m: self._compiled(m) for m in models_before(self.manifest)}
        # under the name that the views of the build file know it by
        self.db.execute(f"attach '{self.home.build_file}' as warehouse (read_only)")
        for seed in SEEDS:
            self.db.execute(f"create table {seed} as select * from warehouse.seeds.{seed}")
        for name in INPUTS:
            schema = "marts" if name.startswith("dim_") else "staging"
            self.db.execute(f"create table {name} as select * from warehouse.{schema}.{name}")
        self.db.execute("detach warehouse")

    def _compiled(self, model: str) -> str:
        path = next(n["original_file_path"] for n in self.manifest["nodes"].values() if n["name"] == model)
        compiled = self.home.warehouse / "dbt" / "compiled" / "interlace" / path
        return re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", compiled.read_text(encoding="utf-8"))

    def fill(self, table: str, rows: Sequence[Row]) -> None:
        """Replace the rows of an input; columns not named are null."""
        self.db.execute(f"delete from {table}")
        if rows:
            names = list(rows[0])
            self.db.executemany(
                f"insert into {table} ({', '.join(names)}) values ({', '.join('?' * len(names))})",
                [[r[n] for n in names] for r in rows],
            )

    def settle(self, values: Iterable[tuple[str, Any]], from_year: str = "2015-16") -> None:
        """Replace the policy by values that hold from one year on."""
        self.fill(
            "stg_policy",
            [
                {"parameter": p, "value": str(v), "from_year": from_year, "until_year": None}
                for p, v in values
            ],
        )

    def settle_by(self, policy: Policy) -> None:
        """Replace the policy by a state's."""
        self.fill(
            "stg_policy",
            [
                {
                    "parameter": v.parameter,
                    "value": v.value,
                    "from_year": v.from_year,
                    "until_year": v.until_year,
                }
                for v in policy.values
            ],
        )

    def run(self, last: str = LAST) -> None:
        """Work everything out anew, as far as that model needs it."""
        for model in models_before(self.manifest, last):
            self.db.execute(f"create or replace table {model} as {self.sql[model]}")

    def rows(self, sql: str, *values: Any) -> list[tuple]:
        """What a query finds."""
        return self.db.execute(sql, values or None).fetchall()
