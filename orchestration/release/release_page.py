"""index.html of a release: what it is, how fresh, what was refused, what changed, and where everything lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from orchestration.content import MartContent, RunFacts
from orchestration.gate.verdict import GateVerdict
from orchestration.release.changes.section import certified_section, changes_section
from orchestration.release.freshness import Aside, Freshness
from orchestration.release.page_parts import counted, page, table

SHOWN = 40  # files put aside on the page; fct_submission and fct_reject have all


@dataclass(frozen=True)
class Facts:
    """What the page is made from.

    Args:
        release_id: the release.
        run: what it was made from.
        contents: its marts (internal).
        verdict: the gate's.
        contract: version of the marts' contract.
        announced: removals and retypings to come, in words.
        freshness: counts of its data.
        changes: what changes.json holds.
        links: title and what is behind it, by path from the page; only what is there.
    """

    release_id: str
    run: RunFacts
    contents: Mapping[str, MartContent]
    verdict: GateVerdict
    contract: str
    announced: Sequence[str]
    freshness: Freshness
    changes: Mapping[str, Any]
    links: Mapping[str, tuple[str, str]]


def release_page(facts: Facts) -> str:
    """The page."""
    run = facts.run
    body = (
        f"<main><p class='soft'>{escape(run.state)}</p><h1>Release of {run.as_of:%Y-%m-%d %H:%M} UTC</h1>"
        f"<p>All that had been received by then, as marts that passed their checks. This page and the folder "
        f"<code>internal/</code> are for the network's own staff.</p>"
        f"{_cards(facts)}{_links(facts.links)}"
        f'<h2 id="fresh">How fresh</h2>{_fresh(facts.freshness)}'
        f'<h2 id="aside">What was refused or put aside</h2>{_refused(facts.freshness)}'
        f'<h2 id="changes">What changed</h2>{changes_section(facts.changes)}'
        f'<h2 id="certified">Since a release was certified</h2>{certified_section(facts.changes["certified"])}'
        f'<h2 id="made">What it was made from</h2>{_made_from(facts)}</main>'
    )
    return page(f"{run.state}: release of {run.as_of:%Y-%m-%d}", body)


def _cards(facts: Facts) -> str:
    fresh, verdict = facts.freshness, facts.verdict
    cards = [(counted(len(facts.contents), "mart"), f"{sum(c.rows for c in facts.contents.values()):,} rows")]
    cards.append((counted(verdict.checks_passed, "check"), f"passed, of {verdict.checks:,}"))
    if fresh.submissions:
        refused, parts = (
            fresh.submissions.get("refused", 0),
            fresh.submissions.get("accepted_with_rejects", 0),
        )
        files = sum(n for outcome, n in fresh.submissions.items() if outcome != "withdrawn")
        said = [
            f"{parts:,} with rows put aside",
            f"{refused:,} refused",
            f"{fresh.submissions['withdrawn']:,} withdrawn",
        ]
        cards.append((counted(files, "submission"), ", ".join(said)))
    due = next((m for m in fresh.months if m.expected > m.not_yet_due), None)
    if due:
        came = due.on_time + due.late
        cards.append((f"{came:,} of {due.expected:,} LEAs", f"reported for {due.period}"))
    inner = "".join(f'<div class="card"><b>{escape(big)}</b>{escape(small)}</div>' for big, small in cards)
    return f'<div class="cards">{inner}</div>'


def _links(links: Mapping[str, tuple[str, str]]) -> str:
    rows = [
        (f'<a href="{escape(path)}">{escape(title)}</a>', escape(what))
        for path, (title, what) in links.items()
    ]
    return table(("Open", "What it is"), rows) if rows else ""


def _fresh(fresh: Freshness) -> str:
    parts = []
    if fresh.newest_submission:
        parts.append(
            f"<p>The newest submission came {_time(fresh.newest_submission)} UTC; the newest month reported on is "
            f"{escape(fresh.newest_period or 'unknown')}. {counted(fresh.leas, 'LEA has', 'LEAs have')} sent anything.</p>"
        )
    if fresh.months:
        head = (
            "Month",
            "Due",
            "LEAs expected",
            "On time",
            "Late",
            "Missing",
            "Only refused files",
            "Not due yet",
        )
        rows = [
            (m.period, f"{m.due_on:%Y-%m-%d}" if m.due_on else "", *(f"{n:,}" for n in (
                m.expected, m.on_time, m.late, m.missing, m.refused_only, m.not_yet_due)))
            for m in fresh.months
        ]  # fmt: skip
        parts.append(f"<h3>Reports of LEAs</h3>{table(head, rows, numbers=range(2, 8))}")
    if fresh.feeds:
        rows = [
            (
                escape(f.feed),
                escape(f.tables),
                _time(f.newest) if f.newest else "none",
                '<span class="bad">stale: its newest file was refused</span>'
                if f.is_stale
                else "stands" if f.newest else "nothing stands",
            )
            for f in fresh.feeds
        ]  # fmt: skip
        parts.append(
            f"<h3>The state's own files</h3>{table(('Feed', 'Tables', 'Newest file that stands (UTC)', ''), rows)}"
        )
    return "".join(parts) or '<p class="soft">These marts do not tell.</p>'


def _refused(fresh: Freshness) -> str:
    parts = []
    if fresh.feed_refusals:
        told = [tuple(map(escape, row)) for row in fresh.feed_refusals]
        parts.append(f"<h3>The state's own files</h3>{table(('File', 'Feed', 'Why'), told)}")
    refused = [a for a in fresh.aside if a.outcome in ("refused", "withdrawn")]
    if refused:
        parts.append(f"<h3>Submissions refused or withdrawn</h3>{_files(refused)}")
    partly = [a for a in fresh.aside if a.outcome not in ("refused", "withdrawn")]
    if partly:
        n = sum(a.rows_rejected for a in partly)
        leas = len({a.lea_id for a in partly})
        parts.append(
            f"<h3>Rows put aside</h3><p>{counted(n, 'row')} of {counted(len(partly), 'submission')} of "
            f"{counted(leas, 'LEA')}; the rest of those files counts.</p>{_files(partly)}"
        )
    if fresh.rules:
        rows = [
            (f"<code>{escape(r.rule_id)}</code>", escape(r.checks), escape(r.severity), *(f"{n:,}" for n in (
                r.findings, r.files, r.leas)))
            for r in fresh.rules
        ]  # fmt: skip
        head = ("Rule", "What it checks", "Then", "Findings", "Files", "LEAs")
        parts.append(
            "<h3>Rules that found something</h3><p class='soft'>refuse: nothing of the file counts; reject: the row was "
            f"put aside; flag: the row counts, somebody should look.</p>{table(head, rows, numbers=(3, 4, 5))}"
        )
    return "".join(parts) or "<p>Nothing.</p>"


def _files(files: Sequence[Aside]) -> str:
    rows = [
        (
            f"{escape(a.lea_name)} <code>{escape(a.lea_id)}</code>".strip(),
            f'<span class="w">{escape(a.period or "unknown")}</span>',
            f"{escape(a.file_name)} <code>{escape(a.submission_id)}</code>",
            _time(a.received_at) if a.received_at else "",
            f"{a.rows_rejected:,}",
            escape(a.why)
            + (' <span class="soft">A later file took its place.</span>' if a.is_superseded else ""),
        )
        for a in files[:SHOWN]
    ]
    more = (
        f'<p class="soft">And {len(files) - SHOWN:,} more, in fct_submission.</p>'
        if len(files) > SHOWN
        else ""
    )
    head = ("LEA", "Month", "Submission", "Received (UTC)", "Rows put aside", "Why")
    return table(head, rows, numbers=(4,)) + more


def _made_from(facts: Facts) -> str:
    run = facts.run
    announced = "".join(f"<li>{escape(line)}</li>" for line in facts.announced)
    rows = [
        ("Release", f"<code>{escape(facts.release_id)}</code>"),
        ("As of", f"{run.as_of:%Y-%m-%d %H:%M:%S} UTC"),
        ("Archive", f"<code>{escape(run.archive_sha256)}</code>"),
        ("Policy", f"<code>{escape(run.policy_sha256)}</code>"),
        ("Code", f"<code>{escape(run.code_version)}</code>"),
        ("Contract of the marts", escape(facts.contract) + (f"<ul>{announced}</ul>" if announced else "; nothing is announced")),
    ]  # fmt: skip
    return table(("", ""), rows) + (
        "<p class='soft'>The same archive, code, policy and time give the same rows; <code>manifest.json</code> has "
        "the hash of each mart.</p>"
    )


def _time(when: datetime) -> str:
    return f'<span class="w">{when:%Y-%m-%d %H:%M}</span>'  # it breaks at its hyphens else
