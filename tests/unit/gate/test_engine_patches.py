"""What is patched in Great Expectations: why, what it leaves as it was, and when it can go."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
import duckdb
with duckdb.connect(sys.argv[1]) as c:
    c.execute("create table t as select range as a, range // 2 as half, null::int as nothing, least(range, 8) // 2 as other from range(10)")
from orchestration.gate.light_import import HEAVY, import_great_expectations
gx = import_great_expectations()
from orchestration.gate.duckdb_dialect import keep_connection_open
said = {"loaded": [name for name in HEAVY if name in sys.modules]}
context = gx.get_context(mode="ephemeral")
def validate(name):
    source = context.data_sources.add_sql(name, connection_string=f"duckdb:///{sys.argv[1]}?access_mode=read_only")
    batch = source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("all").get_batch()
    result = batch.validate(gx.expectations.ExpectColumnValuesToBeUnique(column="a"))
    return "success" if result.success else str(result.exception_info)
said["plain"] = validate("plain")
keep_connection_open(); keep_connection_open()
said["patched"] = validate("patched")
between = gx.expectations.ExpectColumnValuesToBeBetween(column="a", min_value=0, mostly=0.9)
from orchestration.gate import kept_configuration
looks = []
def made_anew(self, original=kept_configuration._MADE_ANEW):
    looks.append(self)
    return original.fget(self)
from great_expectations.expectations.expectation import Expectation
Expectation.configuration = property(made_anew)
before, looks_before = between._get_runtime_kwargs({"result_format": "SUMMARY"}), len(looks)
kept_configuration._MADE_ANEW = property(made_anew)
kept_configuration.keep_configurations(); kept_configuration.keep_configurations()
looks.clear()
said["kept"] = between._get_runtime_kwargs({"result_format": "SUMMARY"}) == before
said["looks"] = [looks_before, len(looks)]
between.min_value = 5
said["changed"] = between.configuration.kwargs["min_value"]
import sqlalchemy
from sqlalchemy.engine import Engine
asked = []
sqlalchemy.event.listen(Engine, "before_cursor_execute", lambda *a: asked.append(a[2]) if "FROM t" in a[2] else None)
def keys(name, result_format, *expectations):
    source = context.data_sources.add_sql(name, connection_string=f"duckdb:///{sys.argv[1]}?access_mode=read_only")
    batch = source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("all").get_batch()
    asked.clear()
    found = batch.validate(gx.ExpectationSuite(name="s", expectations=list(expectations)), result_format=result_format)
    names = "element_count", "unexpected_count", "partial_unexpected_list"
    return [[r.success, *(r.result.get(name) for name in names)] for r in found.results]
COUNTS = {"result_format": "SUMMARY", "partial_unexpected_count": 0, "exclude_unexpected_values": True}
EXAMPLES = {"result_format": "SUMMARY", "partial_unexpected_count": 5}
def key(*columns):
    return gx.expectations.ExpectCompoundColumnsToBeUnique(column_list=list(columns))
low = gx.expectations.ExpectColumnValuesToBeBetween(column="a", min_value=8)
said["their_keys"] = keys("k1", COUNTS, key("a", "nothing"), key("half", "nothing"), key("half", "other"))
keys("k2", COUNTS, low); said["their_queries"] = len(asked)
from orchestration.gate.values_when_asked import look_for_values_when_asked
from orchestration.gate import keys_that_come_twice
look_for_values_when_asked(); look_for_values_when_asked()
said["our_keys"] = keys("k3", COUNTS, key("a", "nothing"), key("half", "nothing"), key("half", "other"))
said["our_counts"] = keys("k4", COUNTS, low); said["our_queries"] = len(asked)
said["our_examples"] = keys("k5", EXAMPLES, low, key("half", "other"))
from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as uses
said["entropy"], said["chart"] = uses.stats.entropy([0.5, 0.5], base=2), uses.alt.Chart.__name__
import scipy.stats
said["real"] = scipy.stats.entropy is uses.stats.entropy and HEAVY[0] in sys.modules
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a process of its own found, with and without the patches."""
    file = tmp_path_factory.mktemp("patches") / "t.duckdb"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(file)],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def test_with_the_patch_expectations_run_on_duckdb(said):
    assert said["patched"] == "success"


def test_without_the_patch_great_expectations_still_loses_its_results(said):
    """When this fails, Great Expectations issue 11579 is mended: delete duckdb_dialect.py and its tests."""
    assert "list index out of range" in str(said["plain"])


def test_the_light_import_leaves_the_heavy_packages_out_until_they_are_asked_for(said):
    assert said["loaded"] == []
    assert (said["entropy"], said["chart"], said["real"]) == (1.0, "Chart", True)


def test_values_that_fail_are_looked_for_only_where_the_result_shows_them(said):
    """When the first assertion fails, Great Expectations does so by itself: delete values_when_asked.py and this."""
    assert said["their_queries"] > said["our_queries"]
    assert said["our_counts"] == [[False, 10, 8, None]]
    between, twice = said["our_examples"]
    assert between == [False, 10, 8, [0, 1, 2, 3, 4]]
    assert twice[:3] == [False, 10, 10] and len(twice[3]) == 5


def test_a_key_that_comes_twice_is_counted_by_grouping_and_counts_with_a_null_in_it(said):
    """When the first assertion fails, Great Expectations sees such keys: look whether keys_that_come_twice.py is still faster."""
    assert [found for found, *_ in said["their_keys"]] == [True, True, False]
    assert [row[:3] for row in said["our_keys"]] == [[True, 10, 0], [False, 10, 10], [False, 10, 10]]


def test_a_configuration_is_made_once_while_arguments_are_gathered_and_anew_after(said):
    """When the first number is small, Great Expectations looks less often: delete kept_configuration.py and this."""
    often, once = said["looks"]
    assert often > 5 and once == 1
    assert said["kept"] is True and said["changed"] == 5
