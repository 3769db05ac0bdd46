"""What is written where: passing files whole with their note, failing ones aside, nothing from an uncertified release."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from orchestration.errors import BadDataError, BusyError, ConfigError
from orchestration.extracts.checks import Judged
from orchestration.extracts.make import make_extracts
from orchestration.extracts.source import add_later_columns
from orchestration.policy import Policy
from orchestration.release.certification import certify
from orchestration.settings import Settings
from tests.federal_layouts import parse

YEAR = "2023-24"
REASON = ("ComprhnsvSupportIdentificationTypeID", "TargetIdentificationSubgrpsID")
SOUND = Judged((), (), ())


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> Callable[[Judged], None]:
    """Great Expectations has tests of its own; here its verdict is given."""

    def give(judged: Judged) -> None:
        monkeypatch.setattr("orchestration.extracts.make.judge", lambda *_, **__: judged)

    monkeypatch.setattr("orchestration.extracts.make.write_check_file", lambda *_, **__: None)
    give(SOUND)
    return give


def test_nothing_is_made_where_no_release_is_certified(settings: Settings, policy: Policy) -> None:
    with pytest.raises(ConfigError, match="no release is certified for 2023-24"):
        make_extracts(settings, policy, YEAR)
    assert not settings.extracts.exists()


def test_nothing_is_made_from_a_certified_release_that_is_gone(settings: Settings, policy: Policy) -> None:
    certify(
        settings.archive, school_year=YEAR, release_id="20240620T000000Z-1a2b3c4d", candidate_sha256="x",
        certified_at=datetime(2024, 7, 1), certified_by="J. Ortiz", note="",
    )  # fmt: skip
    with pytest.raises(BadDataError, match="not among the releases; make it again"):
        make_extracts(settings, policy, YEAR)


@pytest.mark.parametrize(
    ("year", "numbers", "forms", "said"),
    [
        ("2023", (), ("csv",), "not a school year"),
        (YEAR, (), ("xml",), "--format 'xml' is unknown"),
        (YEAR, ("999",), ("csv",), "there is no file '999'"),
        ("2025-26", ("206",), ("csv",), "no layout for 2025-26"),
        ("2025-26", (), ("csv",), "no layout for 2025-26"),
    ],
)
def test_what_cannot_be_made_is_said_before_anything_is_read(
    settings: Settings, policy: Policy, year: str, numbers: tuple[str, ...], forms: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        make_extracts(settings, policy, year, numbers=numbers, forms=forms)


def test_a_passing_file_lies_in_its_folder_and_says_what_the_marts_say(
    settings: Settings, policy: Policy, certified: Callable[..., None], unjudged: Callable[[Judged], None]
) -> None:
    certified()
    made = make_extracts(settings, policy, YEAR, numbers=("206", "212", "132"), forms=("csv", "tab", "txt"))
    folder = Path(str(settings.extracts)) / "20240620T000000Z-1a2b3c4d" / YEAR
    assert Path(str(made.folder)) == folder and made.refused == 0
    for form in ("csv", "tab", "txt"):
        header, rows = parse((folder / f"ZZSCHCSITSISCHv1.{form}").read_bytes(), "206", form)
        assert header == [
            "SCH CSI TSI",
            "5",
            f"ZZSCHCSITSISCHv1.{form}",
            "206-20240620T000000Z-1a2b3c4d",
            "2023-2024",
        ]
        assert [(r["StateSchoolIDNumber"], r["CompSupImprvmntID"], r["AddlTrgtSupImprvmntID"]) for r in rows] == [
            ("S1", "CSI", "NOTADDLTSI"), ("S2", "CSIEXIT", "ADDLTSI"), ("S3", "NOTCSI", "NOTADDLTSI"),
            ("S4", "NOTCSI", "NOTADDLTSI"), ("S5", "NOTCSI", "ADDLTSIEXIT"),
        ]  # fmt: skip
        _, reasons = parse((folder / f"ZZSCHCSITSIRSNv1.{form}").read_bytes(), "212", form)
        told = {tuple(r[n] for n in ("StateSchoolIDNumber", "TableTypeAbbrv", *REASON)) for r in reasons}
        assert told == {
            ("S1", "CSIREASONS", "CSILOWPERF", ""), ("S2", "ATSIREASONS", "", "LEP"), ("S2", "ATSIREASONS", "", "WDIS"),
            ("S3", "TSIREASONS", "", "LEP"),
        }  # fmt: skip
        assert len(reasons) == 4
        _, dollars = parse((folder / f"ZZSCHSEC1003v1.{form}").read_bytes(), "132", form)
        assert [(r["StateSchoolIDNumber"], r["ImpFundAllocA"]) for r in dollars] == [
            ("S1", "1001"),
            ("S2", "2000"),
        ]
    note = (folder / "ZZSCHSEC1003v1.csv.cover.txt").read_text()
    assert "To the cent, of the records in the file: $3,000.75." in note
    assert "$3,001.00. Rounding made a difference of $0.25." in note
    assert "What LEAs got for themselves is in no EDFacts file: $99.25 this year." in note
    assert "fs132_include_zero" in note and "DG56" in note
    status = (folder / "ZZSCHCSITSISCHv1.csv.cover.html").read_text()
    assert "what this release says of 2022-23" in status and "Not in the directory: 1." in status


def test_a_failing_file_is_not_written_where_a_passing_one_belongs(
    settings: Settings, policy: Policy, certified: Callable[..., None], unjudged: Callable[[Judged], None]
) -> None:
    certified()
    unjudged(Judged(("every school is in the directory and open: 1 rows fail",), (), ()))
    made = make_extracts(settings, policy, YEAR, numbers=("206",))
    (one,) = made.files
    assert not one.passed and one.path.parent.name == "refused"
    assert [p.name for p in made.folder.iterdir() if p.is_file()] == []
    note = (one.path.parent / f"{one.path.name}.cover.txt").read_text()
    assert (
        "REFUSED, not to be sent" in note and "every school is in the directory and open: 1 rows fail" in note
    )

    unjudged(SOUND)  # the fault was mended: the refusal goes, the file comes
    (again,) = make_extracts(settings, policy, YEAR, numbers=("206",)).files
    assert again.passed and again.path.exists()
    assert [p.name for p in (made.folder / "refused").iterdir()] == []


def test_a_file_that_passed_and_would_not_now_is_told_not_to_be_sent(
    settings: Settings, policy: Policy, certified: Callable[..., None], unjudged: Callable[[Judged], None]
) -> None:
    certified()
    make_extracts(settings, policy, YEAR, numbers=("206",))
    unjudged(Judged(("too many are left out",), (), ()))
    (one,) = make_extracts(settings, policy, YEAR, numbers=("206",)).files
    assert one.judged.problems[0] == "too many are left out"
    assert "stands as ZZSCHCSITSISCHv1.csv: do not send it" in one.judged.problems[1]


def test_a_file_that_nothing_fills_is_refused_with_the_reason_once(
    settings: Settings, policy: Policy, certified: Callable[..., None]
) -> None:
    certified("update rpt_fs223 set is_reported = false, left_out_as = 'no_source'")
    (one,) = make_extracts(settings, policy, YEAR, numbers=("223",)).files
    (why,) = one.judged.problems
    assert why.startswith("the release has nothing to report: rpt_fs223 has no row of 2023-24")
    assert one.path.parent.name == "refused"
    assert (
        "None of the feeds received says it" in (one.path.parent / f"{one.path.name}.cover.txt").read_text()
    )


def test_the_same_content_keeps_its_version_and_another_gets_the_next(
    settings: Settings, policy: Policy, certified: Callable[..., None], unjudged: Callable[[Judged], None]
) -> None:
    certified()
    (first,) = make_extracts(settings, policy, YEAR, numbers=("206",)).files
    before = first.path.read_bytes()
    (second,) = make_extracts(settings, policy, YEAR, numbers=("206",)).files
    assert (second.path.name, second.is_as_before) == ("ZZSCHCSITSISCHv1.csv", True)
    assert second.path.read_bytes() == before
    certified("update rpt_fs206 set csi_code = 'NOTCSI' where org_id = 'S1'")
    (third,) = make_extracts(settings, policy, YEAR, numbers=("206",)).files
    assert (third.path.name, third.is_as_before) == ("ZZSCHCSITSISCHv2.csv", False)
    assert b"ZZSCHCSITSISCHv2.csv" in third.path.read_bytes()
    assert first.path.read_bytes() == before  # what was perhaps sent stays


def test_last_years_file_is_compared_record_by_record(
    settings: Settings,
    policy: Policy,
    certified: Callable[..., None],
    unjudged: Callable[[Judged], None],
    tmp_path: Path,
) -> None:
    certified()
    sent = tmp_path / "sent.csv"
    sent.write_bytes(
        b"SCH CSI TSI,2,ZZSCHCSITSISCHv1.csv,x,2022-2023\r\n"
        b"1,99,01,A,S1,NOTCSI,NOTTSI,NOTADDLTSI,,,\r\n2,99,01,B,S8,CSI,NOTTSI,NOTADDLTSI,,,\r\n"
    )
    (one,) = make_extracts(settings, policy, YEAR, numbers=("206",), last_year=sent).files
    changes = (one.path.parent / f"{one.path.name}.changes.csv").read_text(encoding="utf-8-sig")
    assert "A,S1,CompSupImprvmntID,NOTCSI,CSI\n" in changes
    assert "B,S8,record,there,\n" in changes and "A,S2,record,,there\n" in changes
    note = (one.path.parent / f"{one.path.name}.cover.txt").read_text()
    assert "Beside the year before (the file sent.csv)" in note
    assert "records: 2 before, 5 now (+150.0 %)." in note
    sent.write_bytes(sent.read_bytes().replace(b"2022-2023", b"2021-2022"))
    with pytest.raises(ConfigError, match="give FS206 of 2022-23"):
        make_extracts(settings, policy, YEAR, numbers=("206",), last_year=sent)


def test_the_lists_for_the_public_hold_every_school_and_its_dollars(
    settings: Settings, policy: Policy, certified: Callable[..., None], unjudged: Callable[[Judged], None]
) -> None:
    certified("update rpt_1003_public_list set org_name = '=cmd()' where org_id = 'S1'")
    made = make_extracts(settings, policy, YEAR, numbers=("132",))
    public = Path(str(made.folder)) / "public"
    text = (public / f"section_1003_list_{YEAR}.csv").read_text(encoding="utf-8-sig")
    assert "A,LEA A,S2,School S2,,2000.25,,\n" in text and "'=cmd()" in text
    sheet = load_workbook(io.BytesIO((public / f"section_1003_list_{YEAR}.xlsx").read_bytes())).active
    rows = [r for r in sheet.iter_rows(min_row=4, values_only=True)]
    assert [(r[2], float(r[5])) for r in rows] == [("A", 99.25), ("S1", 1000.5), ("S2", 2000.25)]
    assert sheet["D5"].data_type == "s"
    page = (public / f"section_1003_list_{YEAR}.html").read_text()
    assert "School S2" in page and "2,000.25" in page and "<script" not in page
    assert "S9" not in (public / f"directory_ids_{YEAR}.csv").read_text()


def test_settings_that_the_files_form_depends_on_are_followed(
    settings: Settings, policy: Policy, certified: Callable[..., None], unjudged: Callable[[Judged], None]
) -> None:
    certified()
    changed = {
        "edfacts_rounding": "keep_cents",
        "edfacts_header_filler": "kept",
        "edfacts_state_postal": "YY",
    }
    other = replace(
        policy, values=tuple(replace(v, value=changed.get(v.parameter, v.value)) for v in policy.values)
    )
    (one,) = make_extracts(settings, other, YEAR, numbers=("132",)).files
    assert one.path.name == "YYSCHSEC1003v1.csv"
    lines = one.path.read_bytes().decode().split("\r\n")
    assert lines[0].endswith(",2023-2024,") and ",1000.50," in lines[1]


def test_two_runs_at_once_on_one_home_are_turned_away_before_anything_is_written(
    settings: Settings, policy: Policy, certified: Callable[..., None], unjudged: Callable[[Judged], None]
) -> None:
    certified()
    hold = "import sys; from pathlib import Path; from orchestration.lock import extracts_lock\n"
    hold += "with extracts_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.readline()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(settings.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:  # fmt: skip
        assert other.stdin and other.stdout and other.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=f"making federal files of this home .*process {other.pid}"):
            make_extracts(settings, policy, YEAR, numbers=("206",))
        assert not settings.extracts.exists()
        other.stdin.write("\n")
    assert make_extracts(settings, policy, YEAR, numbers=("206",)).refused == 0


def test_a_release_of_before_a_column_came_is_read_with_the_column_blank(
    settings: Settings, small_marts: Path, tmp_path: Path
) -> None:
    older = tmp_path / "older.duckdb"
    older.write_bytes(small_marts.read_bytes())
    with duckdb.connect(str(older)) as db:
        db.execute("alter table rpt_fs029 drop column grades_served")
        db.execute("alter table rpt_fs029 drop column changed_on")
    before = older.read_bytes()
    with duckdb.connect(str(older), read_only=True) as db:
        add_later_columns(db)
        rows = db.execute(
            "select org_name, grades_served, changed_on from rpt_fs029 where org_id = 'S1'"
        ).fetchall()
        assert rows == [("School S1", None, None)] * 2
        assert db.execute("select count(*) from rpt_fs206").fetchone() != (0,)
    assert older.read_bytes() == before
