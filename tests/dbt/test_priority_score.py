"""The priority score on any state: exact places, points that sum, missing data, and no order of input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MODELS = ("int_1003_score_ranks", "int_1003_score_points", "int_1003_lea_scores")
WEIGHTS = {"concentration": 30, "need_years": 40, "commitment_plan": 30}
Row = tuple[str, str, int, int]  # LEA, component, numerator, denominator


@dataclass
class Score:
    """The models over rows of need and commitment."""

    db: duckdb.DuckDBPyConnection
    sql: dict[str, str]

    def of(self, rows: Sequence[Row], missing: str) -> dict[str, tuple[Fraction, int, bool]]:
        """By LEA its points, rank and whether any component of it rests on data."""
        for model in (*MODELS, "int_1003_score_need", "int_1003_score_commitment", "int_1003_schools"):
            self.db.execute(f"drop table if exists {model}")
        self.db.execute(
            f"create or replace table int_1003_settings as select 2024 as fiscal_year, '{missing}' as score_missing"
        )
        for table, is_own in (("need", False), ("commitment", True)):
            self.db.execute(
                f"create table int_1003_score_{table} (fiscal_year bigint, lea_id varchar, component varchar,"
                " numerator decimal(18,4), denominator decimal(18,4))"
            )
            own = [r for r in rows if r[1].startswith("commitment") == is_own]
            if own:
                self.db.executemany(f"insert into int_1003_score_{table} values (2024, ?, ?, ?, ?)", own)
        self.db.execute(
            "create table int_1003_schools as select fiscal_year, lea_id, lea_id || '-1' as org_id, true as is_eligible"
            " from int_1003_score_need where component = 'concentration'"
        )
        for model in MODELS:
            self.db.execute(f"create table {model} as {self.sql[model]}")
        found = self.db.execute(
            "select lea_id, points, score_rank, is_scored from int_1003_lea_scores"
        ).fetchall()
        return {lea: (Fraction(points), rank, scored) for lea, points, rank, scored in found}


@pytest.fixture(scope="module")
def score(empty_build) -> Iterator[Score]:
    """The SQL that dbt ran, over tables named as their models."""
    home, _ = empty_build
    compiled = home.warehouse / "dbt" / "compiled"
    sql = {}
    for model in (*MODELS, "int_1003_score_weights"):
        (path,) = compiled.glob(f"*/models/intermediate/{model}.sql")
        sql[model] = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", path.read_text(encoding="utf-8"))
    with duckdb.connect() as db:
        db.execute(f"attach '{home.build_file}' as built (read_only)")
        db.execute("create table score_components as select * from built.seeds.score_components")
        stated = ",".join(f"{c}={w}" for c, w in WEIGHTS.items())
        db.execute(
            f"create table int_1003_settings as select 2024 as fiscal_year, '{stated}' as score_weights"
        )
        db.execute(f"create table int_1003_score_weights as {sql['int_1003_score_weights']}")
        yield Score(db, sql)


def places(values: dict[str, Fraction]) -> dict[str, Fraction]:
    """Those below and half of those equal, of all others."""
    others = len(values) - 1
    if not others:
        return dict.fromkeys(values, Fraction(1, 2))
    return {
        lea: (
            sum(v < own for v in values.values()) + Fraction(sum(v == own for v in values.values()) - 1, 2)
        )
        / others
        for lea, own in values.items()
    }  # fmt: skip


def expected(rows: Sequence[Row], missing: str) -> dict[str, Fraction]:
    """The points of the reference's section 5.3, exactly."""
    leas = sorted({lea for lea, component, _, _ in rows if component == "concentration"})
    by_component: dict[str, dict[str, Fraction]] = {c: {} for c in WEIGHTS}
    numbers = {}
    for lea, component, numerator, denominator in rows:
        if denominator:
            by_component[component][lea] = Fraction(numerator, denominator)
        if component == "concentration":
            numbers[lea] = Fraction(numerator)
    ranked = {c: places(values) for c, values in by_component.items()}
    ranked["concentration"] = {
        lea: max(place, places(numbers)[lea]) for lea, place in ranked["concentration"].items()
    }
    points = {}
    for lea in leas:
        kept = {c: w for c, w in WEIGHTS.items() if missing == "neutral" or lea in ranked[c]}
        earned = sum(w * ranked[c].get(lea, Fraction(1, 2)) for c, w in kept.items())
        points[lea] = earned * 100 / sum(kept.values())
    return points


@st.composite
def states(draw: st.DrawFn) -> list[Row]:
    """A few LEAs with small figures, so that ties are frequent; some have no record."""
    rows: list[Row] = []
    for n in range(draw(st.integers(1, 8))):
        identified = draw(st.integers(1, 4))
        lea = f"{n:02d}"
        rows.append((lea, "concentration", identified, identified + draw(st.integers(0, 4))))
        rows.append((lea, "need_years", identified * draw(st.integers(1, 3)), identified))
        asked = draw(st.sampled_from([None, 1, 2, 4, 6]))
        if asked:
            of = draw(st.sampled_from([1, 1, 11_689_000_000]))  # criteria, or the cents of a large LEA
            rows.append((lea, "commitment_plan", draw(st.integers(0, asked)) * of, asked * of))
    return rows


@settings(max_examples=25, deadline=None, derandomize=True)
@given(states(), st.sampled_from(["neutral", "reweight"]), st.data())
def test_on_any_state_the_points_are_exact_and_shuffled_rows_give_the_same_ranks(
    score: Score, rows: list[Row], missing: str, data: st.DataObject
) -> None:
    found = score.of(rows, missing)
    exact = expected(rows, missing)
    assert found.keys() == exact.keys()
    for lea, points in exact.items():
        assert abs(found[lea][0] - points) <= Fraction(1, 20_000)
    assert sorted(rank for _, rank, _ in found.values()) == list(range(1, len(exact) + 1))
    assert all(found[a][1] < found[b][1] for a in exact for b in exact if found[a][0] > found[b][0])
    equal = {(a, b) for a in exact for b in exact if exact[a] == exact[b]}
    assert all(found[a][0] == found[b][0] for a, b in equal)
    assert score.of(data.draw(st.permutations(rows)), missing) == found


def test_a_missing_record_never_counts_as_nothing(score: Score) -> None:
    rows: list[Row] = [(lea, c, 1, 2) for lea in ("a", "b") for c in ("concentration", "need_years")]
    for missing in ("neutral", "reweight"):
        found = score.of([*rows, ("a", "commitment_plan", 1, 2)], missing)
        assert found["a"][0] == found["b"][0] == 50


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("concentration=30,need_years=60", "for fiscal year 2024: the points sum to 90.0, not to 100"),
        ("concentration=30,luck=70", "for fiscal year 2024: there is no component luck"),
    ],
)
def test_weights_that_cannot_be_used_stop_the_night_and_say_so(score: Score, weights: str, said: str) -> None:
    with score.db.cursor() as db:
        db.execute(
            "create or replace temp table int_1003_settings (fiscal_year bigint, score_weights varchar)"
        )
        db.execute("insert into int_1003_settings values (2024, ?)", [weights])
        with pytest.raises(duckdb.Error, match=said):
            db.execute(score.sql["int_1003_score_weights"]).fetchall()
        db.execute("drop table temp.int_1003_settings")
