"""Removes releases that nothing keeps: what would go and why is worked out first, and told before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration.policy import Policy
from orchestration.release.current import read_current
from orchestration.release.keeping import keeping_rule, kept_because
from orchestration.release.names import previous_of, release_ids, remains, set_aside_names
from orchestration.release.place import remove_release
from orchestration.release.records import ReleaseRecord, write_deed


@dataclass(frozen=True)
class Pruning:
    """What a pruning would do.

    Args:
        kept: by release why it stays.
        removed: releases that nothing keeps, the oldest first.
        remains: what an upload or a removal that was cut short left; no reader sees it.
        rule: the policy's words for what it keeps.
    """

    kept: Mapping[str, list[str]]
    removed: tuple[str, ...]
    remains: tuple[str, ...]
    rule: str


def plan_pruning(
    releases: UPath | Path, policy: Policy, now: datetime, certified: Mapping[str, tuple[str, ...]]
) -> Pruning:
    """What policy keeps and what it lets go; nothing is changed.

    Args:
        releases: the folder of releases.
        policy: the state's policy.
        now: when it is asked (UTC).
        certified: by release the school years it is certified for.
    """
    rule = keeping_rule(policy, now)
    current = read_current(releases)
    names = [*release_ids(releases), *set_aside_names(releases)]
    left = tuple(remains(releases))
    reasons = kept_because(
        [n for n in names if n not in left],
        rule,
        now,
        current=current,
        previous=previous_of(releases, current) if current else None,
        certified=certified,
    )
    return Pruning(
        kept={n: why for n, why in reasons.items() if why},
        removed=tuple(sorted(n for n, why in reasons.items() if not why)),
        remains=left,
        rule=(
            f"policy keeps every release of the last {rule.days} days, the last of each month for "
            f"{rule.month_ends} months, and {'' if rule.school_year_ends else 'not '}the last of each school "
            "year for ever; certified releases, the current one and the one before it always stay"
        ),
    )


def prune(releases: UPath | Path, pruning: Pruning, by: str, at: datetime) -> None:
    """Remove what the plan lets go; to be called under the home's writer lock that the plan was made under.

    Each removal is written down first. A release goes whole: it vanishes for readers in one step, a kill
    leaves only what no reader sees, and the next pruning clears that.

    Raises:
        ConfigError: nobody is named.
    """
    for name in pruning.removed:
        write_deed(releases, ReleaseRecord(at, "prune", name, by, pruning.rule))
        remove_release(releases, name)
    for name in pruning.remains:
        remove_release(releases, name)


def pruning_lines(pruning: Pruning, *, done: bool) -> list[str]:
    """The plan, or what was done, as lines for a person."""
    lines = [f"{pruning.rule[0].upper()}{pruning.rule[1:]}.", ""]
    lines += [f"keep    {name}: {', '.join(why)}" for name, why in sorted(pruning.kept.items())]
    verb = "removed" if done else "remove "
    lines += [f"{verb} {name}: nothing keeps it" for name in pruning.removed]
    lines += [f"{verb} {name}: left by an upload or a removal cut short" for name in pruning.remains]
    gone = len(pruning.removed) + len(pruning.remains)
    if not gone:
        return [*lines, "", "There is nothing to remove."]
    said = f"Removed {gone:,}." if done else f"{gone:,} would be removed; nothing was. Say --remove to do it."
    return [*lines, "", said]
