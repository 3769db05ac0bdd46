"""A slice of California end to end: the real feeds, a few LEAs' simulated files, one whole night."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.demo.simulate import simulate
from orchestration.feeds.load import load_feeds
from orchestration.nightly import run_night
from orchestration.policy import load_policy
from orchestration.settings import PROJECT, Settings

pytestmark = [pytest.mark.e2e, pytest.mark.california]
AS_OF = datetime(2023, 11, 1)


def test_a_slice_of_california_is_published_with_its_real_lists(california: Path, tmp_path: Path) -> None:
    settings = Settings.at(tmp_path / "home", PROJECT / "examples" / "california")
    for folder in ("directory", "designations"):
        shutil.copytree(california / folder, settings.home / "feeds" / folder)
    received = datetime(2023, 7, 1).timestamp()
    for path in (settings.home / "feeds").rglob("*.*"):
        path.chmod(0o644)
        os.utime(path, (received, received))
    policy = load_policy(settings.state)
    load_feeds(settings, policy, AS_OF)
    made = simulate(settings, policy, ["2023-08", "2023-09"], leas=3, seed=1)
    result = run_night(settings, AS_OF)
    assert result.code == 0, result.reasons
    with duckdb.connect(str(settings.home / "releases" / "current" / "marts.duckdb"), read_only=True) as db:
        for year, csi_low, csi_grad, atsi in (
            ("2018-19", 481, 300, 859),
            ("2019-20", 483, 293, 1043),
            ("2022-23", 474, 333, 6289),
            ("2023-24", 540, 289, 2363),
        ):
            found = dict(
                db.execute(
                    "select reason, count(*) from dim_designation where valid_from_year <= $1 "
                    "and (valid_to_year is null or $1 < valid_to_year) group by reason",
                    [year],
                ).fetchall()
            )
            assert found == {"low_performance": csi_low, "low_graduation": csi_grad, "low_subgroup": atsi}, (
                year
            )
        assert db.execute("select count(*) from fct_submission where outcome = 'refused'").fetchall() == [
            (0,)
        ]
        (leas,) = db.execute("select count(distinct lea_id) from fct_action_status").fetchone() or (0,)
        assert leas == made.leas == 3
        assert db.execute(
            "select min(length(org_id)), max(length(org_id)) from dim_organization"
        ).fetchall() == [(14, 14)]
