"""What an .xlsx says of its cells beside their values: errors, formulas, merged ranges.

python-calamine hands over the values alone; a `#REF!`, and a formula without a stored value, as empty
text, which would pass for a cell that nobody filled in. The worksheets' XML is searched for them; only
where one is found is its place worked out. Plain byte patterns, no XML parser: nothing can be expanded
or fetched.
"""

from __future__ import annotations

import html
import re
import zipfile

from orchestration.intake.cell_marks import NOT_CALCULATED, Marks, Range
from orchestration.intake.whole_xml import check_whole
from orchestration.intake.workbook_parts import book_of, plain, sheet_parts
from orchestration.intake.zip_bytes import member_bytes

STRINGS_PART = re.compile(r"(.*/)?sharedstrings\.xml", re.IGNORECASE)
# plain substrings: a pattern over every byte of every sheet would double the time of reading
SUSPECTS = (b't="e"', b"t='e'", b"<f")
SUSPECTS_WITH_PREFIX = (*SUSPECTS, b":f>", b":f ", b":f/")
CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)?(?:/>|>(.*?)</(?:\w+:)?c\s*>)", re.DOTALL)
ATTRIBUTE = re.compile(rb"""\b([rt])\s*=\s*["']([^"']*)["']""")
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(.*?)</(?:\w+:)?v\s*>", re.DOTALL)
INLINE = re.compile(rb"<(?:\w+:)?is[\s>]")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
REFERENCES = re.compile(r"[A-Z]{1,3}\d{1,7}(:[A-Z]{1,3}\d{1,7})?")
# the formula's own range, where one formula gives the values of many cells
SPREAD = re.compile(
    rb"""<(?:\w+:)?f\s(?=[^>]*\bt\s*=\s*["'](?:array|dataTable)["'])[^>]*\bref\s*=\s*["']([^"']+)["']"""
)
MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']"""
)
# what a program writes that could not calculate: the stored values are placeholders
TO_CALCULATE = re.compile(r"""<(?:\w+:)?calcPr\s[^>]*\bfullCalcOnLoad\s*=\s*["'](?:1|true)["']""")
FROM_1904 = re.compile(r"""<(?:\w+:)?workbookPr\s[^>]*\bdate1904\s*=\s*["'](?:1|true)["']""")
NO_VALUE = "#VALUE!"
MOST_SPREAD = 200_000  # cells of one such range


def marks(zipped: zipfile.ZipFile, limit: int) -> dict[str, Marks]:
    """What is to be told of the cells of each sheet, by its name; sheets of plain values are left out.

    Args:
        zipped: the workbook.
        limit: bytes of one worksheet that are looked at; a larger one is left to the reader's own limits.

    Raises:
        UnreadableError: a part is damaged.
    """
    book = book_of(zipped, limit)
    workbook = book.data.decode("utf-8", "replace")
    names = sheet_parts(book)
    by_name: dict[str, Marks] = {}
    for member in zipped.infolist():
        part = plain(member.filename)
        name = names.get(part)
        if member.file_size > limit or (name is None and not STRINGS_PART.fullmatch(part)):
            continue
        data = member_bytes(zipped, member, limit)
        check_whole(part, data)
        if name is not None:
            found = _in_sheet(data) if _is_suspect(data) else Marks()
            # merged ranges stand behind the cells
            found.merged = [
                _range(m[1].decode()) for m in MERGED.finditer(data, data.rfind(b"sheetData") + 1)
            ]
            if found:
                by_name[name] = found
    if FROM_1904.search(workbook):
        for name in names.values():
            by_name.setdefault(name, Marks()).from_1904 = True
    if any(found.formulas for found in by_name.values()) and TO_CALCULATE.search(workbook):
        for found in by_name.values():
            found.faults += [(r, c, NOT_CALCULATED) for r, c in sorted(found.formulas)]
    return by_name


def _is_suspect(data: bytes) -> bool:
    """Whether a cell of the worksheet may hold an error or a formula; what stands behind the cells does not count."""
    start, end = data.find(b"sheetData"), data.rfind(b"sheetData")
    if start == end:  # no cells, or no whole sheet
        start, end = 0, len(data)
    suspects = SUSPECTS if data[start - 1 : start] == b"<" else SUSPECTS_WITH_PREFIX
    return any(data.find(s, start, end) >= 0 for s in suspects)


def _in_sheet(data: bytes) -> Marks:
    found = Marks()
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
            found.faults.append((row, column, text or NO_VALUE))
        elif FORMULA.search(body):
            if text or attributes.get(b"t") == b"str" or INLINE.search(body):
                found.formulas.add((row, column))
            else:
                found.faults.append((row, column, NOT_CALCULATED))
            if (spread := SPREAD.search(body)) and REFERENCES.fullmatch(spread[1].decode("ascii", "replace")):
                top, left, bottom, right = _range(spread[1].decode())
                if (bottom - top + 1) * (right - left + 1) <= MOST_SPREAD:
                    found.formulas |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    return found


def _range(text: str) -> Range:
    """`B2:C4` as first row, first column, last row, last column."""
    places = [REFERENCE.fullmatch(t) for t in text.split(":")]
    first, last = places[0], places[-1]
    assert first is not None and last is not None  # the patterns let nothing else through
    return int(first[2]) - 1, _index(first[1]), int(last[2]) - 1, _index(last[1])


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
