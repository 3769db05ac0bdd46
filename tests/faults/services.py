"""What a night depends on beside its disk goes away in the middle of it, and comes back: an object store, PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.instance import POSTGRES
from tests.e2e.test_postgres import Server, programs
from tests.faults import look
from tests.faults.bench import Bench
from tests.faults.homes import HOME, hashes
from tests.faults.nights import begin, night, said_by
from tests.faults.nursery import watch
from tests.faults.stages import SECOND_NIGHT, STAGES
from tests.faults.whole import Nights
from tests.object_store import BUCKET, object_store

ROOMS = ("archive", "lake")


class Line:
    """The line between a night and a server: it can be cut, and mended; it can cut itself after so many connections."""

    def __init__(self, to: tuple[str, int]) -> None:
        self.to, self.left, self.open = to, -1, True
        self.pairs: set[socket.socket] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection; new ones are closed at once."""
        self.open = False
        for end in list(self.pairs):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self.open, self.left = True, -1

    def _accept(self) -> None:
        while True:
            near, _ = self.listener.accept()
            if not self.open:
                near.close()
                continue
            far = socket.create_connection(self.to)
            self.pairs |= {near, far}
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(a, b), daemon=True).start()

    def _carry(self, source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if source.getsockname()[1] == self.port:  # what the night asks
                    self.left -= self.left > 0
                    if self.left == 0:
                        self.cut()
                        return
                to.sendall(data)
        for end in (source, to):
            self.pairs.discard(end)
            end.close()


def store_goes_away(bench: Bench, count: int, stages: tuple[str, ...] = ("feeds", "intake")) -> None:
    """Archive and lake are on an object store, which goes away after some requests; then it is back."""
    with pytest.MonkeyPatch.context() as patch, object_store(patch):
        host, port = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://").split(":")
        line = Line((host, int(port)))
        for n in range(count):
            _one_store(bench, line, stages[n % len(stages)], f"run-{n}")


def _one_store(bench: Bench, line: Line, stage: str, prefix: str) -> None:
    import s3fs

    home = bench.homes.start(stage, bench.folder)
    expected = bench.homes.prepared(STAGES[stage].after) / HOME
    received = look.received_hashes(home)
    store = s3fs.S3FileSystem()
    for room in ROOMS:
        store.put(str(home / room), f"{BUCKET}/{prefix}/{room}", recursive=True)
        shutil.rmtree(home / room)
    env = {k: v for k, v in os.environ.items() if k.startswith("AWS_")}
    env |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{line.port}", "AWS_MAX_ATTEMPTS": "2"}
    env |= {f"INTERLACE_{r.upper()}": f"s3://{BUCKET}/{prefix}/{r}" for r in ROOMS}
    requests = bench.dice.randrange(2, 60 if stage == "feeds" else 160)
    line.mend()
    line.left = requests
    first = bench.nursery.run(stage, home, env=env)
    line.mend()
    fault = f"the object store goes away, {stage}"
    problems = []
    if first.how == "failed":
        bench.tally.heard(stage, fault, first.message.replace(prefix, "…")[:300])
        if "does not answer" not in first.message:
            problems.append(f"the message does not name the cause: {first.message[:300]}")
    elif first.how != "done":
        problems.append(f"it {first.how}")
    second = bench.nursery.run(stage, home, env=env)
    if second.how != "done":
        problems.append(f"the run after it {second.how}: {second.message}")
    for room in ROOMS:
        shutil.rmtree(home / room, ignore_errors=True)
        store.invalidate_cache()
        store.get(f"{BUCKET}/{prefix}/{room}", str(home / room), recursive=True)
    problems += look.lost(home, received) + look.torn(home)
    for room in ROOMS:  # parts of no batch stay on a store; nobody reads them
        here, there = hashes(home / room), hashes(expected / room)
        problems += [
            f"{room}/{n} is not as in the undisturbed home" for n in there if here.get(n) != there[n]
        ]
    bench.tally.note(stage, fault, problems, f"--only store --seed {bench.seed}: after {requests} requests")


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A server of our own."""
    found = programs()
    assert found is not None, "no PostgreSQL on this machine (Debian: apt-get install postgresql)"
    with tempfile.TemporaryDirectory(prefix="interlace-pg-") as folder:
        server = Server(found, Path(folder))
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(AssertionError):  # it may be down already
                server.stop()


def postgres_goes_away(bench: Bench, nights: Nights, at_cpu: tuple[float, ...]) -> None:
    """Dagster keeps its runs in PostgreSQL, which stops in the middle of a night; then it is back."""
    stage, fault = "whole night", "PostgreSQL goes away"
    for moment in at_cpu:
        with postgres() as server:
            home = nights.start()
            received = look.received_hashes(home)
            env = {POSTGRES: server.address}
            said = said_by(home)
            process = begin(home, SECOND_NIGHT, env, said)
            from tests.faults.nursery import cpu_of

            while process.poll() is None and cpu_of(process.pid) < moment:
                time.sleep(0.05)
            server.stop()
            how, code, _ = watch(process.pid, None, False)
            process.returncode = code
            text = said.read_text(errors="replace")
            bench.tally.heard(stage, fault, text.strip()[-500:])
            problems = nights.problems(home, received)
            if how == "hung" or (code == 0) == ("Could not run" in text):
                problems.append(f"it {how} with {code}")
            if code and ("does not answer" not in text or "Traceback (most recent" in text):
                problems.append(f"the message does not name the cause: {text[-600:]}")
            server.start()
            after = night(home, env=env)
            if after.code:
                problems.append(f"the night after it {after.how}: {after.said[-600:]}")
            else:
                problems += nights.problems(home, received, deep=True) + nights.unlike(home)
            bench.tally.note(stage, fault, problems, f"--only postgres: after {moment:.0f} processor seconds")
