"""Which releases the state's policy keeps, and why; what no policy can let go is kept before it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from orchestration.policy import Policy
from orchestration.release.names import as_of_of
from orchestration.school_year import school_year_of

FOR_EVER = "for_ever"


@dataclass(frozen=True)
class KeepingRule:
    """What the policy says of keeping, in the school year of the pruning.

    Args:
        days: every release of the last so many days is kept.
        month_ends: the last release of each month is kept for so many months after it; 0: none.
        school_year_ends: whether the last release of each school year is kept for ever.
        time_zone: in which a night belongs to a day, month and school year.
        first_month: month (1 to 12) with which a school year begins.
    """

    days: int
    month_ends: int
    school_year_ends: bool
    time_zone: str
    first_month: int

    def local(self, release_id: str) -> datetime:
        """The night's time on the state's clocks."""
        return _on_clock(as_of_of(release_id), self.time_zone)


def keeping_rule(policy: Policy, now: datetime) -> KeepingRule:
    """The policy's rule in the school year of `now` (UTC).

    Raises:
        ConfigError: the policy has no value for that school year.
    """
    year = school_year_of(f"{_on_clock(now, policy.time_zone):%Y-%m}", policy.school_year_first_month)
    return KeepingRule(
        days=int(policy.value("release_keep_days", year)),
        month_ends=int(policy.value("release_keep_month_ends", year)),
        school_year_ends=policy.value("release_keep_school_year_ends", year) == FOR_EVER,
        time_zone=policy.time_zone,
        first_month=policy.school_year_first_month,
    )


def kept_because(
    names: Iterable[str],
    rule: KeepingRule,
    now: datetime,
    *,
    current: str | None,
    previous: str | None,
    certified: Mapping[str, tuple[str, ...]],
) -> dict[str, list[str]]:
    """By release why it is kept; an empty list where nothing keeps it.

    Args:
        names: IDs of releases. Copies that were set aside (`<id>.damaged-N`) are no month's end, and kept
            only with their days or for a certification.
        rule: what the policy says.
        now: when it is asked (UTC).
        current, previous: the current release and the one before it; both are always kept.
        certified: by release the school years it is certified for; those are kept for ever.
    """
    ordered = sorted(names)
    whole = [n for n in ordered if "." not in n]
    last_of_month = {f"{rule.local(n):%Y-%m}": n for n in whole}
    last_of_year = {school_year_of(month, rule.first_month): n for month, n in last_of_month.items()}
    here = _on_clock(now, rule.time_zone)
    kept: dict[str, list[str]] = {n: [] for n in ordered}
    for name in ordered:
        why = kept[name]
        original = name.partition(".")[0]
        if name == current:
            why.append("it is the current release")
        if name == previous:
            why.append("it was the current release before this one")
        why += [f"it is certified for {year}" for year in certified.get(original, ())]
        if as_of_of(name) > now - timedelta(days=rule.days):
            why.append(f"it is of the last {rule.days} days")
    for month, name in last_of_month.items():
        if _months_between(month, f"{here:%Y-%m}") <= rule.month_ends and rule.month_ends:
            kept[name].append(f"it is the last of {month}, a month of the last {rule.month_ends}")
    if rule.school_year_ends:
        for year, name in last_of_year.items():
            kept[name].append(f"it is the last of school year {year}")
    return kept


def _on_clock(utc: datetime, time_zone: str) -> datetime:
    return utc.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def _months_between(first: str, last: str) -> int:
    (y1, m1), (y2, m2) = ((int(x) for x in month.split("-")) for month in (first, last))
    return (y2 - y1) * 12 + m2 - m1
