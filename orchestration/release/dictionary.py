"""The dictionary that goes with a release: what every mart and column means, as data and in the database.

    dictionary/dictionary.json   everything, for programs
               dictionary.csv    one row per mart and column
               index.html        the same as a page that works without a network (dictionary_page.py)
    datapackage.json             the Parquet files as a Frictionless Data Package (data_package.py)

One audience, one dictionary: whoever writes a folder of marts calls `write_dictionary` with what that folder holds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import storage
from orchestration.content import MartContent, literal, quoted

JSON = "dictionary.json"
COLUMNS = ("mart", "grain", "column", "type", "meaning", "unit", "codes", "since", "since_release")
CODES_IN_A_COMMENT = 12  # more would hide the meaning; the dictionary has them


@dataclass(frozen=True)
class Heading:
    """What a dictionary says of the release that it is of.

    Args:
        state: the state's name.
        release_id: the release.
        as_of: its night, as ISO text.
        audience: internal or public.
        contract: version of the marts' contract, and what it has announced (contract.py).
    """

    state: str
    release_id: str
    as_of: str
    audience: str
    contract: Mapping[str, Any]


UNNAMED = Heading("", "", "", "internal", {})


def dictionary_rows(
    dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]
) -> list[dict[str, str]]:
    """One row per mart and column in the table's order; types are those the release holds.

    Args:
        dictionary: by mart `description`, `grain` and `columns`, by column `description`, `unit`, `codes` …
            (warehouse.dictionary says all of it) and `since` (since.py); what is missing stays blank.
        contents: the release's marts.
    """
    rows = []
    for mart, content in contents.items():
        entry = dictionary.get(mart) or {}
        for name, kind in content.columns:
            column = (entry.get("columns") or {}).get(name) or {}
            since = column.get("since") or {}
            rows.append(
                {
                    "mart": mart,
                    "grain": _text(entry.get("grain")),
                    "column": name,
                    "type": kind,
                    "meaning": _text(column.get("description")),
                    "unit": _text(column.get("unit")),
                    "codes": _codes_in_words(column),
                    "since": since.get("as_of", "")[:10],
                    "since_release": since.get("release_id", ""),
                }
            )
    return rows


def whole_dictionary(
    dictionary: Mapping[str, Any], contents: Mapping[str, MartContent], heading: Heading
) -> dict[str, Any]:
    """What dictionary.json holds: the release, its marts with their columns, and every code list once."""
    lists: dict[str, Any] = {}
    marts: dict[str, Any] = {}
    for mart, content in contents.items():
        entry = dictionary.get(mart) or {}
        columns = []
        for name, kind in content.columns:
            column = (entry.get("columns") or {}).get(name) or {}
            codes = column.get("codes")
            if codes:
                lists[codes["name"]] = {k: codes[k] for k in ("title", "source", "labels", "also")}
            columns.append(
                {
                    "column": name,
                    "type": kind,
                    "meaning": _text(column.get("description")),
                    "unit": _text(column.get("unit")),
                    "codes": codes["name"] if codes else None,
                    "several": bool(column.get("several")),
                    "values": column.get("values"),
                    "references": column.get("references"),
                    "since": column.get("since"),
                }
            )
        key, required = list(entry.get("key") or []), list(entry.get("required") or [])
        if heading.audience == "public":  # a figure on few persons is hidden there, so only keys are sure
            required = [c for c in required if c in key]
        marts[mart] = {
            "description": _text(entry.get("description")),
            "grain": _text(entry.get("grain")),
            "key": key,
            "required": required,
            "rows": content.rows,
            "key_figures": list(entry.get("key_figures") or []),
            "since": entry.get("since"),
            "columns": columns,
        }
    return {"release": vars(heading), "marts": marts, "code_lists": lists}


def write_dictionary(
    folder: Path,
    dictionary: Mapping[str, Any],
    contents: Mapping[str, MartContent],
    heading: Heading = UNNAMED,
) -> None:
    """Write the dictionary of one audience: into `folder`, and datapackage.json beside it.

    Args:
        folder: the audience's `dictionary` folder, not made yet; its Parquet files stand beside it.
        dictionary: as for `dictionary_rows`.
        contents: the marts of that audience, with the columns that they have there.
        heading: of which release.
    """
    from orchestration.release.data_package import write_data_package
    from orchestration.release.dictionary_page import dictionary_page

    folder.mkdir()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dictionary_rows(dictionary, contents))
    (folder / "dictionary.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    whole = whole_dictionary(dictionary, contents, heading)
    (folder / JSON).write_bytes(storage.canonical_json(whole) + b"\n")
    (folder / "index.html").write_text(dictionary_page(whole), encoding="utf-8")
    write_data_package(folder.parent, whole)


def comment_tables(
    connection: duckdb.DuckDBPyConnection, dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]
) -> None:
    """Put the dictionary into the database, where every tool shows it."""
    connection.execute("begin")  # one by one each of two thousand would be written to disk by itself
    for statement in _comments(dictionary, contents):
        connection.execute(statement)
    connection.execute("commit")


def _comments(dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]) -> Iterator[str]:
    for mart in contents:
        entry = dictionary.get(mart) or {}
        if description := _text(entry.get("description")):
            since = _since_in_words(entry)
            yield f"comment on table {quoted(mart)} is {literal(f'{description}{since}')}"
        for name, _ in contents[mart].columns:
            column = (entry.get("columns") or {}).get(name) or {}
            meaning = _text(column.get("description"))
            if column.get("unit"):
                meaning = f"{meaning} [{_text(column['unit'])}]"
            if codes := _codes_in_words(column, most=CODES_IN_A_COMMENT):
                meaning = f"{meaning} Codes: {codes}."
            if meaning:
                text = literal(f"{meaning}{_since_in_words(column)}")
                yield f"comment on column {quoted(mart)}.{quoted(name)} is {text}"


def _codes_in_words(column: Mapping[str, Any], most: int | None = None) -> str:
    """`lea = An LEA with its schools; state = The state`; the list's title alone where there are more than `most`."""
    codes = column.get("codes")
    if not codes:
        return ""
    labels = shown_codes(codes["labels"], column.get("values"))
    if most is not None and len(labels) > most:
        return f"{codes['title']}, {len(labels)} of them, in the dictionary"
    return "; ".join(f"{code} = {' '.join(label.split())}" for code, label in labels.items())


def shown_codes(labels: Mapping[str, str], values: list[str] | None) -> dict[str, str]:
    """The codes of a list that a column may hold: all, or those that a test allows."""
    return dict(labels) if values is None else {v: labels.get(v, "") for v in values}


def _since_in_words(entry: Mapping[str, Any]) -> str:
    since = entry.get("since")
    return f" Since {since['as_of'][:10]} ({since['release_id']})." if since else ""


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if value is not None else ""
