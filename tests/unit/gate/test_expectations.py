"""The suites themselves: they fit the marts, a coherent candidate passes, and each query can fail.

The queries run in DuckDB directly: what Great Expectations does with them is tested in
test_gate_run.py, and fifty faults through it would take minutes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from award_faults import AWARD_FAULTS
from coaching_faults import COACHING_FAULTS
from designation_faults import DESIGNATION_FAULTS
from duty_faults import DUTY_FAULTS
from federal_faults import FEDERAL_FAULTS
from identification_faults import IDENTIFICATION_FAULTS
from outcome_faults import OUTCOME_FAULTS
from section1003_faults import SECTION_1003_FAULTS
from support_faults import SUPPORT_FAULTS
from use_faults import USE_FAULTS

from orchestration.gate.run import run_gate
from orchestration.gate.suites import load_suites
from orchestration.settings import DBT_PROJECT, EXPECTATIONS

SUITES, PROBLEMS = load_suites(EXPECTATIONS)

COHERENT = "".join(
    (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    for name in (
        "coherent_candidate",
        "coherent_outcomes",
        "coherent_section1003",
        "coherent_awards",
        "coherent_use",
        "coherent_coaching",
        "coherent_supports",
        "coherent_duties",
        "coherent_designations",
        "coherent_identification",
        "coherent_federal",
    )
)


def described_columns() -> dict[str, dict[str, str]]:
    """By mart, its columns and types as the dbt project's descriptions give them."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((DBT_PROJECT / "models" / "marts").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            found[model["name"]] = {c["name"]: c["data_type"] for c in model["columns"]}
    return found


MARTS = described_columns()


def coherent_candidate(file: Path) -> Path:
    """A candidate of every mart with a few rows that agree with each other."""
    with duckdb.connect(str(file)) as c:
        c.execute("create schema marts; create schema lake")
        c.execute(
            "create table lake.run (as_of timestamp, code_version varchar, policy_sha256 varchar, "
            "archive_sha256 varchar, state varchar)"
        )
        for mart, columns in MARTS.items():
            c.execute(f"create table marts.{mart} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
        c.execute(COHERENT)
    return file


@pytest.fixture(scope="module")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coherent_candidate(tmp_path_factory.mktemp("coherent") / "warehouse.duckdb")


def test_every_mart_has_a_suite_and_every_suite_a_mart():
    assert PROBLEMS == []
    assert set(SUITES) == set(MARTS)


@pytest.mark.parametrize("mart", sorted(SUITES))
def test_suites_have_a_key_check_and_name_columns_that_exist(mart):
    suite = SUITES[mart]
    kinds = {e.type for e in suite.expectations}
    assert kinds & {"expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"}
    assert len(suite.expectations) >= 5
    named = {name for e in suite.expectations if e.column for name in e.column.split(", ")}
    assert named <= set(MARTS[mart])


def queries() -> list[Any]:
    return [
        pytest.param(mart, e.kwargs, id=f"{mart}: {e.kwargs.get('description')}")
        for mart, suite in SUITES.items()
        for e in suite.expectations
        if e.type == "unexpected_rows_expectation"
    ]


@pytest.mark.parametrize(("mart", "kwargs"), queries())
def test_every_query_says_what_it_asks_and_names_no_alias_of_the_engine(mart, kwargs):
    assert kwargs["description"] and "subselect" not in kwargs["unexpected_rows_query"]
    assert "{batch}" in kwargs["unexpected_rows_query"]


def failing(db: duckdb.DuckDBPyConnection, mart: str) -> set[str]:
    """Descriptions of the mart's queries that find a row."""
    found = set()
    for expectation in SUITES[mart].expectations:
        if expectation.type == "unexpected_rows_expectation":
            sql = expectation.kwargs["unexpected_rows_query"].format(batch=f"(select * from marts.{mart})")
            if db.execute(f"select count(*) from ({sql})").fetchone() != (0,):
                found.add(expectation.kwargs["description"])
    return found


def test_a_coherent_candidate_passes_every_suite_in_the_real_gate(candidate, tmp_path):
    verdict = run_gate(candidate, EXPECTATIONS, sorted(MARTS), tmp_path / "gate.json", tmp_path / "docs")
    assert verdict.problems == ()
    assert verdict.checks == sum(len(s.expectations) for s in SUITES.values())


# mart, what is done to it (an update begins with set), part of the description that must find it
FAULTS = [
    ("dim_practice", "set domain_code = '2' where practice_code = '1A'", "stands in the domain"),
    ("dim_period", "delete where period = '2023-07'", "twelve months once"),
    ("dim_period", "set period_end = period_end - 1 where period = '2023-07'", "begins and ends"),
    ("dim_period", "set quarter_no = 2 where period = '2023-07'", "quarters and semesters"),
    ("dim_period", "set due_on = period_start where period = '2023-07'", "after its month"),
    ("dim_period", "delete where period = '2024-01'", "every period with actions"),
    ("dim_organization", "set lea_id = 'S1' where org_id = 'S1'", "its own LEA"),
    ("dim_organization", "set first_listed_on = '2024-01-01'", "first listed before"),
    ("dim_organization", "set org_id = 'S1 ' where org_id = 'S1'", "blanks around"),
    ("dim_designation", "set reason = 'low_subgroup' where category = 'CSI'", "the law has"),
    ("dim_designation", "set n_years = 3 where n_years = 2", "as many years as it says"),
    (
        "dim_designation",
        "set valid_to = '2024-07-01', valid_to_year = '2024-25' where n_years = 2",
        "do not overlap",
    ),
    ("dim_designation", "set is_in_directory = true", "stand in the directory"),
    ("dim_strategy", "set practice_codes = '1A,9Z'", "practices that exist"),
    ("dim_strategy", "set submission_id = 'L1-2'", "files that were accepted"),
    ("dim_strategy", "set lea_id = 'L2'", "the LEA that the directory names"),
    ("fct_submission", "set refused_by = null", "which rule refused it"),
    ("fct_submission", "set n_tables_standing = 0", "superseded ones no more"),
    ("fct_submission", "set n_tables_standing = 1 where is_withdrawn", "a withdrawn file stands for nothing"),
    ("fct_submission", "set withdrawn_at = null", "says since when and why"),
    ("fct_submission", "set rows_accepted = 7 where rows_read = 9", "accepted or rejected"),
    ("fct_submission", "set is_late = false", "late means"),
    ("fct_submission", "set received_at = '2024-02-16'", "after the night's as-of time"),
    (
        "fct_submission",
        "insert into marts.fct_submission by name select * replace ('L1-9' as submission_id) from "
        "marts.fct_submission where submission_id = 'L1-1'",
        "counts every file",
    ),
    ("fct_reject", "set submission_state = 'superseded' where finding_no = 1", "what became of it"),
    ("fct_reject", "delete where severity = 'refuse'", "has a finding that says why"),
    ("fct_reject", "set rule_id = 'other' where severity = 'refuse'", "has a finding that says why"),
    ("fct_reject", "set is_open = true", "open is told of"),
    ("rpt_reject_causes", "set n_open = 2", "parts are within"),
    ("rpt_reject_causes", "set submissions_share = 0.4", "over its denominator"),
    (
        "rpt_reject_causes",
        "delete where scope_level = 'region' and span_level = 'month' and rule_id = 'a'",
        "adds up to the findings",
    ),
    ("fct_feed_file", "set rows_loaded = null", "belongs to a feed"),
    ("fct_feed_file", "set received_at = '2024-02-16'", "after the night's as-of time"),
    ("fct_action_status", "set submission_id = null", "has its month and its file"),
    ("fct_action_status", "set status_period = '2024-02' where is_reported", "later month"),
    ("fct_action_status", "set is_behind = false", "what their definitions say"),
    ("fct_action_status", "set is_completed = null", "what their definitions say"),
    ("fct_action_status", "set is_due = true where action_code = '1.1.1.2'", "due means"),
    ("fct_action_status", "set org_id = 'S7'", "organization of the directory"),
    ("fct_action_status", "set submission_id = 'L1-2' where is_reported", "superseded file"),
    ("fct_action_status", "set milestone_code = '1.1.11'", "begins with its milestone"),
    ("fct_milestone_quarter", "set n_due = 3", "parts are within"),
    ("fct_milestone_quarter", "set quarter_id = '2023-24 Q2'", "the quarter is that"),
    ("fct_milestone_quarter", "set n_actions = 5", "its counts are those"),
    ("fct_milestone_quarter", "set completed_pct = 49", "all its planned actions"),
    ("fct_milestone_quarter", "set is_completed = true", "all its planned actions"),
    ("fct_strategy_semester", "set n_on_time = 2", "parts are within"),
    ("fct_strategy_semester", "set semester_id = '2023-24 S1'", "the semester is that"),
    ("fct_strategy_semester", "set n_behind = 0", "its counts are those"),
    ("fct_strategy_semester", "set n_milestones_behind = 2", "none counts in silence"),
    ("rpt_submission_completeness", "set status = 'missing'", "follows from"),
    ("rpt_submission_completeness", "set is_expected = false", "owed or sent"),
    ("rpt_submission_completeness", "set n_organizations = 2", "those with actions"),
    ("rpt_implementation_by_practice", "set code = '9Z' where code = '1A'", "codes are those"),
    ("rpt_implementation_by_practice", "set n_discontinued = 0", "parts are within"),
    ("rpt_implementation_by_practice", "set behind_rate = 0.4", "over its denominator"),
    ("rpt_implementation_by_practice", "delete where scope_level = 'region'", "add up alike"),
    ("rpt_implementation_by_practice", "set n_actions = 1 where code_level = 'all'", "the total of a scope"),
    (
        "rpt_implementation_by_practice",
        "set n_behind = 2 where scope_level = 'organization' and code_level = 'all'",
        "counts of its actions",
    ),
    ("rpt_plan_quality", "set outcome = 'met' where n_items = 0", "follows from the items"),
    ("rpt_plan_quality", "set failing_items = null where n_failing > 0", "follows from the items"),
    (
        "rpt_plan_quality",
        "insert into marts.rpt_plan_quality by name select * replace ('L1' as org_id) from "
        "marts.rpt_plan_quality where n_items > 0",
        "every criterion",
    ),
    ("rpt_plan_quality", "set submission_id = 'L1-2' where n_failing > 0", "file that was accepted"),
    ("rpt_plan_quality", "set n_items = 3 where criterion_id = 'strategies_if_then_and'", "dim_strategy"),
    ("rpt_plan_quality_by_level", "set score = 0.5 where criterion_id = 'all'", "parts are within"),
    ("rpt_plan_quality_by_level", "delete where designation = 'CSI' and scope_level = 'lea'", "add up alike"),
    (
        "rpt_plan_quality_by_level",
        "set weight_met = 2 where scope_level = 'organization'",
        "its criteria in rpt_plan_quality",
    ),
    ("rpt_self_reflection", "set code = '9Z' where code = '1A'", "codes are those"),
    ("rpt_self_reflection", "set mean_level = 2 where is_suppressed", "holds no figure"),
    (
        "rpt_self_reflection",
        "set n_ratings = 5, sum_levels = 10 where code_level = 'practice'",
        "their shown elements",
    ),
    ("rpt_self_reflection", "set sum_levels = 7 where scope_level = 'region'", "add up alike"),
    ("rpt_self_reflection", "set mean_level = 2.1 where not is_suppressed", "levels are their division"),
    ("rpt_implementation_by_span", "set code = '9Z' where code = '1A'", "codes are those"),
    ("rpt_implementation_by_span", "set n_discontinued = 0", "parts are within"),
    ("rpt_implementation_by_span", "set behind_rate = 0.4", "over its denominator"),
    (
        "rpt_implementation_by_span",
        "set span_id = '2023-24 Q2' where span_kind = 'quarter'",
        "the span is that",
    ),
    ("rpt_implementation_by_span", "delete where scope_level = 'region'", "add up alike"),
    ("rpt_implementation_by_span", "set n_behind = 0", "its last counted month"),
    ("rpt_implementation_by_group", "set code = '9Z' where code = '1A'", "codes are those"),
    ("rpt_implementation_by_group", "set n_discontinued = 0", "parts are within"),
    ("rpt_implementation_by_group", "set behind_rate = 0.4", "over its denominator"),
    ("rpt_implementation_by_group", "set group_value = 'csi' where group_value = 'CSI'", "groups are those"),
    ("rpt_implementation_by_group", "set n_actions = 9 where group_value = 'CSI'", "add up to the total"),
    (
        "rpt_implementation_by_group",
        "delete where group_kind = 'org_level' and code = '1A'",
        "add up to the total",
    ),
    ("rpt_implementation_by_group", "delete where scope_level = 'region'", "add up alike"),
    ("rpt_implementation_by_group", "set n_behind = 0", "a month's total"),
    ("fct_action_history", "set is_slip = true where state = 'completed'", "slips, reopenings"),
    ("fct_action_history", "set n_periods_stuck = 0", "slips, reopenings"),
    (
        "fct_action_history",
        "insert into marts.fct_action_history by name select * replace ('2024-02' as valid_from_period) "
        "from marts.fct_action_history",
        "do not overlap",
    ),
    ("fct_action_history", "set n_periods = 2", "every counted period"),
    ("rpt_action_course", "set first_slip_period = null", "has slipped"),
    ("rpt_action_course", "set n_periods_stuck = 2", "the sum of its runs"),
    ("rpt_reporting_differences", "set direction = 'own_lower'", "its sign"),
    ("rpt_reporting_differences", "set counted_pct = 60, difference = 20", "our figure is that"),
    ("rpt_reporting_agreement", "set different_rate = 0.4", "parts are within"),
    ("rpt_reporting_agreement", "set n_different = 0 where scope_level = 'lea'", "add up to the state"),
    ("rpt_adjustments", "set submission_id = null", "its text and file"),
    ("rpt_adjustments", "set outcome = 'recovered'", "told with its month"),
    ("rpt_adjustment_recovery", "set n_too_early = 0", "outcomes add up"),
    ("rpt_adjustment_recovery", "delete where scope_level = 'state'", "every level's totals"),
    ("rpt_waning", "set behind_rate = 0.1", "a rule holds"),
    ("rpt_waning", "set n_behind = 2", "its figures are those"),
    *OUTCOME_FAULTS,
    *SECTION_1003_FAULTS,
    *IDENTIFICATION_FAULTS,
    *AWARD_FAULTS,
    *USE_FAULTS,
    *COACHING_FAULTS,
    *SUPPORT_FAULTS,
    *DUTY_FAULTS,
    *DESIGNATION_FAULTS,
    *FEDERAL_FAULTS,
]


@pytest.fixture(scope="module")
def faulty(candidate, tmp_path_factory):
    """A copy of the candidate, open for faults that are taken back."""
    file = tmp_path_factory.mktemp("faulty") / "warehouse.duckdb"
    file.write_bytes(candidate.read_bytes())
    with duckdb.connect(str(file)) as db:
        yield db


@pytest.mark.parametrize(("mart", "fault", "said"), FAULTS, ids=[f"{m}: {s}" for m, _, s in FAULTS])
def test_each_planted_fault_is_found_by_the_query_meant_for_it(faulty, mart, fault, said):
    verb, _, rest = fault.partition(" ")
    start = {"set": f"update marts.{mart} set", "delete": f"delete from marts.{mart}"}.get(verb, verb)
    faulty.execute("begin")
    try:
        faulty.execute(f"{start} {rest}")
        found = failing(faulty, mart)
    finally:
        faulty.execute("rollback")
    assert any(said in f for f in found), found


def test_every_query_has_a_fault_that_it_finds():
    for parameter in queries():
        mart, kwargs = parameter.values
        assert any(m == mart and said in kwargs["description"] for m, _, said in FAULTS), (mart, kwargs)
