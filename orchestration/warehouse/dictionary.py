"""What every mart and column means, from dbt's manifest, for the release's dictionary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def mart_dictionary(manifest: Path) -> dict[str, dict[str, Any]]:
    """By mart: description, grain, key, audience, public form, and by column its type, meaning and unit."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    marts = [n for n in nodes if n["resource_type"] == "model" and n["schema"] == "marts"]
    return {n["name"]: _mart(n) for n in sorted(marts, key=lambda n: n["name"])}


def _mart(node: dict[str, Any]) -> dict[str, Any]:
    meta = node["config"].get("meta", {})
    return {
        "description": node["description"],
        "grain": meta["grain"],
        "key": meta["key"],
        "audience": meta["audience"],
        "public": meta.get("public"),  # read by disclosure.declaration
        "not_public": meta.get("not_public"),
        "columns": {
            c["name"]: {
                "type": c["data_type"],
                "description": c["description"],
                "unit": c.get("config", {}).get("meta", {}).get("unit"),
            }
            for c in node["columns"].values()
        },
    }
