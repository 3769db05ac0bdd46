"""Own counts beside ours, and what followed an adjustment, worked out again in pandas and plain loops."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

import pandas as pd
from recompute import _codes_of, _parent, _rate
from recompute_progress import RecomputedProgress

Row = dict[str, Any]
OUTCOMES = ("recovered", "not_recovered", "discontinued", "too_early", "unknown")
AT_REST = ("behind", "discontinued", "not_reported")


class RecomputedFollowed(RecomputedProgress):
    """The marts of `recompute_progress`, those of own counts and of adjustments."""

    # ------------------------------------------------------------------ own counts

    @cached_property
    def _compared(self) -> pd.DataFrame:
        rows = []
        for mart, kind, span, item, figures in (
            (
                self.fct_milestone_quarter,
                "quarter",
                "quarter_id",
                "milestone_code",
                {f"actions_{k}": f"{k}_pct" for k in ("completed", "on_time", "behind")},
            ),
            (
                self.fct_strategy_semester,
                "semester",
                "semester_id",
                "strategy_code",
                {"milestones_completed": "milestones_completed_pct"},
            ),
        ):
            for row in mart.to_dict("records"):
                for figure, column in figures.items():
                    own, ours = row[f"self_{column}"], row[column]
                    if pd.isna(own) or pd.isna(ours):
                        continue
                    difference = float(own) - float(ours)
                    rows.append(
                        {
                            **{k: row[k] for k in ("org_id", "lea_id", "school_year", "as_of_period")},
                            "span_kind": kind,
                            "span_id": row[span],
                            "item_code": row[item],
                            "figure": figure,
                            "own_pct": float(own),
                            "counted_pct": float(ours),
                            "difference": difference,
                            "is_different": abs(difference) >= self.settings["significant_difference"] - 1e-9,
                            "direction": "own_higher" if difference > 0 else "own_lower",
                            "submission_id": row["self_submission_id"],
                            "source_sheet": row["self_source_sheet"],
                            "source_row": row["self_source_row"],
                        }
                    )
        return pd.DataFrame(rows)

    @cached_property
    def rpt_reporting_differences(self) -> pd.DataFrame:
        return self._compared[self._compared["is_different"]]

    @cached_property
    def rpt_reporting_agreement(self) -> pd.DataFrame:
        rows = []
        for level in ("lea", "state"):
            scope = self._compared["lea_id"] if level == "lea" else "state"
            scoped = self._compared.assign(scope_id=scope)
            for key, own in scoped.groupby(["scope_id", "school_year", "span_kind", "span_id", "figure"]):
                different = own[own["is_different"]]
                rows.append(
                    {
                        "scope_level": level,
                        **dict(
                            zip(
                                ("scope_id", "school_year", "span_kind", "span_id", "figure"),
                                key,
                                strict=True,
                            )
                        ),
                        "n_compared": len(own),
                        "n_different": len(different),
                        "n_own_higher": int((different["difference"] > 0).sum()),
                        "n_organizations": own["org_id"].nunique(),
                        "n_organizations_different": different["org_id"].nunique(),
                        "median_abs_difference": float(own["difference"].abs().median()),
                        "different_rate": len(different) / len(own),
                    }
                )
        return pd.DataFrame(rows)

    # ------------------------------------------------------------------ adjustments

    @cached_property
    def _items(self) -> dict[tuple[str, str, str, str], dict[str, Row]]:
        """By organization, year, level and code, the item's state in each period."""
        found: dict[tuple[str, str, str, str], dict[str, Row]] = defaultdict(dict)
        for (org, year, action), rows in self._courses.items():
            for row in rows:
                found[(org, year, "action", action)][row["period"]] = row
        for row in self.milestone_periods.to_dict("records"):
            state = self._state_of(row, row["is_completed"], row["is_behind"])
            key = (row["org_id"], row["school_year"], "milestone", row["milestone_code"])
            found[key][row["period"]] = row | {"state": state, "moved": False}
        for row in self.strategy_periods.to_dict("records"):
            is_done = row["n_milestones_completed"] == row["n_milestones"]
            state = self._state_of(row, is_done, row["n_milestones_behind"] > 0)
            key = (row["org_id"], row["school_year"], "strategy", row["strategy_code"])
            found[key][row["period"]] = row | {"state": state, "moved": False}
        return dict(found)

    @staticmethod
    def _state_of(row: Row, is_completed: bool, is_behind: bool) -> str:
        if not row["is_reported"]:
            return "not_reported"
        if row["n_actions"] > 0 and row["n_planned"] == 0:
            return "discontinued"
        if is_completed:
            return "completed"
        return "behind" if is_behind or row["n_behind"] > 0 else "in_progress"

    @cached_property
    def _statements(self) -> list[Row]:
        """Every adjustment stated in a counted period, a repeated text once."""
        stated: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
        for level, table, code, text in (
            ("action", "action_status", "action_code", "adjustment"),
            ("milestone", "milestone_reports", "milestone_code", "cause_and_adjustment"),
            ("strategy", "strategy_reports", "strategy_code", "cause_and_adjustment"),
        ):
            for row in self.rows(table).sort_values("period").to_dict("records"):
                words = row.get(text)
                if not isinstance(words, str) or not words.strip():
                    continue
                if row["period"] in self.counted.get((row["org_id"], row["school_year"]), ()):
                    key = (row["org_id"], row["school_year"], level, row[code])
                    stated[key].append(row | {"adjustment": words})
        found = []
        for key, rows in stated.items():
            before = None
            for row in rows:
                words = row["adjustment"].strip().lower()
                if words != before:
                    cause = row.get("cause") if key[2] == "action" else None
                    found.append({"key": key, **row, "cause": cause, "n_periods_stated": 0})
                    before = words
                found[-1]["n_periods_stated"] += 1
                found[-1]["last_stated_in_period"] = row["period"]
        return found

    @cached_property
    def rpt_adjustments(self) -> pd.DataFrame:
        last: dict[tuple[str, str, str, str], str] = {}
        for s in self._statements:
            last[s["key"]] = max(last.get(s["key"], ""), s["last_stated_in_period"])
        begun = [{**s, "has_adjustment": True} for s in self._statements]
        for (org, year, action), rows in self._courses.items():
            key = (org, year, "action", action)
            begun += [
                {
                    "key": key,
                    "period": row["period"],
                    "has_adjustment": False,
                    "n_periods_stated": 0,
                }
                for row in rows
                if row["slip"] and row["period"] > last.get(key, "")
            ]
        found = []
        for row in begun:
            states = self._items.get(row["key"], {})
            if row["period"] in states:
                found.append(self._followed(row, states))
        return pd.DataFrame(found)

    def _followed(self, row: Row, states: dict[str, Row]) -> Row:
        org, year, level, code = row["key"]
        periods = self.counted[(org, year)]
        at = periods.index(row["period"])
        wanted = int(self.settings["recovery_periods"])
        following = periods[at + 1 : at + 1 + wanted]
        seen = [(n, p, states[p]) for n, p in enumerate(following, 1) if p in states]
        known = [s for s in seen if s[2]["state"] != "not_reported"]
        better = next((s for s in seen if s[2]["state"] not in AT_REST), None)
        dropped = next((s for s in seen if s[2]["state"] == "discontinued"), None)
        state = states[row["period"]]["state"]
        if state != "behind":
            outcome = "not_behind"
        elif dropped and (not better or dropped[0] < better[0]):
            outcome = "discontinued"
        elif better:
            outcome = "recovered"
        elif len(following) < wanted:
            outcome = "too_early"
        else:
            outcome = "not_recovered" if known else "unknown"
        earlier = [p for p in periods[:at] if p in states]
        result = {
            "org_id": org,
            "lea_id": states[row["period"]]["lea_id"],
            "school_year": year,
            "strategy_code": _parent(code, 2),
            "item_level": level,
            "item_code": code,
            "state_before": states[earlier[-1]]["state"] if earlier else None,
            "state": state,
            "state_after": states.get(following[-1], {}).get("state") if following else None,
            "outcome": outcome,
            "recovered_in_period": None,
            "periods_to_recovery": None,
            "is_by_moved_due_day": None,
            "n_periods_followed": len(following),
            "n_periods_known": len(known),
        }
        if outcome == "recovered" and better:
            moved = any(s[2]["moved"] for s in seen if s[0] <= better[0])
            result |= {"recovered_in_period": better[1], "periods_to_recovery": better[0]}
            result["is_by_moved_due_day"] = moved
        kept = ("period", "has_adjustment", "cause", "adjustment", "last_stated_in_period")
        lineage = ("n_periods_stated", "submission_id", "source_sheet", "source_row")
        return result | {k: row.get(k) for k in (*kept, *lineage)}

    def _codes(self, org: str, year: str, strategy: str) -> list[tuple[str, str]]:
        if not hasattr(self, "_practices"):
            index = ["org_id", "school_year", "strategy_code"]
            self._practices = self.dim_strategy.set_index(index)["practice_codes"].to_dict()
        return _codes_of(self._practices.get((org, year, strategy)))

    @cached_property
    def rpt_adjustment_recovery(self) -> pd.DataFrame:
        counts: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.rpt_adjustments.to_dict("records"):
            org, year = row["org_id"], row["school_year"]
            scopes = (
                ("organization", org),
                ("lea", row["lea_id"]),
                ("region", self.region_of[org]),
                ("state", "state"),
            )
            for scope in scopes:
                for code in self._codes(org, year, row["strategy_code"]):
                    count = counts[(*scope, year, row["item_level"], *code)]
                    prefix = "n_" if row["has_adjustment"] else "n_unanswered_"
                    count["n_adjustments" if row["has_adjustment"] else "n_unanswered"] += 1
                    count[f"{prefix}{row['outcome']}"] += 1
                    if row["has_adjustment"] and row["is_by_moved_due_day"]:
                        count["n_recovered_by_moved_due_day"] += 1
        names = ["n_adjustments", "n_not_behind", *(f"n_{o}" for o in OUTCOMES)]
        names += ["n_recovered_by_moved_due_day", "n_unanswered", *(f"n_unanswered_{o}" for o in OUTCOMES)]
        key = ("scope_level", "scope_id", "school_year", "item_level", "code_level", "code")
        found = pd.DataFrame(
            {**dict(zip(key, k, strict=True)), **{n: c.get(n, 0) for n in names}} for k, c in counts.items()
        )
        for prefix in ("", "unanswered_"):
            yes, no = found[f"n_{prefix}recovered"], found[f"n_{prefix}not_recovered"]
            found[f"{prefix}recovered_rate"] = _rate(yes, yes + no)
        return found
