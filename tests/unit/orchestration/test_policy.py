"""A policy is used whole or refused with every problem and its fix."""

from __future__ import annotations

import copy
import csv
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.demo.state import DEMO_STATE
from orchestration.errors import ConfigError
from orchestration.policy import load_policy
from orchestration.settings import PROJECT

GOOD = yaml.safe_load((DEMO_STATE / "policy.yaml").read_text(encoding="utf-8"))


def problems(folder: Path, raw: Any) -> str:
    """What the loader says of a policy."""
    text = raw if isinstance(raw, str) else yaml.safe_dump(raw)
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as e:
        load_policy(folder)
    return str(e.value)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good policy with one value changed; `...` removes it."""
    made = copy.deepcopy(GOOD)
    *above, last = path.split(".")
    place = made
    for key in above:
        place = place[int(key)] if key.isdigit() else place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return made


@pytest.mark.parametrize(
    "state", [DEMO_STATE, PROJECT / "examples" / "california"], ids=["demo", "california"]
)
def test_the_policies_of_this_repository_load_and_cite_every_value(state):
    policy = load_policy(state)
    assert policy.values and all(v.citation for v in policy.values)
    assert policy.is_org_id(policy.org_id_example) and not policy.is_lea_id(policy.org_id_example)
    assert len(policy.sha256) == 64


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("state.name", ..., "state.name is missing"),
        ("state.name", None, "state.name is None; write a text"),
        ("state.nickname", "x", "state.nickname is not a known key"),
        ("state.time_zone", "Pacific", "write it as America/Los_Angeles"),
        ("state.time_zone", "America", "write it as America/Los_Angeles"),
        ("state.time_zone", 5, "state.time_zone is 5; write a text"),
        ("state.org_id_pattern", r"(\d", "state.org_id_pattern is not a regular expression"),
        ("state.school_year_first_month", 13, "is 13; write 1 to 12"),
        ("state.school_year_first_month", "July", "is 'July'; write 1 to 12"),
        ("state.nightly_at", 120, "with its quotes"),  # what YAML makes of 02:00 without quotes
        ("state", None, "must hold the keys state and parameters"),
        ("parameters", [1], "must hold the keys state and parameters"),
        ("setings", {}, "setings is not a known key"),
        ("parameters.due_day", ..., "parameters.due_day is missing; it is: Day of the next month"),
        ("parameters.due_days", [], "parameters.due_days is not a known parameter"),
        ("parameters.due_day", 15, "parameters.due_day is 15; write a list of values"),
        ("parameters.due_day", [], "write a list of values"),
        ("parameters.due_day", [15], "15 is no value with the keys"),
        ("parameters.due_day.0.value", "15", "'15' is not of the kind integer"),
        ("parameters.due_day.0.value", True, "True is not of the kind integer"),
        ("parameters.reporting_months.0.value", 8, "8 is not of the kind integers"),
        ("parameters.expected_categories.0.value", [1], "[1] is not of the kind codes"),
        ("parameters.percent_change_means.0.value", "per cent", "'per cent' is not one of points, relative"),
        (
            "parameters.eligible_categories.0.value",
            ["CSI", "Priority"],
            "Priority is not one of CSI, ATSI, TSI",
        ),
        ("parameters.score_weights.0.value", ["concentration"], "is not of the kind weights"),
        ("parameters.score_weights.0.value", ["concentration=60", "need_years=30"], "sum to 90, not to 100"),
        ("parameters.score_weights.0.value", ["luck=100"], "luck is not one of concentration, need_years"),
        (
            "parameters.score_weights.0.value",
            ["need_years=50", "need_years=50"],
            "need_years is weighted twice",
        ),
        ("parameters.due_day.0.citation", ..., "value 1: citation is missing"),
        ("parameters.due_day.0.form", "x", "form is not a known key"),
        ("parameters.due_day.0.from", 2023, "from is 2023; write a school year such as '2023-24'"),
        ("parameters.due_day.0.from", "2023-25", "write a school year such as '2023-24'"),
        ("parameters.due_day.0.until", "2022-23", "is not after from 2022-23"),
        ("parameters.due_day.0.confirmed", "maybe", "write true or false"),
    ],
)
def test_each_mistake_is_named_with_its_fix(tmp_path, path, value, said):
    assert said in problems(tmp_path, changed(path, value))


def test_every_weighted_component_of_the_score_is_one_that_the_marts_have():
    known = yaml.safe_load(
        (PROJECT / "orchestration" / "contracts" / "policy.yaml").read_text(encoding="utf-8")
    )
    with (PROJECT / "seeds" / "score_components.csv").open(encoding="utf-8", newline="") as f:
        assert known["score_weights"]["choices"] == [row["component"] for row in csv.DictReader(f)]


def test_all_mistakes_are_named_at_once(tmp_path):
    raw = changed("state.name", ...)
    raw["parameters"]["due_day"] = 15
    raw["parameters"]["min_n"][0]["from"] = "soon"
    said = problems(tmp_path, raw)
    assert "state.name" in said and "due_day" in said and "min_n" in said


@pytest.mark.parametrize("text", ["", "- a", "just words", "state: [", "a: b: c"])
def test_a_file_that_is_no_policy_is_refused(tmp_path, text):
    assert "policy.yaml" in problems(tmp_path, text)


def test_two_values_of_one_year_are_refused_and_abutting_ones_are_not(tmp_path):
    first, second = {**GOOD["parameters"]["due_day"][0]}, {**GOOD["parameters"]["due_day"][0]}
    second.update(value=20, **{"from": "2024-25"})
    said = problems(tmp_path, changed("parameters.due_day", [first, second]))
    assert "both hold in 2024-25; give the first an until" in said
    first["until"] = "2024-25"
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump(changed("parameters.due_day", [second, first])))
    policy = load_policy(tmp_path)
    assert [policy.value("due_day", y) for y in ("2022-23", "2023-24", "2024-25", "2030-31")] == [
        "15", "15", "20", "20",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="has no due_day for 2021-22"):
        policy.value("due_day", "2021-22")


PLACES = [
    "state", "parameters", *(f"state.{k}" for k in GOOD["state"]), *(f"parameters.{k}" for k in GOOD["parameters"]),
    *(f"parameters.{k}.0.{e}" for k, v in GOOD["parameters"].items() for e in v[0]),
]  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3000)
    | st.floats(allow_nan=False)
    | st.text("ab0-:\\d(", max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), ANYTHING)
def test_whatever_stands_anywhere_the_policy_loads_or_is_refused_in_words(tmp_path_factory, place, value):
    folder = tmp_path_factory.mktemp("policy")
    (folder / "policy.yaml").write_text(yaml.safe_dump(changed(place, value)))
    try:
        load_policy(folder)
    except ConfigError as e:
        assert place.split(".")[1 if "." in place else 0] in str(e)
