"""The assets of federal files: a partition for each school year, one asset for each file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.extracts import extract_assets
from orchestration.extracts.checks import Judged
from orchestration.partitions import federal_years
from orchestration.settings import PROJECT, Settings


@pytest.fixture
def assets(tmp_path: Path) -> list[dg.AssetsDefinition]:
    return extract_assets(Settings.at(tmp_path / "home", PROJECT / "orchestration" / "demo" / "state"))


def test_every_year_with_a_layout_is_a_partition_and_every_usual_file_an_asset(
    assets: list[dg.AssetsDefinition],
) -> None:
    assert federal_years().get_partition_keys() == ["2020-21", "2021-22", "2022-23", "2023-24", "2024-25"]
    assert {a.key.to_user_string() for a in assets} == {"fs132", "fs193", "fs206", "fs212", "fs223"}


def test_a_run_makes_the_file_of_its_partition_and_a_refused_file_fails_it(
    assets: list[dg.AssetsDefinition],
    certified: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certified()
    monkeypatch.setattr("orchestration.extracts.make.write_check_file", lambda *_, **__: None)
    monkeypatch.setattr("orchestration.extracts.make.judge", lambda *_: Judged((), ("look here",), ()))
    (fs206,) = (a for a in assets if a.key.to_user_string() == "fs206")
    result = dg.materialize([fs206], partition_key="2023-24")
    (made,) = result.asset_materializations_for_node("fs206")
    assert made.metadata["dagster/row_count"].value == 5
    assert "ZZSCHCSITSISCHv1.csv" in str(made.metadata["files"].value)
    assert made.metadata["to look at"].value == "- look here"
    monkeypatch.setattr("orchestration.extracts.make.judge", lambda *_: Judged(("no good",), (), ()))
    failed = dg.materialize([fs206], partition_key="2023-24", raise_on_error=False)
    assert not failed.success
    (event,) = failed.get_step_failure_events()
    assert "is refused: no good" in str(event.step_failure_data.user_failure_data)
