"""The receipt for people: one page that says accepted or not, what to mend and where, and what is next."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from orchestration.intake import own_faults
from orchestration.intake.answer_words import count, day, link, local, moment, month, page, rows, text
from orchestration.intake.assemble import ACCEPTED, REFUSED
from orchestration.intake.receipt_due import due_on
from orchestration.policy import Policy

NOT_SENT = "This was only a check: the file was not sent and nothing was kept. Put it into your folder when it is ready."
ALIKE = 3  # problems of one kind that are told each by itself; the others as a list of cells
MOST_CELLS, MOST_KINDS, MOST_SCHOOLS = 40, 60, 100
MOST_OWN, LONGEST_OWN = (
    4,
    60,
)  # of the sender's own columns: how many are shown beside a problem, and how long


def receipt_page(
    receipt: dict[str, Any], policy: Policy, *, names: dict[str, str], marked: str = "", history: str = ""
) -> bytes:
    """The page of one receipt.

    Args:
        receipt: as `make_receipt` gives it.
        policy: the state's policy.
        names: names of organizations by ID, as far as they are known.
        marked: file beside the page with the sender's own cells marked; blank where there is none.
        history: address of the LEA's history; blank where there is none.
    """
    wanted = [f for f in receipt["findings"] if f["severity"] != "flag"]
    odd = [f for f in receipt["findings"] if f["severity"] == "flag"]
    about = month(receipt["period"]) if receipt["period"] else "your file"
    received = datetime.fromisoformat(receipt["received_at"].removesuffix("Z"))
    lea = receipt["lea_id"]
    who = f"{names[lea]} ({lea})" if names.get(lea) else f"LEA {lea}"
    parts = [
        f"<h1>Your report for {text(about)}</h1>" if receipt["period"] else "<h1>Your report</h1>",
        f'<p class="wrap">{text(who)} · file <b>{text(receipt["file"])}</b> · '
        f"{'checked, not sent,' if 'left_out' in receipt else 'received'} "
        f"{text(moment(received, policy.time_zone))}</p>",
        _banner(receipt),
        "<h2>What happens next</h2>",
        *(f"<p>{text(line)}</p>" for line in next_steps(receipt, policy)),
    ]
    if marked:
        parts.append(f"<p>{link(marked, marked)} is {_of_whom(marked)} with these places marked.</p>")
    for notes in receipt.get("left_out", []):
        parts.append(f"<p><b>Not checked:</b> {text(notes)}</p>")
    if wanted:
        title = "Why it was not accepted" if receipt["outcome"] == REFUSED else "Please mend"
        parts += [f"<h2>{title} ({len(wanted):,})</h2>", _findings(wanted)]
    if odd:
        title = "Read, but please look" if receipt["outcome"] != REFUSED else "Also worth a look"
        parts += [
            f"<h2>{title} ({len(odd):,})</h2>",
            "<p>These never stop a row from counting. If what we read is what you meant, do nothing.</p>",
            _findings(odd),
        ]
    parts += [*_what_was_read(receipt, names), _foot(receipt, received, history)]
    return page(f"Receipt: {about}", "\n".join(parts))


def _of_whom(marked: str) -> str:
    return "the list of problems" if marked.endswith(".csv") else "your own workbook sent back"


def _banner(receipt: dict[str, Any]) -> str:
    outcome, accepted, aside = receipt["outcome"], receipt["rows_accepted"], receipt["rows_rejected"]
    if_sent = "If you sent it: " if "left_out" in receipt else ""
    if outcome == REFUSED:
        why = receipt["refused_because"] or "It could not be used."
        if receipt["refused_by"] == own_faults.RULE:
            return f'<div class="box some"><b>{if_sent}! Not yet counted</b><br>{text(why)}</div>'
        return f'<div class="box bad"><b>{if_sent}✗ Not accepted</b><br>Nothing of this file counts. {text(why)}</div>'
    if outcome == ACCEPTED:
        told = f"{count(accepted, 'row')} read, all of them count."
        return f'<div class="box good"><b>{if_sent}✓ Accepted</b><br>{told}</div>'
    return (
        f'<div class="box some"><b>{if_sent}! Accepted in part</b><br>{count(accepted, "row")} '
        f"{'counts' if accepted == 1 else 'count'}. {count(aside, 'row')} "
        f"{'was' if aside == 1 else 'were'} put aside and {'does' if aside == 1 else 'do'} not count until mended.</div>"
    )


def next_steps(receipt: dict[str, Any], policy: Policy) -> list[str]:
    """What the sender does next and by when, in sentences."""
    period, outcome = receipt["period"], receipt["outcome"]
    if "left_out" in receipt:
        return [NOT_SENT]
    due = due_on(period, policy)
    received = datetime.fromisoformat(receipt["received_at"].removesuffix("Z"))
    in_time = due is not None and local(received, policy.time_zone).date() <= due
    lines = []
    if receipt["refused_by"] == own_faults.RULE:
        return [own_faults.NEXT]
    if outcome == REFUSED:
        lines.append("Mend what is named below and put the file into your folder again.")
        if due:
            lines.append(
                f"To be on time it must arrive by the end of {day(due)}. A later one counts too, and is marked late."
            )
        return lines
    if outcome == ACCEPTED:
        lines.append("Nothing needs to be done.")
    else:
        lines.append(
            "Mend the places named below and send the whole file again. Until you do, the rows put aside are missing."
        )
    if due:
        until = f"the report for {month(period)} was due by the end of {day(due)}"
        lines.append(f"It arrived in time: {until}." if in_time else f"It counts, though {until}.")
    lines.append(f"It stands for {month(period)} until you send another file for that month.")
    return lines


def _findings(findings: list[dict[str, Any]]) -> str:
    kinds: dict[tuple[str | None, str | None, str], list[dict[str, Any]]] = {}
    for f in findings:  # kinds in the order in which the first of each stands in the file
        kinds.setdefault((f["sheet"], f["column"], f["rule"]), []).append(f)
    lines = []
    for found in list(kinds.values())[:MOST_KINDS]:
        told = found if len(found) <= ALIKE + 1 else found[:ALIKE]
        lines += [_finding(f) for f in told]
        if more := found[len(told) :]:
            places = ", ".join(_place_and_own(f) for f in more[:MOST_CELLS]) + (
                " …" if len(more) > MOST_CELLS else ""
            )
            first = found[0]
            lines.append(
                f'<tr class="{text(first["severity"])}"><td>{text(first["sheet"] or "")}</td><td></td>'
                f"<td>{text(first['column'] or '')}</td>"
                f'<td colspan="2">and {len(more):,} more of the same kind: {text(places)}</td></tr>'
            )
    if len(kinds) > MOST_KINDS:
        lines.append(
            f'<tr><td colspan="5">and {len(kinds) - MOST_KINDS:,} kinds more; receipt.json names each.</td></tr>'
        )
    headers = [
        ("Sheet", ""),
        ("Cell", ""),
        ("Column", ""),
        ("You wrote", ""),
        ("What is wrong, and the fix", ""),
    ]
    return rows(headers, lines)


def place(finding: dict[str, Any]) -> str:
    """The cell, else the row, of a finding."""
    if finding.get("cell"):
        return str(finding["cell"])
    return (
        f"row {finding['row']}" if finding["row"] else "whole file" if not finding["sheet"] else "whole sheet"
    )


def own_columns(finding: dict[str, Any], most: int = MOST_OWN) -> list[str]:
    """The sender's own (`flex_`) cells of the row, as `flex_Record: A-7`, by which it finds its record."""
    cells = list((finding.get("own") or {}).items())
    told = [f"{title}: {value}" for title, value in cells[:most]]
    told = [t if len(t) <= LONGEST_OWN else t[:LONGEST_OWN] + " …" for t in told]
    return [*told, "…"] if len(cells) > most else told


def _place_and_own(finding: dict[str, Any]) -> str:
    own = own_columns(finding, 1)
    return f"{place(finding)} ({own[0]})" if own else place(finding)


def advice(finding: dict[str, Any]) -> str:
    """The words of a finding without the place, which stands beside them."""
    at = [finding["sheet"] or "", f"row {finding['row']}" if finding["row"] else "", finding["column"] or ""]
    prefix = ", ".join(p for p in at if p)
    return str(finding["message"]).removeprefix(f"{prefix}: ") if prefix else str(finding["message"])


def _finding(f: dict[str, Any]) -> str:
    value = "" if f["value"] is None else f["value"]
    value = value if len(value) <= 80 else value[:80] + " …"
    own = "".join(f'<div class="own">{text(told)}</div>' for told in own_columns(f))
    return (
        f'<tr class="{text(f["severity"])}"><td>{text(f["sheet"] or "")}</td><td class="cell">{text(place(f))}{own}</td>'
        f'<td>{text(f["column"] or "")}</td><td class="value">{text(value)}</td>'
        f'<td>{text(advice(f))} <span class="small">[{text(f["rule"])}]</span></td></tr>'
    )


def _what_was_read(receipt: dict[str, Any], names: dict[str, str]) -> list[str]:
    if not receipt["tables"]:
        return []
    lines = [
        f'<tr><td>{text(t["sheet"])}</td><td class="n">{t["rows_read"]:,}</td>'
        f'<td class="n">{t["rows_accepted"]:,}</td><td class="n">{t["rows_rejected"]:,}</td></tr>'
        for t in receipt["tables"]
        if t["rows_read"]
    ]
    empty = [t["sheet"] for t in receipt["tables"] if not t["rows_read"]]
    parts = [
        "<h2>What was read, by sheet</h2>",
        rows([("Sheet", ""), ("Rows read", "n"), ("Count", "n"), ("Put aside", "n")], lines),
    ]
    if empty:
        parts.append(
            f'<p class="small">Without rows: {text(", ".join(empty))}. What you sent for them before stands.</p>'
        )
    if receipt.get("schools"):
        lines = []
        for org_id, of_school in groupby(receipt["schools"], key=lambda s: s["org_id"]):
            tables = list(of_school)
            total = sum(t["rows_accepted"] for t in tables)
            told = ", ".join(f"{t['sheet']} {t['rows_accepted']:,}" for t in tables)
            name = f"{text(names[org_id])} " if names.get(org_id) else ""
            lines.append(
                f'<tr><td>{name}<span class="small">{text(org_id)}</span></td><td class="n">{total:,}</td>'
                f'<td class="small">{text(told)}</td></tr>'
            )
        parts += ["<h2>What counts, by school</h2>"]
        parts.append(rows([("School or LEA", ""), ("Rows", "n"), ("By sheet", "")], lines[:MOST_SCHOOLS]))
        if len(lines) > MOST_SCHOOLS:
            parts.append(f"<p>and {len(lines) - MOST_SCHOOLS:,} more; receipt.json names each.</p>")
    return parts


def _foot(receipt: dict[str, Any], received: datetime, history: str) -> str:
    back = f" · {link(history, 'everything you sent')}" if history else ""
    return (
        f'<p class="small wrap">Receipt {text(receipt["submission_id"])} · {receipt["bytes"]:,} bytes · SHA-256 '
        f"{text(receipt['sha256'])} · received {received:%Y-%m-%d %H:%M:%S} UTC{back}</p>"
    )
