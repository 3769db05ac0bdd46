"""Months that are read again from the archive, though nothing says that they must be."""

from __future__ import annotations

from pathlib import Path

from intake_home import NIGHT, Home, directory_rows, good, in_process

from orchestration import lake
from orchestration.intake.again import reingest
from orchestration.intake.batch import Reading


def again(home: Home, *periods: str) -> Reading:
    return reingest(
        home.settings,
        home.policy,
        periods,
        NIGHT,
        directory=lambda root, when: directory_rows(),
        run=in_process,
    )


def test_a_damaged_part_of_the_lake_is_made_again_with_the_rows_it_had(home: Home) -> None:
    home.drop(good())
    home.night()
    before = home.rows("submission__action_status")
    (damaged,) = lake.parts(home.settings.lake)["submission__action_status"]
    Path(str(damaged)).write_bytes(Path(str(damaged)).read_bytes()[:50])
    done = again(home, "2024-01")
    assert done.files == 1 and home.rows("submission__action_status") == before
    assert damaged not in lake.parts(home.settings.lake)["submission__action_status"]
    assert again(home, "2024-01").files == 1 and home.rows("submission__action_status") == before


def test_other_months_are_left_as_they_are(home: Home) -> None:
    home.drop(good())
    home.night()
    stood = lake.standing(home.settings.lake)
    assert again(home, "2023-12").files == 0 and lake.standing(home.settings.lake) == stood
    assert len(home.receipts()) == 1


def test_the_answers_are_given_anew_and_are_the_same(home: Home) -> None:
    home.drop(good())
    home.night()
    before = home.receipts()
    again(home, "2024-01")
    assert home.receipts() == before
