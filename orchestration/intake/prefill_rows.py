"""What stands, from the lake alone: the rows that a file for a month would repeat if nothing changed.

Which file stands for a month is decided in `standing`; what the state withdrew does not stand. Of an
organization the latest month stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from upath import UPath

from orchestration import lake
from orchestration.contracts.model import Field, submission_tables
from orchestration.intake.standing import held, read_parts
from orchestration.intake.withdrawals import withdrawn

Row = dict[str, Any]
BY_TIME = ["period", "received_at", "submission_id"]


@dataclass(frozen=True)
class Standing:
    """The submissions that stand for each LEA, month and table, as of a time and up to a month.

    Args:
        parts: the lake's files by table.
        files: lea_id, period, table_name, submission_id, received_at of what stands.
    """

    parts: dict[str, list[UPath]]
    files: pd.DataFrame

    @staticmethod
    def of(root: UPath, as_of: datetime, period: str) -> Standing:
        """What stands of the submissions received by `as_of` for months up to `period`."""
        parts = lake.parts(root)
        until = (pc.field("received_at") <= pa.scalar(as_of, pa.timestamp("us"))) & (
            pc.field("period") <= period
        )
        files = held(parts, until & (pc.field("rows_accepted") > 0))
        files = files.sort_values(["received_at", "submission_id"])
        files = files[~files["submission_id"].isin(set(withdrawn(root, as_of)))]
        files = files.drop_duplicates(["lea_id", "period", "table_name"], keep="last")
        return Standing(parts, files)

    def rows(
        self,
        table: str,
        organizations: Collection[str],
        *,
        since: str = "0000-00",
        by: tuple[str, ...] = ("org_id",),
    ) -> list[Row]:
        """The rows of a table that stand for those organizations, as the cells of a file.

        Args:
            since: first month whose rows count.
            by: of equal values of these columns the latest month's file stands; by organization, or by
                organization and code where a file may speak of some codes only.

        Returns:
            Rows with the contract's columns, `period` beside them, in order of the key.
        """
        fields = submission_tables()[table].fields
        files = self.files[(self.files["table_name"] == table) & (self.files["period"] >= since)]
        paths = self.parts.get(f"submission__{table}", [])
        if files.empty or not organizations or not paths:
            return []
        standing = pc.field("submission_id").isin(files["submission_id"].tolist())
        wanted = standing & pc.field("org_id").isin(sorted(organizations))
        keys = []
        for n, path in enumerate(paths):
            found = read_parts([path], [*by, *BY_TIME], wanted)
            if found is not None and found.num_rows:
                frame = found.to_pandas()
                keys.append(frame.assign(part=n, place=range(len(frame))))
        if not keys:
            return []
        every = pd.concat(keys, ignore_index=True)
        latest = every.sort_values(BY_TIME).drop_duplicates(list(by), keep="last")
        chosen = every.merge(latest[[*by, "submission_id"]], on=[*by, "submission_id"])
        columns = [*(f.name for f in fields), "period"]
        rows: list[Row] = []
        for part, places in chosen.groupby("part")["place"]:
            whole = read_parts([paths[int(part)]], columns, wanted)
            assert whole is not None
            rows += whole.take(pa.array(sorted(places))).to_pylist()
        for row in rows:
            for field in fields:
                row[field.name] = as_cell(field, row[field.name])
        key = submission_tables()[table].primary_key
        return sorted(rows, key=lambda r: [in_order(r[k]) for k in key])


def as_cell(field: Field, value: Any) -> Any:
    """A value of the lake as a cell that is read back as the same value, without a flag."""
    if not isinstance(value, Decimal):
        return value
    plain = int(value) if value == value.to_integral_value() else value.normalize()
    if field.format == "percent" and 0 < value <= 1:
        return f"{plain}%"  # without its sign it would be read as a fraction
    return plain


def in_order(value: Any) -> list[tuple[int, int, str]]:
    """A key by which 1.2 comes before 1.10, and G2 before G10."""
    pieces = re.findall(r"\d+|\D+", str(value if value is not None else ""))
    return [(0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in pieces]
