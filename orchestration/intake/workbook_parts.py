"""The names of a workbook's parts: which part of the zip holds which sheet."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from dataclasses import dataclass

from orchestration.intake.zip_bytes import member_bytes


def parts_of(zipped: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members by name: lower case, with plain slashes, from the root."""
    return {plain(m.filename): m for m in zipped.infolist()}


def plain(name: str) -> str:
    """A member's name as relations give it, whatever program packed it."""
    return name.replace("\\", "/").lstrip("/").lower()


def part_bytes(zipped: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], part: str, limit: int) -> bytes:
    """A part's bytes, none where there is no such part; UnreadableError where it is damaged."""
    return member_bytes(zipped, parts[part], limit) if part in parts else b""


@dataclass(frozen=True)
class Book:
    """The part that lists the sheets: its bytes, and the parts that it names by ID of their relation."""

    data: bytes
    targets: dict[str, str]


def book_of(zipped: zipfile.ZipFile, limit: int) -> Book:
    """The workbook's own part, wherever the package says that it is."""
    parts = parts_of(zipped)
    tags = _relations(part_bytes(zipped, parts, "_rels/.rels", limit))
    named = [
        _resolved("", attribute(t, "Target"))
        for t in tags
        if attribute(t, "Type").endswith("/officeDocument")
    ]
    name = next((n for n in (*named, "xl/workbook.xml", "xl/workbook.bin") if n in parts), "")
    folder, _, file = name.rpartition("/")
    relations = "/".join(p for p in (folder, "_rels", f"{file}.rels") if p)
    tags = _relations(part_bytes(zipped, parts, relations, limit))
    targets = {attribute(t, "Id"): _resolved(folder, attribute(t, "Target")) for t in tags}
    return Book(part_bytes(zipped, parts, name, limit), targets)


def sheet_parts(book: Book) -> dict[str, str]:
    """The names of the sheets, by the part that holds each."""
    tags = re.findall(r"<(?:\w+:)?sheet\s[^>]*>", book.data.decode("utf-8", "replace"))
    return {book.targets.get(attribute(tag, "id"), ""): attribute(tag, "name") for tag in tags}


def _relations(data: bytes) -> list[str]:
    return re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", data.decode("utf-8", "replace"))


def _resolved(folder: str, target: str) -> str:
    return plain(target if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target)))


def attribute(tag: str, name: str) -> str:
    """An attribute of a tag, whatever its namespace; blank where it has none."""
    m = re.search(rf"""(?<![\w:])(?:\w+:)?{name}\s*=\s*("([^"]*)"|'([^']*)')""", tag)
    return html.unescape(m[2] if m[2] is not None else m[3]) if m else ""
