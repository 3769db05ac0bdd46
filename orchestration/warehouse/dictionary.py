"""What every mart and column means, from dbt's manifest and the code lists, for the release's dictionary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from orchestration.warehouse.code_lists import load_code_lists
from orchestration.warehouse.units import load_units

REFERENCE = re.compile(r"ref\('(\w+)'\)")


def mart_dictionary(manifest: Path) -> dict[str, dict[str, Any]]:
    """By mart what it is, by column what it means.

    Returns:
        By mart `description`, `grain`, `key`, `required` (columns that are never empty), `audience`, `public` and
        `not_public` (read by disclosure.declaration), `key_figures` and `columns`; by column `type`, `description`,
        `unit`, `audience` (None: that of the
        mart), `codes` (a code list as `name`, `title`, `source`, `labels` and `also`, or None), `several` (may
        hold several codes, separated by commas), `values` (the codes it may hold, where a test says so) and
        `references` (mart and column whose values it holds, or None).
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    tests = [n for n in nodes if n["resource_type"] == "test" and "test_metadata" in n]
    found = {}
    for node in sorted(nodes, key=lambda n: n["name"]):
        if node["resource_type"] == "model" and node["schema"] == "marts":
            mine = [t for t in tests if t.get("attached_node") == node["unique_id"]]
            found[node["name"]] = _mart(node, mine)
    for mart in found.values():
        for column in mart["columns"].values():
            if column["references"] and column["references"][0] not in found:
                column["references"] = None  # of a seed: its code list says more
    return found


def _mart(node: dict[str, Any], tests: list[dict[str, Any]]) -> dict[str, Any]:
    meta = node["config"].get("meta", {})
    lists, units = load_code_lists(), load_units()
    required = next(_arguments(tests, "holds_contract", None), {}).get("required", [])
    columns = {}
    for c in node["columns"].values():
        name, own = c["name"], c.get("config", {}).get("meta", {})
        codes = lists.of(node["name"], name)
        to = next(_arguments(tests, "relationships", name), None)
        target = REFERENCE.fullmatch(to["to"]) if to else None
        columns[name] = {
            "type": c["data_type"],
            "description": c["description"],
            "unit": own.get("unit") or units.of(node["name"], name, c["data_type"]),
            "audience": own.get("audience"),
            "codes": vars(codes) if codes else None,
            "several": name in lists.several,
            "values": next(_arguments(tests, "accepted_values", name), {}).get("values"),
            "references": [target[1], to["field"]] if to and target else None,
        }
    return {
        "description": node["description"],
        "grain": meta["grain"],
        "key": meta["key"],
        "required": required,
        "audience": meta["audience"],
        "public": meta.get("public"),
        "not_public": meta.get("not_public"),
        "key_figures": meta.get("key_figures", []),
        "columns": columns,
    }


def _arguments(tests: Iterable[dict[str, Any]], kind: str, column: str | None) -> Iterator[dict[str, Any]]:
    for test in tests:
        if test["test_metadata"]["name"] == kind and test.get("column_name") == column:
            yield test["test_metadata"]["kwargs"]
