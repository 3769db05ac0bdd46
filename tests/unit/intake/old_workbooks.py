"""Writers of the smallest .xls, .xlsb and .ods that hold errors, formulas and merged cells.

No library writes all three with errors in them, so the few records and tags are put together here.
"""

from __future__ import annotations

import html
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CODES = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


@dataclass(frozen=True)
class Error:
    """A cell that shows an error, typed or of a formula."""

    text: str
    formula: bool = False


@dataclass(frozen=True)
class Formula:
    """A formula with its stored number."""

    value: float


Range = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0
Sheets = Mapping[str, Sequence[Sequence[Any]]]
Merged = Mapping[str, Sequence[Range]]


def _zip(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts.items():
            z.writestr(name, data)
    return out.getvalue()


# ------------------------------------------------------------------ .ods


def ods(sheets: Sheets, merged: Merged | None = None) -> bytes:
    tables = []
    for name, rows in sheets.items():
        spans = {(r[0], r[1]): r for r in (merged or {}).get(name, ())}
        lines = []
        for n, row in enumerate(rows):
            cells = "".join(_ods_cell(v, spans.get((n, c)), (n, c)) for c, v in enumerate(row))
            lines.append(f"<table:table-row>{cells}</table:table-row>")
        tables.append(f'<table:table table:name="{html.escape(name)}">{"".join(lines)}</table:table>')
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{space}office:1.0" '
        f'xmlns:table="{space}table:1.0" xmlns:text="{space}text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return _zip({"mimetype": mime, "content.xml": content.encode(), "META-INF/manifest.xml": manifest})


def _ods_cell(value: Any, span: Range | None, place: tuple[int, int]) -> str:
    spanned = ""
    if span:
        spanned = (
            f' table:number-rows-spanned="{span[2] - span[0] + 1}"'
            f' table:number-columns-spanned="{span[3] - span[1] + 1}"'
        )
    if value is None:
        return f"<table:table-cell{spanned}/>"
    formula = ""
    if isinstance(value, Error):
        if value.formula:
            formula = ' table:formula="of:=1/0"'
        kind = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        shown = value.text
    elif isinstance(value, str):
        kind, shown = 'office:value-type="string"', value
    else:
        number = value
        if isinstance(value, Formula):
            formula, number = ' table:formula="of:=1+1"', value.value
        kind, shown = f'office:value-type="float" office:value="{number}"', str(number)
    return (
        f"<table:table-cell{spanned}{formula} {kind}><text:p>{html.escape(shown)}</text:p></table:table-cell>"
    )


# ------------------------------------------------------------------ .xlsb


def xlsb(sheets: Sheets, merged: Merged | None = None) -> bytes:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"

    def relations(entries: Sequence[tuple[str, str, str]]) -> bytes:
        lines = "".join(f'<Relationship Id="{i}" Type="{office}/{t}" Target="{to}"/>' for i, t, to in entries)
        return f'<Relationships xmlns="{package}relationships">{lines}</Relationships>'.encode()

    book = _record(131) + _record(143)
    parts = {}
    entries = []
    for n, (name, rows) in enumerate(sheets.items(), 1):
        book += _record(156, struct.pack("<II", 0, n) + _wide(f"r{n}") + _wide(name))
        parts[f"xl/worksheets/sheet{n}.bin"] = _xlsb_sheet(rows, (merged or {}).get(name, ()))
        entries.append((f"r{n}", "worksheet", f"worksheets/sheet{n}.bin"))
    main = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    types = f'<Types xmlns="{package}content-types"><Default Extension="bin" ContentType="{main}"/></Types>'
    return _zip({
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": relations([("r1", "officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": book + _record(144) + _record(132),
        "xl/_rels/workbook.bin.rels": relations(entries),
        **parts,
    })  # fmt: skip


def _record(number: int, data: bytes = b"") -> bytes:
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    length, left = b"", len(data)
    while left > 127:
        length, left = length + bytes([left & 0x7F | 0x80]), left >> 7
    return head + length + bytes([left]) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb_sheet(rows: Sequence[Sequence[Any]], merged: Sequence[Range]) -> bytes:
    width = max(len(r) for r in rows)
    data = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1)) + _record(145)
    for n, row in enumerate(rows):
        data += _record(0, struct.pack("<IIHBBI", n, 0, 300, 0, 0, 0))
        for c, value in enumerate(row):
            at = struct.pack("<II", c, 0)
            tail = struct.pack("<HII", 0, 0, 0)
            if isinstance(value, Error):
                code = bytes([CODES[value.text]])
                data += _record(11, at + code + tail) if value.formula else _record(3, at + code)
            elif isinstance(value, Formula):
                data += _record(9, at + struct.pack("<d", value.value) + tail)
            elif isinstance(value, str):
                data += _record(6, at + _wide(value))
            elif value is not None:
                data += _record(5, at + struct.pack("<d", value))
    data += _record(146)
    if merged:
        data += _record(177, struct.pack("<I", len(merged)))
        for top, left, bottom, right in merged:
            data += _record(176, struct.pack("<4I", top, bottom, left, right))
        data += _record(178)
    return data + _record(130)


# ------------------------------------------------------------------ .xls


def xls(sheets: Sheets, merged: Merged | None = None) -> bytes:
    def record(number: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", number, len(data)) + data

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    def name_of(text: str) -> bytes:
        return bytes([len(text), 1]) + text.encode("utf-16-le")

    bodies = {}
    for name, rows in sheets.items():
        body = begin(0x0010)
        body += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(len(r) for r in rows), 0))
        for n, row in enumerate(rows):
            for c, value in enumerate(row):
                at = struct.pack("<HHH", n, c, 0)
                if isinstance(value, Error) and not value.formula:
                    body += record(0x0205, at + bytes([CODES[value.text], 1]))
                elif isinstance(value, Error):
                    body += record(
                        0x0006, at + bytes([2, 0, CODES[value.text], 0, 0, 0, 255, 255]) + bytes(8)
                    )
                elif isinstance(value, Formula):
                    body += record(0x0006, at + struct.pack("<d", value.value) + bytes(8))
                elif isinstance(value, str):
                    text = value.encode("utf-16-le")
                    body += record(0x0204, at + struct.pack("<HB", len(value), 1) + text)
                elif value is not None:
                    body += record(0x0203, at + struct.pack("<d", value))
        spans = (merged or {}).get(name, ())
        if spans:
            packed = b"".join(struct.pack("<4H", t, b, le, r) for t, le, b, r in spans)
            body += record(0x00E5, struct.pack("<H", len(spans)) + packed)
        bodies[name] = body + record(0x000A)
    start = len(begin(5)) + sum(len(record(0x0085, bytes(6) + name_of(n))) for n in sheets) + 4
    listed = b""
    for name, body in bodies.items():
        listed += record(0x0085, struct.pack("<IBB", start, 0, 0) + name_of(name))
        start += len(body)
    stream = begin(5) + listed + record(0x000A) + b"".join(bodies.values())
    return _compound(stream.ljust(4096, b"\0"))


def _compound(stream: bytes) -> bytes:
    """A compound file of 512-byte sectors: the table, the directory, then the one stream."""
    count = -(-len(stream) // 512)
    assert count <= 126, "the table of this writer has one sector"
    end, table = 0xFFFFFFFE, 0xFFFFFFFD
    links = [table, end, *range(3, count + 2), end]
    links += [0xFFFFFFFF] * (128 - len(links))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        head = text.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child
        )
        return head + bytes(36) + struct.pack("<III", first, size, 0)

    empty = bytes(64) + struct.pack("<HBBIII", 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(48)
    directory = (
        entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + empty * 2
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + struct.pack("<128I", *links) + directory + stream.ljust(count * 512, b"\0")
