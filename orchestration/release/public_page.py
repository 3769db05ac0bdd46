"""index.html of the folder `public/`: what the folder is, what each table holds, and what is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from orchestration.gate.verdict import PublicTable
from orchestration.release.changes.figures import in_words
from orchestration.release.page_parts import counted, table

FIGURES_SHOWN = 40

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
h1 { font-size: 1.6rem; margin-bottom: 0 } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem }
th, td { border-bottom: 1px solid #ddd } td.n, th.n { text-align: right; white-space: nowrap }
code { font-size: .92em; white-space: nowrap } .quiet { color: #555 }
"""


def public_page(
    *,
    state: str,
    release_id: str,
    as_of: datetime,
    tables: tuple[PublicTable, ...],
    dictionary: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> str:
    """The page, which needs nothing but itself.

    Args:
        state: the state's name.
        release_id: the release.
        as_of: the night's time.
        tables: the public tables.
        dictionary: by mart its `grain`.
        changes: since the release certified last (changes.public).
    """
    rows = "\n".join(_row(t, (dictionary.get(t.mart) or {}).get("grain") or "") for t in tables)
    hidden = sum(t.hidden_rows for t in tables)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Public data of {escape(state)}</title><style>{_STYLE}</style></head><body>
<h1>School improvement in {escape(state)}: public data</h1>
<p class="quiet">Release {escape(release_id)}, as of {as_of:%Y-%m-%d %H:%M} UTC</p>
<p>{len(tables)} tables, as one DuckDB file (<a href="marts.duckdb">marts.duckdb</a>) and as Parquet. What each column means
is in <a href="dictionary/">dictionary/</a> and in the comments of the database. <a href="SHA256SUMS">SHA256SUMS</a> shows
that this folder is whole (<code>sha256sum -c SHA256SUMS</code>).</p>
<h2>What is not here</h2>
<p>No person is named, and no text that people typed is told. Figures on few students or respondents are hidden, and so are
figures that say the same of everybody, and those that would give a hidden one away. Such a row has its figures empty and
<code>suppression</code> = <code>hidden</code>: {hidden:,} rows in this release. Empty figures without that word were not reported.
A total or an average over what is told is not one over all.</p>
<h2>Tables</h2>
<table><thead><tr><th>Table</th><th>Grain</th><th class="n">Rows</th><th class="n">Hidden</th></tr></thead><tbody>
{rows}
</tbody></table>
<h2>What changed</h2>
{_changes(changes)}</body></html>
"""


def _row(table: PublicTable, grain: str) -> str:
    name = escape(table.mart)
    hidden = f"{table.hidden_rows:,}" if table.hidden_rows else ""
    return (
        f'<tr><td><a href="parquet/{name}.parquet"><code>{name}</code></a></td><td>{escape(grain)}</td>'
        f'<td class="n">{table.rows:,}</td><td class="n">{hidden}</td></tr>'
    )


def _changes(changes: Mapping[str, Any]) -> str:
    if changes["not_compared"]:
        return f'<p class="quiet">Nothing to compare: {escape(changes["not_compared"])}.</p>'
    since = changes["since"]
    parts = [
        f"<p>Since release {escape(since['release_id'])}, as of {escape(since['as_of'][:16].replace('T', ' '))} UTC, the last "
        "one certified before. Only what both releases tell is compared: a figure that is hidden in either is not. "
        'For programs: <a href="changes.json">changes.json</a>.</p>'
    ]
    for names, word in ((changes["new"], "New"), (changes["gone"], "No longer there")):
        if names:
            parts.append(f"<p>{word}: {', '.join(f'<code>{escape(n)}</code>' for n in names)}.</p>")
    if changes["figures"]:
        rows = [
            (
                escape(f"{f['name']} {f['id']}".strip()), escape(f["title"]), escape(f["span"]),
                escape(in_words(f["before"], f["unit"])), escape(in_words(f["after"], f["unit"])),
            )
            for f in changes["figures"][:FIGURES_SHOWN]
        ]  # fmt: skip
        parts.append(table(("LEA or practice", "Figure", "Of", "Then", "Now"), rows, numbers=(3, 4)))
        if changes["n_figures"] > FIGURES_SHOWN:
            parts.append(f"<p class='quiet'>And {changes['n_figures'] - FIGURES_SHOWN:,} figures more.</p>")
    of_tables = [
        (f"<code>{escape(mart)}</code>", f"{t['before']:,}", f"{t['after']:,}", *map(_count, (t["added"], t["removed"], t["changed"])))
        for mart, t in changes["tables"].items()
    ]  # fmt: skip
    if of_tables:
        head = ("Table", "Rows then", "Rows now", "Added", "Removed", "Changed")
        parts.append(table(head, of_tables, numbers=(1, 2, 3, 4, 5)))
    parts.append(f"<p>{counted(changes['n_same'], 'table')} with the same rows.</p>")
    return "\n".join(parts)


def _count(n: int | None) -> str:
    return "?" if n is None else f"{n:,}"
