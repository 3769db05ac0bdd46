"""Who is waning, worked out again in plain loops."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from functools import cached_property
from typing import Any

import pandas as pd
from recompute import _parent
from recompute_followed import RecomputedFollowed

Row = dict[str, Any]


class RecomputedWaning(RecomputedFollowed):
    """Every mart of implementation."""

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
