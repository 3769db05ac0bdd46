"""Who reports: LEAs with designated schools, and those schools."""

from __future__ import annotations

import pandas as pd

from orchestration.demo.leas import reporting_leas


def directory(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"effective_on": on, "org_id": o, "org_level": "lea" if o.endswith("0000") else "school",
             "lea_id": o[:4] + "0000", "org_name": None, "status": status}
            for o, on, status in rows
        ]
    )  # fmt: skip


def listed(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{"org_id": o, "category": c, "reason": None} for o, c in rows])


LEA, SCHOOL, OTHER = "01010000", "01010101", "01010102"


def members(organizations: pd.DataFrame, designations: pd.DataFrame) -> list[tuple[str, str | None]]:
    leas = reporting_leas(organizations, {"2023-24": designations})
    return [(o.org_id, o.category) for lea in leas for o in lea.years["2023-24"]]


def test_an_lea_reports_for_itself_first_and_for_its_designated_schools_only():
    known = directory(
        (SCHOOL, "2022-07-01", "open"), (OTHER, "2022-07-01", "open"), (LEA, "2022-07-01", "open")
    )
    assert members(known, listed((OTHER, "ATSI"), (SCHOOL, "none"))) == [(LEA, None), (OTHER, "ATSI")]


def test_a_designated_lea_carries_its_own_designation():
    known = directory((LEA, "2022-07-01", "open"))
    assert members(known, listed((LEA, "CSI"))) == [(LEA, "CSI")]


def test_of_two_designations_csi_goes_before_atsi_and_tsi():
    known = directory((LEA, "2022-07-01", "open"), (SCHOOL, "2022-07-01", "open"))
    assert members(known, listed((SCHOOL, "TSI"), (SCHOOL, "CSI"))) == [(LEA, None), (SCHOOL, "CSI")]


def test_a_school_that_closed_or_that_no_directory_knows_is_passed_over():
    known = directory(
        (LEA, "2022-07-01", "open"), (SCHOOL, "2022-07-01", "open"), (SCHOOL, "2023-07-01", "closed")
    )
    assert members(known, listed((SCHOOL, "CSI"), (OTHER, "CSI"))) == []


def test_a_vintage_without_status_does_not_hide_the_last_status_known():
    known = directory(
        (LEA, "2022-07-01", "open"), (SCHOOL, "2022-07-01", "closed"), (SCHOOL, "2023-07-01", None)
    )
    assert members(known, listed((SCHOOL, "CSI"))) == []


def test_schools_of_an_lea_that_is_in_no_directory_are_passed_over():
    assert members(directory((SCHOOL, "2022-07-01", "open")), listed((SCHOOL, "CSI"))) == []
