"""With which code a command ends whose output cannot be written: 2, for 1 says that the data was refused."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
# each prints a line and ends as commands do
COMMANDS = {
    "well": "print('a line')",
    "by exit code 1": "print('a line'); raise typer.Exit(1)",
    "at once": "print('a line', flush=True)",
    "as it could not run": "print('a line'); stop(ConfigError('no home'))",
}
PROGRAM = """
import typer
from orchestration.cli_options import end_with_its_code, stop
from orchestration.errors import ConfigError
app = typer.Typer(pretty_exceptions_enable=False)
@app.command()
def command() -> None:
    {body}
end_with_its_code(app)
"""


def ended(body: str, stdout: Path | None = None, stderr: Path | None = None) -> tuple[int, str]:
    """Exit code, and what went to stderr."""
    return run(["-c", PROGRAM.format(body=body)], stdout, stderr)


def run(arguments: list[str], stdout: Path | None = None, stderr: Path | None = None) -> tuple[int, str]:
    with contextlib.ExitStack() as files:
        out, err = (files.enter_context(p.open("w")) if p else subprocess.PIPE for p in (stdout, stderr))
        command = [sys.executable, "-W", "ignore", *arguments]
        done = subprocess.run(command, cwd=PROJECT, stdout=out, stderr=err, text=True, check=False)
    return done.returncode, done.stderr or ""


@needs_full
def test_the_command_interlace_ends_so():
    code, told = run(["-m", "orchestration.cli", "--help"], FULL)
    assert code == 2 and told.startswith("Could not run: the disk is full")


@needs_full
@pytest.mark.parametrize("body", COMMANDS.values(), ids=COMMANDS)
def test_a_command_whose_output_goes_to_a_full_disk_could_not_run_and_says_why(body: str):
    code, told = ended(body, FULL)
    assert code == 2 and "Traceback" not in told
    assert "Could not run: the disk is full; make room" in told and "the command's output goes" in told


@needs_full
@pytest.mark.parametrize("body", COMMANDS.values(), ids=COMMANDS)
def test_the_code_is_right_where_nothing_at_all_can_be_said(body: str):
    assert ended(body, FULL, FULL) == (2, "")


def test_a_command_that_could_say_all_ends_as_it_wants():
    codes = [ended(body)[0] for body in COMMANDS.values()]
    assert codes == [0, 1, 0, 2]


def test_a_fault_of_our_own_is_not_told_as_data_that_was_refused():
    code, told = ended("raise KeyError('ours')")
    assert code == 2 and "Traceback" in told and "Could not run: KeyError: 'ours'" in told


def test_a_reader_who_stops_reading_is_told_nothing():
    done = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROGRAM.format(body="print('a line\\n' * 100_000)")],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert done.stdout is not None and done.stdout.readline() == "a line\n"
    done.stdout.close()
    assert done.stderr is not None and done.stderr.read() == ""
    assert done.wait() == 2
