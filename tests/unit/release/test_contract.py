"""The marts' contract: what may go or change only with a word one release ahead and a new major version."""

from __future__ import annotations

import json

import pytest

from orchestration.errors import ConfigError, ContractError
from orchestration.release.contract import Announcement, Contract, load_contract
from orchestration.release.current import read_current

ONE = Contract("1.0")
WITHOUT_NOTE = "alter table marts.fct_status drop column note"
ANNOUNCED = Contract("1.1", (Announcement("fct_status", "note", "removed", "2.0", why="Nobody reads it."),))


def refused(home, night, statement, contract) -> str:
    before = home.snapshot()
    with pytest.raises(ContractError) as said:
        home.night(night, statement, contract=contract)
    assert home.snapshot() == before
    return str(said.value)


def test_columns_and_marts_may_be_added_at_any_time(home):
    home.night(1, contract=ONE)
    made = home.night(
        2, "create table marts.extra as select 1 as x", "alter table marts.dim_school add column y bigint",
        contract=ONE,
    )  # fmt: skip
    assert read_current(home.releases) == made.release_id


def test_a_column_that_goes_without_a_word_is_refused_and_the_old_release_stands(home):
    first = home.night(1, contract=ONE)
    said = refused(home, 2, WITHOUT_NOTE, ONE)
    assert "fct_status.note would be gone" in said
    assert f"release {first.release_id} did not announce it" in said
    assert "the contract's version is 1.0, no higher major one" in said


def test_a_major_version_alone_is_not_enough_without_an_announcement(home):
    home.night(1, contract=ONE)
    said = refused(home, 2, WITHOUT_NOTE, Contract("2.0"))
    assert "did not announce it" in said and "no higher major one" not in said


def test_an_announcement_alone_is_not_enough_without_the_major_version(home):
    home.night(1, contract=ANNOUNCED)
    said = refused(home, 2, WITHOUT_NOTE, ANNOUNCED)
    assert "no higher major one" in said and "did not announce it" not in said


def test_announcing_it_in_the_same_release_is_too_late(home):
    home.night(1, contract=ONE)
    late = Contract("2.0", (Announcement("fct_status", "note", "removed", "3.0"),))
    assert "did not announce it" in refused(home, 2, WITHOUT_NOTE, late)


def test_what_is_announced_for_a_later_version_may_not_go_yet(home):
    later = Contract("1.1", (Announcement("fct_status", "note", "removed", "3.0"),))
    home.night(1, contract=later)
    assert "it is announced for version 3.0 only" in refused(home, 2, WITHOUT_NOTE, Contract("2.0"))


def test_what_was_announced_one_release_ahead_goes_with_the_major_version(home):
    home.night(1, contract=ANNOUNCED)
    announced = (home.releases / "current" / "index.html").read_text()
    assert "fct_status.note goes with version 2.0. Nobody reads it." in announced
    made = home.night(2, WITHOUT_NOTE, contract=Contract("2.0"))
    changes = json.loads((home.releases / made.release_id / "changes.json").read_text())
    assert changes["schema"] == [
        {"mart": "fct_status", "column": "note", "change": "removed", "before": "VARCHAR", "after": ""}
    ]


def test_a_mart_that_goes_is_refused_by_name(home):
    home.night(1, contract=ONE)
    assert "dim_school would be gone" in refused(home, 2, "drop table marts.dim_school", ONE)


@pytest.mark.parametrize(("to", "passes"), [("HUGEINT", False), ("VARCHAR", True)])
def test_a_retyping_needs_the_very_type_that_was_announced(home, to, passes):
    home.night(1, contract=Contract("1.1", (Announcement("dim_school", "night", "retyped", "2.0", to=to),)))
    retyped = "alter table marts.dim_school alter night type varchar"
    if passes:
        assert home.night(2, retyped, contract=Contract("2.0")).is_new
    else:
        said = refused(home, 2, retyped, Contract("2.0"))
        assert "dim_school.night would become VARCHAR instead of BIGINT" in said


def test_another_key_is_another_grain_and_needs_the_same(home):
    home.night(1, contract=ONE)
    said = ""
    with pytest.raises(ContractError) as e:
        home.build(2)
        home.pass_gate()
        home.publish_as({"fct_status": {"key": ["org_id", "period", "due_on"]}}, contract=ONE)
    said = str(e.value)
    assert "fct_status would have the key org_id, period, due_on instead of org_id, period" in said


def test_going_back_to_an_older_release_goes_back_to_its_promises(home):
    first = home.night(1, contract=ANNOUNCED)
    home.night(2, WITHOUT_NOTE, contract=Contract("2.0"))
    home.night(1, contract=ANNOUNCED)  # current is the first again
    assert read_current(home.releases) == first.release_id
    assert home.night(3, contract=ANNOUNCED).is_new


def test_the_projects_own_contract_can_be_read():
    assert load_contract().major >= 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: '1.0'\nannounced: [{mart: m, change: renamed, in: '2.0'}]", "renamed"),
        ("version: '1.0'\nannounced: [{mart: m, column: c, change: retyped, in: '2.0'}]", "the new type"),
        (
            "version: '2.0'\nannounced: [{mart: m, change: removed, in: '2.0'}]",
            "take the line away if it is done",
        ),
        ("version: next\nannounced: []", "cannot be understood"),
    ],
)
def test_a_contract_that_promises_nonsense_is_refused(tmp_path, text, said):
    (tmp_path / "contract.yml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_contract(tmp_path / "contract.yml")
