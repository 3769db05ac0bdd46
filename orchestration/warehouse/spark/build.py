"""A night's models on Spark: what dbt is started with, and its tables brought back into the build file.

dbt runs in a process of its own that makes the session and the lake's tables first
(`dbt_command`); what it makes are Parquet files below `warehouse/spark/tables`. They go into the build file
under the names they would have there, so that tests, gate and release find nothing changed.
"""

from __future__ import annotations

import logging
import shlex
import shutil
import sys
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration import storage
from orchestration.content import literal, quoted
from orchestration.errors import BuildError
from orchestration.settings import Settings
from orchestration.warehouse.build_file import standing_files
from orchestration.warehouse.dbt_run import DbtRun, project_folder
from orchestration.warehouse.spark.installed import check_spark
from orchestration.warehouse.spark.lake import lay_lake
from orchestration.warehouse.spark.session import session_settings

log = logging.getLogger("interlace")

ARGS = [
    "build",
    "--exclude-resource-type",
    "unit_test",
    "--exclude-resource-type",
    "test",
    "--log-level-file",
    "none",
]


def spark_run(settings: Settings) -> DbtRun:
    """A start of dbt on Spark over the lake of the fresh build file; afterwards the file holds what it made.

    Raises:
        ConfigError: Spark or Java is not installed.
    """
    check_spark()
    folder = spark_folder(settings)
    for name in ("lake", "tables", "spill"):
        shutil.rmtree(folder / name, ignore_errors=True)
    target = folder / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    (target / "run_results.json").unlink(missing_ok=True)
    plan = {
        "session": session_settings(settings, folder),
        "lake": lay_lake(settings.build_file, standing_files(settings), folder / "lake"),
    }
    storage.write_json(folder / "plan.json", plan)
    return DbtRun(
        args=ARGS,
        executable=str(_command(folder)),
        target=target,
        profile=_profile(folder, settings.threads),
        folder=project_folder(settings),
        after=lambda: bring_back(settings),
    )


def spark_folder(settings: Settings) -> Path:
    """Where Spark works: its view of the lake, its tables, dbt's artifacts."""
    return settings.warehouse / "spark"


def bring_back(settings: Settings) -> None:
    """Put every table that Spark made into the build file, and make the views there: of SQL that both engines run.

    Raises:
        BuildError: a table has no files.
    """
    folder = spark_folder(settings)
    manifest = storage.read_json(folder / "dbt" / "manifest.json")
    nodes = _made(manifest)
    log.info("bringing %s tables from Spark into the build file", len(nodes))
    options: dict[str, Any] = {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "preserve_insertion_order": False,
    }
    with duckdb.connect(str(settings.build_file), config=options) as db:
        for schema in sorted({n["schema"] for n in nodes}):
            db.execute(f"create schema if not exists {quoted(schema)}")
        for node in nodes:
            db.execute(f"create {_definition(node, folder / 'tables')}")
        db.execute("checkpoint")
    for name in ("tables", "lake", "spill"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _made(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nodes that were built: tables first, and every view after those that it reads."""
    nodes = {i: n for i, n in manifest["nodes"].items() if n["resource_type"] in ("model", "seed")}
    views = {i: n for i, n in nodes.items() if n["config"]["materialized"] == "view"}
    ordered = TopologicalSorter({i: set(n["depends_on"]["nodes"]) & set(views) for i, n in views.items()})
    return [nodes[i] for i in (*(i for i in sorted(nodes) if i not in views), *ordered.static_order())]


def _definition(node: Mapping[str, Any], tables: Path) -> str:
    name = f"{quoted(node['schema'])}.{quoted(node['name'])}"
    if node["config"]["materialized"] == "view":
        return f"view {name} as {node['compiled_code']}"
    files = tables / f"{node['schema']}.db" / node["name"]
    if not any(files.glob("*.parquet")):
        raise BuildError(f"Spark left no file of {node['schema']}.{node['name']} in {files}")
    return f"table {name} as select * from read_parquet({literal(str(files / '*.parquet'))})"


def _profile(folder: Path, threads: int) -> Path:
    """Write dbt's profile; its folder."""
    output = {"type": "spark", "method": "session", "host": "NA", "schema": "main", "threads": threads}
    profile = {"interlace": {"target": "spark", "outputs": {"spark": output}}}
    storage.write_whole(folder / "profile" / "profiles.yml", yaml.safe_dump(profile).encode())
    return folder / "profile"


def _command(folder: Path) -> Path:
    """Write the command that stands in for dbt's: the same arguments, with a session ready."""
    command = folder / "dbt-on-spark"
    module = [sys.executable, "-m", "orchestration.warehouse.spark.dbt_command", str(folder / "plan.json")]
    storage.write_whole(command, f'#!/bin/sh\nexec {shlex.join(module)} "$@"\n'.encode())
    command.chmod(0o755)
    return command
