"""The seeds of federal files agree with tables typed from the reference, and a year without rows refuses."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from orchestration.contracts.codesets import SEEDS
from orchestration.errors import ConfigError
from orchestration.extracts.layout import file_numbers, layouts_of
from orchestration.extracts.options import options_for
from orchestration.policy import load_policy
from orchestration.settings import PROJECT
from tests.federal_layouts import FILE_TYPES, record_length, typed_fields

POLICY = load_policy(PROJECT / "orchestration" / "demo" / "state")
YEARS = {
    "206": ("2020-21", "2021-22", "2022-23", "2023-24", "2024-25"),
    "212": ("2020-21", "2021-22", "2022-23", "2023-24", "2024-25"),
    "132": ("2020-21", "2021-22"),
    "193": ("2020-21", "2024-25"),
    "223": ("2023-24", "2024-25"),
}


@pytest.mark.parametrize(("number", "year"), [(n, y) for n, years in YEARS.items() for y in years])
def test_fields_stand_where_the_reference_has_them(number: str, year: str) -> None:
    (layout,) = layouts_of(number, year)
    kinds = {f.number: "blank" if f.filler else "M" if f.required else "O" for f in layout.fields}
    assert [(f.number, f.name, f.start, f.end, kinds[f.number]) for f in layout.fields] == [
        (f.number, f.name, f.first, f.last, f.kind) for f in typed_fields(number)
    ]
    assert layout.record_length == record_length(number)
    assert layout.header_type == FILE_TYPES[number]


def test_fs132_keeps_its_places_when_its_count_of_students_goes() -> None:
    before, after = layouts_of("132", "2021-22")[0], layouts_of("132", "2022-23")[0]
    assert [(f.start, f.end) for f in after.fields] == [(f.start, f.end) for f in before.fields]
    assert [f.number for f in after.fields if f.filler] == [6, 7, 8, 9, 10, 11, 12, 13, 14, 16]
    assert not after.confirmed and "FS226" in " ".join(after.unconfirmed)


def test_the_directory_has_as_many_fields_and_characters_as_the_reference_counts() -> None:
    school, lea = sorted(layouts_of("029", "2022-23"), key=lambda x: x.level, reverse=True)
    assert (school.level, len(school.fields), school.record_length) == ("SCH", 37, 1060)
    assert (lea.level, len(lea.fields), lea.record_length) == ("LEA", 33, 984)
    assert [f.name for f in school.fields if f.number in (4, 6)] == [
        "StateLEAIDNumber",
        "StateSchoolIDNumber",
    ]


def test_every_layout_is_without_gaps_and_overlaps_and_every_version_follows_the_other() -> None:
    for number in file_numbers():
        with (SEEDS / "edfacts_files.csv").open(encoding="utf-8", newline="") as f:
            rows = [r for r in csv.DictReader(f) if r["file_number"] == number]
        for level in {r["file_level"] for r in rows}:
            spans = sorted((r["from_year"], r["until_year"]) for r in rows if r["file_level"] == level)
            assert all(a[1] == b[0] for a, b in pairwise(spans))
        for row in rows:
            for layout in layouts_of(number, row["from_year"]):
                at = 1
                for field in layout.fields:
                    assert (field.start, field.end) == (at, at + field.length - 1)
                    at += field.length
                assert at - 1 == layout.record_length
                assert layout.citation


@pytest.mark.parametrize(
    ("year", "csi", "tsi", "atsi"),
    [
        ("2020-21", "EXIT SMALLSCH", "EXIT SMALLSCH", "SMALLSCH"),
        ("2021-22", "EXIT SMALLSCH", "SMALLSCH", "EXIT SMALLSCH"),
        ("2022-23", "EXIT", "", "EXIT"),
        ("2023-24", "EXIT", "", "EXIT"),
    ],
)
def test_statuses_are_those_of_the_year(year: str, csi: str, tsi: str, atsi: str) -> None:
    (layout,) = layouts_of("206", year)

    def wanted(name: str, more: str) -> set[str]:
        return {name, f"NOT{name}", "MISSING"} | {name + x if x == "EXIT" else x for x in more.split()}

    assert {f.name: set(f.codes) for f in layout.fields if f.codes} == {
        "CompSupImprvmntID": wanted("CSI", csi),
        "TrgtSupImprvmntID": wanted("TSI", tsi),
        "AddlTrgtSupImprvmntID": wanted("ADDLTSI", atsi),
    }


def test_reasons_are_those_of_the_year() -> None:
    def codes(year: str, field: str) -> set[str]:
        (layout,) = layouts_of("212", year)
        return next(set(f.codes) for f in layout.fields if f.name == field)

    assert "ATSIREASONS" not in codes("2021-22", "TableTypeAbbrv")
    assert codes("2022-23", "TableTypeAbbrv") == {"CSIREASONS", "TSIREASONS", "ATSIREASONS"}
    assert codes("2021-22", "ComprhnsvSupportIdentificationTypeID") == {
        "CSILOWPERF",
        "CSILOWGR",
        "CSIOTHER",
        "MISSING",
    }
    assert "CSINOTEXIT" in codes("2022-23", "ComprhnsvSupportIdentificationTypeID")
    assert {"CSIATSINOEXIT", "CSIMRI"} <= codes("2023-24", "ComprhnsvSupportIdentificationTypeID")
    groups = {
        year: codes(year, "TargetIdentificationSubgrpsID") for year in ("2020-21", "2021-22", "2022-23")
    }
    assert "USETH" in groups["2021-22"] and "USETH" not in groups["2020-21"] | groups["2022-23"]
    assert {"STEDFNDSUBGRP1", "STEDFNDSUBGRP2", "STEDFNDSUBGRP3"} <= groups["2022-23"]
    assert len(groups["2020-21"]) == 14


def test_a_year_without_rows_refuses_and_names_the_seeds_to_fill() -> None:
    with pytest.raises(ConfigError) as e:
        layouts_of("206", "2025-26")
    assert "no layout for 2025-26" in str(e.value)
    assert all(f"edfacts_{s}.csv" in str(e.value) for s in ("files", "fields", "codes"))
    with pytest.raises(ConfigError, match="no layout for 2022-23"):
        layouts_of("223", "2022-23")


def test_a_file_that_nobody_knows_refuses_and_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="write one of 029, 132, 193, 206, 212, 223"):
        layouts_of("999", "2022-23")


def test_seeds_that_lack_a_field_refuse(tmp_path: Path) -> None:
    for name in ("edfacts_files.csv", "edfacts_fields.csv", "edfacts_codes.csv"):
        lines = (SEEDS / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / name).write_text(
            "".join(
                x for x in lines if not (name == "edfacts_fields.csv" and x.startswith("206") and ",7," in x)
            )
        )
    with pytest.raises(ConfigError, match="fields 1 to n"):
        layouts_of("206", "2022-23", tmp_path)


def test_a_file_whose_abbreviation_nobody_knows_needs_it_in_policy() -> None:
    (layout,) = layouts_of("132", "2023-24")
    assert options_for(POLICY, layout).abbreviation == "SEC1003"
    values = tuple(v for v in POLICY.values if v.parameter != "edfacts_abbreviations")
    unnamed = next(v for v in POLICY.values if v.parameter == "edfacts_abbreviations")
    with pytest.raises(ConfigError, match="edfacts_abbreviations has none for 132 in 2023-24"):
        options_for(replace(POLICY, values=(*values, replace(unnamed, value="212=ABC"))), layout)
    with pytest.raises(ConfigError, match="at most nine letters"):
        options_for(replace(POLICY, values=(*values, replace(unnamed, value="132=TENLETTERS"))), layout)


def test_what_is_not_confirmed_is_listed_for_the_file_that_it_concerns() -> None:
    of_132 = options_for(POLICY, layouts_of("132", "2023-24")[0])
    assert {"fs132_include_zero", "edfacts_abbreviations", "edfacts_encoding", "edfacts_rounding"} <= {
        d.parameter for d in of_132.unconfirmed
    }
    of_206 = options_for(POLICY, layouts_of("206", "2022-23")[0])
    assert not {"fs132_include_zero", "edfacts_abbreviations"} & {d.parameter for d in of_206.decisions}
