"""§1003 awards: published methods and figures of states, and the rules of a method one by one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from award_states import Awards, School, State, method_of, promise

from orchestration.allocation.load import load_method
from orchestration.allocation.model import Method

METHODS = Path(__file__).parents[2] / "examples" / "methods"


@pytest.fixture(scope="module")
def awards(empty_build) -> Iterator[Awards]:
    home, _ = empty_build
    made = Awards(home)
    yield made
    made.db.close()


def preset(name: str):
    return load_method(METHODS / f"{name}.yaml")


def florida_schools() -> dict[str, School]:
    rows = [
        ("S1", "F", 80, 400, 90), ("S2", "F", 60, 600, 90), ("S3", "D", 75, 800, 90), ("S4", "D", 74, 500, 90),
        ("S5", None, 50, 300, 60), ("S6", "D", 90, 900, 67),
    ]  # fmt: skip
    return {
        org: School("L" + org, facts={k: v for k, v in {
            "rating": grade, "poverty_percent": poverty, "enrollment": pupils, "graduation_rate": graduated,
        }.items() if v is not None})
        for org, grade, poverty, pupils, graduated in rows
    }  # fmt: skip


def test_floridas_worked_example_sums_to_the_pool_to_the_cent(awards: Awards) -> None:
    """UniSIG 2017-18: each rounded, the six came to 1,499,999.99; the cent goes to the largest remainder, S6."""
    awards.run({2024: State(150_000_000, preset("grade_poverty_per_pupil"), florida_schools())})
    assert awards.awards() == {
        "S1": 18_872_229, "S2": 27_742_177, "S3": 35_857_236, "S4": 21_938_967, "S5": 2_250_000, "S6": 43_339_391,
    }  # fmt: skip
    assert sum(awards.awards().values()) == 150_000_000


def test_floridas_cap_of_475_dollars_a_pupil_leaves_the_rest_unallocated(awards: Awards) -> None:
    method = preset("grade_poverty_per_pupil_capped")
    awards.run({2024: State(300_000_000, method, florida_schools())})
    found = awards.awards()
    assert found["S1"] == 475_00 * 400 and found["S2"] == 475_00 * 588 and found["S5"] == 35_000_00
    assert found["S6"] == 475_00 * 855 + 50_000_00
    assert awards.unallocated() == 300_000_000 - sum(found.values()) > 0


def test_floridas_grades_of_2016_17_stand_in_the_ratio_of_three_to_two(awards: Awards) -> None:
    schools = {
        f"{g}{n}": School("L", facts={"rating": g}) for g, many in (("F", 7), ("D", 11)) for n in range(many)
    }
    awards.run({2024: State(21_584_615_00, preset("grade_weights"), schools)})
    found = awards.awards()
    assert sum(found.values()) == 21_584_615_00
    for f, d in ((found["F1"], found["D1"]), (57_764_00, 38_510_00)):  # ours, and as published
        assert abs(Fraction(f, d) - Fraction(3, 2)) < Fraction(1, 10_000)


def new_york(**counts: int) -> dict[str, School]:
    """Schools of one LEA by status; the extras fall on its CSI schools."""
    found = {f"{c}{n}": School("D", c) for c in ("CSI", "ATSI", "TSI") for n in range(counts.get(c, 0))}
    for n in range(counts.get("receivership", 0)):
        found[f"CSI{n}"] = School("D", "CSI", {"receivership": "true"})
    return found


def test_new_yorks_amounts_of_2025_26_add_up_by_district(awards: Awards) -> None:
    cases = {
        2024: ({"TSI": 3, "ATSI": 2, "CSI": 1}, 825_000),
        2025: ({"CSI": 1}, 300_000),
        2026: ({"TSI": 12, "ATSI": 4, "CSI": 9, "receivership": 2}, 4_200_000),
    }
    charter = {"charter": School("D", "CSI", {"is_charter": "true"})}
    method = preset("flat_by_status")
    awards.run(
        {y: State(10_000_000_00, method, new_york(**counts) | charter) for y, (counts, _) in cases.items()}
    )
    for year, (_, dollars) in cases.items():
        assert awards.leas(year) == {"D": dollars * 100}
        assert awards.standings(year)["charter"] == "outside_method"
        assert awards.unallocated(year) == (10_000_000 - dollars) * 100


def test_new_yorks_amounts_over_the_pool_are_reduced_by_the_same_share(awards: Awards) -> None:
    awards.run({2024: State(412_500_00, preset("flat_by_status"), new_york(TSI=3, ATSI=2, CSI=1))})
    assert awards.leas() == {"D": 412_500_00}
    assert awards.awards() == {
        "CSI0": 125_000_00, "ATSI0": 75_000_00, "ATSI1": 75_000_00,
        "TSI0": 37_500_00, "TSI1": 37_500_00, "TSI2": 37_500_00,
    }  # fmt: skip


def test_californias_equal_share_spends_the_appropriation_to_the_cent(awards: Awards) -> None:
    """CSI schools of each of its lists, and what it awarded on three of them: four times the first quarter paid."""
    cases = {
        2018: (781, 128_814_636),
        2019: (776, 127_082_000),
        2021: (776, 130_714_172),
        2022: (807, 1),
        2023: (829, 146_014_451),
    }
    method = preset("equal_share_csi")
    awards.run(
        {
            year: State(
                200_000_000_00, method,
                {**{f"{n:03d}": School(f"L{n % 97}", "CSI") for n in range(n_csi)}, "t": School("L1", "TSI")},
                appropriation=Decimal(dollars),
            )
            for year, (n_csi, dollars) in cases.items()
        },
        upto="fct_1003_award_year",
    )  # fmt: skip
    for year, (n_csi, dollars) in cases.items():
        found = awards.awards(year)
        assert found.pop("t") == 0
        assert sum(found.values()) == dollars * 100 == 200_000_000_00 - awards.unallocated(year)
        each, over = divmod(dollars * 100, n_csi)  # the cents left over go to the lowest IDs
        assert [found[o] for o in sorted(found)] == [each + 1] * over + [each] * (n_csi - over)


def test_four_first_quarters_of_california_are_its_appropriation() -> None:
    assert [q * 4 for q in (32_203_659, 31_770_500, 32_678_543)] == [128_814_636, 127_082_000, 130_714_172]


def test_nevadas_order_falls_with_the_years_in_status(awards: Awards) -> None:
    years = {"y1": 1, "y2": 2, "y3": 3, "y4": 4, "y5": 5}
    schools = {o: School("L", "CSI", {"years_in_status": y}) for o, y in years.items()}
    schools |= {"atsi": School("L", "ATSI", {"years_in_status": 4}), "tsi": School("L", "TSI")}
    awards.run({2024: State(13_000_00, preset("status_years_weights"), schools)})
    assert awards.awards() == {
        "y5": 3_000_00, "y4": 3_000_00, "y3": 2_000_00, "y2": 2_000_00, "y1": 1_000_00, "atsi": 1_000_00, "tsi": 1_000_00,
    }  # fmt: skip


def test_colorados_list_is_paid_in_order_until_the_money_ends(awards: Awards) -> None:
    clock = {"accountability_clock": "true"}
    asked = Decimal(70_000)
    schools = {
        "k": School("L", "TSI", requested=asked),
        "j": School("L", "TSI", {"plan_type": "performance"}, asked),
        "e": School("L", "ATSI", clock, asked),
        "d": School("L", "CSI", reason="low_graduation", requested=asked),
        "c": School("B", "CSI", reason="low_performance", requested=Decimal(10_000)),
        "c2": School("A", "CSI", reason="low_performance", requested=asked),
        "b": School("L", "CSI", clock, asked, reason="low_graduation"),
        "a": School("L", "CSI", clock, asked, reason="low_performance"),
        "z": School("L", "CSI", clock, None, reason="low_performance"),
    }
    state = State(270_000_00, preset("priority_list"), schools, ranks={"A": 2, "B": 1})
    awards.run({2024: state})
    assert awards.awards() == {
        "a": 60_000_00, "b": 60_000_00, "c": 10_000_00, "c2": 60_000_00, "d": 60_000_00, "e": 0, "j": 0, "k": 0, "z": 0,
    }  # fmt: skip
    assert awards.standings() | {"e": "list_ended", "k": "list_ended", "z": "not_asked"} == awards.standings()
    assert awards.unallocated() == 20_000_00
    (years,) = awards.db.execute(
        "select distinct last_fiscal_year from fct_1003_award_school where award > 0"
    ).fetchall()
    assert years == (2026,)  # three years, this one the first
    with_rest = Method(**{**vars(state.method), "last_award": "partial"})
    awards.run({2024: State(270_000_00, with_rest, schools, ranks={"A": 2, "B": 1})})
    assert awards.awards()["e"] == 20_000_00 and awards.unallocated() == 0


def test_competition_goes_by_score_and_a_request_below_the_smallest_award_gets_nothing(
    awards: Awards,
) -> None:
    schools = {
        "first": School("best", requested=Decimal(600_000)), "small": School("best", requested=Decimal(49_999)),
        "second": School("next", requested=Decimal(100_000)), "last": School("unscored", requested=Decimal(60_000)),
    }  # fmt: skip
    ranks = {"best": 1, "next": 2}
    awards.run({2024: State(640_000_00, preset("competitive_by_score"), schools, ranks=ranks)})
    assert awards.awards() == {"first": 500_000_00, "second": 100_000_00, "small": 0, "last": 0}
    assert awards.standings() | {"small": "cap_below_minimum", "last": "list_ended"} == awards.standings()
    assert awards.unallocated() == 40_000_00  # below the smallest award, so not given to the next


def test_washingtons_shape_adds_to_an_lea_from_two_thirds_of_its_schools(awards: Awards) -> None:
    schools = {
        "a": School("two of three", facts={"enrollment": 100}), "b": School("two of three", facts={"enrollment": 300}),
        "c": School("half", facts={"enrollment": 100}), "d": School("half"),
    }  # fmt: skip
    facts = {"two of three": {"identified_percent": Decimal("66.6667")}, "half": {"identified_percent": 50}}
    awards.run({2024: State(270_000_00, preset("base_plus_enrollment"), schools, lea_facts=facts)})
    assert awards.awards() == {"a": 50_000_00, "b": 70_000_00, "c": 50_000_00, "d": 40_000_00}
    assert awards.leas() == {"two of three": 180_000_00, "half": 90_000_00}
    (told,) = awards.db.execute(
        "select sentence from fct_1003_award_step where step = 'part_unknown'"
    ).fetchall()
    assert told == ("By student count: the count (enrollment) is not known, so nothing.",)


def test_texas_pays_10_000_dollars_for_each_campus_that_title1_serves(awards: Awards) -> None:
    schools = {
        o: School("L", c, {"is_title1": t})
        for o, c, t in (("a", "CSI", "true"), ("b", "TSI", "true"), ("c", "CSI", "false"))
    }
    awards.run({2024: State(50_000_00, preset("flat_10000"), {**schools, "unknown": School("L")})})
    assert awards.awards() == {"a": 10_000_00, "b": 10_000_00, "c": 0, "unknown": 0}


def test_indiana_pays_what_is_asked_up_to_40_000_dollars(awards: Awards) -> None:
    schools = {
        "a": School("L", requested=Decimal("39999.99")),
        "b": School("L", requested=Decimal(90_000)),
        "c": School("L"),
    }
    awards.run({2024: State(100_000_00, preset("requested_up_to_40000"), schools)})
    assert awards.awards() == {"a": 39_999_99, "b": 40_000_00, "c": 0}


def test_every_preset_awards_and_each_step_is_told_in_words(awards: Awards) -> None:
    schools = {
        f"s{n}": School(
            f"L{n % 3}", ("CSI", "ATSI", "TSI")[n % 3],
            {"enrollment": 90 + 150 * n, "rating": "FD"[n % 2], "poverty_percent": 60 + 5 * n, "graduation_rate": 60 + n,
             "is_title1": "true", "years_in_status": n},
            requested=Decimal(30_000 + 9_000 * n), reason="low_performance", planning=n == 4,
        )
        for n in range(9)
    }  # fmt: skip
    presets = dict(enumerate(sorted(METHODS.glob("*.yaml")), 2020))
    awards.run({year: State(400_000_00, load_method(path), schools) for year, path in presets.items()})
    for year, path in presets.items():
        assert sum(awards.awards(year).values()) > 0, path.stem
    steps = awards.db.execute("select sentence from fct_1003_award_step").fetchall()
    assert all(text and "{" not in text and "  " not in text for (text,) in steps), steps


EQUAL = "{parts: [{label: Share, unit: school, weight: 1}], fill: scale_to_pool%s}"


def equal(more: str = "") -> Method:
    return method_of(EQUAL % more)


def test_a_smallest_award_is_raised_to_by_those_above_it(awards: Awards) -> None:
    method = method_of(
        "{parts: [{label: P, unit: pupil, weight: 1}], fill: scale_to_pool, minimum: {answer: raise, amount: {CSI: 20}}}"
    )
    schools = {
        o: School("L", c, {"enrollment": n})
        for o, c, n in (("a", "CSI", 10), ("b", "CSI", 60), ("c", "TSI", 30), ("d", "TSI", 1))
    }
    awards.run({2024: State(102_00, method, schools)})
    # 20.00 for a; 82.00 among 91 pupils
    assert awards.awards() == {"a": 20_00, "b": 54_07, "c": 27_03, "d": 90}
    assert awards.unallocated() == 0


def test_smallest_awards_that_cannot_be_met_stop_the_build_and_list_the_options(awards: Awards) -> None:
    schools = {f"s{n}": School("L") for n in range(4)}
    state = State(100_00, equal(", minimum: {answer: raise, amount: 25.01}"), schools)
    with pytest.raises(duckdb.Error) as stopped:
        awards.run({2024: state})
    said = str(stopped.value)
    assert "Fiscal year 2024: the smallest awards of method m2024 come to 100.04 for 4 schools" in said
    assert "the new money is 100.00" in said and "to 25.00 where it is the same for all" in said
    assert "minimum.answer: drop" in said and "0.04 more to award" in said
    awards.run({2024: State(100_04, state.method, schools)})
    assert set(awards.awards().values()) == {25_01}


def test_dropping_leaves_out_the_last_in_priority_until_the_others_reach_the_smallest_award(
    awards: Awards,
) -> None:
    schools = {f"s{n}": School(f"L{n}") for n in range(4)}
    state = State(
        100_00, equal(", minimum: {answer: drop, amount: 30}"), schools, ranks={"L3": 1, "L0": 2, "L2": 3}
    )
    awards.run({2024: state})
    assert awards.awards() == {"s3": 33_33, "s0": 33_34, "s2": 33_33, "s1": 0}
    assert awards.standings()["s1"] == "dropped"


def test_what_a_cap_frees_goes_to_the_others(awards: Awards) -> None:
    schools = {
        "a": School("L", requested=Decimal(10)),
        "b": School("L", requested=Decimal(100)),
        "c": School("L", "TSI", requested=Decimal(100)),
    }
    awards.run({2024: State(90_00, equal(", caps: {requested: true, school: {TSI: 20}}"), schools)})
    assert awards.awards() == {"a": 10_00, "b": 60_00, "c": 20_00}


def test_a_cap_at_the_smallest_award_is_paid_and_one_below_it_is_not(awards: Awards) -> None:
    schools = {"at": School("L", requested=Decimal(20)), "below": School("L", requested=Decimal("19.99"))}
    more = ", caps: {requested: true}, minimum: {answer: raise, amount: 20}"
    awards.run({2024: State(90_00, equal(more), schools)}, upto="fct_1003_award_year")
    assert awards.awards() == {"at": 20_00, "below": 0}
    assert awards.standings()["below"] == "cap_below_minimum"


def test_an_leas_cap_is_shared_by_its_schools_and_frees_the_rest(awards: Awards) -> None:
    schools = {"a": School("L"), "b": School("L"), "c": School("L"), "d": School("M")}
    awards.run({2024: State(100_00, equal(", caps: {lea: 50}"), schools)})
    assert awards.awards() == {"a": 16_67, "b": 16_67, "c": 16_66, "d": 50_00}
    assert awards.leas() == {"L": 50_00, "M": 50_00}


def test_smallest_awards_above_an_leas_cap_stop_the_build_by_its_name(awards: Awards) -> None:
    schools = {o: School("L") for o in "abc"}
    with pytest.raises(
        duckdb.Error, match=r"LEA L: the smallest awards of its schools come to 60.00.*caps.lea"
    ):
        awards.run(
            {2024: State(100_00, equal(", caps: {lea: 50}, minimum: {answer: raise, amount: 20}"), schools)}
        )


def test_promises_are_paid_first_and_only_within_their_term_and_with_approval(awards: Awards) -> None:
    schools = {o: School("L") for o in ("goes on", "old", "new", "service", "unapproved")}
    promises = [
        promise("A", "goes on", "L", 40_00),
        promise("B", "old", "L", 30_00, first=4),  # the fifth year of four
        promise("C", "service", "L", 7_00, is_direct_service=True, lea_approved_on="2024-05-01", recipient_id="helper",
                recipient_kind="provider"),
        promise("D", "unapproved", "L", 9_00, is_direct_service=True),
        promise("E", "L", "L", 3_00),
    ]  # fmt: skip
    awards.run({2024: State(110_00, equal(), schools, promises=promises)})
    assert awards.awards() == {
        "goes on": 40_00,
        "service": 7_00,
        "old": 20_00,
        "new": 20_00,
        "unapproved": 20_00,
    }
    assert awards.leas() == {"L": 110_00}
    row = awards.db.execute(
        "select recipient_id, recipient_kind, direct_services, first_fiscal_year, last_fiscal_year"
        " from fct_1003_award_school where org_id = 'service'"
    ).fetchone()
    assert row == ("helper", "provider", Decimal("7.00"), 2023, 2026)
    unpaid = awards.db.execute(
        "select scope_id, changed_by, sentence from fct_1003_award_step where step = 'commitment_unpaid' order by all"
    ).fetchall()
    assert [(u[0], u[1]) for u in unpaid] == [("old", 0), ("unapproved", 0)]
    assert "its term" in unpaid[0][2] and "has not approved" in unpaid[1][2]


def test_an_lea_with_a_promise_and_no_eligible_school_is_told_as_promised(awards: Awards) -> None:
    schools = {"s": School("L", eligible=False), "t": School("M", eligible=False)}
    awards.run({2024: State(9_00, equal(), schools, promises=[promise("A", "L", "L", 4_00)])})
    found = awards.db.execute(
        "select lea_id, standing, award, own_part from fct_1003_award order by 1"
    ).fetchall()
    assert found == [("L", "committed", 4, 4), ("M", "not_eligible", 0, 0)]


def test_a_corrected_promise_counts_once(awards: Awards) -> None:
    promises = [promise("A", "s", "L", 90_00), promise("A", "s", "L", 40_00, received_at="2024-02-01")]
    awards.run({2024: State(100_00, equal(), {"s": School("L"), "t": School("L")}, promises=promises)})
    assert awards.awards() == {"s": 40_00, "t": 60_00}


def test_promises_above_the_pool_stop_the_build_and_list_the_options(awards: Awards) -> None:
    state = State(10_00, equal(), {"s": School("L")}, promises=[promise("A", "s", "L", 10_01)])
    with pytest.raises(
        duckdb.Error, match=r"promises 10.01 and 10.00 can be awarded. Options: .*title1_pools"
    ):
        awards.run({2024: state})


def test_a_planning_year_gets_its_own_level_and_later_years_are_planned_in_full(awards: Awards) -> None:
    method = method_of(
        "{parts: [{label: A, unit: school, amount: 100}], fill: ratable_if_over, years: 4, planning_year_percent: 30,"
        " minimum: {answer: raise, amount: 80}, lea_retained_percent: 12.5}"
    )
    schools = {"plans": School("L", planning=True, years=3), "full": School("L", years=4)}
    awards.run({2024: State(1_000_00, method, schools)})
    found = awards.db.execute(
        "select org_id, award, full_year_award, planned_later, last_fiscal_year, retained_by_lea, at_school, smallest_award"
        " from fct_1003_award_school order by org_id desc"
    ).fetchall()
    assert found == [
        ("plans", 30, 100, 200, 2026, Decimal("3.75"), Decimal("26.25"), 24),
        ("full", 100, 100, 300, 2027, Decimal("12.50"), Decimal("87.50"), 80),
    ]


def test_more_years_than_the_law_allows_stop_the_build(awards: Awards) -> None:
    with pytest.raises(duckdb.Error, match=r"gives awards of 5 years; §1003\(c\) allows 4"):
        awards.run({2024: State(1_00, equal(", years: 5"), {"s": School("L")})})


def test_a_consortium_is_paid_in_place_of_the_lea_and_the_lea_keeps_its_row(awards: Awards) -> None:
    schools = {
        "a": School("L", recipient="ESA7", facts={"recipient_kind": "service_agency"}),
        "b": School("L"),
    }
    awards.run({2024: State(100_00, equal(), schools)})
    paid = awards.db.execute(
        "select org_id, recipient_id, recipient_kind from fct_1003_award_school order by 1"
    ).fetchall()
    assert paid == [("a", "ESA7", "service_agency"), ("b", "L", "lea")]
    assert awards.db.execute("select recipient_ids, award from fct_1003_award").fetchall() == [
        ("ESA7,L", 100)
    ]


@pytest.mark.parametrize(
    ("bound", "fits"), [("from", "bc"), ("above", "c"), ("until", "a"), ("at_most", "ab")]
)  # fmt: skip
def test_a_bound_holds_or_not_at_its_own_number_and_never_of_what_is_not_known(
    awards: Awards, bound: str, fits: str
) -> None:
    method = method_of(
        f"{{parts: [{{label: A, unit: school, amount: 1, where: [{{fact: x, {bound}: 50}}]}}], fill: ratable_if_over}}"
    )
    schools = {
        o: School("L", facts={"x": v})
        for o, v in (("a", Decimal("49.9999")), ("b", 50), ("c", Decimal("50.0001")))
    }
    awards.run(
        {
            2024: State(
                9_00, method, {**schools, "unknown": School("L"), "text": School("L", facts={"x": "50"})}
            )
        }
    )
    assert {o for o, c in awards.awards().items() if c} == set(fits)


def test_a_year_without_a_method_awards_its_promises_only(awards: Awards) -> None:
    state = State(
        100_00, None, {"s": School("L"), "t": School("L")}, promises=[promise("A", "s", "L", 40_00)]
    )
    awards.run({2024: state})
    assert awards.awards() == {"s": 40_00} and awards.unallocated() == 60_00


def test_a_region_left_out_is_told_until_it_is_justified(awards: Awards) -> None:
    schools = {
        "a": School("L", facts={"region": "North", "locale": "11"}, requested=Decimal(50)),
        "b": School("M", "TSI", facts={"region": "South", "locale": "43"}, requested=Decimal(60)),
        "c": School("N", "TSI", facts={"region": "West", "locale": "12"}, eligible=False),
    }  # fmt: skip
    text = "{kind: competitive, parts: [{label: A, unit: school, amount: requested}], fill: priority_cut, geography: required}"
    ranks = {"L": 1, "M": 2}
    awards.run(
        {
            2024: State(70_00, method_of(text), schools, ranks=ranks),
            2025: State(
                70_00,
                method_of(text),
                schools,
                ranks=ranks,
                justifications=[("region", "South", "Next year")],
            ),
        }
    )
    rows = awards.db.execute("select fiscal_year, group_name, standing from rpt_1003_geography").fetchall()
    found = {(y, g): s for y, g, s in rows}
    assert found[2024, "North"] == found[2024, "city"] == "has an award"
    assert found[2024, "South"] == found[2024, "rural"] == found[2025, "rural"] == "left out"
    assert found[2025, "South"] == "justified" and found[2024, "West"] == "nobody eligible"
