"""A state's `feeds.yaml`, loaded: which file feeds which table, and where each column comes from.

The vocabulary is described in docs/feeds.md. Nothing here reads a feed file; checking is in
`mapping_check`.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration import storage
from orchestration.contracts.model import Table, feed_tables
from orchestration.errors import ConfigError
from orchestration.feeds.mapping_check import feed_problems, top_problems
from orchestration.yaml_text import load_yaml

# What stands in a cell that holds no figure. A state's feeds.yaml may add to these (`markers`).
DEFAULT_MARKERS = ("", "*", "--", "NT", "No Data", "N/A")


@dataclass(frozen=True)
class Part:
    """One part of an ID that stands in several columns; a whole number is filled with zeros to `width`."""

    names: tuple[str, ...]
    width: int | None


@dataclass(frozen=True)
class ColumnSpec:
    """Where one column of a canonical table comes from, and what is done to its text. See docs/feeds.md."""

    names: tuple[str, ...] = ()
    join: tuple[Part, ...] = ()
    newest: re.Pattern[str] | None = None
    flags: tuple[tuple[str, str], ...] = ()
    variable: str | None = None
    constant: str | None = None
    file: re.Pattern[str] | None = None
    of: str | None = None
    marker_of: tuple[str, ...] = ()
    take: re.Pattern[str] | None = None
    codes: Mapping[str, str | None] = field(default_factory=dict)
    unknown: str = "reject"
    otherwise: str | None = None
    width: int | None = None
    before: str = ""
    after: str = ""
    school_year: str | None = None
    scale: str | None = None
    date_format: str | None = None
    add_days: int = 0
    only_where: tuple[str, str] | None = None
    fallback: ColumnSpec | None = None
    required: bool = False


@dataclass(frozen=True)
class Feed:
    """One feed: files of one kind, read into one canonical table.

    Args:
        name: its name in feeds.yaml.
        table: the canonical table.
        files: patterns of paths below the feeds folder, or of bare file names.
        source: publisher and page, for people.
        columns: per variant, canonical column -> where it comes from. A file gives its rows once per variant.
        turn_columns: if given, each row is turned once for every column whose name fits; its named
            groups are variables.
        turn_each: variable -> text in column names -> the value it stands for; one turn for each.
        skip_blank: rows in which all of these columns are blank are left out, and counted.
        sums: columns whose sums the message states, with the difference between the first and the last.
        markers: what stands in a cell that holds no figure.
        sha256: hash of all this; a part of the lake is made again when it changes.
    """

    name: str
    table: Table
    files: tuple[str, ...]
    source: str
    columns: tuple[dict[str, ColumnSpec], ...]
    turn_columns: re.Pattern[str] | None
    turn_each: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    skip_blank: tuple[str, ...]
    sums: tuple[str, ...]
    markers: frozenset[str]
    sha256: str


@dataclass(frozen=True)
class FeedMapping:
    """A state's whole feeds.yaml.

    Args:
        feeds: in the order of the file.
        ignored: (patterns, reason) of files that are known and not read.
        sha256: hash of the file.
    """

    feeds: tuple[Feed, ...]
    ignored: tuple[tuple[tuple[str, ...], str], ...]
    sha256: str

    def feeds_of(self, path: str) -> list[Feed]:
        """The feeds that a file belongs to; none where it is ignored or unknown."""
        return [] if self.ignored_because(path) else [f for f in self.feeds if matches(f.files, path)]

    def ignored_because(self, path: str) -> str | None:
        """Why a file is not read, if feeds.yaml says so."""
        return next((reason for patterns, reason in self.ignored if matches(patterns, path)), None)


def matches(patterns: tuple[str, ...], path: str) -> bool:
    """Whether a pattern fits the path below the feeds folder, or the bare name (so that a flat copy works).

    The bare name is held against a pattern's last part only where that says something (`lists/*` does not).
    """
    lower = path.lower()
    name = lower.rpartition("/")[2]
    for pattern in (p.lower() for p in patterns):
        last = pattern.rpartition("/")[2]
        telling = any(c.isalnum() for c in last)
        if fnmatch.fnmatchcase(lower, pattern) or (telling and fnmatch.fnmatchcase(name, last)):
            return True
    return False


def load_mapping(state: Path) -> FeedMapping:
    """Read `feeds.yaml` of a state folder.

    Raises:
        ConfigError: with every problem found, each with where it is.
    """
    path = state / "feeds.yaml"
    if not path.is_file():
        raise ConfigError(f"{state} has no feeds.yaml; docs/feeds.md says how to write one")
    data = path.read_bytes()
    try:
        raw = load_yaml(data)
    except yaml.YAMLError as e:
        raise ConfigError(f"{path} is not valid YAML: {e}") from e
    tables = feed_tables()
    problems = top_problems(raw)
    if not problems:
        for name, entry in raw["feeds"].items():
            problems += feed_problems(str(name), entry, tables)
    if problems:
        raise ConfigError(f"{path} cannot be used:\n  " + "\n  ".join(problems))
    markers = frozenset(m.casefold() for m in (*DEFAULT_MARKERS, *map(str, raw.get("markers") or ())))
    return FeedMapping(
        feeds=tuple(_feed(str(name), entry, tables, markers) for name, entry in raw["feeds"].items()),
        ignored=tuple((tuple(i["files"]), " ".join(i["reason"].split())) for i in raw.get("ignored") or ()),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _feed(name: str, raw: dict[str, Any], tables: dict[str, Table], markers: frozenset[str]) -> Feed:
    turns = raw.get("turns") or {}
    common = raw.get("columns") or {}
    variants = raw.get("variants") or [{}]
    identity = storage.canonical_json({"name": name, "entry": raw, "markers": sorted(markers)})
    return Feed(
        name=name,
        table=tables[raw["table"]],
        files=tuple(raw["files"]),
        source=" ".join(str(raw.get("source", "")).split()),
        columns=tuple({c: _spec(s) for c, s in {**common, **variant}.items()} for variant in variants),
        turn_columns=re.compile(turns["columns"], re.IGNORECASE) if "columns" in turns else None,
        turn_each=tuple(
            (variable, tuple((str(k), str(v)) for k, v in values.items()))
            for variable, values in (turns.get("each") or {}).items()
        ),
        skip_blank=tuple(raw.get("skip_blank") or ()),
        sums=tuple(raw.get("sums") or ()),
        markers=markers,
        sha256=hashlib.sha256(identity).hexdigest(),
    )


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _spec(raw: dict[str, Any]) -> ColumnSpec:
    where = raw.get("only_where")
    return ColumnSpec(
        names=_names(raw["from"]) if "from" in raw else (),
        join=tuple(Part(_names(p["from"]), p.get("width")) for p in raw.get("join", ())),
        newest=re.compile(raw["newest"], re.IGNORECASE) if "newest" in raw else None,
        flags=tuple((str(k), str(v)) for k, v in raw.get("flags", {}).items()),
        variable=raw.get("variable"),
        constant=str(raw["constant"]) if "constant" in raw else None,
        file=re.compile(raw["file"], re.IGNORECASE) if "file" in raw else None,
        of=raw.get("of"),
        marker_of=tuple(raw.get("marker_of", ())),
        take=re.compile(raw["take"]) if "take" in raw else None,
        codes={code_key(str(k)): None if v is None else _text(v) for k, v in raw.get("codes", {}).items()},
        unknown=raw.get("unknown", "reject"),
        otherwise=_text(raw["otherwise"]) if "otherwise" in raw else None,
        width=raw.get("width"),
        before=str(raw.get("before", "")),
        after=str(raw.get("after", "")),
        school_year=raw.get("school_year"),
        scale=str(raw["scale"]) if "scale" in raw else None,
        date_format=raw.get("date_format"),
        add_days=raw.get("add_days", 0),
        only_where=(where[0], where[1]) if where else None,
        fallback=_spec(raw["or"]) if "or" in raw else None,
        required=raw.get("required", False),
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def code_key(text: str) -> str:
    """A code as it is compared: without case and needless spaces."""
    return " ".join(text.split()).casefold()
