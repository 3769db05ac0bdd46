"""Which models rest on which, from dbt's manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

from orchestration.content import MARTS


def model_id(name: str) -> str:
    """dbt's id of a model."""
    return f"model.interlace.{name}"


def marts_in_order(manifest: Path) -> list[str]:
    """Names of the marts, each after those that it reads."""
    return [name for schema, name in tables_in_order(manifest) if schema == MARTS]


def tables_in_order(manifest: Path, among: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """(schema, name) of every model that is a table (of those given), each after all that it reads."""
    read = json.loads(manifest.read_text(encoding="utf-8"))
    nodes = {k: v for k, v in read["nodes"].items() if v["resource_type"] == "model"}
    parents = {k: [p for p in read["parent_map"][k] if p in nodes] for k in nodes}
    return [
        (nodes[k]["schema"], nodes[k]["name"])
        for k in TopologicalSorter(parents).static_order()
        if nodes[k]["config"]["materialized"] == "table" and (among is None or k in among)
    ]


def resting_on(manifest: Path, changed: Iterable[str], generations: int | None = None) -> frozenset[str]:
    """dbt's ids of all models that rest on any of the given sources and models, these models included.

    Args:
        manifest: dbt's manifest.
        changed: dbt's ids.
        generations: how far to go; all the way where None.
    """
    children = _children(manifest)
    found, newest = set(changed), set(changed)
    while newest and generations != 0:
        newest = {child for node in newest for child in children.get(node, ())} - found
        found |= newest
        generations = None if generations is None else generations - 1
    return frozenset(node for node in found if node.startswith("model."))


def on_the_rim(manifest: Path, nodes: frozenset[str]) -> frozenset[str]:
    """Those of the given models that a model which is not given reads."""
    children = _children(manifest)
    return frozenset(node for node in nodes if not children.get(node, set()) <= nodes)


def readers_of(manifest: Path, nodes: Iterable[str]) -> frozenset[str]:
    """dbt's ids of the models that read any of the given sources and models."""
    children = _children(manifest)
    return frozenset(child for node in nodes for child in children.get(node, ()))


def _children(manifest: Path) -> dict[str, set[str]]:
    found = json.loads(manifest.read_text(encoding="utf-8"))["child_map"]
    return {node: {c for c in children if c.startswith("model.")} for node, children in found.items()}
