"""A night's models as one file of plain SQL, for the bare script: dbt's compiled SQL in its order, no dbt.

    python -m tests.benchmarks.plain_sql HOME FOLDER

Reads the home's last night (its dbt manifest and compiled models). FOLDER gets `marts.sql` and, as Parquet, what
a bare script would have as files of its own: the policy, the run's facts and the feeds that the night had read.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb

from orchestration import lake
from orchestration.content import literal, quoted
from orchestration.settings import PROJECT
from orchestration.warehouse.build_file import view_sql

TABLES_OF_POLICY = ("run", "policy")
SPLIT = "\n-- next\n"


def main(home: Path, folder: Path) -> None:
    """Write the SQL and the files beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((home / "warehouse" / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(home / "warehouse" / "warehouse.duckdb"), read_only=True) as db:
        statements = ["create schema lake", *_lake(db, folder)]
        schemas = sorted({n["schema"] for n in _nodes(manifest)})
        statements += [f"create schema {s}" for s in schemas]
        statements += [_statement(db, n) for n in _in_order(manifest)]
    # dbt writes the database's name before each relation; a script's own database has another
    text = SPLIT.join(statements).replace('"warehouse".', "")
    (folder / "marts.sql").write_text(text, encoding="utf-8")


def _lake(db: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Views over what the script reads and writes: submissions are its own, the rest lies beside the SQL."""
    statements = []
    for (table,) in db.execute(
        "select table_name from information_schema.tables where table_schema = 'lake' order by 1"
    ).fetchall():
        columns = lake.table_columns().get(table, {})
        file = folder / f"{table}.parquet"
        if not columns or table.startswith("feed__"):
            db.execute(f"copy (select * from lake.{quoted(table)}) to {literal(str(file))} (format parquet)")
            statements.append(
                f"create view lake.{quoted(table)} as select * from read_parquet({literal(str(file))})"
            )
        elif table in ("intake__findings", "intake__withdrawals"):
            statements.append(f"create table lake.{quoted(table)} as {view_sql(columns, [])}")
        # the submissions' tables are the script's own to make
    return statements


def _nodes(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [n for n in manifest["nodes"].values() if n["resource_type"] in ("model", "seed")]


def _in_order(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Models and seeds, each after what it reads."""
    nodes = {n["unique_id"]: n for n in _nodes(manifest)}
    done: dict[str, None] = {}

    def add(name: str) -> None:
        if name in nodes and name not in done:
            for before in sorted(nodes[name].get("depends_on", {}).get("nodes", ())):
                add(before)
            done[name] = None

    for name in sorted(nodes):
        add(name)
    return [nodes[name] for name in done]


def _statement(db: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> str:
    name = f"{node['schema']}.{quoted(node['name'])}"
    if node["resource_type"] == "seed":
        columns = db.execute(f"describe select * from {name}").fetchall()
        types = ", ".join(f"{literal(c[0])}: {literal(c[1])}" for c in columns)
        path = literal(str(PROJECT / "seeds" / Path(node["path"]).name))
        return f"create table {name} as select * from read_csv({path}, header = true, columns = {{{types}}})"
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f"create {kind} {name} as {node['compiled_code']}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
