"""What stands in the lake: refused files, newer files, second nights, other homes."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from small_state import FEEDS, Home, make_home

from orchestration import lake
from orchestration.feeds.directory import designated, known_organizations

LIST_22 = "Year,SID,Status2021,Status2022\n2022,010203,None,Lowest\n2022,010204,Lowest,None\n"
DIRECTORY = "School ID,School,Status\n010203,North,Active\n010000,District,Active\n"


def test_a_file_whose_header_is_not_found_is_refused_and_says_what_was_looked_for(home: Home) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=1)
    home.workbook(
        "lists/status_23.xlsx",
        {"Status": [["A title"], ["Yr", "School Number", "Status2023"], ["2023", "010203", "None"]]},
        day=2,
    )
    report = home.load()
    assert (report.loaded, report.refused, report.stale) == (1, 1, ("designations",))
    said = home.file("lists/status_23.xlsx")
    assert said["outcome"] == "refused"
    for words in (
        "org_id (School ID or SID)",
        "list_year (Year)",
        "the nearest is row 2 of sheet 'Status'",
        "(nearest there: 'School Number')",
    ):
        assert words in said["message"]
    assert "feeds.yaml" in said["message"]
    assert any("Feed designations: its newest file was refused" in m for m in report.messages)
    assert set(home.rows("feed__designations")["list_year"]) == {"2022-23"}  # last year's rows still stand


def test_a_refused_correction_leaves_the_earlier_file_of_that_name_standing(home: Home) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=1)
    home.load()
    home.drop("lists/status_22.csv", "nothing,of,use\n1,2,3\n", day=2)
    report = home.load()
    assert report.stale == ("designations",)
    assert len(home.rows("feed__designations")) == 4


def test_a_corrected_file_of_the_same_name_replaces_the_earlier_one_whole(home: Home) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=1)
    home.load()
    home.drop("lists/status_22.csv", "Year,SID,Status2022\n2022,010203,None\n", day=2)
    home.load()
    assert home.rows("feed__designations")["official_status"].tolist() == ["None"]
    files = home.rows("feed__files").sort_values("received_at")
    assert files["rows_loaded"].tolist() == [0, 1]
    assert "Replaced by the file of the same name" in files["message"].iloc[0]


def test_where_two_files_hold_a_key_the_row_received_last_stands(home: Home) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=1)
    home.load()
    home.drop("lists/status_22_revised.csv", "Year,SID,Status2022\n2022,010203,None\n", day=2)
    report = home.load()
    rows = home.rows("feed__designations")
    assert not rows.duplicated(["list_year", "org_id", "school_year"]).any()
    own = rows[rows["school_year"] == "2022-23"].set_index("org_id")["official_status"].to_dict()
    assert own == {"010203": "None", "010204": "None"}
    assert "1 rows gave way" in home.file("lists/status_22.csv")["message"]
    assert report.rows == {"designations": 4}


def test_a_second_night_writes_no_new_batch_and_reports_the_same(home: Home) -> None:
    home.drop("lists/status_22.csv", LIST_22)
    home.drop("lists/directory_2021-10-05.csv", "broken")
    first = home.load()
    before = sorted(p.name for p in Path(str(home.settings.lake)).rglob("*.*"))
    second = home.load(datetime(2024, 2, 1))
    assert first.batch is not None
    assert second.batch is None
    assert (second.rows, second.stale, second.messages) == (first.rows, first.stale, first.messages)
    assert sorted(p.name for p in Path(str(home.settings.lake)).rglob("*.*")) == before


def test_a_new_file_adds_its_part_and_the_others_are_used_again(home: Home) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=1)
    home.load()
    old = {p.name for p in lake.parts(home.settings.lake)["feed__designations"]}
    home.drop("lists/directory_2021-10-05.csv", DIRECTORY, day=2)
    home.load()
    assert {p.name for p in lake.parts(home.settings.lake)["feed__designations"]} == old
    assert len(lake.standing(home.settings.lake)) == 1
    assert len(lake.batches(home.settings.lake)) == 2


def test_a_changed_mapping_makes_only_its_own_feed_again(home: Home) -> None:
    home.drop("lists/status_22.csv", LIST_22)
    home.drop("lists/directory_2021-10-05.csv", DIRECTORY)
    home.load()
    before = {t: {p.name for p in ps} for t, ps in lake.parts(home.settings.lake).items()}
    feeds = yaml.safe_load((home.settings.state / "feeds.yaml").read_text())
    feeds["feeds"]["directory"]["columns"]["region"] = {"constant": "North"}
    (home.settings.state / "feeds.yaml").write_text(yaml.safe_dump(feeds))
    assert home.load().batch is not None
    after = {t: {p.name for p in ps} for t, ps in lake.parts(home.settings.lake).items()}
    assert after["feed__designations"] == before["feed__designations"]
    assert after["feed__directory"] != before["feed__directory"]
    assert set(home.rows("feed__directory")["region"]) == {"North"}


def test_only_what_had_arrived_by_then_counts_and_going_back_and_forth_ends_where_it_began(
    home: Home,
) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=1)
    home.drop("lists/directory_2021-10-05.csv", DIRECTORY, day=20)
    first = home.load()
    earlier = home.load(datetime(2024, 1, 10))
    assert (earlier.files, set(earlier.rows)) == (1, {"designations"})
    assert home.rows("feed__directory").empty
    again = home.load()
    assert again.rows == first.rows
    assert len(lake.standing(home.settings.lake)) == 1


def test_the_same_archive_on_another_home_gives_identical_rows(home: Home, tmp_path: Path) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=3)
    home.drop("lists/status_22_revised.csv", "Year,SID,Status2022\n2022,010203,None\n", day=4)
    home.drop("lists/directory_2021-10-05.csv", DIRECTORY, day=1)
    home.load(datetime(2024, 1, 3))  # here it came in two nights
    home.load()
    other = make_home(tmp_path / "other")
    shutil.copytree(str(home.settings.archive), str(other.settings.archive))
    other.load()
    for table in ("feed__designations", "feed__directory", "feed__files"):
        order = ["source_file", "file_sha256"] + (
            ["source_row", "school_year"] if table == "feed__designations" else []
        )
        mine, theirs = (h.rows(table).sort_values(order, ignore_index=True) for h in (home, other))
        assert mine.equals(theirs)


def test_a_night_that_dies_before_its_commit_leaves_the_old_snapshot_and_the_next_one_repairs(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop("lists/status_22.csv", LIST_22, day=1)
    home.load()
    home.drop("lists/directory_2021-10-05.csv", DIRECTORY, day=2)
    with monkeypatch.context() as broken:
        broken.setattr(lake.BatchWriter, "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            home.load()
    assert home.rows("feed__directory").empty
    assert len(home.rows("feed__designations")) == 4
    assert home.load().rows == {"designations": 4, "directory": 2}


def test_files_that_no_feed_knows_are_listed_with_the_reason(home: Home) -> None:
    home.drop("notes/letter.txt", "Dear all")
    home.drop("odd.csv", "a,b\n1,2\n")
    report = home.load()
    assert report.unmapped == 2
    assert home.file("notes/letter.txt")["message"] == "Not read: Letters."
    assert (home.file("odd.csv")["outcome"], home.file("odd.csv")["table_name"]) == ("unmapped", "")
    assert [m for m in report.messages if m.startswith("odd.csv")]
    assert not [m for m in report.messages if m.startswith("notes/")]


def test_a_flat_copy_of_the_folder_works_too(home: Home) -> None:
    home.drop("status_22.csv", LIST_22)
    assert home.load().rows == {"designations": 4}


def test_a_file_that_two_feeds_claim_for_one_table_is_refused(tmp_path: Path) -> None:
    feeds = {**FEEDS, "feeds": {**FEEDS["feeds"], "again": FEEDS["feeds"]["directory"]}}
    home = make_home(tmp_path, feeds)
    home.drop("lists/directory_2021-10-05.csv", DIRECTORY)
    home.load()
    assert (
        "Feeds directory and again both claim this file"
        in home.file("lists/directory_2021-10-05.csv")["message"]
    )


def test_known_organizations_and_designated_see_only_what_had_arrived(home: Home) -> None:
    home.drop("lists/directory_2021-10-05.csv", DIRECTORY, day=1)
    home.drop("lists/status_22.csv", LIST_22, day=5)
    home.load()
    root = home.settings.lake
    known = known_organizations(root, datetime(2024, 1, 2))
    assert known["org_id"].tolist() == ["010000", "010203"]
    assert known.columns.tolist() == ["effective_on", "org_id", "org_level", "lea_id", "org_name", "status"]
    assert designated(root, datetime(2024, 1, 2), "2022-23").empty
    assert designated(root, datetime(2024, 1, 6), "2022-23").to_dict("records") == [
        {"org_id": "010203", "category": "CSI", "reason": "low_performance"}
    ]
    assert designated(root, datetime(2024, 1, 6), "2021-22")["org_id"].tolist() == ["010204"]
    assert designated(root, datetime(2024, 1, 6), "2024-25")["org_id"].tolist() == ["010203"]
    assert known_organizations(
        make_home(Path(str(root)).parent / "empty").settings.lake, datetime(2024, 1, 2)
    ).empty
