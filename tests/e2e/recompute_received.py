"""Submissions and designations worked out again in pandas, from the files as they were received."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pandas as pd
from landing_files import Submission, read_feed, read_landing
from recompute_calendar import Calendar
from recompute_designations import spans


@dataclass
class Received:
    """What was received by a time, what of it stands, and who owed a report.

    Args:
        home: a home with the demonstration state's feeds and any landing files.
        state: folder of the state's policy.
        as_of: only what was received by then counts.
        elsewhere: rows put aside in tables that are not read here, by submission.
        findings: what intake found, as the lake holds it; `recompute_rejects` counts it.
        tables_read: rows read of each table of each file, as the lake holds them.
    """

    home: Path
    state: Path
    as_of: datetime
    files: list[Submission] = field(default_factory=list)
    elsewhere: Counter[str] = field(default_factory=Counter)
    findings: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables_read: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        self.calendar = Calendar(self.state)
        directory = read_feed(self.home / "feeds", "directory_*.csv", ["effective_on", "org_id"], self.as_of)
        newest = directory.sort_values("effective_on", kind="stable").replace("", pd.NA)
        self.directory = newest.groupby("org_id")[["lea_id", "org_level", "region"]].last()
        self.lea_of = self.directory["lea_id"].to_dict()
        own = self.directory["region"].to_dict()
        self.region_of = {o: own[o] if pd.notna(own[o]) else own.get(self.lea_of[o]) for o in own}
        self.files = [
            replace(s, refused=s.refused or self._speaks_for_others(s))
            for s in read_landing(self.home / "landing")
            if s.received_at <= self.as_of
        ]
        self.withdrawn = self._withdrawn()
        self.standing = self._standing()
        self.designations = self._designation_years()

    def _speaks_for_others(self, s: Submission) -> bool:
        return any(self.lea_of.get(org, s.lea_id) != s.lea_id for org in s.org_ids)

    def _withdrawn(self) -> dict[str, dict[str, str]]:
        """By submission the decision by which it is withdrawn, from the archive's own records."""
        found: dict[str, dict[str, str]] = {}
        for path in (self.home / "archive" / "decisions").glob("*.json"):
            made = json.loads(path.read_text(encoding="utf-8"))
            earlier = found.get(made["submission_id"], made)
            if datetime.fromisoformat(made["decided_at"]) <= self.as_of:
                found[made["submission_id"]] = max(made, earlier, key=lambda d: d["decided_at"])
        return {s: d for s, d in found.items() if d["decision"] == "withdraw"}

    def counts(self, s: Submission) -> bool:
        """Neither refused nor withdrawn."""
        return not s.refused and s.submission_id not in self.withdrawn

    # ------------------------------------------------------------------ what stands

    def _standing(self) -> dict[tuple[str, str, str], Submission]:
        """By LEA, period and table, the submission that stands: the last received."""
        standing: dict[tuple[str, str, str], Submission] = {}
        for s in sorted(self.files, key=lambda s: (s.received_at, s.submission_id)):
            if self.counts(s) and s.period:
                for table in s.stated:
                    standing[(s.lea_id, s.period, table)] = s
        return standing

    def rows(self, table: str) -> pd.DataFrame:
        """Rows of a table in the files that stand, with their period and file."""
        rows = [
            {**row, "lea_id": lea, "period": period, "submission_id": s.submission_id}
            for (lea, period, name), s in self.standing.items()
            if name == table
            for row in s.tables[table]
        ]
        frame = pd.DataFrame(rows)
        frame["school_year"] = frame["period"].map(self.calendar.school_year)
        return frame

    # ------------------------------------------------------------------ identification

    def _designation_years(self) -> pd.DataFrame:
        """The statement that stands for each organization and school year, `none` included."""
        key = ["list_year", "org_id", "school_year"]
        rows = read_feed(self.home / "feeds", "designations_*.csv", key, self.as_of)
        rows["_own"] = rows["list_year"] == rows["school_year"]
        rows = rows.sort_values(["_own", "list_year"], kind="stable")
        return rows.drop_duplicates(["org_id", "school_year"], keep="last")

    @cached_property
    def dim_designation(self) -> pd.DataFrame:
        links = read_feed(
            self.home / "feeds", "organization_links.csv", ["org_id", "successor_id"], self.as_of
        )
        return spans(self.designations, links, {}, self.lea_of, self.calendar.first_month)

    def _designated_leas(self, school_year: str) -> set[str]:
        spans = self.dim_designation
        holds = (spans["valid_from_year"] <= school_year) & (
            spans["valid_to_year"].isna() | (spans["valid_to_year"] > school_year)
        )
        return set(spans[holds & spans["category"].isin(self.calendar.categories)]["lea_id"].dropna())

    # ------------------------------------------------------------------ submissions

    @cached_property
    def fct_submission(self) -> pd.DataFrame:
        rows = []
        for s in self.files:
            due_on = self.calendar.due_on(s.period) if s.period else None
            received_on = self.calendar.day(s.received_at)
            n_standing = sum(1 for t in self.standing.values() if t is s)
            gone = self.withdrawn.get(s.submission_id)
            rows.append(
                {
                    "submission_id": s.submission_id,
                    "lea_id": s.lea_id,
                    "period": s.period,
                    "school_year": self.calendar.school_year(s.period) if s.period else None,
                    "received_at": s.received_at,
                    "received_on": received_on,
                    "due_on": due_on,
                    "is_late": received_on > due_on if due_on else None,
                    "days_late": max((received_on - due_on).days, 0) if due_on else None,
                    "outcome": "refused"
                    if s.refused
                    else (
                        "accepted_with_rejects"
                        if s.rejected or self.elsewhere[s.submission_id]
                        else "accepted"
                    ),
                    "n_tables_standing": n_standing,
                    "is_superseded": self.counts(s) and n_standing == 0,
                    "is_withdrawn": gone is not None,
                    "withdrawn_at": datetime.fromisoformat(gone["decided_at"]) if gone else None,
                    "withdrawn_because": gone["reason"] if gone else None,
                    "withdrawn_by": gone["decided_by"] if gone else None,
                    "_rows_rejected": None
                    if s.refused
                    else len(s.rejected) + self.elsewhere[s.submission_id],
                    "file_name": s.name,
                }
            )
        return pd.DataFrame(rows)

    @cached_property
    def owed(self) -> dict[tuple[str, str], bool]:
        """LEA and reporting month owed, with whether because of a designation."""
        sent = {(s.lea_id, s.period) for s in self.files if self.counts(s) and s.period}
        first = min(self.calendar.school_year(p) for _, p in sent)
        last = self.calendar.school_year(str(pd.Period(self.calendar.day(self.as_of), "M")))
        owed: dict[tuple[str, str], bool] = {}
        for start in range(int(first[:4]), int(last[:4]) + 1):
            year = f"{start}-{(start + 1) % 100:02d}"
            designated = self._designated_leas(year)
            months = self.calendar.months(year)
            for period in filter(self.calendar.is_reporting, months):
                reported = {lea for lea, p in sent if p in months and p < period}
                owed |= {(lea, period): lea in designated for lea in designated | reported}
        return owed

    @cached_property
    def organization_periods(self) -> pd.DataFrame:
        """The counted periods of every organization with a plan, with the plans that stand in them."""
        actions, milestones, statuses = (self.rows(t) for t in ("actions", "milestones", "action_status"))
        reported = set(zip(statuses["org_id"], statuses["period"], strict=True))
        milestones_in = milestones.groupby(["org_id", "school_year"])["period"].agg(set).to_dict()
        owed = self.owed
        rows = []
        for (org, year), own in actions.groupby(["org_id", "school_year"]):
            planned = sorted(set(own["period"]))
            lea = own["lea_id"].iloc[0]
            for period in self.calendar.months(str(year)):
                is_reported = (org, period) in reported
                passed = self.calendar.has_passed(self.calendar.due_on(period), self.as_of)
                is_owed = (lea, period) in owed and passed
                if period < planned[0] or not (is_reported or is_owed):
                    continue
                rows.append(
                    {
                        "org_id": org,
                        "lea_id": lea,
                        "school_year": year,
                        "period": period,
                        "is_reported": is_reported,
                        "actions_period": _last(planned, period),
                        "milestones_period": _last(milestones_in.get((org, year), ()), period),
                    }
                )
        return pd.DataFrame(rows)

    @cached_property
    def rpt_submission_completeness(self) -> pd.DataFrame:
        owed = self.owed
        files = self.fct_submission
        plans = self.organization_periods.groupby(["lea_id", "period"])["is_reported"]
        counted = {key: (len(g), int(g.sum())) for key, g in plans}
        months = files.dropna(subset=["period"]).groupby(["lea_id", "period"])
        by_month = {(str(g["lea_id"].iloc[0]), str(g["period"].iloc[0])): g for _, g in months}
        rows = []
        for lea, period in sorted(set(owed) | set(by_month)):
            due_on = self.calendar.due_on(period)
            sent = by_month.get((lea, period), files.head(0))
            read = sent[sent["outcome"] != "refused"]
            taken = read[~read["is_withdrawn"].astype(bool)]
            if len(taken):
                status = "on_time" if taken["received_on"].min() <= due_on else "late"
            elif not self.calendar.has_passed(due_on, self.as_of):
                status = "not_yet_due"
            else:
                status = "refused_only" if len(sent) > len(read) else "missing"
            n, reported = counted.get((lea, period), (0, 0))
            rows.append(
                {
                    "lea_id": lea,
                    "period": period,
                    "school_year": self.calendar.school_year(period),
                    "due_on": due_on,
                    "is_expected": (lea, period) in owed,
                    "is_designated": owed.get((lea, period), False),
                    "status": status,
                    "n_submissions": len(sent),
                    "n_refused": len(sent) - len(read),
                    "n_withdrawn": len(read) - len(taken),
                    "first_received_on": taken["received_on"].min() if len(taken) else None,
                    "last_received_on": taken["received_on"].max() if len(taken) else None,
                    "rows_rejected": int(taken.loc[taken["n_tables_standing"] > 0, "_rows_rejected"].sum()),
                    "n_organizations": n,
                    "n_organizations_reported": reported,
                }
            )
        return pd.DataFrame(rows)


def _last(periods: Iterable[str], until: str) -> str | None:
    return max((p for p in periods if p <= until), default=None)
