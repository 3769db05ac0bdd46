"""Whatever a mart does not declare is not public, and a declaration that cannot be followed stops the night."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.disclosure.declaration import public_marts
from orchestration.errors import ConfigError
from orchestration.warehouse.dictionary import mart_dictionary
from orchestration.warehouse.manifest import ensure_manifest


def test_a_mart_that_says_why_not_is_not_public(dictionary: dict[str, Any]) -> None:
    assert set(public_marts(dictionary)) == {"fct_result", "rpt_met"}


def _drop(*path: str):
    def change(said: dict[str, Any]) -> None:
        for name in path[:-1]:
            said = said[name]
        del said[path[-1]]

    return change


def _set(value: Any, *path: str):
    def change(said: dict[str, Any]) -> None:
        for name in path[:-1]:
            said = said[name]
        said[path[-1]] = value

    return change


FAULTS = {
    "says neither": _drop("rpt_met", "public"),
    "says both": _set("Texts.", "rpt_met", "not_public"),
    "audience public": _set("internal", "rpt_met", "audience"),
    "key column org_id is not told": _set(["lea_id"], "fct_result", "public", "columns"),
    "no column school": _set(["org_id", "school"], "fct_result", "public", "columns"),
    "is told and hidden": _set(["org_id", "actual"], "fct_result", "public", "columns"),
    "names `fewest` and `year`": _drop("fct_result", "public", "figure", "fewest"),
    "cannot be told beside it": _set(["org_id", "is_withheld"], "fct_result", "public", "columns"),
    "rests on persons, or stands in a sum": _drop("rpt_met", "public", "sums"),
    "unknown: colums": _set([], "rpt_met", "public", "colums"),
    "are lists": _set({"kind": "goal"}, "fct_result", "public", "rows"),
}


@pytest.mark.parametrize("reason", FAULTS)
def test_a_declaration_is_refused_that(reason: str, dictionary: dict[str, Any]) -> None:
    FAULTS[reason](dictionary)

    with pytest.raises(ConfigError, match=reason):
        public_marts(dictionary)


def test_every_mart_of_the_project_says_whether_it_is_public_and_no_free_text_is() -> None:
    public = public_marts(mart_dictionary(ensure_manifest()))

    told = {
        (name, c) for name, m in public.items() for c in (*m.columns, *(m.figure.columns if m.figure else ()))
    }
    typed_by_people = {
        *("approved_by", "evidence", "description", "provider", "how_used", "cause", "adjustment", "value"),
        *("message", "own_columns", "indicator", "data_source", "if_we", "then_adults", "and_students"),
        *("withdrawn_by", "withdrawn_because", "file_name", "failing_items", "fund_sources", "in_words"),
    }
    assert not [(mart, c) for mart, c in told if c in typed_by_people]
    assert {"fct_measure_year", "rpt_outcomes", "rpt_self_reflection", "rpt_1003_public_list"} <= set(public)
