"""The job `reingest`: the submissions of a month, read again from the archive. Its partitions are months."""

import logging

import dagster as dg

from orchestration.assets.faults import RETRY_PASSING_FAULTS, permanent_faults
from orchestration.clock import now
from orchestration.instance import WRITES
from orchestration.intake.again import reingest
from orchestration.lock import writer_lock
from orchestration.partitions import months
from orchestration.policy import Policy, load_policy
from orchestration.settings import Settings

REINGEST = "reingest"
log = logging.getLogger("interlace")


def reingest_job(settings: Settings, policy: Policy) -> dg.JobDefinition:
    """The job; a backfill over months runs one after the other, as each writes to the home."""

    @dg.op(name="read_again", pool="writer", retry_policy=RETRY_PASSING_FAULTS)
    def read_again(context: dg.OpExecutionContext) -> None:
        with permanent_faults(), writer_lock(settings.warehouse):
            done = reingest(settings, load_policy(settings.state), [context.partition_key], now(), log.info)
        context.add_output_metadata({"files": done.files, "batches": len(done.batches)})

    @dg.job(
        name=REINGEST,
        partitions_def=months(policy),
        executor_def=dg.in_process_executor,
        tags=WRITES,
        description="Reads the submissions of a month again from the archive and answers them anew; the next night publishes them.",
    )
    def job() -> None:
        read_again()

    return job
