"""Designation history on any lists, links and directories: nothing overlaps, every count ties.

The SQL is what dbt ran, over tables of invented lists; what it should give is worked out here in Python.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MODELS = (
    "int_designation_years", "int_designation_calendar", "int_organization_links", "int_organization_ancestors",
    "int_designation_stays", "int_designation_absences", "int_designation_steps", "dim_designation",
    "fct_designation_event", "rpt_designation_transition", "rpt_designation_disagreement",
    "rpt_organization_link",
)  # fmt: skip
STAGING = ("stg_feed__designations", "stg_feed__directory", "stg_feed__organization_links")
STATUSES = {
    "none": None, "CSI low": ("CSI", "low_performance"), "CSI grad": ("CSI", "low_graduation"),
    "ATSI": ("ATSI", "low_subgroup"), "TSI": ("TSI", "underperforming_subgroup"),
}  # fmt: skip
CARRIES = {"changed_id": True, "reopened": True, "merged": False, "split": False}
SAME = ("changed_id", "reopened")

Lists = dict[int, dict[tuple[str, int], str]]  # list year -> (school, year spoken of) -> status
Link = tuple[str, str, str, date, bool | None]  # school, successor, kind, day, whether it carries the status


@dataclass
class History:
    """The models over lists and links that a test gives."""

    db: duckdb.DuckDBPyConnection
    sql: dict[str, str]

    def build(self, lists: Lists, links: list[Link]) -> None:
        """Make every model again."""
        for table in STAGING:
            self.db.execute(f"delete from {table}")
        rows = [
            (
                label(told),
                org,
                label(year),
                *(STATUSES[status] or ("none", None)),
                status,
                told,
                n,
                f"list {told}",
            )
            for told, statements in lists.items()
            for n, ((org, year), status) in enumerate(sorted(statements.items()))
        ]
        self.db.executemany(
            "insert into stg_feed__designations (list_year, org_id, school_year, category, reason, official_status,"
            " received_at, source_row, source_file) values (?, ?, ?, ?, ?, ?, make_timestamp(?, 1, 1, 0, 0, 0), ?, ?)",
            rows,
        )
        if links:
            self.db.executemany(
                "insert into stg_feed__organization_links (org_id, successor_id, kind, effective_on, carries_status,"
                " received_at, source_file, source_row) values (?, ?, ?, ?, ?, '2024-01-01', 'links', 1)",
                links,
            )
        for model in MODELS:
            self.db.execute(f"create or replace table {model} as {self.sql[model]}")

    def rows(self, sql: str) -> list[tuple]:
        return self.db.execute(sql).fetchall()


def label(start: int) -> str:
    return f"{start}-{(start + 1) % 100:02d}"


@pytest.fixture(scope="module")
def history(empty_build) -> Iterator[History]:
    home, _ = empty_build
    sql = {}
    for model in MODELS:
        found = (home.warehouse / "dbt" / "compiled").glob(f"*/models/**/{model}.sql")
        (path,) = (p for p in found if p.parent.suffix != ".yml")  # those are its stand-ins in unit tests
        sql[model] = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", path.read_text(encoding="utf-8"))
    with duckdb.connect() as db:
        db.execute(f"attach '{home.build_file}' as warehouse (read_only)")
        for seed in ("designation_categories", "designation_events", "organization_link_kinds"):
            db.execute(f"create table {seed} as select * from warehouse.seeds.{seed}")
        for model in STAGING:
            db.execute(f"create table {model} as select * from warehouse.staging.{model} limit 0")
        db.execute("create table dim_organization as select * from warehouse.marts.dim_organization limit 0")
        db.execute("create table stg_calendar as select 7 as school_year_first_month")
        yield History(db, sql)


def standing(lists: Lists) -> dict[tuple[str, int], str]:
    """What stands of each school and year: the year's own list alone, else the newest that speaks of it."""
    found: dict[tuple[str, int], str] = {}
    for told in sorted(lists):
        for (org, year), status in lists[told].items():
            if year == told or year not in lists:
                found[(org, year)] = status
    return found


def category(status: str | None) -> str | None:
    return (STATUSES[status] or (None,))[0] if status else None


def ancestors(org: str, links: list[Link]) -> dict[str, date]:
    """The schools whose years count as this one's, and until which day."""
    of_same = [link for link in links if link[2] in SAME and link[0] != link[1]]
    left, come = Counter(link[0] for link in of_same), Counter(link[1] for link in of_same)
    carrying = [
        link
        for link in links
        if link[0] != link[1]
        and (CARRIES[link[2]] if link[4] is None else link[4])
        and (link[2] not in SAME or (left[link[0]] == 1 and come[link[1]] == 1))
    ]
    found: dict[str, date] = {}
    paths = [(org, date.max)]
    while paths:
        here, before = paths.pop()
        for old, new, _, day, _ in carrying:
            if new == here and day < before:
                paths.append((old, day))
                if old != org:
                    found[old] = max(found.get(old, date.min), day)
    return found


def cohort(org: str, year: int, stands: dict[tuple[str, int], str], links: list[Link]) -> int:
    """First year of the unbroken stay that the school is in, over the years that any list speaks of."""
    years = sorted({y for _, y in stands})
    before = ancestors(org, links)
    wanted, first = category(stands[(org, year)]), year
    for earlier in reversed(years[: years.index(year)]):
        told = [stands.get((org, earlier))]
        told += [stands.get((a, earlier)) for a, until in before.items() if date(earlier, 7, 1) < until]
        if wanted not in [category(t) for t in told if t]:
            break
        first = earlier
    return first


def held(start: int, n_years: int, year: int) -> bool:
    return start <= year < start + n_years


years = st.integers(2018, 2023)
schools = st.sampled_from("abcd")
lists_of_a_state = st.dictionaries(
    years,
    st.dictionaries(st.tuples(schools, years), st.sampled_from(sorted(STATUSES)), min_size=1, max_size=12),
    min_size=1,
    max_size=4,
).map(lambda told: {y: {k: v for k, v in rows.items() if k[1] <= y} for y, rows in told.items()})
some_links = st.lists(
    st.tuples(
        schools,
        schools,
        st.sampled_from(sorted(CARRIES)),
        st.tuples(years, st.integers(-1, 1)).map(lambda d: date(d[0], 7, 1) + timedelta(days=d[1])),
        st.sampled_from([None, True, False]),
    ),
    max_size=4,
    unique_by=lambda link: link[:3],
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(lists_of_a_state, some_links)
def test_on_any_lists_and_links_spans_do_not_overlap_and_every_count_ties(
    history: History, lists: Lists, links: list[Link]
) -> None:
    lists = {y: rows for y, rows in lists.items() if rows}
    if not lists:
        return
    history.build(lists, links)
    stands = standing(lists)
    spoken = sorted({y for _, y in stands})
    spans = [
        (org, cat, reason, int(first[:4]), n, int(cohort_year[:4]), in_status, to_year)
        for org, cat, reason, first, n, cohort_year, in_status, to_year in history.rows(
            "select org_id, category, reason, valid_from_year, n_years, cohort_year, years_in_status, valid_to_year"
            " from dim_designation"
        )
    ]
    for org in "abcd":
        for year in spoken:
            found = [s[1:3] for s in spans if s[0] == org and held(s[3], s[4], year)]
            status = STATUSES[stands.get((org, year), "none")]
            assert found == ([status] if status else [])
    for org, _, _, first, n, since, in_status, to_year in spans:
        assert since == cohort(org, first, stands, links)
        assert in_status == first + n - since
        assert (to_year is None) == (first + n > spoken[-1])
    entered = history.rows("select org_id, school_year from fct_designation_event where not ends_stay")
    assert Counter(entered) == Counter(
        (org, label(y)) for (org, y), status in stands.items() if STATUSES[status]
    )
    own = sorted({told for told, rows in lists.items() for _, year in rows if year == told})
    for way, in_order in (("years", spoken), ("lists", own)):
        for side, pairs in (("from", in_order[:-1]), ("to", in_order[1:])):
            for year in pairs:
                counted = history.rows(
                    f"select {side}_category, {side}_reason, sum(n_schools) from rpt_designation_transition"
                    f" where comparison = '{way}' and {side}_year = '{label(year)}'"
                    f" and {side}_category in ('CSI', 'TSI', 'ATSI', 'none') group by all"
                )
                assert {(c, r): n for c, r, n in counted} == Counter(
                    STATUSES[status] or ("none", "none") for (_, y), status in stands.items() if y == year
                )


def test_a_new_id_goes_on_with_the_years_only_when_the_state_says_so(history: History) -> None:
    lists: Lists = {
        2018: {("a", 2018): "CSI low"}, 2019: {("a", 2019): "CSI low"}, 2022: {("b", 2022): "CSI grad"},
    }  # fmt: skip
    ask = "select cohort_year, years_in_status, carried_from_id from dim_designation where org_id = 'b'"
    events = "select org_id, event_code from fct_designation_event where school_year = '2022-23' order by all"
    history.build(lists, [])
    assert history.rows(ask) == [("2022-23", 1, None)]
    assert history.rows(events) == [("a", "left_list"), ("b", "identified")]
    history.build(lists, [("a", "b", "changed_id", date(2021, 7, 1), None)])
    assert history.rows(ask) == [("2018-19", 5, "a")]
    assert history.rows(events) == [("a", "id_changed"), ("b", "carried_over")]
    assert history.rows(
        "select from_reason, to_reason, n_schools from rpt_designation_transition"
        " where comparison = 'lists' and to_year = '2022-23'"
    ) == [("low_performance", "low_graduation", 1)]
    history.build(
        lists,
        [("a", "b", "changed_id", date(2021, 7, 1), None), ("a", "c", "reopened", date(2021, 7, 1), None)],
    )
    assert history.rows(ask) == [("2022-23", 1, None)]  # two successors of one school contradict each other
