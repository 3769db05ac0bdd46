"""Everything Dagster loads, made afresh from settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.assets.extracts import extract_assets
from orchestration.assets.gate import gate_checks
from orchestration.assets.landing import landing_assets
from orchestration.assets.models import dbt_models
from orchestration.assets.night import Night
from orchestration.assets.release import release_asset
from orchestration.assets.workbooks import workbooks_asset
from orchestration.event_log import keep_connections
from orchestration.executor import executor
from orchestration.jobs import extracts_job, feeds_job, intake_job, nightly_job, workbooks_job, year_again_job
from orchestration.policy import load_policy
from orchestration.reingest_job import reingest_job
from orchestration.schedules import nightly_schedule, workbooks_schedule
from orchestration.sensors import feeds_sensor, landing_sensor
from orchestration.settings import Settings
from orchestration.warehouse.dbt_run import mart_names
from orchestration.warehouse.manifest import ensure_manifest
from orchestration.watch import watch_sensor


def build_defs(settings: Settings, resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Assets, checks, job and schedule of a home; tests pass their own resources.

    Raises:
        ConfigError: the policy or the dbt project cannot be used.
    """
    keep_connections()
    policy = load_policy(settings.state)
    manifest = ensure_manifest()
    marts = mart_names(manifest)
    job, intake, feeds, monthly = nightly_job(), intake_job(), feeds_job(), workbooks_job()
    again = reingest_job(settings, policy)
    return dg.Definitions(
        assets=[
            *landing_assets(settings),
            dbt_models(settings, manifest),
            release_asset(settings, marts, manifest),
            workbooks_asset(settings, policy),
            *extract_assets(settings),
        ],
        asset_checks=[gate_checks(settings, marts, manifest)],
        jobs=[job, intake, feeds, monthly, again, extracts_job(), year_again_job()],
        schedules=[
            nightly_schedule(settings, job, policy),
            workbooks_schedule(monthly, policy, settings.schedules_on),
        ],
        sensors=[landing_sensor(settings, intake), feeds_sensor(settings, feeds), watch_sensor(settings)],
        resources={"night": Night(home=settings), **(resource_overrides or {})},
        executor=executor(settings),
    )
