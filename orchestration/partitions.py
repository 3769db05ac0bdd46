"""Partitions of Dagster's assets: months, written as the rest of the project writes them (2024-01)."""

from __future__ import annotations

import dagster as dg

from orchestration.policy import Policy

MONTH = "%Y-%m"


def months(policy: Policy) -> dg.MonthlyPartitionsDefinition:
    """Every month from the first school year that the policy covers up to the running one."""
    first_year = min(v.from_year for v in policy.values)
    return dg.MonthlyPartitionsDefinition(
        start_date=f"{first_year[:4]}-{policy.school_year_first_month:02d}",
        fmt=MONTH,
        timezone=policy.time_zone,
        end_offset=1,  # the running month too: who wants to may fill it in as it goes
    )
