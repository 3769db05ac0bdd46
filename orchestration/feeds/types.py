"""Typed columns from texts, by the contract: exact numbers, dates, IDs of the state's form."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.contracts.model import Field
from orchestration.feeds.texts import Texts, parse_date
from orchestration.lake import arrow_type
from orchestration.policy import Policy
from orchestration.school_year import is_school_year

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
BOOLEANS = {
    "true": True,
    "yes": True,
    "y": True,
    "1": True,
    "false": False,
    "no": False,
    "n": False,
    "0": False,
}


def typed(texts: Texts, field: Field, policy: Policy) -> tuple[pa.Array, Texts]:
    """The column in the lake's type, and the texts with what could not be used marked as bad."""
    values: list[Any] = []
    bad = list(texts.bad)
    for n, text in enumerate(texts.values):
        value, reason = (None, "") if text is None or bad[n] else _value(text, field, policy)
        values.append(value)
        bad[n] = bad[n] or reason
    distinct = pa.array(values, type=arrow_type(field.sql_type))
    column = distinct.take(pa.array(texts.codes.astype(np.int64)))
    return column, replace(texts, bad=bad)


def _value(text: str, field: Field, policy: Policy) -> tuple[Any, str]:
    if field.type == "string":
        return _string(text, field, policy)
    if field.type == "date":
        day = parse_date(text, None)
        return day, "" if day else "is no date; dates are read as 2015-07-31 (see date_format)"
    if field.type == "boolean":
        value = BOOLEANS.get(text.casefold())
        return value, "" if value is not None else "is neither yes nor no"
    number_read, reason = _number(text, field)
    if number_read is None:
        return None, reason
    if field.minimum is not None and number_read < field.minimum:
        return None, f"is less than {field.minimum:g}"
    if field.maximum is not None and number_read > field.maximum:
        return None, f"is more than {field.maximum:g}"
    return number_read, ""


def _string(text: str, field: Field, policy: Policy) -> tuple[str | None, str]:
    if field.format == "school_year" and not is_school_year(text):
        return None, "is no school year such as 2023-24 (see school_year)"
    if field.format == "org_id":
        if field.name == "lea_id" and not policy.is_lea_id(text):
            return (
                None,
                f"is no LEA ID of this state, such as {policy.org_id_example} (form {policy.lea_id_pattern})",
            )
        if not policy.is_org_id(text):
            return (
                None,
                f"is no ID of this state, such as {policy.org_id_example} (form {policy.org_id_pattern})",
            )
    if field.code_set is not None and text not in field.code_set.codes:
        return None, f"is no code of {field.code_set.name} ({', '.join(field.code_set.codes)})"
    return text, ""


def number(text: str) -> Decimal | None:
    """The number in a text, exact; thousands may be grouped by commas. None where it is no number."""
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if NUMBER.fullmatch(text) is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _number(text: str, field: Field) -> tuple[Decimal | int | None, str]:
    value = number(text)
    if value is None:
        return None, "is no number"
    if field.type == "integer":
        return (int(value), "") if value == value.to_integral_value() else (None, "is no whole number")
    precision, scale = (int(n) for n in field.sql_type.removeprefix("DECIMAL(").rstrip(")").split(","))
    if value.is_zero():
        return Decimal(0), ""
    if value.adjusted() + 1 > precision - scale:
        return None, "has too many digits"
    unit = Decimal(1).scaleb(-scale)
    if field.format == "exact":
        exact = -int(value.as_tuple().exponent) <= scale  # exact columns are never rounded
        return (value, "") if exact else (None, f"has more than {scale} decimals")
    return _rounded(value, unit, precision), ""


def _rounded(value: Decimal, unit: Decimal, precision: int) -> Decimal:
    """Rounded half up (away from zero), once."""
    return value.quantize(unit, ROUND_HALF_UP, Context(prec=precision + 2))
