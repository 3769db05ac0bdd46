"""Which of Dagster's executors runs a job's steps is a setting."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.errors import ConfigError
from orchestration.executor import executor
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "policy.yaml").touch()
    return lambda **env: Settings.at(
        tmp_path, tmp_path, {f"INTERLACE_{k.upper()}": v for k, v in env.items()}
    )


def test_steps_run_in_the_runs_own_process_unless_set(settings) -> None:
    assert executor(settings()) is dg.in_process_executor


def test_an_executor_is_named_and_configured(settings, tmp_path) -> None:
    config = tmp_path / "executor.yaml"
    config.write_text("max_concurrent: 2\n")
    found = executor(settings(executor="dagster:multiprocess_executor", executor_config=str(config)))
    defs = dg.Definitions(jobs=[dg.define_asset_job("night")], assets=[_asset], executor=found)
    assert defs.resolve_job_def("night").executor_def is found


@dg.asset
def _asset() -> None: ...


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dagster_of_nobody:executor", "install its package, e.g. pip install dagster-of-nobody"),
        ("dagster:Definitions", "which is no executor of Dagster; write module:name"),
        ("multiprocess", "install its package"),
    ],
)
def test_what_is_no_executor_is_said(settings, name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        executor(settings(executor=name))


def test_a_configuration_that_is_not_there_is_said(settings, tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"INTERLACE_EXECUTOR_CONFIG is .*nowhere\.yaml"):
        executor(settings(executor_config=str(tmp_path / "nowhere.yaml")))
