"""The figures of the ten principles worked out again from plans, reports and measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

import pandas as pd
from recompute_duties import Duties
from recompute_plan_criteria import FUNDS_1003, JUDGES, Plan, Row, above, seed

PRINCIPLES_KEYS = {"rpt_principles": ["scope_level", "scope_id", "school_year", "figure_id"]}
CRITERIA = {
    "goals_about_students": "goals_student_focused",
    "actions_with_collaborators": "actions_collaborators",
    "priorities_on_root_causes": "priorities_root_cause",
    "needs_with_evidence": "needs_evidence",
    "measures_with_targets": "measures_targets",
    "two_year_strategies": "strategies_two_years",
}
TALENT = "2"
Counted = tuple[str, str, str, float, float]  # organization, school year, figure, part and whole


def codes(strategy: Row) -> set[str]:
    """Practices of a strategy."""
    return {c for c in (strategy["practice_codes"] or "").split(",") if c}


class Principles(Duties):
    """The mart of the principles as of a time."""

    @cached_property
    def rpt_principles(self) -> pd.DataFrame:
        titles = {p["principle_no"]: p["principle_title"] for p in seed("principles")}
        lea_of_plan = {(p.org_id, p.school_year): p.lea_id for p in self.plans}
        counts: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for org, year, figure, part, whole in [*self._of_plans(), *self._of_reports(), *self._of_results()]:
            held = counts[(org, year, figure)]
            held[:] = [held[0] + part, held[1] + whole]
        sums: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(dict)
        for (org, year, figure), (part, whole) in counts.items():
            lea = lea_of_plan.get((org, year)) or self.lea_of.get(org, org)
            region = self.region_of.get(lea)
            named = region if pd.notna(region) else "unknown"
            for scope in (("lea", lea), ("region", named), ("state", "state")) if whole > 0 else ():
                total = sums[(*scope, year)].setdefault(figure, [0.0, 0.0, 0])
                total[:] = [total[0] + part, total[1] + whole, total[2] + 1]
        rows = []
        for (level, scope, year), own in sums.items():
            for figure in seed("principle_figures"):
                part, whole, n = own.get(figure["figure_id"], [None, None, 0])
                rows.append(
                    {
                        "scope_level": level, "scope_id": scope, "school_year": year,
                        "principle_no": int(figure["principle_no"]),
                        "principle_title": titles[figure["principle_no"]],
                        **{c: figure[c] for c in
                           ("figure_id", "figure_title", "unit", "better", "source")},
                        "figure_no": int(figure["figure_no"]),
                        "numerator": part, "denominator": whole,
                        "figure_value": part / whole if n else None,
                        "is_measured": n > 0, "why_not": None if n else figure["why_not"],
                        "n_organizations": n,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)

    def _of_plans(self) -> Iterator[Counted]:
        for plan in self.plans:
            for figure, part, whole in self._of_plan(plan):
                yield plan.org_id, plan.school_year, figure, part, whole
        for (org, year), own in self.rpt_plan_quality.groupby(["org_id", "school_year"]):
            applies = own[own["outcome"] != "not_applicable"]
            met = applies.loc[applies["outcome"] == "met", "weight"].sum()
            yield org, year, "plan_quality", met, applies["weight"].sum()

    def _of_plan(self, plan: Plan) -> Iterator[tuple[str, float, float]]:
        for figure, criterion in CRITERIA.items():
            items = JUDGES[criterion](plan)
            yield figure, sum(met for _, met, _ in items), len(items)
        strategies = plan["strategies"]
        coded = {s["strategy_code"]: codes(s) for s in strategies if codes(s)}
        needs = {n["practice_code"] for n in plan["needs"] if n["kind"] in ("weakness", "threat")} - {
            None,
            "",
        }
        if needs:
            yield "strategies_answer_need", sum(bool(c & needs) for c in coded.values()), len(coded)
        yield "talent_strategies", sum(any(p[0] == TALENT for p in c) for c in coded.values()), len(coded)
        tiers = [s["evidence_tier"] in ("1", "2", "3") for s in strategies]
        yield "evidence_based", sum(tiers), len(tiers)
        last_day = self.calendar.end(self.calendar.months(plan.school_year)[-1])
        ends = [pd.Timestamp(s["end_on"]).date() <= last_day for s in strategies if s["end_on"]]
        yield "funding_cliff", sum(ends), len(ends)
        budgets = [
            (float(a["budget"]), above(a["action_code"], 2), (a["fund_source"] or "").strip().lower())
            for a in plan["actions"]
            if a["budget"] is not None
        ]
        yield "budget_on_coded", sum(b for b, s, _ in budgets if s in coded), sum(b for b, _, _ in budgets)
        paid = sum(b for b, _, fund in budgets if fund in FUNDS_1003)
        yield "budget_on_1003", paid, sum(b for b, _, fund in budgets if fund)

    def _last_told(self, table: str, key: str) -> Iterator[Row]:
        """Each support as last told in a school year."""
        frame = self.rows(table).sort_values("period")
        yield from frame.drop_duplicates(["org_id", "school_year", key], keep="last").to_dict("records")

    def _of_reports(self) -> Iterator[Counted]:
        months = self.rpt_submission_completeness
        for m in months[months["is_expected"] & (months["status"] != "not_yet_due")].to_dict("records"):
            yield m["lea_id"], m["school_year"], "reports_on_time", m["status"] == "on_time", 1
            told = m["n_organizations_reported"], m["n_organizations"]
            yield m["lea_id"], m["school_year"], "plans_reported", *told
        for duty in self.fct_duty.to_dict("records"):
            if duty["owed_by"] == "sea" or duty["state"] == "not_applicable" or duty["lea_id"] is None:
                continue
            key, state = (duty["org_id"], duty["school_year"]), duty["state"]
            yield *key, "duties_done", state in ("done", "done_late"), 1
            if duty["due_on"] is not None and state != "open":
                yield *key, "duties_on_time", state == "done", 1
        for help_ in self._last_told("supports", "support_no"):
            if str(help_["practice_code"] or "").startswith(TALENT):
                is_provided = pd.notna(help_["provided_on"])
                yield help_["org_id"], help_["school_year"], "talent_supports", is_provided, 1
        spans = self.rpt_implementation_by_span
        for s in spans[(spans["scope_level"] == "organization") & (spans["span_kind"] == "year")].to_dict(
            "records"
        ):
            key = s["scope_id"], s["school_year"]
            if s["code"] == "all":
                yield *key, "actions_on_time", s["n_due_on_time"], s["n_due"]
                yield *key, "actions_behind", s["n_behind"], s["n_planned"] - s["n_not_reported"]
            if s["code"] == TALENT:
                yield *key, "talent_on_time", s["n_due_on_time"], s["n_due"]

    def _of_results(self) -> Iterator[Counted]:
        actions = self.fct_action_status
        last = actions.groupby(["org_id", "school_year"])["period"].max().to_dict()
        for m in self.milestone_periods.to_dict("records"):
            key = m["org_id"], m["school_year"]
            is_last = m["period"] == last[key] and m["is_reported"]
            if is_last and pd.notna(m["due_on"]) and m["due_on"] <= self.calendar.end(m["period"]):
                yield *key, "milestones_reached", m["is_completed"], 1
        for a in (
            actions[actions["is_reported"]].dropna(subset=["budget", "spent_to_date"]).to_dict("records")
        ):
            key = a["org_id"], a["school_year"]
            if a["period"] == last[key]:
                yield *key, "spent_of_budget", float(a["spent_to_date"]), float(a["budget"])
        for slip in self.rpt_adjustments.to_dict("records"):
            if slip["item_level"] == "action":
                yield slip["org_id"], slip["school_year"], "slips_answered", slip["has_adjustment"], 1
        for y in self.fct_measure_year.to_dict("records"):
            key = y["org_id"], y["school_year"]
            if y["measure_kind"] == "goal" and pd.notna(y["progress"]):
                yield *key, "students_moved", y["progress"] > 0, 1
            if pd.notna(y["is_met"]):
                figure = "measures_met" if y["measure_kind"] == "goal" else "adult_measures_met"
                yield *key, figure, y["is_met"], 1
        both = self.rpt_interlaced
        for o in both[both["code_level"] == "all"].to_dict("records"):
            yield o["org_id"], o["school_year"], "side_by_side", isinstance(o["quadrant"], str), 1
