"""The state's folder: policy.yaml (keys, citations, school years) and feeds.yaml, and whether its files come."""

from __future__ import annotations

from itertools import pairwise

from orchestration import archive
from orchestration.doctor.finding import Finding, Look, ok, problem, some, warning
from orchestration.errors import ConfigError
from orchestration.feeds.mapping import load_mapping
from orchestration.feeds.standing import stale_feeds
from orchestration.intake.answer_words import local
from orchestration.policy import Policy, PolicyValue, load_policy
from orchestration.school_year import school_year_from_start, school_year_of


def policy(look: Look) -> list[Finding]:
    """Unknown and missing keys, blank citations, school years without a value."""
    try:
        held = load_policy(look.settings.state)
    except ConfigError as e:
        return [
            problem(text, "mend policy.yaml; contracts/policy.yaml says what each parameter means")
            for text in _lines(e)
        ]
    found = uncited(held)
    running = school_year_of(f"{local(look.now, held.time_zone):%Y-%m}", held.school_year_first_month)
    found += uncovered(held, running)
    guessed = sorted({v.parameter for v in held.values if not v.confirmed})
    if guessed:
        found.append(
            warning(
                f"{len(guessed)} parameters are not confirmed by a source that was seen: {some(guessed)}",
                "have the program office confirm each, then write confirmed: true with its citation",
            )
        )
    return found or [ok(f"{len(held.values)} values, all cited")]


def uncited(held: Policy) -> list[Finding]:
    """Values whose citation is blank."""
    blank = sorted({v.parameter for v in held.values if not v.citation.strip()})
    if not blank:
        return []
    return [
        problem(
            f"{len(blank)} parameters have a blank citation: {some(blank)}",
            "write where each comes from (law, plan, letter) in policy.yaml; an auditor asks for it",
        )
    ]


def uncovered(held: Policy, running: str) -> list[Finding]:
    """School years for which a parameter has no value: the running one, the next, and gaps between values."""
    following = school_year_from_start(int(running[:4]) + 1)
    by_name: dict[str, list[PolicyValue]] = {}
    for v in held.values:
        by_name.setdefault(v.parameter, []).append(v)
    gaps = [
        f"{name} ({a.until_year} to {b.from_year})"
        for name, values in sorted(by_name.items())
        for a, b in pairwise(sorted(values, key=lambda v: v.from_year))
        if a.until_year is not None and a.until_year < b.from_year
    ]

    def without(year: str) -> list[str]:
        return sorted(
            name
            for name, values in by_name.items()
            if not any(v.from_year <= year and (v.until_year is None or year < v.until_year) for v in values)
        )

    now, soon = without(running), without(following)
    found = []
    if now:
        found.append(
            problem(
                f"{len(now)} parameters have no value for {running}, the running school year: {some(now)}",
                "add a value with from and citation to policy.yaml; until then nothing that rests on it is computed",
            )
        )
    if gaps:
        found.append(
            problem(
                f"{len(gaps)} parameters have no value for some years between others: {some(gaps)}",
                "set the until of the earlier value to the first year of the next, or add the one between",
            )
        )
    if coming := [n for n in soon if n not in now]:
        found.append(
            warning(
                f"{len(coming)} parameters have no value from {following} on: {some(coming)}",
                "add the coming year's values to policy.yaml before July",
            )
        )
    return found


def feeds(look: Look) -> list[Finding]:
    """Whether feeds.yaml can be used, and whether the state's files come and can be read."""
    settings = look.settings
    try:
        mapping = load_mapping(settings.state)
    except ConfigError as e:
        return [problem(text, "mend feeds.yaml; docs/feeds.md says how it is written") for text in _lines(e)]
    found = []
    if stale := stale_feeds(settings.lake):
        found.append(
            problem(
                f"{len(stale)} feeds are stale, their newest file was refused: "
                + some([f"{s.feed} ({s.file}: {s.message})" for s in stale]),
                "read why it was refused; add the new heading to feeds.yaml as a further name, or have the file sent anew",
            )
        )
    arrived = [a.path for a in archive.arrivals(settings.archive, "feed")]
    came = {f.name for path in arrived for f in mapping.feeds_of(path)}
    if silent := [f.name for f in mapping.feeds if f.name not in came]:
        found.append(
            warning(
                f"no file has ever arrived for {len(silent)} of {len(mapping.feeds)} feeds: {some(silent)}",
                "put the files into feeds/ under a name that feeds.yaml asks for, or leave it: what rests on them stays empty",
            )
        )
    return found or [ok(f"{len(mapping.feeds)} feeds, all loaded")]


def _lines(error: ConfigError) -> list[str]:
    """Each problem of a configuration file by itself."""
    head, *rest = str(error).split("\n  ")
    return rest or [head]
