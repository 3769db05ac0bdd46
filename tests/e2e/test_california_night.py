"""A slice of California end to end: the real feeds, a few LEAs' simulated files, one whole night."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from california_federal import read_list
from california_lists import ABSENT, CaliforniaLists, read_lists

from orchestration import storage
from orchestration.demo.simulate import simulate
from orchestration.extracts.made import Made
from orchestration.extracts.make import make_extracts
from orchestration.feeds.load import load_feeds
from orchestration.nightly import run_night
from orchestration.policy import load_policy
from orchestration.release.certification import certify
from orchestration.settings import PROJECT, Settings
from orchestration.warehouse.manifest import ensure_manifest
from tests.dbt.identification import Identification
from tests.federal_layouts import parse

pytestmark = [pytest.mark.e2e, pytest.mark.california]
AS_OF = datetime(2023, 11, 1)


@dataclass(frozen=True)
class Night:
    """A published night, and how many LEAs had sent something."""

    settings: Settings
    leas: int

    def rows(self, sql: str, *values: object) -> list[tuple]:
        """What the release's marts answer."""
        marts = self.settings.home / "releases" / "current" / "internal" / "marts.duckdb"
        with duckdb.connect(str(marts), read_only=True) as db:
            return db.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="module")
def night(california: Path, tmp_path_factory: pytest.TempPathFactory) -> Night:
    settings = Settings.at(
        tmp_path_factory.mktemp("california") / "home", PROJECT / "examples" / "california"
    )
    for folder in ("directory", "designations"):
        shutil.copytree(california / folder, settings.home / "feeds" / folder)
    (settings.home / "feeds" / "indicators").mkdir()
    for path in sorted((california / "indicators").glob("graddownload*.txt")):
        shutil.copy(path, settings.home / "feeds" / "indicators")
    received = datetime(2023, 7, 1).timestamp()
    for path in (settings.home / "feeds").rglob("*.*"):
        path.chmod(0o644)
        os.utime(path, (received, received))
    policy = load_policy(settings.state)
    load_feeds(settings, policy, AS_OF)
    made = simulate(settings, policy, ["2023-08", "2023-09"], leas=3, seed=1)
    result = run_night(settings, AS_OF)
    assert result.code == 0, result.reasons
    return Night(settings, made.leas)


@pytest.fixture(scope="module")
def lists(california: Path) -> CaliforniaLists:
    return read_lists(california)


def test_a_slice_of_california_is_published_with_its_real_lists(night: Night) -> None:
    for year, csi_low, csi_grad, atsi in (
        ("2018-19", 481, 300, 859),
        ("2019-20", 483, 293, 1043),
        ("2022-23", 474, 333, 6289),
        ("2023-24", 540, 289, 2363),
    ):
        found = dict(
            night.rows(
                "select reason, count(*) from dim_designation where valid_from_year <= $1 "
                "and (valid_to_year is null or $1 < valid_to_year) group by reason",
                year,
            )
        )
        assert found == {"low_performance": csi_low, "low_graduation": csi_grad, "low_subgroup": atsi}, year
    assert night.rows("select count(*) from fct_submission where outcome = 'refused'") == [(0,)]
    assert night.rows("select count(distinct lea_id) from fct_action_status") == [(night.leas,)] == [(3,)]
    assert night.rows("select min(length(org_id)), max(length(org_id)) from dim_organization") == [(14, 14)]


@pytest.mark.parametrize(
    ("before", "after", "closed", "stayed_low_graduation"),
    [(2018, 2019, 88, 220), (2019, 2022, 118, 195), (2022, 2023, 0, 273)],
)
def test_each_list_to_the_next_moves_the_schools_that_its_files_move(
    night: Night, lists: CaliforniaLists, before: int, after: int, closed: int, stayed_low_graduation: int
) -> None:
    moved = night.rows(
        "select from_category, from_reason, to_category, to_reason, n_schools from rpt_designation_transition "
        "where comparison = 'lists' and from_year = $1 and to_year = $2",
        *(f"{y}-{y % 100 + 1}" for y in (before, after)),
    )
    known = {"CSI", "TSI", "ATSI", "none"}
    counted: Counter[tuple[str, str]] = Counter()
    for from_category, from_reason, to_category, to_reason, n in moved:
        sides = ((from_category, from_reason), (to_category, to_reason))
        was, now = (reason if category in known else ABSENT for category, reason in sides)
        counted[(was, now)] += n
    assert counted == lists.transitions(before, after)
    assert counted[("low_graduation", "low_graduation")] == stayed_low_graduation
    assert sum(n for _, _, to, _, n in moved if to == "closed") == lists.closed(before, after) == closed


def test_every_disagreement_of_the_lists_is_listed_and_no_other(night: Night, lists: CaliforniaLists) -> None:
    told = Counter(
        {
            (kind, int(year[:4]), int(first[:4]), int(second[:4])): n
            for kind, year, first, second, n in night.rows(
                "select kind, school_year, first_list_year, second_list_year, count(*) "
                "from rpt_designation_disagreement group by all"
            )
        }
    )
    assert told == {
        **{("lists_differ", *key): n for key, n in lists.differing().items()},
        **{("left_out_by_own_list", year, year, said): n for (year, said), n in lists.left_out().items()},
    }
    assert sum(told.values()) == 96
    assert night.rows(
        "select distinct first_status, second_status, standing_category, stands_because "
        "from rpt_designation_disagreement where kind = 'lists_differ' and school_year = '2022-23'"
    ) == [("ATSI", "No Status", "ATSI", "own_list")]


def test_years_in_status_are_those_of_the_columns(night: Night, lists: CaliforniaLists) -> None:
    found = night.rows(
        "select category, years_in_status, count(*) from dim_designation where valid_to is null group by all"
    )
    assert {(category, years): n for category, years, n in found} == lists.years_in_status()


def test_whoever_the_list_says_has_exited_has_an_exit(night: Night, lists: CaliforniaLists) -> None:
    left = {"ATSIEXIT": "ATSI", "CSIEXIT": "CSI"}
    for year in (2019, 2022, 2023):
        said = lists.exits[year].map(left).dropna()
        found = night.rows(
            "select org_id, category from fct_designation_event where school_year = $1 "
            "and event_code in ('exited', 'escalated', 'stepped_down') and exit_code <> 'NOEXIT'",
            f"{year}-{year % 100 + 1}",
        )
        listed = set(zip(said.index, said, strict=True))
        # Ridgecrest's own list of 2018-19 has it under the ID it had then
        assert listed - set(found) == ({("15101571530500", "ATSI")} if year == 2019 else set())
        assert set(found) <= listed


def test_a_school_under_another_id_is_a_candidate_and_nothing_is_assumed(night: Night) -> None:
    by_lists = night.rows(
        "select org_id, successor_id, touches_designation from rpt_organization_link where basis = 'lists'"
    )
    # the last seven digits of a CDS code are the school's own: a school that changes its LEA keeps them
    assert all(old[-7:] == new[-7:] and old != new for old, new, _ in by_lists)
    assert len(by_lists) == 23
    assert {(old, new) for old, new, touches in by_lists if touches} == {
        ("01611190130625", "01100170130625"),
        ("37770320134577", "37103710134577"),
        ("40688250125807", "40104050125807"),
    }
    assert night.rows("select count(*) from rpt_organization_link where carries_status") == [(0,)]
    assert night.rows("select count(*) from dim_designation where carried_from_id is not null") == [(0,)]


def test_low_graduation_of_2018_is_found_again_and_each_difference_has_its_reason(night: Night) -> None:
    """286 of the official 300, as the data's README measured; with 30 students in both years 298 are predicted."""
    assert night.rows(
        "select n_official, n_computed, n_agree, n_official_only, n_computed_only, n_outranked "
        "from rpt_identification_lists where school_year = '2018-19' and reason = 'low_graduation'"
    ) == [(300, 301, 286, 14, 14, 1)]
    reasons = night.rows(
        "select agreement, difference_code, count(*) from rpt_identification_check "
        "where school_year = '2018-19' and reason = 'low_graduation' group by all order by 1, 2"
    )
    assert reasons == [
        ("agree", None, 286),
        ("computed_only", "alternative_school", 10),
        ("computed_only", "not_on_list", 3),  # 301 less these: the 298
        ("computed_only", "other_average", 1),
        ("official_only", "alternative_school", 13),
        ("official_only", "other_average", 1),
        ("outranked", "other_category", 1),
    ]
    assert night.rows(
        "select explanation from rpt_identification_check where school_year = '2018-19' "
        "and org_id in ('19768690131128', '34103480106294') and reason = 'low_graduation' order by 1"
    ) == [
        (
            "would not be CSI: two-year rate 68.05, line 67; official: CSI Grad; "
            "put together the other way the rate is 66.67",
        )
    ]
    assert night.rows(
        "select count(*) from rpt_identification_check where n_students < 11 or (figure is not null and n_students is null)"
    ) == [(0,)]


def test_every_official_list_is_told_whole_beside_what_cannot_be_worked_out(night: Night) -> None:
    found = night.rows(
        "select school_year, reason, n_official, not_computed_as from rpt_identification_lists "
        "where n_official > 0 and school_year in ('2018-19', '2019-20', '2022-23', '2023-24') order by 1, 2"
    )
    assert found == [
        ("2018-19", "low_graduation", 300, None),
        ("2018-19", "low_performance", 481, "no_index"),
        ("2018-19", "low_subgroup", 859, "no_index"),
        ("2019-20", "low_graduation", 293, "no_results"),
        ("2019-20", "low_performance", 483, "no_index"),
        ("2019-20", "low_subgroup", 1043, "no_index"),
        ("2022-23", "low_graduation", 333, "no_results"),
        ("2022-23", "low_performance", 474, "no_index"),
        ("2022-23", "low_subgroup", 6289, "no_index"),
        ("2023-24", "low_graduation", 289, "no_results"),
        ("2023-24", "low_performance", 540, "no_index"),
        ("2023-24", "low_subgroup", 2363, "no_index"),
    ]


@pytest.fixture(scope="module")
def rules(night: Night) -> Iterator[Identification]:
    """The same night's rules, to be worked out by other policies."""
    found = Identification(night.settings, json.loads(ensure_manifest().read_text(encoding="utf-8")))
    yield found
    found.db.close()


@pytest.mark.parametrize(
    ("students", "of", "predicted"),
    [(11, "each_year", 419), (30, "latest_year", 320), (30, "each_year", 298)],
)
def test_other_minimum_numbers_predict_what_was_measured(
    rules: Identification, students: int, of: str, predicted: int
) -> None:
    policy = load_policy(PROJECT / "examples" / "california")
    changed = {"identification_min_n": str(students), "graduation_n_of": of}
    rules.settle_by(
        replace(
            policy, values=tuple(replace(v, value=changed.get(v.parameter, v.value)) for v in policy.values)
        )
    )
    rules.run("rpt_identification_check")
    assert rules.rows(
        "select count(*) filter (where is_computed and difference_code is distinct from 'not_on_list'), "
        "count(*) filter (where agreement = 'agree') from rpt_identification_check "
        "where school_year = '2018-19' and reason = 'low_graduation'"
    ) == [(predicted, 286)]


@pytest.mark.parametrize(
    ("state", "years"), [("", 2), ("one_year", 1), ("three_years", 3)], ids=["two years", "one", "three"]
)
def test_a_second_state_written_as_yaml_alone_gives_its_own_list(
    rules: Identification, state: str, years: int
) -> None:
    """One third or more failing, pooled; a school under 30 students by the years that make 30, three at most."""
    rules.settle_by(load_policy(PROJECT / "examples" / "bare_minimum" / state))
    rules.run("int_identification_computed")
    found = rules.rows(
        "select org_id from int_identification_computed "
        "where is_computed and school_year = '2018-19' and reason = 'low_graduation'"
    )
    assert sorted(o for (o,) in found) == one_third_fail(rules, years)


def one_third_fail(rules: Identification, years: int) -> list[str]:
    """The same by hand: of 2017-18 and, restated by the next file unless of three years together, the two before."""
    told: dict[tuple[str, int], tuple[int, int]] = {}
    for year in (2016, 2017):
        rows = rules.rows(
            "select org_id, numerator::int, denominator::int, prior_numerator::int, prior_denominator::int, method "
            "from stg_feed__indicator_results where org_scope = 'school' and subgroup = 'ALL' "
            "and indicator = 'graduation_4yr' and school_year = $1",
            f"{year}-{year - 1999}",
        )
        for org, n, of, prior_n, prior_of, method in rows:
            if of and n is not None:
                told[org, year] = (n, of)
            if prior_of and prior_n is not None and method != "3yr":
                told[org, year - 1] = (prior_n, prior_of)
    found = []
    for org in {o for o, year in told if year == 2017}:
        for k in range(years, 4):
            known = [told[org, y] for y in range(2017, 2017 - k, -1) if (org, y) in told]
            graduates, students = (sum(x) for x in zip(*known, strict=True))
            if students >= 30:
                found += [org] if 3 * (students - graduates) >= students else []
                break
    return sorted(found)


def federal_files(night: Night, year: str, numbers: list[str], forms: list[str]) -> Made:
    """Federal files of the night's release, which is certified for the year."""
    release = (night.settings.home / "releases" / "current").resolve()
    certify(
        night.settings.archive, school_year=year, release_id=release.name,
        candidate_sha256=storage.read_json(release / "manifest.json")["candidate_sha256"], certified_at=AS_OF,
        certified_by="a test", note="",
    )  # fmt: skip
    return make_extracts(
        night.settings, load_policy(night.settings.state), year, numbers=numbers, forms=forms
    )


def cds_of(row: dict[str, str]) -> str:
    return row["StateLEAIDNumber"] + row["StateSchoolIDNumber"]


@pytest.mark.parametrize(
    ("year", "form", "csi", "atsi", "left_out"),
    [
        pytest.param(2022, "csv", 474 + 333, 6_289, (4, 26)),
        pytest.param(2022, "txt", 474 + 333, 6_289, (4, 26), marks=pytest.mark.slow),
        pytest.param(2023, "tab", 540 + 289, 2_363, (9, 12), marks=pytest.mark.slow),
        pytest.param(2023, "txt", 540 + 289, 2_363, (9, 12), marks=pytest.mark.slow),
    ],
)
def test_fs206_has_every_listed_school_but_those_that_no_directory_has_and_names_them(
    night: Night, california: Path, year: int, form: str, csi: int, atsi: int, left_out: tuple[int, int]
) -> None:
    listed, school_year = read_list(california, year), f"{year}-{year % 100 + 1}"
    (made,) = federal_files(night, school_year, ["206"], [form]).files
    assert made.judged.problems == ()
    header, rows = parse(made.path.read_bytes(), "206", form)
    assert header[0] == "SCH CSI TSI" and header[1] == str(len(rows)) and header[4] == f"{year}-{year + 1}"
    assert len(rows) == len({cds_of(r) for r in rows})
    fields = ("CompSupImprvmntID", "TrgtSupImprvmntID", "AddlTrgtSupImprvmntID")
    assert {cds_of(r): tuple(r[f] for f in fields) for r in rows} == {
        cds: listed.statuses(cds) for cds in listed.reported
    }
    in_file = (
        Counter(r["CompSupImprvmntID"] for r in rows)["CSI"],
        Counter(r[fields[2]] for r in rows)["ADDLTSI"],
    )
    assert (in_file[0] + left_out[0], in_file[1] + left_out[1]) == (csi, atsi)  # the official list
    note = (made.path.parent / f"{made.path.name}.cover.txt").read_text()
    missing = {c for c, status in listed.status.items() if status != "none"} - listed.reported
    assert len(missing) == sum(left_out) and all(cds in note for cds in missing)


@pytest.mark.slow
@pytest.mark.parametrize(("year", "rows"), [(2022, 15_198), (2023, 4_083)])
def test_fs212_has_a_row_for_each_reason_and_flagged_group_of_the_list(
    night: Night, california: Path, year: int, rows: int
) -> None:
    listed, school_year = read_list(california, year), f"{year}-{year % 100 + 1}"
    (made,) = federal_files(night, school_year, ["212"], ["csv"]).files
    assert made.judged.problems == ()
    _, found = parse(made.path.read_bytes(), "212", "csv")
    fields = ("TableTypeAbbrv", "ComprhnsvSupportIdentificationTypeID", "TargetIdentificationSubgrpsID")
    assert len(found) == rows
    assert {(cds_of(r), *(r[f] for f in fields)) for r in found} == listed.reasons()
    assert {r["Amount"] for r in found} == {"RESNAPPLYES"}


def test_nces_ids_stand_where_the_directory_has_them_and_money_that_is_not_known_is_not_reported(
    night: Night,
) -> None:
    assert night.rows(
        "select nces_lea_id, nces_school_id from rpt_fs029 where school_year = '2022-23' and org_id = '01100170112607'"
    ) == [("0691051", "10947")]
    (with_ids, schools) = night.rows(
        "select count(nces_school_id), count(*) from rpt_fs029 where school_year = '2022-23' and org_level = 'school' and is_reported"
    )[0]
    assert (with_ids, schools) == (10_614, 10_674)
    assert night.rows(
        "select org_level, count(mailing_address) > 0, count(location_zip) > 0, count(phone) > 0, count(type_code) from rpt_fs029 "
        "where school_year = '2022-23' and is_reported group by all order by all"
    ) == [("lea", True, True, True, 0), ("school", True, True, False, 0)]
    assert night.rows("select count(*) from rpt_fs132") == [(0,)]
    assert night.rows(
        "select distinct left_out_as from rpt_fs223 where school_year = '2022-23' and is_title1_on_list "
        "and left_out_as <> 'not_in_directory'"
    ) == [("no_source",)]
