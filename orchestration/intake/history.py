"""What an LEA has sent, what of it stands, and what is due: `outbox/<lea_id>/index.html`.

Made from the lake, the policy and the as-of time alone, and rewritten only where its bytes change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake, storage
from orchestration.contracts.model import Table, submission_tables
from orchestration.intake.answer_words import count, day, link, local, moment, month, page, rows, text
from orchestration.intake.assemble import ACCEPTED, REFUSED
from orchestration.intake.receipt import PLAIN, receipt_path
from orchestration.intake.receipt_due import due_on, is_reporting_month, next_period
from orchestration.intake.withdrawals import Withdrawn, withdrawn
from orchestration.policy import Policy
from orchestration.school_year import PERIOD, month_of_school_year, school_year_of
from orchestration.settings import Settings

SUBMISSION_COLUMNS = [
    "submission_id", "lea_id", "period", "received_at", "file_name", "outcome",
    "rows_read", "rows_accepted", "rows_rejected",
]  # fmt: skip
TABLE_COLUMNS = ["submission_id", "lea_id", "period", "received_at", "table_name", "rows_accepted"]
LOOK_AHEAD = 12  # months in which the next reporting month is looked for
OUTCOMES = {"accepted": "Accepted", "accepted_with_rejects": "Accepted in part", "refused": "Not accepted"}


@dataclass
class Sent:
    """What one LEA sent: rows of `intake__submissions`, of `intake__tables` those that stand, and what
    the state withdrew."""

    files: list[dict[str, Any]] = field(default_factory=list)
    standing: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    withdrawn: dict[str, Withdrawn] = field(default_factory=dict)


def write_histories(
    settings: Settings,
    policy: Policy,
    as_of: datetime,
    names: dict[str, str] | None = None,
    *,
    obliged: Collection[str] = (),
    only: str | None = None,
) -> int:
    """Write the history of every LEA whose history changed; how many were written.

    Args:
        settings: the home.
        policy: the state's policy.
        as_of: the night's time (UTC): what was received by then, and which day it is.
        names: names of organizations by ID, as far as they are known.
        obliged: LEAs that owe every report of this school year, also those that never sent anything.
        only: this LEA's alone.
    """
    changed: list[Callable[[], None]] = []
    every = {**{lea_id: Sent() for lea_id in obliged}, **_sent(settings.lake, as_of)}
    for lea_id, sent in sorted(every.items()):
        if not PLAIN.fullmatch(lea_id) or only not in (None, lea_id):
            continue  # no LEA: its answers are in `_unplaced`
        path = settings.outbox / lea_id / "index.html"
        name = (names or {}).get(lea_id, "")
        data = history_page(lea_id, sent, policy, as_of, name, owes=lea_id in obliged)
        if not path.exists() or path.read_bytes() != data:
            storage.names_swept(path.parent)  # not its months: who writes workbooks there holds no lock
            changed.append(partial(storage.write_whole, path, data))
    return len(storage.side_by_side(changed))


def _sent(root: UPath, as_of: datetime) -> dict[str, Sent]:
    found: dict[str, Sent] = defaultdict(Sent)
    files = lake.parts(root, [b for b in lake.standing(root) if not b.info.get("simulated")])
    outcomes = {}
    gone = withdrawn(root, as_of)
    for row in _read(files.get("intake__submissions", []), SUBMISSION_COLUMNS):
        if row["received_at"] <= as_of:
            sent = found[row["lea_id"]]
            sent.files.append(row)
            if row["submission_id"] in gone:
                sent.withdrawn[row["submission_id"]] = gone[row["submission_id"]]
                continue
            outcomes[row["submission_id"]] = row["outcome"]
    for row in _read(files.get("intake__tables", []), TABLE_COLUMNS):
        counts = outcomes.get(row["submission_id"], REFUSED) != REFUSED and row["rows_accepted"] > 0
        if counts and row["period"]:  # as the model int_standing_tables decides it
            key = (row["period"], row["table_name"])
            standing = found[row["lea_id"]].standing
            if key not in standing or _order(standing[key]) < _order(row):
                standing[key] = row
    return found


def _read(files: Iterable[UPath], columns: list[str]) -> list[dict[str, Any]]:
    tables = [pq.read_table(pa.BufferReader(p.read_bytes()), columns=columns) for p in files]
    return pa.concat_tables(tables).to_pylist() if tables else []


def _order(row: dict[str, Any]) -> tuple[datetime, str]:
    return row["received_at"], row["submission_id"]


def history_page(
    lea_id: str, sent: Sent, policy: Policy, as_of: datetime, name: str = "", *, owes: bool = False
) -> bytes:
    """The page of one LEA; `owes` where it owes every report of this school year, whatever it sent."""
    who = f"{name} ({lea_id})" if name else f"LEA {lea_id}"
    parts = [f"<h1>{text(who)}</h1>", "<p>Everything you sent, and what of it counts.</p>"]
    parts += ["<h2>What is due</h2>", *_due(sent, policy, local(as_of, policy.time_zone).date(), owes)]
    parts += ["<h2>What stands, by month</h2>", _standing(sent, policy)]
    parts += ["<h2>Every file</h2>", _files(lea_id, sent, policy)]
    return page(f"History of {who}", "\n".join(parts))


def _due(sent: Sent, policy: Policy, today: date, owes: bool) -> list[str]:
    """What has not come yet, and what comes next.

    Looked at are the months from the first report on, of school years in which the LEA has sent anything
    and of this one, and all of this one where a designation obliges it: whether it owed earlier ones
    depends on earlier designations, which the state's reports tell.
    """
    first_month = policy.school_year_first_month
    reported = {period for period, table in sent.standing if table != "cover"}
    named = {f["period"] for f in sent.files if f["period"] and PERIOD.match(f["period"])} | reported
    this = f"{today:%Y-%m}"
    years = {school_year_of(p, first_month) for p in {*named, this}}
    overdue: list[str] = []
    open_: list[str] = []
    start = f"{school_year_of(this, first_month)[:4]}-{first_month:02d}"
    period = min({*named, start} if owes else named, default=this)
    while period < this:
        wanted = is_reporting_month(period, policy) and period not in reported
        if wanted and school_year_of(period, first_month) in years:
            due = due_on(period, policy)
            (overdue if due and due < today else open_).append(_month_due(period, due))
        period = next_period(period)
    lines = []
    if overdue:
        told = f"<b>Overdue:</b> {text('; '.join(overdue))}. Late reports count too."
        lines.append(f'<div class="box bad">{told}</div>')
    if open_:
        lines.append(f'<div class="box some"><b>To be sent:</b> {text("; ".join(open_))}.</div>')
    for _ in range(LOOK_AHEAD):
        if is_reporting_month(period, policy) and period not in reported:
            asked = text(", ".join(asked_for(period, policy)))
            lines.append(
                f"<p><b>Next:</b> {text(_month_due(period, due_on(period, policy)))}. Sheets: {asked}.</p>"
            )
            break
        period = next_period(period)
    return lines or ["<p>Nothing is due.</p>"]


def _month_due(period: str, due: date | None) -> str:
    return month(period) + (f" (due by the end of {day(due)})" if due else "")


def asked_for(period: str, policy: Policy) -> list[str]:
    """The sheets that a month's report holds besides the plan where it changes."""
    place = month_of_school_year(period, policy.school_year_first_month)
    whens = {"monthly"}
    whens |= {"quarterly"} if place % 3 == 0 else set()
    whens |= {"semester"} if place % 6 == 0 else set()
    return [t.sheet for t in submission_tables().values() if t.when in whens]


def _standing(sent: Sent, policy: Policy) -> str:
    if not sent.standing:
        return "<p>Nothing yet.</p>"
    names = {f["submission_id"]: f["file_name"] for f in sorted(sent.files, key=_order)}
    tables = submission_tables()
    lines = []
    for period in sorted({p for p, _ in sent.standing}, reverse=True):
        by_file: dict[str, list[str]] = defaultdict(list)
        for table in tables.values():
            if row := sent.standing.get((period, table.name)):
                by_file[row["submission_id"]].append(_told(table, row))
        told = "<br>".join(
            f"{text(names.get(s, s))}: {text(', '.join(by_file[s]))}"
            for s in sorted(by_file, key=list(names).index)
        )
        firsts = [
            f["received_at"]
            for f in sent.files
            if f["period"] == period and f["outcome"] != REFUSED and f["submission_id"] not in sent.withdrawn
        ]
        due, came = due_on(period, policy), local(min(firsts), policy.time_zone).date()
        when = "" if due is None else "in time" if came <= due else "late"
        lines.append(
            f'<tr><td class="w">{link(f"{period}/receipt.html", month(period))}</td>'
            f'<td class="w">{when}</td><td>{told}</td></tr>'
        )
    return rows([("Month", ""), ("Came", ""), ("What counts: file, and rows of each sheet", "")], lines)


def _told(table: Table, row: dict[str, Any]) -> str:
    return f"{table.sheet} {row['rows_accepted']:,}"


def _files(lea_id: str, sent: Sent, policy: Policy) -> str:
    if not sent.files:
        return "<p>Nothing yet.</p>"
    lines = []
    for row in sorted(sent.files, key=_order, reverse=True):
        path = receipt_path(UPath("outbox"), row["submission_id"], lea_id, row["period"])
        receipt = f"{path.parent.name}/{path.name.removesuffix('.json')}.html"
        outcome = OUTCOMES.get(row["outcome"], row["outcome"])
        how = {ACCEPTED: "good", REFUSED: "bad"}.get(row["outcome"], "some")
        numbers = (
            f"{count(row['rows_accepted'], 'row')} of {row['rows_read']:,} count"
            if row["outcome"] != REFUSED
            else "nothing counts"
        )
        told = ""
        if gone := sent.withdrawn.get(row["submission_id"]):
            since = day(local(gone.at, policy.time_zone).date())
            how, numbers = "bad", "nothing counts"
            told = f"<br>{text(f'Withdrawn by the state on {since}, because: {gone.because}')}"
        lines.append(
            f"<tr><td>{text(moment(row['received_at'], policy.time_zone))}</td><td>{text(row['file_name'])}</td>"
            f"<td>{text(month(row['period'])) if row['period'] else 'unknown'}</td>"
            f'<td class="{how}">{link(receipt, outcome)}{told}</td><td>{text(numbers)}</td></tr>'
        )
    headers = [("Received", ""), ("File", ""), ("For", ""), ("Outcome (opens the receipt)", ""), ("Rows", "")]
    return rows(headers, lines)
