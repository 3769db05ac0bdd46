"""School years, due days and the policy's other facts of months, worked out again for the recomputation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import yaml


@dataclass
class Calendar:
    """What policy.yaml says of months: which are reported, and when they are due."""

    state: Path

    def __post_init__(self) -> None:
        raw = yaml.safe_load((self.state / "policy.yaml").read_text(encoding="utf-8"))
        self.zone = ZoneInfo(raw["state"]["time_zone"])
        self.first_month = raw["state"]["school_year_first_month"]
        # the demonstration state gives each parameter one value
        parameters = {k: v[0]["value"] for k, v in raw["parameters"].items()}
        self.due_day = parameters["due_day"]
        self.reporting_months = parameters["reporting_months"]
        self.categories = parameters["expected_categories"]

    def school_year(self, period: str) -> str:
        year, month = int(period[:4]), int(period[5:])
        begins = year if month >= self.first_month else year - 1
        return f"{begins}-{(begins + 1) % 100:02d}"

    def number(self, period: str) -> int:
        return (int(period[5:]) - self.first_month) % 12

    def span(self, period: str, months: int, letter: str) -> str:
        return f"{self.school_year(period)} {letter}{self.number(period) // months + 1}"

    def end(self, period: str) -> date:
        return (pd.Period(period, "M").end_time).date()

    def due_on(self, period: str) -> date:
        following = pd.Period(period, "M") + 1
        return date(following.year, following.month, min(self.due_day, following.days_in_month))

    def day(self, moment: datetime) -> date:
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(self.zone).date()

    def has_passed(self, due_on: date, as_of: datetime) -> bool:
        return self.day(as_of) > due_on

    def months(self, school_year: str) -> list[str]:
        first = pd.Period(f"{school_year[:4]}-{self.first_month:02d}", "M")
        return [str(first + n) for n in range(12)]

    def is_reporting(self, period: str) -> bool:
        return int(period[5:]) in self.reporting_months
