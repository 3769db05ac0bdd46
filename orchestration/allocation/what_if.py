"""The awards of the last night once more under another method, on a copy that nobody else sees."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.allocation.load import load_allocation
from orchestration.allocation.model import Allocation, InForce, Method
from orchestration.allocation.rows import allocation_rows
from orchestration.errors import BuildError, ConfigError
from orchestration.lock import writer_lock
from orchestration.settings import Settings
from orchestration.warehouse.dbt_run import dbt

FIRST_FISCAL_YEAR = 2017  # of §1003 as it is now
STOPPED = re.compile(
    r"(Fiscal year \d{4}\b|allocation\.yaml:).*", re.DOTALL
)  # what a model says when it stops
REBUILT = "int_1003_methods+,+fct_1003_award_year"  # what of the awards depends on the method


@dataclass(frozen=True)
class Award:
    """What one school, or one LEA for itself (`org_id` is its own), gets; dollars.

    Args:
        enrollment: None where it is not known, and for an LEA.
        region, locale: None where not known.
        reason: how it stands, in a sentence.
    """

    org_id: str
    org_name: str | None
    lea_id: str
    lea_name: str | None
    category: str | None
    region: str | None
    locale: str | None
    enrollment: Decimal | None
    award: Decimal
    reason: str


@dataclass(frozen=True)
class Year:
    """The awards of a fiscal year under one method."""

    fiscal_year: int
    method: str | None
    title: str | None
    new_money: Decimal
    unallocated: Decimal
    awards: dict[str, Award]


@dataclass(frozen=True)
class WhatIf:
    """A fiscal year under the standing method and under another."""

    as_of: datetime
    standing: Year
    other: Year


def what_if(settings: Settings, method: Method, fiscal_year: int | None = None) -> WhatIf:
    """Work out a fiscal year (the last with money, if none is named) under another method.

    Nothing of the home changes: the last night's build file is copied, and only the copy is built anew.

    Raises:
        ConfigError: no night has built awards here, or not of that year.
        BuildError: the method cannot be carried out; its message lists the options.
        BusyError: a night is running.
    """
    if not settings.build_file.exists():
        raise ConfigError(
            f"{settings.build_file} is not there; run a night first: interlace nightly --home … --state …"
        )
    allocation = load_allocation(settings.state)
    with tempfile.TemporaryDirectory(prefix="interlace-allocate-") as folder:
        copy = replace(settings, home=Path(folder))
        copy.warehouse.mkdir()
        with writer_lock(settings.warehouse):
            shutil.copyfile(settings.build_file, copy.build_file)
        with duckdb.connect(str(copy.build_file)) as db:
            year = _fiscal_year(db, fiscal_year)
            standing = _read(db, year)
            _put(db, allocation, method, year)
            (as_of,) = db.execute("select as_of from lake.run").fetchone() or (datetime.min,)
        try:
            dbt(["run", "--log-level-file", "info", "--select", REBUILT], copy)
        except BuildError as e:
            stopped = STOPPED.search(str(e))
            raise BuildError(stopped.group(0) if stopped else str(e)) from e
        with duckdb.connect(str(copy.build_file), read_only=True) as db:
            return WhatIf(as_of, standing, _read(db, year))


def _fiscal_year(db: duckdb.DuckDBPyConnection, wanted: int | None) -> int:
    try:
        rows = db.execute("select fiscal_year from marts.fct_1003_award_year order by 1").fetchall()
    except duckdb.CatalogException as e:
        raise ConfigError("the last night built no §1003 awards; run a night with this version first") from e
    years = [int(y) for (y,) in rows]
    if not years:
        raise ConfigError("the last night has no fiscal year with a §1003 reservation")
    if wanted is not None and wanted not in years:
        raise ConfigError(
            f"there is no reservation of fiscal year {wanted}; there is of {', '.join(map(str, years))}"
        )
    return years[-1] if wanted is None else wanted


def _put(db: duckdb.DuckDBPyConnection, allocation: Allocation, method: Method, year: int) -> None:
    """Have the other method in force in that year, and in that year only."""
    other = replace(method, name="what_if")
    span = InForce(other.name, max(year, FIRST_FISCAL_YEAR), year + 1, "What if", False)
    rows = allocation_rows(replace(allocation, methods=(other,), in_force=(span,)))
    for table, found in rows.items():
        db.execute(f"delete from lake.{table}")
        if found:
            db.executemany(f"insert into lake.{table} values ({', '.join('?' * len(found[0]))})", found)


def _read(db: duckdb.DuckDBPyConnection, year: int) -> Year:
    total = db.execute(
        "select method, method_title, new_money, unallocated from marts.fct_1003_award_year where fiscal_year = ?",
        [year],
    ).fetchone()
    assert total is not None
    name, title, new_money, unallocated = total
    rows = db.execute(
        """
        with known as (
            select org_id, max(text_value) filter (where fact = 'region') as region,
                max(text_value) filter (where fact = 'locale') as locale
            from intermediate.int_1003_facts where fiscal_year = $1 and fact in ('region', 'locale') group by org_id
        ),
        awards as (
            select org_id, lea_id, category, enrollment, award, reason
            from marts.fct_1003_award_school where fiscal_year = $1
            union all
            select lea_id, lea_id, null, null, own_part, 'The LEA itself, beside its schools.'
            from marts.fct_1003_award where fiscal_year = $1
        )
        select awards.org_id, organization.org_name, awards.lea_id, lea.org_name, awards.category,
            coalesce(known.region, of_lea.region, organization.region),
            coalesce(known.locale, of_lea.locale), awards.enrollment, awards.award, awards.reason
        from awards
        left join marts.dim_organization as organization on awards.org_id = organization.org_id
        left join marts.dim_organization as lea on awards.lea_id = lea.org_id
        left join known on awards.org_id = known.org_id
        left join known as of_lea on awards.lea_id = of_lea.org_id
        order by awards.lea_id, awards.org_id
        """,
        [year],
    ).fetchall()
    awards = {str(row[0]): Award(*row) for row in rows}
    return Year(year, name, title, new_money, unallocated, awards)
