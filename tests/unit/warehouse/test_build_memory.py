"""How much memory a build may take, and that dbt need not parse anew for it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.demo.state import DEMO_STATE
from orchestration.settings import MEMORY_LIMIT, Settings
from orchestration.warehouse.build_file import MEMORY_FILE, build_memory
from orchestration.warehouse.dbt_memory import FILE, Plugin
from orchestration.warehouse.dbt_run import home_profile


@pytest.mark.parametrize(
    ("given", "lake_megabytes", "limit"),
    [
        (MEMORY_LIMIT, 0, "800MB"),
        (MEMORY_LIMIT, 17, "1004MB"),
        (MEMORY_LIMIT, 163, "2756MB"),
        (MEMORY_LIMIT, 490, "3000MB"),
        ("512MB", 490, "512MB"),
        ("8GB", 17, "8GB"),
    ],
)
def test_a_build_gets_memory_by_the_size_of_its_lake_unless_the_home_says_how_much(
    given: str, lake_megabytes: int, limit: str
) -> None:
    assert build_memory(given, lake_megabytes * 1_000_000) == limit


def test_dbt_opens_the_build_file_with_the_limit_that_lies_beside_it(tmp_path: Path) -> None:
    plugin = Plugin("memory", {})
    config: dict[str, str] = {}
    creds = SimpleNamespace(path=str(tmp_path / "warehouse.duckdb"))

    plugin.update_connection_config(creds, config)
    assert config == {}  # nothing was said

    (tmp_path / MEMORY_FILE).write_text("1004MB")
    plugin.update_connection_config(creds, config)
    assert config == {"memory_limit": "1004MB"}
    assert FILE == MEMORY_FILE


def test_dbts_profile_is_the_same_whatever_the_limit_so_that_its_parse_cache_holds(tmp_path: Path) -> None:
    texts = {
        (home_profile(Settings.at(tmp_path / limit, DEMO_STATE, env)) / "profiles.yml").read_text()
        for limit, env in (("given", {"INTERLACE_MEMORY_LIMIT": "512MB"}), ("none", {}))
    }
    assert len(texts) == 1
