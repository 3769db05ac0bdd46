"""Layouts of federal files typed from the tables of the reference on EDFacts, and a reader made of them alone.

Nothing here reads the project's seeds or calls its code: it is what a seed, or a writer, must agree with.
"""

from __future__ import annotations

from dataclasses import dataclass

# number, name, places in the fixed-width form, M (mandatory), O (optional) or blank (filler); then where CR/LF stands
COMMON = """
1 FileRecordNumber 1-10 M
2 FIPSStateCode 11-12 M
3 StateAgencyNumber 13-14 M
4 StateLEAIDNumber 15-28 M
5 StateSchoolIDNumber 29-48 M
"""
FS206 = (
    COMMON
    + """
6 CompSupImprvmntID 49-63 M
7 TrgtSupImprvmntID 64-78 M
8 AddlTrgtSupImprvmntID 79-93 M
9 Filler1 94-108 blank
10 Filler2 109-123 blank
11 Explanation 124-323 O
""",
    324,
)
FS212 = (
    COMMON
    + """
6 TableTypeAbbrv 49-68 M
7 ComprhnsvSupportIdentificationTypeID 69-83 O
8 TargetIdentificationSubgrpsID 84-98 O
9 Filler 99-99 blank
10 Explanation 100-299 O
11 Amount 300-314 M
""",
    315,
)
FS132 = (
    COMMON
    + """
6 Filler1 49-63 blank
7 Filler2 64-78 blank
8 Filler3 79-84 blank
9 EconDisadvantagedStatusID 85-90 M
10 Filler4 91-105 blank
11 Filler5 106-120 blank
12 Filler6 121-135 blank
13 Filler7 136-150 blank
14 Filler8 151-165 blank
15 ImpFundAllocA 166-180 O
16 Filler9 181-195 blank
17 Explanation 196-395 O
""",
    396,
)
FS223 = (
    COMMON
    + """
6 TitleISchoolStatus 49-63 M
7 Explanation 64-263 O
""",
    264,
)
FS193 = (
    """
1 FileRecordNumber 1-10 M
2 FIPSStateCode 11-12 M
3 StateAgencyNumber 13-14 M
4 StateLEAIDNumber 15-28 M
5 TableTypeAbbrv 29-48 M
6 Filler1 49-63 blank
7 Filler2 64-78 blank
8 TotalIndicator 79-79 M
9 Explanation 80-279 O
10 Amount 280-289 M
""",
    290,
)
HEADER_PLACES = ((0, 50), (50, 60), (60, 85), (85, 117), (117, 126))
FILE_TYPES = {
    "206": "SCH CSI TSI",
    "212": "SCHOOL CSI TSI REASON",
    "132": "NCLB SCHOOL END SY STATUS",
    "223": "SCH SCHOOL STATUS",
    "193": "LEA TITLE I PA",
}
TABLES = {"206": FS206, "212": FS212, "132": FS132, "223": FS223, "193": FS193}


@dataclass(frozen=True)
class TypedField:
    """A line of a table above."""

    number: int
    name: str
    first: int
    last: int
    kind: str


def typed_fields(number: str) -> list[TypedField]:
    """The fields of a file as the reference has them."""
    found = []
    for line in TABLES[number][0].split("\n"):
        if line.strip():
            no, name, places, kind = line.split()
            first, last = places.split("-")
            found.append(TypedField(int(no), name, int(first), int(last), kind))
    return found


def record_length(number: str) -> int:
    """Characters of a record before its CR/LF."""
    return TABLES[number][1] - 1


def parse(data: bytes, number: str, form: str) -> tuple[list[str], list[dict[str, str]]]:
    """Header values and records by field name; raises where the file is not of the form it says."""
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    header, *lines = data.decode("ascii").split("\r\n")[:-1]
    fields = typed_fields(number)
    if form == "txt":
        assert {len(line) for line in [header, *lines]} <= {record_length(number)}
        head = [header[a:b].strip() for a, b in HEADER_PLACES]
        assert not header[126:].strip()
        rows = [{f.name: line[f.first - 1 : f.last].strip() for f in fields} for line in lines]
        return head, rows
    delimiter = {"csv": ",", "tab": "\t"}[form]
    rows = []
    for line in lines:
        values = line.split(delimiter)
        assert len(values) == len(fields), line
        rows.append(dict(zip((f.name for f in fields), values, strict=True)))
    return header.split(delimiter), rows
