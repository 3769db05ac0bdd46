"""allocation.yaml: what is refused and in which words, and that it counts for a release."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.allocation.load import load_allocation, load_method
from orchestration.allocation.model import Allocation
from orchestration.allocation.rows import COLUMNS, allocation_rows
from orchestration.allocation.what_if import Award, WhatIf, Year
from orchestration.allocation.what_if_report import as_csv, lines
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import ConfigError
from orchestration.policy import load_policy
from orchestration.settings import PROJECT, Settings
from orchestration.warehouse.build_file import policy_sha256

METHODS = sorted((PROJECT / "examples" / "methods").glob("*.yaml"))
GOOD = yaml.safe_load(
    """
in_force:
  - {method: m, from: 2024, citation: A decision, confirmed: true}
methods:
  m:
    title: A method
    citation: A decision
    confirmed: true
    kind: formula
    eligible: [{fact: category, codes: [CSI]}]
    parts: [{label: Share, unit: school, weight: 1, where: [{fact: rating, codes: [F]}]}]
    fill: scale_to_pool
    minimum: {answer: raise, amount: {CSI: 10}}
    caps: {school: 100, lea: 1000, requested: true}
    order: [{label: first, where: [{fact: rating, codes: [F]}]}, {label: rest}]
"""
)


def written(folder: Path, raw: object) -> Path:
    (folder / "allocation.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    return folder


@pytest.mark.parametrize("path", METHODS, ids=lambda p: p.stem)
def test_every_published_method_loads_and_is_cited(path: Path) -> None:
    method = load_method(path)
    assert method.citation and method.title and method.name == path.stem


def test_the_states_of_this_repository_load() -> None:
    assert [m.name for m in load_allocation(PROJECT / "examples" / "california").methods] == [
        "equal_share_csi"
    ]
    assert load_allocation(DEMO_STATE).in_force


def test_a_state_without_the_file_awards_nothing(tmp_path: Path) -> None:
    assert load_allocation(tmp_path) == Allocation()
    assert set(allocation_rows(Allocation())) == set(COLUMNS)


def changed(place: tuple, value: object) -> dict:
    raw = copy.deepcopy(GOOD)
    at = raw
    for key in place[:-1]:
        at = at[key]
    if value is ...:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return raw


M = ("methods", "m")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ((*M, "title"), ..., "methods.m.title is missing"),
        ((*M, "fil"), "x", "methods.m.fil is not a known key"),
        ((*M, "confirmed"), "yes", "methods.m.confirmed is 'yes'; write true or false"),
        ((*M, "fill"), "all", "methods.m.fill is 'all'; write one of scale_to_pool, ratable_if_over, priority_cut"),
        ((*M, "fill"), "ratable_if_over", "a part has a weight: weights share a pool with scale_to_pool"),
        ((*M, "parts"), [], "methods.m.parts is empty"),
        ((*M, "parts", 0, "amount"), 5, "part 1 needs either an amount"),
        ((*M, "parts", 0, "weight"), ..., "part 1 needs either an amount"),
        ((*M, "parts", 0, "weight"), 0.00001, "write at most 4 decimals"),
        ((*M, "parts", 0, "weight"), -1, "part 1.weight is -1; write a number from 0"),
        ((*M, "parts", 0, "weight"), float("nan"), "part 1.weight is nan"),
        ((*M, "parts", 0, "count"), "pupils", "count means nothing for the unit school"),
        ((*M, "parts", 0, "where", 0, "from"), 3, "condition 1 asks nothing, or two things at once"),
        ((*M, "parts", 0, "where", 0, "codes"), ["a,b"], "a code may hold no comma"),
        ((*M, "parts", 0, "where", 0, "codes"), "F", "write a list of texts"),
        ((*M, "eligible", 0), {"fact": "x", "from": 1, "above": 2}, "has two bounds on one side"),
        ((*M, "minimum", "answer"), "give", "minimum.answer is 'give'; write one of raise, drop"),
        ((*M, "minimum", "amount"), {"CSI": 1.001}, "amount.CSI is 1.001; write at most 2 decimals"),
        ((*M, "order", 1, "where"), [{"fact": "x", "codes": ["y"]}], "must end with a line without conditions"),
        ((*M, "years"), 0, "methods.m.years is 0; write a whole number from 1 on"),
        ((*M, "planning_year_percent"), 101, "write a number from 0 to 100"),
        ((*M, "last_award"), "partial", "last_award means nothing without the fill priority_cut"),
        ((*M, "kind"), "competitive", "nothing is decided by place or score"),
        (("methods", "M x"), GOOD["methods"]["m"], "is no name for a method"),
        (("in_force", 0, "method"), "n", "entry 1.method is n, which is none of the methods m"),
        (("in_force", 0, "until"), 2024, "it is the first fiscal year no longer in force"),
        (("in_force",), [*GOOD["in_force"]] * 2, "m and m are both in force in 2024"),
        (("appropriations",), [{"fiscal_year": 2024, "amount": 1, "citation": "x", "confirmed": True}] * 2, "has 2024 twice"),
        (("geography",), [{"fiscal_year": 2024, "group": "county", "name": "x", "justification": "y"}], "one of region, locale"),
        (("methods",), ["m"], "methods must hold a name and a method each"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place(tmp_path: Path, place, value, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_allocation(written(tmp_path, changed(place, value)))
    assert said in str(refused.value)


def test_all_mistakes_are_named_at_once_and_the_good_file_has_none(tmp_path: Path) -> None:
    assert load_allocation(written(tmp_path, GOOD)).methods[0].lea_cap == 1000
    bad = changed((*M, "title"), ...)
    bad["methods"]["m"]["fill"] = bad["in_force"][0]["method"] = "x"
    with pytest.raises(ConfigError) as refused:
        load_allocation(written(tmp_path, bad))
    assert str(refused.value).count("\n") == 3


@pytest.mark.parametrize("text", ["[", "- a", "5", ""])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "allocation.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"allocation\.yaml"):
        load_allocation(tmp_path)


def test_a_method_that_is_no_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="examples/methods"):
        load_method(tmp_path / "none.yaml")


def test_another_allocation_is_another_input_of_a_release(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_bytes((DEMO_STATE / "policy.yaml").read_bytes())
    settings, policy = Settings.at(tmp_path / "home", tmp_path), load_policy(tmp_path)
    without = policy_sha256(settings, policy)
    assert without == policy.sha256
    written(tmp_path, GOOD)
    first = policy_sha256(settings, policy)
    written(tmp_path, changed((*M, "parts", 0, "weight"), 2))
    assert len({without, first, policy_sha256(settings, policy)}) == 3


def places(raw: object, at: tuple = ()) -> list[tuple]:
    """The place of everything that stands in a file."""
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [p for key, value in inside for p in ((*at, key), *places(value, (*at, key)))]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3000) | st.floats() | st.text("ab0-:,", max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.sampled_from(places(GOOD)), ANYTHING)
def test_whatever_stands_anywhere_it_loads_or_is_refused_in_words(tmp_path_factory, place, value) -> None:
    folder = written(tmp_path_factory.mktemp("allocation"), changed(place, value))
    try:
        allocation_rows(load_allocation(folder))
    except ConfigError as e:
        assert "allocation.yaml cannot be used" in str(e)


def award(org: str, dollars: int, **more: object) -> Award:
    facts: dict[str, Any] = {"org_name": f"School {org}", "lea_id": "L", "lea_name": "LEA", "category": "CSI", "region": "North",
                             "locale": "41", "enrollment": Decimal(8), "reason": "Gets it."}  # fmt: skip
    return Award(org_id=org, award=Decimal(dollars), **(facts | more))


def test_a_what_if_says_who_gains_and_who_loses() -> None:
    standing = {"a": award("a", 100), "b": award("b", 50, enrollment=None), "c": award("c", 7, region=None)}
    other = {"a": award("a", 60), "b": award("b", 90, enrollment=None), "c": award("c", 7, region=None)}
    own = award("L", 0, category=None, enrollment=None, org_name="LEA")
    year = Year(2024, "m", "Standing method", Decimal(200), Decimal(43), standing | {"L": own})
    found = WhatIf(
        datetime(2024, 6, 20), year, replace(year, title="Other method", awards=other | {"L": own})
    )
    text = "\n".join(lines(found))
    assert "Of 3 schools, 1 would gain 40.00 in all, 1 would lose 40.00, 1 would get the same." in text
    assert "Of 1 LEAs, 0 would gain 0.00 in all, 0 would lose 0.00, 1 would get the same." in text
    rows = [line.split() for line in text.splitlines()]
    assert ["North", "150", "150", "0"] in rows and ["not", "known", "7", "7", "0"] in rows
    assert ["most", "per", "pupil", "12.50", "7.50", "-5.00"] in rows
    table = as_csv(found).splitlines()
    assert len(table) == 4  # the LEA has nothing of its own
    assert table[1].startswith("2024,L,LEA,a,School a,CSI,North,41,8,100,60,-40,12.50,7.50,")
