"""The parent's side of the workers: hand out chunks, watch the clock, and blame a death on its file.

A worker that dies or overruns is replaced. The file it was at is tried once more alone, in a fresh
worker, so that no file is refused for what another left behind; if that dies too, the file is refused
and the others go on. So neither chunks nor their order can change an outcome.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import queue
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestration.errors import InterlaceError
from orchestration.intake.worker import Job, SetUp
from orchestration.settings import PROJECT

COMMAND = (sys.executable, "-m", "orchestration.intake.worker")
START_SECONDS = 120
CHUNK_FILES = 40
CHUNK_BYTES = 6_000_000  # packed; unpacked into cells about thirty times as much
ONE_WORKER_BELOW = 20  # files: starting a second worker takes longer than they do
log = logging.getLogger(__name__)


class WorkerDied(Exception):
    """A chunk was not done: at which file of it (their number: past the last), and how.

    `ours` where the worker lives and says that our own code failed.
    """

    def __init__(self, at: int, how: str, ours: bool = False) -> None:
        super().__init__(how)
        self.at, self.how, self.ours = at, how, ours


@dataclass
class Done:
    """What the workers wrote and counted."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, done: dict[str, Any]) -> None:
        """Add what one chunk gave."""
        for table, files in done["parts"].items():
            self.parts.setdefault(table, []).extend(files)
        self.counts.update(done["counts"])


class Worker:
    """One worker process; started when first needed."""

    def __init__(self, set_up: SetUp, command: Sequence[str]) -> None:
        self._set_up, self._command = set_up, command
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    def do(self, jobs: Sequence[Job], part: str) -> dict[str, Any]:
        """Have one chunk done.

        Raises:
            WorkerDied: the process died, took too long, or our own code failed in it.
            InterlaceError: it cannot start or cannot write: no fault of a file.
        """
        if self._process is None:
            self._start()
        self._send({"part": part, "jobs": [j.to_json() for j in jobs]}, 0)
        at, seconds = 0, self._set_up.file_seconds
        while True:
            message = self._next(at, seconds)
            if "done" in message:
                return dict(message["done"])
            if "failed" in message:
                self.end()
                raise InterlaceError(f"a parsing process could not go on: {message['failed']}")
            if "fault" in message:
                raise WorkerDied(at, message["fault"], ours=True)
            at = message["at"]
            seconds = self._set_up.file_seconds * (len(jobs) if at == len(jobs) else 1)

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    try:
                        pipe.close()
                    except BrokenPipeError:  # what was not yet sent to it
                        log.debug("the pipe to an ended worker was broken")
            self._process, self._unread = None, b""

    def _start(self) -> None:
        with self._log().open("ab") as errors:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=PROJECT
            )
        try:
            self._send(asdict(self._set_up), -1)
            self._next(-1, START_SECONDS)
        except WorkerDied as e:
            raise InterlaceError(
                f"the parsing process did not start ({e.how}). It may use {self._set_up.worker_megabytes} MB "
                f"(INTERLACE_WORKER_MEGABYTES). It said: {self.said() or 'nothing'}"
            ) from e

    def _send(self, message: dict[str, Any], at: int) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as e:
            self.end()
            raise WorkerDied(at, "it ended by itself") from e

    def _next(self, at: int, seconds: int) -> dict[str, Any]:
        """The worker's next message; WorkerDied at that file if none comes in that time."""
        assert self._process is not None and self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        deadline = time.monotonic() + seconds
        while b"\n" not in self._unread:
            ready, _, _ = select.select([pipe], [], [], max(deadline - time.monotonic(), 0))
            data = os.read(pipe, 1 << 16) if ready else b""
            if not data:
                self.end()
                raise WorkerDied(
                    at, "it ended by itself" if ready else f"it took more than {seconds} seconds"
                )
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return dict(json.loads(line))

    def _log(self) -> Path:
        return Path(self._set_up.scratch).parent / "worker.log"

    def said(self) -> str:
        """The end of what the workers wrote as errors: a traceback, a panic."""
        log_file = self._log()
        text = log_file.read_text(encoding="utf-8", errors="replace") if log_file.exists() else ""
        return text[-2000:].strip()


def chunks(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs in chunks, bounded in files and bytes."""
    found: list[list[Job]] = []
    size = 0
    for job in jobs:
        size += job.received.size
        if not found or len(found[-1]) >= CHUNK_FILES or size > CHUNK_BYTES:
            found.append([])
            size = job.received.size
        found[-1].append(job)
    return found


def run(
    jobs: Sequence[Job],
    set_up: SetUp,
    workers: int,
    progress: Callable[[str], None],
    command: Sequence[str] = COMMAND,
) -> Done:
    """Have every job done by as many workers as are worth starting.

    Raises:
        InterlaceError: the workers cannot start or cannot write.
    """
    done = Done()
    if not jobs:
        return done
    pieces = chunks(jobs)
    count = 1 if len(jobs) < ONE_WORKER_BELOW else max(1, min(workers, len(pieces)))
    if len(pieces) < count * 2 and len(jobs) >= ONE_WORKER_BELOW:  # few chunks: even ones
        step = -(-len(jobs) // (count * 2))
        pieces = [list(jobs[n : n + step]) for n in range(0, len(jobs), step)]
    parts = itertools.count()
    pool = [Worker(set_up, command) for _ in range(count)]
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for worker in pool:
        free.put(worker)

    def serve(chunk: list[Job]) -> list[dict[str, Any]]:
        worker = free.get()
        try:
            return list(_do(worker, chunk, parts))
        finally:
            free.put(worker)

    finished = 0
    with ThreadPoolExecutor(count) as threads:
        futures = {threads.submit(serve, chunk): len(chunk) for chunk in pieces}
        try:
            for future in as_completed(futures):
                for result in future.result():
                    done.add(result)
                finished += futures[future]
                progress(f"{finished:,} of {len(jobs):,} submissions read")
        finally:
            for future in futures:
                future.cancel()
            for worker in pool:
                worker.end()
    return done


def _do(worker: Worker, jobs: list[Job], parts: Iterator[int]) -> Iterator[dict[str, Any]]:
    """Have a chunk done, whatever its files do to the worker."""
    try:
        yield worker.do(jobs, f"{next(parts):04d}")
        return
    except WorkerDied as e:
        died = e
    if len(jobs) > 1:
        if died.at < len(jobs):  # the file it was at, alone; and the others without it
            pieces = [jobs[: died.at] + jobs[died.at + 1 :], [jobs[died.at]]]
        else:  # while it decided: nobody knows whose fault
            pieces = [jobs[: len(jobs) // 2], jobs[len(jobs) // 2 :]]
        for piece in pieces:
            yield from _do(worker, piece, parts)
        return
    if jobs[0].refused_because:
        raise InterlaceError(f"the parsing process fails without reading a file ({died.how})")
    # once its bytes are read, whatever goes wrong is no fault of the file
    ours = died.ours or died.at == len(jobs)
    log.log(
        logging.ERROR if ours else logging.WARNING,
        "%s %s: %s; %s",
        "a fault of ours left undecided" if ours else "refused, as its parsing process failed,",
        jobs[0].received.submission_id,
        died.how,
        worker.said(),
    )
    why = f"the program that reads it failed ({died.how})"
    yield from _do(worker, [replace(jobs[0], refused_because=why, ours=ours)], parts)
