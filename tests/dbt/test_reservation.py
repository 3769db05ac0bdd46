"""The §1003 reservation: published figures, and what must hold on any state's amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.demo.state import DEMO_STATE, write_demo_state
from orchestration.errors import BuildError
from orchestration.feeds.load import load_feeds
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt

MODELS = ("int_1003_room", "int_1003_reservation", "int_1003_shares")
# Congressional Research Service R48607, Title I-A of fiscal year 2023 in thousands of dollars, 7 per cent of
# it and at least 95 per cent of that
PUBLISHED = {
    "all states": (18_179_602, 1_272_572, 1_208_944),
    "CA": (2_108_516, 147_596, 140_216),
    "TX": (1_813_228, 126_926, 120_580),
    "NY": (1_454_590, 101_821, 96_730),
    "FL": (1_037_800, 72_646, 69_014),
    "OH": (654_440, 45_811, 43_520),
    "NJ": (465_623, 32_594, 30_964),
    "WA": (304_013, 21_281, 20_217),
    "IN": (286_422, 20_050, 19_047),
    "WI": (242_679, 16_988, 16_138),
    "CO": (187_782, 13_145, 12_488),
    "NV": (173_053, 12_114, 11_508),
    "OR": (164_133, 11_489, 10_915),
    "NH": (52_870, 3_701, 3_516),
}


@dataclass
class Money:
    """The models over amounts given in cents."""

    db: duckdb.DuckDBPyConnection
    sql: dict[str, str]

    def reserve(
        self, leas: dict[str, tuple[int, int]], fiscal_year: int = 2024
    ) -> tuple[int, int, dict[str, tuple[int, int]]]:
        """Target, reserved, and by LEA what it gives with a floor and in proportion to its gain."""
        for model in ("int_title1_amounts", *MODELS):
            self.db.execute(f"drop table if exists {model}")
        self.db.execute(
            "create table int_title1_amounts (fiscal_year bigint, version varchar, school_year varchar,"
            " is_standing boolean, lea_id varchar, lea_name varchar, amount decimal(18,2),"
            " prior_amount decimal(18,2), is_prior_year_loaded boolean)"
        )
        self.db.executemany(
            f"insert into int_title1_amounts values ({fiscal_year}, 'final', '2024-25', true, ?, ?,"
            " ?::decimal(18,2) * 0.01::decimal(3,2), ?::decimal(18,2) * 0.01::decimal(3,2), true)",
            [(lea, lea, amount, prior) for lea, (amount, prior) in leas.items()],
        )
        for model in MODELS:
            self.db.execute(f"create table {model} as {self.sql[model]}")
        target, reserved = self.db.execute(
            "select target_cents, reserved_cents from int_1003_reservation"
        ).fetchone()
        rows = self.db.execute(
            "select lea_id, with_floor_cents, to_gain_cents from int_1003_shares"
        ).fetchall()
        return target, reserved, {lea: (floor, gain) for lea, floor, gain in rows}


@pytest.fixture(scope="module")
def money(empty_build) -> Iterator[Money]:
    """The SQL that dbt ran, over tables named as their models."""
    home, _ = empty_build
    compiled = home.warehouse / "dbt" / "compiled"
    sql = {}
    for model in MODELS:
        (path,) = compiled.glob(f"*/models/intermediate/{model}.sql")
        sql[model] = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", Path(path).read_text(encoding="utf-8"))
    with duckdb.connect() as db:
        db.execute(
            "create table int_policy_years (school_year varchar, parameter varchar, number_value double)"
        )
        db.execute(f"attach '{home.build_file}' as built (read_only)")
        db.execute("create table law_1003 as select * from built.seeds.law_1003")
        yield Money(db, sql)


@pytest.mark.parametrize("state", PUBLISHED)
def test_seven_per_cent_is_what_was_published(money: Money, state: str) -> None:
    total, target, _ = PUBLISHED[state]
    found, reserved, _ = money.reserve({"all": (total * 100_000, 0)})
    assert round(Fraction(found, 100_000)) == target
    assert reserved == found


def test_before_fiscal_year_2018_losing_leas_gave_too(money: Money) -> None:
    leas = {"a": (1_000_00, 2_000_00), "b": (1_000_00, 1_000_00)}
    assert money.reserve(leas, 2017)[1:] == (140_00, {"a": (70_00, 70_00), "b": (70_00, 70_00)})
    assert money.reserve(leas, 2018)[1] == 0


amounts = st.integers(0, 5_000_000_00)
states = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.tuples(amounts, amounts), min_size=1, max_size=12
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(states, st.data())
def test_on_any_state_the_sum_is_exact_and_nobody_falls_below_its_floor(
    money: Money, leas: dict[str, tuple[int, int]], data: st.DataObject
) -> None:
    target, reserved, given_by = money.reserve(leas)
    room = {lea: max(0, amount - prior) for lea, (amount, prior) in leas.items()}
    assert reserved == min(target, sum(room.values()))
    assert set(given_by) == set(leas)
    for way in (0, 1):
        assert sum(g[way] for g in given_by.values()) == reserved
        assert all(0 <= g[way] <= room[lea] for lea, g in given_by.items())
    # with a floor: nobody who is not at its floor gives a smaller share than somebody else, a cent apart
    shares = [
        Fraction(g[0], leas[lea][0]) for lea, g in given_by.items() if leas[lea][0] and g[0] < room[lea]
    ]
    for lea, g in given_by.items():
        if leas[lea][0] and shares:
            assert all(
                Fraction(g[0] - 1, leas[lea][0]) <= s + Fraction(1, min(a for a, _ in leas.values() if a))
                for s in shares
            )
    shuffled = data.draw(st.permutations(list(leas)))
    assert money.reserve({lea: leas[lea] for lea in shuffled}) == (target, reserved, given_by)
    raised = data.draw(st.sampled_from(sorted(leas)))
    more = {**leas, raised: (leas[raised][0], leas[raised][1] + data.draw(st.integers(1, 1_000_000)))}
    assert money.reserve(more)[1] <= reserved


def test_an_lea_without_the_year_before_stops_the_night_by_name(tmp_path: Path) -> None:
    home = Settings.at(tmp_path, DEMO_STATE)
    write_demo_state(tmp_path)
    path = tmp_path / "feeds" / "title1_allocations.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    gone = next(n for n, line in enumerate(lines) if line.startswith("2023,"))
    lea = lines[gone].split(",")[lines[0].split(",").index("lea_id")]
    path.write_text("\n".join(lines[:gone] + lines[gone + 1 :]) + "\n", encoding="utf-8")
    policy, as_of = load_policy(home.state), datetime(2100, 1, 1)
    load_feeds(home, policy, as_of)
    prepare_build_file(home, policy, as_of)
    with pytest.raises(BuildError, match=f"fiscal year 2024: LEA {lea} .*has no amount of the year before"):
        dbt(["build", "--select", "+fct_1003_reservation", "--exclude-resource-type", "unit_test"], home)
