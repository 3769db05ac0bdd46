"""What a night makes upon the last one's build is, in every model, what it makes from an empty file."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from built import MODELS_ONLY
from nights import FIRST_NIGHT, LEA, SECOND_NIGHT, copy_home, home_after_first_night

from orchestration.content import mart_contents
from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_AS_OF, DEMO_PERIODS, DEMO_SEED, DEMO_STATE
from orchestration.feeds.load import load_feeds
from orchestration.gate.record import write_record
from orchestration.gate.verdict import GateVerdict
from orchestration.intake.batch import take_in_submissions
from orchestration.intake.withdrawals import decide
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse import standing_build
from orchestration.warehouse.begin import begin_build
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt, run_dbt
from orchestration.warehouse.manifest import ensure_manifest
from orchestration.warehouse.runs import build_runs

pytestmark = pytest.mark.e2e

NEXT_DAY = SECOND_NIGHT + timedelta(days=1)
NEXT_YEAR = datetime(2024, 8, 1)


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home whose first night was published, with a state of its own."""
    copy_home(home_after_first_night(tmp_path_factory)[0], tmp_path / "home")
    shutil.copytree(DEMO_STATE, tmp_path / "state")
    return Settings.at(tmp_path / "home", tmp_path / "state")


def upon_the_last(home: Settings, as_of: datetime) -> int:
    """A night's intake and build upon the last one's, and its publication; how many models were made or looked at."""
    policy = load_policy(home.state)
    load_feeds(home, policy, as_of)
    take_in_submissions(home, policy, as_of)
    build = begin_build(home, policy, as_of)
    assert build.changed is not None, "this night was to build upon the last"
    models = 0
    for run in build_runs(home, ensure_manifest(), build.changed):
        run_dbt(run)
        models += len(run.rests or ())
    write_record(home.gate_record, GateVerdict(True, "", as_of, (), ()))
    standing_build.keep(home)
    return models


def tables(home: Settings) -> dict[str, tuple[int, str]]:
    """Rows and content of every table that is built."""
    return {
        f"{schema}.{name}": (c.rows, c.sha256)
        for schema in ("intermediate", "marts")
        for name, c in mart_contents(home.build_file, schema).items()
    }


def anew(home: Settings, as_of: datetime, at_a_time: int = 15) -> dict[str, tuple[int, str]]:
    """The same of a build from an empty file, one part of the state after the other, beside the one that stands."""
    kept = home.build_file.with_name("kept.duckdb")
    home.build_file.rename(kept)
    note = home.warehouse / "standing"
    note.rename(home.warehouse / "kept")
    prepare_build_file(replace(home, organizations_at_a_time=at_a_time), load_policy(home.state), as_of)
    dbt(MODELS_ONLY, home)
    with duckdb.connect(str(home.build_file), read_only=True) as db:
        assert db.execute("select count(distinct part) > 1 from reuse.families").fetchone() == (True,)
    found = tables(home)
    home.build_file.unlink()
    kept.rename(home.build_file)
    (home.warehouse / "kept").rename(note)
    return found


def test_new_files_of_every_lea(tmp_path: Path, published_demo: Settings):
    """Every LEA of the demonstration sends its last report again, and says otherwise."""
    copy_home(published_demo.home, tmp_path / "home")
    home = Settings.at(tmp_path / "home", DEMO_STATE)
    landing = Path(str(home.landing))
    before = {p: p.stat().st_ino for p in landing.rglob("*")}
    simulate(home, load_policy(home.state), DEMO_PERIODS[-1:], seed=DEMO_SEED + 1)
    sent = [p for p in landing.rglob("*") if p.is_file() and before.get(p) != p.stat().st_ino]
    assert len({p.parent for p in sent}) > 5
    received = (DEMO_AS_OF + timedelta(hours=2)).replace(tzinfo=UTC).timestamp()
    for path in sent:
        os.utime(path, (received, received))
    as_of = DEMO_AS_OF + timedelta(days=1)
    assert upon_the_last(home, as_of) > 150
    assert tables(home) == anew(home, as_of, at_a_time=50)


@pytest.mark.slow
def test_new_files_of_one_lea_and_the_day_after_them(home: Settings):
    """The other LEAs' rows stand as they were, and are not made again; then nothing comes for a day."""
    late = [p for p in (Path(str(home.landing))).rglob("*") if p.is_file() and p.parent.name != LEA]
    received = (SECOND_NIGHT + timedelta(hours=2)).replace(tzinfo=UTC).timestamp()
    for path in late:
        os.utime(path, (received, received))
    upon_the_last(home, SECOND_NIGHT)
    assert tables(home) == anew(home, SECOND_NIGHT)
    with duckdb.connect(str(home.build_file), read_only=True) as db:
        leas = "select distinct id from reuse.families where id_column = 'lea_id' and family in "
        of_files = "(select family from reuse.changed where node = 'model.interlace.int_standing_files')"
        assert db.execute(leas + of_files).fetchall() == [(LEA,)]
    assert upon_the_last(home, SECOND_NIGHT + timedelta(hours=1)) < 60, (
        "an hour in which nothing came changes little"
    )
    assert upon_the_last(home, NEXT_DAY) > 150, "the other LEAs' files"
    assert tables(home) == anew(home, NEXT_DAY)


@pytest.mark.slow
def test_whatever_comes_between_two_nights(home: Settings):
    """Each step upon the one before; after each, all tables are held against a build from an empty file."""
    upon_the_last(home, SECOND_NIGHT)
    assert tables(home) == anew(home, SECOND_NIGHT)

    decide(
        home,
        "withdraw",
        _standing_submission(home),
        "Of another school",
        "J. Ortiz",
        SECOND_NIGHT + timedelta(hours=1),
    )
    upon_the_last(home, NEXT_DAY)
    assert tables(home) == anew(home, NEXT_DAY), "a withdrawn submission"

    policy = home.state / "policy.yaml"
    before = policy.read_text()
    policy.write_text(before.replace("{value: 15, from", "{value: 20, from", 1))
    assert policy.read_text() != before, "the day by which reports are due was to change"
    upon_the_last(home, NEXT_DAY)
    assert tables(home) == anew(home, NEXT_DAY), "another policy"

    upon_the_last(home, FIRST_NIGHT)
    assert tables(home) == anew(home, FIRST_NIGHT), "as of an earlier time"

    directory = next(
        p for p in sorted(Path(str(home.feeds)).rglob("*")) if p.is_file() and "directory" in p.name
    )
    lines = directory.read_text().splitlines(keepends=True)
    directory.write_text("".join(lines[:-1]))
    received = datetime(2024, 7, 20, tzinfo=UTC).timestamp()
    os.utime(directory, (received, received))
    upon_the_last(home, NEXT_YEAR)
    assert tables(home) == anew(home, NEXT_YEAR), "another directory, and the next school year"


def _standing_submission(home: Settings) -> str:
    with duckdb.connect(str(home.build_file), read_only=True) as db:
        found = db.execute(
            "select submission_id from marts.fct_submission where lea_id = ? and outcome <> 'refused' order by period desc",
            [LEA],
        ).fetchone()
    assert found is not None
    return str(found[0])
