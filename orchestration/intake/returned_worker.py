"""A process that marks senders' workbooks and may die of one: `python -m orchestration.intake.returned_worker`.

It is given a list of jobs, and leaves one finished file for each, in order. Its memory is limited and
an alarm ends it at a file that takes too long.
"""

from __future__ import annotations

import json
import logging
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from orchestration.intake.returned import Problem, marked

log = logging.getLogger(__name__)


def do(job: dict[str, Any]) -> None:
    """Write one marked workbook; a workbook that cannot be opened again is written anew."""
    problems = [Problem(**p) for p in job["problems"]]
    path, out = Path(job["path"]), Path(job["out"])
    try:
        data = marked(path, problems, anew=job["anew"])
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as e:  # whatever the library trips over in somebody else's file
        log.warning("%s cannot be opened again: %s", path.name, e)
        data = marked(path, problems, anew=True)
    unfinished = out.with_suffix(".part")
    unfinished.write_bytes(data)
    unfinished.replace(out)


def main() -> int:
    """Do the jobs that stand on the input."""
    given = json.load(sys.stdin)
    limit = given["megabytes"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for job in given["jobs"]:
        signal.alarm(given["seconds"])
        do(job)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
