"""What followed an adjustment, and who is waning, worked out again in pandas and plain loops."""

from __future__ import annotations

import math
import statistics
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
    """Every mart of implementation."""

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

    # ------------------------------------------------------------------ waning

    @cached_property
    def _judged(self) -> dict[tuple[str, str, str], list[Row]]:
        """By organization, school year and code, its reported periods with their rates."""
        newly: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for (org, year, action), rows in self._courses.items():
            for level, code in self._codes(org, year, _parent(action, 2)):
                for row in rows if level in ("all", "practice") else ():
                    if row["newly_due"]:
                        count = newly[(org, row["period"], code)]
                        count[0] += 1
                        count[1] += bool(row["is_on_time"])
        report = self.rpt_implementation_by_practice
        report = report[(report["scope_level"] == "organization") & (report["n_organizations_reporting"] > 0)]
        found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        lea_of = self.organization_periods.set_index(["org_id", "period"])["lea_id"].to_dict()
        for row in report.sort_values("period").to_dict("records"):
            if row["code_level"] not in ("all", "practice"):
                continue
            org, year = row["scope_id"], row["school_year"]
            periods = self.counted[(org, year)]
            count = newly[(org, row["period"], row["code"])]
            row |= {
                "org_id": org,
                "lea_id": lea_of[(org, row["period"])],
                "org_level": self.directory["org_level"][org],
                "no": periods.index(row["period"]),
                "n_known": row["n_planned"] - row["n_not_reported"],
                "new": count[0],
                "new_on_time": count[1],
                "is_last_of_year": row["period"] == periods[-1],
            }
            found[(org, year, row["code"])].append(row)
        self._with_peers([r for rows in found.values() for r in rows])
        return dict(found)

    def _with_peers(self, rows: list[Row]) -> None:
        peers: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in rows:
            if row["n_due"] >= self.settings["waning_min_due"]:
                peers[(row["period"], row["org_level"], row["code"])].append(row)
        for row in rows:
            own = peers.get((row["period"], row["org_level"], row["code"]), [])
            row |= {"n_peers": len(own), "worse": False}
            if not own:
                continue
            median = statistics.median(r["behind_rate"] for r in own)
            mad = 1.4826 * statistics.median(abs(r["behind_rate"] - median) for r in own)
            common = sum(r["n_behind"] for r in own) / sum(r["n_known"] for r in own)
            chance = 0.0
            if row["n_known"]:
                chance = max(math.sqrt(common * (1 - common) / row["n_known"]), 1 / row["n_known"])
            row |= {
                "peers_behind_median": median,
                "peers_behind_mad": mad,
                "peers_spread": max(mad, chance),
                "worse": row in own
                and len(own) >= self.settings["waning_min_peers"]
                and row["behind_rate"] > median + self.settings["waning_mads"] * max(mad, chance),
            }

    @cached_property
    def rpt_waning(self) -> pd.DataFrame:
        found: list[Row] = []
        for rows in self._judged.values():
            found += self._worse_than_peers(rows) + self._falling([r for r in rows if r["new"]])
        for row in found:
            row["recently_due_on_time_rate"] = _share(row["n_recently_due_on_time"], row["n_recently_due"])
            row["on_time_rate_before"] = _share(row["n_on_time_before"], row["n_due_before"])
            row["in_words"] = _in_words(row)
        return pd.DataFrame(found)

    def _worse_than_peers(self, rows: list[Row]) -> list[Row]:
        found, streak = [], []
        for row in rows:
            if not row["worse"] or (streak and streak[-1]["no"] + 1 != row["no"]):
                streak = []
            if row["worse"]:
                streak.append(row)
            if len(streak) >= self.settings["waning_periods"]:
                found.append(_finding(row, "peers", streak[0]["period"], len(streak), (None,) * 4))
        return found

    def _falling(self, rows: list[Row]) -> list[Row]:
        wanted, found, streak = int(self.settings["waning_periods"]), [], []
        for n, row in enumerate(rows):
            recent, before = rows[max(n - wanted + 1, 0) : n + 1], rows[: max(n - wanted + 1, 0)]
            due, on_time = sum(r["new"] for r in recent), sum(r["new_on_time"] for r in recent)
            due_before = sum(r["new"] for r in before)
            on_time_before = sum(r["new_on_time"] for r in before)
            least = self.settings["waning_min_due"]
            falls = due >= least and due_before >= least
            if falls:
                highest = max(r["new_on_time"] / r["new"] for r in recent)
                falls = on_time_before / due_before - highest >= self.settings["waning_fall"] - 1e-9
            streak = [*streak, recent[0]] if falls else []
            if falls:
                figures = (due, on_time, due_before, on_time_before)
                since = streak[0]["period"]
                found.append(_finding(row, "falling", since, len(streak) + wanted - 1, figures))
        return found


def _finding(row: Row, rule: str, since: str, n_periods: int, figures: tuple[Any, ...]) -> Row:
    names = ("n_recently_due", "n_recently_due_on_time", "n_due_before", "n_on_time_before")
    return {
        **row,
        "waning_rule": rule,
        "since_period": since,
        "n_periods": n_periods,
        "n_peers": row["n_peers"] or None,
        **dict(zip(names, figures, strict=True)),
    }


def _share(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None


def _percent(rate: float) -> str:
    return str(math.floor(100 * rate + 0.5))


def _in_words(row: Row) -> str:
    if row["waning_rule"] == "peers":
        kind = "LEAs" if row["org_level"] == "lea" else "schools"
        return (
            f"{row['n_behind']} of {row['n_known']} actions are behind ({_percent(row['behind_rate'])} %). "
            f"For half of the {row['n_peers']} {kind} compared it is at most "
            f"{_percent(row['peers_behind_median'])} %. So since {row['since_period']}."
        )
    return (
        f"Of the last {row['n_recently_due']} actions that came due, {row['n_recently_due_on_time']} were done "
        f"on time ({_percent(row['recently_due_on_time_rate'])} %); of the {row['n_due_before']} that came due "
        f"before, {row['n_on_time_before']} ({_percent(row['on_time_rate_before'])} %). "
        f"Falling since {row['since_period']}."
    )
