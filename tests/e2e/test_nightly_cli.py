"""What the command line says and with which code it ends: 0 published, 1 refused, 2 could not run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nights import copy_home, settings_of, standing
from typer.testing import CliRunner

from orchestration import archive
from orchestration.cli import app
from orchestration.demo.state import DEMO_AS_OF, DEMO_STATE
from orchestration.gate.record import write_record
from orchestration.gate.verdict import refused
from orchestration.release.current import read_current
from orchestration.settings import PROJECT, Settings
from tests.demonstration import demonstration

STATE = str(DEMO_STATE)
LEAS = 11  # of the demonstration


def say(*arguments: str) -> tuple[int, str]:
    """Run a command in this process; its exit code and what it printed."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("command", "taught"),
    [
        ([], ["nightly", "simulate", "demo", "Try it"]),
        (["nightly"], ["--home", "--state", "--as-of", "Example", "Exit code 0", "1:", "2:"]),
        (["simulate"], ["--periods", "--leas", "--seed", "--slips", "Example", "landing"]),
        (["demo"], ["--home"]),
    ],
)
def test_help_teaches(command, taught):
    code, text = say(*command, "--help")
    assert code == 0 and [t for t in taught if t not in text] == []


def test_an_as_of_time_that_is_none_could_not_run(tmp_path):
    code, text = say("nightly", "--home", str(tmp_path), "--state", STATE, "--as-of", "tonight")
    assert (
        code == 2 and "Could not run: as-of time 'tonight' is not understood; write it as 2024-06-15" in text
    )


def test_a_state_without_a_policy_could_not_run(tmp_path):
    code, text = say("nightly", "--home", str(tmp_path), "--state", str(tmp_path), "--as-of", "2024-06-15")
    assert code == 2 and "has no policy.yaml" in text


def test_a_policy_with_mistakes_could_not_run_and_every_mistake_is_named(tmp_path):
    state = tmp_path / "state"
    shutil.copytree(DEMO_STATE, state)
    policy = (state / "policy.yaml").read_text()
    (state / "policy.yaml").write_text(
        policy.replace("America/Chicago", "Chicago").replace("value: 15", "value: soon")
    )
    for command in (["nightly"], ["simulate", "--periods", "2023-08..2023-09"]):
        code, text = say(*command, "--home", str(tmp_path / "home"), "--state", str(state))
        assert code == 2 and "time_zone 'Chicago' is unknown" in text and "due_day, value 1: 'soon'" in text


HOLD = """
import sys
from pathlib import Path
from orchestration.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_night_at_once_could_not_run_and_is_told_who_is_at_work(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "warehouse")],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        code, text = say("nightly", "--home", str(tmp_path), "--state", STATE, "--as-of", "2024-06-15")
        assert code == 2 and f"process {holder.pid}" in text and "wait until it ends" in text
    finally:
        holder.communicate("\n")


@pytest.mark.parametrize("periods", ["2023-8", "2023-08..2023-13", "2023-09..2023-08", "all"])
def test_months_that_are_none_are_not_simulated(tmp_path, periods):
    code, text = say("simulate", "--home", str(tmp_path), "--state", STATE, "--periods", periods)
    assert code == 2 and "Could not run" in text and not list(tmp_path.glob("landing/*"))


def test_a_home_without_feeds_cannot_be_simulated_and_says_what_is_missing(tmp_path):
    code, text = say("simulate", "--home", str(tmp_path), "--state", STATE, "--periods", "2023-08..2023-09")
    assert code == 2 and "no school with a designation is known" in text


@pytest.mark.e2e
def test_a_published_night_shows_progress_and_ends_with_files_checks_and_release(
    tmp_path_factory: pytest.TempPathFactory,
):
    home, said = demonstration(tmp_path_factory)
    lines = said.strip().splitlines()
    assert f"Published {read_current(home / 'releases')}" in lines
    assert any(line.startswith("Files ") and "accepted" in line for line in lines)
    assert any(line.startswith("Checks ") and "passed" in line for line in lines)
    (release,) = [line.split(maxsplit=1)[1] for line in lines if line.startswith("Release ")]
    assert (Path(release) / "manifest.json").is_file()
    assert len([line for line in lines if line.startswith("[") and " s] " in line]) > 5
    assert "Traceback" not in said and "Warning" not in said
    assert len(list((home / "outbox").iterdir())) == len(list((home / "landing").iterdir())) == LEAS


@pytest.mark.e2e
def test_lost_bytes_could_not_run_and_are_not_taken_for_an_earlier_nights_refusal(
    tmp_path: Path, published_demo: Settings
):
    home = copy_home(published_demo.home, tmp_path / "home")
    settings = settings_of(home)
    before = standing(home)
    write_record(settings.gate_record, refused(["dim_organization: an earlier night's cause"]))
    shutil.rmtree(home / "lake")
    lost = archive.arrivals(settings.archive, "submission")[0]
    Path(str(archive.blob(settings.archive, lost.sha256))).unlink()
    code, said = say("nightly", "--home", str(home), "--state", STATE, "--as-of", DEMO_AS_OF.isoformat())
    assert code == 2, said
    assert f"the archive has lost {lost.path}" in said and "restore it from a backup" in said
    assert "an earlier night's cause" not in said
    assert f"release {read_current(settings.releases)} stands" in said and standing(home) == before
