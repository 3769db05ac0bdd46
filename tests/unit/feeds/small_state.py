"""A small state with its own feeds.yaml, and files made by hand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import xlsxwriter
import yaml

from orchestration import lake
from orchestration.feeds.load import FeedReport, load_feeds
from orchestration.policy import KNOWN, load_policy
from orchestration.settings import Settings

OF_TYPE = {
    "integer": 1, "decimal": 0.5, "integers": [1], "code": "A", "pairs": {"a": "b"}, "due_rules": ["plan=90d"],
}  # fmt: skip


def other_parameters() -> dict[str, Any]:
    """A value of its type for every parameter there is: these tests do not depend on it."""
    known = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))
    return {name: _value(p) for name, p in known.items()}


def _value(parameter: dict[str, Any]) -> Any:
    kind, choices = parameter["type"], parameter.get("choices", ["a"])
    if kind in ("choice", "codes"):
        return choices[0] if kind == "choice" else choices[:1]
    if kind == "weights":
        return {choices[0]: parameter.get("sum", 1)}
    return parameter.get("minimum", OF_TYPE.get(kind))


POLICY: dict[str, Any] = {
    "state": {
        "name": "Testland",
        "time_zone": "America/Denver",
        "org_id_pattern": r"\d{6}",
        "org_id_example": "010203",
        "lea_id_pattern": r"\d{3}000",
        "school_year_first_month": 7,
        "nightly_at": "02:00",
    },
    "parameters": {
        name: [{"value": value, "from": "2015-16", "citation": "test", "confirmed": False}]
        for name, value in {
            **other_parameters(),
            "due_day": 15,
            "reporting_months": [9, 10],
            "expected_categories": ["CSI"],
            "min_n": 10,
            "percent_change_means": "points",
        }.items()
    },
}
FEEDS: dict[str, Any] = {
    "ignored": [{"files": ["notes/*.txt"], "reason": "Letters."}],
    "feeds": {
        "directory": {
            "table": "directory",
            "files": ["lists/directory_*"],
            "columns": {
                "effective_on": {"file": r"(\d{4}-\d{2}-\d{2})"},
                "org_id": {"from": ["School ID", "SID"], "width": 6},
                "org_level": {
                    "of": "org_id",
                    "take": r"(\d{3})$",
                    "codes": {"000": "lea"},
                    "otherwise": "school",
                },
                "lea_id": {"of": "org_id", "take": r"^(\d{3})", "after": "000"},
                "org_name": {"from": ["School Name", "School"]},
                "status": {"from": "Status", "codes": {"Active": "open", "Closed": "closed"}},
                "closed_on": {"from": "Closed", "date_format": "%m/%d/%Y", "add_days": 1},
            },
        },
        "designations": {
            "table": "designations",
            "files": ["lists/status_*"],
            "turns": {"columns": r"Status(?P<year>\d{4})"},
            "skip_blank": ["official_status"],
            "columns": {
                "list_year": {"from": "Year", "school_year": "starts"},
                "org_id": {"from": ["School ID", "SID"], "width": 6},
                "school_year": {"variable": "year", "school_year": "starts"},
                "official_status": {"from": "Status{year}"},
                "category": {"of": "official_status", "codes": {"Lowest": "CSI", "None": "none"}},
                "reason": {"of": "official_status", "codes": {"Lowest": "low_performance", "None": None}},
                "is_title1": {
                    "newest": r"TitleI(\d{4})",
                    "codes": {"Yes": True, "No": False},
                    "only_where": ["school_year", "list_year"],
                },
                "enrollment": {"from": "Enrollment", "only_where": ["school_year", "list_year"]},
                "subgroups": {"flags": {"SW": "SWD", "E": "EL"}, "only_where": ["school_year", "list_year"]},
            },
        },
        "absence": {
            "table": "indicator_results",
            "files": ["absence_*.csv"],
            "turns": {"each": {"group": {"ALL": "ALL", "SW": "SWD"}}},
            "columns": {
                "school_year": {"from": "Year", "school_year": "starts"},
                "indicator": {"constant": "chronic_absence"},
                "org_id": {"join": [{"from": "D", "width": 3}, {"from": "S", "width": 3}]},
                "org_scope": {"constant": "school"},
                "subgroup": {"variable": "group"},
                "denominator": {"from": "N{group}"},
                "rate": {"from": "R{group}", "required": True},
                "marker": {"marker_of": ["rate", "denominator"]},
            },
        },
        "money": {
            "table": "title1_allocations",
            "files": ["money_*.csv"],
            "sums": ["amount_reported", "amount"],
            "columns": {
                "fiscal_year": {"constant": 2024},
                "version": {"constant": "final"},
                "lea_id": {"from": "LEA", "width": 6},
                "amount_reported": {"from": "Amount", "required": True},
                "amount": {"of": "amount_reported"},
            },
        },
    },
}
DAY = datetime(2024, 1, 31)


@dataclass
class Home:
    """A home of the small state; files are dropped on a day of January 2024."""

    settings: Settings

    def drop(self, name: str, data: bytes | str, day: int = 1) -> Path:
        """Put a file into feeds as received on that day."""
        path = Path(str(self.settings.feeds)) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        self._stamp(path, day)
        return path

    def workbook(self, name: str, sheets: dict[str, Sequence[Sequence[Any]]], day: int = 1) -> Path:
        """Put a workbook into feeds; cells are written as they are typed."""
        path = self.drop(name, b"", day)
        book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
        for sheet, rows in sheets.items():
            page = book.add_worksheet(sheet)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    page.write_string(r, c, cell) if isinstance(cell, str) else page.write(r, c, cell)
        book.close()
        self._stamp(path, day)
        return path

    def load(self, as_of: datetime = DAY) -> FeedReport:
        """Load the feeds."""
        return load_feeds(self.settings, load_policy(self.settings.state), as_of)

    def rows(self, table: str) -> pd.DataFrame:
        """What stands of a lake table."""
        files = lake.parts(self.settings.lake).get(table, [])
        frames = [pd.DataFrame(pq.read_table(str(f)).to_pylist(), dtype=object) for f in files]
        return (
            pd.concat(frames, ignore_index=True)
            if frames
            else lake.arrow_schema(table).empty_table().to_pandas()
        )

    def file(self, name: str) -> pd.Series:
        """The one row of feed__files about a file."""
        files = self.rows("feed__files")
        found = files[files["source_file"] == name]
        assert len(found) == 1
        return found.iloc[0]

    @staticmethod
    def _stamp(path: Path, day: int) -> None:
        seconds = datetime(2024, 1, day, tzinfo=UTC).timestamp()
        os.utime(path, (seconds, seconds))


def make_home(folder: Path, feeds: dict[str, Any] | None = None) -> Home:
    """A home in that folder, with the small state or another feeds.yaml."""
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    (state / "policy.yaml").write_text(yaml.safe_dump(POLICY))
    (state / "feeds.yaml").write_text(yaml.safe_dump(feeds or FEEDS, sort_keys=False))
    return Home(Settings.at(folder / "home", state))
