"""When a period's report is due, by the state's policy."""

from __future__ import annotations

from datetime import date

from orchestration.errors import ConfigError
from orchestration.policy import Policy
from orchestration.school_year import PERIOD, period_end, school_year_of


def due_on(period: str | None, policy: Policy) -> date | None:
    """The last day on which a period's submission is on time, where the policy says one."""
    if not period or not PERIOD.match(period):
        return None
    try:
        due = int(policy.value("due_day", school_year_of(period, policy.school_year_first_month)))
    except ConfigError:  # a period outside the years that the policy covers has no due day
        return None
    end = period_end(period)
    last = period_end(next_period(f"{end:%Y-%m}"))
    return last.replace(day=min(due, last.day))


def next_period(period: str) -> str:
    """The month after."""
    year, number = (int(p) for p in period.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def is_reporting_month(period: str, policy: Policy) -> bool:
    """Whether LEAs report for that month; False where the policy does not say."""
    try:
        year = school_year_of(period, policy.school_year_first_month)
        months = policy.value("reporting_months", year)
    except ConfigError:
        return False
    return str(int(period[5:])) in months.split(",")
