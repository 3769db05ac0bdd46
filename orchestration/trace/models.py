"""The models of a build: their SQL, read once, and in which order they were made."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from orchestration.errors import BadDataError


@dataclass(frozen=True)
class Model:
    """A model, seed or source of the build.

    Args:
        relation: its name with its schema.
        kind: `model`, `seed` or `source`.
        inputs: relations it reads.
        sql: its compiled SQL; blank for a seed or source.
        description: what it is.
        key: columns that name a row of a mart.
    """

    relation: str
    kind: str
    inputs: tuple[str, ...]
    sql: str
    description: str
    key: tuple[str, ...]


class Models:
    """The models of one build, by relation, and the columns of every relation."""

    def __init__(self, manifest: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Read dbt's manifest of the build, and the build file's columns.

        Raises:
            BadDataError: dbt left no manifest of that build.
        """
        if not manifest.is_file():
            raise BadDataError(f"dbt left no manifest of the build ({manifest}); run a night first")
        raw = json.loads(manifest.read_text(encoding="utf-8"))
        nodes = {**raw["nodes"], **raw["sources"]}
        relations = {key: _relation(n) for key, n in nodes.items() if _is_relation(n)}
        self.by_relation = {
            relations[key]: Model(
                relation=relations[key],
                kind=n["resource_type"],
                inputs=tuple(
                    relations[i] for i in n.get("depends_on", {}).get("nodes", ()) if i in relations
                ),
                sql=n.get("compiled_code") or "",
                description=" ".join(str(n.get("description") or "").split()),
                key=tuple(((n.get("config") or {}).get("meta") or {}).get("key") or ()),
            )
            for key, n in nodes.items()
            if key in relations
        }
        self.columns: dict[str, dict[str, str]] = defaultdict(dict)
        for schema, table, column, kind in connection.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            "where table_catalog = current_catalog() order by table_schema, table_name, ordinal_position"
        ).fetchall():
            self.columns[f"{schema}.{table}"][column] = kind
        self._schema: dict[str, Any] = defaultdict(dict)
        for relation, columns in self.columns.items():
            schema, _, table = relation.partition(".")
            self._schema[schema][table] = columns
        self._catalog = str(connection.execute("select current_catalog()").fetchall()[0][0])

    def last_first(self) -> list[str]:
        """Every relation, each after all that read it."""
        order = TopologicalSorter({r: m.inputs for r, m in self.by_relation.items()})
        return list(reversed(list(order.static_order())))

    def scope(self, relation: str) -> Scope | None:
        """The query of a model, its columns qualified; None where it cannot be read."""
        try:
            found = qualify(
                parse_one(self.by_relation[relation].sql, dialect="duckdb"),
                dialect="duckdb",
                schema={self._catalog: self._schema},
            )
        except SqlglotError:
            return None
        return build_scope(found)


def _is_relation(node: dict[str, Any]) -> bool:
    return node["resource_type"] in ("model", "seed", "source")


def _relation(node: dict[str, Any]) -> str:
    return f"{node['schema']}.{node.get('identifier') or node.get('alias') or node['name']}"
