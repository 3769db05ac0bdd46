"""What rests on what, read off a manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.errors import BuildError
from orchestration.settings import Settings
from orchestration.warehouse import runs
from orchestration.warehouse.graph import (
    marts_in_order,
    model_id,
    on_the_rim,
    readers_of,
    resting_on,
    tables_in_order,
)

# lake.run -> stg_run (a view) -> int_today -> fct_duty -> rpt_duties; dim_school rests on nothing of it
READS = {
    "stg_run": [],
    "int_today": ["stg_run"],
    "fct_duty": ["int_today", "dim_school"],
    "rpt_duties": ["fct_duty"],
    "dim_school": [],
}
SOURCE = "source.interlace.lake.run"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    parents = {model_id(name): [model_id(n) for n in read] for name, read in READS.items()}
    parents[model_id("stg_run")] = [SOURCE]
    children: dict[str, list[str]] = {node: [] for node in (*parents, SOURCE)}
    for node, read in parents.items():
        for parent in read:
            children[parent].append(node)
    children[model_id("fct_duty")].append("test.interlace.unique_fct_duty")
    nodes = {
        model_id(name): {
            "resource_type": "model",
            "name": name,
            "schema": {"stg": "staging", "int": "intermediate"}.get(name[:3], "marts"),
            "config": {"materialized": "view" if name.startswith("stg") else "table"},
        }
        for name in reversed(READS)
    }
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({"nodes": nodes, "parent_map": parents, "child_map": children}))
    return file


def ids(*names: str) -> set[str]:
    return {model_id(name) for name in names}


def test_what_rests_on_a_source_all_the_way_or_some_generations(manifest: Path):
    assert resting_on(manifest, [SOURCE]) == ids("stg_run", "int_today", "fct_duty", "rpt_duties")
    assert resting_on(manifest, [SOURCE], 2) == ids("stg_run", "int_today")
    assert resting_on(manifest, ids("fct_duty")) == ids("fct_duty", "rpt_duties")


def test_the_rim_of_some_models_is_read_by_others(manifest: Path):
    assert on_the_rim(manifest, frozenset(ids("stg_run", "int_today", "fct_duty"))) == ids("fct_duty")


def test_readers_are_models_alone(manifest: Path):
    assert readers_of(manifest, ids("fct_duty", "dim_school")) == ids("rpt_duties", "fct_duty")


def test_tables_and_marts_come_after_what_they_read(manifest: Path):
    order = [name for _, name in tables_in_order(manifest)]
    assert sorted(order) == ["dim_school", "fct_duty", "int_today", "rpt_duties"]
    assert order.index("int_today") < order.index("fct_duty") < order.index("rpt_duties")
    assert marts_in_order(manifest)[-1] == "rpt_duties" and "int_today" not in marts_in_order(manifest)


def test_a_build_that_left_out_what_rests_on_a_change_is_refused(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "policy.yaml").touch()
    home = Settings.at(tmp_path / "home", tmp_path)
    changed = frozenset({SOURCE, *ids("stg_run", "int_today", "fct_duty")})
    monkeypatch.setattr(runs, "changed_nodes", lambda _: changed)

    def after(ran: set[str], looked_at: set[str]) -> None:
        results = {"results": [{"unique_id": node} for node in ran]}
        (tmp_path / "run_results.json").write_text(json.dumps(results))
        runs._after(home, manifest, tmp_path, {}, frozenset(looked_at))

    everything = ids("stg_run", "int_today", "fct_duty", "rpt_duties")
    after(everything, set())
    after(everything - ids("rpt_duties"), ids("rpt_duties"))
    with pytest.raises(BuildError, match="rpt_duties would rest on what has changed since"):
        after(everything - ids("rpt_duties"), set())
