"""The release as an asset: published only from a candidate that the gate's record passes."""

import logging
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from orchestration.assets.faults import RETRY_PASSING_FAULTS, permanent_faults
from orchestration.assets.gate import mart_key
from orchestration.lock import writer_lock
from orchestration.release.publish import publish
from orchestration.settings import Settings
from orchestration.warehouse.dbt_docs import dbt_docs_page
from orchestration.warehouse.dictionary import mart_dictionary

log = logging.getLogger("interlace")


def release_asset(settings: Settings, marts: Sequence[str], manifest: Path) -> dg.AssetsDefinition:
    """The asset `release`, downstream of every mart."""

    @dg.asset(
        group_name="release", owners=["team:data-engineering"], kinds={"duckdb", "parquet"}, pool="writer",
        deps=[mart_key(m) for m in marts], retry_policy=RETRY_PASSING_FAULTS,
        description="An immutable folder of checked marts; `current` is moved to it in one step.",
    )  # fmt: skip
    def release() -> dg.MaterializeResult:
        with permanent_faults(), writer_lock(settings.warehouse):
            made = publish(
                settings,
                settings.build_file,
                settings.gate_record,
                settings.data_docs,
                mart_dictionary(manifest),
                dbt_docs=dbt_docs_page(manifest),
            )
        log.info("published release %s", made.release_id)
        return dg.MaterializeResult(
            metadata={
                "release": made.release_id,
                "path": dg.MetadataValue.path(str(made.path)),
                "marts": len(made.marts),
                "dagster/row_count": sum(m.rows for m in made.marts.values()),
            }
        )

    return release
