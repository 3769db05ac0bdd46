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
        select t.* from read_parquet('{lake}/{folder}/*.parquet') t
        join (
            select lea_id, period, max_by(submission_id, received_at) as submission_id
            from read_parquet('{lake}/intake__tables/*.parquet')
            where table_name = '{sheet}' and rows_accepted > 0 group by all
        ) using (lea_id, period, submission_id)
    )"""
STATUSES = """
    of_actions as (
        select a.org_id, a.lea_id, a.period, a.action_code, a.due_on, a.budget, s.status, s.percent_complete,
            s.completed_on, s.spent_to_date, s.cause, s.adjustment, s.submission_id,
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
    "rpt_implementation_by_span": (
        ["actions", "action_status", "strategies"],
        f"""select span, period, practice, lea_id, org_id, {SUMS}
        from of_actions join (
            select org_id, period, strategy_code, unnest(string_split(practice_codes, ',')) as practice
            from strategies
        ) using (org_id, period, strategy_code)
        join (values ('month', ''), ('quarter', '09,12,03,05'), ('semester', '01,05'), ('year', '05')) as s (span, ends)
            on span = 'month' or contains(ends, right(period, 2))
        group by grouping sets
            ((span, period, practice), (span, period, practice, lea_id), (span, period, practice, lea_id, org_id))""",
    ),
    "rpt_action_course": (
        ["actions", "action_status"],
        """select org_id, action_code, count(*), count(*) filter (is_behind), min(period), max_by(status, period),
            count(*) filter (is_behind and not was_behind), count(distinct due_on), min(due_on), max(due_on)
        from (
            select *, coalesce(lag(is_behind) over (partition by org_id, action_code order by period), false)
                as was_behind from of_actions
        ) group by org_id, action_code""",
    ),
    "rpt_adjustments": (
        ["actions", "action_status"],
        """select * from (
            select org_id, lea_id, action_code, period, cause, adjustment, status,
                lag(is_behind) over course as was_behind, lead(is_behind) over course as is_behind_after,
                min(case when not is_behind then period end) over (
                    partition by org_id, action_code order by period rows between 1 following and unbounded following
                ) as recovered_in
            from of_actions window course as (partition by org_id, action_code order by period)
        ) where adjustment is not null or cause is not null""",
    ),
    "fct_strategy_semester": (
        ["actions", "action_status"],
        f"""select org_id, strategy_code, period, {SUMS}, count(distinct milestone_code) from of_actions
        where right(period, 2) in ('01', '05') group by all""",
    ),
    "fct_measure_year": (
        ["measures", "intake__measure_values"],
        """select org_id, parent_code, measure_no, part, year, any_value(m.indicator), any_value(m.unit),
            max_by(value_low, period) filter (figure = 'baseline'), max_by(value_low, period) filter (figure = 'target_y1'),
            max_by(value_low, period) filter (figure = 'target_y2'), max_by(value_low, period) filter (figure = 'target_y3'),
            max_by(value_low, period) filter (figure = 'actual')
        from (
            select *, left(period, 4)::integer - (right(period, 2) < '07')::integer as year from intake__measure_values
        ) left join measures m using (org_id, period, parent_code, measure_no)
        group by all""",
    ),
    "rpt_self_reflection": (
        ["self_reflection"],
        """select left(period, 4) as year, element_code, lea_id, count(*), count(distinct respondent_no), avg(level),
            min(level), max(level), stddev_pop(level) from self_reflection
        group by grouping sets ((year, element_code), (year, element_code, lea_id), (year, lea_id), (year))""",
    ),
    "fct_support": (
        ["supports"],
        """select * from supports qualify row_number() over (partition by org_id, support_no order by period desc) = 1""",
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


def last(table: str, lake: Path) -> str:
    """The rows of a table in the last file of each LEA and month; figures that intake read off the measures too."""
    of_intake = table.startswith("intake__")
    sheet = "measures" if of_intake else table
    return LAST.format(
        table=table, sheet=sheet, folder=table if of_intake else f"submission__{table}", lake=lake
    )


def main(lake: Path) -> None:
    """Run each once into a table of its own file, and print what it took."""
    for mart, (tables, query) in BARE.items():
        with tempfile.TemporaryDirectory() as spill, duckdb.connect() as db:
            db.execute(f"set temp_directory = '{spill}'")
            db.execute("set threads = 2; set memory_limit = '3GB'; set preserve_insertion_order = false")
            parts = [last(t, lake) for t in tables] + ([STATUSES] if "action_status" in tables else [])
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
