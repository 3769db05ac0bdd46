"""The SQL that dbt compiled, of all models, though a night built only some of them.

dbt's manifest of a run has the SQL of the nodes that it ran. Nothing in the SQL hangs on the night, so that of the others is what it
was; a trace of a figure reads it.
"""

from __future__ import annotations

import json
from pathlib import Path

from orchestration import storage

MANIFEST = "manifest.json"


def compiled(target: Path) -> dict[str, str]:
    """By dbt's id the SQL of every node that the manifest in a target folder has compiled."""
    try:
        nodes = json.loads((target / MANIFEST).read_text(encoding="utf-8"))["nodes"]
    except (OSError, ValueError):
        return {}
    return {name: node["compiled_code"] for name, node in nodes.items() if node.get("compiled_code")}


def fill(target: Path, known: dict[str, str]) -> None:
    """Add SQL that is known to the nodes of the manifest that have none."""
    manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    for name, node in manifest["nodes"].items():
        if not node.get("compiled_code") and name in known:
            node["compiled_code"] = known[name]
    storage.write_whole(target / MANIFEST, json.dumps(manifest).encode())
