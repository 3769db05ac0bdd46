"""What the dictionary is made from: every code has a label, every number a unit, every key figure its columns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestration.errors import ConfigError
from orchestration.release.changes.figures import KeyFigure
from orchestration.warehouse.code_lists import load_code_lists
from orchestration.warehouse.dictionary import mart_dictionary
from orchestration.warehouse.manifest import ensure_manifest
from orchestration.warehouse.units import is_number, load_units


@pytest.fixture(scope="module")
def dictionary() -> dict[str, Any]:
    return mart_dictionary(ensure_manifest())


def columns_of(dictionary):
    return [(m, c, column) for m, entry in dictionary.items() for c, column in entry["columns"].items()]


def test_every_value_that_a_test_accepts_has_a_label(dictionary):
    """Where this fails: name the column's list in dbt_project/code_lists.yml, or add the code to its list."""
    without = [
        f"{m}.{c}" for m, c, column in columns_of(dictionary) if column["values"] and not column["codes"]
    ]
    assert without == []
    unlabelled = {
        f"{m}.{c}": set(column["values"]) - {k for k, label in column["codes"]["labels"].items() if label}
        for m, c, column in columns_of(dictionary)
        if column["values"]
    }
    assert {k: v for k, v in unlabelled.items() if v} == {}


def test_code_lists_and_units_name_only_columns_that_there_are(dictionary):
    lists, units = load_code_lists(), load_units()
    names = {c for _, c, _ in columns_of(dictionary)}
    here = {(m, c) for m, c, _ in columns_of(dictionary)}
    assert {*lists.columns, *lists.several, *lists.not_codes, *units.no_unit} - names == set()
    assert {(m, c) for m, columns in lists.marts.items() for c in columns} - here == set()
    used = {
        n
        for _, _, column in columns_of(dictionary)
        if column["codes"]
        for n in column["codes"]["name"].split("+")
    }
    assert set(lists.lists) - used == set()


def test_every_number_has_a_unit_or_a_reason_to_have_none(dictionary):
    """Where this fails: give the column meta.unit in its model, or a line in dbt_project/units.yml."""
    without = [
        f"{m}.{c}"
        for m, c, column in columns_of(dictionary)
        if is_number(column["type"]) and not column["unit"] and c not in load_units().no_unit
    ]
    assert without == []


@pytest.mark.parametrize(
    ("mart", "column", "unit"),
    [
        ("fct_1003_award", "award", "USD"),
        ("fct_1003_award", "own_part", "USD"),
        ("fct_1003_award", "n_paid", "count"),
        ("fct_1003_award", "fiscal_year", "fiscal year"),
        ("rpt_implementation_by_practice", "on_time_rate", "share, 0 to 1"),
        ("rpt_outcomes", "n_with_progress", "count"),
        ("fct_measure_year", "actual", None),
    ],
)
def test_units_are_those_that_the_columns_are_in(dictionary, mart, column, unit):
    assert dictionary[mart]["columns"][column]["unit"] == unit


def test_sums_of_money_are_in_dollars_whatever_they_are_called(dictionary):
    units = {column["unit"] for _, _, column in columns_of(dictionary) if column["type"] == "decimal(18,2)"}
    assert units == {"USD", "USD per student"}


def test_every_column_has_a_meaning_and_every_mart_a_grain(dictionary):
    assert [f"{m}.{c}" for m, c, column in columns_of(dictionary) if not column["description"]] == []
    assert [
        m for m, entry in dictionary.items() if not (entry["description"] and entry["grain"] and entry["key"])
    ] == []


def test_key_figures_name_columns_that_their_marts_have(dictionary):
    figures = [KeyFigure(mart=m, **f) for m, entry in dictionary.items() for f in entry["key_figures"]]
    assert {f.by for f in figures} == {"lea", "practice"}
    for f in figures:
        named = {f.id, f.span, *f.where, *(() if f.figure == "rows" else (f.figure,))}
        if f.contributors:
            named |= {f.contributors["lea_id"], *f.contributors["where"]}
        assert named - set(dictionary[f.mart]["columns"]) == set(), f


def test_references_name_marts_of_the_release(dictionary):
    assert dictionary["fct_action_status"]["columns"]["org_id"]["references"] == [
        "dim_organization",
        "org_id",
    ]
    assert (
        dictionary["fct_reject"]["columns"]["rule_id"]["references"] is None
    )  # a seed: its code list says more
    assert json.dumps(dictionary)  # all of it can be written down


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lists: {a: {title: A, seed: nothing}}\ncolumns: {}\nmarts: {}\nseveral: []\nnot_codes: {}", "seeds/ does not have"),
        ("lists: {a: {title: A, seed: domains, label: x}}\ncolumns: {}\nmarts: {}\nseveral: []\nnot_codes: {}", "no column x"),
        ("lists: {}\ncolumns: {c: gone}\nmarts: {}\nseveral: []\nnot_codes: {}", "gone"),
        ("lists: {a: {title: A, codes: {yes: Yes}}}\ncolumns: {}\nmarts: {}\nseveral: []\nnot_codes: {}", "put it in quotes"),
    ],
)  # fmt: skip
def test_a_code_list_that_leads_nowhere_is_refused(tmp_path, text, said):
    (tmp_path / "code_lists.yml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_code_lists(tmp_path / "code_lists.yml")
