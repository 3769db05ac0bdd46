"""Times. Every stored time is UTC without an offset; below the top nothing reads the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.errors import ConfigError


def parse_as_of(text: str) -> datetime:
    """UTC time from ISO text as `2024-06-15` (its first second, UTC) or `2024-06-15T02:00:00-07:00`.

    Raises:
        ConfigError: the text is no ISO time.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError as e:
        raise ConfigError(
            f"as-of time {text!r} is not understood; write it as 2024-06-15 or 2024-06-15T02:00:00Z"
        ) from e
    return naive_utc(value)


def naive_utc(value: datetime) -> datetime:
    """The time in UTC without an offset; a time without an offset is taken as UTC already."""
    return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)


def from_epoch(seconds: float) -> datetime:
    """UTC time, to the microsecond, of a file's modification time."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def now() -> datetime:
    """The wall clock, for the command line and the schedule only."""
    return datetime.now(UTC).replace(tzinfo=None)
