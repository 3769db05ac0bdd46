"""The real California files give the published numbers. Skipped with a reason where the files are absent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from orchestration import lake
from orchestration.feeds.directory import designated, known_organizations
from orchestration.feeds.load import FeedReport, load_feeds
from orchestration.policy import load_policy
from orchestration.settings import PROJECT, Settings

pytestmark = [pytest.mark.california, pytest.mark.e2e]
AS_OF = datetime(2100, 1, 1)  # after any copy's modification time


@dataclass(frozen=True)
class Loaded:
    settings: Settings
    report: FeedReport

    def rows(self, table: str) -> pd.DataFrame:
        files = lake.parts(self.settings.lake)[table]
        return pd.concat([pq.read_table(str(f)).to_pandas() for f in files], ignore_index=True)


@pytest.fixture(scope="module")
def loaded(california: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    home = tmp_path_factory.mktemp("california")
    shutil.copytree(california, home / "feeds")
    settings = Settings.at(home, PROJECT / "examples" / "california")
    yield Loaded(settings, load_feeds(settings, load_policy(settings.state), AS_OF))
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def own_year(loaded: Loaded) -> pd.DataFrame:
    rows = loaded.rows("feed__designations")
    return rows[rows["list_year"] == rows["school_year"]]


def test_every_mapped_file_loads_whole_and_every_file_is_accounted_for(
    loaded: Loaded, california: Path
) -> None:
    files = loaded.rows("feed__files")
    received = sorted(p.relative_to(california).as_posix() for p in california.rglob("*") if p.is_file())
    assert sorted(set(files["source_file"])) == received
    twice = files.loc[
        files["source_file"].duplicated(), "source_file"
    ]  # the directory, and what FS029 asks beside
    assert sorted(twice) == [
        "directory/CDESchoolDirectoryExport_2022.xlsx",
        "directory/pubschls_2018-06_nopii.csv.gz",
    ]
    assert loaded.report.refused == 0
    assert loaded.report.stale == ()
    assert files["rows_rejected"].sum() == 0
    assert (files[files["outcome"] == "loaded"].groupby("feed").size()).to_dict() == {
        "chronic_absence": 1, "designations": 3, "designations_2018": 1, "directory": 3, "directory_addresses_2022": 1,
        "directory_details": 1, "ela": 1, "graduation": 2, "lea_phones": 1, "local_indicators": 2, "math": 1, "meals": 1,
        "title1": 1,
    }  # fmt: skip
    assert loaded.report.rows == {
        "designations": 139_844, "directory": 60_783, "directory_details": 44_113, "indicator_results": 993_336,
        "self_ratings": 9_169, "title1_allocations": 913,
    }  # fmt: skip
    rows_left_out = files["feed"].isin(["title1", "directory_details", "directory_addresses_2022"])
    assert "blank" not in "".join(files.loc[~rows_left_out, "message"])  # no cell was given up


@pytest.mark.parametrize(
    ("year", "low_performance", "low_graduation", "atsi", "schools"),
    [
        ("2018-19", 481, 300, 859, 9_910),
        ("2019-20", 483, 293, 1_043, 9_970),
        ("2022-23", 474, 333, 6_289, 9_946),
        ("2023-24", 540, 289, 2_363, 10_044),
    ],
)  # fmt: skip
def test_each_list_names_the_published_number_of_schools(
    own_year: pd.DataFrame, year: str, low_performance: int, low_graduation: int, atsi: int, schools: int
) -> None:
    rows = own_year[own_year["list_year"] == year]
    counts = rows.groupby(["category", "reason"]).size().to_dict()
    assert counts == {
        ("CSI", "low_performance"): low_performance,
        ("CSI", "low_graduation"): low_graduation,
        ("ATSI", "low_subgroup"): atsi,
    }
    assert len(rows) == schools
    assert rows["org_id"].is_unique
    assert rows["is_title1"].notna().all()


def test_every_id_keeps_its_fourteen_digits(loaded: Loaded) -> None:
    for table, column in (
        ("feed__designations", "org_id"),
        ("feed__directory", "org_id"),
        ("feed__indicator_results", "org_id"),
    ):
        ids = loaded.rows(table)[column]
        assert ids.str.fullmatch(r"\d{14}").all()
        assert ids.str.startswith("0").any()


def test_only_a_lists_own_year_carries_the_facts_of_that_year(loaded: Loaded) -> None:
    rows = loaded.rows("feed__designations")
    earlier = rows[rows["list_year"] != rows["school_year"]]
    assert earlier[["is_title1", "exit_code", "subgroups", "enrollment"]].isna().all().all()
    assert not rows.duplicated(["list_year", "org_id", "school_year"]).any()
    own = rows[(rows["list_year"] == "2023-24") & (rows["school_year"] == "2023-24")]
    assert int(own["enrollment"].isna().sum()) == 96  # '*' in the file
    assert int(own["is_title1"].sum()) == 7_322  # TitleI2223, the newest of its four columns
    of_atsi = own[own["category"] == "ATSI"]
    assert of_atsi["subgroups"].notna().all()


def test_title_one_amounts_are_exact_and_rounded_once(loaded: Loaded) -> None:
    rows = loaded.rows("feed__title1_allocations")
    assert len(rows) == 913
    assert int((rows["amount"] == 0).sum()) == 53
    exact, rounded = sum(rows["amount_reported"]), sum(rows["amount"])
    assert exact == Decimal("2195706030.5018930333155")
    assert rounded == Decimal("2195706030.50")
    assert exact - rounded == Decimal("0.0018930333155")
    again = rows["amount_reported"].map(lambda a: a.quantize(Decimal("0.01"), ROUND_HALF_UP))
    assert (again == rows["amount"]).all()
    message = loaded.rows("feed__files").set_index("feed").loc["title1", "message"]
    assert "amount_reported 2,195,706,030.5018930333155" in message
    assert "amount 2,195,706,030.50" in message
    assert "0.0018930333155" in message
    acton = rows[rows["lea_id"] == "19753090000000"]
    assert acton["amount_reported"].item() == Decimal("283867.8849482517")


@pytest.mark.parametrize(
    ("year", "vintage_2018", "union"),
    [
        ("2018-19", 0.995, 0.995),
        ("2019-20", 0.986, 0.995),
        ("2022-23", 0.967, 0.995),
        ("2023-24", 0.962, 0.990),
    ],
)
def test_designations_join_to_the_directory(
    loaded: Loaded, own_year: pd.DataFrame, year: str, vintage_2018: float, union: float
) -> None:
    """The data's README measured its union (99.6, 99.5, 99.6, 99.5 %) with a vintage of 2026, not here."""
    known = known_organizations(loaded.settings.lake, AS_OF)
    ids = own_year.loc[own_year["list_year"] == year, "org_id"]
    first = known.loc[known["effective_on"] == date(2018, 6, 1), "org_id"]
    assert round(ids.isin(first).mean(), 3) >= vintage_2018
    assert round(ids.isin(known["org_id"]).mean(), 3) >= union


def test_the_rule_of_low_graduation_finds_286_of_the_official_300(
    loaded: Loaded, own_year: pd.DataFrame
) -> None:
    rows = loaded.rows("feed__indicator_results")
    rows = rows[(rows["indicator"] == "graduation_4yr") & (rows["school_year"] == "2017-18")]
    rows = rows[(rows["subgroup"] == "ALL") & (rows["org_scope"] == "school")].dropna(
        subset=["rate", "prior_rate"]
    )
    average = (rows["rate"].astype(float) + rows["prior_rate"].astype(float)) / 2
    on_the_list = set(own_year.loc[own_year["list_year"] == "2018-19", "org_id"])
    predicted = set(rows.loc[average < 67, "org_id"]) & on_the_list
    official = set(
        own_year.loc[
            (own_year["list_year"] == "2018-19") & (own_year["reason"] == "low_graduation"), "org_id"
        ]
    )
    assert (len(predicted), len(official), len(predicted & official)) == (419, 300, 286)


def test_directory_vintages_have_the_states_own_counts(loaded: Loaded) -> None:
    rows = loaded.rows("feed__directory")
    by_vintage = {str(day): part for day, part in rows.groupby("effective_on")}
    assert {day: len(part) for day, part in by_vintage.items()} == {
        "2018-06-01": 17_892,
        "2021-10-05": 18_214,
        "2022-01-01": 24_677,
    }
    first = by_vintage["2018-06-01"]
    assert first["status"].value_counts().to_dict() == {
        "open": 11_708,
        "closed": 4_662,
        "merged": 1_444,
        "pending": 78,
    }
    assert int((first["org_level"] == "lea").sum()) == 1_380
    assert first["org_name"].notna().all()
    fame = first[first["org_id"] == "01100170109835"]
    assert fame["closed_on"].item() == date(2015, 8, 1)  # 31 July is its last day
    assert fame["nces_lea_id"].item() == "0691051"


def test_suppressed_figures_are_blank_and_keep_their_marker(loaded: Loaded) -> None:
    rows = loaded.rows("feed__indicator_results")
    ela = rows[rows["indicator"] == "ela_met"]
    assert set(ela["marker"].dropna()) == {"NT", "--"}
    assert ela.loc[ela["marker"].notna(), "rate"].isna().all()
    assert ela.loc[ela["marker"].isna(), "rate"].notna().all()
    graduation = rows[rows["indicator"] == "graduation_4yr"]
    small = graduation["denominator"].astype(float) < 11
    assert graduation.loc[small, "rate"].isna().all()
    rate = rows[(rows["indicator"] == "frpm") & (rows["org_id"] == "01100170130419")]["rate"].item()
    assert rate == Decimal("76.1905")


def test_the_designated_of_a_year_come_from_the_newest_list_that_speaks_of_it(loaded: Loaded) -> None:
    now = designated(loaded.settings.lake, AS_OF, "2023-24")
    assert now.groupby("category").size().to_dict() == {"ATSI": 2_363, "CSI": 829}
    later = designated(loaded.settings.lake, AS_OF, "2025-26")  # no list speaks of it yet
    assert later.equals(now)
    assert designated(loaded.settings.lake, AS_OF, "2015-16").empty


def test_a_second_night_changes_nothing(loaded: Loaded) -> None:
    again = load_feeds(loaded.settings, load_policy(loaded.settings.state), AS_OF)
    assert again.batch is None
    assert again.rows == loaded.report.rows
