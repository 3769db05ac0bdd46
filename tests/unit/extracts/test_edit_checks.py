"""Every edit check passes a sound file and finds the fault it is meant for, in the file as it was read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.extracts.check_file import add_read, table_of, write_check_file
from orchestration.extracts.checks import SUITES, Judged, judge, suites_of
from orchestration.extracts.compare import Figure
from orchestration.extracts.layout import Layout, layouts_of
from orchestration.extracts.make import make_extracts
from orchestration.extracts.options import Options, options_for
from orchestration.extracts.read_back import read_file
from orchestration.extracts.render import render
from orchestration.extracts.rows import rows_of
from orchestration.extracts.source import Source
from orchestration.gate.great_expectations_run import _expectation
from orchestration.gate.suites import load_suites
from orchestration.policy import Policy
from orchestration.settings import Settings

YEAR = "2023-24"
Change = Callable[[str], str]


@dataclass(frozen=True)
class File:
    """A file of the small state and what checks it."""

    source: Source
    layout: Layout
    options: Options
    policy: Policy
    form: str = "csv"

    @property
    def name(self) -> str:
        return f"ZZ{self.layout.level}{self.options.abbreviation}v1.{self.form}"

    def text(self, layout: Layout | None = None) -> str:
        layout = layout or self.layout
        made = render(
            layout, options_for(self.policy, layout), rows_of(self.source, layout), name=self.name,
            identifier="206-20240620T000000Z-1a2b3c4d", form=self.form,
        )  # fmt: skip
        return made.decode()

    def check_file(self, folder: Path, text: str, figures: tuple[Figure, ...] = ()) -> Path:
        (now,), (before,) = layouts_of("206", YEAR), layouts_of("206", "2022-23")
        csv = File(self.source, now, self.options, self.policy)
        file = folder / "check.duckdb"
        file.unlink(missing_ok=True)
        write_check_file(
            file, self.source, self.layout, self.options, read_file(text.encode(), self.layout, self.form),
            name=self.name, form=self.form, statuses=(now, read_file(csv.text(now).encode(), now, "csv")),
            statuses_before=(before, read_file(csv.text(before).encode(), before, "csv")), figures=figures,
        )  # fmt: skip
        return file


@pytest.fixture
def file_of(small: Source, policy: Policy) -> Callable[..., File]:
    def make(number: str, form: str = "csv") -> File:
        number, _, level = number.partition(" ")
        found = [x for x in layouts_of(number, YEAR) if level in ("", x.level)]
        return File(small, found[0], options_for(policy, found[0]), policy, form)

    return make


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, duckdb.DuckDBPyConnection]]:
    """By file number an open check file, of which only what was read changes from test to test."""
    found: dict[str, duckdb.DuckDBPyConnection] = {}
    yield found
    for db in found.values():
        db.close()


def found_in(
    kept: dict[str, duckdb.DuckDBPyConnection],
    file: File,
    text: str,
    folder: Path,
    figures: tuple[Figure, ...] = (),
) -> set[str]:
    """What the checks find in the text of a file."""
    number, layout = table_of(file.layout), file.layout
    if number not in kept:
        kept[number] = duckdb.connect(str(file.check_file(folder, file.text())))
    db = kept[number]
    db.execute("drop schema marts cascade")
    add_read(db, layout, read_file(text.encode(), layout, file.form), name=file.name, form=file.form)
    db.execute("delete from reference.figure")
    for f in figures:
        change = None if f.change_percent is None else float(f.change_percent)
        db.execute(
            "insert into reference.figure values ($1, $2, $3, $4)", [f.name, f.last_year, f.this_year, change]
        )
    return queried(db, table_of(layout))


def failing(check_file: Path, table: str) -> set[str]:
    """What the checks find in a check file."""
    with duckdb.connect(str(check_file), read_only=True) as db:
        return queried(db, table)


def queried(db: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """What the suites' queries, and their expectations of keys and numbers of rows, find."""
    found = set()
    for suite in suites_of(table):
        for e in suite.expectations:
            batch = f"(select * from marts.{suite.mart})"
            if e.type == "unexpected_rows_expectation":
                sql, said = e.kwargs["unexpected_rows_query"].format(batch=batch), e.kwargs["description"]
            elif e.type in ("expect_compound_columns_to_be_unique", "expect_column_values_to_be_unique"):
                columns = ", ".join(e.kwargs.get("column_list") or [e.kwargs["column"]])
                sql, said = (
                    f"select {columns} from {batch} group by all having count(*) > 1",
                    f"unique: {columns}",
                )
            else:
                sql = f"select 1 from (select count(*) as n from {batch}) where n <> {e.kwargs['value']}"
                said = e.type
            if db.execute(f"select count(*) from ({sql})").fetchone() != (0,):
                found.add(said)
    return found


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, f"{old!r} is not in the file"
        return text.replace(old, new, 1)

    return change


def again(line: int) -> Change:
    """The line once more at the end, with the header counting it."""

    def change(text: str) -> str:
        lines = text.split("\r\n")[:-1]
        first = lines[0].split(",")
        first[1] = str(len(lines))
        return "\r\n".join([",".join(first), *lines[1:], f"{len(lines)},{lines[line].partition(',')[2]}", ""])

    return change


def without(part: str) -> Change:
    """Without the lines that hold a text; records numbered anew."""

    def change(text: str) -> str:
        head, *lines = text.split("\r\n")[:-1]
        kept = [x for x in lines if part not in x]
        assert len(kept) < len(lines)
        kept = [f"{n},{x.partition(',')[2]}" for n, x in enumerate(kept, 1)]
        first = head.split(",")
        first[1] = str(len(kept))
        return "\r\n".join([",".join(first), *kept, ""])

    return change


S1 = "1,99,01,A,S1,CSI,NOTTSI,NOTADDLTSI"
FAULTS: list[tuple[str, str, Change, str]] = [
    ("206", "csv", swap("SCH CSI TSI,", "SCH#CSI#TSI,"), "the file type is the one"),
    ("206", "csv", swap("TSI,5,", "TSI,6,"), "the number of records is that"),
    ("206", "csv", swap("ZZSCHCSITSISCHv1.csv", "ZZSCHCSITSISCHv2.csv"), "the header's file name"),
    ("206", "csv", swap(",206-20240620T000000Z-1a2b3c4d,", ",,"), "the tracking text"),
    ("206", "csv", swap("2023-2024", "2022-2023"), "the reporting period"),
    ("206", "csv", swap("2023-2024\r\n", "2023-2024,,x\r\n"), "the header has its five values"),
    ("206", "csv", swap(",,,\r\n", ",,,Peña\r\n"), "ASCII alone"),
    ("206", "csv", lambda t: t.replace("\r\n", "\n"), "every line ends with CR/LF"),
    ("206", "csv", swap("NOTADDLTSI,,,\r\n", "NOTADDLTSI,,,one, two\r\n"), "as many values as"),
    ("206", "txt", swap("CSI            NOTTSI", "CSI             NOTTSI"), "a record of fixed width"),
    ("206", "csv", swap("2,99,01,A,S2", "1,99,01,A,S2"), "records are numbered"),
    ("206", "csv", lambda t: t.removesuffix("\r\n"), "every record ends"),
    ("206", "csv", swap(",A,S1,", ",A,S1-0123456789012345678,"), "no value is longer"),
    ("206", "csv", swap("NOTADDLTSI,,,", "NOTADDLTSI,x,,"), "fillers are blank"),
    ("206", "csv", swap("S1,CSI,", "S1,,"), "every mandatory field"),
    ("132", "csv", swap("1001", "1e3"), "numbers are numbers"),
    ("132", "csv", swap(",1001,", ",-1001,"), "numbers are numbers"),
    ("206", "csv", swap("S3,NOTCSI", "S3,SMALLSCH"), "codes are those of the year"),
    ("206", "csv", swap("S4,NOTCSI", "S4,MISSING"), "MISSING stands nowhere"),
    ("206", "csv", swap("NOTADDLTSI,,,", 'NOTADDLTSI,,,"'), "no text holds"),
    ("206", "csv", swap(",99,01,A,S1", ",98,01,A,S1"), "the state and its agency"),
    ("206", "csv", swap(",99,01,A,S1", ",99,02,A,S1"), "the state and its agency"),
    ("206", "csv", again(1), "unique: StateLEAIDNumber"),
    ("206", "csv", swap("B,S4", "B,S7"), "in the directory and open"),
    ("206", "csv", swap("B,S4", "B,S6"), "in the directory and open"),
    ("206", "csv", swap("A,S1", "B,S1"), "in the directory and open"),
    ("206", "csv", without("B,S4"), "every reportable school"),
    ("206", "csv", swap("S4,NOTCSI", "S4,CSI"), "exactly where the designations"),
    ("206", "csv", swap("S3,NOTCSI,TSI", "S3,NOTCSI,NOTTSI"), "exactly where the designations"),
    ("206", "csv", swap("NOTTSI,ADDLTSI,", "NOTTSI,NOTADDLTSI,"), "exactly where the designations"),
    ("206", "csv", swap("S4,NOTCSI", "S4,CSIEXIT"), "exits only what it was"),
    ("206", "csv", swap(S1, S1.replace("NOTADDLTSI", "ADDLTSI")), "at once"),
    ("206", "csv", swap("S4,NOTCSI", "S4,CSIEXIT"), "an exit stands exactly"),
    ("206", "csv", swap("S2,CSIEXIT", "S2,NOTCSI"), "an exit stands exactly"),
    ("206", "csv", swap("NOTTSI,ADDLTSIEXIT", "NOTTSI,NOTADDLTSI"), "an exit stands exactly"),
    ("206", "csv", swap("S2,CSIEXIT,NOTTSI,ADDLTSI,", "S2,CSIEXIT,NOTTSI,ADDLTSIEXIT,"), "an exit stands exactly"),
    ("212", "csv", swap("CSILOWPERF", "CSILOWGR"), "has grade 12"),
    ("212", "csv", again(1), "unique: StateLEAIDNumber"),
    ("212", "csv", swap("A,S3", "A,S7"), "in the directory and open"),
    ("212", "csv", swap("CSIREASONS,CSILOWPERF,", "CSIREASONS,,LEP"), "stands in the table of CSI"),
    ("212", "csv", swap("TSIREASONS,,LEP", "TSIREASONS,CSILOWGR,"), "stands in the table of CSI"),
    ("212", "csv", without("A,S1"), "identified has a reason"),
    ("212", "csv", swap("ATSIREASONS", "TSIREASONS"), "in that status"),
    ("212", "csv", swap("A,S1,CSIREASONS", "B,S4,CSIREASONS"), "in that status"),
    ("212", "csv", swap("A,S1,CSIREASONS,CSILOWPERF", "B,S4,CSIREASONS,CSILOWPERF"), "are Title I schools"),
    ("132", "csv", again(1), "unique: StateLEAIDNumber"),
    ("132", "csv", swap("A,S1", "B,S6"), "in the directory and open"),
    ("132", "csv", swap(",1001,", ",,"), "every amount is told"),
    ("132", "csv", swap(",1001,", ",1002,"), "is its award"),
    ("132", "csv", swap(",1001,", ",1000,"), "is its award"),  # $1,000.50, which policy rounds up
    ("132", "csv", swap(",1001,", ",1000.50,"), "is its award"),
    ("132", "csv", swap(",1001,", ",1010,"), "the sum is that"),
    ("132", "csv", swap("A,S1", "B,S4"), "only schools with an award"),
    ("132", "csv", swap(",2000,", ",0,"), "is its award"),
    ("132", "csv", swap(",1001,", ",1102,"), "no more than its award"),
    ("132", "csv", swap("A,S1", "B,S4"), "the money rests on"),
    ("193", "csv", again(1), "unique: StateLEAIDNumber"),
    ("193", "csv", swap(",A,TITLE", ",C,TITLE"), "every LEA is in the directory"),
    ("193", "csv", swap(",5001\r", ",\r"), "every amount is told"),
    ("193", "csv", swap(",5001\r", ",5002\r"), "is the one of the feed"),
    ("223", "csv", again(1), "unique: StateLEAIDNumber"),
    ("223", "csv", swap("B,S4", "B,S6"), "in the directory and open"),
    ("223", "csv", without("B,S4"), "every open school"),
    ("223", "csv", swap("NOTTITLE1ELIG", "SWELIGSWPROG"), "Title I of the schools that are served"),
    ("029 SCH", "csv", again(3), "unique: StateLEAIDNumber"),
    ("029 SCH", "csv", without("School S4"), "every school of the directory"),
    ("029 SCH", "csv", swap("5629265566", "562926556"), "a phone has ten digits"),
    ("029 SCH", "txt", swap("94608", "9460 "), "a phone has ten digits"),
    ("029 SCH", "csv", swap(",1265,", ",126x,"), "a phone has ten digits"),
    ("029 SCH", "csv", swap(",2,2024-02-01,", ",2,,"), "an updated status has the day"),
    ("029 SCH", "csv", swap(",2,2024-02-01,", ",,2024-02-01,"), "an updated status has the day"),
    ("029 SCH", "csv", swap(",2,2024-02-01,", ",2,02/01/2024,"), "an updated status has the day"),
    ("029 SCH", "csv", swap(",2,2024-02-01,", ",9,2024-02-01,"), "codes are those of the year"),
    ("029 SCH", "csv", swap(",5629265566,", ",,"), "every mandatory field"),
    ("029 LEA", "csv", again(1), "unique: StateLEAIDNumber"),
    ("029 LEA", "csv", without("LEA B"), "every LEA of the directory"),
    ("029 LEA", "csv", swap("5629265566", "562926556"), "a phone has ten digits"),
    ("029 LEA", "csv", swap(",1,,,NO,", ",1,2,,NO,"), "an updated status has the day"),
]  # fmt: skip
# what is wrong in the release beside the file: the statement, and what must find it
BESIDE = [
    (
        "206",
        "update rpt_fs206 set category = 'CSI' where org_id = 'S9'",
        "no more identified schools are left out",
    ),
    ("132", "delete from rpt_fs132 where org_id = 'S2'", "every award is in the file"),
    ("132", "update rpt_1003_public_list set amount = 1 where org_id = 'S1'", "the list of §1003(i)"),
    ("132", "update rpt_fs132 set is_reported = false where org_id = 'S2'", "no award is left out"),
    ("132", "update rpt_cspr_1003 set unallocated = 0.01", "all that is for LEAs is awarded"),
    ("193", "update rpt_fs193 set is_reported = false where lea_id = 'A'", "no allocation is left out"),
]


@pytest.mark.parametrize(
    ("number", "form", "change", "said"), FAULTS, ids=[f"{n} {s}" for n, _, _, s in FAULTS]
)
def test_each_planted_fault_is_found_by_the_check_meant_for_it(
    file_of: Callable[..., File],
    kept: dict[str, Any],
    tmp_path: Path,
    number: str,
    form: str,
    change: Change,
    said: str,
) -> None:
    file = file_of(number, form)
    found = found_in(kept, file, change(file.text()), tmp_path)
    assert any(said in f for f in found), found


@pytest.mark.parametrize(("number", "statement", "said"), BESIDE, ids=[f"{n} {s}" for n, _, s in BESIDE])
def test_a_file_is_held_against_the_release(
    small: Source, small_marts: Path, policy: Policy, tmp_path: Path, number: str, statement: str, said: str
) -> None:
    copy = tmp_path / "marts.duckdb"
    copy.write_bytes(small_marts.read_bytes())
    with duckdb.connect(str(copy)) as db:
        (layout,) = layouts_of(number, YEAR)
        file = File(replace(small, db=db), layout, options_for(policy, layout), policy)
        text = file.text()
        assert not any(said in f for f in failing(file.check_file(tmp_path, text), table_of(layout)))
        db.execute(statement)
        found = failing(file.check_file(tmp_path, text), table_of(layout))
    assert any(said in f for f in found), found


def test_a_swing_past_policys_per_cent_is_flagged_and_one_up_to_it_is_not(
    file_of: Callable[..., File], kept: dict[str, Any], tmp_path: Path
) -> None:
    file, text = file_of("206"), file_of("206").text()
    said = "no figure changed by more than"

    def flagged(*figures: Figure) -> bool:
        found = found_in(kept, file, text, tmp_path, figures)
        return any(said in f for f in found)

    assert flagged(Figure("records", Decimal(100), Decimal(151)))
    assert flagged(Figure("records", Decimal(100), Decimal(49)))
    assert not flagged(Figure("records", Decimal(100), Decimal(150)), Figure("x", Decimal(100), Decimal(50)))
    assert flagged(Figure("new", Decimal(0), Decimal(1)))


def test_great_expectations_knows_every_check_with_its_arguments() -> None:
    suites, problems = load_suites(SUITES)
    assert problems == [] and set(suites) == {p.stem for p in SUITES.glob("*.yaml")}
    refused = [
        (suite.mart, e.type, refusal)
        for suite in suites.values()
        for n, e in enumerate(suite.expectations)
        for made, refusal in [_expectation(e, n)]
        if made is None
    ]
    assert refused == []


def test_every_check_has_a_fault_that_it_finds() -> None:
    said = [(n, s) for n, _, _, s in FAULTS] + [(n, s) for n, _, s in BESIDE]
    for number, level in (
        ("206", "sch"), ("212", "sch"), ("132", "sch"), ("193", "lea"), ("223", "sch"), ("029", "sch"), ("029", "lea"),
    ):  # fmt: skip
        table = f"fs{number}_{level}"
        named = f"029 {level.upper()}" if number == "029" else number
        for suite in suites_of(table):
            of_all = suite.mart in ("header", "record", "cell")
            for e in suite.expectations:
                words = e.kwargs.get("description", "unique: StateLEAIDNumber")
                if "no figure changed" in words or e.type == "expect_table_row_count_to_equal":
                    continue
                assert any((of_all or n == named) and s in words for n, s in said), (table, words)


@pytest.mark.parametrize("form", ["csv", "tab", "txt"])
@pytest.mark.parametrize("number", ["206", "212", "132", "193", "223", "029 SCH", "029 LEA"])
def test_no_check_finds_anything_in_a_sound_file(
    file_of: Callable[..., File], kept: dict[str, Any], tmp_path: Path, number: str, form: str
) -> None:
    file = file_of(number, form)
    assert found_in(kept, file, file.text(), tmp_path) == set()


@pytest.mark.parametrize(
    ("rounding", "told"),
    [("half_up", "1001"), ("half_even", "1000"), ("down", "1000"), ("keep_cents", "1000.50")],
)
def test_an_award_is_held_to_the_rounding_that_policy_names(
    file_of: Callable[..., File], tmp_path: Path, rounding: str, told: str
) -> None:
    file = file_of("132")
    file = replace(file, options=replace(file.options, rounding=rounding))
    text = file.text().replace(",2000,", ",2000.25," if rounding == "keep_cents" else ",2000,")
    for amount in ("1001", "1000", "1000.50"):
        found = failing(file.check_file(tmp_path, swap(",1001,", f",{amount},")(text)), "fs132_sch")
        assert any("is its award" in f for f in found) == (amount != told), (amount, found)


def test_great_expectations_passes_a_sound_file(file_of: Callable[..., File], tmp_path: Path) -> None:
    file = file_of("206")
    judged = judged_by(file, file.text(), tmp_path)
    assert (judged.problems, judged.flags) == ((), ())
    assert len(judged.checks) == sum(len(s.expectations) for s in suites_of(table_of(file.layout)))


def test_great_expectations_says_what_is_wrong_in_plain_words(
    file_of: Callable[..., File], tmp_path: Path
) -> None:
    file = file_of("206")
    text = again(1)(swap("S4,NOTCSI", "S4,CSIEXIT")(file.text()))
    judged = judged_by(file, text, tmp_path)
    assert any("StateLEAIDNumber, StateSchoolIDNumber together must be unique" in p for p in judged.problems)
    assert not judged.passed and any("exits only what it was" in f and "S4" in f for f in judged.flags)


def test_a_file_without_records_is_refused(file_of: Callable[..., File], tmp_path: Path) -> None:
    file = file_of("206")
    header = file.text().split("\r\n")[0].replace(",5,", ",0,")
    assert any("has no rows" in p for p in judged_by(file, header + "\r\n", tmp_path).problems)


def judged_by(file: File, text: str, folder: Path) -> Judged:
    check_file = file.check_file(folder, text)
    return judge(check_file, table_of(file.layout), datetime(2024, 7, 1), folder / "docs")


def test_the_directory_is_a_file_to_send_where_the_states_feeds_hold_all_it_asks_for(
    settings: Settings, policy: Policy, certified: Callable[..., None]
) -> None:
    certified()
    lea, school = sorted(make_extracts(settings, policy, YEAR, numbers=("029",)).files, key=lambda f: f.level)
    assert lea.passed and school.passed, (lea.judged.problems, school.judged.problems)
    records = [r.split(",") for r in school.path.read_text().splitlines()[1:]]
    assert len(records[0]) == 37 and [r[7] for r in records] == [f"School S{n}" for n in range(1, 7)]
    (s5,) = (r for r in records if r[5] == "S5")
    assert (s5[8], s5[11], s5[12], s5[17:19]) == ("1", "5629265566", "1 Main St. Ste. 2", ["94608", "1265"])
    assert (s5[26], s5[27], s5[28]) == ("1", "2", "2024-02-01")
    note = (school.path.parent / f"{school.path.name}.cover.txt").read_text()
    assert "its codes were not seen" in note and "SchoolWebAddress: Address of the web page" in note


def test_a_directory_without_phones_is_refused_and_its_note_says_so(
    settings: Settings, policy: Policy, certified: Callable[..., None]
) -> None:
    certified("update rpt_fs029 set phone = null where org_id = 'S4' and school_year = '2023-24'")
    made = make_extracts(settings, policy, YEAR, numbers=("029",))
    (school,) = (f for f in made.files if f.level == "SCH")
    assert not school.passed and any("every mandatory field is filled" in p for p in school.judged.problems)
    note = (school.path.parent / f"{school.path.name}.cover.txt").read_text()
    assert (
        "SchoolPhoneNumber: mandatory, and BLANK in 1 of 6 records, as no feed of the state says it." in note
    )
    listed = (Path(str(made.folder)) / "public" / f"directory_ids_{YEAR}.csv").read_text(encoding="utf-8-sig")
    assert "1 Main St., Ste. 2" in listed and ",open,closed,2024-02-01," in listed


def test_who_left_a_category_and_is_in_it_again_is_no_exit(
    small: Source, small_marts: Path, policy: Policy, tmp_path: Path
) -> None:
    copy = tmp_path / "marts.duckdb"
    copy.write_bytes(small_marts.read_bytes())
    with duckdb.connect(str(copy)) as db:
        db.execute(
            "update rpt_fs206 set exited_category = 'CSI' where org_id = 'S1' and school_year = '2023-24'"
        )
        (layout,) = layouts_of("206", YEAR)
        file = File(replace(small, db=db), layout, options_for(policy, layout), policy)
        assert failing(file.check_file(tmp_path, file.text()), "fs206_sch") == set()
