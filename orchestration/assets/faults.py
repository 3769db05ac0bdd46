"""The two classes of failure, as Dagster sees them: passing faults are retried, all others never are."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.errors import BusyError
from orchestration.plain_words import in_words

RETRY_PASSING_FAULTS = dg.RetryPolicy(
    max_retries=3, delay=2, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)

# what a disk or store that is there says for good: no room, no right, no such place
LASTING = {
    errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR,
    errno.EEXIST, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP, errno.EFBIG, errno.EXDEV, errno.ENOTEMPTY,
}  # fmt: skip
# packages of stores, whose errors are their own; what they raise for good they raise as OSError
STORES = {
    "botocore",
    "aiobotocore",
    "aiohttp",
    "s3fs",
    "gcsfs",
    "adlfs",
    "azure",
    "google",
    "urllib3",
    "requests",
}


def passes(error: BaseException) -> bool:
    """Whether a fault can pass by itself: the home is held, or a disk, store or network went away for a while."""
    if isinstance(error, BusyError):
        return True
    if isinstance(error, OSError):
        return error.errno not in LASTING
    return type(error).__module__.partition(".")[0] in STORES


@contextmanager
def permanent_faults() -> Iterator[None]:
    """Say a failure in words, and keep Dagster from retrying one that no retry can cure."""
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as e:
        raise dg.Failure(description=in_words(e), allow_retries=passes(e)) from e
