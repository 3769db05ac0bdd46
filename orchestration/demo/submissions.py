"""The files that one LEA sends: which month, when, in what form, holding which rows. No I/O here.

Generation is apart from writing, so that the same rows can become workbooks, CSVs or lake parts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.clock import naive_utc
from orchestration.contracts.model import SUBMISSION_ORDER
from orchestration.demo import reports
from orchestration.demo.duties import duties
from orchestration.demo.plans import Plan, make_plan
from orchestration.demo.progress import Course, courses, month_rows, truth_of
from orchestration.demo.results import measure_results
from orchestration.demo.slips import SentBefore, Slip, plant
from orchestration.demo.truth import YearTruth
from orchestration.demo.words import generator, person
from orchestration.demo.world import Lea, Month, World, year_start
from orchestration.intake.template import TEMPLATE_VERSION
from orchestration.school_year import school_year_from_start

Row = dict[str, Any]
Tables = dict[str, list[Row]]

CSV_SHARE = 0.15  # of LEAs, whose own systems export
CARELESS_SHARE = 0.20  # of LEAs
MISSING = {False: 0.02, True: 0.12}  # chance of a month not sent, by careless
LATE = {False: 0.05, True: 0.30}
CORRECTED = 0.06  # of files, sent again days later
SILENT = 0.015  # of organization-months: the plan is in the file, its statuses are not

MONTHLY = (
    "cover",
    "organizations",
    "goals",
    "measures",
    "needs",
    "root_causes",
    "priorities",
    "strategies",
    "milestones",
    "actions",
    "action_status",
    "supports",
    "expenditures",
)


@dataclass(frozen=True)
class Submission:
    """One file before it is written.

    Args:
        name: file name in the LEA's landing folder.
        form: `xlsx` or `zip`.
        kind: `report`, or `correction` of the file named in `supersedes`.
        received_at: when it arrives (UTC).
        late: whether that is after the due day, in the state's time.
        silent: organizations whose statuses are left out.
        outdated: organizations whose statuses are last month's, until the correction comes.
    """

    lea_id: str
    period: str
    name: str
    form: str
    kind: str
    received_at: datetime
    late: bool
    supersedes: str | None
    silent: tuple[str, ...]
    outdated: tuple[str, ...]
    tables: Tables
    slips: tuple[Slip, ...]


@dataclass(frozen=True)
class _Followed:
    """An organization's plan with what truly happens to it in a year."""

    plan: Plan
    truth: YearTruth
    courses: list[Course]


def lea_submissions(world: World, lea: Lea) -> Iterator[Submission]:
    """Every file that the LEA sends for the world's months, in order of month, then of receipt."""
    habits = generator(world.seed, lea.lea_id, "habits")
    form = "zip" if habits.random() < CSV_SHARE else "xlsx"
    careless = habits.random() < CARELESS_SHARE
    followed: dict[str, list[_Followed]] = {}
    before = SentBefore()
    for month in world.months:
        if not lea.years.get(month.school_year):
            continue
        rng = generator(world.seed, lea.lea_id, "sending", month.period)
        if rng.random() < MISSING[careless]:
            continue
        if month.school_year not in followed:
            followed = {
                month.school_year: _follow(world, lea, month.school_year)
            }  # one year at a time in memory
            before = SentBefore()
        sent = list(_month(world, lea, month, followed[month.school_year], form, careless, rng, before))
        if world.slips > 0:
            for submission in sent:
                before.add(month.period, submission.received_at, submission.tables, submission.slips)
        yield from sent


def _follow(world: World, lea: Lea, school_year: str) -> list[_Followed]:
    first_day = year_start(school_year, world.first_month)
    plans = [make_plan(world.seed, org, school_year, world.first_month) for org in lea.years[school_year]]
    return [
        _Followed(p, truth_of(world.seed, p, first_day), courses(world.seed, p, first_day)) for p in plans
    ]


def _month(
    world: World,
    lea: Lea,
    month: Month,
    followed: list[_Followed],
    form: str,
    careless: bool,
    rng: random.Random,
    before: SentBefore,
) -> Iterator[Submission]:
    late = rng.random() < LATE[careless]
    day = month.due_on + timedelta(days=rng.randint(1, 25)) if late else _on_time(rng, month)
    corrected = rng.random() < CORRECTED
    again = day + timedelta(days=rng.randint(2, 12))
    silent = tuple(f.plan.org.org_id for f in followed if rng.random() < SILENT)
    wrong = rng.sample(followed, max(1, len(followed) // 3)) if corrected else []
    outdated = tuple(sorted(f.plan.org.org_id for f in wrong))
    writer = person(rng)
    name = f"{month.period}-improvement-report"
    for kind, when in (("report", day), ("correction", again)):
        if kind == "correction" and not corrected:
            continue
        tables = _tables(world, lea, month, followed, silent, outdated if kind == "report" else ())
        tables["cover"] = [
            {
                "lea_id": lea.lea_id,
                "period": month.period,
                "template_version": TEMPLATE_VERSION,
                "prepared_by": writer,
                "prepared_on": when,
            }
        ]
        tables = {t: tables[t] for t in SUBMISSION_ORDER if t in tables}
        local = datetime.combine(when, time(rng.randint(7, 17), rng.randint(0, 59), rng.randint(0, 59)))
        received_at = naive_utc(local.replace(tzinfo=ZoneInfo(world.time_zone)))
        slips = (
            plant(world, month.period, tables, [f.plan.org.org_id for f in followed], before, received_at)
            if kind == "report"
            else []
        )
        yield Submission(
            lea_id=lea.lea_id,
            period=month.period,
            name=f"{name}.{form}" if kind == "report" else f"{name}-corrected.{form}",
            form=form,
            kind=kind,
            received_at=received_at,
            late=when > month.due_on,
            supersedes=None if kind == "report" else f"{name}.{form}",
            silent=silent,
            outdated=outdated if kind == "report" else (),
            tables=tables,
            slips=tuple(slips),
        )


def _on_time(rng: random.Random, month: Month) -> date:
    """A day from the first of the next month to the due day, most often in its last days."""
    first = month.end + timedelta(days=1)
    return first + timedelta(days=int((month.due_on - first).days * rng.triangular(0, 1, 0.85)))


def _tables(
    world: World,
    lea: Lea,
    month: Month,
    followed: list[_Followed],
    silent: tuple[str, ...],
    outdated: tuple[str, ...],
) -> Tables:
    """Rows of every table that the month calls for, organization after organization."""
    tables: Tables = {t: [] for t in MONTHLY}
    seed = world.seed
    for f in followed:
        plan, org_id = f.plan, f.plan.org.org_id
        for table, rows in plan.rows(month.end).items():
            tables[table] += rows
        as_of = month.end.replace(day=1) - timedelta(days=1) if org_id in outdated else month.end
        statuses = month_rows(plan, f.courses, as_of)
        if org_id not in silent:
            tables["action_status"] += statuses
            tables["expenditures"] += reports.expenditures(plan, statuses)
        tables["supports"] += reports.supports(plan, f.truth, month.end)
        if month.ends_quarter:
            tables.setdefault("milestone_reports", []).extend(
                reports.milestone_reports(seed, plan, month, statuses)
            )
        if month.ends_semester:
            tables.setdefault("strategy_reports", []).extend(
                reports.strategy_reports(seed, plan, month, statuses)
            )
        if plan.org.category and (told := duties(world, plan.org, month)):
            tables.setdefault("duties", []).extend(told)
        if month.ends_year:
            tables.setdefault("measure_results", []).extend(measure_results(seed, plan, world.first_month))
    if month.ends_year:
        tables["self_reflection"], tables["self_reflection_notes"] = reports.self_reflection(
            seed, lea.lea_id, month.school_year
        )
    designated = [f.plan.org for f in followed if f.plan.org.category and f.plan.org.org_level == "school"]
    asking = [school for school in designated if school.category == "CSI"]
    if month.is_first and asking:
        tables["application_1003"], tables["requests_1003"] = reports.application(
            seed, lea.lea_id, asking, month.school_year, is_first=True
        )
    elif month.ends_year and not month.is_first and designated:
        # for the year to come every LEA with a designated school applies, for all of them
        tables["application_1003"], tables["requests_1003"] = reports.application(
            seed,
            lea.lea_id,
            designated,
            school_year_from_start(int(month.school_year[:4]) + 1),
            is_first=not asking,
        )
    return tables
