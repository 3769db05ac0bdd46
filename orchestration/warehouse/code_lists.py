"""What the codes in marts' columns mean: dbt_project/code_lists.yml, resolved to codes with labels."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.contracts.model import feed_tables, submission_tables
from orchestration.errors import ConfigError
from orchestration.settings import DBT_PROJECT, PROJECT
from orchestration.yaml_text import load_yaml

FILE = DBT_PROJECT / "code_lists.yml"
SEEDS = PROJECT / "seeds"


@dataclass(frozen=True)
class CodeList:
    """Codes with their labels.

    Args:
        name: as in code_lists.yml; of several lists together their names with `+` between them.
        title: what the codes are.
        source: where they stand: a seed, a contract, or code_lists.yml itself.
        labels: label by code, in the order of the source.
        also: what other codes may stand beside them, in words; blank where none may.
    """

    name: str
    title: str
    source: str
    labels: Mapping[str, str]
    also: str = ""


@dataclass(frozen=True)
class CodeLists:
    """All code lists, and which of them hold the codes of which column.

    Args:
        lists: by name.
        columns: names of lists by column, in every mart.
        marts: the same by mart and column; goes before `columns`, and is empty where a column has no codes there.
        several: columns that may hold several codes, separated by commas.
        not_codes: columns whose values look like codes and are none, with the reason.
    """

    lists: Mapping[str, CodeList]
    columns: Mapping[str, tuple[str, ...]]
    marts: Mapping[str, Mapping[str, tuple[str, ...]]]
    several: frozenset[str]
    not_codes: Mapping[str, str]

    def of(self, mart: str, column: str) -> CodeList | None:
        """The codes that a column may hold; None where it holds none."""
        names = self.marts.get(mart, {}).get(column, self.columns.get(column, ()))
        if not names:
            return None
        lists = [self.lists[name] for name in names]
        return CodeList(
            "+".join(names),
            "; ".join(x.title for x in lists),
            "; ".join(dict.fromkeys(x.source for x in lists)),
            {code: label for x in lists for code, label in x.labels.items()},
            "; ".join(x.also for x in lists if x.also),
        )


@cache
def load_code_lists(file: Path = FILE, seeds: Path = SEEDS) -> CodeLists:
    """Read the file and what it names.

    Raises:
        ConfigError: a seed, a column of it or a list that is named is not there.
    """
    raw = load_yaml(file.read_text(encoding="utf-8"))
    lists = {name: _list(name, entry, seeds) for name, entry in raw["lists"].items()}
    columns = {c: _names(names) for c, names in raw["columns"].items()}
    marts = {m: {c: _names(n) for c, n in named.items()} for m, named in raw["marts"].items()}
    named = {n for group in (columns, *marts.values()) for names in group.values() for n in names}
    if missing := sorted(named - set(lists)):
        raise ConfigError(f"{file.name} names lists that it does not have: {', '.join(missing)}")
    return CodeLists(lists, columns, marts, frozenset(raw["several"]), raw["not_codes"])


def _names(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _list(name: str, entry: dict[str, Any], seeds: Path) -> CodeList:
    if "seed" in entry:
        source, labels = f"seeds/{entry['seed']}.csv", _seed(name, entry, seeds)
    elif "contract" in entry:
        tables = submission_tables() if entry["contract"] == "submission" else feed_tables()
        source, labels = f"contract of {entry['contract']}s", {t.name: t.title for t in tables.values()}
    else:
        source = f"dbt_project/{FILE.name}"
        labels = {_code(code): label for code, label in entry["codes"].items()}
    return CodeList(name, entry["title"], source, labels, entry.get("also", ""))


def _code(value: object) -> str:
    if not isinstance(value, str):  # YAML reads a bare `yes` or `1` as something else
        raise ConfigError(f"{FILE.name}: the code {value!r} must be a text; put it in quotes")
    return value


def _seed(name: str, entry: dict[str, Any], seeds: Path) -> dict[str, str]:
    path = seeds / f"{entry['seed']}.csv"
    if not path.is_file():
        raise ConfigError(f"{FILE.name}: list {name} is of {path.name}, which seeds/ does not have")
    with path.open(encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        header = list(reader.fieldnames or ())
        code, label = entry.get("code", header[0]), entry.get("label", header[1])
        if missing := [c for c in (code, label, *entry.get("where", {})) if c not in header]:
            raise ConfigError(f"{FILE.name}: list {name}: {path.name} has no column {', '.join(missing)}")
        labels: dict[str, str] = {}
        for row in reader:
            if all(row[c] == v for c, v in entry.get("where", {}).items()):
                labels.setdefault(row[code], row[label])
        return labels
