"""The release as an asset: published only from a candidate that the gate's record passes."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.alerts.rules import missing_leas
from orchestration.assets.faults import RETRY_PASSING_FAULTS, permanent_faults
from orchestration.assets.gate import mart_key
from orchestration.lock import writer_lock
from orchestration.operations.reporting import last_due_and_open, reporting
from orchestration.release.publish import publish
from orchestration.settings import Settings
from orchestration.warehouse import standing_build
from orchestration.warehouse.dbt_docs import dbt_docs_page
from orchestration.warehouse.dictionary import mart_dictionary

REPORTED = dg.AssetCheckSpec(
    "leas_reported",
    asset="release",
    description="Every LEA that owes a report for the month that came due last has sent one; a warning, no more.",
)
log = logging.getLogger("interlace")


def release_asset(settings: Settings, marts: Sequence[str], manifest: Path) -> dg.AssetsDefinition:
    """The asset `release`, downstream of every mart."""

    @dg.asset(
        group_name="release", owners=["team:data-engineering"], kinds={"duckdb", "parquet"}, pool="writer",
        deps=[mart_key(m) for m in marts], retry_policy=RETRY_PASSING_FAULTS,
        freshness_policy=freshness(settings), check_specs=[REPORTED],
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
                sums_before=standing_build.sums(settings),
                dbt_docs=dbt_docs_page(manifest),
                progress=_now_and_then(log.info),
            )
            standing_build.keep(settings)
        log.info("published release %s", made.release_id)
        return dg.MaterializeResult(
            metadata={
                "release": made.release_id,
                "path": dg.MetadataValue.path(str(made.path)),
                "marts": len(made.marts),
                "dagster/row_count": sum(m.rows for m in made.marts.values()),
            },
            check_results=[leas_reported(settings, made.as_of)],
        )

    return release


def _now_and_then(say: Callable[[str], None], seconds: float = 2.0) -> Callable[[str], None]:
    """Tells each part of a publication, but of its marts one by one, `writing … (5 of 73)`, only now and then."""
    said = 0.0

    def tell(message: str) -> None:
        nonlocal said
        if message.endswith(")") and time.monotonic() - said < seconds:
            return
        said = time.monotonic()
        say(message)

    return tell


def freshness(settings: Settings) -> dg.FreshnessPolicy:
    """Late as the alert `release_late` has it; a warning from nine tenths of that on."""
    late = timedelta(hours=settings.alerting.late_hours)
    return dg.FreshnessPolicy.time_window(fail_window=late, warn_window=late * 0.9)


def leas_reported(settings: Settings, as_of: datetime) -> dg.AssetCheckResult:
    """Whether every LEA that owes a report for the month that came due last has sent one; never blocks."""
    missing = missing_leas(reporting(settings), as_of, settings.alerting)
    open_months = {
        m.period: f"{m.reported:,} of {m.expected:,}" for m in last_due_and_open(reporting(settings), as_of)
    }
    return dg.AssetCheckResult(
        passed=not missing,
        check_name=REPORTED.name,
        severity=dg.AssetCheckSeverity.WARN,
        description=missing[0].what if missing else "Every LEA that owes a report has sent one.",
        metadata=dict(open_months),
    )
