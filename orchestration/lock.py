"""One writer at a time on a home: a file lock that the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import BusyError

_held: set[Path] = set()


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the home's writer lock; inside a process that holds it already, do nothing.

    Raises:
        BusyError: another process holds it.
    """
    path = (folder / ".writer.lock").resolve()
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            f.seek(0)
            raise BusyError(
                f"another run is writing to this home ({folder.parent}, process {f.read().strip() or 'unknown'}); "
                "wait until it ends, or stop it, and run again"
            ) from e
        f.truncate(0)
        f.write(str(os.getpid()))
        f.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
            f.truncate(0)
