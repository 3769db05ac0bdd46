"""The marts of progress over time worked out again in pandas: spans, groups, runs, adjustments, waning.

Written from docs/analysts.md and the descriptions of the columns, as `recompute` is, with plain loops
where the models use windows.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

import pandas as pd
import yaml
from recompute import COUNTS, MILESTONE_COUNTS, Recomputed, _codes_of, _parent, _rate

Row = dict[str, Any]
SUMS = ["n_strategies", *COUNTS, *MILESTONE_COUNTS]
SPANS = {"month": 1, "quarter": 3, "semester": 6, "year": 12}
ENDED = ("completed", "discontinued")


class RecomputedProgress(Recomputed):
    """The marts of `recompute`, and those of progress over time."""

    @cached_property
    def settings(self) -> dict[str, float]:
        """The policy's numbers that these marts ask for."""
        raw = yaml.safe_load((self.state / "policy.yaml").read_text(encoding="utf-8"))["parameters"]
        return {k: v[0]["value"] for k, v in raw.items() if isinstance(v[0]["value"], int | float)}

    @cached_property
    def counted(self) -> dict[tuple[str, str], list[str]]:
        """By organization and school year, its counted periods in order."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self.organization_periods.sort_values("period").to_dict("records"):
            found[(row["org_id"], row["school_year"])].append(row["period"])
        return dict(found)

    # ------------------------------------------------------------------ rollups

    def _span(self, kind: str, period: str) -> str:
        if kind == "month":
            return period
        if kind == "year":
            return self.calendar.school_year(period)
        return self.calendar.span(period, SPANS[kind], {"quarter": "Q", "semester": "S"}[kind])

    @cached_property
    def _span_ends(self) -> pd.DataFrame:
        """For each organization and span, its last counted period in it."""
        last: dict[tuple[str, str, str], str] = {}
        for (org, _), periods in self.counted.items():
            for period in periods:
                for kind in SPANS:
                    last[(org, kind, self._span(kind, period))] = period
        rows = [(o, k, s, p) for (o, k, s), p in last.items()]
        return pd.DataFrame(rows, columns=["org_id", "span_kind", "span_id", "period"])

    @cached_property
    def _coded(self) -> pd.DataFrame:
        """Every strategy in every period, once for each code it counts under."""
        practices = self.dim_strategy.set_index(["org_id", "school_year", "strategy_code"])["practice_codes"]
        rows = []
        for row in self.strategy_periods.to_dict("records"):
            named = practices.get((row["org_id"], row["school_year"], row["strategy_code"]))
            rows += [
                {**row, "code_level": level, "code": code, "n_strategies": 1}
                for level, code in _codes_of(named)
            ]
        return pd.DataFrame(rows)

    def _rolled_up(self, frame: pd.DataFrame, levels: tuple[str, ...], key: list[str]) -> pd.DataFrame:
        scopes = {
            "organization": frame["org_id"],
            "lea": frame["lea_id"],
            "region": frame["org_id"].map(self.region_of),
            "state": pd.Series("state", frame.index),
        }
        parts = []
        full = ["scope_level", "scope_id", *key]
        for level in levels:
            scoped = frame.assign(scope_level=level, scope_id=scopes[level])
            grouped = scoped.groupby(full)
            total = grouped[SUMS].sum()
            total["n_organizations"] = grouped["org_id"].nunique()
            reporting = scoped[scoped["is_reported"]].groupby(full)["org_id"].nunique()
            total["n_organizations_reporting"] = reporting.reindex(total.index).fillna(0).astype(int)
            total["first_as_of_period"] = grouped["period"].min()
            total["last_as_of_period"] = grouped["period"].max()
            parts.append(total.reset_index())
        found = pd.concat(parts, ignore_index=True)
        known = found["n_planned"] - found["n_not_reported"]
        found["completed_rate"] = _rate(found["n_completed"], known)
        found["on_time_rate"] = _rate(found["n_due_on_time"], found["n_due"])
        found["behind_rate"] = _rate(found["n_behind"], known)
        found["not_reported_rate"] = _rate(found["n_not_reported"], found["n_planned"])
        return found

    @cached_property
    def rpt_implementation_by_span(self) -> pd.DataFrame:
        frame = self._coded.merge(self._span_ends, on=["org_id", "period"])
        key = ["code_level", "code", "span_kind", "span_id", "school_year"]
        return self._rolled_up(
            frame[frame["span_kind"] != "month"], ("organization", "lea", "region", "state"), key
        )

    @cached_property
    def rpt_implementation_by_group(self) -> pd.DataFrame:
        groups = []
        spans = self.dim_designation
        holds = defaultdict(set)
        for (org, year), _ in self.counted.items():
            own = spans[
                (spans["org_id"] == org)
                & (spans["valid_from_year"] <= year)
                & (spans["valid_to_year"].isna() | (spans["valid_to_year"] > year))
            ]
            holds[(org, year)] = set(own["category"]) or {"none"}
        level_of = self.directory["org_level"].to_dict()
        stated = self.dim_strategy.set_index(["org_id", "school_year", "strategy_code"])
        for row in self.strategy_periods[["org_id", "school_year", "strategy_code"]].drop_duplicates().values:
            org, year, strategy = row
            tier, funds = None, None
            if (org, year, strategy) in stated.index:
                tier, funds = stated.loc[(org, year, strategy), ["evidence_tier", "fund_sources"]]
            of = {
                "all": {"all"},
                "designation": holds[(org, year)],
                "org_level": {level_of[org]},
                "evidence_tier": {tier if isinstance(tier, str) else "not_stated"},
                "fund_source": {f.strip() for f in funds.split(",")}
                if isinstance(funds, str)
                else {"not_stated"},
            }
            groups += [(org, year, strategy, kind, value) for kind, values in of.items() for value in values]
        grouped = pd.DataFrame(
            groups, columns=["org_id", "school_year", "strategy_code", "group_kind", "group_value"]
        )
        frame = self._coded.merge(self._span_ends, on=["org_id", "period"]).merge(
            grouped, on=["org_id", "school_year", "strategy_code"]
        )
        key = ["group_kind", "group_value", "code_level", "code", "span_kind", "span_id", "school_year"]
        found = self._rolled_up(frame, ("lea", "region", "state"), key)
        return found[(found["scope_level"] != "lea") | (found["span_kind"] != "month")]

    # ------------------------------------------------------------------ status history

    @cached_property
    def _courses(self) -> dict[tuple[str, str, str], list[Row]]:
        """By organization, school year and action, its periods with their states, in order."""
        found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in self.fct_action_status.sort_values("period").to_dict("records"):
            if not row["is_planned"]:
                state = "discontinued"
            elif row["status"] in ("not_reported", "completed"):
                state = row["status"]
            else:
                state = "behind" if row["is_behind"] else row["status"]
            periods = self.counted[(row["org_id"], row["school_year"])]
            row |= {"state": state, "no": periods.index(row["period"])}
            found[(row["org_id"], row["school_year"], row["action_code"])].append(row)
        for rows in found.values():
            known: Row | None = None
            for before, row in zip([None, *rows], rows, strict=False):
                row["before"] = before["state"] if before else None
                row["known_before"] = known["state"] if known and row["state"] != "not_reported" else None
                row["moved"] = bool(before and before["due_on"] != row["due_on"])
                row["due_before"] = before["due_on"] if before else row["due_on"]
                row["slip"] = row["state"] == "behind" and row["known_before"] != "behind"
                row["reopened"] = row["known_before"] in ENDED and row["state"] not in (
                    *ENDED,
                    "not_reported",
                )
                row["stuck"] = row["state"] == "behind" or bool(
                    row["state"] == "in_progress"
                    and known
                    and known["status"] in ("in_progress", "delayed")
                    and pd.notna(row["percent_complete"])
                    and known["percent_complete"] == row["percent_complete"]
                )
                row["newly_due"] = bool(row["is_due"]) and not (known and known["is_due"])
                row["new_run"] = (
                    not before or before["state"] != row["state"] or before["no"] + 1 != row["no"]
                )
                if row["state"] != "not_reported":
                    known = row
        return dict(found)

    @cached_property
    def fct_action_history(self) -> pd.DataFrame:
        runs: list[Row] = []
        for (org, year, action), rows in self._courses.items():
            periods = self.counted[(org, year)]
            number = 0
            for row in rows:
                if row["new_run"]:
                    number += 1
                    runs.append(
                        {
                            "org_id": org,
                            "school_year": year,
                            "strategy_code": _parent(action, 2),
                            "milestone_code": _parent(action, 3),
                            "action_code": action,
                            "run_no": number,
                            "state": row["state"],
                            "valid_from_period": row["period"],
                            "previous_state": row["before"],
                            "previous_known_state": row["known_before"],
                            "is_slip": row["slip"],
                            "is_reopened": row["reopened"],
                            "due_on_from": row["due_before"],
                            "n_periods": 0,
                            "n_periods_stuck": 0,
                            "n_due_moves": 0,
                        }
                    )
                run = runs[-1]
                following = periods[row["no"] + 1 :]
                run["valid_to_period"] = following[0] if following else None
                run["lea_id"], run["due_on"] = row["lea_id"], row["due_on"]
                run["n_periods"] += 1
                run["n_periods_stuck"] += row["stuck"]
                run["n_due_moves"] += row["moved"]
        return pd.DataFrame(runs)

    @cached_property
    def rpt_action_course(self) -> pd.DataFrame:
        found = []
        for (org, year, action), rows in self._courses.items():
            last, periods = rows[-1], self.counted[(org, year)]
            slips = [r["period"] for r in rows if r["slip"]]
            found.append(
                {
                    "org_id": org,
                    "lea_id": last["lea_id"],
                    "school_year": year,
                    "strategy_code": _parent(action, 2),
                    "milestone_code": _parent(action, 3),
                    "action_code": action,
                    "first_period": rows[0]["period"],
                    "last_state": last["state"],
                    "last_state_since": next(r["period"] for r in reversed(rows) if r["new_run"]),
                    "left_plan_in": next(iter(periods[last["no"] + 1 :]), None),
                    "n_periods": len(rows),
                    "n_periods_not_reported": sum(r["state"] == "not_reported" for r in rows),
                    "n_periods_behind": sum(r["state"] == "behind" for r in rows),
                    "n_periods_stuck": sum(r["stuck"] for r in rows),
                    "n_slips": len(slips),
                    "first_slip_period": min(slips, default=None),
                    "n_reopened": sum(r["reopened"] for r in rows),
                    "n_due_moves": sum(r["moved"] for r in rows),
                    "first_due_on": rows[0]["due_on"],
                    "last_due_on": last["due_on"],
                    "days_due_moved": (last["due_on"] - rows[0]["due_on"]).days,
                }
            )
        return pd.DataFrame(found)
