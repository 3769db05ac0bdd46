"""Data Docs that can be read without a network: our page of all checks, and Great Expectations' own.

Great Expectations' pages load styles, scripts and a picture from other hosts, and fill their index by
script. A state's readers may have no such network, and a page that calls out says who reads it: so every
outside reference goes, a small style of ours comes, and the index is ours.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from orchestration.gate.verdict import GateVerdict, MartVerdict

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1b1b}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;
border-bottom:1px solid #ddd}th{font-weight:600}.ok{color:#176117}.bad{color:#a11212;font-weight:600}
.note{color:#555}ul{padding-left:1.2rem}li.problem{color:#a11212}
.d-none,.modal,footer,#jumbotron{display:none}
"""
_OUTSIDE = re.compile(
    r"<script\b[^>]*\bsrc=[\"']https?://[^>]*>\s*</script>|<link\b[^>]*\bhref=[\"']https?://[^>]*>"
    r"|<img\b[^>]*\bsrc=[\"']https?://[^>]*>",
    re.IGNORECASE,
)


def take_offline(docs: Path) -> None:
    """Strip outside references from every page below `docs` and give it the style of ours."""
    for page in docs.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if STYLE in text:
            continue  # of an earlier night
        text = _OUTSIDE.sub("", text)
        page.write_text(text.replace("</head>", f"<style>{STYLE}</style></head>", 1), encoding="utf-8")


def checks_page(verdict: GateVerdict, docs: Path) -> str:
    """The index: what was checked on each mart, why, and what came of it."""
    word = '<b class="ok">passed</b>' if verdict.passed else '<b class="bad">refused</b>'
    as_of = f"{verdict.as_of:%Y-%m-%d %H:%M} UTC" if verdict.as_of else "unknown"
    problems = "".join(f'<li class="problem">{escape(p)}</li>' for p in verdict.problems)
    rows = "".join(
        f'<tr><td><a href="#{m.mart}">{m.mart}</a></td><td>{m.rows:,}</td><td>{len(m.checks)}</td>'
        f"<td>{_word(m.passed)}</td></tr>"
        for m in verdict.marts
    )
    details = "".join(_mart(m, docs) for m in verdict.marts)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Checks</title><style>{STYLE}</style></head>'
        f"<body><h1>Checks of this candidate: {word}</h1><p>As of {as_of}. {verdict.checks_passed} of {verdict.checks} "
        f"checks passed on {len(verdict.marts)} marts.</p><ul>{problems}</ul>"
        f"<table><tr><th>Mart</th><th>Rows</th><th>Checks</th><th>Verdict</th></tr>{rows}</table>{details}</body></html>\n"
    )


def write_pages(verdict: GateVerdict, docs: Path) -> None:
    """Make the Data Docs of a verdict readable offline; the index is there even where the engine stopped."""
    docs.mkdir(parents=True, exist_ok=True)
    take_offline(docs)
    (docs / "index.html").write_text(checks_page(verdict, docs), encoding="utf-8")


def _word(passed: bool) -> str:
    return '<span class="ok">passed</span>' if passed else '<span class="bad">refused</span>'


def _mart(mart: MartVerdict, docs: Path) -> str:
    checks = "".join(
        f"<tr><td>{escape(c.type)}</td><td>{escape(c.column)}</td><td>{_word(c.passed)}</td>"
        f'<td>{escape("" if c.passed else c.message)} <span class="note">{escape(c.notes)}</span></td></tr>'
        for c in mart.checks
    )
    pages = sorted((docs / "validations" / mart.mart).rglob("*.html"))
    link = (
        f' <a href="{pages[0].relative_to(docs).as_posix()}">Great Expectations\' page</a>' if pages else ""
    )
    since = (
        f" Nothing of it has changed since the night as of {escape(mart.judged)} UTC, which judged it."
        if mart.judged
        else ""
    )
    return (
        f'<h2 id="{mart.mart}">{mart.mart} {_word(mart.passed)}</h2><p>{mart.rows:,} rows.{since}{link}</p>'
        f"<table><tr><th>Check</th><th>Column</th><th></th><th>Why this bound</th></tr>{checks}</table>"
    )
