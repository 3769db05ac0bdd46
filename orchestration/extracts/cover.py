"""The note that goes with a federal file: what was derived how, what is not confirmed, what could not be filled, checks."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.extracts.checks import Judged
from orchestration.extracts.compare import Figure
from orchestration.extracts.layout import Field, Layout
from orchestration.extracts.options import Options
from orchestration.gate.verdict import CheckResult
from orchestration.release.certification import Certification

NAMED = 200  # rows left out that the note names one by one


@dataclass(frozen=True)
class LeftOut:
    """Rows of a mart that are not in the file for one reason, and the names of those that matter."""

    title: str
    meaning: str
    rows: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Money:
    """Dollars to the cent beside the file's: told of, left out, and what rounding made of the first.

    Args:
        of_leas: what LEAs got for themselves, which no file tells of; None for a file that is not of awards.
    """

    exact: Decimal
    in_file: Decimal
    left_out: Decimal
    of_leas: Decimal | None

    @property
    def difference(self) -> Decimal:
        """What rounding added or took."""
        return self.in_file - self.exact


@dataclass(frozen=True)
class Note:
    """Everything the note tells of one file.

    Args:
        meanings: of the columns of its mart.
        blanks: by name of a field, in how many records it is blank.
    """

    layout: Layout
    options: Options
    certification: Certification
    state: str
    name: str
    form: str
    records: int
    judged: Judged
    left_out: tuple[LeftOut, ...]
    money: Money | None
    figures: tuple[Figure, ...]
    compared_with: str
    changed_records: int | None
    meanings: Mapping[str, str]
    blanks: Mapping[str, int]

    @property
    def passed(self) -> bool:
        """Whether the file passed every check that refuses."""
        return self.judged.passed


Section = tuple[str, list[str]]


def sections(note: Note) -> Iterator[Section]:
    """The note's parts, each a title and its lines."""
    layout, made = note.layout, note.certification
    yield (
        "What this is",
        [
            f"{note.state}: EDFacts file FS{layout.file_number}, {layout.title}, level {layout.level}, school year {layout.school_year}.",
            f"{note.records:,} records in {note.name}."
            if note.passed
            else f"REFUSED, not to be sent. {note.name} would have {note.records:,} records.",
            f"Made from release {made.release_id}, certified as number {made.number} of {made.school_year} by {made.certified_by} "
            f"on {made.certified_at:%Y-%m-%d}{': ' + made.note if made.note else ''}.",
            f"Layout: {layout.citation}.",
        ],
    )
    if note.judged.problems:
        yield "Why it is refused", list(note.judged.problems)
    yield "To look at", list(note.judged.flags) or ["Nothing was flagged."]
    yield (
        "How each field is filled",
        [_filling(f, note) for f in layout.fields],
    )
    if note.money:
        yield "Dollars", _money(note.money, note.options)
    yield "What is not in the file", list(_left_out(note.left_out)) or ["Nothing was left out."]
    yield (
        "What no source confirms",
        [*layout.unconfirmed, *_decisions(note)] or ["Everything was seen in a source."],
    )
    yield (
        "Decided by policy, with a source",
        [
            f"{d.question}: {d.value or '(none)'} ({d.parameter}). {d.citation}."
            for d in note.options.decisions
            if d.confirmed
        ],
    )
    yield f"Beside the year before ({note.compared_with})", list(_compared(note))
    passed = sum(c.passed for c in note.judged.checks)
    yield (
        f"Checks ({passed} of {len(note.judged.checks)} passed)",
        [f"{_standing(c, note.judged)}: {c.message}" for c in note.judged.checks],
    )


def as_text(note: Note) -> str:
    """The note as plain text."""
    parts = []
    for title, lines in sections(note):
        parts.append("\n".join([title, "-" * len(title), *(f"* {line}" for line in lines)]))
    return "\n\n".join(parts) + "\n"


def as_html(note: Note) -> str:
    """The note as a page that needs nothing beside it."""
    title = f"FS{note.layout.file_number} {note.layout.school_year}: {note.name}"
    body = "".join(
        f"<h2>{html.escape(name)}</h2><ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"
        for name, lines in sections(note)
    )
    standing = "passed its checks" if note.passed else "was refused"
    return page(title, f'<p class="{"good" if note.passed else "bad"}">This file {standing}.</p>{body}')


def page(title: str, body: str) -> str:
    """A whole HTML page in the form that the notes and lists share."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
        f"</head><body><h1>{html.escape(title)}</h1>{body}</body></html>\n"
    )


STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #bbb}"
    "li{overflow-wrap:anywhere}.good,.bad{padding:.5rem 1rem;border-left:.4rem solid #2e7d32;background:#eef6ee}"
    ".bad{border-color:#b3261e;background:#fbeceb}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;border-bottom:1px solid #ccc;text-align:left;"
    "vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
)


def _filling(field: Field, note: Note) -> str:
    if field.filler:
        return f"{field.name}: filler, blank."
    must = "mandatory, and " if field.required else ""
    if not field.filled_from:
        return f"{field.name}: {must}in no feed of the state; left blank."
    meaning = note.meanings.get(field.filled_from) or f"{field.filled_from.strip('()')}."
    blank = note.blanks.get(field.name, 0)
    if not must or not blank:
        return f"{field.name}: {meaning}"
    told = "every record" if blank == note.records else f"{blank:,} of {note.records:,} records"
    return f"{field.name}: {must}BLANK in {told}, as no feed of the state says it. {meaning}"


def _money(money: Money, options: Options) -> list[str]:
    lines = [
        f"To the cent, of the records in the file: ${money.exact:,.2f}.",
        f"In the file ({options.rounding.replace('_', ' ')}): ${money.in_file:,.2f}. "
        f"Rounding made a difference of ${money.difference:,.2f}.",
        f"Left out of the file: ${money.left_out:,.2f}. Together to the cent: ${money.exact + money.left_out:,.2f}.",
    ]
    if money.of_leas is not None:
        lines.append(f"What LEAs got for themselves is in no EDFacts file: ${money.of_leas:,.2f} this year.")
    return lines


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    for one in left_out:
        yield f"{one.title}: {one.rows:,}. {one.meaning}."
        yield from (f"    {name}" for name in one.names[:NAMED])
        if len(one.names) > NAMED:
            yield f"    and {len(one.names) - NAMED:,} more"


def _decisions(note: Note) -> Iterator[str]:
    for d in note.options.unconfirmed:
        yield f"{d.question}: {d.value or '(none)'} ({d.parameter}). {d.citation.rstrip('.')}."
    if note.form == "txt":
        yield "Where numbers stand in a field of fixed width: to the right, with blanks before them."
    yield "Whether ED's reader takes quotes or trailing delimiters: none are written."


def _standing(check: CheckResult, judged: Judged) -> str:
    return "passed" if check.passed else "to look at" if check.message in judged.flags else "FAILED"


def _compared(note: Note) -> Iterator[str]:
    if not note.figures:
        yield "There is nothing to compare it with."
    for f in note.figures:
        change = f.change_percent
        told = "new" if change is None else f"{change:+.1f} %"
        yield f"{f.name}: {f.last_year:,f} before, {f.this_year:,f} now ({told})."
    if note.changed_records is not None:
        yield f"{note.changed_records:,} differences record by record, in the file of changes beside this note."
