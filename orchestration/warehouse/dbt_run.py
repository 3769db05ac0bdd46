"""dbt against the build file: its arguments, its environment, and what its failure says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from orchestration.errors import BuildError
from orchestration.settings import DBT_PROJECT, Settings


def dbt_environment(settings: Settings) -> dict[str, str]:
    """What profiles.yml reads from the environment."""
    return {
        "INTERLACE_BUILD_FILE": str(settings.build_file),
        "INTERLACE_DBT_THREADS": str(settings.threads),
        "INTERLACE_DBT_MEMORY": settings.memory_limit,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def build_args() -> list[str]:
    """dbt's arguments for a night: seeds, models, and every data test. Unit tests belong to development."""
    return ["build", "--exclude-resource-type", "unit_test"]


def dbt(args: list[str], settings: Settings, target: Path) -> None:
    """Run dbt as a command, for tests and tools; a night runs it through Dagster.

    Raises:
        BuildError: with the failing nodes and their messages.
    """
    target.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [dbt_executable(), *args, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
         "--target-path", str(target), "--log-path", str(target / "logs")],
        env={**os.environ, **dbt_environment(settings)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise BuildError("\n".join(failures(target)) or (done.stdout + done.stderr)[-4000:])


def dbt_executable() -> str:
    """The dbt command of this Python's environment."""
    found = Path(sys.executable).with_name("dbt")
    return str(found) if found.exists() else "dbt"


def failures(target: Path) -> list[str]:
    """One line for each node that failed in the last run, from dbt's own record of it."""
    path = target / "run_results.json"
    if not path.exists():
        return []
    lines = []
    for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
        if result["status"] in ("error", "fail"):
            lines.append(_failure_line(result))
    return lines


def _failure_line(result: dict[str, Any]) -> str:
    kind, _, name = result["unique_id"].partition(".")
    name = name.split(".")[1] if kind == "test" else name.split(".")[-1]
    message = " ".join((result.get("message") or "").split())
    return f"dbt {kind} {name}: {message}"


def mart_names(manifest: Path) -> list[str]:
    """Names of the models that are published, from dbt's manifest."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return sorted(n["name"] for n in nodes if n["resource_type"] == "model" and n["schema"] == "marts")
