"""Loads a state's `allocation.yaml`, or a file with one method, and names every problem at once."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from orchestration.allocation.keys import Keys
from orchestration.allocation.model import GROUPS, Allocation, Appropriation, InForce, Justification, Method
from orchestration.allocation.read import read_method
from orchestration.errors import ConfigError
from orchestration.yaml_text import load_yaml

FILE = "allocation.yaml"
NAME_RULE = "lower case letters, digits and _"


def load_allocation(state: Path) -> Allocation:
    """The methods of a state folder; an empty one where it has no `allocation.yaml`.

    Raises:
        ConfigError: with every problem found, each with its place.
    """
    path = state / FILE
    if not path.exists():
        return Allocation()
    data = path.read_bytes()
    problems: list[str] = []
    keys = Keys("", _yaml(path, data), problems, ("in_force", "appropriations", "geography", "methods"))
    named = keys.raw.get("methods")
    if keys.raw and not isinstance(named, dict):
        keys.say("methods", "must hold a name and a method each")
    methods = _methods(named if isinstance(named, dict) else {}, problems)
    found = Allocation(
        methods=methods,
        in_force=_in_force(keys, {m.name for m in methods}),
        appropriations=_appropriations(keys),
        justifications=_justifications(keys),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    if problems:
        raise ConfigError(f"{path} cannot be used:\n  " + "\n  ".join(problems))
    return found


def load_method(path: Path) -> Method:
    """The one method of a file such as those in `examples/methods`; its name is the file's.

    Raises:
        ConfigError: it cannot be read, or with every problem found.
    """
    if not path.is_file():
        raise ConfigError(f"{path} is no file; name a file with a method, such as those in examples/methods")
    problems: list[str] = []
    method = read_method(path.stem, _yaml(path, path.read_bytes()), problems, "")
    if problems:
        raise ConfigError(f"{path} cannot be used:\n  " + "\n  ".join(problems))
    return method


def _yaml(path: Path, data: bytes) -> Any:
    try:
        return load_yaml(data)
    except yaml.YAMLError as e:
        raise ConfigError(f"{path} is not valid YAML: {e}") from e


def _methods(raw: dict[Any, Any], problems: list[str]) -> tuple[Method, ...]:
    found = []
    for name, method in raw.items():
        if not isinstance(name, str) or not name.replace("_", "a").isalnum() or name != name.lower():
            problems.append(f"methods.{name} is no name for a method; write {NAME_RULE}")
        found.append(read_method(str(name), method, problems, f"methods.{name}"))
    return tuple(found)


def _in_force(keys: Keys, names: set[str]) -> tuple[InForce, ...]:
    found = []
    for n, raw in enumerate(keys.listed("in_force", wanted=True), 1):
        entry = Keys(
            f"in_force, entry {n}", raw, keys.problems, ("method", "from", "until", "citation", "confirmed")
        )
        span = InForce(
            method=entry.text("method"),
            from_fiscal_year=entry.whole("from", least=2017) or 0,
            until_fiscal_year=entry.whole("until", least=2017, wanted=False),
            citation=entry.text("citation"),
            confirmed=entry.flag("confirmed"),
        )
        if span.method and span.method not in names:
            entry.say("method", f"is {span.method}, which is none of the methods {', '.join(sorted(names))}")
        if span.until_fiscal_year is not None and span.until_fiscal_year <= span.from_fiscal_year:
            entry.say("until", f"is {span.until_fiscal_year}; it is the first fiscal year no longer in force")
        found.append(span)
    ordered = sorted(found, key=lambda s: s.from_fiscal_year)
    keys.problems += [
        f"in_force: {a.method} and {b.method} are both in force in {b.from_fiscal_year}; give the first an until"
        for a, b in pairwise(ordered)
        if a.until_fiscal_year is None or a.until_fiscal_year > b.from_fiscal_year
    ]
    return tuple(ordered)


def _appropriations(keys: Keys) -> tuple[Appropriation, ...]:
    found = []
    for n, raw in enumerate(keys.listed("appropriations"), 1):
        entry = Keys(
            f"appropriations, entry {n}",
            raw,
            keys.problems,
            ("fiscal_year", "amount", "citation", "confirmed"),
        )
        amount = entry.number("amount", "dollars")
        found.append(
            Appropriation(
                entry.whole("fiscal_year", least=2017) or 0,
                Decimal(0) if amount is None else amount,
                entry.text("citation"),
                entry.flag("confirmed"),
            )
        )
    _once(keys, "appropriations", [a.fiscal_year for a in found])
    return tuple(found)


def _justifications(keys: Keys) -> tuple[Justification, ...]:
    found = []
    for n, raw in enumerate(keys.listed("geography"), 1):
        entry = Keys(
            f"geography, entry {n}", raw, keys.problems, ("fiscal_year", "group", "name", "justification")
        )
        found.append(
            Justification(
                entry.whole("fiscal_year", least=2017) or 0,
                entry.choice("group", GROUPS),
                entry.text("name"),
                entry.text("justification"),
            )
        )
    _once(keys, "geography", [(j.fiscal_year, j.group_kind, j.group_name) for j in found])
    return tuple(found)


def _once(keys: Keys, key: str, found: list[Any]) -> None:
    for twice in sorted({str(f) for f in found if found.count(f) > 1}):
        keys.say(key, f"has {twice} twice")
