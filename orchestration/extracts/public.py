"""Lists beside the federal files: that of §1003(i), the counts of §1111, what the CSPR may ask, and the directory's IDs."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from orchestration.extracts.cover import page
from orchestration.extracts.source import Source

LIST_1003 = "section_1003_list"


@dataclass(frozen=True)
class Listing:
    """A table for people: `columns` are names of the query's columns with the heading of each."""

    name: str
    title: str
    note: str
    columns: Mapping[str, str]
    sql: str


LISTINGS = (
    Listing(
        LIST_1003,
        "LEAs and schools that received school improvement funds (ESEA §1003(i))",
        "The amount of funds each school received and the types of strategies implemented with them. What an LEA received "
        "for itself has a row of its own.",
        {
            "lea_id": "LEA ID", "lea_name": "LEA", "org_id": "School ID", "org_name": "School", "category": "Status",
            "amount": "Dollars", "strategy_types": "Types of strategies", "practices": "Practices",
        },
        "select * from rpt_1003_public_list where school_year = $1 order by lea_id, org_level, org_id",
    ),
    Listing(
        "identified_schools",
        "Schools identified for support and improvement (ESEA §1111(h)(1)(C)(i)(V))",
        "Number of schools by category and reason. New: not in the category the year before. Exited: left the category this year.",
        {
            "category": "Category", "reason": "Reason", "n_schools": "Schools", "n_title1": "Title I schools", "n_new": "New",
            "n_exited": "Exited", "n_in_fs206": "In FS206",
        },
        "select * from rpt_1111_counts where school_year = $1 order by category, reason = 'all' desc, reason",
    ),
    Listing(
        "names_of_identified_schools",
        "Names of the schools identified for support and improvement",
        "Every school that the state's list of the year identifies (ESEA §1111(h)(5)(C)).",
        {
            "lea_id": "LEA ID", "lea_name": "LEA", "org_id": "School ID", "org_name": "School", "nces_lea_id": "NCES LEA ID",
            "nces_school_id": "NCES school ID", "category": "Category", "reason": "Reason", "left_out_as": "Not in FS206 because",
        },
        "select * from rpt_fs206 where school_year = $1 and category <> 'none' order by org_id",
    ),
    Listing(
        "cspr_section_1003",
        "School improvement funds, for the Consolidated State Performance Report",
        "What the report asks of §1003 is not confirmed; these are the figures that it may ask for.",
        {
            "fiscal_year": "Fiscal year", "reserved": "Reserved", "reserved_percent": "Per cent of Title I-A",
            "lea_pool": "For LEAs", "state_share": "For the state", "awarded": "Awarded", "to_schools": "To schools",
            "to_leas_themselves": "To LEAs for themselves", "direct_services": "Direct services",
            "retained_by_leas": "Kept by LEAs", "unallocated": "Not awarded", "n_leas": "LEAs", "n_schools": "Schools",
            "n_csi": "CSI schools", "n_atsi": "ATSI schools", "n_tsi": "TSI schools",
            "n_without_designation": "Schools without a status",
        },
        "select * from rpt_cspr_1003 where school_year = $1 order by fiscal_year",
    ),
    Listing(
        "directory_ids",
        "Directory of LEAs and schools, to be held against FS029",
        "The other federal files use these IDs. This is not FS029, and cannot be sent for it: it holds what the state's feeds "
        "say, and a column that is blank throughout is in none of them.",
        {
            "org_level": "Level", "state_lea_id": "State LEA ID", "state_school_id": "State school ID",
            "nces_lea_id": "NCES LEA ID", "nces_school_id": "NCES school ID", "org_name": "Name", "op_status": "Status",
            "changed_to": "Since then", "changed_on": "From", "is_charter": "Charter", "grades_served": "Grades",
            "type_code": "Type", "phone": "Phone", "web_address": "Web page", "mailing_address": "Mailing address",
            "mailing_city": "City", "mailing_state": "State", "mailing_zip": "ZIP", "location_address": "Location",
            "location_city": "City of location", "location_state": "State of location", "location_zip": "ZIP of location",
        },
        "select * replace (case when is_charter then 'yes' when not is_charter then 'no' end as is_charter) from rpt_fs029 "
        "where school_year = $1 and is_reported order by state_lea_id, org_level, state_school_id",
    ),
)  # fmt: skip


def listings(source: Source, school_year: str) -> dict[str, bytes]:
    """Every list of a school year by file name: CSV, a page, and for that of §1003(i) a workbook."""
    found: dict[str, bytes] = {}
    for listing in LISTINGS:
        rows = source.rows(listing.sql, school_year)
        stem = f"{listing.name}_{school_year}"
        title = f"{source.state}: {listing.title}, {school_year}"
        found[f"{stem}.csv"] = as_csv(listing.columns, rows)
        found[f"{stem}.html"] = as_page(title, listing, rows)
        if listing.name == LIST_1003:
            found[f"{stem}.xlsx"] = as_workbook(title, listing, rows)
    return found


def as_csv(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as CSV with a heading; UTF-8 with its mark, so that Excel reads names as they are."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns.values())
    writer.writerows([_plain(row[c]) for c in columns] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_page(title: str, listing: Listing, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as an HTML page."""
    numbers = {c for c in listing.columns for row in rows if isinstance(row[c], int | float | Decimal)}
    head = "".join(
        f"<th{_class(c in numbers)}>{html.escape(name)}</th>" for c, name in listing.columns.items()
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{_class(c in numbers)}>{html.escape(_shown(c, row[c]))}</td>" for c in listing.columns)
        + "</tr>"
        for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    told = table if rows else "<p>The release has none for this school year.</p>"
    return page(title, f"<p>{html.escape(listing.note)} {len(rows):,} rows.</p>{told}").encode()


def as_workbook(title: str, listing: Listing, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as a workbook; no text of anybody becomes a formula."""
    book = Workbook()
    sheet = book.active
    sheet.title = "List"
    sheet.append([title])
    sheet.append([listing.note])
    sheet.append(list(listing.columns.values()))
    for row in rows:
        sheet.append([row[c] for c in listing.columns])
    for line in sheet.iter_rows(min_row=4):
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"
            elif isinstance(cell.value, Decimal):
                cell.number_format = "#,##0.00"
    for cell in (*sheet[1], *sheet[3]):
        cell.font = Font(bold=True)
    for n, column in enumerate(listing.columns, 1):
        longest = max([len(listing.columns[column]), *(len(_shown(column, r[column])) for r in rows)])
        sheet.column_dimensions[get_column_letter(n)].width = min(60, longest + 2)
    sheet.freeze_panes = "A4"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _class(is_number: bool) -> str:
    return ' class="n"' if is_number else ""


def _plain(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    # a spreadsheet would take such a text for a formula
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@" and text[:1] else text


def _shown(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:.2f}"
    is_count = isinstance(value, int) and column.startswith("n_")
    return f"{value:,}" if is_count else str(value)
