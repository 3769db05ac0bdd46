"""The marts of supports worked out again in plain loops, from the files as they were received.

Written from docs/analysts.md and the descriptions of the columns: windows and matches are looked up support by
support, where the models sum pools.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
from recompute import _parent
from recompute_measures import seed
from recompute_outcomes import Outcomes, Z

Row = dict[str, Any]
KEYS = {
    "fct_support": ["org_id", "school_year", "support_no"],
    "rpt_support_effect": ["org_id", "school_year", "support_no", "practice_code"],
    "rpt_support_effect_by_practice": ["code_level", "code", "school_year", "provider_kind"],
}


def _known(value: Any) -> Any:
    return None if value is None or pd.isna(value) or value == "" else value


def _date(value: Any) -> date:
    return pd.Timestamp(value).date()


def _counts(prefix: str, before: list[bool], after: list[bool]) -> Row:
    return {
        f"{prefix}{'due' if prefix else 'n_due'}_before": len(before),
        f"{prefix}{'on_time' if prefix else 'n_on_time'}_before": sum(before),
        f"{prefix}{'due' if prefix else 'n_due'}_after": len(after),
        f"{prefix}{'on_time' if prefix else 'n_on_time'}_after": sum(after),
    }


class Supports(Outcomes):
    """Every mart of the comparison, those of supports with them."""

    @cached_property
    def fct_support(self) -> pd.DataFrame:
        strategies = self.dim_strategy.set_index(["org_id", "school_year", "strategy_code"])["practice_codes"]
        last: dict[tuple[str, str, int], Row] = {}
        latest: dict[tuple[str, str], str] = {}
        for row in self.rows("supports").sort_values("period", kind="stable").to_dict("records"):
            last[(row["org_id"], row["school_year"], int(row["support_no"]))] = row
            latest[(row["org_id"], row["school_year"])] = row["period"]
        found = []
        for (org, year, number), row in last.items():
            needed, provided = _known(row["needed_on"]), _known(row["provided_on"])
            said, own = _known(row["effectiveness"]), _known(row["practice_code"])
            of_strategy = _known(strategies.get((org, year, row["strategy_code"])))
            state = "needed_not_provided" if not provided else {
                None: "provided_not_judged", "not_used": "provided_not_used"
            }.get(said, f"used_{said}")  # fmt: skip
            until = provided or self.calendar.end(row["period"])
            days = max((_date(until) - _date(needed)).days, 0) if needed else None
            found.append(
                {
                    **row, "support_no": number, "practice_codes": own or of_strategy,
                    "practice_from": "support" if own else "strategy" if of_strategy else None,
                    "days_waited": days if provided else None, "days_waiting": None if provided else days,
                    "support_state": state, "stated_in_period": row["period"],
                    "is_in_latest_file": row["period"] == latest[(org, year)],
                }
            )  # fmt: skip
        return pd.DataFrame(found, dtype=object)

    # ------------------------------------------------------------------ before and after

    @cached_property
    def _came_due(self) -> dict[tuple[str, str], list[tuple[str, bool]]]:
        """By organization and practice: the month in which each action came due, and whether on time."""
        found: dict[tuple[str, str], list[tuple[str, bool]]] = defaultdict(list)
        for (org, year, action), rows in self._courses.items():
            for level, code in self._codes(org, year, _parent(action, 2)):
                if level == "practice":
                    found[(org, code)] += [
                        (r["period"], bool(r["is_on_time"])) for r in rows if r["newly_due"]
                    ]
        return dict(found)

    def _sides(self, org: str, practice: str, period: str) -> list[list[bool]]:
        """Of the actions that came due before and after a month of the school year: which were on time."""
        months = self.calendar.months(self.calendar.school_year(period))
        here, width = months.index(period), int(self.settings["support_months"])
        spans = set(months[max(here - width, 0) : here]), set(months[here + 1 : here + 1 + width])
        due = self._came_due.get((org, practice), [])
        return [[on_time for month, on_time in due if month in span] for span in spans]

    def _designation(self, org: str, year: str) -> str:
        spans = self.dim_designation
        own = spans[
            (spans["org_id"] == org)
            & (spans["valid_from_year"] <= year)
            & (spans["valid_to_year"].isna() | (spans["valid_to_year"] > year))
        ]
        return str(own["category"].iloc[0]) if len(own) else "none"

    def _band(self, before: list[bool]) -> str | None:
        if len(before) < self.settings["support_min_due"]:
            return None
        rate = sum(before) / len(before)
        return [b["band"] for b in seed("implementation_bands") if rate >= float(b["from_rate"])][-1]

    def _months_of_supports(self) -> dict[tuple[str, str, str], set[int]]:
        found: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        for row in self.fct_support.to_dict("records"):
            period = str(_known(row["provided_on"]) or "")[:7]
            if period and self.calendar.school_year(period) == row["school_year"]:
                for practice in (row["practice_codes"] or "").split(","):
                    found[(row["org_id"], row["school_year"], practice)].add(self.calendar.number(period))
        return found

    @cached_property
    def rpt_support_effect(self) -> pd.DataFrame:
        supported = self._months_of_supports()
        counted = {(org, year) for org, year in self.counted}
        level_of = self.directory["org_level"].to_dict()
        rows = []
        for support in self.fct_support.to_dict("records"):
            if not _known(support["provided_on"]) or not support["practice_codes"]:
                continue
            for practice in support["practice_codes"].split(","):
                org, year = support["org_id"], support["school_year"]
                period: str | None = str(support["provided_on"])[:7]
                if self.calendar.school_year(str(period)) != year:
                    period = None
                before, after = self._sides(org, practice, period) if period else ([], [])
                has_plan = (org, year) in counted
                row = {
                    **support, "practice_code": practice, "provided_period": period,
                    "org_level": level_of[org] if has_plan else None,
                    "designation": self._designation(org, year) if has_plan else None,
                    "window_months": int(self.settings["support_months"]),
                    "rate_band": self._band(before), **_counts("", before, after),
                }  # fmt: skip
                others: list[tuple[str, list[bool], list[bool]]] = []
                if period and row["rate_band"] and len(after) >= self.settings["support_min_due"]:
                    others = self._matches(row, supported)
                rows.append(row | self._beside_matched(row, before, after, others))
        return pd.DataFrame(rows, dtype=object)

    def _matches(
        self, row: Row, supported: dict[tuple[str, str, str], set[int]]
    ) -> list[tuple[str, list[bool], list[bool]]]:
        """Organizations of its level and band without a support in the practice in the window."""
        year, practice, period = row["school_year"], row["practice_code"], row["provided_period"]
        here, width, found = self.calendar.number(period), int(self.settings["support_months"]), []
        for org, of_year in self.counted:
            if of_year != year or self.directory["org_level"][org] != row["org_level"]:
                continue
            if any(abs(m - here) <= width for m in supported.get((org, year, practice), ())):
                continue
            before, after = self._sides(org, practice, period)
            if self._band(before) == row["rate_band"] and len(after) >= self.settings["support_min_due"]:
                found.append((org, before, after))
        return found

    def _beside_matched(self, row: Row, before: list[bool], after: list[bool], others: list[Any]) -> Row:
        least = self.settings["support_min_due"]
        alike = [o for o in others if self._designation(o[0], row["school_year"]) == row["designation"]]
        matched_on, chosen = None, []
        for name, group in (("level", others), ("designation", alike)):
            if len(group) >= self.settings["support_min_matched"]:
                matched_on, chosen = name, group
        rates = [sum(s) / len(s) if len(s) >= least else None for s in (before, after)]
        change = rates[1] - rates[0] if None not in rates else None
        figures: Row = {"rate_before": rates[0], "rate_after": rates[1], "rate_change": change}
        pooled = [[on_time for o in chosen for on_time in o[side]] for side in (1, 2)]
        figures |= _counts("matched_", *pooled) if chosen else {}
        names = ("matched_rate_before", "matched_rate_after", "matched_change", "difference",
                 "matched_due_before", "matched_on_time_before", "matched_due_after",
                 "matched_on_time_after")  # fmt: skip
        figures = dict.fromkeys(names) | figures
        if chosen:
            b, a = (sum(s) / len(s) for s in pooled)
            figures |= {"matched_rate_before": b, "matched_rate_after": a, "matched_change": a - b}
            figures["difference"] = round(change - (a - b), 9)
        reason = None
        if row["provided_period"] is None:
            reason = "outside_school_year"
        elif rates[0] is None or rates[1] is None:
            reason = "too_few_due_before" if rates[0] is None else "too_few_due_after"
        elif not chosen:
            reason = "too_few_matched"
        n = len(chosen) if chosen else max(len(alike), len(others))
        return figures | {"matched_on": matched_on, "n_matched": n, "not_compared_because": reason}

    @cached_property
    def rpt_support_effect_by_practice(self) -> pd.DataFrame:
        values: dict[tuple[str, ...], dict[tuple[str, int], list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for row in self.rpt_support_effect.to_dict("records"):
            for level, code in (("practice", row["practice_code"]), ("all", "all")):
                for kind in (_known(row["provider_kind"]) or "not_stated", "all"):
                    own = values[(level, code, row["school_year"], kind)][(row["org_id"], row["support_no"])]
                    own += [] if row["difference"] is None else [row["difference"]]
        rows = []
        for key, supports in values.items():
            means = sorted(statistics.fmean(v) for v in supports.values() if v)
            n, k = len(means), sum(m > 1e-12 for m in means)
            n_orgs = len({org for (org, _), v in supports.items() if v})
            few = n_orgs < self.settings["min_organizations"]
            row = dict.fromkeys(
                (
                    "n_above",
                    "share_above",
                    "share_low",
                    "share_high",
                    "median_difference",
                    "median_low",
                    "median_high",
                )
            )
            if not few:
                middle, rank = (k + Z**2 / 2) / (n + Z**2), math.floor((n + 1 - 1.96 * math.sqrt(n)) / 2)
                half = Z / (n + Z**2) * math.sqrt(k * (n - k) / n + Z**2 / 4)
                row |= {
                    "n_above": k, "share_above": k / n, "share_low": round(max(0.0, middle - half), 9),
                    "share_high": round(min(1.0, middle + half), 9),
                    "median_difference": round(statistics.median(means), 9),
                    "median_low": round(means[rank - 1], 9) if rank > 0 else None,
                    "median_high": round(means[n - rank], 9) if rank > 0 else None,
                }  # fmt: skip
            names = KEYS["rpt_support_effect_by_practice"]
            rows.append(
                dict(zip(names, key, strict=True)) | row
                | {"n_supports": len(supports), "n_compared": n, "n_organizations": n_orgs, "is_suppressed": few}
            )  # fmt: skip
        return pd.DataFrame(rows, dtype=object)
