"""A process that reads submissions and may die of one: `python -m orchestration.intake.worker`.

It speaks JSON lines: the parent sends one line of set-up, then one line for each chunk of files; the
worker says which file it is at, then what it wrote. It writes Parquet parts into the parent's scratch
folder only. Its memory is limited, and an alarm ends it should its parent be gone.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake
from orchestration.intake import own_faults, workbook
from orchestration.intake.assemble import REFUSED, lake_rows
from orchestration.intake.authority import DIRECTORY_COLUMNS, Directory
from orchestration.intake.found import FileRead, Note, Received, UnreadableError
from orchestration.intake.places import write_places
from orchestration.intake.reading import Context
from orchestration.intake.validate import validate
from orchestration.policy import Policy, PolicyValue

ALARM_AFTER = 10  # seconds past a limit: the parent ends a slow worker, the alarm one without a parent


@dataclass(frozen=True)
class SetUp:
    """What a worker is told first.

    Args:
        scratch: local folder for its parts (laid out as a lake).
        batch: name of the batch.
        directory: Parquet file with the directory.
        policy: the state's policy, as plain values.
        file_megabytes, file_seconds, worker_megabytes: the limits of `Settings`.
    """

    scratch: str
    batch: str
    directory: str
    policy: dict[str, Any]
    file_megabytes: int
    file_seconds: int
    worker_megabytes: int


@dataclass(frozen=True)
class Job:
    """One file of a chunk: the submission, where its bytes are, and why they must not be read, if so.

    `ours` says that it is our code that fails on it.
    """

    received: Received
    path: str
    refused_because: str = ""
    ours: bool = False

    def to_json(self) -> dict[str, Any]:
        """The job as plain values."""
        received = {**asdict(self.received), "received_at": self.received.received_at.isoformat()}
        return {**asdict(self), "received": received}

    @staticmethod
    def from_json(raw: dict[str, Any]) -> Job:
        """The job from plain values."""
        received = {**raw["received"], "received_at": datetime.fromisoformat(raw["received"]["received_at"])}
        return Job(**{**raw, "received": Received(**received)})


def read_one(job: Job, directory: Directory, megabytes: int) -> FileRead:
    """What one file holds; a file from no LEA's folder is not even opened."""
    folder = job.received.folder
    if not folder or "/" in folder:
        return FileRead(notes=[Note("landing.folder", value=folder or "the landing folder itself")])
    if not directory.is_lea(folder):
        return FileRead(notes=[Note("authority.unknown_lea", value=folder)])
    if job.ours:
        return FileRead(notes=[Note(own_faults.RULE)])
    if job.refused_because:
        return FileRead(notes=[Note("file.unreadable", words={"why": job.refused_because})])
    try:
        return workbook.read_submission(Path(job.path), megabytes)
    except UnreadableError as e:
        return FileRead(notes=[e.note])


def do_chunk(
    jobs: Sequence[Job],
    part: str,
    set_up: SetUp,
    directory: Directory,
    context: Context,
    at: Callable[[int], None] = lambda n: None,
) -> dict[str, Any]:
    """Read, decide and write one chunk of files.

    Args:
        jobs: the files.
        part: name of the parts to write.
        set_up: the limits, and where to write.
        directory: the state's directory.
        context: the state's policy.
        at: told the number of each file before it is read, and last of all the number of files.

    Returns:
        `parts`: file names by lake table; `counts`: files by outcome, and rows, rejects and flags.
    """
    files = []
    for n, job in enumerate(jobs):
        at(n)
        files.append((job.received, read_one(job, directory, set_up.file_megabytes)))
    at(len(jobs))
    return decide_and_write(
        files,
        part,
        lake.BatchWriter(UPath(set_up.scratch), set_up.batch),
        directory,
        context,
        places=Path(set_up.scratch),
    )


def decide_and_write(
    files: list[tuple[Received, FileRead]],
    part: str,
    writer: lake.BatchWriter,
    directory: Directory,
    context: Context,
    places: Path | None = None,
) -> dict[str, Any]:
    """Decide files that were read, and write their rows as one part of each lake table.

    From here on it is the same for every file, whether cells were read from bytes or never had any
    (`from_rows`). The list is emptied, so that raw cells are gone before the rows are made.

    Args:
        places: folder in which to keep where the cells of the files are, for what is found later.

    Returns:
        `parts`: file names by lake table; `counts`: files by outcome, and rows, rejects and flags.
    """
    verdict = validate(files, directory, context)
    files.clear()
    tables = lake_rows(verdict)
    for name, rows in tables.items():
        writer.write(name, rows, part)
    if places is not None:
        write_places(places, part, verdict.files)
    return {"parts": writer.parts, "counts": _counts(tables)}


def read_directory(set_up: SetUp) -> Directory:
    """The directory that the parent wrote down."""
    return Directory.of_columns(pq.read_table(set_up.directory, columns=list(DIRECTORY_COLUMNS)).to_pydict())


def read_context(set_up: SetUp) -> Context:
    """The policy that the parent sent."""
    values = tuple(PolicyValue(**v) for v in set_up.policy["values"])
    return Context(Policy(**{**set_up.policy, "values": values}))


def _counts(tables: dict[str, pa.Table]) -> dict[str, int]:
    submissions = tables["intake__submissions"].to_pylist()
    counts = Counter(s["outcome"] for s in submissions)
    counts["rows"] = sum(s["rows_accepted"] for s in submissions)
    counts["rejects"] = sum(s["rows_rejected"] for s in submissions if s["outcome"] != REFUSED)
    counts["flags"] = tables["intake__findings"]["severity"].to_pylist().count("flag")
    return dict(counts)


def _say(out: TextIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


class _NoPandas(MetaPathFinder):
    """Arrow imports pandas with its first array if it can: longer than a small submission takes to read."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:
        """Find nothing, and for pandas say that it is not there."""
        if fullname == "pandas":
            raise ModuleNotFoundError("a parsing process goes without pandas", name=fullname)


def main() -> int:
    """Serve chunks until the parent closes the pipe; 3 where memory ran out."""
    # whatever a library prints must not come between the messages
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.meta_path.insert(0, _NoPandas())
    pa.set_memory_pool(pa.system_memory_pool())  # the others reserve more than they use
    set_up = SetUp(**json.loads(sys.stdin.readline()))
    limit = set_up.worker_megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    directory, context = read_directory(set_up), read_context(set_up)
    _say(out, {"ready": True})
    for line in sys.stdin:
        chunk = json.loads(line)
        jobs = [Job.from_json(raw) for raw in chunk["jobs"]]

        def at(n: int, count: int = len(jobs)) -> None:
            _say(out, {"at": n})
            # deciding comes last, and takes its time by the number of files
            signal.alarm(set_up.file_seconds * (count if n == count else 1) + ALARM_AFTER)

        try:
            done = do_chunk(jobs, chunk["part"], set_up, directory, context, at)
        except MemoryError:
            return 3
        except OSError as e:  # a full disk is no fault of a file
            _say(out, {"failed": f"{type(e).__name__}: {e}"})
            return 1
        except Exception as e:  # what is wrong with a file ends as a note: this is a fault of ours
            traceback.print_exc()
            signal.alarm(0)
            _say(out, {"fault": f"{type(e).__name__}: {e}"})
            continue
        signal.alarm(0)
        _say(out, {"done": done})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
