"""A state's policy: every parameter that the law leaves to it, effective-dated and cited.

`policy.yaml` holds facts of the state (name, time zone, form of its IDs, first month of the school
year) and, by parameter, values that hold from one school year to another. Models read the values as
rows (`stg_policy`), never as literals.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from orchestration.errors import ConfigError
from orchestration.school_year import is_school_year

KNOWN = Path(__file__).parent / "contracts" / "policy.yaml"
STATE_KEYS = {
    "name",
    "time_zone",
    "org_id_pattern",
    "org_id_example",
    "lea_id_pattern",
    "school_year_first_month",
    "nightly_at",
}
WEIGHT = re.compile(r"[a-z0-9_]+=\d{1,3}(\.\d{1,2})?")  # concentration=30
VALUE_KEYS = {"value", "from", "until", "citation", "confirmed"}


@dataclass(frozen=True)
class PolicyValue:
    """One value of a parameter.

    Args:
        parameter: its name, one of contracts/policy.yaml.
        value: as text; a list is comma-separated.
        from_year: first school year it holds for.
        until_year: first school year it no longer holds for; None while it still does.
        citation: where it comes from.
        confirmed: False where the source was not seen or the value is a choice of this project.
    """

    parameter: str
    value: str
    from_year: str
    until_year: str | None
    citation: str
    confirmed: bool


@dataclass(frozen=True)
class Policy:
    """A state's policy; `sha256` is the hash of its file."""

    state: str
    time_zone: str
    org_id_pattern: str
    org_id_example: str
    lea_id_pattern: str
    school_year_first_month: int
    nightly_at: str
    values: tuple[PolicyValue, ...]
    sha256: str

    def value(self, parameter: str, school_year: str) -> str:
        """The value of a parameter in a school year.

        Raises:
            ConfigError: the policy has none for that year.
        """
        for v in self.values:
            if (
                v.parameter == parameter
                and v.from_year <= school_year
                and (v.until_year is None or school_year < v.until_year)
            ):
                return v.value
        raise ConfigError(f"policy.yaml has no {parameter} for {school_year}; add a value with its citation")

    def is_org_id(self, text: str) -> bool:
        """Whether the text has the form of this state's IDs."""
        return re.fullmatch(self.org_id_pattern, text) is not None

    def is_lea_id(self, text: str) -> bool:
        """Whether the text has the form of this state's LEA IDs."""
        return re.fullmatch(self.lea_id_pattern, text) is not None


def load_policy(state: Path) -> Policy:
    """Read `policy.yaml` of a state folder.

    Raises:
        ConfigError: with every problem found, each with its fix.
    """
    path = state / "policy.yaml"
    data = path.read_bytes()
    try:
        raw = yaml.safe_load(data)
    except yaml.YAMLError as e:
        raise ConfigError(f"{path} is not valid YAML: {e}") from e
    if (
        not isinstance(raw, dict)
        or not isinstance(raw.get("state"), dict)
        or not isinstance(raw.get("parameters"), dict)
    ):
        raise ConfigError(
            f"{path} cannot be used: it must hold the keys state and parameters, each with keys of its own"
        )
    facts, parameters = raw["state"], raw["parameters"]
    problems = [f"{k} is not a known key" for k in sorted(map(str, set(raw) - {"state", "parameters"}))]
    problems += [f"state.{k} is missing" for k in sorted(STATE_KEYS - set(facts))]
    problems += [f"state.{k} is not a known key" for k in sorted(map(str, set(facts) - STATE_KEYS))]
    problems += _fact_problems(facts)
    known = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))
    problems += [
        f"parameters.{k} is missing; it is: {known[k]['meaning']}"
        for k in sorted(set(known) - set(parameters))
    ]
    problems += [
        f"parameters.{k} is not a known parameter" for k in sorted(map(str, set(parameters) - set(known)))
    ]
    values: list[PolicyValue] = []
    for name in sorted(set(parameters) & set(known)):
        entries = parameters[name]
        if not isinstance(entries, list) or not entries:
            problems.append(
                f"parameters.{name} is {entries!r}; write a list of values, each with {', '.join(sorted(VALUE_KEYS))}"
            )
            continue
        for n, entry in enumerate(entries, 1):
            found = _value_problems(f"parameters.{name}, value {n}", entry, known[name])
            problems += found
            if not found:
                values.append(_value(name, entry))
        problems += _overlaps(name, [v for v in values if v.parameter == name])
    if problems:
        raise ConfigError(f"{path} cannot be used:\n  " + "\n  ".join(problems))
    return Policy(
        state=facts["name"],
        time_zone=facts["time_zone"],
        org_id_pattern=facts["org_id_pattern"],
        org_id_example=facts["org_id_example"],
        lea_id_pattern=facts["lea_id_pattern"],
        school_year_first_month=facts["school_year_first_month"],
        nightly_at=facts["nightly_at"],
        values=tuple(values),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _fact_problems(facts: dict[str, Any]) -> list[str]:
    texts = sorted(STATE_KEYS - {"school_year_first_month", "nightly_at"})
    problems = [
        f"state.{k} is {facts[k]!r}; write a text (in quotes)"
        for k in texts
        if k in facts and (not isinstance(facts[k], str) or not facts[k].strip())
    ]
    if problems:
        return problems
    for key in ("org_id_pattern", "lea_id_pattern"):
        try:
            re.compile(facts.get(key, ""))
        except re.error as e:
            problems.append(f"state.{key} is not a regular expression: {e}")
    if "time_zone" in facts:
        try:
            ZoneInfo(facts["time_zone"])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            problems.append(
                f"state.time_zone {facts['time_zone']!r} is unknown; write it as America/Los_Angeles"
            )
    month = facts.get("school_year_first_month", 7)
    if not _is_whole(month) or not 1 <= month <= 12:
        problems.append(f"state.school_year_first_month is {month!r}; write 1 to 12")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(facts.get("nightly_at", "02:00"))):
        problems.append("state.nightly_at is not a time such as '02:30' (with its quotes)")
    return problems


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _value_problems(where: str, entry: Any, parameter: dict[str, Any]) -> list[str]:
    if not isinstance(entry, dict):
        return [f"{where}: {entry!r} is no value with the keys {', '.join(sorted(VALUE_KEYS))}"]
    problems = [
        f"{where}: {k} is missing" for k in ("value", "from", "citation", "confirmed") if k not in entry
    ]
    problems += [f"{where}: {k} is not a known key" for k in sorted(map(str, set(entry) - VALUE_KEYS))]
    for key in ("from", "until"):
        if key in entry and not is_school_year(str(entry[key])):
            problems.append(f"{where}: {key} is {entry[key]!r}; write a school year such as '2023-24'")
    if not problems and entry.get("until") is not None and entry["until"] <= entry["from"]:
        problems.append(
            f"{where}: until {entry['until']} is not after from {entry['from']}; it is the first year it no longer holds"
        )
    if not isinstance(entry.get("confirmed", True), bool):
        problems.append(f"{where}: confirmed is {entry['confirmed']!r}; write true or false")
    value, kind, choices = entry.get("value"), parameter["type"], parameter.get("choices", ())
    fits = {
        "integer": _is_whole(value),
        "decimal": _is_number(value),
        "integers": isinstance(value, list) and all(map(_is_whole, value)),
        "codes": isinstance(value, list) and all(isinstance(v, str) for v in value),
        "choice": isinstance(value, str) and value in choices,
        "weights": isinstance(value, list) and all(isinstance(v, str) and WEIGHT.fullmatch(v) for v in value),
    }[kind]
    if "value" in entry and not fits:
        wanted = f"one of {', '.join(choices)}" if kind == "choice" else f"of the kind {kind}"
        problems.append(f"{where}: {value!r} is not {wanted}")
    elif kind == "weights" and isinstance(value, list):
        problems += _weight_problems(where, value, choices)
    elif kind == "codes" and choices and isinstance(value, list):
        problems += [f"{where}: {v} is not one of {', '.join(choices)}" for v in value if v not in choices]
    return problems


def _weight_problems(where: str, weights: list[str], choices: Sequence[str]) -> list[str]:
    names = [w.partition("=")[0] for w in weights]
    problems = [f"{where}: {n} is not one of {', '.join(choices)}" for n in names if n not in choices]
    problems += [f"{where}: {n} is weighted twice" for n in sorted({n for n in names if names.count(n) > 1})]
    total = sum(Fraction(w.partition("=")[2]) for w in weights)
    if total != 100:
        problems.append(f"{where}: the points sum to {float(total):g}, not to 100")
    return problems


def _value(name: str, entry: dict[str, Any]) -> PolicyValue:
    value = entry["value"]
    text = ",".join(str(v) for v in value) if isinstance(value, list) else str(value)
    return PolicyValue(
        name,
        text,
        entry["from"],
        entry.get("until"),
        " ".join(str(entry["citation"]).split()),
        entry["confirmed"],
    )


def _overlaps(name: str, values: list[PolicyValue]) -> list[str]:
    ordered = sorted(values, key=lambda v: v.from_year)
    return [
        f"parameters.{name}: the values from {a.from_year} and from {b.from_year} both hold in {b.from_year}; give the first an until"
        for a, b in pairwise(ordered)
        if a.until_year is None or a.until_year > b.from_year
    ]
