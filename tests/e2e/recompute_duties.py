"""Who owes which duty, and what was told of it, worked out again in plain loops.

Written from docs/duties.md and the descriptions of the columns: each school is walked year by year, duty by duty,
where the models join spans and rules.
"""

from __future__ import annotations

import calendar
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd
import yaml
from landing_files import read_feed
from recompute_help import Help
from recompute_plan_criteria import seed
from recompute_supports import _date, _known

Row = dict[str, Any]
KEYS = {
    "fct_duty": ["org_id", "category", "duty_code", "school_year", "occurrence"],
    "rpt_duties": ["scope_level", "scope_id", "school_year", "category", "duty_code", "owed_by"],
}
TELLS = ("done_on", "approved_by", "approved_on", "evidence", "submission_id", "source_file", "source_sheet",
         "source_row")  # fmt: skip


def year_of(start: int) -> str:
    return f"{start}-{(start + 1) % 100:02d}"


class Duties(Help):
    """Every mart of the comparison, those of duties with them."""

    @cached_property
    def _duty_parameters(self) -> dict[str, Any]:
        raw = yaml.safe_load((self.state / "policy.yaml").read_text(encoding="utf-8"))["parameters"]
        return {name: values[0]["value"] for name, values in raw.items()}

    @cached_property
    def _years(self) -> list[int]:
        sent = [self.calendar.school_year(s.period) for s in self.files if not s.refused and s.period]
        today = self.calendar.day(self.as_of)
        now = self.calendar.school_year(f"{today:%Y-%m}")
        return list(range(int(min([*sent, now])[:4]), int(max([*sent, now])[:4]) + 1))

    def _calendar_day(self, start: int, month: int, day: int = 1) -> date:
        """A month and day of the school year that starts in a calendar year."""
        year = start + (month < self.calendar.first_month)
        return date(year, month, min(day, calendar.monthrange(year, month)[1]))

    def _start(self, day: date) -> int:
        return day.year - (day.month < self.calendar.first_month)

    # ------------------------------------------------------------------ rules

    def _rule(self, start: int, category: str) -> Iterator[Row]:
        """What is owed for a category in a school year."""
        named = {d["duty_code"]: d for d in seed("duties")}
        own = read_feed(
            self.home / "feeds", "state_duties.csv", ["duty_code", "category", "from_year"], self.as_of
        )
        owned = {}
        for row in own.sort_values("from_year").to_dict("records"):
            holds = row["from_year"] <= year_of(start) and (row["until_year"] or "9999") > year_of(start)
            if holds and row["category"] == category:
                owned[row["duty_code"]] = row
        for row in [r for r in seed("duty_rules") if r["category"] == category]:
            if row["duty_code"] not in owned:
                yield (
                    row
                    | {"own": False, "due": self._due(row["duty_code"], category)}
                    | self._words(named, row)
                )
        for code, row in owned.items():
            due = {k: int(row[f"due_{k}"]) for k in ("years", "days", "month", "day") if row[f"due_{k}"]}
            yield (
                self._words(named, row)
                | {"own": True, "title1": "any", "due": due or self._due(code, category)}
                | {k: row[k] for k in ("duty_code", "owed_by", "recurs", "citation")}
                | ({"counts": "both"} if row["needs_approval"] == "true" else {})
                | ({"duty_title": row["duty_title"]} if row["duty_title"] else {})
            )

    @staticmethod
    def _words(named: dict[str, Row], row: Row) -> Row:
        of = named.get(row["duty_code"], {})
        return {"duty_title": of.get("duty_title", row["duty_code"]), "counts": of.get("counts_from", "done"),
                "plan_criterion": of.get("plan_criterion") or None}  # fmt: skip

    def _due(self, code: str, category: str) -> Row | None:
        rules = dict(r.split("=") for r in self._duty_parameters["duty_due"])
        rule = rules.get(f"{code}.{category}", rules.get(code))
        if rule is None:
            return None
        if "-" in rule:
            month, day = rule.split("-")
            return {"month": int(month), "day": int(day)}
        units = {"y": "years", "d": "days"}
        return {units[unit]: int(n) for n, unit in re.findall(r"(\d+)([yd])", rule)}

    # ------------------------------------------------------------------ who is identified

    @cached_property
    def _identified(self) -> list[Row]:
        """Schools and LEAs with the spans in which they owe; the end is the first day without."""
        never = date.max
        spans: list[Row] = []
        newest = read_feed(self.home / "feeds", "directory_*.csv", ["effective_on", "org_id"], self.as_of)
        closed = newest.sort_values("effective_on").groupby("org_id")["closed_on"].last().to_dict()
        title1: dict[str, bool] = {}
        for row in self.designations.sort_values("school_year").to_dict("records"):
            if row["is_title1"]:
                title1[row["org_id"]] = row["is_title1"] == "true"
        for (org, category), own in self.dim_designation.groupby(["org_id", "category"]):
            days = sorted((d["valid_from"], _known(d["valid_to"]) or never) for d in own.to_dict("records"))
            merged: list[list[date]] = []
            for since, until in days:
                if merged and since <= merged[-1][1]:
                    merged[-1][1] = max(merged[-1][1], until)
                else:
                    merged.append([since, until])
            shut = date.fromisoformat(closed[org]) if closed.get(org) else never
            spans += [
                {"org_id": org, "lea_id": self.lea_of.get(org), "category": category, "since": since,
                 "until": min(until, shut), "title1": "yes" if title1.get(org) else "no"}
                for since, until in merged if min(until, shut) > since
            ]  # fmt: skip
        return spans + self._leas(spans)

    def _leas(self, schools: list[Row]) -> list[Row]:
        has: dict[tuple[str, str], list[int]] = defaultdict(list)
        for start in self._years:
            first, after = (
                self._calendar_day(start, self.calendar.first_month),
                self._calendar_day(start + 1, self.calendar.first_month),
            )
            counted: dict[str, dict[bool, set[str]]] = defaultdict(lambda: {True: set(), False: set()})
            for s in schools:
                if s["lea_id"] and s["since"] < after and s["until"] > first:
                    counted[s["lea_id"]][s["category"] == "CSI"].add(s["org_id"])
            for lea, of in counted.items():
                many = [
                    len(of[is_csi]) >= self._duty_parameters[f"significant_{name}_schools"]
                    for is_csi, name in ((True, "csi"), (False, "tsi"))
                ]
                if all(many):
                    has[(lea, "lea_csi_and_tsi")].append(start)
                if any(many):
                    has[(lea, "lea_csi_or_tsi")].append(start)
        rows = []
        for (lea, category), starts in has.items():
            for start in starts:
                if start - 1 in starts:
                    continue
                last = start
                while last + 1 in starts:
                    last += 1
                until = (
                    date.max
                    if last == self._years[-1]
                    else self._calendar_day(last + 1, self.calendar.first_month)
                )
                since = self._calendar_day(start, self.calendar.first_month)
                rows.append({"org_id": lea, "lea_id": lea, "category": category, "since": since,
                             "until": until, "title1": "no"})  # fmt: skip
        return rows

    # ------------------------------------------------------------------ occurrences

    def _once(self, span: Row) -> Iterator[Row]:
        first, last = self._years[0], self._years[-1]
        of = max(self._start(span["since"]), first)
        if of > last:
            return
        for rule in self._rule(of, span["category"]):
            if rule["recurs"] != "once":
                continue
            due = rule["due"] or {}
            since = span["since"].replace(year=span["since"].year + due.get("years", 0))
            if (
                self._start(since) > last
                or since >= span["until"]
                or span["until"] <= self._calendar_day(first, self.calendar.first_month)
            ):
                continue
            due_on = since + timedelta(days=due.get("days", 0)) if rule["due"] else None
            if "month" in due:
                due_on = self._calendar_day(self._start(since), due["month"], due["day"])
                if due_on < since:
                    due_on = due_on.replace(year=due_on.year + 1)
            later = [s["since"] for s in self._identified if s["since"] > span["since"] and
                     (s["org_id"], s["category"]) == (span["org_id"], span["category"])]  # fmt: skip
            yield rule | {
                "school_year": year_of(max(self._start(since), first)), "occurrence": "once", "owed_since": since,
                "due_on": due_on, "window": (span["since"], min(later, default=date.max)),
            }  # fmt: skip

    def _again(self, span: Row) -> Iterator[Row]:
        for start in self._years:
            months = [m for m in self.calendar.months(year_of(start))]
            asked = [m for m in months if self.calendar.is_reporting(m)]
            quarters = [months[n : n + 3] for n in range(0, 12, 3)]
            cycle = int(self._duty_parameters["resource_review_years"])
            spans = {
                "month": [(m, [m]) for m in asked],
                "quarter": [
                    (self.calendar.span(q[0], 3, "Q"), q) for q in quarters if {*q} & {*asked}
                ],
                "school_year": [(year_of(start), months)],
                "review_cycle": [
                    (year_of(start), [months[0], self.calendar.months(year_of(start + cycle - 1))[-1]])
                ] if (start - self._start(span["since"])) % cycle == 0 else [],
            }  # fmt: skip
            for rule in self._rule(start, span["category"]):
                for occurrence, held in spans.get(rule["recurs"], []):
                    first, last = date.fromisoformat(f"{held[0]}-01"), self.calendar.end(held[-1])
                    due = rule["due"] or {}
                    since = span["since"].replace(year=span["since"].year + due.get("years", 0))
                    if first >= span["until"] or last < since:
                        continue
                    due_on = last + timedelta(days=due.get("days", 0))
                    if "month" in due:
                        due_on = self._calendar_day(start, due["month"], due["day"])
                    yield rule | {
                        "school_year": year_of(start), "occurrence": occurrence, "due_on": due_on,
                        "owed_since": max(first, since), "window": (first, last + timedelta(days=1)),
                    }  # fmt: skip

    # ------------------------------------------------------------------ what was told

    @cached_property
    def _reported(self) -> dict[tuple[str, str], list[Row]]:
        """By organization and duty what files tell, in order of month, with the day it speaks of."""
        first: dict[tuple[str, str, date], date] = {}
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.rows("duties").sort_values("period", kind="stable").to_dict("records"):
            row |= {d: _date(row[d]) if _known(row[d]) else None for d in ("done_on", "approved_on")}
            day, end = row["done_on"] or row["approved_on"], self.calendar.end(row["period"])
            row["told_for"] = end
            if day:
                told_in = first.setdefault((row["org_id"], row["duty_code"], day), end)
                row["told_for"] = min(day, told_in)
            found[(row["org_id"], row["duty_code"])].append(row | {"source_file": None})
        return found

    @cached_property
    def _acted(self) -> dict[tuple[str, str], list[Row]]:
        """By organization (or all) and duty what the state did."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for path in sorted((self.home / "feeds").glob("state_actions_*.csv")):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None) > self.as_of:
                continue
            with path.open(encoding="utf-8", newline="") as f:
                for number, row in enumerate(csv.DictReader(f), 2):
                    day = date.fromisoformat(row["done_on"])
                    found[(row["org_id"], row["duty_code"])].append(
                        {**row, "done_on": day, "approved_on": None, "told_for": day, "submission_id": None,
                         "source_file": path.name, "source_sheet": "", "source_row": number}
                    )  # fmt: skip
        return found

    def _told(self, org: str, duty: Row) -> Row:
        since, until = duty["window"]
        code = duty["duty_code"]
        if duty["owed_by"] == "sea":
            told = [t for t in self._acted[(org, code)] if since <= t["told_for"]]
            told += [
                t for t in self._acted[("all", code)] if duty["recurs"] == "once" or since <= t["told_for"]
            ]
            told = [t for t in told if t["told_for"] < until]
            return min(told, key=lambda t: t["done_on"], default={})
        told = [t for t in self._reported[(org, code)] if since <= t["told_for"] < until]
        dated = [t for t in told if t["done_on"] or t["approved_on"]]
        return (dated or told or [{}])[-1]

    def _state(self, duty: Row, until: date, told: Row) -> Row:
        done, approved = told.get("done_on"), told.get("approved_on")
        day = done
        if duty["counts"] == "approved":
            day = approved or done
        if duty["counts"] == "both":
            day = max(done, approved) if done and approved else None
        today, due = self.calendar.day(self.as_of), duty["due_on"]
        if day and day <= today:
            late = (day - due).days if due and day > due else None
            return {"completed_on": day, "state": "done_late" if late else "done", "days_late": late}
        if until <= today and (due or until) >= until:
            return {"completed_on": None, "state": "not_applicable", "days_late": None}
        if due and due < today:
            return {"completed_on": None, "state": "overdue", "days_late": (today - due).days}
        return {"completed_on": None, "state": "open", "days_late": None}

    @cached_property
    def fct_duty(self) -> pd.DataFrame:
        quality = self.rpt_plan_quality.set_index(["org_id", "school_year", "criterion_id"])["outcome"]
        rows = []
        for span in self._identified:
            owner = {"school": span["org_id"], "lea": span["lea_id"], "sea": "state"}
            for duty in [*self._once(span), *self._again(span)]:
                if duty["title1"] not in ("any", span["title1"]):
                    continue
                told = self._told(span["org_id"], duty)
                rows.append(
                    {k: span[k] for k in ("org_id", "lea_id", "category")}
                    | {k: duty[k] for k in ("duty_code", "school_year", "occurrence", "duty_title", "recurs",
                       "owed_by", "citation", "owed_since", "due_on", "plan_criterion")}
                    | {"owed_by_id": owner[duty["owed_by"]], "is_states_own": duty["own"],
                       "owed_until": None if span["until"] == date.max else span["until"]}
                    | {k: _known(told.get(k)) for k in TELLS}
                    | ({"source_sheet": ""} if told.get("source_file") else {})  # a CSV has none
                    | self._state(duty, span["until"], told)
                    | {"plan_outcome": quality.get(
                        (span["org_id"], duty["school_year"], duty["plan_criterion"]))}
                )  # fmt: skip
        return pd.DataFrame(rows, dtype=object)

    @cached_property
    def rpt_duties(self) -> pd.DataFrame:
        groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in self.fct_duty.to_dict("records"):
            for scope in (("lea", row["lea_id"] or "unknown"), ("state", "state")):
                groups[(*scope, *(row[k] for k in KEYS["rpt_duties"][2:]))].append(row)
        rows = []
        for key, duties in groups.items():
            states = [(d["state"], d["due_on"] is not None) for d in duties]
            on_time, late = states.count(("done", True)), states.count(("done_late", True))
            overdue, undated = states.count(("overdue", True)), states.count(("done", False))
            gone = sum(s == "not_applicable" for s, _ in states)
            owed, due = len(states) - gone, on_time + late + overdue
            rows.append(
                dict(zip(KEYS["rpt_duties"], key, strict=True))
                | {"duty_title": duties[0]["duty_title"], "n_organizations": len({d["org_id"] for d in duties}),
                   "n_owed": owed, "n_done_on_time": on_time, "n_done_without_day": undated, "n_done_late": late,
                   "n_overdue": overdue, "n_open": sum(s == "open" for s, _ in states),
                   "n_not_applicable": gone, "n_due": due, "on_time_rate": on_time / due if due else None,
                   "done_rate": (on_time + late + undated) / owed if owed else None}
            )  # fmt: skip
        return pd.DataFrame(rows, dtype=object)
