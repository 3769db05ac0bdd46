"""The assets of federal files: a partition for each school year, one asset for each file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.extracts import extract_assets
from orchestration.extracts.checks import Judged
from orchestration.partitions import federal_years
from orchestration.release.certification import Certification
from orchestration.release.rebuild import Rebuilt
from orchestration.release.year_again import YearAgain
from orchestration.settings import PROJECT, Settings


@pytest.fixture
def assets(tmp_path: Path) -> list[dg.AssetsDefinition]:
    return extract_assets(Settings.at(tmp_path / "home", PROJECT / "orchestration" / "demo" / "state"))


def test_every_year_with_a_layout_is_a_partition_and_every_usual_file_an_asset(
    assets: list[dg.AssetsDefinition],
) -> None:
    assert federal_years().get_partition_keys() == ["2020-21", "2021-22", "2022-23", "2023-24", "2024-25"]
    of_files = {"fs132", "fs193", "fs206", "fs212", "fs223"}
    assert {a.key.to_user_string() for a in assets} == of_files | {"rebuilt_release"}
    assert all(a.partitions_def == federal_years() for a in assets)


def test_a_run_makes_the_file_of_its_partition_and_a_refused_file_fails_it(
    assets: list[dg.AssetsDefinition],
    certified: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certified()
    monkeypatch.setattr("orchestration.extracts.make.write_check_file", lambda *_, **__: None)
    monkeypatch.setattr("orchestration.extracts.make.judge", lambda *_, **__: Judged((), ("look here",), ()))
    (fs206,) = (a for a in assets if a.key.to_user_string() == "fs206")
    result = dg.materialize([fs206], partition_key="2023-24")
    (made,) = result.asset_materializations_for_node("fs206")
    assert made.metadata["dagster/row_count"].value == 5
    assert "ZZSCHCSITSISCHv1.csv" in str(made.metadata["files"].value)
    assert made.metadata["to look at"].value == "- look here"
    monkeypatch.setattr("orchestration.extracts.make.judge", lambda *_, **__: Judged(("no good",), (), ()))
    failed = dg.materialize([fs206], partition_key="2023-24", raise_on_error=False)
    assert not failed.success
    (event,) = failed.get_step_failure_events()
    assert "is refused: no good" in str(event.step_failure_data.user_failure_data)


@pytest.mark.parametrize("differences", [(), ("fct_award has other values",)], ids=["equal", "other"])
def test_a_school_year_again_makes_its_files_only_where_its_release_made_again_is_equal(
    assets: list[dg.AssetsDefinition],
    certified: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    differences: tuple[str, ...],
) -> None:
    certified()
    monkeypatch.setattr("orchestration.extracts.make.write_check_file", lambda *_, **__: None)
    monkeypatch.setattr("orchestration.extracts.make.judge", lambda *_, **__: Judged((), (), ()))
    stands = Certification("2023-24", 1, "r1", "x", datetime(2024, 7, 1), "J. Ortiz", "")
    made = YearAgain(stands, (Rebuilt("r1", 3, differences, (), "x"),), differences, ("r0: other code",))
    monkeypatch.setattr("orchestration.assets.extracts.rebuild_year", lambda *_: made)
    some = [a for a in assets if a.key.to_user_string() in ("fs206", "fs132", "rebuilt_release")]
    job = dg.define_asset_job("again", executor_def=dg.in_process_executor)
    definitions = dg.Definitions(assets=some, jobs=[job])
    result = definitions.resolve_job_def("again").execute_in_process(
        partition_key="2023-24", raise_on_error=False, instance=dg.DagsterInstance.ephemeral()
    )
    keys = [e.asset_key.to_user_string() for e in result.get_asset_materialization_events()]
    if differences:
        assert keys == [] and not result.success
        (event,) = result.filter_events(lambda e: e.is_step_failure)
        assert "it is not what was certified: fct_award" in str(event.step_failure_data.user_failure_data)
    else:
        assert keys[0] == "rebuilt_release" and sorted(keys[1:]) == ["fs132", "fs206"]
        (first, *_) = result.asset_materializations_for_node("rebuilt_release")
        assert first.metadata["made again and equal"].value == "r1 (3 marts)"
        assert first.metadata["not possible"].value == "- r0: other code"
