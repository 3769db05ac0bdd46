"""Each measure's year worked out again: baseline, target and result beside each other, and what they come to."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations
from typing import Any

import pandas as pd
import yaml
from landing_files import SEEDS
from recompute_figures import BLANK, Figure, read_level, read_target
from recompute_waning import RecomputedWaning

Row = dict[str, Any]
Key = tuple[str, str, str, int]  # organization, school year, goal or strategy, number of the measure


@cache
def seed(name: str) -> list[dict[str, str]]:
    """Rows of a seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _starts(school_year: str) -> int:
    return int(school_year[:4])


class Measures(RecomputedWaning):
    """fct_measure_year as of a time."""

    def policy(self, parameter: str, school_year: str) -> Any:
        """The policy's value for a school year; None in years of which it says nothing."""
        stated = self._parameters[parameter]
        return next((s["value"] for s in reversed(stated) if s["from"] <= school_year), None)

    @cached_property
    def _parameters(self) -> dict[str, list[Row]]:
        return yaml.safe_load((self.state / "policy.yaml").read_text(encoding="utf-8"))["parameters"]

    def plan_rows(self, table: str) -> list[Row]:
        """A plan's rows as the organization last stated the table in a school year; what is blank is None."""
        rows = self.rows(table)
        last = rows.groupby(["org_id", "school_year"])["period"].transform("max")
        kept = rows[rows["period"] == last].to_dict("records")
        return [{str(k): None if v is pd.NaT or v != v else v for k, v in row.items()} for row in kept]

    @cached_property
    def _planned(self) -> dict[Key, Row]:
        rows = self.plan_rows("measures")
        return {(r["org_id"], r["school_year"], r["parent_code"], int(r["measure_no"])): r for r in rows}

    @cached_property
    def _results(self) -> dict[Key, Row]:
        """The last result reported of each measure and year: those of later months supersede earlier ones."""
        found: dict[Key, Row] = {}
        of_files = [(key[1], s) for key, s in self.standing.items() if key[2] == "measure_results"]
        for period, s in sorted(of_files, key=lambda f: (f[0], f[1].submission_id)):
            for row in s.tables["measure_results"]:
                key = (row["org_id"], row["school_year"], row["parent_code"], int(row["measure_no"]))
                told = {"lea_id": s.lea_id, "period": period, "submission_id": s.submission_id}
                found[key] = {**row, **told, "reported_in": self.calendar.school_year(period)}
        return found

    @cached_property
    def _served_by(self) -> dict[tuple[str, str, str], str]:
        """Practices of each strategy, and of each goal those of every strategy of the plan that names it."""
        found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for s in self.plan_rows("strategies"):
            for parent in filter(None, (s["strategy_code"], s["goal_code"])):
                coded = str(s["practice_codes"] or "").split(",")
                found[s["org_id"], s["school_year"], parent] |= set(filter(None, coded))
        return {place: ",".join(sorted(codes)) for place, codes in found.items()}

    @cached_property
    def _families(self) -> list[tuple[int, str, str]]:
        return [
            (int(f["family_rank"]), f["family"], f["like_pattern"].strip("%"))
            for f in seed("indicator_families")
        ]

    def _family(self, indicator: str | None) -> str:
        words = f" {re.sub(r'[^a-z0-9 ]', ' ', (indicator or '').lower())} "
        return min(
            ((rank, family) for rank, family, said in self._families if said in words), default=(0, "other")
        )[1]

    @cached_property
    def fct_measure_year(self) -> pd.DataFrame:
        every = sorted({*self._planned, *self._results})
        return pd.DataFrame([self._year(key) for key in every], dtype=object)  # what is not known stays None

    def _year(self, key: Key) -> Row:
        org_id, school_year, parent, measure_no = key
        result = self._results.get(key)
        plan = self._planned.get(key)
        if (
            plan is None and result is not None
        ):  # of its year no plan states it: that of the year that tells it
            plan = self._planned.get((org_id, result["reported_in"], parent, measure_no))
        stated: Row = plan or {}
        unit, baseline_year = stated.get("unit"), stated.get("baseline_year")
        year_no = _starts(school_year) - _starts(baseline_year) if baseline_year else None
        baseline = read_level(stated.get("baseline"), unit)
        meant = self.policy("percent_change_means", stated["school_year"]) if plan else ""
        text = stated.get(f"target_y{year_no}") if year_no in (1, 2, 3) else None
        target = read_target(text, unit, baseline, meant)
        actual = read_level(result["actual"], unit) if result else BLANK
        n = result and result["n_students"]
        n_students = None if n is None or n != n else int(n)
        least = self.policy("min_n", school_year)
        few = n_students is not None and (least is None or n_students < least)
        is_suppressed = few or actual.kind == "withheld"
        return {
            "org_id": org_id,
            "lea_id": (result or stated)["lea_id"],
            "school_year": school_year,
            "parent_code": parent,
            "measure_no": measure_no,
            "part": "all",  # nobody here writes figures in parts
            "measure_kind": "goal" if parent.startswith("G") else "strategy",
            "indicator_family": self._family(stated.get("indicator")),
            **{c: stated.get(c) for c in ("indicator", "data_source", "unit")},
            "practice_codes": self._served_by.get((org_id, stated.get("school_year", ""), parent)) or None,
            "baseline_year": baseline_year,
            "year_no": year_no,
            "baseline": _float(baseline.value),
            "target": _float(target.value),
            "target_comparator": target.bound,
            "target_starts_from": target.starts_from,
            "is_target_ambiguous": target.is_ambiguous,
            "is_reported": result is not None,
            "is_suppressed": is_suppressed,
            "n_students": None if is_suppressed else n_students,
            "actual": None if is_suppressed else _float(actual.value),
            **self._come_to(stated.get("direction"), unit, baseline, target, actual, is_suppressed),
            "reasons": ",".join(self._reasons(plan, year_no, baseline, target, actual, is_suppressed))
            or None,
            "plan_year": stated.get("school_year"),
            "plan_submission_id": stated.get("submission_id"),
            "plan_source_sheet": stated.get("source_sheet"),
            "plan_source_row": stated.get("source_row"),
            "result_period": result and result["period"],
            "result_submission_id": result and result["submission_id"],
            "result_source_sheet": result and result["source_sheet"],
            "result_source_row": result and result["source_row"],
        }

    @staticmethod
    def _better(said: str | None, baseline: Figure, target: Figure) -> str | None:
        if said or target.value is None or baseline.value is None or target.value == baseline.value:
            return said
        return "higher" if target.value > baseline.value else "lower"

    def _come_to(
        self,
        said: str | None,
        unit: str | None,
        baseline: Figure,
        target: Figure,
        result: Figure,
        hidden: bool,
    ) -> Row:
        """Direction, growth, progress and whether the target is met."""
        direction = self._better(said, baseline, target)
        actual = None if hidden else result.value
        sign = {"higher": 1, "lower": -1, None: None}[direction]
        come: Row = {"direction": direction, "is_direction_inferred": not said and direction is not None}
        come |= {"growth": None, "progress": None, "is_met": None}
        if actual is None or sign is None:
            return come
        if baseline.value is not None and not _differ(unit, baseline, result):
            come["growth"] = _float(sign * (actual - baseline.value))
        mixed = _differ(unit, target, result) or _differ(unit, target, baseline)
        if target.value is None or mixed or _against(direction, target):
            return come
        beyond = sign * (actual - target.value)
        come["is_met"] = beyond > 0 if target.bound in ("more_than", "less_than") else beyond >= 0
        if baseline.value is not None and sign * (target.value - baseline.value) > 0:
            come["progress"] = float((actual - baseline.value) / (target.value - baseline.value))
        return come

    def _reasons(
        self,
        plan: Row | None,
        year_no: int | None,
        baseline: Figure,
        target: Figure,
        result: Figure,
        hidden: bool,
    ) -> list[str]:
        """Why progress or judgement is missing, in the order of the seed measure_reasons."""
        stated: Row = plan or {}
        has_target_year = year_no in (1, 2, 3)
        direction = self._better(stated.get("direction"), baseline, target)
        way = None if target.value is None or baseline.value is None else target.value - baseline.value
        holds = {
            "not_in_plan": plan is None,
            "no_baseline_year": plan is not None and year_no is None,
            "year_without_target": year_no is not None and not has_target_year,
            "no_baseline": plan is not None and baseline.kind in ("blank", "none"),
            "baseline_withheld": baseline.kind == "withheld",
            "no_target": has_target_year and target.kind in ("blank", "none"),
            "target_not_resolved": target.kind == "change" and target.value is None,
            "no_result": not hidden and result.kind in ("blank", "none"),
            "suppressed": hidden,
            "no_direction": target.value is not None and direction is None,
            "units_differ": any(
                _differ(stated.get("unit"), *pair) for pair in combinations((baseline, target, result), 2)
            ),
            "target_against_direction": _against(direction, target),
            "target_equals_baseline": way == 0,
            "target_worse_than_baseline": way is not None
            and (way < 0 if direction == "higher" else way > 0 if direction == "lower" else False),
        }
        return [r["reason"] for r in seed("measure_reasons") if holds.get(r["reason"])]


def _differ(unit: str | None, one: Figure, other: Figure) -> bool:
    """Whether one of two figures is in per cent and the other is not."""
    if unit == "percent" or one.value is None or other.value is None:
        return False
    return one.is_percent != other.is_percent


def _against(direction: str | None, target: Figure) -> bool:
    bounds = {"higher": ("at_most", "less_than"), "lower": ("at_least", "more_than")}
    return direction is not None and target.bound in bounds[direction]
