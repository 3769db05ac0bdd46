"""A published figure traced to the cells it came from: changing those changes it, changing all others does not."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from orchestration import archive
from orchestration.cli import app
from orchestration.contracts.model import feed_tables, submission_tables
from orchestration.intake.batch import first_arrivals
from orchestration.lake import FEED_LINEAGE, SUBMISSION_LINEAGE
from orchestration.release.current import read_current
from orchestration.settings import Settings
from orchestration.trace.cells import Cell, cells_of
from orchestration.trace.models import Models
from orchestration.trace.trace import trace
from orchestration.trace.typed import typed_cells
from orchestration.trace.walk import Way, condition_sql, walk

pytestmark = pytest.mark.e2e

MART = "rpt_implementation_by_practice"


@dataclass
class Lab:
    """A copy of the demonstration's build whose lake can be changed cell by cell."""

    db: duckdb.DuckDBPyConnection
    models: Models

    def __post_init__(self) -> None:
        rows = self.db.execute("select schema_name, view_name, sql from duckdb_views()").fetchall()
        self.views = {f"{schema}.{name}": sql for schema, name, sql in rows}

    def key(self, mart: str) -> tuple[str, ...]:
        return self.models.by_relation[f"marts.{mart}"].key

    def follow(self, mart: str, column: str, where: dict[str, frozenset[str]]) -> tuple[Way, list[Cell]]:
        way = walk(self.models, self.db, f"marts.{mart}", frozenset({column}), where)
        return way, cells_of(self.db, way.asked)[0]

    def figure(self, mart: str, column: str, where: dict[str, frozenset[str]], way: Way) -> list:
        """The figure, from models made anew on the lake as it is."""
        for relation in reversed(way.models):
            model = self.models.by_relation[relation]
            if model.kind == "model" and not relation.startswith("staging."):
                kind = "view" if relation in self.views else "table"
                self.db.execute(f"create or replace {kind} {relation} as {model.sql}")
        return self.db.execute(f"select {column} from marts.{mart} where {condition_sql(where)}").fetchall()

    def loosen(self, table: str) -> None:
        """Make a table of the lake one that can be changed."""
        self.db.execute(f"create table lake.kept as select * from lake.{table}")
        self.db.execute(f"drop view lake.{table}")
        self.db.execute(f"alter table lake.kept rename to {table}")

    def restore(self, table: str) -> None:
        self.db.execute(f"drop table lake.{table}")
        self.db.execute(self.views[f"lake.{table}"])

    def change(self, table: str, column: str, value: object, cells: set[tuple], *, inside: bool) -> None:
        """Write the value into those cells of a column, or into all others."""
        source = "source_file" if table.startswith("feed__") else "submission_id"
        self.db.execute("create or replace table lake.named (s varchar, sheet varchar, r bigint)")
        if cells:
            self.db.executemany("insert into lake.named values (?, ?, ?)", sorted(cells))
        self.db.execute(
            f'update lake.{table} set "{column}" = ? where {"" if inside else "not"} exists (select 1 from lake.named '
            f"where s = {source} and sheet = coalesce(source_sheet, '') and r = source_row)",
            [value],
        )


def lake_table(cell: Cell) -> str:
    return f"{'feed' if cell.kind == 'feed' else 'submission'}__{cell.table}"


def by_column(cells: list[Cell]) -> dict[tuple[str, str], set[tuple]]:
    """Places of the traced cells, by lake table and column."""
    found: dict[tuple[str, str], set[tuple]] = {}
    for c in cells:
        if c.kind != "put aside":
            found.setdefault((lake_table(c), c.column), set()).add((c.source, c.sheet, c.row))
    return found


def typed_columns(table: str) -> list[str]:
    """The columns of a lake table that hold what was typed, beside what names the row."""
    name = table.partition("__")[2]
    contract = (feed_tables() if table.startswith("feed__") else submission_tables())[name]
    lineage = FEED_LINEAGE if table.startswith("feed__") else SUBMISSION_LINEAGE
    return [f.name for f in contract.fields if f.name not in (*contract.primary_key, *lineage)]


@pytest.fixture
def lab(published_demo: Settings, tmp_path: Path) -> Iterator[Lab]:
    shutil.copyfile(published_demo.build_file, tmp_path / published_demo.build_file.name)
    with duckdb.connect(str(tmp_path / published_demo.build_file.name)) as db:
        db.execute("set TimeZone = 'UTC'")
        yield Lab(db, Models(published_demo.warehouse / "dbt" / "manifest.json", db))


def a_row(lab: Lab) -> dict[str, frozenset[str]]:
    """An organization's month of one practice, with actions completed and not."""
    columns = ("scope_level", "scope_id", "code_level", "code", "school_year", "period")
    found = lab.db.execute(
        f"select {', '.join(columns)} from marts.{MART} where scope_level = 'organization' and "
        "code_level = 'practice' and n_completed > 2 and n_behind > 2 order by all desc limit 1"
    ).fetchone()
    assert found is not None
    return {c: frozenset({v}) for c, v in zip(columns, found, strict=True)}


def test_changing_traced_cells_changes_the_figure_and_changing_every_other_does_not(lab: Lab):
    where = a_row(lab)
    way, cells = lab.follow(MART, "n_completed", where)
    before = lab.figure(MART, "n_completed", where, way)
    traced = by_column(cells)
    assert {c.table for c in cells} >= {"action_status", "strategies"} and not way.unread
    statuses = traced["submission__action_status", "status"]
    all_statuses = lab.db.execute("select count(*) from lake.submission__action_status").fetchone()
    assert all_statuses is not None and 0 < len(statuses) < all_statuses[0] / 100  # narrow

    for table, column, value in (
        ("submission__action_status", "status", "delayed"),
        ("submission__strategies", "practice_codes", "3A"),
    ):
        lab.loosen(table)
        lab.change(table, column, value, traced[table, column], inside=True)
        assert lab.figure(MART, "n_completed", where, way) != before
        lab.restore(table)
    for table in (
        "submission__action_status",
        "submission__strategies",
        "submission__actions",
        "submission__milestones",
    ):
        lab.loosen(table)
        for column in typed_columns(table):
            kind = lab.models.columns[f"lake.{table}"][column]
            lab.change(
                table,
                column,
                "3A" if kind == "VARCHAR" else None,
                traced.get((table, column), set()),
                inside=False,
            )
    assert lab.figure(MART, "n_completed", where, way) == before


def test_what_was_typed_is_what_stands_in_the_file_at_the_address(
    published_demo: Settings, lab: Lab, tmp_path: Path
):
    _, cells = lab.follow(MART, "n_completed", a_row(lab))
    latest = [c for c in cells if c.kind == "submission" and c.table == "action_status"]
    found = typed_cells(published_demo, latest)
    arrival = first_arrivals(archive.arrivals(published_demo.archive, "submission"))[latest[0].source]
    copy = tmp_path / arrival.name
    shutil.copyfile(str(archive.blob(published_demo.archive, arrival.sha256)), copy)
    book = openpyxl.load_workbook(copy, read_only=False)
    assert len(found) > 5
    for t in found:
        assert t.file == arrival.name and book[t.cell.sheet][t.address].value == t.typed


def test_the_command_shows_figure_meaning_models_policy_and_cells_and_writes_all_of_them(
    published_demo: Settings, lab: Lab, tmp_path: Path
):
    key = ",".join(f"{c}={next(iter(v))}" for c, v in a_row(lab).items())
    where = ["--home", str(published_demo.home), "--state", str(published_demo.state)]
    out = tmp_path / "cells.csv"
    result = CliRunner().invoke(
        app, ["trace", "--mart", MART, "--key", key, "--column", "n_completed", "--csv", str(out), *where]
    )
    assert result.exit_code == 0, result.output
    for part in (
        "n_completed = ", "Planned actions reported completed.", "int_standing__action_status", "due_day = 15",
        "improvement-report.xlsx", "period", "status = ", "--csv FILE", str(out),
    ):  # fmt: skip
        assert part in result.output
    with out.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    said = int(result.output.split("Cells: ")[1].split(" ")[0].replace(",", ""))
    assert len(rows) == said > 40 and {r["kind"] for r in rows} >= {"submission", "feed"}
    assert all(r["value_typed"] for r in rows if r["table"] == "action_status" and r["column"] == "status")


@pytest.mark.parametrize(
    ("mart", "key", "column", "said"),
    [
        ("rpt_implementation_by_practise", "code=1A", None, "did you mean rpt_implementation_by_practice"),
        (MART, "code=1A", "n_complete", "did you mean n_completed"),
        (MART, "cod=1A", None, "has no column 'cod'"),
        (MART, "code", None, "write column=value"),
        (MART, "code=9Z", None, "no row of"),
        (MART, "code=1A", None, "add to --key what tells them apart"),
    ],
)
def test_a_figure_that_is_not_named_is_refused_with_what_to_write(published_demo, mart, key, column, said):
    where = ["--home", str(published_demo.home), "--state", str(published_demo.state)]
    more = ["--column", column] if column else []
    result = CliRunner().invoke(app, ["trace", "--mart", mart, "--key", key, *more, *where])
    assert result.exit_code == 2 and said in result.output


@pytest.mark.slow
def test_an_earlier_release_is_traced_from_its_night_made_again_though_the_lake_is_gone(
    published_demo: Settings, lab: Lab, tmp_path: Path
):
    key = {c: next(iter(v)) for c, v in a_row(lab).items()}
    name = read_current(published_demo.releases)
    assert name is not None
    wanted = trace(published_demo, name, MART, key, "n_completed")
    assert not wanted.made_again
    home = tmp_path / "home"
    shutil.copytree(
        published_demo.home, home, symlinks=True, ignore=shutil.ignore_patterns("lake", "warehouse")
    )
    found = trace(Settings.at(home, published_demo.state), name, MART, key, "n_completed")
    assert found.made_again
    assert (found.cells, found.steps, found.settings) == (wanted.cells, wanted.steps, wanted.settings)


@pytest.mark.slow
def test_no_column_of_marts_drawn_by_lot_depends_on_a_cell_that_is_not_in_its_trace(lab: Lab):
    dice = random.Random(20240620)
    marts = sorted(r.partition(".")[2] for r, m in lab.models.by_relation.items() if r.startswith("marts."))
    missed, changed = [], 0
    for mart in dice.sample(marts, 8):  # every one of them would take hours
        key = lab.key(mart)
        rows = lab.db.execute(
            f"select {', '.join(f'cast({k} as varchar)' for k in key)} from marts.{mart} order by all"
        )
        found = rows.fetchall()
        if not found:
            continue
        where = {k: frozenset({v}) for k, v in zip(key, dice.choice(found), strict=True) if v is not None}
        column = dice.choice([c for c in lab.models.columns[f"marts.{mart}"] if c not in key])
        way, cells = lab.follow(mart, column, where)
        assert way.unread == ()
        before, traced = lab.figure(mart, column, where, way), by_column(cells)
        contracts = {f"submission__{t}" for t in submission_tables()} | {f"feed__{t}" for t in feed_tables()}
        tables = sorted(contracts & {r.removeprefix("lake.") for r in way.asked})
        for table in tables:
            lab.loosen(table)
            for name in typed_columns(table):
                held = lab.db.execute(
                    f'select distinct "{name}" from lake.{table} where "{name}" is not null order by 1'
                )
                values = [v for (v,) in held.fetchall()]
                if values:
                    inside = traced.get((table, name), set())
                    lab.change(table, name, dice.choice(values), inside, inside=False)
                    changed += 1
        if tables and lab.figure(mart, column, where, way) != before:
            missed.append(f"{mart}.{column} {where}")
        for table in tables:
            lab.restore(table)
        lab.figure(mart, column, where, way)
    assert changed > 20 and missed == []
