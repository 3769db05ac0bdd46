"""How a home stands, in lines for a person, as JSON for a program, and as figures for a monitor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from orchestration import archive
from orchestration.errors import ConfigError
from orchestration.feeds.mapping import load_mapping
from orchestration.feeds.standing import Stale, stale_feeds
from orchestration.operations.nights import PastNight, past_nights
from orchestration.operations.reporting import Reporting, last_due_and_open, reporting
from orchestration.operations.waiting import (
    Decided,
    decided,
    new_files,
    not_decided,
    refused_and_not_mended,
)
from orchestration.release.current import current_as_of, read_current
from orchestration.settings import Settings

SHOWN = 5
WIDTH = 10


@dataclass(frozen=True)
class Status:
    """How a home stands at a time.

    Args:
        at: the time of the look (UTC).
        nights: the last nights, the newest first.
        release_id: the current release; None before the first.
        release_as_of: its time (UTC).
        landing, feeds: files that have arrived and are not taken in.
        undecided: submissions taken in whose reading was stopped half-way.
        stale: feeds whose newest file was refused.
        never_came: feeds of feeds.yaml for which no file has ever come.
        refused: refused submissions after which nothing better came from the same LEA.
        months: the reporting month that came due last, and the open one.
    """

    at: datetime
    nights: list[PastNight]
    release_id: str | None
    release_as_of: datetime | None
    landing: list[str]
    feeds: list[str]
    undecided: list[str]
    stale: list[Stale]
    never_came: list[str]
    refused: list[Decided]
    months: list[Reporting]


def status_of(settings: Settings, at: datetime, nights: int = 5) -> Status:
    """Look at a home; nothing is changed.

    Raises:
        ConfigError: there is no home, or its feeds.yaml cannot be used.
    """
    if not settings.home.is_dir():
        raise ConfigError(f"there is no home at {settings.home}; interlace nightly makes one")
    submissions = decided(settings.lake)
    mapping = load_mapping(settings.state)
    came = {f.name for a in archive.arrivals(settings.archive, "feed") for f in mapping.feeds_of(a.path)}
    return Status(
        at=at,
        nights=past_nights(settings, at, nights),
        release_id=read_current(settings.releases),
        release_as_of=current_as_of(settings.releases),
        landing=sorted(new_files(settings.landing, settings.archive, "submission")),
        feeds=sorted(new_files(settings.feeds, settings.archive, "feed")),
        undecided=not_decided(settings, submissions),
        stale=stale_feeds(settings.lake),
        never_came=[f.name for f in mapping.feeds if f.name not in came],
        refused=refused_and_not_mended(submissions),
        months=last_due_and_open(reporting(settings), at),
    )


def lines(status: Status) -> Iterator[str]:
    """The status for a person."""
    for n, night in enumerate(status.nights):
        yield _line("" if n else "Nights", _night(night))
        for reason in night.reasons[:SHOWN] if n == 0 else night.reasons[:1]:
            yield _line("", f"  {' '.join(reason.split())[:200]}")
    if not status.nights:
        yield _line("Nights", "none yet")
    if status.release_id and status.release_as_of:
        yield _line("Release", f"{status.release_id}, {_age(status.at - status.release_as_of)}")
    else:
        yield _line("Release", "none yet")
    yield _line("Landing", _files(status.landing, "taken in by the next night"))
    if status.undecided:
        yield _line("", _files(status.undecided, "in the archive, not yet answered"))
    yield _line("Feeds", _files(status.feeds, "taken in by the next night"))
    for stale in status.stale:
        yield _line("", f"stale: {stale.feed}; {stale.file} was refused: {stale.message}")
    if status.never_came:
        yield _line("", f"never came: {_some(status.never_came)}")
    yield _line("Refused", _refused_head(status.refused))
    for file in status.refused[-SHOWN:]:
        yield _line("", f"  {file.lea_id}/{file.file_name}: {file.refused_because}")
    if not status.months:
        yield _line("Reports", "none are owed yet, as far as the release says")
    for n, month in enumerate(status.months):
        yield _line("" if n else "Reports", _month(month, status.at))


def _line(head: str, text: str) -> str:
    return f"{head:<{WIDTH}}{text}"


def _night(night: PastNight) -> str:
    as_of = f", as of {night.as_of}" if night.as_of else ""
    return f"{night.started_at:%Y-%m-%d %H:%M} UTC  {night.outcome}, {_took(night.seconds)}{as_of}"


def _took(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 0:
        return "of a time that has not come yet"
    return f"{hours:.0f} hours old" if hours < 48 else f"{hours / 24:,.0f} days old"


def _some(names: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN:,} more" if len(names) > SHOWN else shown


def _files(files: list[str], what: str) -> str:
    return f"{len(files):,} files wait ({what}): {_some(files)}" if files else "nothing waits"


def _refused_head(refused: list[Decided]) -> str:
    if not refused:
        return "no refused file waits for a better one"
    newest = f"; the {SHOWN} newest" if len(refused) > SHOWN else ""
    return f"{len(refused):,} files after which the LEA has sent nothing that was accepted{newest}:"


def _month(month: Reporting, at: datetime) -> str:
    due = f"was due {month.due_on}" if month.is_due(at.date()) else f"due {month.due_on}"
    missing = f"; missing: {_some(month.missing)}" if month.missing else ""
    return f"{month.period} ({due}): {month.reported:,} of {month.expected:,} LEAs have reported{missing}"


def as_json(status: Status) -> dict[str, Any]:
    """The status as JSON holds it (times in ISO 8601, UTC)."""
    made = asdict(status)
    for month, of_month in zip(made["months"], status.months, strict=True):
        month["reported"] = of_month.reported
    told = _iso(made)
    assert isinstance(told, dict)
    return told


def _iso(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, dict):
        return {k: _iso(v) for k, v in value.items()}
    return [_iso(v) for v in value] if isinstance(value, list | tuple) else value


def metrics(status: Status) -> Iterator[str]:
    """The status as figures in Prometheus' text format, e.g. for node_exporter's textfile collector."""
    last = next((n for n in status.nights if n.outcome != "left out"), None)
    figures: list[tuple[str, str, float | None, str]] = [
        (
            "release_age_seconds",
            "Age of the current release",
            (status.at - status.release_as_of).total_seconds() if status.release_as_of else None,
            "",
        ),
        (
            "last_night_published",
            "1 where the last night published",
            float(last.outcome == "published") if last else None,
            "",
        ),
        ("last_night_seconds", "How long the last night took", last.seconds if last else None, ""),
        ("landing_files_waiting", "Submissions not yet taken in", float(len(status.landing)), ""),
        ("feed_files_waiting", "Feed files not yet taken in", float(len(status.feeds)), ""),
        ("feeds_stale", "Feeds whose newest file was refused", float(len(status.stale)), ""),
        ("files_refused", "Refused files nothing better came after", float(len(status.refused)), ""),
    ]
    for month in status.months:
        label = f'{{period="{month.period}"}}'
        figures.append(("leas_expected", "LEAs that owe a report", float(month.expected), label))
        figures.append(("leas_reported", "LEAs that have reported", float(month.reported), label))
    told: set[str] = set()
    for name, meaning, value, label in sorted(figures, key=lambda f: f[0]):
        if value is None:
            continue
        if name not in told:
            yield f"# HELP interlace_{name} {meaning}"
            yield f"# TYPE interlace_{name} gauge"
            told.add(name)
        yield f"interlace_{name}{label} {value:g}"
