"""Publication under fire: killed anywhere. How others read all the while is in test_readers."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys

import pytest

from orchestration.release.current import read_current
from orchestration.release.verify import verify_release


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def steps_of_a_night(home, night: int) -> list[str]:
    """What a publication reports, in order."""
    steps: list[str] = []
    home.night(night, progress=steps.append)
    return steps


def stop_at(number: int):
    """A progress function that kills at its n-th call."""
    seen: list[str] = []

    def progress(text: str) -> None:
        seen.append(text)
        if len(seen) == number:
            raise Killed(text)

    return progress


def test_a_kill_between_any_two_steps_leaves_old_or_new_and_the_next_night_repairs(home):
    old = home.night(1)
    steps = steps_of_a_night(home, 2)
    assert len(steps) >= 9
    for number in range(1, len(steps) + 1):
        home.night(1)
        night = 100 + number
        with pytest.raises(Killed):
            home.night(night, progress=stop_at(number))
        current = read_current(home.releases)
        assert verify_release(home.releases / current) == []
        assert (current == old.release_id) == (number < len(steps))
        repaired = home.publish()
        assert read_current(home.releases) == repaired.release_id
        assert verify_release(home.releases / repaired.release_id) == []
        assert not list(home.releases.glob(".tmp-*"))


@pytest.mark.slow
def test_a_kill_while_a_damaged_release_is_replaced_never_leaves_current_pointing_nowhere(home):
    made = home.night(1)
    damaged = home.releases / made.release_id / "gate.json"

    def damage() -> None:
        damaged.chmod(0o644)
        damaged.write_text("{}")

    damage()
    steps = steps_of_a_night(home, 1)
    assert "moving the damaged release aside" in steps
    for number in range(1, len(steps) + 1):
        damage()
        with pytest.raises(Killed):
            home.night(1, progress=stop_at(number))
        assert (home.releases / "current" / "internal" / "marts.duckdb").is_file()
        home.publish()
        assert read_current(home.releases) == made.release_id
        assert verify_release(home.releases / made.release_id) == []


PUBLISHER = """
import json, sys
from pathlib import Path
from orchestration.release.publish import publish
from orchestration.settings import Settings
home, state, nights = sys.argv[1], sys.argv[2], sys.argv[3:]
settings = Settings.at(home, state)
dictionary = json.loads(Path(state, "dictionary.json").read_text())
while True:
    for night in nights:
        folder = Path(home, "nights", night)
        files = [folder / "candidate.duckdb", folder / "gate.json", folder / "docs"]
        publish(settings, *files, dictionary, progress=lambda text: print(text, flush=True))
"""


def prepare_nights(home, nights: range) -> list[str]:
    """Candidates that passed the gate, for the publishing process."""
    from shutil import copytree

    dictionary = {"dim_school": {"key": ["org_id"], "columns": {}}}
    (home.settings.state / "dictionary.json").write_text(json.dumps(dictionary))
    for night in nights:
        home.build(night)
        home.pass_gate()
        folder = home.settings.home / "nights" / str(night)
        folder.mkdir(parents=True)
        home.candidate.rename(folder / "candidate.duckdb")
        home.record.rename(folder / "gate.json")
        copytree(home.docs, folder / "docs")
    return [str(n) for n in nights]


@pytest.mark.slow  # `make faults` does it, too
def test_kill_minus_nine_at_random_moments_leaves_old_or_new(home):
    home.night(1)
    nights = prepare_nights(home, range(2, 40))
    dice = random.Random(20240615)
    stood: set[str | None] = set()
    for _ in range(6):
        publisher = subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(home.settings.home), str(home.settings.state), *nights],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert publisher.stdout is not None
        for _ in range(dice.randint(1, 40)):  # about ten steps a publication
            assert publisher.stdout.readline()
        with contextlib.suppress(subprocess.TimeoutExpired):
            publisher.wait(timeout=dice.uniform(0, 0.03))
        publisher.kill()
        assert publisher.wait() == -9
        publisher.stdout.close()
        current = read_current(home.releases)
        assert verify_release(home.releases / current) == []
        stood.add(current)
    assert len(stood) >= 3  # the kills met publications at work
    whole = [
        p for p in home.releases.iterdir() if p.is_dir() and not p.name.startswith(".") and not p.is_symlink()
    ]
    assert [problem for p in whole for problem in verify_release(p)] == []
    last = home.night(90)
    assert verify_release(home.releases / last.release_id) == []
    assert not list(home.releases.glob(".tmp-*"))
