"""What other rooms ask of the standing feeds: which organizations there are, which are designated."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake

ORGANIZATION_COLUMNS = ["effective_on", "org_id", "org_level", "lea_id", "org_name", "status"]


def known_organizations(root: UPath, as_of: datetime) -> pd.DataFrame:
    """Every organization of every directory vintage received by `as_of`.

    Returns:
        effective_on (date), org_id, org_level, lea_id, org_name, status; one row per vintage and
        organization, in order of both. A vintage may lack names or statuses: None.
    """
    rows = _standing(root, "feed__directory", ORGANIZATION_COLUMNS, as_of)
    return rows.sort_values(["effective_on", "org_id"], ignore_index=True)


def designated(root: UPath, as_of: datetime, school_year: str) -> pd.DataFrame:
    """The schools with a designation in a school year, by the newest list that speaks of that year.

    Where none does, by the newest list at all before it, in that list's own year.

    Returns:
        org_id, category, reason; one row per school, in order of org_id. Empty where no list fits.
    """
    columns = ["list_year", "org_id", "school_year", "category", "reason"]
    rows = _standing(root, "feed__designations", columns, as_of)
    spoken = rows[rows["school_year"] == school_year]
    if spoken.empty:
        spoken = rows[(rows["list_year"] < school_year) & (rows["school_year"] == rows["list_year"])]
    if not spoken.empty:
        spoken = spoken[spoken["list_year"] == spoken["list_year"].max()]
    named = spoken[spoken["category"] != "none"]
    return named[["org_id", "category", "reason"]].sort_values("org_id", ignore_index=True)


def stated_duties(root: UPath, as_of: datetime, school_year: str) -> pd.DataFrame:
    """The state's own duties in a school year: duty_code, category, owed_by; the newest row of each last."""
    columns = ["duty_code", "category", "owed_by", "from_year", "until_year"]
    rows = _standing(root, "feed__state_duties", columns, as_of).sort_values(columns[:4], ignore_index=True)
    ended = rows["until_year"].notna() & (rows["until_year"] <= school_year)
    rows = rows[(rows["from_year"] <= school_year) & ~ended]
    latest = rows.sort_values("from_year", kind="stable").drop_duplicates(
        ["duty_code", "category"], keep="last"
    )
    return latest[["duty_code", "category", "owed_by"]].reset_index(drop=True)


def _standing(root: UPath, table: str, columns: list[str], as_of: datetime) -> pd.DataFrame:
    """Columns of a feed table's standing rows received by `as_of`."""
    tables = []
    for part in lake.parts(root).get(table, []):
        with part.open("rb") as f:
            tables.append(pq.read_table(f, columns=columns, filters=[("received_at", "<=", as_of)]))
    schema = pa.schema([lake.arrow_schema(table).field(c) for c in columns])
    return pa.concat_tables(tables).to_pandas() if tables else schema.empty_table().to_pandas()
