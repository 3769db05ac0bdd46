"""The marts of outcomes worked out again in pandas, from the files as they were received.

Written from docs/analysts.md and the descriptions of the columns, with a reading of the texts of its own: the
figures that the demonstration state's LEAs write, and no more.
"""

from __future__ import annotations

import math
import statistics
from functools import cached_property
from typing import Any

import pandas as pd
from recompute_measures import Measures, seed

Row = dict[str, Any]
KEYS = {
    "fct_measure_year": ["org_id", "school_year", "parent_code", "measure_no", "part"],
    "rpt_outcomes": ["scope_level", "scope_id", "code_level", "code", "measure_kind", "school_year"],
    "rpt_interlaced": ["org_id", "code_level", "code", "school_year"],
    "rpt_interlaced_state": ["code_level", "code", "category", "school_year", "quadrant"],
    "rpt_outcome_by_implementation": ["code_level", "code", "school_year", "band"],
    "rpt_coded_strategies": ["org_id", "school_year", "domain_code"],
}
# the directory's name, compared in dim_organization
NOT_RECOMPUTED = {"rpt_coded_strategies": {"org_name"}}
CODES = ["practice", "domain", "all"]
DONE = ["n_strategies", "n_planned", "n_not_reported", "n_completed", "n_due", "n_due_on_time", "n_behind"]
DONE_RATES = ["on_time_rate", "behind_rate", "completed_rate"]
MOVED = ["n_measures", "n_figures", "n_reported", "n_suppressed", "n_readable", "n_met", "n_with_progress"]
Z = statistics.NormalDist().inv_cdf(0.975)


def quantile(values: list[float], share: float) -> float:
    """By linear interpolation between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


class Outcomes(Measures):
    """Every mart of outcomes as of a time."""

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
        done = done[(done["scope_level"] == "organization") & done["code_level"].isin(CODES)]
        last = self.organization_periods.groupby(["org_id", "school_year"])["period"].max()
        done = done[[last[(r["scope_id"], r["school_year"])] == r["period"] for r in done.to_dict("records")]]
        done = done.assign(is_reported=done["n_organizations_reporting"] > 0)
        moved = self.rpt_outcomes
        moved = moved[(moved["scope_level"] == "organization") & (moved["measure_kind"] == "goal")]
        moved = moved[moved["code_level"].isin(CODES)].rename(columns={"n_reported": "n_told"})
        key = ["scope_id", "code_level", "code", "school_year"]
        told = ["n_told" if c == "n_reported" else c for c in MOVED]
        both = done[[*key, "period", "is_reported", *DONE, *DONE_RATES]].merge(
            moved[[*key, *told, "median_progress"]], on=key, how="outer"
        )
        both = both.rename(columns={"scope_id": "org_id", "period": "as_of_period", "n_told": "n_reported"})
        for column in (*DONE, *MOVED):
            both[column] = both[column].fillna(0).astype(int)
        both = both.astype(object).where(both.notna(), None)
        rows = [{**r, **self._placed(r)} for r in both.to_dict("records")]
        place = {(r["org_id"], r["code_level"], r["code"], int(r["school_year"][:4])): r for r in rows}
        for row in rows:
            year = int(row["school_year"][:4]) - 1
            before = place.get((row["org_id"], row["code_level"], row["code"], year), {})
            for column in ("on_time_rate", "median_progress", "quadrant"):
                row[f"prior_{column}"] = before.get(column)
        return pd.DataFrame(rows, dtype=object)

    def _placed(self, row: Row) -> Row:
        """Which sides are high, the quadrant, or why there is none."""
        year, rate, progress = row["school_year"], row["on_time_rate"], row["median_progress"]
        done_from, moved_from = (self.policy(f"{side}_high", year) for side in ("implementation", "outcome"))
        is_done = None if rate is None or done_from is None else rate >= done_from
        is_moved = None if progress is None or moved_from is None else round(progress, 9) >= moved_from
        quadrants = {(q["is_implementation_high"] == "true", q["is_outcome_high"] == "true"): q["quadrant"]
                     for q in seed("quadrants")}  # fmt: skip
        why = []
        if rate is None:
            is_coded, is_known = row["as_of_period"] is not None, row["is_reported"]
            why.append("no_actions_coded" if not is_coded else "nothing_due" if is_known else "not_reported")
        if progress is None and not row["n_measures"]:
            why.append("no_measures")
        elif progress is None and not row["n_reported"]:
            why.append("no_results")
        elif progress is None:
            hidden = row["n_suppressed"] == row["n_reported"]
            why.append("all_suppressed" if hidden else "no_readable_progress")
        return {
            "lea_id": self.lea_of[row["org_id"]],
            "implementation_high": done_from,
            "outcome_high": moved_from,
            "is_implementation_high": is_done,
            "is_outcome_high": is_moved,
            "quadrant": None if is_done is None or is_moved is None else quadrants[(is_done, is_moved)],
            "not_placed_because": ",".join(why) or None,
        }

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
            for quadrant in (q["quadrant"] for q in seed("quadrants")):
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
        for band in seed("implementation_bands"):
            below = float(band["below_rate"] or math.inf)
            inside = both[(both["on_time_rate"] >= float(band["from_rate"])) & (both["on_time_rate"] < below)]
            for (level, code, year), own in inside.groupby(["code_level", "code", "school_year"]):
                values = sorted(own["median_progress"])
                n = len(values)
                least = self.policy("min_organizations", year)
                few = least is None or n < least
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
        stated = pd.DataFrame(self.plan_rows("strategies"))
        domain_titles = {d["domain_code"]: d["domain_title"] for d in seed("domains")}
        titles = {p["practice_code"]: p["practice_title"] for p in seed("practices")}
        for (org, year), own in stated.groupby(["org_id", "school_year"]):
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
                        "org_level": self.directory["org_level"][org], "domain_title": domain_titles[domain],
                        "practices": "; ".join(f"{p} {titles[p]}" for p in practices) or None,
                        "stated_in_period": own["period"].iloc[0],
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)
