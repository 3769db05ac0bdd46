"""What changed, as a part of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from orchestration.release.changes.figures import in_words
from orchestration.release.page_parts import counted, table

SHOWN = 60  # figures and submissions on a page; changes.json has all
COLUMNS_SHOWN = 6
INPUTS = {
    "archive_sha256": "what was received",
    "code_version": "the code",
    "policy_sha256": "the state's policy",
}


def changes_section(changes: Mapping[str, Any]) -> str:
    """HTML below a heading of the caller's: against the release before."""
    if changes["not_compared"]:
        return f'<p class="soft">Nothing to compare: {escape(changes["not_compared"])}.</p>'
    a = changes["from"]
    altered = [words for name, words in INPUTS.items() if changes["inputs"].get(name)]
    made_from = (
        f"Other than then: {escape(', '.join(altered))}."
        if altered
        else "Made from the same as then, at another time."
    )
    return (
        f"<p>Against release <code>{escape(a['release_id'])}</code> as of {escape(a['as_of'].replace('T', ' '))} UTC. "
        f"{made_from}</p>"
        f"<h3>Key figures that moved</h3>{figures_part(changes['figures'], changes['submissions'])}"
        f"<h3>Submissions and feeds since then</h3>{_submissions(changes['submissions'])}{_feeds(changes['feed_files'])}"
        f"<h3>Tables and columns</h3>{_schema(changes['schema'], a['contract'], changes['to']['contract'])}"
        f"<h3>Rows</h3>{_rows(changes['marts'], changes['n_same'])}"
    )


def certified_section(certified: Sequence[Mapping[str, Any]]) -> str:
    """HTML below a heading of the caller's: against what was certified."""
    if not certified:
        return '<p class="soft">No release has been certified yet.</p>'
    return "".join(_certified(entry) for entry in certified)


def _certified(entry: Mapping[str, Any]) -> str:
    if "school_year" not in entry:
        return f'<p class="bad">{escape(entry["problem"])}</p>'
    note = f" Note: {escape(entry['note'])}" if entry["note"] else ""
    head = (
        f"<h3>{escape(entry['school_year'])}</h3><p>Reported: release <code>{escape(entry['release_id'])}</code>, "
        f"certified {escape(entry['certified_at'][:10])} by {escape(entry['certified_by'])}.{note}</p>"
    )
    if entry["problem"]:
        return f'{head}<p class="bad">{escape(entry["problem"])}</p>'
    if not entry["marts"]:
        return f'{head}<p class="good">No row of that year differs from what was reported.</p>'
    return (
        f"{head}<p><b>Corrected since:</b> {counted(len(entry['marts']), 'mart')} with other rows of that year.</p>"
        f"{figures_part(entry['figures'], entry['submissions'])}{_submissions(entry['submissions'])}"
        f"<details><summary>Rows of {escape(entry['school_year'])}</summary>{_rows(entry['marts'], None)}</details>"
    )


def figures_part(figures: Mapping[str, Any], submissions: Sequence[Mapping[str, Any]]) -> str:
    """The key figures that moved, by LEA and then by practice, each with the submissions behind it."""
    known = {s["submission_id"]: s for s in submissions}
    parts = []
    for by, title in (("lea", "LEA"), ("practice", "Practice")):
        moved = [m for m in figures["moved"] if m["by"] == by]
        if moved:
            head = (title, "Figure", "Of", "Before", "Now", "Because of")
            rows = [_figure(m, known, figures["reasons"]) for m in moved[:SHOWN]]
            parts.append(table(head, rows, numbers=(3, 4)))
            if len(moved) > SHOWN:
                parts.append(
                    f'<p class="soft">And {len(moved) - SHOWN:,} more by {title}, in changes.json.</p>'
                )
    if not parts:
        parts.append("<p>None.</p>")
    for n in (*figures["new"], *figures["gone"]):
        word = "new" if n in figures["new"] else "no longer there"
        parts.append(f'<p class="soft">{escape(n["title"])}, by {escape(n["by"])}: {n["n"]:,} {word}.</p>')
    return "".join(parts)


def _figure(
    moved: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], reasons: Sequence[str]
) -> tuple[str, ...]:
    who = f"{escape(moved['name'])} <code>{escape(moved['id'])}</code>".strip()
    files = [_file(known[s]) for s in moved["submissions"] if s in known]
    shown = "<br>".join(files[:4]) + (f"<br>and {len(files) - 4} more" if len(files) > 4 else "")
    because = (
        shown or f'<span class="soft">no file of its own; {escape("; ".join(reasons) or "not known")}</span>'
    )
    unit = moved["unit"]
    values = (in_words(moved["before"], unit), in_words(moved["after"], unit))
    return (who, escape(moved["title"]), _short(moved["span"]), *map(escape, values), because)


def _short(text: str) -> str:
    return f'<span class="w">{escape(text)}</span>'  # a date breaks at its hyphens else


def _file(submission: Mapping[str, Any]) -> str:
    what = "" if submission["what"] == "received" else f" ({escape(submission['what'])})"
    return f"{escape(submission['file_name'])} <code>{escape(submission['submission_id'])}</code>{what}"


def _submissions(submissions: Sequence[Mapping[str, Any]]) -> str:
    if not submissions:
        return "<p>No submission came, was withdrawn or restored.</p>"
    rows = [
        (
            f"<code>{escape(s['lea_id'])}</code>",
            _short(s["period"] or "unknown"),
            _file(s),
            _short((s["received_at"] or "")[:16].replace("T", " ")),
            escape(s["outcome"].replace("_", " ")),
            f"{s['rows_rejected'] or 0:,}",
        )
        for s in submissions[:SHOWN]
    ]
    more = f'<p class="soft">And {len(submissions) - SHOWN:,} more.</p>' if len(submissions) > SHOWN else ""
    head = ("LEA", "Month", "Submission", "Received (UTC)", "Outcome", "Rows put aside")
    return f"<p>{counted(len(submissions), 'submission')}:</p>{table(head, rows, numbers=(5,))}{more}"


def _feeds(feeds: Sequence[Mapping[str, Any]]) -> str:
    if not feeds:
        return "<p>No file of the state's own came or went.</p>"
    rows = [
        (
            escape(f["source_file"]),
            escape(f["feed"]),
            escape(f["what"]),
            _short((f["received_at"] or "")[:16].replace("T", " ")),
            escape(f["outcome"]),
        )
        for f in feeds[:SHOWN]
    ]
    return table(("File of the state", "Feed", "", "Received (UTC)", "Outcome"), rows)


def _schema(schema: Sequence[Mapping[str, Any]], then: str, now: str) -> str:
    version = f"Contract version {escape(now)}" + (f", before {escape(then)}" if then != now else "")
    if not schema:
        return f"<p>The same tables and columns. {version}.</p>"
    rows = [
        (
            f"<code>{escape(c['mart'] + ('.' + c['column'] if c['column'] else ''))}</code>",
            escape(c["change"]),
            escape(c["before"].lower()),
            escape(c["after"].lower()),
        )
        for c in schema
    ]
    return f"<p>{version}.</p>{table(('What', 'Change', 'Before', 'Now'), rows)}"


def _rows(marts: Mapping[str, Any], n_same: int | None) -> str:
    same = "" if n_same is None else f"<p>{counted(n_same, 'mart')} with the same rows.</p>"
    rows = []
    for mart, r in marts.items():
        most = sorted(r["columns"].items(), key=lambda c: (-c[1], c[0]))
        columns = ", ".join(f"{escape(c)} {n:,}" for c, n in most[:COLUMNS_SHOWN])
        more = f" and {len(most) - COLUMNS_SHOWN} more" if len(most) > COLUMNS_SHOWN else ""
        counts = ["?" if r[k] is None else f"{r[k]:,}" for k in ("added", "removed", "changed")]
        rows.append(
            (f"<code>{escape(mart)}</code>", f"{r['before']:,}", f"{r['after']:,}", *counts, columns + more)
        )
    head = (
        "Mart",
        "Rows before",
        "Rows now",
        "Added",
        "Removed",
        "Changed",
        "Columns that changed, with rows",
    )
    return same + (table(head, rows, numbers=(1, 2, 3, 4, 5)) if rows else "")
