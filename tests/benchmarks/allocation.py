"""Seconds of the whole §1003 year of a nation, from Title I amounts to the public list, as a night builds it.

    python -m tests.benchmarks.allocation [LEAS] [SCHOOLS] [PERCENT_DESIGNATED]

A home without files is built; every table that the models of §1003 read of others is filled with rows made up
here, and `dbt run` builds those models on two threads, as in a night. The method is the hardest one: per pupil
by grade and poverty with extras, an LEA part, smallest awards raised to, caps of schools, requests and LEAs.
By default every school is designated, which no nation's are.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import datetime
from typing import Any

import duckdb
import yaml

from orchestration.allocation.model import Allocation, InForce
from orchestration.allocation.read import read_method
from orchestration.allocation.rows import COLUMNS, allocation_rows
from orchestration.demo.state import DEMO_STATE
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt

LEAS, SCHOOLS, LIMIT = 20_000, 130_000, 30
YEAR, AS_OF = 2024, datetime(2025, 3, 1)
METHOD = """
title: Hard
citation: A benchmark
confirmed: false
kind: formula
eligible: [{fact: category, codes: [CSI, ATSI, TSI]}, {fact: is_charter, not_codes: ['true']}]
parts:
  - {label: F high, unit: pupil, weight: 1.00, where: [{fact: rating, codes: [F]}, {fact: poverty_percent, from: 75}]}
  - {label: F low, unit: pupil, weight: 0.98, where: [{fact: rating, codes: [F]}, {fact: poverty_percent, until: 75}]}
  - {label: D high, unit: pupil, weight: 0.95, where: [{fact: rating, codes: [D]}, {fact: poverty_percent, from: 75}]}
  - {label: D low, unit: pupil, weight: 0.93, where: [{fact: rating, codes: [D]}, {fact: poverty_percent, until: 75}]}
  - {label: CSI, unit: school, amount: 1000, where: [{fact: category, codes: [CSI]}]}
  - {label: Support, unit: school, amount: 1500.01, where: [{fact: graduation_rate, at_most: 67}]}
  - {label: LEA, unit: lea, amount: 500, where: [{fact: identified_percent, from: 50}]}
fill: scale_to_pool
minimum: {answer: raise, amount: {CSI: 5000, ATSI: 1000, TSI: 500}}
caps: {school: 60000, lea: 250000, requested: true}
years: 3
planning_year_percent: 50
lea_retained_percent: 10
"""
CATEGORY = "case when a < 200 then 'CSI' when a < 500 then 'ATSI' else 'TSI' end"
REASON = "case when a < 200 then 'low_performance' when a < 500 then 'low_subgroup' else 'underperforming_subgroup' end"
MADE = "timestamp '2024-07-01' as received_at, 'made' as source_file, '' as source_sheet"
SENT = "'sent' as submission_id, 'made' as source_sheet"

# Of each table that the models of §1003 read: what is in it here, by its own columns' names.
TABLES = {
    "dim_organization": """
        select lea_id as org_id, 'lea' as org_level, lea_id, 'District ' || lea_id as org_name,
            'Region ' || substr(lea_id, 6) as region, 'open' as status from lea
        union all by name
        select org_id, 'school' as org_level, lea_id, 'School ' || org_id as org_name,
            'Region ' || substr(lea_id, 6) as region, 'open' as status, a % 9 = 0 as is_charter,
            'elementary' as school_type, 'KG-05' as grades_served from school""",
    "int_designation_years": f"""
        select org_id, y as school_year, y as list_year, {CATEGORY} as category, {REASON} as reason,
            true as is_title1, pupils as enrollment, {MADE}, n as source_row
        from designated, (values ('2024-25')) as v (y)""",
    "int_standing__application_1003": f"""
        select lea_id as org_id, lea_id, '2024-09' as period, {SENT}, 1 as source_row, '2024-25' as school_year,
            true as assures_csi_plans, true as assures_tsi_support, true as assures_monitoring,
            true as assures_partner_review, n % 50 > 0 as assures_alignment, true as assures_flexibility,
            true as assures_state_local_funds from lea""",
    "int_standing__requests_1003": f"""
        select org_id, lea_id, '2024-09' as period, {SENT}, n as source_row, 5000 + b * 97.13 as amount,
            3 as years, b % 7 = 0 as has_planning_year, 'coaching, tutoring' as strategy_types,
            '1,2' as evidence_tiers from designated where b > 20""",
    "int_standing__duties": f"""
        select org_id, lea_id, '2024-12' as period, {SENT}, n as source_row, c as duty_code,
            date '2024-10-10' as done_on, date '2024-10-20' as approved_on from designated,
            (values ('approval_school'), ('approval_lea'), ('resource_inequities')) as v (c)""",
    "stg_feed__state_actions": f"""
        select 'all' as org_id, 'approval_sea' as duty_code, date '2024-11-01' as done_on, {MADE}, 2 as source_row""",
    "int_standing__expenditures": f"""
        select org_id, lea_id, period, {SENT}, n as source_row, 'Section 1003' as fund_source,
            1000.01 * row_number() over (partition by org_id order by period) as spent_to_date
        from designated, dim_period where school_year = '2024-25' and is_due and is_reporting_month""",
    "int_plan__strategies": f"""
        select org_id, lea_id, y as school_year, y[:4] || '-10' as stated_in_period, {SENT}, n as source_row,
            k || '.1' as strategy_code, '1A,2B' as practice_codes, k as evidence_tier,
            'Section 1003' as fund_sources, date '2023-07-01' as start_on, date '2026-06-30' as end_on
        from designated, (values ('2023-24'), ('2024-25')) as v (y), (values ('2'), ('4')) as w (k)""",
    "int_plan__actions": f"""
        select org_id, lea_id, y as school_year, y[:4] || '-10' as stated_in_period, {SENT}, n as source_row,
            k || '.1.1.' || i as action_code, 2000.00 as budget, 'Section 1003' as fund_source
        from designated, (values ('2023-24'), ('2024-25')) as v (y), (values ('2'), ('4')) as w (k), range(3) as r (i)""",
    "rpt_plan_quality": """
        select org_id, lea_id, '2023-24' as school_year, 'evidence_1003_each' as criterion_id, 'met' as outcome,
            2 as n_items, 0 as n_failing from designated""",
    "rpt_plan_quality_by_level": """
        select 'lea' as scope_level, lea_id as scope_id, 'all' as plan_level, 'all' as designation,
            'all' as criterion_id, '2023-24' as school_year, n % 50 as weight_met, 50 as weight_applicable from lea""",
    "rpt_submission_completeness": """
        select lea_id, school_year, period, true as is_expected,
            case when (n + month_no) % 7 = 0 then 'late' else 'on_time' end as status
        from lea, dim_period where school_year = '2023-24' and is_reporting_month""",
    "rpt_implementation_by_span": """
        select 'lea' as scope_level, lea_id as scope_id, 'all' as code_level, 'year' as span_kind,
            '2023-24' as school_year, n % 40 as n_due_on_time, 40 as n_due from lea""",
    "stg_feed__indicator_results": f"""
        select '2022-23' as school_year, c as indicator, org_id, 'school' as org_scope, 'ALL' as subgroup,
            b / 10 as rate, {MADE}, n as source_row
        from designated, (values ('frpm'), ('graduation_4yr')) as v (c)""",
    "stg_feed__school_facts": f"""
        select {YEAR} as fiscal_year, org_id, 'rating' as fact, case when b % 2 = 0 then 'F' else 'D' end as text_value,
            {MADE}, n as source_row from designated
        union all by name
        select {YEAR} as fiscal_year, org_id, 'poverty_percent' as fact, b / 10 as number_value, {MADE}, n as source_row
        from designated""",
    "stg_feed__title1_allocations": f"""
        select y as fiscal_year, 'final' as version, lea_id, lea_id as nces_lea_id, 'District ' || lea_id as lea_name,
            700000 + hash(n, y) % 400000 as amount_reported, 700000 + hash(n, y) % 400000 as amount, {MADE},
            n as source_row
        from lea, (values ({YEAR - 1}), ({YEAR})) as v (y)""",
    "stg_feed__title1_formulas": f"""
        select y as fiscal_year, lea_id, f as formula, 200000 + hash(n, y) % 100000 as amount,
            15 as formula_children_percent, true as is_eligible, {MADE}, n as source_row
        from lea, (values ({YEAR - 1}), ({YEAR})) as v (y),
            (values ('basic'), ('concentration'), ('targeted'), ('efig')) as w (f)""",
    "stg_feed__subgrants": f"""
        select 'A' || n as award_id, {YEAR} as fiscal_year, org_id, lea_id, 4000.10 as amount,
            {YEAR - 1} as first_fiscal_year, 3 as years, false as has_planning_year, false as is_direct_service,
            {MADE}, n as source_row from designated where n % 20 = 0""",
}  # fmt: skip


def fill(db: duckdb.DuckDBPyConnection, leas: int, schools: int, percent: int) -> None:
    """Put a nation into the tables: figures are spread by hashes of the schools' numbers."""
    db.execute(
        f"""
        create temp table school as
        select n, lpad(n::varchar, 8, '0') as org_id, 'L' || lpad((n % {leas})::varchar, 6, '0') as lea_id,
            hash(n, 'a') % 1000 as a, hash(n, 'b') % 1000 as b, 20 + hash(n, 'c') % 1500 as pupils
        from range({schools}) as t (n);
        create temp table designated as select * from school where hash(n, 'd') % 100 < {percent};
        create temp table lea as
        select n, 'L' || lpad(n::varchar, 6, '0') as lea_id from range({leas}) as t (n);
        """
    )
    found = db.execute(
        "select table_name, table_schema, table_type from information_schema.tables"
    ).fetchall()
    stands = {name: (schema, kind) for name, schema, kind in found}
    for table, rows in TABLES.items():
        schema, kind = stands[table]
        _replace(db, f"{schema}.{table}", kind == "VIEW", rows)
    methods(db)


def _replace(db: duckdb.DuckDBPyConnection, table: str, is_view: bool, rows: str) -> None:
    types = db.execute(f"describe {table}").fetchall()
    given = {row[0] for row in db.execute(f"describe {rows}").fetchall()}
    if unknown := given - {row[0] for row in types}:
        raise SystemExit(f"{table} has no {', '.join(sorted(unknown))}")
    columns = ", ".join(f"cast({c if c in given else 'null'} as {kind}) as {c}" for c, kind, *_ in types)
    db.execute(f"create temp table made as select {columns} from ({rows})")
    db.execute(f"drop {'view' if is_view else 'table'} {table}")
    db.execute(f"create table {table} as from made")
    db.execute("drop table made")


def methods(db: duckdb.DuckDBPyConnection) -> None:
    """The method, as rows."""
    problems: list[str] = []
    method = read_method("hard", yaml.safe_load(METHOD), problems, "")
    if problems:
        raise SystemExit("\n".join(problems))
    rows = allocation_rows(Allocation((method,), (InForce("hard", YEAR, None, "A benchmark", False),)))
    for table, found in rows.items():
        db.execute(f"drop view staging.stg_{table}")
        columns = ", ".join(f"{c} {t}" for c, t in COLUMNS[table].items())
        db.execute(f"create table staging.stg_{table} ({columns})")
        if found:
            db.executemany(
                f"insert into staging.stg_{table} values ({', '.join('?' * len(found[0]))})", found
            )


def models(manifest: dict[str, Any]) -> list[str]:
    """The models of §1003: those of its folder, and what only they are made from."""
    names = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    return sorted(
        n
        for n in names
        if n.startswith(("int_1003_", "fct_1003_", "rpt_1003_", "int_title1_", "rpt_title1_"))
    )


def main(leas: int, schools: int, percent: int) -> int:
    """Run and print; 1 where it took more than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.at(folder, DEMO_STATE)
        prepare_build_file(settings, load_policy(settings.state), AS_OF)
        dbt(["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"], settings)
        with duckdb.connect(str(settings.build_file)) as db:
            db.execute("set search_path = 'staging,intermediate,marts,main'")
            fill(db, leas, schools, percent)
        target = settings.warehouse / "dbt"
        chosen = models(json.loads((target / "manifest.json").read_text(encoding="utf-8")))
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        dbt(["run", "--log-level-file", "none", "--select", *chosen], settings)
        seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
        times = [
            datetime.fromisoformat(t[k])
            for r in results
            for t in r["timing"]
            for k in ("started_at", "completed_at")
        ]
        at_work = (max(times) - min(times)).total_seconds()
        with duckdb.connect(str(settings.build_file), read_only=True) as db:
            told = db.execute(
                "select new_money, new_awards, unallocated, n_leas_paid, n_schools_paid from marts.fct_1003_award_year"
            ).fetchone()
            for result in sorted(results, key=lambda r: -r["execution_time"]):
                schema, name = result["relation_name"].replace('"', "").split(".")[1:]
                (rows,) = db.execute(f"select count(*) from {schema}.{name}").fetchone() or (0,)
                sys.stdout.write(f"{name:30}{result['execution_time']:8.2f} s {rows:12,} rows\n")
    sys.stdout.write(
        f"{leas:,} LEAs, {schools:,} schools, {percent} % designated: {at_work:.1f} s from the first model to the "
        f"last, {seconds:.1f} s with dbt's start, {cpu:.1f} s of processors in {len(chosen)} models, peak {after.ru_maxrss // 1024:,} MiB; "
        f"(money, awarded, left, LEAs, schools) {told}\n"
    )
    return int(at_work > LIMIT)


if __name__ == "__main__":
    words = [int(w) for w in sys.argv[1:]]
    raise SystemExit(main(*(words + [LEAS, SCHOOLS, 100][len(words) :])))
