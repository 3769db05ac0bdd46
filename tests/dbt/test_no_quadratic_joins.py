"""No model compares every row of a large table with every row of another."""

from __future__ import annotations

import duckdb

# few by nature: policy parameters, rules of law and wordings, by fiscal years, months and indicators
SMALL = {
    "dim_period", "fct_1003_reservation", "int_1003_room", "int_indicator_families", "int_policy_years",
    "int_1003_methods", "int_1003_commitments",
    "fct_support", "int_support_windows",  # a seed of a few states or bands on the other side
}  # fmt: skip
EVERY_PAIR = "BLOCKWISE_NL_JOIN"


def compares_every_pair(db: duckdb.DuckDBPyConnection, sql: str) -> bool:
    return EVERY_PAIR in str(db.execute(f"explain {sql}").fetchall()[0][1])


def test_no_join_of_large_tables_compares_every_pair_of_rows(empty_build, manifest) -> None:
    settings, _ = empty_build
    compiled = settings.warehouse / "dbt" / "compiled" / "interlace"
    found = set()
    with duckdb.connect(str(settings.build_file), read_only=True) as db:
        for node in manifest["nodes"].values():
            if node["resource_type"] == "model" and node["schema"] != "staging":
                sql = (compiled / node["original_file_path"]).read_text()
                found |= {node["name"]} if compares_every_pair(db, sql) else set()
    assert found <= SMALL


def test_a_left_join_on_a_condition_of_one_side_is_seen() -> None:
    with duckdb.connect() as db:
        db.execute("create table a (id varchar, wanted varchar); create table b (id varchar)")
        on_the_key = "select * from a left join b on a.id = b.id"
        assert not compares_every_pair(db, on_the_key)
        assert compares_every_pair(db, on_the_key + " and a.wanted in ('all', a.id)")
