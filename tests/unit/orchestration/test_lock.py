"""One writer at a time, and a dead one holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.errors import BusyError
from orchestration.lock import extracts_lock, writer_lock

HOLDER = """
import sys
from pathlib import Path
from orchestration import lock
with getattr(lock, sys.argv[2])(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "warehouse"), "writer_lock"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_writer_is_turned_away_and_told_who_holds_the_home(holder, tmp_path: Path):
    with pytest.raises(BusyError, match=rf"process {holder.pid}\)"), writer_lock(tmp_path / "warehouse"):
        pass


def test_the_lock_of_a_killed_writer_is_free(holder, tmp_path: Path):
    holder.kill()
    holder.wait()
    with writer_lock(tmp_path / "warehouse"):
        pass


def test_the_lock_of_a_writer_that_ended_is_free(holder, tmp_path: Path):
    holder.communicate("\n")
    with writer_lock(tmp_path / "warehouse"):
        pass


def test_the_holder_may_take_it_again_and_keeps_it_until_its_outermost_end(tmp_path: Path):
    with writer_lock(tmp_path / "warehouse"):
        with writer_lock(tmp_path / "warehouse"):
            pass
        taken = subprocess.run(
            [sys.executable, "-c", HOLDER, str(tmp_path / "warehouse"), "writer_lock"],
            input="\n", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert taken.returncode != 0 and "another run is writing to this home" in taken.stderr


def test_two_homes_have_two_locks(holder, tmp_path: Path):
    with writer_lock(tmp_path / "other"):
        pass


def test_federal_files_wait_for_no_night_and_no_night_for_them(holder, tmp_path: Path):
    with extracts_lock(tmp_path / "warehouse"):
        pass


def test_a_second_maker_of_federal_files_is_turned_away_and_a_night_is_not(tmp_path: Path):
    with extracts_lock(tmp_path / "warehouse"):
        for lock, code in (("extracts_lock", 1), ("writer_lock", 0)):
            done = subprocess.run(
                [sys.executable, "-c", HOLDER, str(tmp_path / "warehouse"), lock],
                input="\n", capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == code, done.stderr
            if code:
                assert (
                    f"another run is making federal files of this home ({tmp_path}, process {os.getpid()})"
                    in done.stderr
                )
