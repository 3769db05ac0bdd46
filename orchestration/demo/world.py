"""What a simulation is about: organizations with their designations, and the months to report.

No I/O here: the simulator hands in what the home's feeds say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.errors import ConfigError
from orchestration.policy import Policy
from orchestration.school_year import PERIOD, period_end, quarter_of, school_year_of, semester_of


@dataclass(frozen=True)
class Organization:
    """An LEA or school that has a plan in a school year.

    Args:
        category: its designation (CSI, ATSI, TSI), None for an LEA that has none itself.
        reason: why, in the codes of seeds/designation_categories.csv.
        since: first school year from which it has had that designation without a break, as far as the lists tell.
    """

    org_id: str
    org_level: str
    lea_id: str
    org_name: str
    category: str | None = None
    reason: str | None = None
    since: str | None = None


@dataclass(frozen=True)
class Lea:
    """An LEA and who reports through it, by school year: itself first, then its designated schools."""

    lea_id: str
    years: Mapping[str, tuple[Organization, ...]]

    @property
    def size(self) -> int:
        """Plans over all school years: how much work the LEA is."""
        return sum(len(organizations) for organizations in self.years.values())


@dataclass(frozen=True)
class Month:
    """One reporting month: when it ends, when it is due, and what is asked beside the monthly tables."""

    period: str
    school_year: str
    end: date
    due_on: date
    ends_quarter: bool
    ends_semester: bool
    ends_year: bool
    is_first: bool


@dataclass(frozen=True)
class World:
    """Everything a worker process needs to simulate any LEA.

    Args:
        months: reporting months in order.
        slips: share of organization-months in which one slip is planted.
        first_month: first month of the school year.
        own_duties: codes of the duties that the state has beside the law's.
    """

    seed: int
    months: tuple[Month, ...]
    slips: float
    time_zone: str
    first_month: int
    own_duties: tuple[str, ...]

    @classmethod
    def of(cls, policy: Policy, seed: int, periods: Sequence[str], slips: float = 0.0) -> World:
        """The world of a state's policy.

        Raises:
            ConfigError: as `reporting_months`.
        """
        months = reporting_months(policy, periods)
        own = policy.codes_of_all_years("own_duty_codes")
        return cls(seed, months, slips, policy.time_zone, policy.school_year_first_month, own)


def reporting_months(policy: Policy, periods: Sequence[str]) -> tuple[Month, ...]:
    """The months among `periods` for which LEAs report, with what each calls for.

    A quarter's and a semester's tables are asked in its last reporting month, a year's in the last
    reporting month of the school year or, where the range ends before it, of the range; the
    application for funds in the range's first month of each school year.

    Raises:
        ConfigError: a period is no month, or none of them is a reporting month.
    """
    for period in periods:
        if not PERIOD.match(period):
            raise ConfigError(f"{period!r} is not a month; write it as 2024-01")
    first = policy.school_year_first_month
    asked = [p for p in sorted(set(periods)) if int(p[5:]) in _months_of(policy, p)]
    if not asked:
        raise ConfigError(
            f"none of the months asked for ({', '.join(periods) or 'none'}) is a reporting month of this "
            "state; policy.yaml lists them under parameters.reporting_months"
        )
    months = []
    for period in asked:
        year = school_year_of(period, first)
        same_year = [p for p in _year_periods(year, first) if int(p[5:]) in _months_of(policy, period)]
        in_range = [p for p in asked if school_year_of(p, first) == year]
        later = [p for p in same_year if p > period]
        end = period_end(period)
        due_day = int(policy.value("due_day", year))
        months.append(
            Month(
                period=period,
                school_year=year,
                end=end,
                due_on=min(
                    end + timedelta(days=due_day), period_end((end + timedelta(days=1)).isoformat()[:7])
                ),
                ends_quarter=all(quarter_of(p, first) != quarter_of(period, first) for p in later),
                ends_semester=all(semester_of(p, first) != semester_of(period, first) for p in later),
                ends_year=period == in_range[-1],
                is_first=period == in_range[0],
            )
        )
    return tuple(months)


def year_start(school_year: str, first_month: int) -> date:
    """First day of work: that of the second month of the school year."""
    return (date(int(school_year[:4]), first_month, 1) + timedelta(days=31)).replace(day=1)


def _months_of(policy: Policy, period: str) -> set[int]:
    year = school_year_of(period, policy.school_year_first_month)
    return {int(m) for m in policy.value("reporting_months", year).split(",")}


def _year_periods(school_year: str, first_month: int) -> list[str]:
    year = int(school_year[:4])
    months = [(year, m) for m in range(first_month, 13)] + [(year + 1, m) for m in range(1, first_month)]
    return [f"{y}-{m:02d}" for y, m in months]
