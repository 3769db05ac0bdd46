"""A release said to be the one reported: once, for ever, and never in the place of another."""

from datetime import datetime

import pytest
from upath import UPath

from orchestration.errors import BadDataError, ConfigError
from orchestration.release.certification import certifications, certified_for, certify

FACTS = {"candidate_sha256": "c1", "certified_at": datetime(2024, 12, 1), "certified_by": "A. Director"}


def certified(archive, release_id, school_year="2022-23", **changed):
    given = {**FACTS, **changed}
    return certify(archive, school_year=school_year, release_id=release_id, note="FS206", **given)


@pytest.fixture
def archive(tmp_path):
    return UPath(tmp_path / "archive")


def test_a_later_certification_of_a_year_stands_beside_the_earlier(archive):
    assert certifications(archive) == [] and certified_for(archive, "2022-23") is None
    first = certified(archive, "r1")
    second = certified(archive, "r2")
    other = certified(archive, "r2", "2023-24")
    assert certifications(archive) == [first, second, other]
    assert (first.number, second.number, other.number) == (1, 2, 1)
    assert certified_for(archive, "2022-23") == second


def test_certifying_the_same_release_again_changes_nothing(archive):
    first = certified(archive, "r1")
    assert certified(archive, "r1", certified_at=datetime(2025, 1, 1)) == first
    assert certifications(archive) == [first]


@pytest.mark.parametrize("year", ["2022", "2022-2023", "2022-24", "22-23", "", "../2022-23"])
def test_a_school_year_that_is_none_is_refused(archive, year):
    with pytest.raises(ConfigError, match="2022-23"):
        certified(archive, "r1", year)
    assert not archive.exists()


def test_a_certification_without_a_name_is_refused(archive):
    with pytest.raises(ConfigError, match="who certifies"):
        certified(archive, "r1", certified_by=" ")


def test_a_damaged_certification_is_named_and_not_passed_over(archive):
    certified(archive, "r1")
    (archive / "certifications" / "2022-23-1.json").write_text("{")
    with pytest.raises(BadDataError, match=r"2022-23-1\.json"):
        certifications(archive)
