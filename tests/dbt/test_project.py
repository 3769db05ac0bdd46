"""dbt's own unit tests pass, an empty state builds, and the project keeps its conventions."""

from __future__ import annotations

import duckdb

from orchestration.settings import EXPECTATIONS


def models(manifest):
    return {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "model"}


def marts(manifest):
    return {name: n for name, n in models(manifest).items() if n["schema"] == "marts"}


def test_unit_tests_and_data_tests_pass_on_an_empty_state(empty_build) -> None:
    _, results = empty_build
    ran = [r for r in results["results"] if r["unique_id"].startswith("unit_test.")]
    assert len(ran) >= 14
    assert {r["status"] for r in results["results"]} <= {"pass", "success"}


def test_a_new_home_does_not_parse_the_project_again(empty_build) -> None:
    settings, _ = empty_build
    logs = (settings.warehouse / "dbt").glob("dbt.log*")  # of many tests there are several
    assert any("no changes found, skipping parsing" in log.read_text() for log in logs)


def test_every_rule_with_a_boundary_has_a_unit_test(manifest) -> None:
    tested = {u["model"] for u in manifest["unit_tests"].values()}
    assert {
        "dim_designation", "dim_organization", "dim_period", "fct_action_status", "fct_milestone_quarter",
        "fct_reject", "fct_strategy_semester", "fct_submission", "int_designation_years", "int_milestone_periods",
        "int_organization_periods", "int_standing_tables", "int_strategy_codes", "int_withdrawals",
        "rpt_reject_causes", "fct_duty", "int_duty_dues", "int_duty_leas", "int_duty_occurrences", "int_duty_rules",
        "int_duty_schools", "int_duty_statements", "rpt_duties",
        "rpt_implementation_by_practice", "rpt_submission_completeness",
        "int_lea_practice_plans", "int_plan_items__direction", "int_plan_items__needs",
        "int_plan_items__strategies", "int_plan_items__work", "int_self_reflection_answers",
        "int_self_reflection_practices", "rpt_plan_quality", "rpt_plan_quality_by_level", "rpt_self_reflection",
        "fct_action_history", "int_action_states", "int_adjustment_statements", "int_implementation_lea_groups",
        "int_implementation_month_groups",
        "int_item_states", "int_newly_due", "int_organization_groups", "int_organization_spans",
        "int_reporting_comparisons", "int_strategy_groups", "int_waning_falls", "int_waning_peers",
        "int_waning_rates", "rpt_action_course", "rpt_adjustment_recovery", "rpt_adjustments",
        "rpt_implementation_by_group", "rpt_implementation_by_span", "rpt_reporting_agreement",
        "rpt_reporting_differences", "rpt_waning",
        "int_principles__plans", "int_principles__work", "rpt_principles",
        "int_coaching_quarters", "int_coaching__work", "int_coaching__followed", "int_coaching__year",
        "int_story__measures", "int_story__work", "rpt_coaching_agenda", "rpt_story_year",
        "fct_support", "int_support_pools", "int_support_practices", "int_support_settings", "int_support_strong",
        "int_support_wants", "int_support_windows", "rpt_support_candidates", "rpt_support_effect",
        "rpt_support_effect_by_practice",
        "fct_designation_event", "int_designation_absences", "int_designation_calendar", "int_designation_stays",
        "int_designation_steps", "int_organization_ancestors", "int_organization_links",
        "rpt_designation_disagreement", "rpt_designation_transition", "rpt_organization_link",
        "int_csi_cuts", "int_graduation_rates", "int_graduation_statements", "int_graduation_windows",
        "int_identification_computed", "int_identification_findings", "int_identification_runs",
        "int_identification_schools", "int_identification_settings", "int_identification_years", "int_index_scores",
        "int_index_values", "int_policy_entries", "int_status_years", "int_subgroup_findings",
        "rpt_identification_check", "rpt_identification_lists",
        "fct_1003_eligibility", "fct_1003_other_reserves", "fct_1003_score", "int_1003_applications", "int_1003_facts",
        "int_1003_designated", "int_1003_lea_scores", "int_1003_requests", "int_1003_score_commitment",
        "int_1003_score_points", "int_1003_score_ranks", "int_1003_years", "rpt_title1_hold_harmless",
        "int_1003_matches", "int_1003_commitments", "int_1003_fill", "int_1003_admitted", "int_1003_cut",
        "rpt_1003_geography",
        "fct_1003_payment", "int_1003_charged", "int_1003_grants", "int_1003_spending", "int_1003_strategies",
        "int_1003_use_settings", "rpt_1003_balance", "rpt_1003_cliff", "rpt_1003_excess", "rpt_1003_gate",
        "rpt_1003_public_list", "rpt_1003_use",
    } <= tested  # fmt: skip


def test_built_columns_are_the_documented_ones(empty_build, manifest) -> None:
    settings, _ = empty_build
    with duckdb.connect(str(settings.build_file), read_only=True) as db:
        for name, node in marts(manifest).items():
            built = [r[0] for r in db.execute(f"describe marts.{name}").fetchall()]
            assert built == list(node["columns"]), name
            assert all(c["description"] not in ("", "?") for c in node["columns"].values()), name


def test_every_mart_has_a_contract_a_key_test_a_grain_and_a_suite(manifest) -> None:
    keyed = {
        n["attached_node"].split(".")[-1]
        for n in manifest["nodes"].values()
        if n["resource_type"] == "test" and n.get("test_metadata", {}).get("name") == "holds_contract"
        and n.get("attached_node")
    }  # fmt: skip
    for name, node in marts(manifest).items():
        assert node["config"]["contract"]["enforced"], name
        assert node["config"]["meta"]["grain"] and node["config"]["meta"]["key"], name
        said = {"internal": "not_public", "public": "public"}[node["config"]["meta"]["audience"]]
        assert said in node["config"]["meta"], f"{name} does not say what the public is told of it"
        assert name in keyed, f"{name} has no test that its key is unique"
        assert (EXPECTATIONS / f"{name}.yaml").is_file(), f"{name} has no suite"
    suites = {p.stem for p in EXPECTATIONS.glob("*.yaml")}
    assert suites == set(marts(manifest))


def test_no_test_only_warns(manifest) -> None:
    severities = {
        n["config"]["severity"].lower() for n in manifest["nodes"].values() if n["resource_type"] == "test"
    }
    assert severities == {"error"}


def test_names_say_the_layer_and_only_staging_reads_the_lake(manifest) -> None:
    prefixes = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("dim_", "fct_", "rpt_")}
    for name, node in models(manifest).items():
        assert name.startswith(prefixes[node["schema"]]), name
        reads_lake = [d for d in node["depends_on"]["nodes"] if d.startswith("source.")]
        # the as-of time is read in staging too, through the macro
        assert not reads_lake or node["schema"] == "staging", name


def test_no_model_reads_the_clock(manifest) -> None:
    for name, node in models(manifest).items():
        code = node["raw_code"].lower()
        assert not any(w in code for w in ("current_date", "current_timestamp", "now()", "get_current")), name


def test_what_is_counted_by_lea_names_the_organization_or_lea_of_every_row(empty_build, manifest) -> None:
    """A row without one would be in no part of a large state, and in no LEA that changed."""
    settings, _ = empty_build
    with duckdb.connect(str(settings.build_file), read_only=True) as db:
        id_columns = dict(
            db.execute(
                "select table_name, max(column_name) from duckdb_columns() "
                "where column_name in ('lea_id', 'org_id') and schema_name <> 'lake' group by table_name"
            ).fetchall()
        )
    required = {
        (n["attached_node"].rpartition(".")[2], column)
        for n in manifest["nodes"].values()
        if n["resource_type"] == "test" and n.get("test_metadata", {}).get("name") == "holds_contract"
        for column in n["test_metadata"]["kwargs"]["required"]
    }
    counted = [n for n in models(manifest).values() if n["config"]["meta"].get("by_lea")]
    assert len(counted) > 100
    open_ends = set()
    for node in counted:
        if node["schema"] == "staging":
            continue
        assert node["name"] in id_columns, f"{node['name']} names neither organization nor LEA"
        read = {d.rpartition(".")[2] for d in node["depends_on"]["nodes"]} | {node["name"]}
        open_ends |= {(name, id_columns[name]) for name in read & set(id_columns)} - required
    open_ends -= {
        ("stg_intake__findings", "lea_id")
    }  # the landing folder of the file; fct_reject requires it
    assert open_ends == set(), "these columns may be empty"
