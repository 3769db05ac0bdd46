"""A federal file as bytes: header record and records, comma, tab or fixed width, each ended by CR/LF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.extracts.layout import Field, Layout
from orchestration.extracts.options import Options
from orchestration.extracts.values import field_text

DELIMITERS = {"csv": ",", "tab": "\t"}
FORMS = ("csv", "tab", "txt")
END = "\r\n"
# name, length, kind of the header's fields; its filler pads to the length of a record
HEADER = (
    ("FileType", 50, "S"),
    ("TotalRecords", 10, "N"),
    ("FileName", 25, "S"),
    ("FileIdentifier", 32, "S"),
    ("FileReportingPeriod", 9, "S"),
)


def render(
    layout: Layout,
    options: Options,
    rows: Sequence[Mapping[str, Any]],
    *,
    name: str,
    identifier: str,
    form: str,
) -> bytes:
    """The whole file. A value that is too long is written as it is, so that the checks see it."""
    header = [layout.header_type, str(len(rows)), name, identifier, layout.reporting_period]
    records = [
        [field_text(f, row, number, options) for f in layout.fields] for number, row in enumerate(rows, 1)
    ]
    if form == "txt":
        first = "".join(_placed(v, n, kind) for v, (_, n, kind) in zip(header, HEADER, strict=True))
        lines = [first.ljust(layout.record_length), *(_fixed(layout.fields, r) for r in records)]
    else:
        delimiter = DELIMITERS[form]
        lines = [delimiter.join([*header, ""] if options.header_filler else header)]
        lines += [delimiter.join(r) for r in records]
    return "".join(line + END for line in lines).encode(options.encoding, "backslashreplace")


def _fixed(fields: Sequence[Field], values: Sequence[str]) -> str:
    return "".join(_placed(v, f.length, f.kind) for f, v in zip(fields, values, strict=True))


def _placed(value: str, length: int, kind: str) -> str:
    return value.rjust(length) if kind == "N" else value.ljust(length)
