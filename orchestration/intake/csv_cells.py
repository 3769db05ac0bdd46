"""Cells of the CSVs that we write: text that no spreadsheet takes for a formula."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet could take it for a formula."""
    text = text.replace("\0", "")
    return (
        f"'{text}" if text.lstrip(" \n").startswith(FORMULA_STARTS) or text.startswith(("\n", " ")) else text
    )
