"""Two lakes' readings of the same submissions, as one table of changes, table by table inside DuckDB.

`changes` has one row per change, of one of these kinds:

    outcome        a file is accepted, accepted in part or refused, and was not
    month          a file reports on another month than it was read for
    finding_gone, finding_new    something found wrong or odd no longer is, or now is
    finding_reworded             the same finding in other words
    row_gone, row_new            a row no longer counts, or now counts
    value          a cell is read as another value
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from orchestration import lake
from orchestration.contracts.model import submission_tables

KINDS = {
    "outcome": "File decided otherwise",
    "month": "File read for another month",
    "row_gone": "Row no longer counts",
    "row_new": "Row now counts",
    "value": "Cell read as another value",
    "finding_new": "Found now, and not before",
    "finding_gone": "Found before, and not now",
    "finding_reworded": "Found in other words",
}
CHANGES = """
create table changes (
    kind varchar, lea_id varchar, period varchar, submission_id varchar, file_name varchar, table_name varchar,
    sheet varchar, source_row bigint, cell varchar, column_name varchar, rule_id varchar, severity varchar,
    before varchar, after varchar
)
"""
# Files of the months asked for, by what was read of them or by what is read now.
FILES = """
create table files as
select
    coalesce(a.submission_id, b.submission_id) as submission_id,
    coalesce(a.lea_id, b.lea_id) as lea_id,
    coalesce(a.file_name, b.file_name) as file_name,
    coalesce(a.period, b.period) as period,
    b.outcome as outcome_before, a.outcome as outcome_after,
    b.refused_by as refused_before, a.refused_by as refused_after,
    b.period as period_before, a.period as period_after
from after.intake__submissions as a
left join before.intake__submissions as b using (submission_id)
where list_contains($months, a.period) or list_contains($months, b.period)
"""
OUTCOMES = """
insert into changes by name
select
    'outcome' as kind, lea_id, period, submission_id, file_name,
    concat_ws(': ', outcome_before, refused_before) as before,
    concat_ws(': ', outcome_after, refused_after) as after
from files
where outcome_before is distinct from outcome_after or refused_before is distinct from refused_after
union all by name
select
    'month' as kind, lea_id, period, submission_id, file_name,
    coalesce(period_before, 'unknown') as before, coalesce(period_after, 'unknown') as after
from files
where period_before is distinct from period_after
"""
# A finding is the same where file, place, rule, severity and value are; of several alike, each has its twin.
FINDINGS = """
create table findings_{side} as
select
    found.submission_id, coalesce(found.table_name, '') as table_name, coalesce(found.source_sheet, '') as sheet,
    coalesce(found.source_row, 0) as source_row, coalesce(found.column_name, '') as column_name,
    coalesce(found.value, '') as value, found.rule_id, found.severity, found.source_cell, found.message,
    row_number() over (
        partition by found.submission_id, found.table_name, found.source_sheet, found.source_row,
            found.column_name, found.value, found.rule_id, found.severity
        order by found.message
    ) as twin
from {side}.intake__findings as found
inner join files using (submission_id)
"""
FINDINGS_CHANGED = """
insert into changes by name
select
    case
        when b.rule_id is null then 'finding_new' when a.rule_id is null then 'finding_gone'
        else 'finding_reworded'
    end as kind,
    files.lea_id, files.period, files.submission_id, files.file_name, nullif(table_name, '') as table_name,
    nullif(sheet, '') as sheet, nullif(source_row, 0) as source_row,
    coalesce(a.source_cell, b.source_cell) as cell, nullif(column_name, '') as column_name, rule_id, severity,
    b.message as before, a.message as after
from findings_before as b
full outer join findings_after as a
    using (submission_id, table_name, sheet, source_row, column_name, value, rule_id, severity, twin)
inner join files using (submission_id)
where b.message is distinct from a.message
"""
REASONS = """
create table reasons_{side} as
select submission_id, sheet, source_row, string_agg(distinct rule_id, ', ' order by rule_id) as rules
from findings_{side}
where severity <> 'flag' and source_row > 0
group by submission_id, sheet, source_row
"""
ROWS_DIFFERING = """
create or replace temp table differing as
select
    files.lea_id, files.period, files.submission_id, files.file_name,
    coalesce(b.source_sheet, a.source_sheet) as sheet, coalesce(b.source_row, a.source_row) as source_row,
    b.submission_id is not null as was, a.submission_id is not null as is_now,
    {columns}
from (select * from before.{table} where submission_id in (select submission_id from files)) as b
full outer join (select * from after.{table} where submission_id in (select submission_id from files)) as a
    on
        b.submission_id = a.submission_id and b.source_sheet is not distinct from a.source_sheet
        and b.source_row = a.source_row
inner join files on coalesce(b.submission_id, a.submission_id) = files.submission_id
where b.submission_id is null or a.submission_id is null or {different}
"""
ROWS_CHANGED = """
insert into changes by name
select
    'row_gone' as kind, d.lea_id, d.period, d.submission_id, d.file_name, '{name}' as table_name, d.sheet,
    d.source_row, 'counts' as before,
    'does not: ' || coalesce(reasons.rules, files.refused_after, 'no longer read') as after
from differing as d
inner join files using (submission_id)
left join reasons_after as reasons using (submission_id, sheet, source_row)
where not d.is_now
union all by name
select
    'row_new' as kind, d.lea_id, d.period, d.submission_id, d.file_name, '{name}' as table_name, d.sheet,
    d.source_row, 'does not: ' || coalesce(reasons.rules, files.refused_before, 'was not read') as before,
    'counts' as after
from differing as d
inner join files using (submission_id)
left join reasons_before as reasons using (submission_id, sheet, source_row)
where not d.was
"""
VALUES_CHANGED = """
insert into changes by name
select
    'value' as kind, lea_id, period, submission_id, file_name, '{name}' as table_name, sheet, source_row,
    $title as column_name, "before {column}" as before, "after {column}" as after
from differing
where was and is_now and "before {column}" is distinct from "after {column}"
"""


def compare(db: duckdb.DuckDBPyConnection, months: Sequence[str]) -> None:
    """Make the tables `files` and `changes` from the schemas `before` and `after`.

    Args:
        db: a database with the two readings; what does not fit into its memory it keeps on disk.
        months: the months asked for.
    """
    db.execute(CHANGES)
    db.execute(FILES, {"months": list(months)})
    db.execute(OUTCOMES)
    for side in ("before", "after"):
        db.execute(FINDINGS.format(side=side))
        db.execute(REASONS.format(side=side))
    db.execute(FINDINGS_CHANGED)
    for name, table in submission_tables().items():
        titles = {f.name: f.title for f in table.fields if f.name not in lake.SUBMISSION_LINEAGE}
        both = ", ".join(
            f'cast({side[0]}."{c}" as varchar) as "{side} {c}"'
            for c in titles
            for side in ("before", "after")
        )
        different = " or ".join(f'b."{c}" is distinct from a."{c}"' for c in titles)
        db.execute(ROWS_DIFFERING.format(table=f"submission__{name}", columns=both, different=different))
        db.execute(ROWS_CHANGED.format(name=name))
        for column, title in titles.items():
            db.execute(VALUES_CHANGED.format(name=name, column=column), {"title": title})
