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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from orchestration import storage
from orchestration.errors import BuildError
from orchestration.settings import DBT_PROJECT, PROJECT, Settings
from orchestration.warehouse.changed import source_id
from orchestration.warehouse.compiled import compiled, fill
from orchestration.warehouse.first_look import models_that_change
from orchestration.warehouse.graph import model_id, on_the_rim, resting_on, tables_in_order

BUILD_FILE = "../warehouse.duckdb"  # from the folder that dbt runs in
RESTING = "resting_on_what_changed"  # name of the selector
RUN = "run"  # the source with the night's time
READERS_OF_THE_DAY = 3  # generations: stg_run, int_today, what reads that
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


def build_runs(settings: Settings, manifest: Path, changed: Sequence[str] | None = None) -> list[DbtRun]:
    """The starts of dbt that make a night's candidate in the build file, one after the other.

    Args:
        settings: of the home.
        manifest: dbt's manifest.
        changed: names of the sources that changed since the build that stands; None where all is made.
    """
    if changed is not None:
        run = _run_upon_the_last(settings, manifest, changed)
        return [] if run is None else [run]
    if settings.engine == "spark":
        from orchestration.warehouse.spark.build import spark_run

        # what Spark made is back in the build file by then, and tested there
        return [spark_run(settings), duckdb_run(settings, test_args())]
    return [duckdb_run(settings, build_args())]


def _run_upon_the_last(settings: Settings, manifest: Path, changed: Sequence[str]) -> DbtRun | None:
    """dbt on what rests on what changed; where that is the day alone, on what rests on the models that a new day changes."""
    nodes = outwards = frozenset(source_id(name) for name in changed)
    known = compiled(settings.warehouse / "dbt")
    readers = tables_in_order(manifest, resting_on(manifest, nodes, READERS_OF_THE_DAY))
    if list(changed) == [RUN] and all(model_id(name) in known for _, name in readers):
        looked_at = frozenset(model_id(name) for _, name in readers)
        sql = {name: known[model_id(name)] for _, name in readers}
        nodes = frozenset(map(model_id, models_that_change(settings.build_file, readers, sql)))
        outwards = nodes & on_the_rim(manifest, looked_at)
    if not nodes:
        return None
    selected = [_method(n) + ("+" if n in outwards else "") for n in nodes]
    return replace(_selected(settings, build_args(), selected), rests=resting_on(manifest, outwards))


def _method(node: str) -> str:
    """A source or model in the words of dbt's selectors."""
    name = node.rpartition(".")[2]
    return f"source:lake.{name}" if node.startswith("source.") else name


def _selected(settings: Settings, args: list[str], selected: Iterable[str]) -> DbtRun:
    """A start of dbt on a part of the project, which a selector in its folder names.

    A selector, not `--select`: to those dagster-dbt adds that of all assets, which dbt passes over beside a selector.
    """
    run = duckdb_run(settings, [*args, "--selector", RESTING])
    run = replace(run, after=partial(fill, run.target, compiled(run.target)))
    definition = {"selectors": [{"name": RESTING, "definition": {"union": sorted(selected)}}]}
    storage.write_whole(run.folder / "selectors.yml", yaml.safe_dump(definition).encode())
    return run


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
        raise BuildError("\n".join(failures(run.target)) or (done.stdout + done.stderr)[-4000:])
    if run.after is not None:
        run.after()


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
