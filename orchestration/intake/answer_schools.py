"""How many rows of each table count for each school of a submission, from the lake's typed rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from upath import UPath

from orchestration.contracts.model import submission_tables

PREFIX = "submission__"


def rows_by_school(files: Mapping[str, Sequence[UPath]], ids: pa.Array) -> dict[str, list[dict[str, Any]]]:
    """By submission: org_id, table, sheet and rows_accepted, in order of organization and table.

    Args:
        files: parts by lake table.
        ids: the submissions asked for.
    """
    found: dict[str, list[tuple[str, int, int]]] = {}
    known = submission_tables()
    for n, (name, table) in enumerate(known.items()):
        paths = files.get(f"{PREFIX}{name}", [])
        if not paths or not any(f.name == "org_id" for f in table.fields):
            continue
        columns = ["submission_id", "org_id"]
        parts = [pq.read_table(pa.BufferReader(p.read_bytes()), columns=columns) for p in paths]
        rows = pa.concat_tables(parts)
        rows = rows.filter(pc.is_in(rows["submission_id"], ids))
        counts = rows.group_by(columns).aggregate([([], "count_all")])
        for row in counts.to_pylist():
            found.setdefault(row["submission_id"], []).append((row["org_id"], n, row["count_all"]))
    tables = list(known.values())
    return {
        submission_id: [
            {"org_id": o, "table": tables[n].name, "sheet": tables[n].sheet, "rows_accepted": rows_}
            for o, n, rows_ in sorted(counted)
        ]
        for submission_id, counted in found.items()
    }
