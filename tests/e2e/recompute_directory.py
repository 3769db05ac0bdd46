"""The dimensions and the list of feed files worked out again, from the files as they were received."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from recompute_measures import seed
from recompute_received import Received

Row = dict[str, Any]
DIRECTORY_KEYS = {
    "dim_organization": ["org_id"],
    "dim_practice": ["practice_code"],
    "dim_period": ["period"],
    "fct_feed_file": ["source_file", "file_sha256", "table_name"],
}
REPLACED_BY = {"designations": ["list_year", "org_id", "school_year"]}  # row by row, by a later file
NOT_RECOMPUTED = {"fct_feed_file": {"message"}}  # how the file was read, in words
LATEST = ("org_name", "region", "status", "opened_on", "is_charter", "school_type", "grades_served", "nces_lea_id",
          "nces_school_id")  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _received(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


class Directory(Received):
    """Organizations, months, practices and feed files as of a time."""

    @cached_property
    def dim_organization(self) -> pd.DataFrame:
        listed: dict[str, list[Row]] = {}
        for path in sorted((self.home / "feeds").glob("directory_*.csv")):
            for row in pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records"):
                listed.setdefault(row["org_id"], []).append(row)
        found: dict[str, Row] = {}
        for org, rows in listed.items():
            rows.sort(key=lambda r: r["effective_on"])
            newest = {c: next((r[c] for r in reversed(rows) if r[c]), None) for c in LATEST}
            newest["is_charter"] = {"true": True, "false": False}.get(newest["is_charter"] or "")
            closed = next((r["closed_on"] for r in reversed(rows) if r["status"]), None)
            days = {"opened_on": _day(newest["opened_on"]), "closed_on": _day(closed)}
            seen = {
                "first_listed_on": _day(rows[0]["effective_on"]),
                "last_listed_on": _day(rows[-1]["effective_on"]),
            }
            found[org] = {
                "org_id": org,
                **{c: rows[-1][c] for c in ("org_level", "lea_id")},
                **newest,
                **days,
                **seen,
            }
        for row in found.values():
            lea = found.get(row["lea_id"], {})
            row["lea_name"] = lea.get("org_name")
            row |= {c: row[c] or lea.get(c) for c in ("region", "nces_lea_id")}
        return pd.DataFrame(found.values(), dtype=object)

    @cached_property
    def dim_practice(self) -> pd.DataFrame:
        titles = {d["domain_code"]: d["domain_title"] for d in seed("domains")}
        rows = [{**p, "domain_title": titles[p["domain_code"]]} for p in seed("practices")]
        return pd.DataFrame([{**r, "is_confirmed": r["is_confirmed"] == "true"} for r in rows])

    @cached_property
    def dim_period(self) -> pd.DataFrame:
        read = [s.period for s in self.files if s.period and not s.refused]
        today = self.calendar.day(self.as_of)
        every = [*read, f"{today:%Y-%m}"]
        first, last = (self.calendar.school_year(p) for p in (min(every), max(every)))
        rows = []
        for start in range(int(first[:4]), int(last[:4]) + 1):
            year = f"{start}-{(start + 1) % 100:02d}"
            for no, period in enumerate(self.calendar.months(year)):
                due_on = self.calendar.due_on(period)
                rows.append(
                    {
                        "period": period, "period_start": date.fromisoformat(f"{period}-01"),
                        "period_end": self.calendar.end(period), "school_year": year, "month_no": no + 1,
                        "quarter_no": no // 3 + 1, "semester_no": no // 6 + 1,
                        "quarter_id": f"{year} Q{no // 3 + 1}", "semester_id": f"{year} S{no // 6 + 1}",
                        "due_on": due_on, "is_reporting_month": self.calendar.is_reporting(period),
                        "is_due": self.calendar.has_passed(due_on, self.as_of),
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def fct_feed_file(self) -> pd.DataFrame:
        feeds = yaml.safe_load((self.state / "feeds.yaml").read_text(encoding="utf-8"))["feeds"]
        rows = []
        standing: dict[str, dict[tuple[str, ...], str]] = {table: {} for table in REPLACED_BY}
        for received_at, path in sorted((_received(p), p) for p in (self.home / "feeds").iterdir()):
            if received_at > self.as_of:
                continue
            read = pd.read_csv(path, dtype=str, keep_default_na=False)
            n = len(read)
            asked = [
                (name, f["table"]) for name, f in feeds.items() if any(path.match(g) for g in f["files"])
            ]
            for table in {t for _, t in asked} & REPLACED_BY.keys():
                standing[table] |= dict.fromkeys(read[REPLACED_BY[table]].itertuples(index=False), path.name)
            for feed, table in asked:
                rows.append(
                    {
                        "source_file": path.name, "table_name": table, "feed": feed, "received_at": received_at,
                        "outcome": "loaded", "is_feed_stale": False, "source_sheet": None, "header_row": 1,
                        "rows_read": n, "rows_loaded": n, "rows_rejected": 0, "notes_dropped": 0,
                        "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                    }
                )  # fmt: skip
        for row in rows:  # those that a later file has replaced do not stand
            if row["table_name"] in standing:
                row["rows_loaded"] = Counter(standing[row["table_name"]].values())[row["source_file"]]
        return pd.DataFrame(rows, dtype=object)
