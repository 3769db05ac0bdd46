"""A mart's value as the text of a field: dollars rounded, free text without what could break a record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from orchestration.extracts.layout import Field
from orchestration.extracts.options import Options

FREE_TEXT = {
    "org_name", "explanation", "web_address", "mailing_address", "mailing_city", "location_address", "location_city",
}  # fmt: skip
AGENCY = "01"
ROUNDINGS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
# letters that Unicode does not take apart into a plain one and its mark
PLAIN = str.maketrans(
    {
        "ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ð": "D",
        "ð": "d", "Þ": "Th", "þ": "th", "Ł": "L", "ł": "l", "ı": "i", "ʻ": "'", "ʼ": "'", "‘": "'", "’": "'", "“": "'",
        "”": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "…": "...", "№": "No.", "ª": "a", "º": "o", "⁄": "/", "´": "'", "`": "'",
    }
)  # fmt: skip


def to_ascii(text: str) -> str:
    """The nearest ASCII: marks go, known letters are spelt out, anything else is a question mark."""
    apart = unicodedata.normalize("NFKD", text.translate(PLAIN))
    without_marks = "".join(c for c in apart if not unicodedata.combining(c))
    return "".join(c if c.isascii() else "?" for c in without_marks.translate(PLAIN))


def free_text(text: str, length: int, encoding: str) -> str:
    """Free text that fits a field: no delimiter, quote or control character, one blank between words, cut to length."""
    plain = to_ascii(text) if encoding == "ascii" else unicodedata.normalize("NFC", text)
    without = re.sub(r'[,|;"\x00-\x1f\x7f-\x9f\u2028\u2029]+', " ", plain)
    return " ".join(without.split())[:length].rstrip()


def dollars(amount: Decimal, rounding: str) -> Decimal:
    """Whole dollars by policy's rounding, or to the cent where it keeps cents."""
    if rounding == "keep_cents":
        return amount.quantize(Decimal("0.01"))
    return amount.quantize(Decimal(1), ROUNDINGS[rounding])


def field_text(field: Field, row: Mapping[str, Any], number: int, options: Options) -> str:
    """What a field holds for a row of its mart.

    IDs, codes and amounts are never cut or changed to fit: what does not fit is for the checks to refuse.
    """
    if field.filler or not field.filled_from:
        return ""
    fixed = {"(record number)": str(number), "(state FIPS)": options.fips, "(agency)": AGENCY}
    if field.filled_from in fixed:
        return fixed[field.filled_from]
    value = row[field.filled_from]
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{dollars(value, options.rounding):f}"
    if field.filled_from in FREE_TEXT:
        return free_text(str(value), field.length, options.encoding)
    return str(value)
