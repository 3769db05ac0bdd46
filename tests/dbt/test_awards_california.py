"""Awards to California's real schools from its real 7 per cent, under every preset.

Schools, statuses, Title I and enrollment are those of its list of 2023-24; what the list does not hold (ratings, poverty,
graduation, requests) is made from the school's own digits, so that every part of a preset is met.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from award_checks import hold
from award_states import Awards, School, State

from orchestration.allocation.load import load_method
from orchestration.settings import PROJECT

pytestmark = [pytest.mark.california, pytest.mark.slow]

RESERVED = 153_699_422_14  # cents: 7 per cent of the 913 LEAs' Title I dollars
STATE_SHARE = RESERVED * 5 // 100
METHODS = dict(enumerate(sorted((PROJECT / "examples" / "methods").glob("*.yaml")), 2018))
STATUSES = {"CSI Low Perform": "CSI", "CSI Grad": "CSI", "ATSI": "ATSI", "TSI": "TSI"}


@pytest.fixture(scope="module")
def schools(california: Path) -> dict[str, School]:
    path = california / "designations" / "essaassistance23.xlsx"
    sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=str, engine="calamine")
    (rows,) = (s for s in sheets.values() if (s[0] == "cds").any() and len(s) > 1_000)
    start = int((rows[0] == "cds").to_numpy().argmax())
    table = rows.iloc[start + 1 :].set_axis(list(rows.iloc[start]), axis=1)
    status = next(c for c in table.columns if str(c).startswith("AssistanceStatus2023"))
    found = {}
    for row in table.to_dict("records"):
        category = STATUSES.get(str(row[status]))
        if category:
            found[str(row["cds"])] = _school(row, category, str(row[status]))
    return found


def _school(row: dict[Any, Any], category: str, status: str) -> School:
    cds, enrolled = str(row["cds"]), str(row["EnrollmentCount"])
    digits = int(cds[7:])
    return School(
        lea=cds[:7] + "0000000",
        category=category,
        facts={
            "enrollment": int(enrolled) if enrolled.isdigit() else None,
            "rating": "FD"[digits % 2],
            "poverty_percent": Decimal(digits % 1_000) / 10,
            "graduation_rate": Decimal(600 + digits % 311) / 10,
            "years_in_status": 1 + digits % 5,
            "is_title1": "true" if row["TitleI2223"] == "Yes" else "false",
        },
        requested=Decimal(digits % 9_000_000) / 100 + 20_000 if digits % 3 else None,
        reason="low_graduation" if status == "CSI Grad" else "low_performance",
    )


@pytest.fixture(scope="module")
def awards(empty_build) -> Iterator[Awards]:
    home, _ = empty_build
    made = Awards(home)
    yield made
    made.db.close()


def test_every_preset_spends_californias_dollars_as_recomputed(
    awards: Awards, schools: dict[str, School]
) -> None:
    assert sum(s.category == "CSI" for s in schools.values()) == 829
    pool = RESERVED - STATE_SHARE
    states = {
        year: State(pool, load_method(path), schools, state_share=STATE_SHARE)
        for year, path in METHODS.items()
    }
    for year, state in states.items():  # one by one: what each holds is large
        awards.run({year: state})
        hold(awards, year, state)
        spent = sum(awards.leas(year).values())
        assert 0 < spent <= pool
        if METHODS[year].stem == "equal_share_csi":
            paid = {c for o, c in awards.awards(year).items() if schools[o].category == "CSI"}
            assert spent == pool and paid <= {pool // 829, pool // 829 + 1}
