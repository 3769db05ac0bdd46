"""What feeds.yaml may hold, and what it says when it is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_state import FEEDS

from orchestration.errors import ConfigError
from orchestration.feeds.mapping import load_mapping
from orchestration.settings import PROJECT

Change = Callable[[dict[str, Any]], object]


def problems(tmp_path: Path, change: Change) -> str:
    raw = copy.deepcopy(FEEDS)
    change(raw)
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError) as e:
        load_mapping(tmp_path)
    return str(e.value)


def column(name: str, spec: Any) -> Change:
    return lambda raw: raw["feeds"]["directory"]["columns"].update({name: spec})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.update(fedes={}), "fedes is not a known key"),
        (lambda raw: raw["feeds"]["directory"].update(table="directroy"), "table 'directroy' is unknown"),
        (lambda raw: raw["feeds"]["directory"].update(file="x"), "feeds.directory: file is not a known key"),
        (lambda raw: raw["feeds"]["directory"].update(files="x"), "files: write a list"),
        (lambda raw: raw["feeds"]["directory"]["columns"].pop("org_id"), "org_id is missing; every row"),
        (lambda raw: raw["feeds"]["absence"].update(turns={"each": 1, "a": 2}), "write either `columns`"),
        (lambda raw: raw["feeds"]["designations"]["turns"].update(columns="Status"), "name a group in it"),
        (column("nickname", {"from": "x"}), "nickname is no column of directory"),
        (column("region", {"form": "x"}), "form is not a known key"),
        (column("region", {"from": "x", "constant": "y"}), "needs exactly one of"),
        (column("region", {"from": "x", "take": "(\\d"}), "is not a regular expression"),
        (column("region", {"from": "x", "take": "\\d"}), "needs a group in parentheses"),
        (column("region", {"from": "x{sg}"}), "{sg} in 'x{sg}' is no variable of turns"),
        (column("region", {"of": "county"}), "it names county, which is not mapped"),
        (column("region", {"of": "region"}), "region is made of itself in a circle"),
        (column("region", {"from": "x", "unknown": "perhaps"}), "unknown is 'perhaps'; it may be reject or"),
        (column("region", "x"), "write where the column comes from"),
        (column("org_level", {"constant": "county"}), "'county' is no code of org_levels"),
        (column("region", {"from": "x", "codes": {True: "a"}}), "write Yes, No, On, Off in quotation"),
        (column("region", {"join": ["x"]}), "write a list of {from: Name, width: digits}"),
        (column("region", {"from": "x", "or": {"fro": "x"}}), "region.or: fro is not a known key"),
    ],
)  # fmt: skip
def test_a_wrong_feeds_file_says_where_and_what(tmp_path: Path, change: Change, said: str) -> None:
    assert said in problems(tmp_path, change)


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    def change(raw: dict[str, Any]) -> None:
        raw["feeds"]["directory"]["table"] = "nowhere"
        raw["feeds"]["money"]["columns"]["amount"] = {"from": "x", "scale": "many"}

    text = problems(tmp_path, change)
    assert "feeds.directory" in text
    assert "feeds.money.columns.amount: scale is 'many'" in text


def test_a_missing_or_broken_file_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no feeds\.yaml"):
        load_mapping(tmp_path)
    (tmp_path / "feeds.yaml").write_text("feeds: [")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load_mapping(tmp_path)
    (tmp_path / "feeds.yaml").write_text("")
    with pytest.raises(ConfigError, match="needs a key `feeds`"):
        load_mapping(tmp_path)


@pytest.mark.parametrize("state", sorted(p.parent.name for p in (PROJECT / "examples").glob("*/feeds.yaml")))
def test_the_example_states_can_be_loaded(state: str) -> None:
    assert load_mapping(PROJECT / "examples" / state).feeds
