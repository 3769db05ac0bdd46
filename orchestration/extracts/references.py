"""What a file is held against: the release's own directory, designations and awards, and last year's file."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from orchestration.extracts.layout import Layout
from orchestration.extracts.options import Options
from orchestration.extracts.source import Source

# Tables of the schema `reference`, each from the release's marts for one school year ($1).
TABLES: Mapping[str, str] = {
    "school": """
        select org_id, lea_id, state_lea_id, state_school_id, grades_served, op_status = 'open' as is_open
        from rpt_fs029 where school_year = $1 and org_level = 'school' and state_lea_id is not null
    """,
    "lea": """
        select org_id, state_lea_id, op_status = 'open' as is_open
        from rpt_fs029 where school_year = $1 and org_level = 'lea' and state_lea_id is not null
    """,
    "reported": """
        select org_id, state_lea_id, state_school_id, is_named, category, exited_category, is_title1, is_reported, left_out_as
        from rpt_fs206 where school_year = $1
    """,
    "official": """
        select org_id, category, reason from dim_designation
        where valid_from_year <= $1 and (valid_to_year is null or $1 < valid_to_year)
    """,
    "award": """
        select award.org_id, award.lea_id, award.category, award.award, award.at_school, row_of.amount, row_of.is_reported,
            row_of.state_lea_id, row_of.state_school_id
        from fct_1003_award_school as award
        left join rpt_fs132 as row_of on award.org_id = row_of.org_id and award.school_year = row_of.school_year
        where award.school_year = $1 and award.award > 0
    """,
    "award_year": "select lea_pool, awarded, unallocated from rpt_cspr_1003 where school_year = $1",
    "lea_award": "select lea_id, award, own_part from fct_1003_award where school_year = $1",
    "public_list": """
        select org_id, lea_id, amount from rpt_1003_public_list where school_year = $1 and org_level = 'school'
    """,
    "title1": """
        select lea_id, state_lea_id, amount, is_reported from rpt_fs193
        where school_year = $1 and item = 'allocation'
    """,
    "title1_school": """
        select state_lea_id, state_school_id, title1_code, is_title1_on_list, is_reported from rpt_fs223
        where school_year = $1
    """,
}


def add_references(db: duckdb.DuckDBPyConnection, source: Source, layout: Layout, options: Options) -> None:
    """Make the schema `reference`: the release's tables of the year, the layout's fields and codes, and policy's settings."""
    db.execute("create schema reference")
    for name, sql in TABLES.items():
        frame = source.db.execute(sql, [layout.school_year]).arrow()
        db.register("incoming", frame)
        db.execute(f"create table reference.{name} as select * from incoming")
        db.unregister("incoming")
    db.execute(
        "create table reference.field (field_no integer, field_name varchar, field_length integer, data_type varchar, "
        "is_required boolean, is_filler boolean, is_coded boolean)"
    )
    for f in layout.fields:
        db.execute(
            "insert into reference.field values ($1, $2, $3, $4, $5, $6, $7)",
            [f.number, f.name, f.length, f.kind, f.required, f.filler, bool(f.codes)],
        )
    db.execute("create table reference.code (field_name varchar, code varchar)")
    for f in layout.fields:
        for code in f.codes:
            db.execute("insert into reference.code values ($1, $2)", [f.name, code])
    db.execute("create table reference.setting (parameter varchar, value varchar)")
    said = {d.parameter: d.value for d in options.decisions}
    said |= {
        "encoding": options.encoding,
        "missing_allowed": "true" if options.missing_allowed else "false",
        "swing_percent": str(options.swing_percent),
        "max_left_out": str(options.max_left_out),
        "rounding": options.rounding,
    }
    for parameter, value in sorted(said.items()):
        db.execute("insert into reference.setting values ($1, $2)", [parameter, value])
