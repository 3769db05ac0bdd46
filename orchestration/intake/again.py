"""Reads the submissions of some months again from the archive, though nothing says that they must be.

For a lake that was damaged, or after a fault of a machine: the new batches replace the old, the answers are
given anew. The rows are the same wherever the old ones were right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import pandas as pd
from upath import UPath

from orchestration import archive
from orchestration.feeds.directory import known_organizations
from orchestration.intake import pool
from orchestration.intake.batch import Reading, Runner, first_arrivals, names_of, read_into_lake
from orchestration.intake.receipt import write_receipts
from orchestration.policy import Policy
from orchestration.settings import Settings


def reingest(
    settings: Settings,
    policy: Policy,
    periods: Collection[str],
    as_of: datetime,
    progress: Callable[[str], None] = lambda _: None,
    *,
    directory: Callable[[UPath, datetime], pd.DataFrame] = known_organizations,
    run: Runner = pool.run,
) -> Reading:
    """Read every batch that holds a submission of one of those months again; the next night publishes it.

    To be called by who holds the home's writer lock.

    Args:
        periods: the months, as 2024-01.

    Others as of `take_in_submissions`.

    Raises:
        BadDataError: the archive has lost bytes.
    """
    first = first_arrivals(archive.arrivals(settings.archive, "submission"))
    done = read_into_lake(
        settings, policy, as_of, first, progress, directory=directory, run=run, again=frozenset(periods)
    )
    write_receipts(settings, policy, lambda at: names_of(directory(settings.lake, at)))
    return done
