"""The lake's commit point: what no committed batch names does not exist."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from orchestration import lake
from orchestration.errors import BadDataError
from orchestration.warehouse.build_file import view_sql

TABLE = "feed__files"


@pytest.fixture
def root(tmp_path: Path) -> UPath:
    return UPath(tmp_path / "lake")


def rows(*names: str) -> pa.Table:
    columns = lake.arrow_schema(TABLE)
    filled = [
        {**dict.fromkeys(columns.names), "source_file": n, "received_at": datetime(2024, 1, 1)} for n in names
    ]
    return pa.Table.from_pylist(filled, schema=columns)


def written(root: UPath, name: str, *names: str) -> lake.BatchWriter:
    writer = lake.BatchWriter(root, name)
    writer.write(TABLE, rows(*names))
    return writer


def standing_rows(root: UPath) -> list[str]:
    return [
        r for p in lake.parts(root).get(TABLE, []) for r in pq.read_table(str(p))["source_file"].to_pylist()
    ]


def test_a_lake_that_nobody_wrote_to_is_empty(root):
    assert lake.batches(root) == lake.standing(root) == []
    assert lake.parts(root) == {} and lake.sweep(root) == 0


def test_parts_without_a_manifest_are_seen_by_nobody_and_swept(root):
    written(root, "1", "a").commit({})
    written(root, "2", "b")
    assert standing_rows(root) == ["a"]
    assert lake.sweep(root) == 1
    assert [p.name for p in (root / TABLE).iterdir()] == ["1-0000.parquet"]
    assert standing_rows(root) == ["a"]


def test_the_sweep_takes_temporary_files_and_leaves_replaced_batches(root):
    written(root, "1", "a").commit({})
    written(root, "2", "b").commit({"replaces": ["1"]})
    (root / TABLE / ".tmp-half").write_bytes(b"half")
    (root / ".tmp-folder").mkdir()
    (root / ".tmp-folder" / "part").write_bytes(b"half")
    assert lake.sweep(root) >= 2
    assert standing_rows(root) == ["b"]
    assert len(list((root / TABLE).iterdir())) == 2
    assert [b.name for b in lake.batches(root)] == ["1", "2"]


def test_a_batch_may_replace_several_and_be_replaced_itself(root):
    written(root, "1", "a").commit({})
    written(root, "2", "b").commit({})
    written(root, "3", "c").commit({"replaces": ["1", "2"]})
    written(root, "4", "d").commit({"replaces": ["3"]})
    assert [b.name for b in lake.standing(root)] == ["4"]
    assert standing_rows(root) == ["d"]


def test_a_part_has_the_tables_own_columns_and_types_whatever_order_it_was_given_in(root):
    shuffled = rows("a").select(list(reversed(lake.arrow_schema(TABLE).names)))
    writer = lake.BatchWriter(root, "1")
    writer.write(TABLE, shuffled)
    batch = writer.commit({})
    (part,) = lake.parts(root, [batch])[TABLE]
    assert pq.read_schema(str(part)).equals(lake.arrow_schema(TABLE))


def test_a_part_without_a_column_of_its_table_is_not_written(root):
    writer = lake.BatchWriter(root, "1")
    with pytest.raises(KeyError, match="outcome"):
        writer.write(TABLE, rows("a").drop_columns(["outcome"]))
    assert lake.parts(root) == {} and writer.parts == {}


def test_an_empty_part_is_not_written(root):
    writer = lake.BatchWriter(root, "1")
    writer.write(TABLE, rows())
    assert writer.commit({}).parts == {} and not (root / TABLE).exists()


def test_equal_rows_are_equal_bytes(root, tmp_path):
    written(root, "1", "a", "b").commit({"n": 1})
    other = UPath(tmp_path / "other")
    written(other, "1", "a", "b").commit({"n": 1})
    for path in (f"{TABLE}/1-0000.parquet", "_batches/1.json"):
        assert (root / path).read_bytes() == (other / path).read_bytes()


def test_every_lake_table_can_be_read_empty_and_an_older_part_without_a_column_reads_as_null(tmp_path):
    with duckdb.connect() as db:
        for columns in lake.table_columns().values():
            described = db.execute(f"describe {view_sql(columns, [])}").fetchall()
            assert {name: kind for name, kind, *_ in described} == columns
        columns = lake.table_columns()[TABLE]
        old = tmp_path / "it's old.parquet"
        pq.write_table(rows("a").drop_columns(["notes_dropped"]), old)
        found = db.execute(f"select source_file, notes_dropped from ({view_sql(columns, [old])})").fetchall()
        assert found == [("a", None)]


def test_a_part_that_is_gone_cut_short_or_changed_by_a_bit_is_named_with_what_to_do(root):
    written(root, "1", "a").commit({})
    assert lake.damaged(root) == []
    (part,) = lake.parts(root)[TABLE]
    whole = part.read_bytes()
    flipped = bytes([whole[0], whole[1] ^ 1, *whole[2:]])
    for data in (whole[:-20], flipped, None):
        part.unlink() if data is None else part.write_bytes(data)
        with pytest.raises(
            BadDataError, match=f"the lake is damaged: .*{part.name} is .*Move the folder lake away"
        ):
            lake.refuse_damage(root)
    part.write_bytes(whole)
    lake.refuse_damage(root)


def test_what_fails_on_a_damaged_lake_says_so_and_what_fails_without_one_is_left_as_it_is(root):
    written(root, "1", "a").commit({})
    with pytest.raises(ValueError, match="a fault of ours"), lake.naming_damage(root):
        raise ValueError("a fault of ours")
    (part,) = lake.parts(root)[TABLE]
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(BadDataError, match=part.name), lake.naming_damage(root):
        raise ValueError("Parquet magic bytes not found in footer")


def test_a_torn_list_of_a_batch_is_named(root):
    written(root, "1", "a").commit({})
    (root / "_batches" / "1.json").write_text('{"info": {')
    with pytest.raises(BadDataError, match=r"1\.json cannot be read .* made again from the archive"):
        lake.batches(root)
