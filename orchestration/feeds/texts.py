"""What a mapping does to the text of a cell, before its type: markers, codes, parts, school years, dates.

A column holds few distinct texts, so all work is done once for each of them and spread over the rows by code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd

from orchestration.feeds.mapping import ColumnSpec, code_key
from orchestration.school_year import is_school_year, school_year_from_start

# One text after its steps: the value (None where there is none), why it is bad, whether a zero was
# put back in front, and the marker that stood there.
Step = tuple[str | None, str, bool, str]


@dataclass(frozen=True)
class Texts:
    """A column of texts: row r holds `values[codes[r]]`.

    Args:
        codes: per row, which distinct text.
        raw: the distinct texts as the file holds them.
        values: what they became; None is blank.
        bad: why a text could not be used; blank where it could.
        restored: whether a leading zero was put back.
        markers: the marker that stood in place of a value; blank where none did.
        where: the column's name in the file, for messages.
    """

    codes: np.ndarray
    raw: list[str]
    values: list[str | None]
    bad: list[str]
    restored: list[bool]
    markers: list[str]
    where: str

    def row_values(self) -> np.ndarray:
        """The value of every row, as objects."""
        return np.array(self.values, dtype=object)[self.codes] if self.values else np.empty(0, dtype=object)

    def rows_where(self, per_text: Sequence[bool]) -> np.ndarray:
        """Rows whose distinct text is one of those marked."""
        return np.array(per_text, dtype=bool)[self.codes] if len(self.values) else np.zeros(0, dtype=bool)


def untouched(rows: np.ndarray | Sequence[str | None], where: str) -> Texts:
    """Texts of rows as they are."""
    codes, distinct = pd.factorize(np.array(rows, dtype=object), use_na_sentinel=False)
    values = [None if v is None or v != v else v for v in distinct]
    n = len(values)
    return Texts(codes, [v or "" for v in values], values, [""] * n, [False] * n, [""] * n, where)


def constant(value: str | None, rows: int, where: str = "") -> Texts:
    """The same text in every row."""
    return Texts(np.zeros(rows, dtype=np.int64), [value or ""], [value], [""], [False], [""], where)


def stepped(texts: Texts, spec: ColumnSpec, markers: frozenset[str]) -> Texts:
    """The texts after the steps that the mapping asks for."""
    act = _steps(spec, markers)
    done = [
        (v, b, r, m) if b or v is None else _joined(act(v), r, m)
        for v, b, r, m in zip(texts.values, texts.bad, texts.restored, texts.markers, strict=True)
    ]
    return replace(
        texts,
        values=[d[0] for d in done],
        bad=[d[1] for d in done],
        restored=[d[2] for d in done],
        markers=[d[3] for d in done],
    )


def _joined(step: Step, restored: bool, marker: str) -> Step:
    return step[0], step[1], step[2] or restored, step[3] or marker


def _steps(spec: ColumnSpec, markers: frozenset[str]) -> Callable[[str], Step]:
    def act(text: str) -> Step:
        value: str | None = text.strip()
        assert value is not None
        coded = False
        if code_key(value) in spec.codes:
            value, coded = spec.codes[code_key(value)], True
        elif value.casefold() in markers:
            return None, "", False, value
        if value is not None and not coded:
            if spec.take is not None:
                m = spec.take.search(value)
                if m is None:
                    return None, f"is not of the form {spec.take.pattern}", False, ""
                value = m[1]
            if code_key(value) in spec.codes:
                value = spec.codes[code_key(value)]
            elif spec.otherwise is not None:
                value = spec.otherwise
            elif spec.codes and spec.unknown != "keep":
                if spec.unknown == "reject":
                    return None, "is none of the codes that feeds.yaml knows", False, ""
                value = None
        if value is None:
            return None, "", False, ""
        restored = False
        if spec.width is not None and value.isdigit() and value.isascii() and len(value) == spec.width - 1:
            value, restored = (
                value.zfill(spec.width),
                True,
            )  # one digit short: only a leading zero can be lost
        value = spec.before + value + spec.after
        return *_converted(value, spec), restored, ""

    return act


def _converted(value: str, spec: ColumnSpec) -> tuple[str | None, str]:
    if spec.school_year is not None:
        year = school_year(value, spec.school_year)
        return (year, "") if year else (None, "is no school year")
    if spec.scale is not None:
        try:
            return format(Decimal(value.replace(",", "")) * Decimal(spec.scale), "f"), ""
        except InvalidOperation:
            return None, "is no number"
    if spec.date_format is not None or spec.add_days:
        day = parse_date(value, spec.date_format)
        return (
            (None, "is no date") if day is None else ((day + timedelta(days=spec.add_days)).isoformat(), "")
        )
    return value, ""


def school_year(text: str, said_by: str) -> str | None:
    """`2020-21` from `2020-2021`, `2020–21`, `2020/21`; or from the one year that it starts or ends in.

    A letter after a single year (`2017f`) is passed over. None where the text is no school year.
    """
    two = re.fullmatch(r"(\d{4})\s*[-–—/]\s*(\d{4}|\d{2})", text, re.ASCII)
    if two:
        year = f"{two[1]}-{two[2][-2:]}"
        whole = len(two[2]) == 2 or int(two[2]) == int(two[1]) + 1
        return year if whole and is_school_year(year) else None
    one = re.fullmatch(r"(\d{4})[a-z]?", text, re.IGNORECASE | re.ASCII)
    if not one:
        return None
    return school_year_from_start(int(one[1]) - (said_by == "ends"))


def parse_date(text: str, form: str | None) -> date | None:
    """The day in `2015-07-31`, `2015-07-31 00:00:00`, `2018-06` (its first), or in the form given."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}(-\d{2}([ T][\d:.]+)?)?", text, re.ASCII):
            return date.fromisoformat(text[:10] if len(text) > 7 else f"{text}-01")
        return datetime.strptime(text, form).date() if form is not None else None
    except ValueError:
        return None
