"""Which LEAs owe reports in a school year because of a designation, as the model int_expected_leas decides it."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from upath import UPath

from orchestration.errors import ConfigError
from orchestration.feeds.directory import designated
from orchestration.intake.answer_words import local
from orchestration.policy import Policy
from orchestration.school_year import school_year_of


def obliged_leas(root: UPath, policy: Policy, as_of: datetime, known: pd.DataFrame) -> set[str]:
    """LEAs that, or one of whose schools, hold a designation that obliges to report in the as-of time's year.

    Args:
        root: the lake.
        policy: the state's policy; where it names no categories, nobody is obliged.
        as_of: the night's time (UTC).
        known: the directory, as `known_organizations` gives it.
    """
    year = school_year_of(f"{local(as_of, policy.time_zone):%Y-%m}", policy.school_year_first_month)
    try:
        asked = policy.value("expected_categories", year).split(",")
    except ConfigError:
        return set()
    held = designated(root, as_of, year)
    holders = set(held["org_id"][held["category"].isin(asked)])
    listed = known[["org_id", "lea_id"]].dropna().drop_duplicates("org_id", keep="last")
    return set(listed["lea_id"][listed["org_id"].isin(holders)])
