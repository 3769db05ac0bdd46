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
import tempfile
from pathlib import Path
from typing import Any

from orchestration.intake.returned import Problem, marked
from orchestration.plain_words import MEANINGS

MACHINE = 75  # exit code where the machine failed, as sendmail has it: try again later

log = logging.getLogger(__name__)


def of_the_machine(error: BaseException) -> bool:
    """Whether the disk failed, or is full: no matter of the workbook, which must not be given back poorer for it."""
    return isinstance(error, OSError) and error.errno in MEANINGS


def do(job: dict[str, Any]) -> None:
    """Write one marked workbook; a workbook that cannot be opened again is written anew."""
    problems = [Problem(**p) for p in job["problems"]]
    path, out = Path(job["path"]), Path(job["out"])
    try:
        data = marked(path, problems, anew=job["anew"])
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as e:
        if of_the_machine(e):
            raise
        # else it is whatever the library trips over in somebody else's file
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
        try:
            do(job)
        except OSError as e:
            if not of_the_machine(e):
                raise
            where = e.filename or tempfile.gettempdir()
            sys.stdout.write(json.dumps({"errno": e.errno, "said": e.strerror, "where": str(where)}))
            return MACHINE
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
