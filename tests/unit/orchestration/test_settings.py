"""The one place that reads the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.errors import ConfigError
from orchestration.settings import Settings

FOLDERS = ("landing", "feeds", "archive", "lake", "releases", "outbox")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "policy.yaml").touch()
    return folder


def test_every_room_is_a_folder_of_home_unless_the_environment_moves_it(tmp_path, state):
    settings = Settings.at(tmp_path / "home", state, {"INTERLACE_ARCHIVE": "memory://bucket/archive"})
    for name in FOLDERS:
        path = getattr(settings, name)
        assert str(path) == (
            "memory://bucket/archive" if name == "archive" else str(tmp_path / "home" / name)
        )
    for path in (settings.warehouse, settings.build_file, settings.gate_record, settings.dagster_home):
        assert path.is_relative_to(tmp_path / "home")


def test_no_environment_given_is_none_read(tmp_path, state, monkeypatch):
    monkeypatch.setenv("INTERLACE_ARCHIVE", "/elsewhere")
    monkeypatch.setenv("INTERLACE_WORKERS", "99")
    settings = Settings.at(tmp_path / "home", state)
    assert settings.workers != 99 and str(settings.archive) == str(tmp_path / "home" / "archive")


def test_paths_do_not_depend_on_where_one_stands(tmp_path, state, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Settings.at("home", "state") == Settings.at(tmp_path / "home", state)


def test_knobs_are_read_and_a_blank_one_is_none(tmp_path, state):
    env = {"INTERLACE_WORKERS": "7", "INTERLACE_MEMORY_LIMIT": "512MB", "INTERLACE_THREADS": ""}
    settings = Settings.at(tmp_path, state, env)
    assert (settings.workers, settings.memory_limit) == (7, "512MB")
    assert settings.threads == Settings.at(tmp_path, state).threads


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_a_knob_that_is_no_number_is_refused_with_its_name(tmp_path, state, text):
    with pytest.raises(ConfigError, match=r"INTERLACE_WORKERS is .*; give a whole number of 1 or more"):
        Settings.at(tmp_path, state, {"INTERLACE_WORKERS": text})


def test_a_state_folder_without_a_policy_is_refused_with_an_example(tmp_path):
    with pytest.raises(ConfigError, match=r"has no policy.yaml.*examples"):
        Settings.at(tmp_path, tmp_path)


def test_the_ui_names_what_is_not_set(tmp_path, state):
    with pytest.raises(ConfigError, match="set INTERLACE_HOME and INTERLACE_STATE"):
        Settings.from_env({})
    with pytest.raises(ConfigError, match="set INTERLACE_STATE "):
        Settings.from_env({"INTERLACE_HOME": "x"})
    env = {"INTERLACE_HOME": str(tmp_path / "home"), "INTERLACE_STATE": str(state)}
    assert Settings.from_env(env) == Settings.at(tmp_path / "home", state)
