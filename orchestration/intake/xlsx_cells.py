"""Cells of an .xlsx that the fast reader gives as blank: errors, and formulas without a stored value.

python-calamine hands both over as empty text, so a `#REF!` would pass for a cell that nobody filled
in. The worksheets' XML is searched for them; only where one is found is its place worked out. Plain
byte patterns, no XML parser: nothing can be expanded or fetched.
"""

from __future__ import annotations

import html
import re
import zipfile

from orchestration.intake.whole_xml import check_whole

STRINGS_PART = re.compile(r"xl/sharedStrings\.xml", re.IGNORECASE)
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
# plain substrings: a pattern over every byte of every sheet would double the time of reading
SUSPECTS = (b't="e"', b"t='e'", b"<f>", b"<f ", b"<f/>", b":f>", b":f ")
CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)?(?:/>|>(.*?)</(?:\w+:)?c\s*>)", re.DOTALL)
ATTRIBUTE = re.compile(rb"""\b([rt])\s*=\s*["']([^"']*)["']""")
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(.*?)</(?:\w+:)?v\s*>", re.DOTALL)
INLINE = re.compile(rb"<(?:\w+:)?is[\s>]")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
NO_VALUE = "#VALUE!"

Fault = tuple[int, int, str]  # row and column counted from 0, and what the cell shows


def faults(zipped: zipfile.ZipFile, limit: int) -> dict[str, list[Fault]]:
    """Cells with an error or a formula without a value, by sheet name.

    Args:
        zipped: the workbook.
        limit: bytes of one worksheet that are looked at; a larger one is left to the reader's own limits.
    """
    by_part: dict[str, list[Fault]] = {}
    for member in zipped.infolist():
        name = member.filename.replace("\\", "/").lstrip("/")
        if (SHEET_PART.fullmatch(name) or STRINGS_PART.fullmatch(name)) and member.file_size <= limit:
            with zipped.open(member) as f:
                data = f.read(limit)
            check_whole(name, data)
            if any(s in data for s in SUSPECTS) and (found := _in_sheet(data)):
                by_part[name.lower()] = found
    if not by_part:
        return {}
    names = _sheet_names(zipped)
    return {names[part]: found for part, found in by_part.items() if part in names}


def _in_sheet(data: bytes) -> list[Fault]:
    found = []
    row, column = -1, -1
    for m in re.finditer(rb"<(?:\w+:)?row(?:\s[^>]*)?>|" + CELL.pattern, data, re.DOTALL):
        if b"row" in m[0][:12] and m[1] is None and m[2] is None and not m[0].endswith(b"/>"):
            number = re.search(rb"""\br\s*=\s*["'](\d+)["']""", m[0])
            row, column = int(number[1]) - 1 if number else row + 1, -1
            continue
        attributes = dict(ATTRIBUTE.findall(m[1] or b""))
        place = REFERENCE.fullmatch(attributes.get(b"r", b"").decode("ascii", "replace"))
        if place:
            column = _index(place[1])
            row = int(place[2]) - 1
        else:
            column += 1
        body = m[2] or b""
        value = VALUE.search(body)
        text = html.unescape(value[1].decode("utf-8", "replace")).strip() if value else ""
        if attributes.get(b"t") == b"e":
            found.append((row, column, text or NO_VALUE))
        elif not text and attributes.get(b"t") != b"str" and FORMULA.search(body) and not INLINE.search(body):
            found.append((row, column, NO_VALUE))
    return found


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _sheet_names(zipped: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name by worksheet part, as the workbook and its relations say."""
    parts = {n.replace("\\", "/").lstrip("/").lower(): n for n in zipped.namelist()}

    def text(part: str) -> str:
        return zipped.read(parts[part]).decode("utf-8", "replace") if part in parts else ""

    def attribute(tag: str, name: str) -> str:
        m = re.search(rf"""(?<![\w:])(?:\w+:)?{name}\s*=\s*("([^"]*)"|'([^']*)')""", tag)
        return html.unescape(m[2] if m[2] is not None else m[3]) if m else ""

    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", text("xl/_rels/workbook.xml.rels")):
        target = attribute(tag, "Target")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[attribute(tag, "Id")] = part.lower()
    names = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", text("xl/workbook.xml")):
        names[targets.get(attribute(tag, "id"), "")] = attribute(tag, "name")
    return names
