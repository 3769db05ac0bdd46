"""What intake found, counted again: what has become of each finding, and how often each rule fired where.

Which findings there are is intake's own (its tests plant every fault); read here as the lake holds them.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

import pandas as pd
from landing_files import Submission
from recompute_agenda import told
from recompute_directory import Directory
from recompute_measures import seed
from recompute_story import Stories

Row = dict[str, Any]
REJECT_KEYS = {
    "fct_reject": ["submission_id", "finding_no"],
    "rpt_reject_causes": [
        "scope_level", "scope_id", "span_level", "span", "rule_id", "severity", "table_name", "column_name",
    ],
}  # fmt: skip
FACTS = ("severity", "rule_id", "file_name", "table_name", "source_sheet", "source_row", "source_cell", "column_name",
         "value", "message", "own_columns")  # fmt: skip
IN_ORDER = ("source_sheet", "source_row", "source_cell", "column_name", "rule_id", "severity", "value", "table_name",
            "message", "own_columns")  # fmt: skip


class Everything(Stories, Directory):
    """Every mart of the comparison as of a time."""

    @cached_property
    def _held(self) -> dict[str, dict[str, int]]:
        """By submission the rows read of each of its tables."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for r in self.tables_read.to_dict("records"):
            found[r["submission_id"]][r["table_name"]] = int(r["rows_read"])
        return found

    def _is_open(self, s: Submission, table: str | None) -> bool | None:
        """Whether no later file that counts can have mended it."""
        if not s.period or s.submission_id in self.withdrawn:
            return None if not s.period else False
        return not any(
            (t.lea_id, t.period) == (s.lea_id, s.period)
            and (t.received_at, t.submission_id) > (s.received_at, s.submission_id)
            and self.counts(t)
            and (table is None or table in self._held[t.submission_id])
            for t in self.files
        )

    @cached_property
    def fct_reject(self) -> pd.DataFrame:
        checks = {r["rule_id"]: r["rule_checks"] for r in seed("intake_rules")}
        files = {r["submission_id"]: told(r) for r in self.fct_submission.to_dict("records")}
        by_id = {s.submission_id: s for s in self.files}
        found: dict[str, list[Row]] = defaultdict(list)
        for r in self.findings.to_dict("records"):
            if r["submission_id"] in files:
                found[r["submission_id"]].append({k: told(r)[k] for k in FACTS})
        rows = []
        for submission_id, findings in found.items():
            file = files[submission_id]
            state = (
                "refused" if file["outcome"] == "refused" else "withdrawn" if file["is_withdrawn"] else None
            )
            state = state or ("superseded" if file["is_superseded"] else "standing")
            carried = {
                k: file[k] for k in ("lea_id", "period", "school_year", "received_at", "is_late", "outcome")
            }
            findings.sort(key=lambda f: tuple((f[c] is not None, f[c]) for c in IN_ORDER))
            for number, f in enumerate(findings, 1):
                rows.append({**f, **carried, "submission_id": submission_id, "finding_no": number,
                             "submission_state": state, "rule_checks": checks[f["rule_id"]],
                             "is_open": self._is_open(by_id[submission_id], f["table_name"])})  # fmt: skip
        return pd.DataFrame(rows, dtype=object)

    def _places(self, s: Row) -> list[tuple[str, str, str, str]]:
        """Scopes and spans that a file counts in."""
        region = self.region_of.get(s["lea_id"])
        scopes = (
            ("lea", s["lea_id"]),
            ("region", region if isinstance(region, str) else "unknown"),
            ("state", "state"),
        )
        spans = (("month", s["period"] or "unknown"), ("school_year", s["school_year"] or "unknown"))
        return [(*scope, *span) for scope in scopes for span in spans]

    @cached_property
    def rpt_reject_causes(self) -> pd.DataFrame:
        n_files: dict[tuple[str, ...], int] = defaultdict(int)
        n_rows: dict[tuple[str, ...], int] = defaultdict(int)
        for s in map(told, self.fct_submission.to_dict("records")):
            for place in self._places(s):
                n_files[place] += 1
                for table, n in self._held[s["submission_id"]].items():
                    n_rows[(*place, table)] += n
                    n_rows[(*place, "")] += n
        causes: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for r in self.fct_reject.to_dict("records"):
            cause = (r["rule_id"], r["severity"], r["table_name"] or "", r["column_name"] or "")
            for place in self._places(r):
                causes[(*place, *cause)].append(r)
        rows = []
        for key, own in causes.items():
            read, touched = n_rows[(*key[:4], key[6])], len({r["submission_id"] for r in own})
            in_accepted = sum(r["outcome"] != "refused" for r in own)
            rows.append(
                {
                    **dict(zip(REJECT_KEYS["rpt_reject_causes"], key, strict=True)),
                    "school_year": own[0]["school_year"], "rule_checks": own[0]["rule_checks"],
                    "n_findings": len(own), "n_open": sum(bool(r["is_open"]) for r in own),
                    "n_findings_in_accepted": in_accepted, "n_rows_read": read,
                    "findings_per_row": in_accepted / read if read else None, "n_submissions_touched": touched,
                    "n_submissions": n_files[key[:4]], "submissions_share": touched / n_files[key[:4]],
                    "n_leas_touched": len({r["lea_id"] for r in own}),
                    "first_received_at": min(r["received_at"] for r in own),
                    "last_received_at": max(r["received_at"] for r in own),
                }
            )  # fmt: skip
        return pd.DataFrame(rows, dtype=object)
