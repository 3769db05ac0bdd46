"""The jobs: `nightly` (every asset and check of a night, one writer at a time), `intake`, `take_in_feeds`,
`monthly_workbooks`, `federal_files` and `school_year_again`.

Their executor is that of the settings (`orchestration.executor`): by default one process, for a step's interpreter start
costs more than the step.
"""

from __future__ import annotations

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.assets.extracts import AGAIN, EXTRACTS
from orchestration.assets.workbooks import WORKBOOKS
from orchestration.instance import BEGUN_AGAIN, WRITES

NIGHTLY, INTAKE, FEEDS, FEDERAL = "nightly", "intake", "take_in_feeds", "federal_files"
YEAR_AGAIN = "school_year_again"
MONTHLY = "monthly_workbooks"  # no job may bear an asset's name: the code server then loads nothing at all


def nightly_job() -> UnresolvedAssetJobDefinition:
    """Feeds, submissions, models, gate, release."""
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all() - dg.AssetSelection.groups(WORKBOOKS, EXTRACTS, AGAIN),
        description="Takes in what arrived, builds the candidate, judges it and publishes what passes.",
        tags={**WRITES, **BEGUN_AGAIN},
    )


def workbooks_job() -> UnresolvedAssetJobDefinition:
    """A month's prefilled workbooks; it only reads the lake, so nights need not wait for it."""
    return dg.define_asset_job(
        MONTHLY,
        selection=dg.AssetSelection.groups(WORKBOOKS),
        description="Writes the prefilled workbook of every LEA that owes a report for the month into its outbox.",
    )


def intake_job() -> UnresolvedAssetJobDefinition:
    """Submissions alone, so that an LEA's answer need not wait for the night; nothing is built or published."""
    return dg.define_asset_job(
        INTAKE,
        selection=dg.AssetSelection.assets("submissions", "marked_files"),
        description="Takes in the submissions that have arrived and answers them.",
        tags=WRITES,
    )


def feeds_job() -> UnresolvedAssetJobDefinition:
    """The state's own files alone, so that a refused one is known by day; nothing is built or published."""
    return dg.define_asset_job(
        FEEDS,
        selection=dg.AssetSelection.assets("feeds"),
        description="Takes in the state's own files that have arrived, and says which cannot be read.",
        tags=WRITES,
    )


def extracts_job() -> UnresolvedAssetJobDefinition:
    """The federal files of a school year, each by itself: one that is refused does not keep the others back."""
    return dg.define_asset_job(
        FEDERAL,
        selection=dg.AssetSelection.groups(EXTRACTS),
        description="Makes the federal files of a school year from the release that is certified for it, and checks them.",
    )


def year_again_job() -> UnresolvedAssetJobDefinition:
    """A school year once more: its certified releases from the archive, and only where they are equal, its federal files."""
    return dg.define_asset_job(
        YEAR_AGAIN,
        selection=dg.AssetSelection.groups(EXTRACTS, AGAIN),
        description="Makes the releases certified for a school year again from the archive, compares, and makes its federal files again.",
    )
