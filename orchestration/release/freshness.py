"""How fresh a release is and what was refused, counted from its own marts: the facts of its index.html.

A set of marts without one of these tables (a part of a state) simply has no such fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.release.changes.sides import Side

NEEDED = {
    "fct_submission": {"submission_id", "lea_id", "period", "received_at", "outcome", "refused_by", "refused_because",
                       "is_superseded", "is_withdrawn", "withdrawn_because", "rows_rejected", "file_name"},
    "fct_reject": {"submission_id", "lea_id", "rule_id", "rule_checks", "severity"},
    "fct_feed_file": {"source_file", "feed", "table_name", "received_at", "outcome", "is_feed_stale", "message"},
    "rpt_submission_completeness": {"lea_id", "period", "status", "due_on", "is_expected"},
    "dim_organization": {"org_id", "org_name"},
}  # fmt: skip
MONTHS = 6  # of reports, the newest


@dataclass(frozen=True)
class Month:
    """Of one reporting month, LEAs by whether their report came."""

    period: str
    due_on: datetime | None
    expected: int
    on_time: int
    late: int
    missing: int
    refused_only: int
    not_yet_due: int


@dataclass(frozen=True)
class Feed:
    """The newest file of one feed that stands."""

    feed: str
    tables: str
    newest: datetime | None
    is_stale: bool
    refused: int


@dataclass(frozen=True)
class Aside:
    """A file of an LEA that was refused, put aside in part, or withdrawn."""

    lea_id: str
    lea_name: str
    period: str | None
    file_name: str
    submission_id: str
    received_at: datetime | None
    outcome: str
    rows_rejected: int
    why: str
    is_superseded: bool


@dataclass(frozen=True)
class Rule:
    """How often a rule of intake spoke."""

    rule_id: str
    checks: str
    severity: str
    findings: int
    files: int
    leas: int


@dataclass(frozen=True)
class Freshness:
    """What the index of a release tells of its data.

    Args:
        submissions: files received, by outcome; `withdrawn` counts those that the state withdrew.
        newest_submission: when the newest came (UTC); None where there is none.
        newest_period: the newest month that any report is of.
        leas: LEAs that have sent anything.
        months: the newest months, newest first.
        feeds: by name.
        feed_refusals: file, feed and message of the state's own files that were refused.
        aside: files of LEAs that were refused, withdrawn or have rows put aside, newest first.
        rules: rules of intake that spoke, most findings first.
    """

    submissions: dict[str, int]
    newest_submission: datetime | None
    newest_period: str | None
    leas: int
    months: tuple[Month, ...]
    feeds: tuple[Feed, ...]
    feed_refusals: tuple[tuple[str, str, str], ...]
    aside: tuple[Aside, ...]
    rules: tuple[Rule, ...]


def freshness(db: duckdb.DuckDBPyConnection, side: Side) -> Freshness:
    """Count it."""
    has = {mart for mart, columns in NEEDED.items() if columns <= set(side.types(mart))}
    outcomes: dict[str, int] = {}
    newest, period, leas = None, None, 0
    if "fct_submission" in has:
        rows = side.rows_of("fct_submission")
        outcomes = dict(db.execute(f"select outcome, count(*) from {rows} group by 1 order by 1").fetchall())
        found = db.execute(
            f"select max(received_at), max(period), count(distinct lea_id), count(*) filter (is_withdrawn) from {rows}"
        ).fetchone()
        assert found is not None  # an aggregate without groups has one row
        newest, period, leas, outcomes["withdrawn"] = found
    return Freshness(
        submissions=outcomes,
        newest_submission=newest,
        newest_period=period,
        leas=leas,
        months=_months(db, side) if "rpt_submission_completeness" in has else (),
        feeds=_feeds(db, side) if "fct_feed_file" in has else (),
        feed_refusals=_feed_refusals(db, side) if "fct_feed_file" in has else (),
        aside=_aside(db, side, "dim_organization" in has, "fct_reject" in has)
        if "fct_submission" in has
        else (),
        rules=_rules(db, side) if "fct_reject" in has else (),
    )


def _months(db: duckdb.DuckDBPyConnection, side: Side) -> tuple[Month, ...]:
    statuses = ("on_time", "late", "missing", "refused_only", "not_yet_due")
    counts = ", ".join(f"count(*) filter (status = '{s}')" for s in statuses)
    rows = db.execute(
        f"select period, max(due_on), count(*), {counts} from {side.rows_of('rpt_submission_completeness')} "
        f"where is_expected group by period order by period desc limit {MONTHS}"
    ).fetchall()
    return tuple(Month(*row) for row in rows)


def _feeds(db: duckdb.DuckDBPyConnection, side: Side) -> tuple[Feed, ...]:
    rows = db.execute(
        "select feed, string_agg(distinct table_name, ', ' order by table_name), "
        "max(received_at) filter (outcome = 'loaded'), bool_or(is_feed_stale), "
        "count(distinct source_file) filter (outcome = 'refused') "
        f"from {side.rows_of('fct_feed_file')} where feed is not null group by feed order by feed"
    ).fetchall()
    return tuple(Feed(*row) for row in rows)


def _feed_refusals(db: duckdb.DuckDBPyConnection, side: Side) -> tuple[tuple[str, str, str], ...]:
    rows = db.execute(
        "select distinct source_file, coalesce(feed, 'no feed asks for it'), coalesce(message, '') "
        f"from {side.rows_of('fct_feed_file')} where outcome <> 'loaded' order by all"
    ).fetchall()
    return tuple((str(a), str(b), str(c)) for a, b, c in rows)


def _aside(db: duckdb.DuckDBPyConnection, side: Side, named: bool, ruled: bool) -> tuple[Aside, ...]:
    name, join = "''", ""
    if named:
        name, join = (
            "coalesce(o.org_name, '')",
            f"left join {side.rows_of('dim_organization')} o on o.org_id = s.lea_id",
        )
    because = "null"  # of a file that is put aside in part: what its rows fail
    if ruled:
        because = "r.failed"
        join += (
            " left join (select submission_id, string_agg(distinct rule_checks, ' ' order by rule_checks) as failed "
            f"from {side.rows_of('fct_reject')} where severity = 'reject' group by submission_id) r "
            "on r.submission_id = s.submission_id"
        )
    rows = db.execute(
        f"""
        select s.lea_id, {name}, s.period, s.file_name, s.submission_id, s.received_at,
               case when s.is_withdrawn then 'withdrawn' else s.outcome end, coalesce(s.rows_rejected, 0),
               coalesce(case when s.is_withdrawn then s.withdrawn_because else s.refused_because end, {because}, ''),
               s.is_superseded
        from {side.rows_of("fct_submission")} s {join}
        where s.is_withdrawn or s.outcome <> 'accepted'
        order by s.received_at desc, s.submission_id
        """
    ).fetchall()
    return tuple(Aside(*row) for row in rows)


def _rules(db: duckdb.DuckDBPyConnection, side: Side) -> tuple[Rule, ...]:
    rows = db.execute(
        "select rule_id, coalesce(max(rule_checks), ''), severity, count(*), count(distinct submission_id), "
        f"count(distinct lea_id) from {side.rows_of('fct_reject')} group by rule_id, severity "
        "order by case severity when 'refuse' then 1 when 'reject' then 2 else 3 end, count(*) desc, rule_id"
    ).fetchall()
    return tuple(Rule(*row) for row in rows)
