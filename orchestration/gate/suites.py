"""Reads the suites: one YAML file per mart, each expectation with a note that says why its bound.

    mart: rpt_submission_completeness
    may_be_empty: false
    expectations:
      - type: expect_column_values_to_be_between
        kwargs: {column: rate, min_value: 0, max_value: 1}
        notes: a rate is a part of a whole

Nothing here knows Great Expectations: whether a type exists is found when it runs, and refuses.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.yaml_text import SafeLoader

SUITE_KEYS = {"mart", "may_be_empty", "expectations"}
EXPECTATION_KEYS = {"type", "kwargs", "notes"}


@dataclass(frozen=True)
class Expectation:
    """One expectation.

    Args:
        type: Great Expectations' name for it, e.g. `expect_column_values_to_be_unique`.
        kwargs: its arguments.
        notes: why this bound.
    """

    type: str
    kwargs: dict[str, Any]
    notes: str

    @property
    def column(self) -> str:
        """The column or columns it is about, comma-separated; blank for the table as a whole."""
        names = [self.kwargs[k] for k in ("column", "column_A", "column_B") if k in self.kwargs]
        return ", ".join(str(n) for n in [*names, *self.kwargs.get("column_list", [])])


@dataclass(frozen=True)
class Suite:
    """What one mart must show; `may_be_empty` only where a real night can have no row of it."""

    mart: str
    may_be_empty: bool
    expectations: tuple[Expectation, ...]


class _StrictLoader(SafeLoader):
    """Refuses a key that comes twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"the key {key!r} comes twice at line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


def load_suites(folder: Path) -> tuple[dict[str, Suite], list[str]]:
    """Every suite of a folder by mart, and what is wrong with the others, in plain words.

    A file with any problem gives no suite, so its mart counts as one without a suite.
    """
    suites: dict[str, Suite] = {}
    problems: list[str] = []
    if not folder.is_dir():
        return {}, [f"there is no folder of suites at {folder}"]
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix == ".md":
            continue
        if path.suffix != ".yaml":
            problems.append(f"{path.name}: a suite is a file <mart>.yaml; rename or remove it")
            continue
        suite, found = _load(path)
        problems += [f"{path.name}: {p}" for p in found]
        if suite is not None and not found:
            suites[suite.mart] = suite
    return suites, problems


def _load(path: Path) -> tuple[Suite | None, list[str]]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        return None, [f"is not valid YAML: {' '.join(str(e).split())}"]
    if not isinstance(raw, dict):
        return None, ["must hold the keys mart and expectations"]
    problems = [f"{k} is not a known key" for k in sorted(map(str, set(raw) - SUITE_KEYS))]
    if raw.get("mart") != path.stem:
        problems.append(f"mart is {raw.get('mart')!r}, but the file is for {path.stem}")
    may_be_empty = raw.get("may_be_empty", False)
    if not isinstance(may_be_empty, bool):
        problems.append(f"may_be_empty is {may_be_empty!r}; write true or false")
    entries = raw.get("expectations")
    if not isinstance(entries, list) or not entries:
        return None, [*problems, "has no expectation; a suite without one would pass anything"]
    expectations: list[Expectation] = []
    for n, entry in enumerate(entries, 1):
        found = _entry_problems(entry)
        problems += [f"expectation {n}: {p}" for p in found]
        if not found:
            made = Expectation(entry["type"], entry.get("kwargs") or {}, " ".join(entry["notes"].split()))
            if any((e.type, e.kwargs) == (made.type, made.kwargs) for e in expectations):
                problems.append(f"expectation {n}: the same {made.type} comes twice")
            expectations.append(made)
    return Suite(path.stem, may_be_empty is True, tuple(expectations)), problems


def _entry_problems(entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return ["must hold the keys type, kwargs and notes"]
    problems = [f"{k} is not a known key" for k in sorted(map(str, set(entry) - EXPECTATION_KEYS))]
    if not isinstance(entry.get("type"), str) or not entry["type"]:
        problems.append("type is missing")
    kwargs = entry.get("kwargs", {})
    if not isinstance(kwargs, dict) or not all(isinstance(k, str) for k in kwargs):
        problems.append("kwargs must be names with values")
    if not isinstance(entry.get("notes"), str) or not entry["notes"].strip():
        problems.append("notes are missing; say why this bound")
    return problems
