"""dbt's models, seeds and tests as Dagster assets and checks, built into a fresh file."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    DbtCliResource,
    dbt_assets,
)
from dagster_dbt.compat import DBT_PYTHON_VERSION

from orchestration.assets.faults import permanent_faults
from orchestration.assets.night import Night
from orchestration.configuration import keep_configuration
from orchestration.content import MARTS
from orchestration.errors import BuildError
from orchestration.lock import writer_lock
from orchestration.memory import give_back
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse import standing_build
from orchestration.warehouse.begin import begin_build
from orchestration.warehouse.dbt_run import failures, not_built
from orchestration.warehouse.graph import marts_in_order, model_id
from orchestration.warehouse.runs import build_runs

SECONDS_BETWEEN_PROGRESS = 2.0
AS_IT_WAS = {"made": "in an earlier night: nothing that it rests on has changed"}
log = logging.getLogger("interlace")


class Translator(DagsterDbtTranslator):
    """Keys, groups and owners of dbt's nodes: a room of the design is a group."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Lake sources are the assets that write them; a model's key is its schema and name."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey("feeds" if name.startswith("feed__") else "submissions")
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer, and for a mart its domain."""
        folders = dbt_resource_props["fqn"][1:-1]
        return "_".join(folders) or dbt_resource_props["schema"]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Who to ask."""
        return ["team:analytics" if dbt_resource_props["schema"] == "marts" else "team:data-engineering"]


class Dbt(DbtCliResource):
    """dbt's command, started at once: what dagster-dbt would ask of it before costs five seconds and is not needed."""

    @property
    def _cli_version(self) -> Any:
        return DBT_PYTHON_VERSION  # else asked of the command, which imports all of dbt to answer

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        """No connection of our own: it would be for column metadata and row counts, which are not fetched."""
        return None


def dbt_models(settings: Settings, manifest: Path) -> dg.AssetsDefinition:
    """One asset per model and seed, one check per data test."""

    @dbt_assets(manifest=manifest, dagster_dbt_translator=Translator(), name="dbt_models", pool="writer")
    def models(context: dg.AssetExecutionContext, night: Night) -> Iterator[Any]:
        with permanent_faults(), writer_lock(settings.warehouse):
            build = begin_build(settings, load_policy(settings.state), night.time(context))
            keep_configuration(settings.archive, settings.state, build.facts.policy_sha256)
            give_back()  # what intake needed; dbt is the night's peak
            waiting = marts_in_order(manifest)
            for run in build_runs(settings, manifest, build.changed):
                if run.rests is not None:
                    yield from _as_they_were([m for m in waiting if model_id(m) not in run.rests])
                dbt = Dbt(
                    project_dir=str(run.folder), profiles_dir=str(run.profile), dbt_executable=run.executable
                )
                invocation = dbt.cli(run.args, context=context, target_path=run.target, raise_on_error=False)
                told = _of_models(invocation.stream(), context, run.rests)
                yield from _with_progress(told, len(run.rests or context.selected_asset_keys))
                waiting = []
                if not invocation.is_successful():
                    said = failures(run.target) or [died(invocation)]
                    raise BuildError(not_built(run.folder, said))
                if run.after is not None:
                    run.after()
            if build.changed is not None:
                yield from _as_they_were(waiting)
                standing_build.built(settings)

    return models


def _of_models(
    events: Iterator[Any], context: dg.AssetExecutionContext, rests: frozenset[str] | None
) -> Iterator[Any]:
    """The events of the models that rest on what changed: Dagster wants every asset before those that rest on it."""
    for event in events:
        if (
            rests is None
            or not isinstance(event, dg.Output)
            or model_id(context.asset_key_for_output(event.output_name).path[-1]) in rests
        ):
            yield event


def _as_they_were(marts: Sequence[str]) -> Iterator[dg.MaterializeResult]:
    """Marts that need not be made again. Gate and release wait for them; of other models Dagster says when they were made last."""
    for mart in marts:
        yield dg.MaterializeResult(asset_key=dg.AssetKey([MARTS, mart]), metadata=AS_IT_WAS)


def died(invocation: DbtCliInvocation) -> str:
    """Why a dbt that left no record of its nodes ended: killed, or by an error of the machine."""
    code = invocation.process.returncode
    how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    told = str(invocation.get_error()).partition("Errors parsed from dbt logs:")[2]
    return f"dbt {how}" + (f": {' '.join(told.split())[:1000]}" if told.strip() else "; see the night's log")


def _with_progress(events: Iterator[Any], assets: int) -> Iterator[Any]:
    done, said = 0, time.monotonic()
    for event in events:
        done += isinstance(event, dg.Output | dg.MaterializeResult | dg.AssetMaterialization)
        if time.monotonic() - said > SECONDS_BETWEEN_PROGRESS:
            log.info("dbt: %s of %s models built", done, assets)
            said = time.monotonic()
        yield event
