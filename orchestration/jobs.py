"""The job `nightly`: every asset and check, in one process, one writer at a time."""

from __future__ import annotations

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

NIGHTLY = "nightly"


def nightly_job() -> UnresolvedAssetJobDefinition:
    """Feeds, submissions, models, gate, release. In one process: a step's interpreter start costs more than the step."""
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Takes in what arrived, builds the candidate, judges it and publishes what passes.",
        tags={"interlace/writes": "home"},
    )
