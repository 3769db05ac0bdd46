"""The asset of a month's prefilled workbooks, in the LEAs' outboxes."""

import logging

import dagster as dg

from orchestration.assets.faults import RETRY_PASSING_FAULTS, permanent_faults
from orchestration.assets.night import Night
from orchestration.intake.prefill import write_workbooks
from orchestration.partitions import months
from orchestration.policy import Policy, load_policy
from orchestration.settings import Settings

OWNERS = ["team:data-engineering"]
WORKBOOKS = "workbooks"  # also the asset's group: a night does not write them
log = logging.getLogger("interlace")


def workbooks_asset(settings: Settings, policy: Policy) -> dg.AssetsDefinition:
    """`workbooks`: for one month, the workbook of every LEA that owes a report."""

    @dg.asset(
        name=WORKBOOKS, group_name=WORKBOOKS, owners=OWNERS, kinds={"python", "excel"}, partitions_def=months(policy),
        deps=["submissions"], retry_policy=RETRY_PASSING_FAULTS,
        description="For one month the workbook of every LEA that owes a report, filled in with what stands, in outbox/<lea_id>/<month>/.",
    )  # fmt: skip
    def workbooks(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult:
        with permanent_faults():
            written = write_workbooks(
                settings,
                load_policy(settings.state),
                context.partition_key,
                night.time(context),
                log.info,
            )
        return dg.MaterializeResult(
            metadata={"workbooks": len(written), "rows filled in": sum(written.values())}
        )

    return workbooks
