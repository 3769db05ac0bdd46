"""The demonstration's release describes itself: every code has its label, every page is whole in itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from orchestration import storage
from orchestration.warehouse.code_lists import load_code_lists

# What looks like a code: one word, or words joined by underscores; not a number, a year or a hash.
CODE = re.compile(r"(?!\d{4}-\d\d$)(?![\d.]+$)(?![0-9a-f]{64}$)[A-Za-z0-9_.]+")
FEW = 80  # values; a column with more holds names or texts


@pytest.fixture(scope="module")
def release(published_demo) -> Path:
    return (storage.local(published_demo.releases) / "current").resolve()


@pytest.fixture(scope="module")
def whole(release) -> dict:
    return json.loads((release / "internal" / "dictionary" / "dictionary.json").read_text(encoding="utf-8"))


def held(db, mart: str, column: dict) -> set[str]:
    name = f'"{column["column"]}"'
    rows = db.execute(f"select distinct {name} from {mart} where {name} <> '' limit {FEW * 5}").fetchall()
    values = {str(v) for (v,) in rows}
    return {part.strip() for v in values for part in v.split(",")} if column["several"] else values


def looks_like_codes(values: set[str]) -> bool:
    return 0 < len(values) < FEW and all(CODE.fullmatch(v) for v in values)


def test_every_code_of_the_demonstration_has_a_label_or_its_list_says_whose_it_may_be(release, whole):
    """Where this fails: add the code, or the column, to dbt_project/code_lists.yml."""
    lists, unlabelled, unknown = whole["code_lists"], {}, {}
    not_codes = load_code_lists().not_codes
    with duckdb.connect(str(release / "internal" / "marts.duckdb"), read_only=True) as db:
        for mart, entry in whole["marts"].items():
            for column in entry["columns"]:
                if column["type"] != "VARCHAR":
                    continue
                name, values = f"{mart}.{column['column']}", held(db, mart, column)
                if column["codes"]:
                    codes = lists[column["codes"]]
                    without = {v for v in values if not codes["labels"].get(v)}
                    if without and not codes["also"]:
                        unlabelled[name] = without
                elif column["column"] not in not_codes and looks_like_codes(values):
                    unknown[name] = values
    assert unlabelled == {}
    assert unknown == {}  # codes, or to be named under not_codes with the reason


def test_the_lists_that_may_hold_a_states_own_codes_are_few_and_named(whole):
    open_lists = {name for name, codes in whole["code_lists"].items() if codes["also"]}
    assert open_lists == {"duties", "designation_reasons+fs212_groups"}


def test_the_pages_load_nothing_from_elsewhere(release):
    for name in ("index.html", "internal/dictionary/index.html"):
        text = (release / name).read_text(encoding="utf-8")
        assert re.findall(r"(?:src|href)=[\"'](?:\w+:)?//", text) == []
    docs = (release / "internal" / "dbt_docs" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"'](?:https?:)?//", docs) == []
    assert "model.interlace.rpt_waning" in docs and "cloudfront" not in docs


def test_the_database_says_it_too(release):
    with duckdb.connect(str(release / "internal" / "marts.duckdb"), read_only=True) as db:
        without = db.execute(
            "select table_name, column_name from duckdb_columns() where not internal and comment is null"
        )
        assert without.fetchall() == []
        (status,) = db.execute(
            "select comment from duckdb_columns() where table_name = 'fct_submission' and column_name = 'outcome'"
        ).fetchone()
    assert "accepted_with_rejects = Accepted, some rows put aside" in status and "Since 2024-06-20" in status
