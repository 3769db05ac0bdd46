"""The costliest marts as one plain DuckDB query each over the lake's Parquet, to set a build's seconds beside.

    python -m tests.benchmarks.bare_marts HOME

Each takes the last file of an LEA and month, as a person would write it in an afternoon: no silent months, no
statuses carried on, no withdrawn files, no lineage but the file. Prints seconds, processor seconds and rows.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb

LAST = """
    {table} as (
        select t.* from read_parquet('{lake}/submission__{table}/*.parquet') t
        join (
            select lea_id, period, max_by(submission_id, received_at) as submission_id
            from read_parquet('{lake}/intake__tables/*.parquet')
            where table_name = '{table}' and rows_accepted > 0 group by all
        ) using (lea_id, period, submission_id)
    )"""
STATUSES = """
    of_actions as (
        select a.org_id, a.lea_id, a.period, a.action_code, a.due_on, a.budget, s.status, s.percent_complete,
            s.completed_on, s.spent_to_date, s.submission_id,
            regexp_extract(a.action_code, '^(.*)\\.[^.]*$', 1) as milestone_code,
            regexp_extract(a.action_code, '^(.*)\\.[^.]*\\.[^.]*$', 1) as strategy_code,
            coalesce(s.status = 'completed', false) as is_completed,
            coalesce(a.due_on <= last_day((a.period || '-01')::date) and s.status <> 'completed'
                or s.status = 'delayed', false) as is_behind
        from actions a left join action_status s using (org_id, period, action_code)
    )"""
SUMS = "count(*) as n, count(*) filter (is_completed) as n_completed, count(*) filter (is_behind) as n_behind"
BARE = {
    "fct_action_status": (["actions", "action_status"], "select * from of_actions"),
    "fct_action_history": (
        ["actions", "action_status"],
        """select org_id, action_code, run, any_value(status) as status, min(period), max(period), count(*)
        from (
            select *, sum(starts) over (partition by org_id, action_code order by period) as run
            from (
                select *, case when status is distinct from lag(status) over
                    (partition by org_id, action_code order by period) then 1 else 0 end as starts
                from of_actions
            )
        ) group by all""",
    ),
    "fct_milestone_quarter": (
        ["actions", "action_status"],
        f"""select org_id, milestone_code, period, {SUMS} from of_actions
        where right(period, 2) in ('09', '12', '03', '05') group by all""",
    ),
    "rpt_implementation_by_practice": (
        ["actions", "action_status", "strategies"],
        f"""select period, practice, lea_id, org_id, {SUMS}
        from of_actions join (
            select org_id, period, strategy_code, unnest(string_split(practice_codes, ',')) as practice
            from strategies
        ) using (org_id, period, strategy_code)
        group by grouping sets
            ((period, practice), (period, practice, lea_id), (period, practice, lea_id, org_id))""",
    ),
    "rpt_implementation_by_group": (
        ["actions", "action_status", "strategies"],
        f"""select period, fund, lea_id, {SUMS}, count(distinct org_id) as n_organizations
        from of_actions join (
            select org_id, period, strategy_code, unnest(string_split(fund_sources, ',')) as fund
            from strategies
        ) using (org_id, period, strategy_code)
        group by grouping sets ((period, fund), (period, fund, lea_id))""",
    ),
}


def main(lake: Path) -> None:
    """Run each once into a table of its own file, and print what it took."""
    for mart, (tables, query) in BARE.items():
        with tempfile.TemporaryDirectory() as spill, duckdb.connect() as db:
            db.execute(f"set temp_directory = '{spill}'")
            db.execute("set threads = 2; set memory_limit = '3GB'; set preserve_insertion_order = false")
            parts = [*(LAST.format(table=t, lake=lake) for t in tables), STATUSES]
            began, cpu = time.monotonic(), os.times()
            db.execute(f"create table made as with {', '.join(parts)} {query}")
            ended, used = time.monotonic(), os.times()
            rows = db.execute("select count(*) from made").fetchone()
        seconds, of_cpu = ended - began, used.user + used.system - cpu.user - cpu.system
        sys.stdout.write(
            f"{mart:36} {seconds:8.1f} s {of_cpu:8.1f} cpu s {rows[0] if rows else 0:12,} rows\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "lake")
