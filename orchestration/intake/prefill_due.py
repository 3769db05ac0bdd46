"""Which sheets a month asks for, by the state's school year and reporting months."""

from __future__ import annotations

from orchestration.contracts.model import submission_tables
from orchestration.errors import ConfigError
from orchestration.policy import Policy
from orchestration.school_year import (
    PERIOD,
    month_of_school_year,
    period_range,
    quarter_of,
    school_year_of,
    semester_of,
)


def reporting_periods(policy: Policy, period: str) -> list[str]:
    """The reporting months of the period's school year, in order.

    Raises:
        ConfigError: the period is no month, or its school year is outside the policy.
    """
    if not PERIOD.match(period):
        raise ConfigError(f"{period!r} is not a month; write it as 2024-01")
    first = policy.school_year_first_month
    year = school_year_of(period, first)
    months = {int(m) for m in policy.value("reporting_months", year).split(",")}
    start = int(year[:4])
    end = (start, 12) if first == 1 else (start + 1, first - 1)
    every = period_range(f"{start}-{first:02d}", f"{end[0]}-{end[1]:02d}")
    return [p for p in every if int(p[5:]) in months]


def require_reporting_month(policy: Policy, period: str) -> None:
    """Refuse a month for which nobody reports.

    Raises:
        ConfigError: it is no month, or not one that the policy asks a report for.
    """
    asked = reporting_periods(policy, period)
    if period not in asked:
        months = ", ".join(asked) or "none"
        year = school_year_of(period, policy.school_year_first_month)
        raise ConfigError(f"no report is asked for {period}; the reporting months of {year} are {months}")


def tables_due(policy: Policy, period: str, *, applies: bool) -> tuple[str, ...]:
    """The tables of that month's workbook, in the order of the sheets.

    Quarterly, semester and annual tables are asked in the last reporting month of each; the application
    in the first of the school year, of LEAs that have something to apply for (`applies`).
    """
    first = policy.school_year_first_month
    asked = reporting_periods(policy, period)
    later = [p for p in asked if p > period]
    due = {
        "plan": True,
        "monthly": True,
        "quarterly": all(quarter_of(p, first) != quarter_of(period, first) for p in later),
        "semester": all(semester_of(p, first) != semester_of(period, first) for p in later),
        "annual": not later,
        "application": applies and period == min(asked, default=period),
    }
    return tuple(name for name, table in submission_tables().items() if table.when is None or due[table.when])


def first_period_of_span(policy: Policy, period: str, when: str | None) -> str:
    """First month whose rows of a table still tell of the same time: its quarter, semester or school year.

    Plans and monthly tables go on from year to year: `0000-00`.
    """
    lengths = {"quarterly": 3, "semester": 6, "annual": 12, "application": 12}
    if when not in lengths:
        return "0000-00"
    back = (month_of_school_year(period, policy.school_year_first_month) - 1) % lengths[when]
    year, month = int(period[:4]), int(period[5:]) - back
    return f"{year}-{month:02d}" if month > 0 else f"{year - 1}-{month + 12:02d}"
