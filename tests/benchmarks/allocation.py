"""Processor seconds of the award models for a nation: 20,000 LEAs and 130,000 schools.

    python -m tests.benchmarks.allocation [HOME] [LEAS] [SCHOOLS]

HOME is one whose warehouse dbt has built (its compiled SQL is run, model by model, on two threads, over tables
made up here); without it an empty one is built first. The method is the hardest one: per pupil by grade and
poverty with extras, an LEA part, smallest awards raised to, caps of schools, requests and LEAs.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

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

LEAS, SCHOOLS, THREADS, LIMIT = 20_000, 130_000, 2, 30
YEAR = 2024
MODELS = (
    "int_1003_methods", "int_1003_commitments", "int_1003_promised", "int_1003_pools", "int_1003_matches",
    "int_1003_claim_parts", "int_1003_claims", "int_1003_lea_admitted", "int_1003_lea_highs", "int_1003_ends", "int_1003_admitted",
    "int_1003_fill", "int_1003_cut", "int_1003_new_awards", "fct_1003_award_school", "fct_1003_award",
    "fct_1003_award_year", "int_1003_step_parts", "int_1003_step_changes", "fct_1003_award_step",
    "rpt_1003_geography",
)  # fmt: skip
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


def built(home: str | None, folder: Path) -> Settings:
    """Settings of a home whose award models dbt has compiled."""
    if home:
        return Settings.at(home, DEMO_STATE)
    settings = Settings.at(folder, DEMO_STATE)
    prepare_build_file(settings, load_policy(settings.state), datetime(2024, 6, 20))
    dbt(["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"], settings)
    return settings


def folder(model: str) -> str:
    """Where a model of the awards stands below the models."""
    return "intermediate" if model.startswith("int_") else "marts/section1003"


def compiled(settings: Settings) -> dict[str, str]:
    """The SQL of each award model, over tables named as models."""
    sql = {}
    for model in MODELS:
        (path,) = (settings.warehouse / "dbt" / "compiled").glob(f"*/models/{folder(model)}/{model}.sql")
        sql[model] = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", path.read_text(encoding="utf-8"))
    return sql


def nation(db: duckdb.DuckDBPyConnection, leas: int, schools: int) -> None:
    """Tables that the award models read: every school designated, figures spread by hashes of their numbers."""
    db.execute(
        f"""
        create table school as
        select n, lpad(n::varchar, 8, '0') as org_id, 'L' || lpad((n % {leas})::varchar, 6, '0') as lea_id,
            hash(n, 'a') % 1000 as a, hash(n, 'b') % 1000 as b, 20 + hash(n, 'c') % 1500 as pupils
        from range({schools}) as t(n);
        create table int_1003_years as select {YEAR}::bigint as fiscal_year, '2024-25' as school_year;
        create table fct_1003_reservation as select {YEAR}::bigint as fiscal_year, '2024-25' as school_year,
            'final' as version, true as is_standing, 1272572140.00::decimal(18,2) as reserved,
            63628607.00::decimal(18,2) as state_share, 1208943533.00::decimal(18,2) as lea_pool;
        create table int_1003_schools as
        select {YEAR}::bigint as fiscal_year, '2024-25' as school_year, lea_id, lea_id as recipient_id, org_id,
            case when a < 200 then 'CSI' when a < 500 then 'ATSI' else 'TSI' end as category, null::varchar as reason,
            b > 20 as is_eligible, (5000 + b * 97.13)::decimal(18,2) as requested_amount, 3::bigint as requested_years,
            b % 7 = 0 as has_planning_year
        from school;
        create table int_1003_facts as
        with facts as (
            select org_id, 'category' as fact, null::decimal(18,4) as number_value,
                case when a < 200 then 'CSI' when a < 500 then 'ATSI' else 'TSI' end as text_value from school
            union all select org_id, 'enrollment', pupils, null from school
            union all select org_id, 'poverty_percent', (b / 10)::decimal(18,4), null from school
            union all select org_id, 'graduation_rate', (a / 10)::decimal(18,4), null from school
            union all select org_id, 'years_in_status', 1 + a % 5, null from school
            union all select org_id, 'rating', null, case when b % 2 = 0 then 'F' else 'D' end from school
            union all select org_id, 'is_charter', null, case when a % 9 = 0 then 'true' else 'false' end from school
            union all select org_id, 'is_title1', null, 'true' from school
            union all select org_id, 'region', null, 'Region ' || (n % 51) from school
            union all select org_id, 'locale', null, ['11','21','32','43'][1 + n % 4] from school
            union all select distinct lea_id, 'identified_percent', (a / 10)::decimal(18,4), null
                from school where n < {leas}
        )
        select {YEAR}::bigint as fiscal_year, org_id, fact, number_value, text_value from facts;
        create table int_1003_lea_scores as
        select {YEAR}::bigint as fiscal_year, lea_id, 50.0::decimal(9,4) as points,
            row_number() over (order by hash(lea_id), lea_id) as score_rank, true as is_scored
        from (select distinct lea_id from school);
        create table dim_organization as select lea_id as org_id, lea_id as org_name from school group by all;
        """
    )
    db.execute(
        f"""
        create table stg_feed__subgrants as
        select 'A' || n as award_id, {YEAR}::bigint as fiscal_year, org_id, lea_id, null::varchar as recipient_id,
            null::varchar as recipient_kind, 4000.10::decimal(18,2) as amount, {YEAR - 1}::bigint as first_fiscal_year,
            3::bigint as years, false as has_planning_year, false as is_direct_service, null::date as lea_approved_on,
            null::varchar as justification, timestamp '2024-01-01' as received_at, 'f' as source_file,
            's' as source_sheet, n as source_row
        from school where n % 20 = 0
        """
    )


def methods(db: duckdb.DuckDBPyConnection) -> None:
    """The method, as rows."""
    problems: list[str] = []
    method = read_method("hard", yaml.safe_load(METHOD), problems, "")
    if problems:
        raise SystemExit("\n".join(problems))
    rows = allocation_rows(Allocation((method,), (InForce("hard", YEAR, None, "A benchmark", False),)))
    for table, found in rows.items():
        db.execute(f"create table stg_{table} ({', '.join(f'{c} {t}' for c, t in COLUMNS[table].items())})")
        if found:
            db.executemany(f"insert into stg_{table} values ({', '.join('?' * len(found[0]))})", found)


def main(home: str | None, leas: int, schools: int) -> int:
    """Run and print; 1 where it took more than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        settings = built(home, Path(folder))
        sql = compiled(settings)
        with duckdb.connect(str(Path(folder) / "nation.duckdb"), config={"threads": THREADS}) as db:
            db.execute(f"attach '{settings.build_file}' as built (read_only)")
            for seed in ("law_1003", "award_standings", "award_steps", "locales"):
                db.execute(f"create table {seed} as select * from built.seeds.{seed}")
            nation(db, leas, schools)
            methods(db)
            started, cpu_started = time.perf_counter(), time.process_time()
            for model in MODELS:
                before, cpu_before = time.perf_counter(), time.process_time()
                db.execute(f"create table {model} as {sql[model]}")
                sys.stdout.write(
                    f"{model:26}{time.perf_counter() - before:8.2f} s {time.process_time() - cpu_before:8.2f} cpu s\n"
                )
            seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
            told = db.execute(
                "select new_money, new_awards, unallocated, n_leas_paid, n_schools_paid from fct_1003_award_year"
            ).fetchone()
            (steps,) = db.execute("select count(*) from fct_1003_award_step").fetchone() or (0,)
    sys.stdout.write(
        f"{leas:,} LEAs, {schools:,} schools: {seconds:.1f} s, {cpu:.1f} s of processors; (money, awarded, left, LEAs, "
        f"schools) {told}; {steps:,} steps\n"
    )
    return int(min(seconds, cpu) > LIMIT)


if __name__ == "__main__":
    words = sys.argv[1:]
    raise SystemExit(
        main(
            words[0] if words else None,
            int(words[1]) if len(words) > 1 else LEAS,
            int(words[2]) if len(words) > 2 else SCHOOLS,
        )
    )
