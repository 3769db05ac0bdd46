"""The night's as-of time, the one thing a run is given from the top."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from orchestration.clock import parse_as_of


class Night(dg.ConfigurableResource):
    """As-of time of the run: what had been received by then counts.

    `as_of` is ISO text (UTC where it names no offset). Blank means the time the run was created, which
    stays the same over its steps and their retries.
    """

    as_of: str = ""

    def time(self, context: dg.AssetExecutionContext) -> datetime:
        """The as-of time in UTC, without offset."""
        if self.as_of:
            return parse_as_of(self.as_of)
        record = context.instance.get_run_record_by_id(context.run_id)
        if record is None:
            raise dg.Failure(
                description="this run has no record; give resources.night.config.as_of", allow_retries=False
            )
        return record.create_timestamp.astimezone(UTC).replace(tzinfo=None)
