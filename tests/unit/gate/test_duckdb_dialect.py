"""The one patch of Great Expectations: why it exists, and when it can go."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import os, sys
os.environ["GX_ANALYTICS_ENABLED"] = "false"
import duckdb
with duckdb.connect(sys.argv[1]) as c:
    c.execute("create table if not exists t as select range as a from range(10)")
import great_expectations as gx
if sys.argv[2] == "patched":
    from orchestration.gate.duckdb_dialect import keep_connection_open
    keep_connection_open(); keep_connection_open()
context = gx.get_context(mode="ephemeral")
source = context.data_sources.add_sql("s", connection_string=f"duckdb:///{sys.argv[1]}?access_mode=read_only")
batch = source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("all").get_batch()
result = batch.validate(gx.expectations.ExpectColumnValuesToBeUnique(column="a"))
print("SUCCESS" if result.success else str(result.exception_info))
"""


def validate(tmp_path, patched: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "t.duckdb"), patched],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_with_the_patch_expectations_run_on_duckdb(tmp_path):
    assert validate(tmp_path, "patched").endswith("SUCCESS")


def test_without_the_patch_great_expectations_still_loses_its_results(tmp_path):
    """When this fails, Great Expectations issue 11579 is mended: delete duckdb_dialect.py and this file."""
    assert "list index out of range" in validate(tmp_path, "plain")
