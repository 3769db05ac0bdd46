"""A night builds upon the last one's build file only where that is whole, was published and is of this code."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.code_version import code_version
from orchestration.gate.record import write_record
from orchestration.gate.verdict import GateVerdict
from orchestration.settings import Settings
from orchestration.warehouse import standing_build
from orchestration.warehouse.changed import begin_anew, changed_since


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home after a published night."""
    (tmp_path / "policy.yaml").touch()
    made = Settings.at(tmp_path / "home", tmp_path)
    made.warehouse.mkdir(parents=True)
    with duckdb.connect(str(made.build_file)) as db:
        db.execute("create schema reuse")
        db.execute("create schema lake")
        db.execute("create table reuse.families (id_column varchar, id varchar, family varchar, part bigint)")
        begin_anew(db, {})
        db.execute(
            "create table lake.run as select timestamp '2024-06-15' as as_of, ? as code_version, "
            "'p1' as policy_sha256, 'a1' as archive_sha256, 'Demo' as state",
            [code_version()],
        )
    write_record(made.gate_record, GateVerdict(True, "abc", None, (), ()))
    standing_build.keep(made)
    return made


def change_nothing(settings: Settings) -> None:
    with duckdb.connect(str(settings.build_file)) as db:
        db.execute("delete from reuse.changed")


def test_a_published_build_may_be_built_upon_once(settings: Settings):
    assert standing_build.take(settings)
    assert not standing_build.take(settings), "the night that took it may have been killed half-way"


@pytest.mark.parametrize(
    "happened",
    [
        lambda s: change_nothing(s),  # somebody wrote into the file
        lambda s: s.build_file.unlink(),
        lambda s: s.build_file.with_name("warehouse.duckdb.wal").touch(),
        lambda s: (s.warehouse / "standing" / "standing.json").write_text('{"file": '),
        lambda s: (s.warehouse / "standing" / "standing.json").unlink(),
    ],
)
def test_what_is_not_as_it_was_published_is_not_built_upon(settings: Settings, happened):
    happened(settings)
    assert not standing_build.take(settings)


def test_code_that_came_while_the_night_ran_does_not_build_upon_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """The note names the code that the build was begun with, not what lies on the disk when it ends."""
    monkeypatch.setattr(standing_build, "code_version", lambda: "upgraded")
    standing_build.keep(settings)
    assert not standing_build.take(settings)


def test_other_code_makes_everything_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(standing_build, "code_version", lambda: "another")
    assert not standing_build.take(settings)


@pytest.mark.parametrize("knob", [{"INTERLACE_REUSE": "0"}, {"INTERLACE_ENGINE": "spark"}])
def test_a_home_that_wants_every_night_anew_or_on_another_engine_gets_it(
    settings: Settings, knob: dict[str, str]
):
    asked = Settings.at(settings.home, settings.state, knob)
    assert not standing_build.take(asked)
    standing_build.keep(asked)
    assert not standing_build.take(settings), "such a night leaves nothing to build upon either"


def test_what_the_gate_found_is_told_only_of_a_build_upon_the_last(settings: Settings):
    standing_build.built(settings)
    assert standing_build.stood(settings) is None, "the file is fresh: everything has changed"
    change_nothing(settings)
    standing_build.built(settings)
    found = standing_build.stood(settings)
    assert found is not None and found.verdict.candidate_sha256 == "abc" and found.changed == frozenset()
    standing_build.let_go(settings)
    assert standing_build.stood(settings) is None


def test_nothing_is_believed_of_a_build_that_somebody_touched_after_dbt(settings: Settings):
    change_nothing(settings)
    assert standing_build.stood(settings) is None, "dbt has not ended yet"
    standing_build.built(settings)
    assert standing_build.stood(settings) is not None
    with duckdb.connect(str(settings.build_file)) as db:
        db.execute("create table made_by_hand as select 1 as n")
    assert standing_build.stood(settings) is None


def test_what_changed_has_the_names_that_suites_use(settings: Settings):
    with duckdb.connect(str(settings.build_file)) as db:
        db.execute("delete from reuse.changed")
        db.execute(
            "insert into reuse.changed values ('model.interlace.fct_duty', null), ('source.interlace.lake.run', null)"
        )
    assert changed_since(settings.build_file) == {"fct_duty", "lake.run"}
