"""A state's policy: every parameter that the law leaves to it, effective-dated and cited.

`policy.yaml` holds facts of the state (name, time zone, form of its IDs, first month of the school
year) and, by parameter, values that hold from one school year to another. It may be laid over another
policy (`based_on`) and then holds only what differs. Models read the values as rows (`stg_policy`),
never as literals.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from orchestration.errors import ConfigError
from orchestration.school_year import is_school_year
from orchestration.yaml_text import load_yaml

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
VALUE_KEYS = {"value", "from", "until", "citation", "confirmed"}
# by when a duty is owed: plan=120d, additional_action.CSI=4y90d, periodic_review=05-31
DUE_RULE = re.compile(
    r"[a-z0-9_]+(\.[A-Za-z_]+)?=(\d{1,2}y|(\d{1,2}y)?\d{1,4}d|(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))"
)
EXAMPLES = {
    "due_rules": ": rules such as plan=120d, additional_action.CSI=4y90d or periodic_review=05-31, each duty once",
    "code": ", such as graduation_4yr",
    "weights": ", such as {ela_met: 40, math_met: 40, chronic_absence: 20}, each above zero",
    "pairs": ", such as {ela_met: ela_participation}",
}


@dataclass(frozen=True)
class PolicyValue:
    """One value of a parameter.

    Args:
        parameter: its name, one of contracts/policy.yaml.
        value: as text; a list is comma-separated, a table is `code=value` pairs with commas between.
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
    """A state's policy; `sha256` is the hash of its file, `reading_sha256` of what intake reads of it."""

    state: str
    time_zone: str
    org_id_pattern: str
    org_id_example: str
    lea_id_pattern: str
    school_year_first_month: int
    nightly_at: str
    values: tuple[PolicyValue, ...]
    sha256: str
    reading_sha256: str = ""

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

    def codes_of_all_years(self, parameter: str) -> tuple[str, ...]:
        """The codes that a parameter lists in any school year: a file may tell of an earlier one."""
        listed = [v.value for v in self.values if v.parameter == parameter]
        return tuple(code.strip() for value in listed for code in value.split(",") if code.strip())

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
    raw, data = _read(path, ())
    facts, parameters = raw["state"], raw["parameters"]
    problems = [f"{k} is not a known key" for k in sorted(map(str, set(raw) - {"state", "parameters"}))]
    problems += [f"state.{k} is missing" for k in sorted(STATE_KEYS - set(facts))]
    problems += [f"state.{k} is not a known key" for k in sorted(map(str, set(facts) - STATE_KEYS))]
    problems += _fact_problems(facts)
    known = load_yaml(KNOWN.read_text(encoding="utf-8"))
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
        reading_sha256=_reading_sha256(
            facts, [v for v in values if known[v.parameter].get("read_by_intake")]
        ),
    )


def _reading_sha256(facts: dict[str, Any], values: list[PolicyValue]) -> str:
    """Hash of what a submission's rows can depend on; citations, and what only models read, are not in it."""
    said = [facts[k] for k in sorted(STATE_KEYS - {"nightly_at"})]
    held = [(v.parameter, v.value, v.from_year, v.until_year) for v in values]
    return hashlib.sha256(json.dumps([said, held], ensure_ascii=False).encode()).hexdigest()


def _read(path: Path, above: tuple[Path, ...]) -> tuple[dict[str, Any], bytes]:
    """What the file says over what it is based on, and the bytes of both."""
    try:
        data = path.read_bytes()
        raw = load_yaml(data)
    except yaml.YAMLError as e:
        raise ConfigError(f"{path} is not valid YAML: {e}") from e
    if not isinstance(raw, dict) or any(
        not isinstance(raw.get(k, {} if "based_on" in raw else None), dict) for k in ("state", "parameters")
    ):
        raise ConfigError(
            f"{path} cannot be used: it must hold the keys state and parameters, each with keys of its own"
        )
    if "based_on" not in raw:
        return raw, data
    base = (path.parent / str(raw.pop("based_on"))).resolve()
    if base in (*above, path.resolve()) or not base.is_file():
        raise ConfigError(
            f"{path} cannot be used: based_on names {base}, which is no other policy file; write its path from this file's folder"
        )
    under, under_data = _read(base, (*above, path.resolve()))
    laid = {k: {**under[k], **raw.get(k, {})} for k in ("state", "parameters")}
    return {**under, **raw, **laid}, data + under_data


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


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[^=,\s]+", value) is not None


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_code, value))


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
    if "value" in entry:
        problems += [f"{where}: {p}" for p in _misfits(entry["value"], parameter)]
    return problems


def _misfits(value: Any, parameter: dict[str, Any]) -> list[str]:
    kind, choices = parameter["type"], parameter.get("choices", ())
    fits = {
        "integer": _is_whole(value),
        "decimal": _is_number(value),
        "integers": isinstance(value, list) and all(map(_is_whole, value)),
        "code": _is_code(value),
        "codes": isinstance(value, list) and all(isinstance(v, str) for v in value),
        "choice": isinstance(value, str) and value in choices,
        "due_rules": isinstance(value, list)
        and all(isinstance(v, str) and DUE_RULE.fullmatch(v) for v in value)
        and len({v.split("=")[0] for v in value}) == len(value),
        "weights": _is_table(value) and all(_is_number(v) and v > 0 for v in value.values()),
        "pairs": _is_table(value) and all(map(_is_code, value.values())),
    }[kind]
    if not fits:
        wanted = (
            f"one of {', '.join(choices)}"
            if kind == "choice"
            else f"of the kind {kind}{EXAMPLES.get(kind, '')}"
        )
        return [f"{value!r} is not {wanted}"]
    if kind in ("codes", "weights"):
        return _part_misfits(value, parameter)
    least, most, law = parameter.get("minimum"), parameter.get("maximum"), parameter.get("law")
    if least is not None and value < least:
        return [f"{value} is below {least}, the least there may be{f' ({law})' if law else ''}"]
    if most is not None and value > most:
        return [f"{value} is above {most}, the most there may be{f' ({law})' if law else ''}"]
    return []


def _part_misfits(value: Any, parameter: dict[str, Any]) -> list[str]:
    """What of a list or table of codes is not known, and whether its weights sum to what they must."""
    choices, total = parameter.get("choices", ()), parameter.get("sum")
    problems = [f"{v} is not one of {', '.join(choices)}" for v in value if choices and v not in choices]
    if total is not None and (found := sum(Fraction(str(v)) for v in value.values())) != total:
        problems.append(f"the weights sum to {float(found):g}, not to {total}")
    return problems


def _value(name: str, entry: dict[str, Any]) -> PolicyValue:
    value = entry["value"]
    if isinstance(value, dict):
        value = [f"{code}={of_code}" for code, of_code in sorted(value.items())]
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
