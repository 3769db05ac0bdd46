"""The marts' contract: what may go or change only with a word one release ahead and a new major version."""

from __future__ import annotations

import json

import pytest

from orchestration.errors import ConfigError, ContractError
from orchestration.release.contract import Announcement, Contract, contract_problems, load_contract
from orchestration.release.current import read_current

MARTS = {
    "fct": (["org_id"], {"org_id": "VARCHAR", "note": "VARCHAR", "n": "BIGINT"}),
    "dim": (["a"], {"a": "DATE"}),
}
WITHOUT_NOTE = {**MARTS, "fct": (["org_id"], {"org_id": "VARCHAR", "n": "BIGINT"})}


def said(contract: Contract, marts: dict = MARTS) -> dict:
    """A dictionary.json as far as the contract looks at it."""
    return {
        "release": {"release_id": "first", "contract": contract.as_json()},
        "marts": {
            mart: {"key": key, "columns": [{"column": c, "type": t} for c, t in columns.items()]}
            for mart, (key, columns) in marts.items()
        },
    }


def announced(change: str, *, column: str | None = None, to: str = "", version: str = "2.0") -> Contract:
    return Contract("1.1", (Announcement("fct", column, change, version, to=to),))


def test_columns_and_marts_may_be_added_at_any_time():
    more = {**MARTS, "new": (["x"], {"x": "DATE"}), "dim": (["a"], {"a": "DATE", "b": "DATE"})}
    assert contract_problems(said(Contract("1.0")), said(Contract("1.0"), more)) == []


def test_a_column_that_goes_without_a_word_says_all_that_is_missing():
    assert contract_problems(said(Contract("1.0")), said(Contract("1.0"), WITHOUT_NOTE)) == [
        "fct.note would be gone, and release first did not announce it and the contract's version is 1.0, no higher major one"
    ]


@pytest.mark.parametrize(
    ("before", "now", "problem"),
    [
        (Contract("1.0"), Contract("2.0"), "release first did not announce it"),
        (announced("removed", column="note"), Contract("1.2"), "the contract's version is 1.2, no higher major one"),
        (announced("removed", column="n"), Contract("2.0"), "release first did not announce it"),
        (announced("removed", column="note", version="3.0"), Contract("2.0"), "it is announced for version 3.0 only"),
        (Contract("1.0"), announced("removed", column="note"), "release first did not announce it"),
    ],
)  # fmt: skip
def test_it_takes_the_announcement_in_the_release_before_and_the_major_version(before, now, problem):
    (found,) = contract_problems(said(before), said(now, WITHOUT_NOTE))
    assert problem in found


def test_what_was_announced_one_release_ahead_goes_with_the_major_version():
    before = said(announced("removed", column="note"))
    assert contract_problems(before, said(Contract("2.0"), WITHOUT_NOTE)) == []


def test_a_mart_that_goes_is_named():
    (found,) = contract_problems(said(Contract("1.0")), said(Contract("1.0"), {"dim": MARTS["dim"]}))
    assert found.startswith("fct would be gone")


@pytest.mark.parametrize(("to", "problems"), [("HUGEINT", 1), ("varchar", 0)])
def test_a_retyping_needs_the_very_type_that_was_announced(to, problems):
    other = {**MARTS, "fct": (["org_id"], {"org_id": "VARCHAR", "note": "VARCHAR", "n": "VARCHAR"})}
    found = contract_problems(said(announced("retyped", column="n", to=to)), said(Contract("2.0"), other))
    assert len(found) == problems
    assert all("fct.n would become VARCHAR instead of BIGINT" in f for f in found)


@pytest.mark.parametrize(("before", "problems"), [(Contract("1.0"), 1), (announced("rekeyed"), 0)])
def test_another_key_is_another_grain_and_needs_the_same(before, problems):
    other = {**MARTS, "fct": (["org_id", "n"], MARTS["fct"][1])}
    found = contract_problems(said(before), said(Contract("2.0"), other))
    assert len(found) == problems
    assert all("fct would have the key org_id, n instead of org_id" in f for f in found)


def test_a_release_made_before_there_was_a_contract_promised_nothing():
    before = {**said(Contract("1.0")), "release": {"release_id": "first", "contract": {}}}
    assert contract_problems(before, said(Contract("1.0"), WITHOUT_NOTE)) == []


def test_a_night_that_breaks_the_contract_leaves_the_old_release_and_one_that_announced_does_not(home):
    drop = "alter table marts.fct_status drop column note"
    line = Announcement("fct_status", "note", "removed", "2.0", why="Nobody reads it.")
    first = home.night(1, contract=Contract("1.1", (line,)))
    before = home.snapshot()
    with pytest.raises(
        ContractError, match=r"fct_status\.note would be gone, and the contract's version is 1\.1"
    ):
        home.night(2, drop, contract=Contract("1.1", (line,)))
    assert home.snapshot() == before
    page = (home.releases / first.release_id / "index.html").read_text()
    assert "fct_status.note goes with version 2.0. Nobody reads it." in page

    made = home.night(2, drop, contract=Contract("2.0"))
    changes = json.loads((home.releases / made.release_id / "changes.json").read_text())
    assert changes["schema"] == [
        {"mart": "fct_status", "column": "note", "change": "removed", "before": "VARCHAR", "after": ""}
    ]
    # going back to an older release goes back to its promises
    home.night(1, contract=Contract("1.1", (line,)))
    assert read_current(home.releases) == first.release_id
    assert home.night(3, contract=Contract("1.1", (line,))).is_new


def test_the_projects_own_contract_can_be_read():
    assert load_contract().major >= 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: '1.0'\nannounced: [{mart: m, change: renamed, in: '2.0'}]", "renamed"),
        ("version: '1.0'\nannounced: [{mart: m, column: c, change: retyped, in: '2.0'}]", "the new type"),
        ("version: '2.0'\nannounced: [{mart: m, change: removed, in: '2.0'}]", "take the line away if it is done"),
        ("version: next\nannounced: []", "cannot be understood"),
    ],
)  # fmt: skip
def test_a_contract_that_promises_nonsense_is_refused(tmp_path, text, problem):
    (tmp_path / "contract.yml").write_text(text)
    with pytest.raises(ConfigError, match=problem):
        load_contract(tmp_path / "contract.yml")
