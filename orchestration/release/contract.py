"""The marts' contract: what may not go or change under a reader without a word one release ahead.

The release refuses, not the gate: the gate judges one candidate by itself, and only who publishes knows
which release readers have now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import ConfigError
from orchestration.settings import DBT_PROJECT
from orchestration.yaml_text import load_yaml

FILE = DBT_PROJECT / "contract.yml"
REMOVED, RETYPED, REKEYED, ADDED = "removed", "retyped", "rekeyed", "added"


@dataclass(frozen=True)
class SchemaChange:
    """One difference between the tables of two releases.

    Args:
        mart: the mart.
        column: the column; None of the mart as a whole.
        change: added, removed, retyped or rekeyed.
        before: type, or key, that it had; blank where it was not there.
        after: type, or key, that it has; blank where it is gone.
    """

    mart: str
    column: str | None
    change: str
    before: str = ""
    after: str = ""

    @property
    def what(self) -> str:
        """`rpt_x.y` or `rpt_x`."""
        return f"{self.mart}.{self.column}" if self.column else self.mart


@dataclass(frozen=True)
class Announcement:
    """A removal, retyping or new key that will come.

    Args:
        mart, column, change: as in SchemaChange.
        version: the version that does it.
        to: of a retyping the new type.
        why: the reason, for readers.
    """

    mart: str
    column: str | None
    change: str
    version: str
    to: str = ""
    why: str = ""

    def in_words(self) -> str:
        """For readers."""
        what = f"{self.mart}.{self.column}" if self.column else self.mart
        done = {REMOVED: "goes", RETYPED: f"becomes {self.to}", REKEYED: "gets another key"}[self.change]
        return f"{what} {done} with version {self.version}. {self.why}".strip()


@dataclass(frozen=True)
class Contract:
    """The version of the set of marts, and what is announced."""

    version: str
    announced: tuple[Announcement, ...] = ()

    @property
    def major(self) -> int:
        """The number before the point."""
        return _major(self.version)

    def as_json(self) -> dict[str, Any]:
        """As a dictionary.json keeps it."""
        return {
            "version": self.version,
            "announced": [asdict(a) for a in self.announced],
            "announced_in_words": [a.in_words() for a in self.announced],
        }


def load_contract(file: Path = FILE) -> Contract:
    """Read the contract.

    Raises:
        ConfigError: it cannot be understood; says which line.
    """
    raw = load_yaml(file.read_text(encoding="utf-8"))
    try:
        version = str(raw["version"])
        _major(version)
        announced = tuple(_announcement(a, version) for a in raw["announced"] or ())
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise ConfigError(f"{file} cannot be understood: {e!r}") from e
    return Contract(version, announced)


def _announcement(raw: Mapping[str, Any], version: str) -> Announcement:
    change = raw["change"]
    if change not in (REMOVED, RETYPED, REKEYED):
        raise ConfigError(
            f"contract.yml announces a {change!r} of {raw['mart']}; write removed, retyped or rekeyed"
        )
    if (change == RETYPED) != bool(raw.get("to")) or (change == RETYPED and not raw.get("column")):
        raise ConfigError(
            f"contract.yml: a retyping of {raw['mart']} names its column and, under `to`, the new type"
        )
    if _major(str(raw["in"])) <= _major(version):
        raise ConfigError(
            f"contract.yml announces for {raw['mart']} the version {raw['in']}, which is not a higher major one than "
            f"{version}; take the line away if it is done"
        )
    return Announcement(
        raw["mart"], raw.get("column"), change, str(raw["in"]), raw.get("to", ""), raw.get("why", "")
    )


def schema_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[SchemaChange]:
    """How the marts of one dictionary.json differ from those of an earlier one, by mart and column."""
    then, here = before["marts"], now["marts"]
    changes: list[SchemaChange] = []
    for mart in sorted(set(then) | set(here)):
        if mart not in here:
            changes.append(SchemaChange(mart, None, REMOVED))
        elif mart not in then:
            changes.append(SchemaChange(mart, None, ADDED))
        else:
            changes += _column_changes(mart, then[mart], here[mart])
    return changes


def _column_changes(mart: str, then: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[SchemaChange]:
    was = {c["column"]: c["type"] for c in then["columns"]}
    is_now = {c["column"]: c["type"] for c in here["columns"]}
    if then["key"] and here["key"] and set(then["key"]) != set(here["key"]):
        yield SchemaChange(mart, None, REKEYED, ", ".join(then["key"]), ", ".join(here["key"]))
    for column in [*was, *(c for c in is_now if c not in was)]:
        if column not in is_now:
            yield SchemaChange(mart, column, REMOVED, before=was[column])
        elif column not in was:
            yield SchemaChange(mart, column, ADDED, after=is_now[column])
        elif was[column] != is_now[column]:
            yield SchemaChange(mart, column, RETYPED, was[column], is_now[column])


def contract_problems(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What a release may not do to the readers of the one before, in plain words; nothing where all is announced.

    Args:
        before: dictionary.json of the release before, with the contract that it was under.
        now: that of the release to be made.
    """
    promised = before["release"].get("contract") or {}
    if not promised.get("version"):
        return []  # made before there was a contract: nothing was promised
    name, version = (
        before["release"]["release_id"],
        (now["release"].get("contract") or {}).get("version", "0"),
    )
    major = _major(version)
    problems = []
    for change in schema_changes(before, now):
        if change.change == ADDED:
            continue
        missing = []
        announced = [a["version"] for a in promised["announced"] if _covers(a, change)]
        if not announced:
            missing.append(f"release {name} did not announce it")
        if major <= _major(promised["version"]):
            missing.append(f"the contract's version is {version}, no higher major one")
        elif announced and all(_major(version) > major for version in announced):
            missing.append(f"it is announced for version {announced[0]} only")
        if missing:
            problems.append(f"{change.what} {_in_words(change)}, and {' and '.join(missing)}")
    return problems


def _covers(announced: Mapping[str, Any], change: SchemaChange) -> bool:
    same = all(announced[k] == getattr(change, k) for k in ("mart", "column", "change"))
    return same and (change.change != RETYPED or announced["to"].upper() == change.after.upper())


def _in_words(change: SchemaChange) -> str:
    if change.change == RETYPED:
        return f"would become {change.after} instead of {change.before}"
    if change.change == REKEYED:
        return f"would have the key {change.after} instead of {change.before}"
    return "would be gone"


def _major(version: str) -> int:
    return int(version.split(".")[0])
