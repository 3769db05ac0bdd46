"""What a coach should ask, worked out again: each trigger of the seed looked for with plain loops."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pandas as pd
from recompute_measures import seed
from recompute_principles import Principles

Row = dict[str, Any]
AGENDA_KEYS = {"rpt_coaching_agenda": ["org_id", "quarter_id", "question_id", "item_code"]}
PARTS = {"direction": "plan_direction_gap", "needs": "plan_needs_gap", "priorities": "plan_needs_gap"}
FIGURES = ("numerator", "denominator", "other_count", "pct", "other_pct", "on_day", "since_period")
LINEAGE = ("submission_id", "source_sheet", "source_row")


def half_up(value: float) -> int:
    """The nearest whole number, of two the one further from zero."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def told(row: Row) -> Row:
    """A row without pandas' marks of nothing."""
    return {k: None if v is pd.NaT or v is pd.NA or v != v else v for k, v in row.items()}


def item(
    trigger: str, kind: str, code: str, severity: float | None, source: Row | None = None, **facts: Any
) -> Row:
    """What raises a question, with the row that it stands in where there is one."""
    lineage = {k: (source or {}).get(k) for k in LINEAGE}
    return {
        "trigger_id": trigger,
        "item_kind": kind,
        "item_code": code,
        "severity": severity,
        **lineage,
        **facts,
    }


class Agenda(Principles):
    """Every mart of the comparison, the coaching agenda with them."""

    @cached_property
    def quarters(self) -> dict[tuple[str, str], Row]:
        """By organization and quarter: its counted months in it, and what holds at the last of them."""
        found: dict[tuple[str, str], Row] = {}
        months = self.organization_periods.sort_values("period").to_dict("records")
        for m in map(told, months):
            quarter = self.calendar.span(m["period"], 3, "Q")
            row = found.setdefault((m["org_id"], quarter), {"months": []})
            row["months"].append(m)
            row |= {"lea_id": m["lea_id"], "school_year": m["school_year"], "as_of_period": m["period"],
                    "milestones_period": m["milestones_period"], "end": self.calendar.end(m["period"]),
                    "is_last": m["period"] == self.counted[(m["org_id"], m["school_year"])][-1]}  # fmt: skip
        return found

    @cached_property
    def _quarter_ending(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {(org, q["as_of_period"]): (org, name) for (org, name), q in self.quarters.items()}

    @cached_property
    def _last_of_year(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {(key[0], q["school_year"]): key for key, q in self.quarters.items() if q["is_last"]}

    @cached_property
    def rpt_coaching_agenda(self) -> pd.DataFrame:
        triggers = {t["trigger_id"]: t for t in seed("coaching_triggers")}
        raised: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for find in (self._reports, self._actions, self._supports, self._followed_up, self._compared_figures,
                     self._measures_and_plans):  # fmt: skip
            for key, found in find():
                raised[key][found["trigger_id"]].append(found)
        rows = []
        for key, by_trigger in raised.items():
            asked = [row for t, items in by_trigger.items() for row in self._asked(triggers[t], items)]
            asked.sort(key=lambda r: (r["item_rank"], r["_priority"], r["question_id"], r["item_code"]))
            quarter = {k: self.quarters[key][k] for k in ("lea_id", "school_year", "as_of_period")}
            for rank, row in enumerate(asked, 1):
                rows.append({"org_id": key[0], "quarter_id": key[1], **quarter, "agenda_rank": rank, **row})
        return pd.DataFrame(rows, dtype=object)

    @staticmethod
    def _asked(trigger: Row, items: list[Row]) -> Iterator[Row]:
        """The worst items of a trigger, each with every question that the trigger has."""
        items.sort(key=lambda i: (-round(i["severity"] or 0, 9), i["item_code"], i.get("detail") or ""))
        for rank, raised in enumerate(items[: int(trigger["max_items"])], 1):
            values = {
                "n": raised.get("numerator"), "of": raised.get("denominator"), "other": raised.get("other_count"),
                "pct": None if raised.get("pct") is None else half_up(raised["pct"]),
                "other_pct": None if raised.get("other_pct") is None else half_up(raised["other_pct"]),
                "day": raised.get("on_day") or "a day not told", "since": raised.get("since_period"),
                "kind": raised["item_kind"], "item": raised["item_code"], "detail": raised.get("detail"),
                "list": raised.get("list"),
            }  # fmt: skip
            for question in seed("coaching_questions"):
                if question["trigger_id"] == trigger["trigger_id"]:
                    yield {
                        **{k: raised.get(k) for k in FIGURES}, **raised, "item_rank": rank, "n_raised": len(items),
                        "figures": filled(trigger["figures_text"], values),
                        **{k: question[k] for k in ("question_id", "cycle_step", "question")},
                        "source_model": trigger["source_model"], "_priority": int(trigger["priority"]),
                    }  # fmt: skip

    # ------------------------------------------------------------------ what raises a question

    def _reports(self) -> Iterator[tuple[tuple[str, str], Row]]:
        """Silent months, and milestones past their day."""
        for key, q in self.quarters.items():
            silent = [m["period"] for m in q["months"] if not m["is_reported"]]
            if silent:
                yield key, item("silent_months", "organization", "reports", len(silent), numerator=len(silent),
                                denominator=len(q["months"]), list=", ".join(silent))  # fmt: skip
        stated = {
            (r["org_id"], r["period"], r["milestone_code"]): r
            for r in self.rows("milestones").to_dict("records")
        }
        for m in self.fct_milestone_quarter.to_dict("records"):
            q = self.quarters[m["org_id"], m["quarter_id"]]
            if m["is_behind"]:
                yield (m["org_id"], m["quarter_id"]), item(
                    "milestone_behind", "milestone", m["milestone_code"], (q["end"] - m["due_on"]).days,
                    stated.get((m["org_id"], q["milestones_period"], m["milestone_code"])),
                    numerator=m["n_completed"], denominator=m["n_planned"] - m["n_not_reported"],
                    other_count=m["n_behind"], on_day=m["due_on"],
                )  # fmt: skip

    def _actions(self) -> Iterator[tuple[tuple[str, str], Row]]:
        """Actions stuck for long, and completed ones of which no report names an output."""
        outputs: dict[tuple[str, str, str], str] = {}
        for r in self.rows("action_status").to_dict("records"):
            if str(told(r)["outputs_finished"] or "").strip():
                place = (r["org_id"], r["school_year"], r["action_code"])
                outputs[place] = min(r["period"], outputs.get(place, r["period"]))
        least = next(
            int(t["threshold"]) for t in seed("coaching_triggers") if t["trigger_id"] == "action_stuck"
        )
        done: dict[tuple[str, str], list[Row]] = defaultdict(list)
        without: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for (org, year, action), months in self._courses.items():
            streak: list[Row] = []
            for month in map(told, months):
                if not month["stuck"] or (streak and streak[-1]["no"] + 1 != month["no"]):
                    streak = []
                if month["stuck"]:
                    streak.append(month)
                key = self._quarter_ending.get((org, month["period"]))
                if key and len(streak) >= least:
                    yield key, item("action_stuck", "action", action, len(streak), month, numerator=len(streak),
                                    on_day=month["due_on"], since_period=streak[0]["period"])  # fmt: skip
                if key and month["is_completed"]:
                    done[key].append(month)
                    if outputs.get((org, year, action), "9999") > month["period"]:
                        without[key].append(month)
        for key, months in without.items():
            for m in months:
                days = (self.quarters[key]["end"] - m["completed_on"]).days if m["completed_on"] else None
                yield key, item("action_without_output", "action", m["action_code"], days, m, numerator=len(months),
                                denominator=len(done[key]), on_day=m["completed_on"])  # fmt: skip

    def _supports(self) -> Iterator[tuple[tuple[str, str], Row]]:
        """Supports asked for and not given by the end of the quarter's last counted month."""
        by_org: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for r in self.rows("supports").sort_values("period", kind="stable").to_dict("records"):
            by_org[r["org_id"], r["school_year"]].append(told(r))
        for key, q in self.quarters.items():
            rows = by_org[key[0], q["school_year"]]
            last = {int(r["support_no"]): r for r in rows if r["period"] <= q["as_of_period"]}
            for number, r in last.items():
                is_asked = r["needed_on"] is not None and r["needed_on"] <= q["end"]
                if is_asked and (r["provided_on"] is None or r["provided_on"] > q["end"]):
                    days = (q["end"] - r["needed_on"]).days
                    detail = r["practice_code"] or r["strategy_code"] or "no code"
                    yield key, item("support_not_provided", "support", str(number), days, r, numerator=days,
                                    on_day=r["needed_on"], detail=detail)  # fmt: skip

    def _followed_up(self) -> Iterator[tuple[tuple[str, str], Row]]:
        """Adjustments without recovery, in the quarter in which the last month looked at lies; of an item the last."""
        found: dict[tuple[Any, ...], Row] = {}
        for r in self.rpt_adjustments.sort_values("period").to_dict("records"):
            if r["has_adjustment"] and r["outcome"] == "not_recovered":
                periods = self.counted[r["org_id"], r["school_year"]]
                judged = periods[periods.index(r["period"]) + r["n_periods_followed"]]
                quarter = self.calendar.span(judged, 3, "Q")
                found[r["org_id"], quarter, r["item_level"], r["item_code"]] = told(r)
        for (org, quarter, level, code), r in found.items():
            known = r["n_periods_known"]
            yield (org, quarter), item("adjustment_without_recovery", level, code, known, r, numerator=known,
                                       denominator=r["n_periods_followed"], since_period=r["period"])  # fmt: skip

    def _compared_figures(self) -> Iterator[tuple[tuple[str, str], Row]]:
        """Waning, by the comparison with others where both rules call; and own counts far from ours."""
        waning: dict[tuple[Any, ...], Row] = {}
        for r in sorted(self.rpt_waning.to_dict("records"), key=lambda r: r["waning_rule"] == "peers"):
            key = self._quarter_ending.get((r["org_id"], r["period"]))
            if key:
                waning[(key, r["code_level"], r["code"])] = r
        for (key, level, code), r in waning.items():
            yield key, item("waning" if level == "all" else "waning_practice", level, code, r["n_periods"],
                            numerator=r["n_behind"], denominator=r["n_known"], since_period=r["since_period"],
                            detail=r["in_words"])  # fmt: skip
        furthest: dict[tuple[Any, ...], Row] = {}
        for r in self.rpt_reporting_differences.to_dict("records"):
            is_quarter = r["span_kind"] == "quarter"
            at = (
                (r["org_id"], r["span_id"])
                if is_quarter
                else self._quarter_ending[r["org_id"], r["as_of_period"]]
            )
            place = (at, "milestone" if is_quarter else "strategy", r["item_code"])
            if place not in furthest or _far(r) < _far(furthest[place]):
                furthest[place] = r
        for (key, kind, code), r in furthest.items():
            yield key, item("count_differs", kind, code, abs(r["difference"]), told(r), pct=r["own_pct"],
                            other_pct=r["counted_pct"], detail=r["figure"].replace("_", " "))  # fmt: skip

    def _measures_and_plans(self) -> Iterator[tuple[tuple[str, str], Row]]:
        """What is of a whole school year, in its last counted quarter."""
        titles = {
            r["reason"]: r["reason_title"] for r in seed("measure_reasons") if r["is_about_wording"] == "true"
        }
        for m in self.fct_measure_year.to_dict("records"):
            key = self._last_of_year.get((m["org_id"], m["school_year"]))
            why = sorted(r for r in (m["reasons"] or "").split(",") if r in titles)
            if key and why:
                plan = {k: m[f"plan_{k}"] for k in LINEAGE}
                yield key, item("measure_unreadable", "measure", f"{m['parent_code']} measure {m['measure_no']}",
                                len(why), plan, numerator=1, denominator=1,
                                list="; ".join(titles[r] for r in why))  # fmt: skip
        for p in self.rpt_interlaced.to_dict("records"):
            key = self._last_of_year.get((p["org_id"], p["school_year"]))
            if key and p["code_level"] == "practice" and p["quadrant"] == "done_not_working":
                short = p["outcome_high"] - p["median_progress"]
                yield key, item("done_not_working", "practice", p["code"], short, numerator=p["n_due_on_time"],
                                denominator=p["n_due"], other_count=p["n_with_progress"],
                                pct=100 * p["on_time_rate"], other_pct=100 * p["median_progress"])  # fmt: skip
        for c in self.rpt_plan_quality.to_dict("records"):
            key = self._last_of_year.get((c["org_id"], c["school_year"]))
            if key and c["outcome"] == "not_met":
                yield key, item(PARTS.get(c["part"], "plan_work_gap"), "criterion", c["criterion_id"],
                                c["weight"] + c["n_failing"] / (c["n_items"] + 1), told(c), numerator=c["n_failing"],
                                denominator=c["n_items"], detail=c["asks"], list=c["failing_items"])  # fmt: skip


def _far(row: Row) -> tuple[float, str]:
    """Order of figures: the one furthest off first, of two as far off the first by name."""
    return (-round(abs(row["difference"]), 9), row["figure"])


def filled(text: str, values: Row) -> str:
    """A text with its figures in the places of their names; one that is not known leaves its place empty."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", "" if value is None else str(value))
    return text
