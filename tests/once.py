"""Homes that take long to make, made once for all tests of a run, whichever of its processes they are in."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Said = TypeVar("Said")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Said]) -> tuple[Path, Said]:
    """A folder as `make` leaves it, and what `make` returned; copy it before you change it.

    Processes that share a run of the tests share it: whoever asks first makes it, the others wait.
    """
    root = factory.getbasetemp()
    root = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    folder, said = root / "once" / name, root / "once" / f"{name}.said"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a failed making left
            result = make(folder)
            temporary = said.with_suffix(".writing")
            temporary.write_bytes(pickle.dumps(result))
            temporary.replace(said)
        found: Said = pickle.loads(said.read_bytes())
    return folder, found
