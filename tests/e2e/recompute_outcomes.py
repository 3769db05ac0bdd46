"""The marts of outcomes worked out again in pandas, from the files as they were received.

Written from docs/analysts.md and the descriptions of the columns, with a reading of the texts of its own: the
figures that the demonstration state's LEAs write, and no more.
"""

from __future__ import annotations

import csv
import math
import re
import statistics
from functools import cached_property
from typing import Any

import pandas as pd
import yaml
from landing_files import SEEDS
from recompute_waning import RecomputedWaning

Row = dict[str, Any]
KEYS = {
    "fct_measure_year": ["org_id", "school_year", "parent_code", "measure_no", "part"],
    "rpt_outcomes": ["scope_level", "scope_id", "code_level", "code", "measure_kind", "school_year"],
    "rpt_interlaced": ["org_id", "code_level", "code", "school_year"],
    "rpt_interlaced_state": ["code_level", "code", "category", "school_year", "quadrant"],
    "rpt_outcome_by_implementation": ["code_level", "code", "school_year", "band"],
    "rpt_coded_strategies": ["org_id", "school_year", "domain_code"],
}
# texts and places that a figure only carries, and counts compared in the mart they come from
NOT_RECOMPUTED = {
    "fct_measure_year": {
        "indicator", "data_source", "unit", "baseline_year", "is_direction_inferred", "target_starts_from",
        "is_target_ambiguous", "reasons", "plan_year", "plan_source_sheet", "plan_source_row",
        "result_period", "result_source_sheet", "result_source_row",
    },
    "rpt_interlaced": {
        "lea_id", "is_reported", "n_strategies", "n_planned", "n_not_reported", "n_completed", "n_behind",
        "behind_rate", "completed_rate", "n_figures", "n_reported", "n_readable", "n_with_progress",
        "implementation_high", "outcome_high", "is_implementation_high", "is_outcome_high",
        "not_placed_because",
    },
    "rpt_coded_strategies": {"org_level", "org_name", "domain_title", "practices", "stated_in_period"},
}  # fmt: skip
KEY = ["org_id", "school_year", "parent_code", "measure_no"]
FIGURE = re.compile(r"(at least|at most)? ?(-?[\d.,]+) ?%?")
CHANGE = re.compile(r"(?:(\d+)% increase|increase by (\d+) points)")
Z = statistics.NormalDist().inv_cdf(0.975)


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def number(text: Any) -> tuple[float, str] | None:
    """A figure as written, with its bound."""
    match = FIGURE.fullmatch(str(text or "").strip().lower())
    return (float(match[2].replace(",", "")), (match[1] or "none").replace(" ", "_")) if match else None


def quantile(values: list[float], share: float) -> float:
    """By linear interpolation between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


class Outcomes(RecomputedWaning):
    """Every mart of outcomes as of a time."""

    def _policy(self, parameter: str) -> float:
        raw = yaml.safe_load((self.state / "policy.yaml").read_text(encoding="utf-8"))
        return float(raw["parameters"][parameter][0]["value"])

    def _plan(self, table: str) -> pd.DataFrame:
        """A plan's rows as the organization last stated the table in a school year."""
        rows = self.rows(table)
        last = rows.groupby(["org_id", "school_year"])["period"].transform("max")
        return rows[rows["period"] == last]

    def _results(self) -> list[Row]:
        """Results in order of month, each with the school year that it is of."""
        return [
            {**row, "submission_id": s.submission_id}
            for (_, _, table), s in sorted(self.standing.items(), key=lambda item: item[0][1])
            if table == "measure_results"
            for row in s.tables[table]
        ]

    def _practices_of(self, row: Row, strategies: list[Row]) -> list[str]:
        named = "goal_code" if row["parent_code"].startswith("G") else "strategy_code"
        found = {
            code
            for s in strategies
            if (s["org_id"], s["school_year"]) == (row["org_id"], row["school_year"])
            and s[named] == row["parent_code"]
            for code in str(s["practice_codes"] or "").split(",")
            if code
        }
        return sorted(found)

    @cached_property
    def fct_measure_year(self) -> pd.DataFrame:
        measures = self._plan("measures").to_dict("records")
        strategies = self._plan("strategies").to_dict("records")
        results: dict[tuple[Any, ...], Row] = {}
        for row in self._results():
            results[(row["org_id"], row["school_year"], row["parent_code"], int(row["measure_no"]))] = row
        years = [
            self._year(m, results.get((*(m[k] for k in KEY[:3]), int(m["measure_no"]))), strategies)
            for m in measures
        ]
        return pd.DataFrame(years, dtype=object)  # so that what is not known stays None

    def _year(self, measure: Row, result: Row | None, strategies: list[Row]) -> Row:
        stated = measure["baseline_year"]  # not every plan says it
        year_no = int(measure["school_year"][:4]) - int(stated[:4]) if isinstance(stated, str) else None
        found = number(measure["baseline"])
        baseline = found[0] if found else None
        text = measure.get(f"target_y{year_no}")
        target, bound = number(text) or (None, None)
        change = CHANGE.fullmatch(str(text or "").lower())
        if change and baseline is not None:
            target, bound = baseline + float(change[1] or change[2]), "none"
        n = result and result.get("n_students")
        n_students = None if n is None or pd.isna(n) or n == "" else int(n)
        is_suppressed = n_students is not None and n_students < self._policy("min_n")
        read = number(result["actual"]) if result else None
        actual = read[0] if read and not is_suppressed else None
        sign = -1 if measure["direction"] == "lower" else 1
        way = None if target is None or baseline is None else sign * (target - baseline)
        growth = None if actual is None or baseline is None else sign * (actual - baseline)
        practices = self._practices_of(measure, strategies)
        words = f" {re.sub(r'[^a-z0-9 ]', ' ', measure['indicator'].lower())} "
        families = [(int(f["family_rank"]), f["family"]) for f in _seed("indicator_families")
                    if f["like_pattern"].strip("%").lstrip(" ") and f["like_pattern"].strip("%") in words]  # fmt: skip
        return {
            **{k: measure[k] for k in KEY[:3]},
            "measure_no": int(measure["measure_no"]),
            "lea_id": measure["lea_id"],
            "part": "all",
            "measure_kind": "goal" if measure["parent_code"].startswith("G") else "strategy",
            "indicator_family": min(families)[1] if families else "other",
            "direction": measure["direction"],
            "practice_codes": ",".join(practices) or None,
            "year_no": year_no,
            "baseline": baseline,
            "target": target,
            "target_comparator": bound,
            "is_reported": result is not None,
            "is_suppressed": is_suppressed,
            "n_students": None if is_suppressed else n_students,
            "actual": actual,
            "growth": growth,
            "progress": growth / way if growth is not None and way is not None and way > 0 else None,
            "is_met": None if actual is None or target is None else sign * (actual - target) >= 0,
            "result_submission_id": result["submission_id"] if result else None,
            "plan_submission_id": measure["submission_id"],
        }

    @cached_property
    def _coded_figures(self) -> pd.DataFrame:
        """Every figure once under each practice, domain and family, and in all."""
        rows = []
        for row in self.fct_measure_year.to_dict("records"):
            practices = (row["practice_codes"] or "").split(",") if row["practice_codes"] else []
            codes = {("all", "all"), ("family", row["indicator_family"])}
            codes |= {("practice", p) for p in practices} | {("domain", p[0]) for p in practices}
            codes |= set() if practices else {("uncoded", "uncoded")}
            rows += [{**row, "code_level": level, "code": code} for level, code in codes]
        return pd.DataFrame(rows)

    @cached_property
    def rpt_outcomes(self) -> pd.DataFrame:
        coded = self._coded_figures
        coded = coded.assign(
            region=[self.region_of.get(lea) or "unknown" for lea in coded["lea_id"]], state="state"
        )
        rows = []
        for level, column in (
            ("organization", "org_id"),
            ("lea", "lea_id"),
            ("region", "region"),
            ("state", "state"),
        ):
            key = [column, "code_level", "code", "measure_kind", "school_year"]
            for (scope, code_level, code, kind, year), own in coded.groupby(key):
                progress = [p for p in own["progress"] if pd.notna(p)]
                met = [m for m in own["is_met"] if m is not None]
                rows.append(
                    {
                        "scope_level": level, "scope_id": scope, "code_level": code_level, "code": code,
                        "measure_kind": kind, "school_year": year,
                        "n_organizations": own["org_id"].nunique(),
                        "n_measures": len(own), "n_figures": len(own),
                        "n_reported": int(own["is_reported"].sum()),
                        "n_suppressed": int(own["is_suppressed"].sum()),
                        "n_readable": len(met), "n_met": sum(met),
                        "met_rate": sum(met) / len(met) if met else None,
                        "n_with_progress": len(progress),
                        "median_progress": statistics.median(progress) if progress else None,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def rpt_interlaced(self) -> pd.DataFrame:
        done = self.rpt_implementation_by_practice
        done = done[
            (done["scope_level"] == "organization") & done["code_level"].isin(["practice", "domain", "all"])
        ]
        counted = self.organization_periods.groupby(["org_id", "school_year"])["period"].max()
        done = done[
            [counted[(r["scope_id"], r["school_year"])] == r["period"] for r in done.to_dict("records")]
        ]
        moved = self.rpt_outcomes
        moved = moved[(moved["scope_level"] == "organization") & (moved["measure_kind"] == "goal")]
        moved = moved[moved["code_level"].isin(["practice", "domain", "all"])]
        key = ["scope_id", "code_level", "code", "school_year"]
        both = done[[*key, "period", "n_due", "n_due_on_time", "on_time_rate"]].merge(
            moved[[*key, "n_measures", "n_suppressed", "n_met", "median_progress"]], on=key, how="outer"
        )
        both = both.rename(columns={"scope_id": "org_id", "period": "as_of_period"})
        for column in ("n_due", "n_due_on_time", "n_measures", "n_suppressed", "n_met"):
            both[column] = both[column].fillna(0).astype(int)
        both["quadrant"] = [self._quadrant(r) for r in both.to_dict("records")]
        before = {
            (r["org_id"], r["code_level"], r["code"], int(r["school_year"][:4]) + 1): r
            for r in both.to_dict("records")
        }
        prior = [
            before.get((r["org_id"], r["code_level"], r["code"], int(r["school_year"][:4])), {})
            for r in both.to_dict("records")
        ]
        for column in ("on_time_rate", "median_progress", "quadrant"):
            both[f"prior_{column}"] = [r.get(column) for r in prior]
        return both

    def _quadrant(self, row: Row) -> str | None:
        rate, progress = row["on_time_rate"], row["median_progress"]
        if pd.isna(rate) or pd.isna(progress):
            return None
        if rate >= self._policy("implementation_high"):
            return "working" if progress >= self._policy("outcome_high") - 1e-10 else "done_not_working"
        is_moving = progress >= self._policy("outcome_high") - 1e-10
        return "moving_without_being_done" if is_moving else "neither"

    @cached_property
    def rpt_interlaced_state(self) -> pd.DataFrame:
        rows = []
        placed = self.rpt_interlaced.to_dict("records")
        spans = self.dim_designation.to_dict("records")
        for row in placed:
            row["category"] = next(
                (
                    s["category"]
                    for s in spans
                    if s["org_id"] == row["org_id"]
                    and s["valid_from_year"] <= row["school_year"]
                    and (pd.isna(s["valid_to_year"]) or row["school_year"] < s["valid_to_year"])
                ),
                "none",
            )
        every = pd.DataFrame([*placed, *({**r, "category": "all"} for r in placed)])
        key = ["code_level", "code", "category", "school_year"]
        for values, own in every.groupby(key):
            n = int(own["quadrant"].notna().sum())
            for quadrant in (q["quadrant"] for q in _seed("quadrants")):
                k = int((own["quadrant"] == quadrant).sum())
                middle = (k + Z**2 / 2) / (n + Z**2)
                half = Z / (n + Z**2) * math.sqrt(k * (n - k) / n + Z**2 / 4) if n else 0.0
                rows.append(
                    {
                        **dict(zip(key, values, strict=True)),
                        "quadrant": quadrant, "n_organizations": k, "n_placed": n, "n_not_placed": len(own) - n,
                        "share": k / n if n else None,
                        "share_low": round(max(0.0, middle - half), 9) if n else None,
                        "share_high": round(min(1.0, middle + half), 9) if n else None,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def rpt_outcome_by_implementation(self) -> pd.DataFrame:
        both = self.rpt_interlaced.dropna(subset=["quadrant"])
        rows = []
        for band in _seed("implementation_bands"):
            below = float(band["below_rate"] or math.inf)
            inside = both[(both["on_time_rate"] >= float(band["from_rate"])) & (both["on_time_rate"] < below)]
            for (level, code, year), own in inside.groupby(["code_level", "code", "school_year"]):
                values = sorted(own["median_progress"])
                n = len(values)
                few = n < self._policy("min_organizations")
                rank = math.floor((n + 1 - 1.96 * math.sqrt(n)) / 2)
                rows.append(
                    {
                        "code_level": level, "code": code, "school_year": year, "band": band["band"],
                        "band_no": int(band["band_no"]), "n_organizations": n, "is_suppressed": few,
                        "median_progress": None if few else statistics.median(values),
                        "lower_quartile": None if few else quantile(values, 0.25),
                        "upper_quartile": None if few else quantile(values, 0.75),
                        "median_low": None if few or rank < 1 else values[rank - 1],
                        "median_high": None if few or rank < 1 else values[n - rank],
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def rpt_coded_strategies(self) -> pd.DataFrame:
        rows = []
        for (org, year), own in self._plan("strategies").groupby(["org_id", "school_year"]):
            coded = [(s["strategy_code"], c) for s in own.to_dict("records")
                     for c in str(s["practice_codes"] or "").split(",") if c]  # fmt: skip
            for domain in "1234":
                here = [(s, c) for s, c in coded if c[0] == domain]
                strategies, practices = sorted({s for s, _ in here}), sorted({c for _, c in here})
                rows.append(
                    {
                        "org_id": org, "school_year": year, "domain_code": domain,
                        "lea_id": own["lea_id"].iloc[0],
                        "n_strategies": len(strategies), "n_practices": len(practices),
                        "strategy_codes": ",".join(strategies) or None,
                        "practice_codes": ",".join(practices) or None,
                        "n_strategies_in_plan": own["strategy_code"].nunique(),
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)
