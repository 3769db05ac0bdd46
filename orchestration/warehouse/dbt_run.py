"""dbt against the build file: where it runs, its profile, its arguments, and what its failure says.

dbt parses the whole project again (seconds, more with every model) when anything of the connection reads
otherwise than in its cache, the path of the database included. So every home runs the project from a
folder of its own, from which its build file's path reads as in every other, and starts from the cache
that `manifest.ensure_manifest` made.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration import storage
from orchestration.errors import BuildError
from orchestration.settings import DBT_PROJECT, PROJECT, Settings

BUILD_FILE = "../warehouse.duckdb"  # from the folder that dbt runs in
PARSE_CACHE = "partial_parse.msgpack"


def project_folder(settings: Settings) -> Path:
    """The folder that dbt runs in: the project's own files, beside this home's build file."""
    folder = settings.warehouse / "project"
    folder.mkdir(parents=True, exist_ok=True)
    links = {folder / name: DBT_PROJECT / name for name in ("dbt_project.yml", "models", "macros", "tests")}
    links[settings.warehouse / "seeds"] = PROJECT / "seeds"  # dbt_project.yml names it ../seeds
    for link, target in links.items():
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    return folder


def write_profile(folder: Path, threads: int) -> Path:
    """Write dbt's profile into a folder; the folder."""
    profile = {
        "interlace": {
            "target": "build",
            "outputs": {
                "build": {
                    "type": "duckdb",
                    "path": BUILD_FILE,
                    "threads": threads,
                    "plugins": [{"module": "orchestration.warehouse.dbt_memory"}],
                    "settings": {
                        "TimeZone": "UTC",
                        "preserve_insertion_order": False,
                    },
                }
            },
        }
    }
    storage.write_whole(folder / "profiles.yml", yaml.safe_dump(profile).encode())
    return folder


def home_profile(settings: Settings) -> Path:
    """Folder of the profile of a home."""
    return write_profile(settings.warehouse / "profile", settings.threads)


@dataclass(frozen=True)
class DbtRun:
    """One start of dbt in a night.

    Args:
        args: dbt's arguments.
        executable: dbt's command.
        target: dbt's target folder.
        profile: folder of its profile.
        folder: the project's folder, where it runs.
        after: what is done once it succeeded.
        rests: dbt's ids of the models that rest on what changed; None for all.
    """

    args: list[str]
    executable: str
    target: Path
    profile: Path
    folder: Path
    after: Callable[[], None] | None = None
    rests: frozenset[str] | None = None


def duckdb_run(settings: Settings, args: list[str]) -> DbtRun:
    """A start of dbt on the build file."""
    return DbtRun(
        args, dbt_executable(), fresh_target(settings), home_profile(settings), project_folder(settings)
    )


def fresh_target(settings: Settings) -> Path:
    """dbt's target folder of this home, without the results of an earlier run, with what was parsed already."""
    target = settings.warehouse / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    (target / "run_results.json").unlink(missing_ok=True)
    parsed = DBT_PROJECT / "target" / PARSE_CACHE
    if parsed.exists():
        storage.write_whole(target / PARSE_CACHE, parsed.read_bytes())
    return target


def build_args() -> list[str]:
    """dbt's arguments for a night: seeds, models, and every data test. Unit tests belong to development."""
    # no second log beside the one that the night keeps of what dbt says: it costs a twentieth of its time
    return ["build", "--exclude-resource-type", "unit_test", "--log-level-file", "none"]


def test_args() -> list[str]:
    """dbt's arguments for the data tests alone, of models that stand already."""
    return ["test", *build_args()[1:]]


def dbt(args: list[str], settings: Settings) -> None:
    """Run dbt as a command, for tests and tools; a night runs it through Dagster.

    Raises:
        BuildError: with the failing nodes and their messages.
    """
    run_dbt(duckdb_run(settings, args))


def run_dbt(run: DbtRun) -> None:
    """Start dbt, and do what comes after.

    Raises:
        BuildError: with the failing nodes and their messages.
    """
    done = subprocess.run(
        [run.executable, *run.args, "--project-dir", str(run.folder), "--profiles-dir", str(run.profile),
         "--target-path", str(run.target), "--log-path", str(run.target)],
        cwd=run.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise BuildError(not_built(run.folder, failures(run.target) or [(done.stdout + done.stderr)[-4000:]]))
    if run.after is not None:
        run.after()


def not_built(folder: Path, said: Iterable[str]) -> str:
    """What went wrong, with the place: of a disk that fails dbt often names no file."""
    return "\n  ".join([f"the candidate was not built (in {folder.parent}):", *said])


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
