"""DuckDB's memory limit inside dbt: a plugin of dbt-duckdb, loaded by dbt alone.

dbt parses the whole project anew, at thirteen processor seconds, where anything of the profile reads otherwise than in
its cache. So the profile names this module, which is the same in every home, and the limit lies beside the build file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

FILE = "memory_limit"  # in the folder of the build file


class Plugin(BasePlugin):
    """Opens the build file with the home's limit."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Set the limit before the file is opened; without a file (the project is only parsed) DuckDB's own stands."""
        file = Path(creds.path).parent / FILE
        if file.exists():
            config["memory_limit"] = file.read_text(encoding="utf-8").strip()
