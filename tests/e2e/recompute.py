"""The marts worked out again in pandas, from the files as they were received.

Written from the definitions alone (docs/analysts.md and the descriptions of the marts' columns), never
from the models: where the two disagree, one of them has misread the definitions.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property

import pandas as pd
from recompute_self_reflection import RecomputedSelfReflection

COUNTS = [
    "n_actions",
    "n_planned",
    "n_not_reported",
    "n_discontinued",
    "n_completed",
    "n_due",
    "n_on_time",
    "n_due_on_time",
    "n_behind",
]
MILESTONE_COUNTS = ["n_milestones", "n_milestones_completed", "n_milestones_behind"]


class Recomputed(RecomputedSelfReflection):
    """Every mart of the comparison as of a time."""

    def mart(self, name: str) -> pd.DataFrame:
        """All rows of a mart as they should be."""
        found: pd.DataFrame = getattr(self, name)
        return found

    @cached_property
    def fct_action_status(self) -> pd.DataFrame:
        plan = self.rows("actions").rename(
            columns={
                "period": "actions_period",
                "submission_id": "plan_submission_id",
                "source_sheet": "plan_source_sheet",
                "source_row": "plan_source_row",
            }
        )
        plan = plan[
            [
                "org_id",
                "actions_period",
                "action_code",
                "due_on",
                "budget",
                "plan_submission_id",
                "plan_source_sheet",
                "plan_source_row",
            ]
        ]
        found = self.organization_periods.merge(plan, on=["org_id", "actions_period"])
        statuses = self.rows("action_status").rename(columns={"period": "status_period"})
        statuses = statuses[
            [
                "org_id",
                "school_year",
                "status_period",
                "action_code",
                "status",
                "percent_complete",
                "completed_on",
                "spent_to_date",
                "submission_id",
                "source_sheet",
                "source_row",
            ]
        ]
        key = ["org_id", "period", "action_code"]
        each = found[[*key, "school_year"]].merge(statuses, on=["org_id", "school_year", "action_code"])
        each = each[each["status_period"] <= each["period"]].sort_values("status_period")
        latest = each.drop_duplicates(key, keep="last").drop(columns="school_year")
        found = found.merge(latest, on=key, how="left")
        dropped = found["status"] == "discontinued"
        known = found["is_reported"] & found["status"].notna()
        carried = [c for c in latest.columns if c not in key]
        found.loc[~known, carried] = None
        found["status"] = found["status"].where(known, "not_reported")
        found["is_reported"] = known
        found["is_planned"] = ~dropped
        found["is_completed"] = found["status"] == "completed"
        end = found["period"].map({p: self.calendar.end(p) for p in found["period"].unique()})
        found["is_due"] = found["is_planned"] & known & (found["due_on"] <= end)
        done_by = found["completed_on"].where(found["completed_on"].notna(), date.max)
        found["is_on_time"] = found["is_completed"] & (done_by <= found["due_on"])
        found["is_behind"] = (found["is_due"] & ~found["is_completed"]) | (found["status"] == "delayed")
        found["strategy_code"] = found["action_code"].map(lambda c: _parent(c, 2))
        found["milestone_code"] = found["action_code"].map(lambda c: _parent(c, 3))
        return found.drop(columns=["actions_period", "milestones_period"])

    @cached_property
    def milestone_periods(self) -> pd.DataFrame:
        """Counts of every milestone in every counted period of its organization."""
        key = ["org_id", "period", "milestone_code"]
        periods = self.organization_periods
        stated = self.rows("milestones")[["org_id", "period", "milestone_code", "due_on"]]
        stated = periods[["org_id", "period", "milestones_period"]].merge(
            stated.rename(columns={"period": "milestones_period"}), on=["org_id", "milestones_period"]
        )
        counts = _action_counts(self.fct_action_status).groupby(key)[COUNTS].sum().reset_index()
        found = stated.drop(columns="milestones_period").merge(counts, on=key, how="outer")
        found[COUNTS] = found[COUNTS].fillna(0).astype(int)
        found = found.merge(
            periods[["org_id", "period", "lea_id", "school_year", "is_reported"]], on=["org_id", "period"]
        )
        found["strategy_code"] = found["milestone_code"].map(lambda c: _parent(c, 2))
        found["is_completed"] = (
            (found["n_planned"] > 0)
            & (found["n_not_reported"] == 0)
            & (found["n_completed"] == found["n_planned"])
        )
        ends = {p: self.calendar.end(p) for p in found["period"].unique()}
        due = [pd.notna(d) and d <= ends[p] for d, p in zip(found["due_on"], found["period"], strict=True)]
        found["is_behind"] = pd.Series(due, found.index) & ~found["is_completed"] & found["is_reported"]
        return found

    @cached_property
    def strategy_periods(self) -> pd.DataFrame:
        """Counts of every strategy that has actions or milestones, in every counted period."""
        found = self.milestone_periods.copy()
        found["n_milestones"] = 1
        found["n_milestones_completed"] = found["is_completed"].astype(int)
        found["n_milestones_behind"] = found["is_behind"].astype(int)
        key = ["org_id", "lea_id", "school_year", "period", "is_reported", "strategy_code"]
        return found.groupby(key)[COUNTS + MILESTONE_COUNTS].sum().reset_index()

    def _last_of_span(self, frame: pd.DataFrame, months: int, letter: str, name: str) -> pd.DataFrame:
        """Rows of each organization's last counted period of every span."""
        periods = self.organization_periods[["org_id", "period"]].copy()
        periods[name] = periods["period"].map(lambda p: self.calendar.span(p, months, letter))
        last = periods.groupby(["org_id", name])["period"].max().reset_index()
        return frame.merge(last, on=["org_id", "period"]).rename(columns={"period": "as_of_period"})

    def _beside(
        self, ours: pd.DataFrame, table: str, code: str, span: str, months: int, renamed: dict[str, str]
    ) -> pd.DataFrame:
        """Ours with the organization's own latest report of the span."""
        own = self.rows(table)
        own[span] = own["period"].map(lambda p: self.calendar.span(p, months, {3: "Q", 6: "S"}[months]))
        own = own.sort_values("period").drop_duplicates(["org_id", span, code], keep="last")
        lineage = {
            "submission_id": "self_submission_id",
            "source_sheet": "self_source_sheet",
            "source_row": "self_source_row",
        }
        own = own.rename(columns=renamed | lineage)
        return ours.merge(
            own[["org_id", span, code, *renamed.values(), *lineage.values()]],
            on=["org_id", span, code],
            how="left",
        )

    @cached_property
    def fct_milestone_quarter(self) -> pd.DataFrame:
        found = self._last_of_span(self.milestone_periods, 3, "Q", "quarter_id")
        renamed = {f"actions_{k}_pct": f"self_{k}_pct" for k in ("completed", "on_time", "behind")}
        found = self._beside(found, "milestone_reports", "milestone_code", "quarter_id", 3, renamed)
        known = found["n_planned"] - found["n_not_reported"]
        for kind in ("completed", "on_time", "behind"):
            found[f"{kind}_pct"] = 100 * _rate(found[f"n_{kind}"], known)
            found[f"{kind}_pct_difference"] = found[f"self_{kind}_pct"] - found[f"{kind}_pct"]
        return found.drop(columns="n_discontinued")

    @cached_property
    def fct_strategy_semester(self) -> pd.DataFrame:
        found = self._last_of_span(self.strategy_periods, 6, "S", "semester_id")
        renamed = {
            "milestones_completed_pct": "self_milestones_completed_pct",
            "milestones_behind": "self_milestones_behind",
        }
        found = self._beside(found, "strategy_reports", "strategy_code", "semester_id", 6, renamed)
        share = 100 * _rate(found["n_milestones_completed"], found["n_milestones"])
        found["milestones_completed_pct"] = share.where(found["is_reported"])
        found["milestones_completed_pct_difference"] = (
            found["self_milestones_completed_pct"] - found["milestones_completed_pct"]
        )
        behind = found["n_milestones_behind"].where(found["is_reported"])
        found["milestones_behind_difference"] = found["self_milestones_behind"] - behind
        return found.drop(columns="n_discontinued")

    @cached_property
    def dim_strategy(self) -> pd.DataFrame:
        rows = self.rows("strategies").sort_values("period")
        latest = rows.groupby(["org_id", "school_year"])["period"].max().rename("latest").reset_index()
        found = rows.drop_duplicates(["org_id", "school_year", "strategy_code"], keep="last")
        found = found.merge(latest, on=["org_id", "school_year"])
        found["is_in_latest_plan"] = found["period"] == found["latest"]
        found["priority_code"] = found["strategy_code"].map(lambda c: _parent(c, 1))
        return found.drop(columns="latest").rename(columns={"period": "stated_in_period"})

    @cached_property
    def rpt_implementation_by_practice(self) -> pd.DataFrame:
        strategies = self.strategy_periods
        coded = self.dim_strategy.set_index(["org_id", "school_year", "strategy_code"])["practice_codes"]
        counted = []
        for row in strategies.to_dict("records"):
            practices = coded.get((row["org_id"], row["school_year"], row["strategy_code"]))
            for level, code in _codes_of(practices):
                counted.append({**row, "code_level": level, "code": code, "n_strategies": 1})
        found = pd.DataFrame(counted)
        scopes = {
            "organization": found["org_id"],
            "lea": found["lea_id"],
            "region": found["org_id"].map(self.region_of),
            "state": pd.Series("state", found.index),
        }
        sums = ["n_strategies", *COUNTS, *MILESTONE_COUNTS]
        key = ["scope_level", "scope_id", "code_level", "code", "school_year", "period"]
        parts = []
        for level, scope in scopes.items():
            scoped = found.assign(scope_level=level, scope_id=scope).dropna(subset=["scope_id"])
            total = scoped.groupby(key)[sums].sum()
            total["n_organizations"] = scoped.groupby(key)["org_id"].nunique()
            reporting = scoped[scoped["is_reported"]].groupby(key)["org_id"].nunique()
            total["n_organizations_reporting"] = reporting.reindex(total.index).fillna(0).astype(int)
            parts.append(total.reset_index())
        result = pd.concat(parts, ignore_index=True)
        known = result["n_planned"] - result["n_not_reported"]
        result["completed_rate"] = _rate(result["n_completed"], known)
        result["on_time_rate"] = _rate(result["n_due_on_time"], result["n_due"])
        result["behind_rate"] = _rate(result["n_behind"], known)
        result["not_reported_rate"] = _rate(result["n_not_reported"], result["n_planned"])
        return result


def _parent(code: str, parts: int) -> str:
    return ".".join(code.split(".")[:parts])


def _rate(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)


def _codes_of(practices: object) -> list[tuple[str, str]]:
    """What a strategy counts under: each practice once, each of their domains once, and the total."""
    if not isinstance(practices, str):
        return [("all", "all"), ("uncoded", "uncoded")]
    named = practices.split(",")
    domains = sorted({p[0] for p in named})
    return [("all", "all"), *(("practice", p) for p in named), *(("domain", d) for d in domains)]


def _action_counts(actions: pd.DataFrame) -> pd.DataFrame:
    """One row per action with its part in every count."""
    counts = {
        "n_actions": pd.Series(True, actions.index),
        "n_planned": actions["is_planned"],
        "n_not_reported": actions["is_planned"] & ~actions["is_reported"],
        "n_discontinued": ~actions["is_planned"],
        "n_completed": actions["is_planned"] & actions["is_completed"],
        "n_due": actions["is_due"],
        "n_on_time": actions["is_on_time"],
        "n_due_on_time": actions["is_due"] & actions["is_on_time"],
        "n_behind": actions["is_behind"],
    }
    return actions.assign(**{name: flag.astype(int) for name, flag in counts.items()})
