"""Which starts of dbt make a night's candidate: all of the project, or what rests on what changed since the last night."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import yaml

from orchestration import storage
from orchestration.errors import BuildError
from orchestration.settings import Settings
from orchestration.warehouse.changed import changed_nodes, source_id
from orchestration.warehouse.compiled import compiled, fill
from orchestration.warehouse.dbt_run import DbtRun, build_args, duckdb_run, test_args
from orchestration.warehouse.first_look import models_that_change
from orchestration.warehouse.graph import model_id, on_the_rim, readers_of, resting_on, tables_in_order

RESTING = "resting_on_what_changed"  # name of the selector
RUN = "run"  # the source with the night's time
READERS_OF_THE_DAY = 3  # generations: stg_run, int_today, what reads that


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
    as_they_were = frozenset[str]()
    known = compiled(settings.warehouse / "dbt")
    looked_at = resting_on(manifest, nodes, READERS_OF_THE_DAY)
    readers = tables_in_order(manifest, looked_at)
    if list(changed) == [RUN] and all(model_id(name) in known for _, name in readers):
        sql = {name: known[model_id(name)] for _, name in readers}
        changing = models_that_change(settings.build_file, readers, sql)
        as_they_were = frozenset(model_id(name) for _, name in readers if name not in changing)
        nodes = looked_at - as_they_were  # the views on the way among them
        outwards = nodes & on_the_rim(manifest, looked_at)
    if not nodes:
        return None
    selected = [_method(n) + ("+" if n in outwards else "") for n in nodes]
    run = _selected(settings, build_args(), selected)
    after = partial(_after, settings, manifest, run.target, known, as_they_were)
    return replace(run, rests=resting_on(manifest, outwards), after=after)


def _after(
    settings: Settings, manifest: Path, target: Path, known: dict[str, str], as_they_were: frozenset[str]
) -> None:
    """Keep the SQL of what dbt left out, and see that it left out nothing which rests on something that changed.

    Raises:
        BuildError: it did.
    """
    fill(target, known)
    ran = {
        r["unique_id"]
        for r in json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    }
    if stale := readers_of(manifest, changed_nodes(settings.build_file)) - ran - as_they_were:
        raise BuildError(
            "what was built upon the last night is not whole: "
            f"{', '.join(sorted(n.rpartition('.')[2] for n in stale))} would rest on what has changed since. "
            "Run the night again: it makes everything anew. Then tell who maintains Interlace."
        )


def _method(node: str) -> str:
    """A source or model in the words of dbt's selectors."""
    name = node.rpartition(".")[2]
    return f"source:lake.{name}" if node.startswith("source.") else name


def _selected(settings: Settings, args: list[str], selected: Iterable[str]) -> DbtRun:
    """A start of dbt on a part of the project, which a selector in its folder names.

    A selector, not `--select`: to those dagster-dbt adds that of all assets, which dbt passes over beside a selector.
    """
    run = duckdb_run(settings, [*args, "--selector", RESTING])
    definition = {"selectors": [{"name": RESTING, "definition": {"union": sorted(selected)}}]}
    storage.write_whole(run.folder / "selectors.yml", yaml.safe_dump(definition).encode())
    return run
