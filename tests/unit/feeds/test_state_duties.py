"""A real state's own duties are rows of a feed: Mississippi's list, and the law's table beside it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from orchestration import lake
from orchestration.contracts.codesets import SEEDS
from orchestration.demo.state import DEMO_AS_OF, DEMO_STATE
from orchestration.feeds.directory import stated_duties
from orchestration.feeds.load import load_feeds
from orchestration.policy import load_policy
from orchestration.settings import Settings

LIST = Path(__file__).parents[3] / "examples" / "mississippi" / "state_duties.csv"


def loaded(home: Path, text: str | None = None) -> tuple[Settings, pd.DataFrame]:
    """A home with that list, and its rows that stand."""
    settings = Settings.at(home, DEMO_STATE)
    (home / "feeds").mkdir(parents=True)
    shutil.copy(LIST, home / "feeds" / "state_duties.csv")
    if text is not None:
        (home / "feeds" / "state_duties.csv").write_text(text, encoding="utf-8")
    load_feeds(settings, load_policy(DEMO_STATE), DEMO_AS_OF.replace(year=2100))
    files = lake.parts(settings.lake).get("feed__state_duties", [])
    rows = [row for f in files for row in pq.read_table(str(f)).to_pylist()]
    return settings, pd.DataFrame(rows)


def test_every_row_of_mississippis_list_is_read(tmp_path: Path) -> None:
    settings, rows = loaded(tmp_path)
    listed = list(csv.DictReader(LIST.open(encoding="utf-8", newline="")))
    assert len(rows) == len(listed) == 12
    asked = {(r.duty_code, r.recurs, r.owed_by) for r in rows.itertuples()}
    assert asked >= {
        ("progress_presentation", "month", "school"), ("progress_tracking", "quarter", "lea"),
        ("title1_reserve", "school_year", "school"), ("community_council", "month", "lea"),
    }  # fmt: skip
    assert list(rows.loc[rows["duty_code"] == "plan", "needs_approval"]) == [True]
    owed = stated_duties(settings.lake, DEMO_AS_OF.replace(year=2100), "2023-24")
    assert len(owed) == 12 and stated_duties(settings.lake, DEMO_AS_OF.replace(year=2100), "2016-17").empty


@pytest.mark.parametrize(
    ("old", "new"),
    [(",month,", ",monthly,"), (",school,", ",principal,"), ("CSI,", "CSI2,"), (",2017-18,", ",2017,")],
)
def test_a_row_with_a_word_that_is_not_of_the_contract_is_left_out(
    tmp_path: Path, old: str, new: str
) -> None:
    row = next(r for r in LIST.read_text(encoding="utf-8").splitlines() if r.startswith("progress_pres"))
    whole = LIST.read_text(encoding="utf-8")
    assert old in row
    _, rows = loaded(tmp_path, whole.replace(row, row.replace(old, new)))
    assert len(rows) == 11 and "progress_presentation" not in set(rows["duty_code"])


def test_a_day_that_is_none_is_blank_and_the_row_stands(tmp_path: Path) -> None:
    head, *rest = LIST.read_text(encoding="utf-8").splitlines()
    names = head.split(",")
    row = dict.fromkeys(names, "") | {
        "duty_code": "x", "category": "CSI", "owed_by": "lea", "recurs": "once", "due_month": "13",
        "due_day": "31", "from_year": "2020-21", "citation": "test",
    }  # fmt: skip
    _, rows = loaded(tmp_path, "\n".join([head, *rest, ",".join(row[n] for n in names)]))
    found = rows[rows["duty_code"] == "x"].iloc[0]
    assert pd.isna(found["due_month"]) and found["due_day"] == 31


def test_the_laws_table_has_its_footnotes_as_rules() -> None:
    with (SEEDS / "duty_rules.csv").open(encoding="utf-8", newline="") as f:
        rules = {(r["duty_code"], r["category"]): r for r in csv.DictReader(f)}
    assert [c for d, c in rules if d == "needs_assessment"] == ["CSI"]
    assert rules[("resource_inequities", "ATSI")]["owed_by"] == "school"
    assert ("resource_inequities", "TSI") not in rules
    action, becomes = rules[("additional_action", "ATSI")], rules[("becomes_csi", "ATSI")]
    assert (action["title1"], action["owed_by"]) == ("no", "lea")
    assert (becomes["title1"], becomes["owed_by"]) == ("yes", "sea")
    assert {o for (d, c), r in rules.items() if d.startswith("approval") and c == "CSI" for o in [r["owed_by"]]} == {
        "school", "lea", "sea",
    }  # fmt: skip
    assert [d for d, c in rules if c == "TSI" and d.startswith("approval")] == ["approval_lea"]
