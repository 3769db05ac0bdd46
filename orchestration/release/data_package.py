"""datapackage.json: the Parquet files of one audience as a Frictionless Data Package (version 1).

It lies beside `parquet/`, not in `dictionary/`: the specification forbids paths that lead upwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration import storage

FILE = "datapackage.json"
PARQUET = "parquet"
# Table Schema's type for each DuckDB type; whole numbers of any width are `integer`
TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "TIME": "time",
    "DOUBLE": "number",
    "FLOAT": "number",
    "UUID": "string",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "integer"),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), "integer"),
}


def write_data_package(folder: Path, whole: Mapping[str, Any]) -> None:
    """Write datapackage.json into an audience's folder.

    Args:
        folder: holds `parquet/`.
        whole: what dictionary.json holds.
    """
    (folder / FILE).write_bytes(storage.canonical_json(data_package(folder, whole)) + b"\n")


def data_package(folder: Path, whole: Mapping[str, Any]) -> dict[str, Any]:
    """The package: one resource per mart whose Parquet file is there, with type, meaning, unit and codes of each column."""
    release, marts = whole["release"], whole["marts"]
    there = [m for m in marts if (folder / PARQUET / f"{m}.parquet").is_file()]
    package = {
        "profile": "data-package",
        "name": f"interlace-marts-{release['audience']}",
        "title": f"{release['state']}: marts of the school-improvement network".removeprefix(": "),
        "description": "Every mart of one release, as Parquet. The release's manifest.json says what it was made from.",
        "resources": [_resource(folder, m, marts[m], whole["code_lists"], there) for m in there],
    }
    if release["release_id"]:
        package["id"] = release["release_id"]
        package["version"] = str(release["contract"].get("version", ""))
        package["created"] = f"{release['as_of']}Z"  # the night, in UTC; the clock has no say in a release
    return package


def _resource(
    folder: Path, mart: str, entry: Mapping[str, Any], lists: Mapping[str, Any], there: list[str]
) -> dict[str, Any]:
    path = f"{PARQUET}/{mart}.parquet"
    schema: dict[str, Any] = {
        "fields": [_field(c, entry, lists) for c in entry["columns"]],
        "missingValues": [],  # Parquet has its own null; an empty text is a text
    }
    held = {c["column"] for c in entry["columns"]}
    if entry["key"] and held.issuperset(entry["key"]):
        schema["primaryKey"] = entry["key"]
    foreign = [
        {
            "fields": c["column"],
            # the specification writes a table's reference to itself as an empty name
            "reference": {
                "resource": "" if c["references"][0] == mart else c["references"][0],
                "fields": c["references"][1],
            },
        }
        for c in entry["columns"]
        if c["references"] and c["references"][0] in there
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "profile": "data-resource",  # a tabular one is CSV by the specification
        "name": mart,
        "path": path,
        "title": entry["grain"] or mart,
        "description": entry["description"],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{storage.sha256_file(folder / path)}",
        "schema": schema,
    }


def _field(column: Mapping[str, Any], entry: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    codes = lists.get(column["codes"]) if column["codes"] else None
    constraints: dict[str, Any] = {}
    if column["column"] in entry["required"]:
        constraints["required"] = True
    if column["values"] and not column["several"]:
        constraints["enum"] = column["values"]
    field: dict[str, Any] = {"name": column["column"], "type": _type(column["type"])}
    if column["meaning"]:
        field["description"] = column["meaning"]
    if constraints:
        field["constraints"] = constraints
    if column["unit"]:
        field["unit"] = column["unit"]
    if codes:
        shown = column["values"] or list(codes["labels"])
        field["codes"] = [{"value": v, "label": codes["labels"].get(v, "")} for v in shown]
    if column["since"]:
        field["since"] = column["since"]
    return field


def _type(kind: str) -> str:
    if kind.startswith("DECIMAL("):
        return "number"
    return TYPES.get(kind, "any")
