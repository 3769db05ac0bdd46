"""The dictionary that goes with a release: what every mart and column means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration import storage
from orchestration.content import MartContent, literal, quoted

COLUMNS = ("mart", "grain", "column", "type", "meaning", "unit")


def dictionary_rows(
    dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]
) -> list[dict[str, str]]:
    """One row per mart and column in the table's order; types are those the release holds.

    Args:
        dictionary: by mart `description`, `grain` and `columns`, by column `description` and `unit`.
        contents: the release's marts.
    """
    rows = []
    for mart, content in contents.items():
        entry = dictionary.get(mart) or {}
        for name, kind in content.columns:
            column = (entry.get("columns") or {}).get(name) or {}
            rows.append(
                {
                    "mart": mart,
                    "grain": _text(entry.get("grain")),
                    "column": name,
                    "type": kind,
                    "meaning": _text(column.get("description")),
                    "unit": _text(column.get("unit")),
                }
            )
    return rows


def write_dictionary(
    folder: Path, dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]
) -> None:
    """Write dictionary.csv (one row per column) and dictionary.json (by mart, with keys) into the folder."""
    folder.mkdir()
    rows = dictionary_rows(dictionary, contents)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "dictionary.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    whole = {
        mart: {
            "description": _text((dictionary.get(mart) or {}).get("description")),
            "grain": _text((dictionary.get(mart) or {}).get("grain")),
            "key": list((dictionary.get(mart) or {}).get("key") or []),
            "rows": content.rows,
            "columns": [
                {k: r[k] for k in ("column", "type", "meaning", "unit")} for r in rows if r["mart"] == mart
            ],
        }
        for mart, content in contents.items()
    }
    (folder / "dictionary.json").write_bytes(storage.canonical_json(whole) + b"\n")


def comment_tables(
    connection: duckdb.DuckDBPyConnection, dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]
) -> None:
    """Put the dictionary into the database, where every tool shows it."""
    for statement in _comments(dictionary, contents):
        connection.execute(statement)


def _comments(dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]) -> Iterator[str]:
    for mart in contents:
        description = _text((dictionary.get(mart) or {}).get("description"))
        if description:
            yield f"comment on table {quoted(mart)} is {literal(description)}"
    for row in dictionary_rows(dictionary, contents):
        meaning = f"{row['meaning']} [{row['unit']}]" if row["unit"] else row["meaning"]
        if meaning:
            yield f"comment on column {quoted(row['mart'])}.{quoted(row['column'])} is {literal(meaning)}"


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if value is not None else ""
