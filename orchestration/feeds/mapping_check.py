"""What is wrong with a feeds.yaml, in words, all of it at once. No reading of feed files."""

from __future__ import annotations

import re
from typing import Any

from orchestration.contracts.model import Table

TOP_KEYS = {"feeds", "ignored", "markers"}
FEED_KEYS = {"table", "files", "source", "turns", "columns", "variants", "skip_blank", "sums"}
SOURCES = ("from", "join", "newest", "flags", "variable", "constant", "file", "of", "marker_of")
STEPS = {
    "take", "codes", "unknown", "otherwise", "width", "before", "after", "school_year", "scale",
    "date_format", "add_days", "only_where", "or", "required",
}  # fmt: skip
CHOICES = {"unknown": ("reject", "keep", "blank"), "school_year": ("starts", "ends")}


def top_problems(raw: Any) -> list[str]:
    """Problems of the file's outermost level; while there are any, the feeds are not looked at."""
    if not isinstance(raw, dict) or not isinstance(raw.get("feeds"), dict) or not raw["feeds"]:
        return ["the file needs a key `feeds` with at least one feed below it"]
    problems = [
        f"{k} is not a known key; known: {', '.join(sorted(TOP_KEYS))}" for k in sorted(set(raw) - TOP_KEYS)
    ]
    if not isinstance(raw.get("markers") or [], list):
        problems.append("markers: write a list of texts")
    for n, entry in enumerate(raw.get("ignored") or [], 1):
        if (
            not isinstance(entry, dict)
            or set(entry) != {"files", "reason"}
            or not isinstance(entry["files"], list)
        ):
            problems.append(f"ignored, entry {n}: it needs `files` (a list) and `reason`, nothing else")
    problems += [
        f"feeds.{name}: write its keys below it"
        for name, e in raw["feeds"].items()
        if not isinstance(e, dict)
    ]
    return problems


def feed_problems(name: str, raw: dict[str, Any], tables: dict[str, Table]) -> list[str]:
    """Problems of one feed."""
    where = f"feeds.{name}"
    problems = [
        f"{where}: {k} is not a known key; known: {', '.join(sorted(FEED_KEYS))}"
        for k in sorted(set(raw) - FEED_KEYS)
    ]
    if raw.get("table") not in tables:
        return [*problems, f"{where}: table {raw.get('table')!r} is unknown; known: {', '.join(tables)}"]
    table = tables[raw["table"]]
    names = [f.name for f in table.fields]
    if not isinstance(raw.get("files"), list) or not raw["files"]:
        problems.append(f"{where}: files: write a list of file patterns such as ['directory/list_*.xlsx']")
    variables, found = _turns(f"{where}.turns", raw.get("turns"))
    problems += found
    common = raw.get("columns") or {}
    variants = raw.get("variants") or [{}]
    if (
        not isinstance(common, dict)
        or not isinstance(variants, list)
        or not all(isinstance(v, dict) for v in variants)
    ):
        return [*problems, f"{where}: columns is a mapping of column names, variants a list of such mappings"]
    for n, variant in enumerate(variants, 1):
        at = f"{where}.columns" if len(variants) == 1 else f"{where}, variant {n}"
        columns = {**common, **variant}
        problems += [
            f"{at}: {c} is no column of {table.name}; it has {', '.join(names)}"
            for c in columns
            if c not in names
        ]
        problems += [
            f"{at}: {f.name} is missing; every row needs it"
            for f in table.fields
            if f.required and f.name not in columns
        ]
        for column, spec in columns.items():
            if column in names:
                problems += _spec_problems(f"{at}.{column}", spec, set(columns), variables, table, column)
        problems += _circles(at, columns)
        for key in ("skip_blank", "sums"):
            problems += [
                f"{at}: {key} names {c}, which is not mapped" for c in raw.get(key) or () if c not in columns
            ]
    return list(dict.fromkeys(problems))


def _turns(where: str, raw: Any) -> tuple[set[str], list[str]]:
    if raw is None:
        return set(), []
    if not isinstance(raw, dict) or len(raw) != 1 or next(iter(raw)) not in ("columns", "each"):
        return set(), [
            f"{where}: write either `columns` (a pattern of names) or `each` (a variable and its values)"
        ]
    if "columns" in raw:
        pattern, problems = _pattern(where + ".columns", raw["columns"])
        if pattern is not None and not pattern.groupindex:
            problems.append(f"{where}.columns: name a group in it, as (?P<year>\\d{{4}})")
        return set(pattern.groupindex) if pattern else set(), problems
    each = raw["each"]
    if not isinstance(each, dict) or not all(isinstance(v, dict) and v for v in each.values()):
        return set(), [f"{where}.each: write a variable and below it `text in the column names: value`"]
    return set(each), []


def _pattern(where: str, text: Any, groups: int = 0) -> tuple[re.Pattern[str] | None, list[str]]:
    try:
        pattern = re.compile(str(text))
    except re.error as e:
        return None, [f"{where}: {text!r} is not a regular expression: {e}"]
    if pattern.groups < groups:
        return None, [f"{where}: {text!r} needs a group in parentheses around the part to keep"]
    return pattern, []


def _spec_problems(
    where: str, raw: Any, mapped: set[str], variables: set[str], table: Table, column: str
) -> list[str]:
    if not isinstance(raw, dict):
        return [f"{where}: write where the column comes from, as {{from: Name}}"]
    problems = [
        f"{where}: {k} is not a known key; known: {', '.join(sorted({*SOURCES, *STEPS}))}"
        for k in sorted(set(raw) - {*SOURCES, *STEPS})
    ]
    sources = [s for s in SOURCES if s in raw]
    if len(sources) != 1:
        problems.append(
            f"{where}: needs exactly one of {', '.join(SOURCES)}; it has {', '.join(sources) or 'none'}"
        )
    problems += [
        p
        for key in ("take", "file", "newest")
        if key in raw
        for p in _pattern(f"{where}.{key}", raw[key], 1)[1]
    ]
    for key, choices in CHOICES.items():
        if key in raw and raw[key] not in choices:
            problems.append(f"{where}: {key} is {raw[key]!r}; it may be {' or '.join(choices)}")
    for key in ("width", "add_days"):
        if key in raw and (not isinstance(raw[key], int) or isinstance(raw[key], bool)):
            problems.append(f"{where}: {key} is {raw[key]!r}; write a whole number")
    if "required" in raw and not isinstance(raw["required"], bool):
        problems.append(f"{where}: required is true or false")
    if "scale" in raw and not re.fullmatch(r"\d+(\.\d+)?", str(raw["scale"])):
        problems.append(f"{where}: scale is {raw['scale']!r}; write a number such as 100")
    problems += _shape_problems(where, raw)
    if any(p.startswith(where) and "write" in p for p in problems):
        return problems
    for text in _templates(raw):
        used = set(re.findall(r"\{(\w+)\}", text))
        problems += [
            f"{where}: {{{v}}} in {text!r} is no variable of turns" for v in sorted(used - variables)
        ]
    if "variable" in raw and raw["variable"] not in variables:
        problems.append(f"{where}: variable {raw['variable']!r} is none of turns")
    named = [raw["of"]] if "of" in raw else []
    named += [*raw.get("marker_of", ()), *raw.get("only_where", ())]
    problems += [f"{where}: it names {c}, which is not mapped" for c in named if c not in mapped]
    code_set = table.field(column).code_set
    if code_set is not None:
        given = [*raw.get("codes", {}).values(), raw.get("otherwise"), raw.get("constant")]
        problems += [
            f"{where}: {v!r} is no code of {code_set.name}; codes: {', '.join(code_set.codes)}"
            for v in given
            if v is not None and str(v) not in code_set.codes
        ]
    if "or" in raw:
        problems += _spec_problems(f"{where}.or", raw["or"], mapped, variables, table, column)
    return problems


def _shape_problems(where: str, raw: dict[str, Any]) -> list[str]:
    problems = []
    for key in ("codes", "flags"):
        if key in raw and not isinstance(raw[key], dict):
            problems.append(f"{where}.{key}: write `text in the file: code`, one a line")
        elif any(isinstance(k, bool) for k in raw.get(key, ())):
            problems.append(
                f"{where}.{key}: write Yes, No, On, Off in quotation marks; YAML reads them as true and false"
            )
    if "join" in raw and not (
        isinstance(raw["join"], list)
        and raw["join"]
        and all(isinstance(p, dict) and "from" in p and set(p) <= {"from", "width"} for p in raw["join"])
    ):
        problems.append(f"{where}.join: write a list of {{from: Name, width: digits}}")
    for key, length in (("marker_of", None), ("only_where", 2)):
        if key in raw and not (isinstance(raw[key], list) and (length is None or len(raw[key]) == length)):
            problems.append(f"{where}.{key}: write a list of {'two ' if length else ''}column names")
    return problems


def _templates(raw: dict[str, Any]) -> list[str]:
    texts = raw.get("from", [])
    found = list(map(str, texts)) if isinstance(texts, list) else [str(texts)]
    for part in raw.get("join", ()):
        found += list(map(str, part["from"])) if isinstance(part["from"], list) else [str(part["from"])]
    return found


def _circles(where: str, columns: dict[str, Any]) -> list[str]:
    """Columns that are made of each other in a circle."""

    def parents(column: str) -> list[str]:
        spec = columns.get(column)
        found: list[str] = []
        while isinstance(spec, dict):
            found += [spec["of"]] if isinstance(spec.get("of"), str) else []
            found += [c for key in ("marker_of", "only_where") for c in spec.get(key) or ()]
            spec = spec.get("or")
        return found

    problems = []
    for start in columns:
        seen: set[str] = set()
        waiting = parents(start)
        while waiting:
            column = waiting.pop()
            if column == start:
                problems.append(f"{where}: {start} is made of itself in a circle")
                break
            if column not in seen:
                seen.add(column)
                waiting += parents(column)
    return problems
