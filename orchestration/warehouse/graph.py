"""Which models rest on which, from dbt's manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

from orchestration.content import MARTS


def marts_in_order(manifest: Path) -> list[str]:
    """Names of the marts, each after those that it reads."""
    read = json.loads(manifest.read_text(encoding="utf-8"))
    nodes = {k: v for k, v in read["nodes"].items() if v["resource_type"] in ("model", "seed")}
    parents = {k: [p for p in read["parent_map"][k] if p in nodes] for k in nodes}
    return [
        nodes[k]["name"] for k in TopologicalSorter(parents).static_order() if nodes[k]["schema"] == MARTS
    ]


def resting_on(manifest: Path, changed: Iterable[str]) -> frozenset[str]:
    """Names of all models that rest on any of the given sources and models, these models included.

    Args:
        manifest: dbt's manifest.
        changed: dbt's ids.
    """
    children = json.loads(manifest.read_text(encoding="utf-8"))["child_map"]
    found: set[str] = set()
    waiting = list(changed)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += children.get(node, [])
    return frozenset(node.rpartition(".")[2] for node in found if node.startswith("model."))
