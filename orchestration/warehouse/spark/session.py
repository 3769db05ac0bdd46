"""The Spark session that a night's dbt runs in, set so that SQL means what it means on DuckDB."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

# What a statement means, on every cluster.
MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.parser.escapedStringLiterals": "true",  # a backslash in a text is a backslash
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # times without offset, as the lake holds them
    "spark.sql.catalogImplementation": "in-memory",  # of one night; the tables' files are what stays
}


def configuration(
    master: str, folder: Path, *, threads: int, memory: str, partitions: int | None = None
) -> dict[str, str]:
    """Settings of a session.

    Args:
        master: Spark's master: `local[2]`, or the address of a cluster, `spark://host:7077`.
        folder: where tables and what does not fit into memory go; every worker must see it.
        threads: processors of this machine to use, where Spark runs in this process.
        memory: of the driver and of each executor, as `3g`.
        partitions: parts of a shuffle; two a thread where None.
    """
    return {
        **MEANING,
        "spark.master": master,
        "spark.app.name": "interlace",
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.local.dir": str(folder / "spill"),
        "spark.sql.shuffle.partitions": str(partitions or 2 * threads),
    }


def start(settings: dict[str, str]) -> Any:
    """A session with these settings, for this process; dbt-spark finds it."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def fresh_folder(folder: Path) -> Path:
    """An empty folder for a night's tables."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
