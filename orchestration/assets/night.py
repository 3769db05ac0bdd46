"""The night's as-of time, the one thing a run is given from the top."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.clock import parse_as_of
from orchestration.going_back import refuse_going_back
from orchestration.settings import Settings

RELEASE = dg.AssetKey("release")


class Night(dg.ConfigurableResource):
    """As-of time of the run: what had been received by then counts.

    `as_of` is ISO text (UTC where it names no offset). Blank means the time the run was created, which
    stays the same over its steps and their retries. `home` is no configuration: the home whose readers a
    run that publishes must not take back.
    """

    as_of: str = ""
    home: dg.ResourceDependency[Settings | None] = None

    def time(self, context: dg.AssetExecutionContext) -> datetime:
        """The as-of time in UTC, without offset.

        Raises:
            ConfigError: the run would publish an earlier time than that of the release that stands, and nobody
                named it on purpose. Asked by every step that reads or builds, under the home's lock.
        """
        record = context.instance.get_run_record_by_id(context.run_id)
        if record is None:
            raise dg.Failure(description="this run has no record", allow_retries=False)
        created = record.create_timestamp.astimezone(UTC).replace(tzinfo=None)
        as_of = parse_as_of(self.as_of) if self.as_of else created
        if self.home is not None and RELEASE in context.job_def.asset_layer.selected_asset_keys:
            refuse_going_back(self.home, as_of, created, named=bool(self.as_of), tags=context.run.tags)
        return as_of
