"""The demonstration's public folder under attack by a reader who has that folder alone."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.settings import Settings
from tests.attacker import Equation, Known, computed_back

Tables = dict[str, list[dict[str, Any]]]
SHARED = ("fct_measure_year", "rpt_outcomes", "rpt_self_reflection", "dim_organization", "dim_practice")


def tables(file: Path) -> Tables:
    """The tables that share cells, as rows by column name."""
    found: Tables = {}
    with duckdb.connect(str(file), read_only=True) as db:
        for name in SHARED:
            cursor = db.execute(f"select * from {name} order by all")
            columns = [d[0] for d in cursor.description or ()]
            found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


@pytest.fixture(scope="module")
def public(published_demo: Settings) -> Tables:
    return tables(Path(str(published_demo.releases)) / "current" / "public" / "marts.duckdb")


@pytest.fixture(scope="module")
def uncovered(published_demo: Settings, public: Tables) -> Tables:
    """The same tables as they were with primary suppression only: what the mart tells on at least ten students."""
    inside = tables(Path(str(published_demo.releases)) / "current" / "internal" / "marts.duckdb")
    key = ("org_id", "school_year", "parent_code", "measure_no", "part")
    whole = {tuple(r[k] for k in key): r for r in inside["fct_measure_year"]}
    rows = []
    for row in public["fct_measure_year"]:
        within = whole[tuple(row[k] for k in key)]
        enough = not within["is_suppressed"] and (within["n_students"] or 0) >= 10
        told = enough and not (within["unit"] == "percent" and within["actual"] in (0, 100))
        figures = {k: within[k] for k in ("n_students", "actual", "is_met")} if told else {}
        rows.append({**row, **figures, "suppression": None if told else row["suppression"]})
    return {**public, "fct_measure_year": rows}


def targets_met(found: Tables) -> tuple[list[Equation], dict[str, Known]]:
    """Targets met: of regions the results in them, of the state its regions."""
    region = {r["org_id"]: r["region"] or "unknown" for r in found["dim_organization"]}
    known: dict[str, Known] = {}
    parts: dict[str, list[str]] = defaultdict(list)
    for row in found["rpt_outcomes"]:
        name = f"{row['scope_level']} {row['scope_id']} {row['school_year']}"
        hidden = row["suppression"] is not None
        known[name] = Known(hidden=True) if hidden else Known(row["n_readable"], row["n_met"])
        if row["scope_level"] == "region":
            parts[f"state state {row['school_year']}"].append(name)
    for i, row in enumerate(found["fct_measure_year"]):
        if row["suppression"] is None and row["is_met"] is None:
            continue  # no result that could be compared
        known[f"result {i}"] = (
            Known(1, int(row["is_met"])) if row["suppression"] is None else Known(hidden=True, high=1)
        )
        parts[f"region {region.get(row['lea_id'], 'unknown')} {row['school_year']}"].append(f"result {i}")
    return [Equation(total, tuple(p)) for total, p in parts.items()], known


def ratings(found: Tables) -> tuple[list[Equation], dict[str, Known]]:
    """Answers of self-reflections, by scope and by code; how far they are above the lowest level adds up too."""
    region = {r["org_id"]: r["region"] or "unknown" for r in found["dim_organization"]}
    domain = {r["practice_code"]: r["domain_code"] for r in found["dim_practice"]}
    known: dict[str, Known] = {}
    parts: dict[str, list[str]] = defaultdict(list)
    for row in found["rpt_self_reflection"]:
        level, scope, code, year = row["scope_level"], row["scope_id"], row["code"], row["school_year"]
        name = f"{level} {scope} {code} {year}"
        hidden = row["suppression"] is not None
        n = row["n_ratings"]
        known[name] = Known(hidden=True) if hidden else Known(3 * n, row["sum_levels"] - n)
        up = {"lea": f"region {region.get(scope)}", "region": "state state"}.get(level)
        if up:
            parts[f"{up} {code} {year}"].append(name)
        above = {"practice": domain.get(code), "domain": "all"}.get(row["code_level"])
        if above:
            parts[f"{level} {scope} {above} {year}|codes"].append(name)
    equations = [Equation(total.split("|")[0], tuple(p)) for total, p in parts.items()]
    return [e for e in equations if e.total in known], known


def test_no_reader_finds_out_whether_a_hidden_result_met_its_target(public: Tables) -> None:
    equations, known = targets_met(public)

    assert any(k.hidden for k in known.values())
    assert computed_back(equations, known, counts=False) == []


def test_without_complementary_suppression_the_reader_does(uncovered: Tables) -> None:
    equations, known = targets_met(uncovered)

    assert computed_back(equations, known, counts=False) != []


def test_no_reader_finds_out_a_hidden_answer_of_a_self_reflection(public: Tables) -> None:
    """A row that the mart itself withholds is in no total: where all told parts add up, the reader learns no more."""
    equations, known = ratings(public)
    open_ones = []
    for e in equations:
        hidden = [c for c in (e.total, *e.parts) if known[c].hidden]
        told = sum(known[p].n for p in e.parts)
        if hidden and (known[e.total].hidden or known[e.total].n != told):
            open_ones.append(e)
    cells = {c for e in open_ones for c in (e.total, *e.parts)}

    assert any(k.hidden for k in known.values())
    assert computed_back(open_ones, {c: known[c] for c in cells}) == []


def test_no_result_on_fewer_than_ten_students_or_on_an_untold_number_is_told(public: Tables) -> None:
    told = [r for r in public["fct_measure_year"] if r["actual"] is not None]

    assert told and all(r["n_students"] is not None and r["n_students"] >= 10 for r in told)
    hidden = [r for r in public["fct_measure_year"] if r["suppression"]]
    assert hidden and all(r["actual"] is r["n_students"] is r["is_met"] is None for r in hidden)


def test_an_lea_and_its_schools_never_leave_just_one_figure_open(public: Tables) -> None:
    """Where the students of all schools but one are told, the LEA's own result must not tell the last one's."""
    for lea in (r for r in public["fct_measure_year"] if r["org_id"] == r["lea_id"] and r["n_students"]):
        same = ("lea_id", "school_year", "indicator_family", "unit")
        schools = [
            r
            for r in public["fct_measure_year"]
            if r["org_id"] != r["lea_id"] and all(r[k] == lea[k] for k in same)
        ]
        hidden = [r for r in schools if r["suppression"]]
        rest = lea["n_students"] - sum(r["n_students"] or 0 for r in schools)
        assert len(hidden) != 1 or rest < 0, (lea["lea_id"], lea["school_year"], lea["indicator_family"])


def texts(folder: Path) -> str:
    """Every text in the tables of a folder, and every byte of its other files."""
    found: set[str] = set()
    for file in sorted((folder / "parquet").glob("*.parquet")):
        table = pq.read_table(file)
        for name, column in zip(table.column_names, table.columns, strict=True):
            found.add(name)
            if pa.types.is_string(column.type):
                found |= {str(v) for v in column.unique().to_pylist() if v}
    rest = [p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".parquet", ".duckdb")]
    return "\n".join([*found, *(p.read_text(encoding="utf-8") for p in rest)])


def test_no_person_of_any_submission_is_named_in_public(published_demo: Settings) -> None:
    release = Path(str(published_demo.releases)) / "current"
    with duckdb.connect(str(published_demo.build_file), read_only=True) as db:
        people = {
            str(name)
            for table, column in (("actions", "person_responsible"), ("cover", "prepared_by"))
            for (name,) in db.execute(
                f"select distinct {column} from staging.stg_submission__{table}"
            ).fetchall()
            if name
        }

    said = texts(release / "public")

    assert len(people) > 20 and "Elementary School" in said  # it is searched where names would be
    assert not [name for name in people if name in said]
    database = (release / "public" / "marts.duckdb").read_bytes()
    assert not [name for name in people if name.encode() in database]
