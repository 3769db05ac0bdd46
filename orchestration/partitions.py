"""Partitions of Dagster's assets, written as the rest of the project writes them: months (2024-01), school years (2023-24)."""

from __future__ import annotations

import dagster as dg

from orchestration.extracts.layout import school_years
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


def federal_years() -> dg.StaticPartitionsDefinition:
    """Every school year that the layout of a federal file is known for (seeds/edfacts_files.csv)."""
    return dg.StaticPartitionsDefinition(list(school_years()))
