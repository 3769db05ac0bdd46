"""Which lake tables changed between two nights, and for which LEAs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lake import arrow_schema
from orchestration.warehouse.build_file import lay_views
from orchestration.warehouse.changed import begin_anew, changed_sources, new_files, note_changed_files
from orchestration.warehouse.families import begin_families, extend_families

MAY, JUNE, JULY = datetime(2024, 5, 10), datetime(2024, 6, 10), datetime(2024, 7, 10)
AT_A_TIME = 100
TABLE, FEED = "submission__actions", "feed__directory"


class Lake:
    """A build file over a lake of two tables."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.db = duckdb.connect()
        self.db.execute("create schema lake")
        self.db.execute("create schema reuse")

    def part(self, table: str, name: str, rows: list[tuple[str, datetime]]) -> Path:
        """A part with rows of LEAs received at times."""
        schema = arrow_schema(table)
        file = self.root / f"{table}-{name}.parquet"
        columns = {
            f.name: pa.array([{"lea_id": lea, "received_at": at}.get(f.name) for lea, at in rows], f.type)
            for f in schema
        }
        pq.write_table(pa.table(columns, schema=schema), file)
        return file

    def first_night(self, files: dict[str, list[Path]]) -> None:
        """Begin with the files."""
        lay_views(self.db, files)
        begin_families(self.db, AT_A_TIME)
        begin_anew(self.db, files)

    def night(
        self, before: datetime | None, until: datetime | None, files: dict[str, list[Path]]
    ) -> set[tuple[str, str | None]]:
        """What the next night finds changed."""
        lay_views(self.db, files)
        extend_families(self.db, new_files(self.db, files), AT_A_TIME)
        note_changed_files(self.db, files, before, until)
        found = self.db.execute("select node, family from reuse.changed").fetchall()
        return {(node.removeprefix("source.interlace.lake."), lea) for node, lea in found}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_nothing_has_changed_where_the_files_are_the_same(lake: Lake):
    files = {TABLE: [lake.part(TABLE, "1", [("0100", MAY)])]}
    lake.first_night(files)
    assert lake.night(MAY, MAY, files) == set()


def test_a_new_part_changes_its_table_for_the_leas_in_it(lake: Lake):
    old = lake.part(TABLE, "1", [("0100", MAY), ("0200", MAY)])
    lake.first_night({TABLE: [old]})
    new = lake.part(TABLE, "2", [("0200", JUNE), ("0300", JUNE)])
    assert lake.night(MAY, JUNE, {TABLE: [old, new]}) == {(TABLE, "0200"), (TABLE, "0300")}
    assert changed_sources(lake.db) == [TABLE]
    assert lake.night(JUNE, JUNE, {TABLE: [old, new]}) == set(), "the night after, it is known"


def test_a_part_that_no_longer_stands_changes_its_table_too(lake: Lake):
    one, two = lake.part(TABLE, "1", [("0100", MAY)]), lake.part(TABLE, "2", [("0200", MAY)])
    lake.first_night({TABLE: [one, two]})
    assert lake.night(MAY, MAY, {TABLE: [one]}) == {(TABLE, "0200")}


def test_of_a_part_that_is_gone_from_the_disk_every_row_counts_as_changed(lake: Lake):
    one, two = lake.part(TABLE, "1", [("0100", MAY)]), lake.part(TABLE, "2", [("0200", MAY)])
    lake.first_night({TABLE: [one, two]})
    two.unlink()
    assert lake.night(MAY, MAY, {TABLE: [one]}) == {(TABLE, None)}


def test_rows_that_were_there_and_count_only_now_have_changed(lake: Lake):
    files = {TABLE: [lake.part(TABLE, "1", [("0100", MAY), ("0200", JUNE), ("0300", JULY)])]}
    lake.first_night(files)
    assert lake.night(MAY, JUNE, files) == {(TABLE, "0200")}


def test_rows_that_a_night_as_of_an_earlier_time_no_longer_counts_have_changed(lake: Lake):
    files = {TABLE: [lake.part(TABLE, "1", [("0100", MAY), ("0200", JUNE), ("0300", JULY)])]}
    lake.first_night(files)
    assert lake.night(JULY, MAY, files) == {(TABLE, "0200"), (TABLE, "0300")}


def test_a_night_before_anything_came_takes_all_away(lake: Lake):
    files = {TABLE: [lake.part(TABLE, "1", [("0100", MAY)])]}
    lake.first_night(files)
    assert lake.night(MAY, None, files) == {(TABLE, "0100")}


def test_a_feed_is_of_no_lea_and_changes_as_a_whole(lake: Lake):
    old = lake.part(FEED, "1", [("0100", MAY)])
    lake.first_night({FEED: [old]})
    assert lake.night(MAY, MAY, {FEED: [old, lake.part(FEED, "2", [("0100", MAY)])]}) == {(FEED, None)}
