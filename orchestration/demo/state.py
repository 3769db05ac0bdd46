"""The embedded demonstration state: invented LEAs and schools, as the feed files that a state would hold.

Same bytes and times every run. Its policy and feed mapping stand in `state/` beside this file. A
smaller state is the first LEAs of the full one, each with the same schools and figures.
"""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.demo import award_1003, facts_1003
from orchestration.demo.federal import title1_schools
from orchestration.demo.state_duties import own_actions, own_duties
from orchestration.demo.state_results import GROUPS, indicators, summative
from orchestration.demo.subgrants import subgrants
from orchestration.demo.words import generator
from orchestration.school_year import period_range

DEMO_STATE = Path(__file__).parent / "state"  # policy.yaml and feeds.yaml
DEMO_PERIODS = tuple(period_range("2023-08", "2024-05"))
DEMO_AS_OF = datetime(2024, 6, 20)
DEMO_SEED = 7
DEMO_LEAS = 12
RECEIVED = datetime(2023, 7, 1, tzinfo=UTC)
# the state hands in what it did of its duties by these days
ACTED_UNTIL = (date(2023, 7, 1), date(2024, 1, 14), date(2024, 6, 14))

REGIONS = ("North Region", "River Region", "Coast Region")
NAMES = (
    "Alder Valley",
    "Birch Creek",
    "Cedar Falls",
    "Dover Plains",
    "Elm Grove",
    "Fox Hollow",
    "Granite Bay",
    "Hazel Ridge",
    "Iron Springs",
    "Juniper Flats",
    "Kestrel Point",
    "Laurel Heights",
)
SCHOOLS_OF = (9, 6, 5, 4, 4, 3, 7, 5, 5, 4, 4, 4)  # 60 schools in 12 LEAs
KINDS = (("Elementary", "K-5"), ("Elementary", "K-5"), ("Middle", "6-8"), ("High", "9-12"))
CLOSED_SCHOOL, NEW_SCHOOL = "01010109", "02020103"  # one closed and one opened between the two directories
RECEIVING_SCHOOL = "01010101"  # took in the pupils of the closed one
# fiscal year and dollars of Title I for each poor child
YEAR_BEFORE = ((2022, 1_440),)  # what the first reservation is capped by
TITLE1_YEARS = ((2023, 1_480), (2024, 1_515))

# shares of schools by designation; a high school may instead be designated for its graduation rate
CATEGORIES = (
    ("CSI", "low_performance", 0.10),
    ("ATSI", "low_subgroup", 0.17),
    ("TSI", "underperforming_subgroup", 0.17),
)
STATUS = {
    "low_performance": "CSI Low Performance",
    "low_graduation": "CSI Low Graduation",
    "low_subgroup": "Additional Targeted Support",
    "underperforming_subgroup": "Targeted Support",
    "": "No Status",
}


@dataclass(frozen=True)
class School:
    """One school of the demonstration state; `quality` moves all its results together."""

    org_id: str
    lea_id: str
    name: str
    kind: str
    grades: str
    enrollment: int
    quality: float


@dataclass(frozen=True)
class District:
    """One LEA of the demonstration state."""

    lea_id: str
    name: str
    region: str
    schools: tuple[School, ...]


def write_demo_state(home: Path, leas: int = DEMO_LEAS) -> None:
    """Write the demonstration state's feed files to `<home>/feeds`, of its first `leas` LEAs."""
    districts = _districts()[:leas]
    files = {
        "directory_2022.csv": _directory(districts, "2022-07-01"),
        "directory_2023.csv": _directory(districts, "2023-07-01"),
        "designations_2022-23.csv": _designations(districts, "2022-23"),
        "designations_2023-24.csv": _designations(districts, "2023-24"),
        "organization_links.csv": _links(),
        "title1_allocations.csv": _title1(districts),
        "state_duties.csv": own_duties(),
        "indicator_results.csv": indicators(districts, _listed, NEW_SCHOOL),
        "summative_results.csv": summative(districts, _listed, NEW_SCHOOL),
        "title1_allocations_2022.csv": _title1(districts, YEAR_BEFORE),
        "title1_formulas.csv": facts_1003.title1_formulas(_title1(districts)),
        "title1_other_reserves.csv": facts_1003.other_reserves(),
        "school_facts.csv": facts_1003.school_facts(DEMO_SEED, districts),
        "subgrants.csv": subgrants(districts),
        "reviewer_scores.csv": facts_1003.reviewer_scores(DEMO_SEED, districts),
        "spending_gates.csv": award_1003.spending_gates(),
        "excess_consultations.csv": award_1003.excess_consultations(),
    }
    files["title1_schools.csv"] = title1_schools(files["designations_2023-24.csv"])
    received = dict.fromkeys(files, RECEIVED)
    lists = files["designations_2022-23.csv"] + files["designations_2023-24.csv"]
    for since, until in pairwise((date(2000, 1, 1), *ACTED_UNTIL)):
        name = f"state_actions_{until}.csv"
        actions = own_actions(DEMO_SEED, lists, [d.lea_id for d in districts], since, until)
        if not actions:
            continue
        files[name] = actions
        received[name] = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    for name, rows in files.items():
        path = home / "feeds" / name
        storage.write_whole(path, _csv(rows))
        os.utime(path, (received[name].timestamp(), received[name].timestamp()))


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _districts() -> list[District]:
    districts = []
    for n, (name, how_many) in enumerate(zip(NAMES, SCHOOLS_OF, strict=True)):
        # one LEA of each region in turn, so that even a small state has several regions
        region = n % len(REGIONS) + 1
        number = n // len(REGIONS) + 1
        code = f"{region:02d}{number:02d}"
        rng = generator(DEMO_SEED, "district", code)
        quality = rng.gauss(0, 0.5)
        schools = []
        for k in range(1, how_many + 1):
            kind, grades = KINDS[k % len(KINDS)]
            schools.append(
                School(
                    f"{code}01{k:02d}",
                    f"{code}0000",
                    f"{name} {kind} School {k}",
                    kind,
                    grades,
                    rng.randint(90, 900),
                    quality + rng.gauss(0, 0.8),
                )
            )
        districts.append(
            District(f"{code}0000", f"{name} School District", REGIONS[region - 1], tuple(schools))
        )
    return districts


def _directory(districts: Sequence[District], effective_on: str) -> list[dict[str, Any]]:
    rows = []
    for n, d in enumerate(districts, 1):
        common = {"effective_on": effective_on, "region": d.region, "nces_lea_id": f"99{n:05d}"}
        rows.append(
            {
                **common,
                "org_id": d.lea_id,
                "org_level": "lea",
                "lea_id": d.lea_id,
                "org_name": d.name,
                "status": "open",
                "opened_on": "1990-07-01",
                "closed_on": "",
                "is_charter": "",
                "school_type": "",
                "grades_served": "",
                "nces_school_id": "",
            }
        )
        for k, s in enumerate(d.schools, 1):
            is_later = effective_on >= "2023-07-01"
            if s.org_id == NEW_SCHOOL and not is_later:
                continue
            closed = s.org_id == CLOSED_SCHOOL and is_later
            rows.append(
                {
                    **common,
                    "org_id": s.org_id,
                    "org_level": "school",
                    "lea_id": d.lea_id,
                    "org_name": s.name,
                    "status": "closed" if closed else "open",
                    "opened_on": "2023-07-01" if s.org_id == NEW_SCHOOL else "1996-08-15",
                    "closed_on": "2023-07-01" if closed else "",
                    "is_charter": "true" if s.org_id.endswith("05") else "false",
                    "school_type": s.kind,
                    "grades_served": s.grades,
                    "nces_school_id": f"{n:02d}{k:03d}",
                }
            )
    return rows


def _links() -> list[dict[str, Any]]:
    """The closed school's pupils went to another one: the state says so."""
    return [
        {
            "org_id": CLOSED_SCHOOL,
            "successor_id": RECEIVING_SCHOOL,
            "kind": "merged",
            "effective_on": "2023-07-01",
            "carries_status": "",
            "source": "Board resolution of 12 April 2023 (invented)",
        }
    ]


def _designation(school: School, year: str) -> tuple[str, str]:
    """Category and reason of a school; most stay from year to year."""
    rng = generator(DEMO_SEED, "designation", school.org_id)
    draw = rng.random()
    moved = generator(DEMO_SEED, "designation", school.org_id, year).random()
    if moved < 0.12:
        draw = moved / 0.12
    if school.kind == "High" and draw > 0.78:
        return "CSI", "low_graduation"
    for category, reason, share in CATEGORIES:
        if draw < share:
            return category, reason
        draw -= share
    return "none", ""


def _exited(school: School, category: str) -> str:
    """The category that a school left for one of less support, or for none; "" where it left none."""
    before, _ = ("none", "") if school.org_id == NEW_SCHOOL else _designation(school, "2022-23")
    order = [*(c for c, _, _ in CATEGORIES), "none"]
    return before if before != "none" and order.index(category) > order.index(before) else ""


def _named(rng: random.Random, category: str) -> list[str]:
    """The student groups that a list names for a school of that category."""
    return sorted(rng.sample(GROUPS, rng.randint(1, 2))) if category in ("ATSI", "TSI") else []


def _listed(school: School, year: str) -> tuple[str, str, tuple[str, ...]]:
    """Category, reason and named student groups of a school on the list of a year."""
    category, reason = _designation(school, year)
    return category, reason, tuple(_named(generator(DEMO_SEED, "list", school.org_id, year), category))


def _designations(districts: Sequence[District], year: str) -> list[dict[str, Any]]:
    rows = []
    for school in (s for d in districts for s in d.schools):
        is_open = school.org_id not in ({NEW_SCHOOL} if year == "2022-23" else {CLOSED_SCHOOL})
        if not is_open:
            continue
        category, reason = _designation(school, year)
        exited = _exited(school, category) if year == "2023-24" else ""
        rng = generator(DEMO_SEED, "list", school.org_id, year)
        groups = ", ".join(_named(rng, category))
        rows.append(
            {
                "list_year": year,
                "org_id": school.org_id,
                "school_year": year,
                "category": category,
                "reason": reason,
                "official_status": STATUS[reason],
                "is_title1": "true" if category != "none" or rng.random() < 0.6 else "false",
                "exit_code": f"EXIT {exited}" if exited else "",
                "exited_category": exited,
                "exit_criteria": f"Above the line of {exited} two years in a row" if exited else "",
                "subgroups": groups,
                "enrollment": school.enrollment,
                "org_name": school.name,
            }
        )
    return rows


def _title1(
    districts: Sequence[District], years: Sequence[tuple[int, int]] = TITLE1_YEARS
) -> list[dict[str, Any]]:
    rows = []
    for n, d in enumerate(districts, 1):
        poor = round(
            sum(s.enrollment for s in d.schools) * generator(DEMO_SEED, "poverty", d.lea_id).uniform(0.2, 0.7)
        )
        for year, dollars in years:
            rows.append(
                {
                    "fiscal_year": year,
                    "version": "final",
                    "lea_id": d.lea_id,
                    "nces_lea_id": f"99{n:05d}",
                    "lea_name": d.name,
                    "amount": f"{poor * dollars}.00",
                }
            )
    return rows
