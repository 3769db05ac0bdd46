"""States of any shape put through the award models: the SQL that dbt ran, over tables named as its models.

Each state is a fiscal year of one database, so that many of them cost one pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.allocation.model import Allocation, Appropriation, InForce, Justification, Method
from orchestration.allocation.read import read_method
from orchestration.allocation.rows import COLUMNS, allocation_rows
from orchestration.settings import Settings

MODELS = (
    "int_1003_methods", "int_1003_commitments", "int_1003_promised", "int_1003_pools", "int_1003_matches",
    "int_1003_claim_parts", "int_1003_claims", "int_1003_lea_admitted", "int_1003_lea_highs", "int_1003_ends", "int_1003_admitted",
    "int_1003_fill", "int_1003_cut", "int_1003_new_awards", "fct_1003_award_school", "fct_1003_award",
    "fct_1003_award_year", "int_1003_step_parts", "int_1003_step_changes", "fct_1003_award_step",
    "rpt_1003_geography",
)  # fmt: skip
SEEDS = ("law_1003", "award_standings", "award_steps", "locales")
GIVEN = {
    "int_1003_years": "fiscal_year bigint, school_year varchar",
    "fct_1003_reservation": "fiscal_year bigint, school_year varchar, version varchar, is_standing boolean,"
    " reserved decimal(18,2), state_share decimal(18,2), lea_pool decimal(18,2)",
    "int_1003_schools": "fiscal_year bigint, school_year varchar, lea_id varchar, recipient_id varchar, org_id varchar,"
    " category varchar, reason varchar, is_eligible boolean, requested_amount decimal(18,2), requested_years bigint,"
    " has_planning_year boolean",
    "int_1003_facts": "fiscal_year bigint, org_id varchar, fact varchar, number_value decimal(18,4), text_value varchar",
    "int_1003_lea_scores": "fiscal_year bigint, lea_id varchar, points decimal(9,4), score_rank bigint, is_scored boolean",
    "dim_organization": "org_id varchar, org_name varchar",
    "stg_feed__subgrants": "award_id varchar, fiscal_year bigint, org_id varchar, lea_id varchar, recipient_id varchar,"
    " recipient_kind varchar, amount decimal(18,2), first_fiscal_year bigint, years bigint, has_planning_year boolean,"
    " is_direct_service boolean, lea_approved_on date, justification varchar, received_at timestamp,"
    " source_file varchar, source_sheet varchar, source_row bigint",
}


def method_of(text: str, name: str = "method") -> Method:
    """A method from YAML; what a test leaves out is the least that the loader asks for."""
    raw = {
        "title": "A method",
        "citation": "A test",
        "confirmed": False,
        "kind": "formula",
        **yaml.safe_load(text),
    }
    problems: list[str] = []
    method = read_method(name, raw, problems, "")
    assert problems == []
    return method


@dataclass(frozen=True)
class School:
    """A designated school: its facts beside category and reason, what is asked, whether it may be paid."""

    lea: str
    category: str = "CSI"
    facts: Mapping[str, Any] = field(default_factory=dict)
    requested: Decimal | None = None
    years: int | None = None
    planning: bool | None = None
    eligible: bool = True
    reason: str | None = None
    recipient: str | None = None

    def all_facts(self) -> dict[str, Any]:
        """With what int_1003_facts always holds."""
        known = {"category": self.category, "reason": self.reason, **self.facts}
        return {k: v for k, v in known.items() if v is not None}


@dataclass(frozen=True)
class State:
    """A fiscal year: money in cents, method, schools by ID, LEAs' facts and score ranks, promises."""

    pool: int
    method: Method | None
    schools: Mapping[str, School]
    lea_facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    promises: Sequence[Mapping[str, Any]] = ()
    state_share: int = 0
    appropriation: Decimal | None = None
    justifications: Sequence[tuple[str, str, str]] = ()


def promise(award: str, org: str, lea: str, cents: int, **more: Any) -> dict[str, Any]:
    """A row of the feed subgrants, in its second of four years unless said otherwise."""
    row = {
        "award_id": award, "org_id": org, "lea_id": lea, "amount": Decimal(cents) / 100, "first": 1, "years": 4,
        "received_at": "2024-01-01", "source_file": "subgrants.csv", "source_row": 1,
    }  # fmt: skip
    return row | more


class Awards:
    """The award models of a built home, over given states."""

    def __init__(self, home: Settings) -> None:
        compiled = home.warehouse / "dbt" / "compiled"
        self.sql = {}
        for model in MODELS:
            (path,) = compiled.glob(f"*/models/{folder(model)}/{model}.sql")
            self.sql[model] = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", Path(path).read_text(encoding="utf-8"))
        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute(f"attach '{home.build_file}' as built (read_only)")
        for seed in SEEDS:
            self.db.execute(f"create table {seed} as select * from built.seeds.{seed}")
        self.db.execute("detach built")

    def run(self, states: Mapping[int, State], upto: str = MODELS[-1]) -> None:
        """Put states (by fiscal year) through the models, as far as one of them."""
        self.give(states)
        for model in MODELS[: MODELS.index(upto) + 1]:
            self.db.execute(f"create or replace table {model} as {self.sql[model]}")

    def give(self, states: Mapping[int, State]) -> None:
        """Fill the tables that the award models read."""
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in GIVEN}
        methods, spans, budgets, reasons = [], [], [], []
        for year, state in states.items():
            self._state(rows, year, state)
            if state.method is not None:
                named = Method(**{**vars(state.method), "name": f"m{year}"})
                methods.append(named)
                spans.append(InForce(named.name, year, year + 1, "A test", True))
            if state.appropriation is not None:
                budgets.append(Appropriation(year, state.appropriation, "A test", True))
            reasons += [Justification(year, *j) for j in state.justifications]
        allocation = Allocation(tuple(methods), tuple(spans), tuple(budgets), tuple(reasons))
        for table, found in allocation_rows(allocation).items():
            columns = ", ".join(f"{c} {t}" for c, t in COLUMNS[table].items())
            self._fill(f"stg_{table}", columns, [dict(zip(COLUMNS[table], r, strict=True)) for r in found])
        for table, columns in GIVEN.items():
            self._fill(table, columns, rows[table])

    def _state(self, rows: dict[str, list[dict[str, Any]]], year: int, state: State) -> None:
        rows["int_1003_years"].append({"fiscal_year": year, "school_year": f"{year}"})
        rows["fct_1003_reservation"].append(
            {
                "fiscal_year": year, "school_year": f"{year}", "version": "final", "is_standing": True,
                "reserved": Decimal(state.pool + state.state_share) / 100,
                "state_share": Decimal(state.state_share) / 100, "lea_pool": Decimal(state.pool) / 100,
            }
        )  # fmt: skip
        facts = [(org, s.all_facts()) for org, s in state.schools.items()]
        facts += list(state.lea_facts.items())
        for org, school in state.schools.items():
            rows["int_1003_schools"].append(
                {
                    "fiscal_year": year, "school_year": f"{year}", "lea_id": school.lea,
                    "recipient_id": school.recipient or school.lea, "org_id": org, "category": school.category,
                    "reason": school.reason, "is_eligible": school.eligible,
                    "requested_amount": school.requested, "requested_years": school.years,
                    "has_planning_year": school.planning,
                }
            )  # fmt: skip
        for org, known in facts:
            for fact, value in known.items():
                text = isinstance(value, str)
                rows["int_1003_facts"].append(
                    {
                        "fiscal_year": year, "org_id": org, "fact": fact,
                        "number_value": None if text else Decimal(str(value)), "text_value": value if text else None,
                    }
                )  # fmt: skip
        for lea in sorted({s.lea for s in state.schools.values()}):
            rank = state.ranks.get(lea)
            rows["int_1003_lea_scores"].append(
                {"fiscal_year": year, "lea_id": lea, "score_rank": rank or 99, "is_scored": rank is not None}
            )
        for p in state.promises:
            row = {k: v for k, v in p.items() if k != "first"}
            rows["stg_feed__subgrants"].append(
                {**row, "fiscal_year": year, "first_fiscal_year": year - p["first"]}
            )

    def _fill(self, table: str, columns: str, rows: list[dict[str, Any]]) -> None:
        self.db.execute(f"create or replace table {table} ({columns})")
        names = [c.strip().split()[0] for c in re.split(r",(?![^(]*\))", columns)]
        if rows:
            values = ", ".join(
                "(" + ", ".join(literal(row.get(name)) for name in names) + ")" for row in rows
            )
            self.db.execute(f"insert into {table} values {values}")

    def awards(self, year: int = 2024) -> dict[str, int]:
        """Cents of each school."""
        return self._cents("select org_id, award from fct_1003_award_school where fiscal_year = ?", year)

    def leas(self, year: int = 2024) -> dict[str, int]:
        """Cents of each LEA."""
        return self._cents("select lea_id, award from fct_1003_award where fiscal_year = ?", year)

    def standings(self, year: int = 2024) -> dict[str, str]:
        """How each school stands."""
        rows = self.db.execute(
            "select org_id, standing from fct_1003_award_school where fiscal_year = ?", [year]
        ).fetchall()
        return dict(sorted(rows))

    def unallocated(self, year: int = 2024) -> int:
        """Cents of the pool that nobody gets."""
        rows = self._cents("select 'all', unallocated from fct_1003_award_year where fiscal_year = ?", year)
        return rows["all"]

    def _cents(self, sql: str, year: int) -> dict[str, int]:
        return {k: int(v * 100) for k, v in sorted(self.db.execute(sql, [year]).fetchall())}


def folder(model: str) -> str:
    """Where a model of the awards stands below the models."""
    return "intermediate" if model.startswith("int_") else "marts/section1003"


def literal(value: Any) -> str:
    """A value as SQL."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
