"""Plan quality worked out again: every plan of a school year against every criterion, and the levels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pandas as pd
from recompute_plan_criteria import JUDGES, Plan, Row, seed
from recompute_received import Received

PLAN_TABLES = (
    "organizations", "goals", "measures", "needs", "root_causes", "priorities", "strategies", "milestones", "actions",
)  # fmt: skip
NAMED = 20


def rate(part: float, whole: float) -> float | None:
    return part / whole if whole else None


class RecomputedPlans(Received):
    """The marts of plans as of a time."""

    def last_of_year(self, table: str) -> Iterator[tuple[str, str, list[Row]]]:
        """Organization, school year and its rows of the last period of the year with the table."""
        frame = self.rows(table)
        for (org, year), own in frame.groupby(["org_id", "school_year"]):
            rows = own[own["period"] == own["period"].max()].to_dict("records")
            yield (
                str(org),
                str(year),
                [{str(k): None if v is pd.NaT or v != v else v for k, v in r.items()} for r in rows],
            )

    @cached_property
    def plans(self) -> list[Plan]:
        tables: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(dict)
        for table in PLAN_TABLES:
            for org, year, rows in self.last_of_year(table):
                tables[(org, year)][table] = rows
        plans = []
        for (org, year), held in sorted(tables.items()):
            last = max((r for rows in held.values() for r in rows), key=lambda r: (r["period"], r["lea_id"]))
            plans.append(Plan(org, year, last["lea_id"], self.directory.loc[org, "org_level"], held))
        return plans

    @cached_property
    def rpt_plan_quality(self) -> pd.DataFrame:
        rows = []
        for plan in self.plans:
            for criterion in seed("plan_criteria"):
                applies = criterion["applies_to"] in ("all", plan.org_level)
                items = JUDGES[criterion["criterion_id"]](plan) if applies else []
                failing = [(code, row) for code, met, row in items if not met]
                failing.sort(key=lambda f: (f[1].get("source_row") or 0, f[0]))
                enough = len(failing) < len(items) if criterion["needed"] == "one" else not failing
                named = ", ".join(code for code, _ in failing[:NAMED])
                more = f" and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
                first: tuple[Any, Row] = failing[0] if failing else (None, {})
                rows.append(
                    {
                        "org_id": plan.org_id,
                        "lea_id": plan.lea_id,
                        "org_level": plan.org_level,
                        "school_year": plan.school_year,
                        "criterion_id": criterion["criterion_id"],
                        "criterion_title": criterion["criterion_title"],
                        "asks": criterion["asks"].replace("{threshold}", criterion["threshold"]),
                        "part": criterion["part"],
                        "weight": int(criterion["weight"]),
                        "is_heuristic": criterion["is_heuristic"] == "true",
                        "outcome": "not_applicable" if not items else ("met" if enough else "not_met"),
                        "n_items": len(items),
                        "n_failing": len(failing),
                        "failing_items": f"{named}{more}" if failing else None,
                        "first_failing_item": first[0],
                        "submission_id": first[1].get("submission_id"),
                        "source_sheet": first[1].get("source_sheet"),
                        "source_row": first[1].get("source_row"),
                    }
                )
        return pd.DataFrame(rows)

    @cached_property
    def rpt_plan_quality_by_level(self) -> pd.DataFrame:
        found = self.rpt_plan_quality
        named = self.designations.set_index(["org_id", "school_year"])["category"].to_dict()
        sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0, 0, 0, 0])
        plans: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for r in found.to_dict("records"):
            designation = named.get((r["org_id"], r["school_year"]), "none")
            applies, met = r["outcome"] != "not_applicable", r["outcome"] == "met"
            places = [
                (*scope, level, named_as, r["school_year"], criterion)
                for scope in (
                    ("lea", r["lea_id"]),
                    ("region", self.region_of[r["lea_id"]]),
                    ("state", "state"),
                )
                for level in ("all", r["org_level"])
                for named_as in ("all", designation)
                for criterion in ("all", r["criterion_id"])
            ]
            places.append(("organization", r["org_id"], "all", "all", r["school_year"], "all"))
            for place in places:
                plans[place].add(r["org_id"])
                parts = (applies, met, applies * r["weight"], met * r["weight"])
                sums[place] = [a + b for a, b in zip(sums[place], parts, strict=True)]
        key = ["scope_level", "scope_id", "plan_level", "designation", "school_year", "criterion_id"]
        return pd.DataFrame(
            {
                **dict(zip(key, place, strict=True)),
                "n_plans": len(plans[place]),
                "n_applicable": n,
                "n_met": met,
                "weight_applicable": weight,
                "weight_met": weight_met,
                "met_rate": rate(met, n),
                "score": rate(weight_met, weight),
            }
            for place, (n, met, weight, weight_met) in sums.items()
        )
