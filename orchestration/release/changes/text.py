"""What changed between two releases, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration.release.changes.figures import in_words
from orchestration.release.page_parts import counted

FIGURES, SUBMISSIONS, COLUMNS = 20, 20, 5
INPUTS = {"archive_sha256": "what was received", "code_version": "the code", "policy_sha256": "the policy"}


def lines(changes: Mapping[str, Any]) -> Iterator[str]:
    """Schema, rows, submissions and key figures, plainly."""
    a, b = changes["from"], changes["to"]
    yield f"From  {a['release_id']} (as of {a['as_of']} UTC, contract {a['contract'] or 'none'})"
    yield f"To    {b['release_id']} (as of {b['as_of']} UTC, contract {b['contract'] or 'none'})"
    altered = [words for name, words in INPUTS.items() if changes["inputs"].get(name)]
    yield (
        f"Other than then: {', '.join(altered)}."
        if altered
        else "Made from the same archive, code and policy."
    )
    yield ""
    yield from _schema(changes["schema"])
    yield ""
    yield from _rows(changes)
    yield ""
    yield from _files(changes)
    yield ""
    yield from _figures(changes["figures"], {s["submission_id"]: s for s in changes["submissions"]})


def row_lines(mart: str, rows: Sequence[Mapping[str, Any]], most: int) -> Iterator[str]:
    """Single rows of one mart that differ."""
    yield ""
    yield (
        f"{mart}: the first {most} rows that differ" if len(rows) == most else f"{mart}: the rows that differ"
    )
    for row in rows:
        key = " ".join(f"{k}={_value(v)}" for k, v in row["key"].items())
        yield f"  {row['what']:<8} {key}"
        for column, (was, is_now) in row["values"].items():
            yield f"           {column}: {_value(was)} -> {_value(is_now)}"


def _schema(schema: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not schema:
        yield "Tables and columns: the same"
        return
    yield f"Tables and columns: {counted(len(schema), 'change')}"
    for c in schema:
        what = f"{c['mart']}.{c['column']}" if c["column"] else c["mart"]
        types = " -> ".join(t for t in (c["before"], c["after"]) if t)
        yield f"  {c['change']:<8} {what} {types}".rstrip()


def _rows(changes: Mapping[str, Any]) -> Iterator[str]:
    marts = changes["marts"]
    yield f"Rows: {counted(len(marts), 'mart')} changed, {changes['n_same']:,} the same"
    width = max((len(m) for m in marts), default=0)
    for mart, r in marts.items():
        if r["added"] is None:
            yield f"  {mart:<{width}}  {r['before']:,} -> {r['after']:,} rows; no key to match them by"
            continue
        counts = f"{r['added']:,} added, {r['removed']:,} removed, {r['changed']:,} changed"
        most = sorted(r["columns"].items(), key=lambda c: (-c[1], c[0]))
        columns = ", ".join(c for c, _ in most[:COLUMNS]) + (" …" if len(most) > COLUMNS else "")
        yield f"  {mart:<{width}}  {counts}{f' ({columns})' if columns else ''}"


def _files(changes: Mapping[str, Any]) -> Iterator[str]:
    submissions, feeds = changes["submissions"], changes["feed_files"]
    yield f"Submissions: {len(submissions):,}; files of the state's own: {len(feeds):,}"
    for s in submissions[:SUBMISSIONS]:
        aside = f", {s['rows_rejected']:,} rows put aside" if s["rows_rejected"] else ""
        yield (
            f"  {s['what']} {s['submission_id']} {s['file_name']!r} of LEA {s['lea_id']} for {s['period'] or 'an unknown month'}: "
            f"{s['outcome'].replace('_', ' ')}{aside}"
        )
    if len(submissions) > SUBMISSIONS:
        yield f"  and {len(submissions) - SUBMISSIONS:,} more"
    for f in feeds:
        yield f"  {f['what']} {f['source_file']} (feed {f['feed'] or 'none'}): {f['outcome']}"


def _figures(figures: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f"Key figures that moved: {figures['n_moved']:,}"
    for m in figures["moved"][:FIGURES]:
        who = f"{m['by'].upper() if m['by'] == 'lea' else m['by']} {m['id']} {m['name']}".strip()
        values = f"{in_words(m['before'], m['unit'])} -> {in_words(m['after'], m['unit'])}"
        yield f"  {m['title']}, {who}, {m['span']}: {values}"
        files = [known[s] for s in m["submissions"] if s in known]
        if files:
            shown = ", ".join(f"{s['submission_id']} ({s['what']})" for s in files[:4])
            yield f"      because of {shown}{f' and {len(files) - 4} more' if len(files) > 4 else ''}"
        else:
            yield f"      no file of its own; {'; '.join(figures['reasons']) or 'not known'}"
    if figures["n_moved"] > FIGURES:
        yield f"  and {figures['n_moved'] - FIGURES:,} more (--html shows them)"
    for word, found in (("new", figures["new"]), ("no longer there", figures["gone"])):
        for n in found:
            yield f"  {n['title']}, by {n['by']}: {n['n']:,} {word}"


def _value(value: object) -> str:
    return "null" if value is None else str(value)
