"""The Spark session that a night's dbt runs in, set so that SQL means what it means on DuckDB."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

from orchestration.settings import Settings

# What a statement means, on every cluster.
MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # times without offset, as the lake holds them
    "spark.sql.catalogImplementation": "in-memory",  # a night's; the tables' files are what stays
}

# Where all of it is on one machine: bound to loopback, and no executor is given up because the machine slept.
HERE = {
    "spark.driver.host": "127.0.0.1",
    "spark.network.timeout": "3600s",
    "spark.executor.heartbeatInterval": "60s",
}


def session_settings(settings: Settings, folder: Path) -> dict[str, str]:
    """What a night's session is started with.

    Args:
        settings: of the home.
        folder: where tables and what does not fit into memory go; every worker must see it.
    """
    return {
        "spark.master": settings.spark_master,
        "spark.app.name": "interlace",
        "spark.driver.memory": settings.spark_memory,
        "spark.executor.memory": settings.spark_memory,
        "spark.sql.shuffle.partitions": str(settings.spark_partitions),
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.local.dir": str(folder / "spill"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        **(HERE if is_on_this_machine(settings.spark_master) else {}),
        **dict(settings.spark_settings),
        **MEANING,
    }


def is_on_this_machine(master: str) -> bool:
    """Whether nothing but this machine takes part."""
    return master.startswith("local") or "//127.0.0.1:" in master or "//localhost:" in master


def start(settings: dict[str, str]) -> Any:
    """A session with these settings, for this process; dbt-spark finds it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of pandas, which nothing here hands to Spark
        from pyspark.sql import SparkSession
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)  # dbt says what failed

    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
