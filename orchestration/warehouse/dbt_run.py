"""dbt against the build file: its profile, its arguments, and what its failure says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from orchestration import storage
from orchestration.errors import BuildError
from orchestration.settings import DBT_PROJECT, Settings


def write_profile(settings: Settings) -> Path:
    """Write dbt's profile for this home's build file; the folder it stands in."""
    profile = {
        "interlace": {
            "target": "build",
            "outputs": {
                "build": {
                    "type": "duckdb",
                    "path": str(settings.build_file),
                    "threads": settings.threads,
                    "settings": {
                        "memory_limit": settings.memory_limit,
                        "TimeZone": "UTC",
                        "preserve_insertion_order": False,
                    },
                }
            },
        }
    }
    folder = settings.warehouse / "profile"
    storage.write_whole(folder / "profiles.yml", yaml.safe_dump(profile).encode())
    return folder


def fresh_target(settings: Settings) -> Path:
    """dbt's target folder of this home, without the results of an earlier run; its parse cache stays."""
    target = settings.warehouse / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    (target / "run_results.json").unlink(missing_ok=True)
    return target


def build_args() -> list[str]:
    """dbt's arguments for a night: seeds, models, and every data test. Unit tests belong to development."""
    return ["build", "--exclude-resource-type", "unit_test"]


def dbt(args: list[str], settings: Settings) -> None:
    """Run dbt as a command, for tests and tools; a night runs it through Dagster.

    Raises:
        BuildError: with the failing nodes and their messages.
    """
    target = fresh_target(settings)
    profile = write_profile(settings)
    done = subprocess.run(
        [dbt_executable(), *args, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(profile),
         "--target-path", str(target), "--log-path", str(target)],
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
