"""Assets of what arrives: the SEA's feeds and the LEAs' submissions, into archive and lake."""

import logging

import dagster as dg

from orchestration import lake
from orchestration.assets.faults import RETRY_PASSING_FAULTS, permanent_faults
from orchestration.assets.night import Night
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.intake.causes import Cause, commonest
from orchestration.intake.returning import give_back_missing
from orchestration.lock import writer_lock
from orchestration.policy import load_policy
from orchestration.settings import Settings

OWNERS = ["team:data-engineering"]
AFTER_THE_REST = {"dagster/priority": "-10"}  # of the steps that are ready Dagster takes the highest first
log = logging.getLogger("interlace")


def landing_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """`feeds`, `submissions`, `marked_files`; feeds come first, as the directory says who may speak for whom."""

    @dg.asset(
        group_name="feeds", owners=OWNERS, kinds={"python", "parquet"}, pool="writer", retry_policy=RETRY_PASSING_FAULTS,
        description="The state's own files (directory, designations, Title I dollars, indicators), read through feeds.yaml into the lake.",
    )  # fmt: skip
    def feeds(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult:
        with permanent_faults(), lake.naming_damage(settings.lake), writer_lock(settings.warehouse):
            report = load_feeds(settings, load_policy(settings.state), night.time(context), log.info)
        return dg.MaterializeResult(
            metadata={
                "files": report.files,
                "loaded": report.loaded,
                "refused": report.refused,
                "not asked for": report.unmapped,
                "stale feeds": ", ".join(report.stale) or "none",
                "dagster/row_count": sum(report.rows.values()),
                "messages": dg.MetadataValue.md("\n".join(f"- {m}" for m in report.messages) or "none"),
            }
        )

    @dg.asset(
        group_name="intake", owners=OWNERS, kinds={"python", "parquet"}, pool="writer", deps=[feeds], retry_policy=RETRY_PASSING_FAULTS,
        description="Every file the LEAs sent: archived, read, checked against the contracts; typed rows, findings, receipts.",
    )  # fmt: skip
    def submissions(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult:
        with permanent_faults(), lake.naming_damage(settings.lake), writer_lock(settings.warehouse):
            report = take_in_submissions(settings, load_policy(settings.state), night.time(context), log.info)
            causes = commonest(settings.lake, report.batches)
        return dg.MaterializeResult(
            metadata={
                "files": report.files,
                "accepted": report.accepted,
                "accepted with rejects": report.accepted_with_rejects,
                "refused": report.refused,
                "repeats": report.repeats,
                "rows rejected": report.rejects,
                "flags": report.flags,
                "undecided by a fault of ours": report.our_faults,
                "dagster/row_count": report.rows,
                "commonest causes": dg.MetadataValue.md(causes_table(causes)),
            }
        )

    @dg.asset(
        group_name="intake", owners=OWNERS, kinds={"python"}, pool="writer", deps=[submissions], retry_policy=RETRY_PASSING_FAULTS,
        op_tags=AFTER_THE_REST,
        description="Each sender's own file with its problems marked, in the outbox. Last in a night: the release does not wait for it.",
    )  # fmt: skip
    def marked_files(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with permanent_faults(), writer_lock(settings.warehouse):
            return dg.MaterializeResult(metadata={"files": give_back_missing(settings)})

    return [feeds, submissions, marked_files]


def causes_table(causes: list[Cause]) -> str:
    """The commonest causes as Markdown, for the run's page."""
    if not causes:
        return "none"
    lines = ["| rule | severity | table | findings | files |", "|---|---|---|---|---|"]
    lines += [
        f"| {c.rule} | {c.severity} | {c.table or 'file'} | {c.findings:,} | {c.files:,} |" for c in causes
    ]
    return "\n".join(lines)
