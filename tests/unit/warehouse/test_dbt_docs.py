"""dbt's documentation as one page: it holds its data, loads nothing, and is made once for a manifest."""

from __future__ import annotations

import json
import re

import pytest

from orchestration.errors import ConfigError
from orchestration.warehouse.dbt_docs import CATALOG_HERE, MANIFEST_HERE, dbt_docs_page, static_page

MANIFEST = {
    "metadata": {"project_name": "interlace"},
    "nodes": {
        "model.interlace.m": {
            "resource_type": "model", "schema": "marts", "name": "m", "description": "</script><b>", "compiled_code": "select 1",
            "columns": {"a": {"name": "a", "data_type": "varchar"}},
        }
    },
    "macros": {"macro.dbt.x": {"package_name": "dbt"}, "macro.interlace.y": {"package_name": "interlace"}},
    "sources": {},
}  # fmt: skip


def test_the_page_holds_manifest_and_types_and_no_description_ends_its_script():
    page = static_page(f"<script>n={{m:{MANIFEST_HERE},c:{CATALOG_HERE}}}</script>", MANIFEST)
    held = re.fullmatch(r"<script>n=\{m:(.*),c:(.*)\}</script>", page)
    manifest, catalog = json.loads(held[1]), json.loads(held[2])
    assert page.count("</script>") == 1
    assert manifest["nodes"]["model.interlace.m"]["description"] == "</script><b>"
    assert "compiled_code" not in manifest["nodes"]["model.interlace.m"] and list(manifest["macros"]) == [
        "macro.interlace.y"
    ]
    assert catalog["nodes"]["model.interlace.m"]["columns"]["a"]["type"] == "varchar"


def test_a_page_of_dbt_that_takes_its_data_otherwise_is_said():
    with pytest.raises(ConfigError, match="no place for its data"):
        static_page("<script></script>", MANIFEST)


def test_dbts_own_page_is_filled_reports_to_nobody_and_is_made_once(tmp_path):
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    page = dbt_docs_page(manifest)
    text = page.read_text()
    assert MANIFEST_HERE not in text and "cloudfront" not in text and "fuzzed.getdbt" not in text
    made = page.stat().st_mtime_ns
    assert dbt_docs_page(manifest).stat().st_mtime_ns == made
    manifest.write_text(json.dumps({**MANIFEST, "sources": {"new": {}}}))
    assert dbt_docs_page(manifest).stat().st_mtime_ns != made
