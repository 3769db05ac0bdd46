"""People name a release by the start of its ID, or by what it is; a name that fits none or several is refused."""

from __future__ import annotations

import pytest

from orchestration.errors import ConfigError
from orchestration.release.names import release_ids, remains, resolve


def test_an_id_its_start_current_and_previous_name_one_release(home):
    first, second = home.night(1).release_id, home.night(2).release_id
    assert release_ids(home.releases) == [first, second]
    assert resolve(home.releases, "20240602") == resolve(home.releases, first) == first
    assert resolve(home.releases, "current") == second
    assert resolve(home.releases, "previous") == first


def test_a_name_that_is_not_of_one_release_is_refused_with_what_there_is(home):
    home.night(1)
    last = home.night(2).release_id
    for text, said in [
        ("2024", "begins the names of 2 releases"),
        ("1999", "there is no release '1999'"),
        ("", "there is no release ''"),
        ("../archive", "there is no release"),
    ]:
        with pytest.raises(ConfigError, match=said) as e:
            resolve(home.releases, text)
        assert last in str(e.value)


def test_previous_of_the_first_release_is_refused_and_so_is_any_name_where_there_is_none(home):
    with pytest.raises(ConfigError, match="no releases"):
        resolve(home.releases, "current")
    home.night(1)
    with pytest.raises(ConfigError, match="it is the first"):
        resolve(home.releases, "previous")


def test_what_has_no_manifest_is_no_release(cloud_home):
    made = cloud_home.night(1)
    releases = cloud_home.settings.releases
    (releases / "20230101T000000Z-00000000").mkdir(parents=True)
    (releases / "20230101T000000Z-00000000" / "gate.json").write_bytes(b"{}")
    assert release_ids(releases) == [made.release_id]
    assert remains(releases) == ["20230101T000000Z-00000000"]


def test_what_was_set_aside_is_no_release(home):
    here = home.night(1).release_id
    (home.releases / here).rename(home.releases / f"{here}.damaged-1")
    home.night(1)
    with pytest.raises(ConfigError, match="damaged copy"):
        resolve(home.releases, f"{here}.damaged-1")
