"""Feeds of the demonstration state for §1003: facts of schools, reviewers' scores, Title I by formula, reserves.

Invented, the same every time. A few schools and LEAs are named below, so that every rule of eligibility and every
outcome of the other checks is met somewhere and failed somewhere (docs/eligibility.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from orchestration.demo.words import generator

if TYPE_CHECKING:
    from orchestration.demo.state import District

YEARS = (2023, 2024)
LOCALES = ("11", "21", "31", "41")  # a city, suburb, town and rural one (NCES)
CRITERIA = ("Needs", "Plan", "Capacity")
FORMULAS = (("basic", 0.45), ("concentration", 0.1), ("targeted", 0.22), ("efig", 0.23))

NOT_TITLE1 = {"02010103", "02020104"}  # one of them identified for its graduation rate
FUNDED_SINCE = {"01030103": 2021, "01020101": 2020}  # 2024 is their fourth and fifth year
SERVED_BY_STATE = {"01030107": "2023-06-30", "03030103": ""}  # by approval of the LEA
WITHOUT_PARTNERS = {"01030000"}
WITHOUT_REVIEW = {"02040000"}
NEW_LEA, LOSING_LEA = "03040000", "02010000"  # without a year before; below its floor


def school_facts(seed: int, districts: Iterable[District]) -> list[dict[str, Any]]:
    """Rows of the feed `school_facts`."""
    rows: list[dict[str, Any]] = []

    def say(year: int, org_id: str, fact: str, number: float | str = "", text: str = "") -> None:
        rows.append(
            {"fiscal_year": year, "org_id": org_id, "fact": fact, "number_value": number, "text_value": text}
        )

    for year in YEARS:
        for d in districts:
            rng = generator(seed, "facts", d.lea_id, str(year))
            say(year, d.lea_id, "locale", text=LOCALES[int(d.lea_id[2:4]) % len(LOCALES)])
            if d.lea_id in WITHOUT_PARTNERS:
                say(year, d.lea_id, "has_external_partners", text="false")
            for s in d.schools:
                poor = round(min(max(55 - 14 * s.quality + rng.gauss(0, 4), 5), 98), 1)
                say(year, s.org_id, "poverty_percent", number=poor)
                say(year, s.org_id, "locale", text=LOCALES[int(d.lea_id[2:4]) % len(LOCALES)])
                say(year, s.org_id, "rating", text="FDCBA"[min(max(int(s.quality + 2.5), 0), 4)])
                if s.quality < -0.5:
                    say(year, s.org_id, "depth_below_cut", number=round(-0.5 - s.quality, 2))
                if s.org_id in NOT_TITLE1:
                    say(year, s.org_id, "is_title1", text="false")
                if s.org_id in FUNDED_SINCE:
                    say(year, s.org_id, "first_funded_fiscal_year", number=FUNDED_SINCE[s.org_id])
                if s.org_id in SERVED_BY_STATE:
                    say(year, s.org_id, "is_direct_service", text="true")
                    if SERVED_BY_STATE[s.org_id]:
                        say(year, s.org_id, "direct_service_approved_on", text=SERVED_BY_STATE[s.org_id])
    return rows


def reviewer_scores(seed: int, districts: Iterable[District]) -> list[dict[str, Any]]:
    """Rows of the feed `reviewer_scores`: two reviewers of each application, by three criteria."""
    return [
        {
            "fiscal_year": YEARS[-1],
            "lea_id": d.lea_id,
            "reviewer": reviewer,
            "criterion": criterion,
            "points": generator(seed, "review", d.lea_id, reviewer, criterion).randint(3, 10),
            "points_possible": 10,
        }
        for d in districts
        if d.lea_id not in WITHOUT_REVIEW
        for reviewer in ("1", "2")
        for criterion in CRITERIA
    ]


def title1_formulas(allocations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the feed `title1_formulas`: each LEA's amount of `title1_allocations`, taken apart."""
    rows = []
    for row in allocations:
        year, lea_id, whole = row["fiscal_year"], row["lea_id"], round(float(row["amount"]))
        if lea_id == NEW_LEA and year == YEARS[0]:
            continue
        percent = 8 + 7 * (int(lea_id[1:4]) % 5)  # 8, 15, 22, 29 or 36
        left = whole
        for formula, share in FORMULAS:
            dollars = left if formula == FORMULAS[-1][0] else round(whole * share)
            left -= dollars
            if lea_id == LOSING_LEA and year == YEARS[1] and formula == "targeted":
                dollars = round(dollars * 0.8)
            rows.append(
                {
                    "fiscal_year": year,
                    "lea_id": lea_id,
                    "formula": formula,
                    "amount": f"{dollars}.00",
                    "base_amount": "",
                    "formula_children_percent": percent,
                    "is_eligible": "false" if formula == "concentration" and percent == 8 else "true",
                }
            )
    return rows


def other_reserves() -> list[dict[str, Any]]:
    """Rows of the feed `title1_other_reserves`: one year within the limits, one year not."""
    columns = ("fiscal_year", "reserve", "amount", "parts_acd_amount", "national_acd_amount", "published_limit",
               "consulted_on", "administration_amount")  # fmt: skip
    values: list[tuple[object, ...]] = [
        (2023, "state_administration", 400000, 16000000, 18500000000, "", "", ""),
        (2023, "direct_student_services", 150000, "", "", "", "2023-03-01", 1500),
        (2024, "state_administration", 410000, 16500000, 18600000000, 405000, "", ""),
        (2024, "direct_student_services", 150000, "", "", "", "", 1500),
    ]
    return [dict(zip(columns, row, strict=True)) for row in values]
