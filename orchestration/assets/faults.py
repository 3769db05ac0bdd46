"""The two classes of failure, as Dagster sees them: passing faults are retried, bad data never is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.errors import BusyError, InterlaceError

RETRY_PASSING_FAULTS = dg.RetryPolicy(
    max_retries=3, delay=2, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)


@contextmanager
def permanent_faults() -> Iterator[None]:
    """Turn a failure that no retry can cure into one that Dagster does not retry."""
    try:
        yield
    except BusyError:
        raise
    except InterlaceError as e:
        raise dg.Failure(description=str(e), allow_retries=False) from e
