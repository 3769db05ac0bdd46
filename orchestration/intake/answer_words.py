"""Words and small pieces that every page of an answer shares: days, months, times, links, the page itself.

Everything that came from outside goes through `text`; the pages hold no scripts and fetch nothing.
"""

from __future__ import annotations

import html
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

STYLE = """
@page { size: letter; margin: 1.3cm }
* { box-sizing: border-box }
body { font: 14px/1.4 "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif; color: #1c2430;
  max-width: 900px; margin: 1.2em auto; padding: 0 1em }
h1 { font-size: 1.45em; margin: 0 0 .1em } h2 { font-size: 1.1em; margin: 1.3em 0 .35em }
p { margin: .3em 0 } .small { color: #566; font-size: .88em } .wrap { overflow-wrap: anywhere }
.box { border-left: 8px solid #888; background: #f4f5f7; padding: .55em .9em; margin: .8em 0 }
.box b { font-size: 1.2em } .good { border-color: #1b7f3b; background: #e9f6ec }
.some { border-color: #b96b00; background: #fff4e0 } .bad { border-color: #b3261e; background: #fdecea }
table { border-collapse: collapse; width: 100%; margin: .3em 0 }
th, td { text-align: left; vertical-align: top; padding: .28em .55em; border-bottom: 1px solid #d5d9df;
  overflow-wrap: break-word }
th { background: #eef1f5; font-weight: 600 } td.n, th.n { text-align: right; white-space: nowrap }
td.w { white-space: nowrap }
td.cell { white-space: nowrap; font-weight: 600 }
.own { white-space: normal; font-weight: 400; font-size: .88em; color: #566; min-width: 11em; overflow-wrap: anywhere }
td.value { min-width: 6.5em; max-width: 14em; overflow-wrap: anywhere }
tr.reject td:first-child, tr.refuse td:first-child { border-left: 5px solid #b3261e }
tr.flag td:first-child { border-left: 5px solid #e0a100 }
tr { break-inside: avoid } a { color: #0b57a4 }
@media print { body { margin: 0; max-width: none; font-size: 11px; line-height: 1.25 } th, td { padding: .1em .5em }
  h2 { margin: .7em 0 .2em; break-after: avoid } .box { print-color-adjust: exact } }
"""


def text(value: Any) -> str:
    """Anything as text that a page shows and never runs."""
    shown = str(value).encode("utf-8", "backslashreplace").decode()
    if not shown.isprintable():  # what HTML cannot hold, and marks that turn the direction of the line around
        shown = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in shown)
    return html.escape(shown)


def link(file: str, words: str) -> str:
    """A link to a file beside the page, or below it."""
    return f'<a href="{html.escape(quote(file, safe="/."))}">{text(words)}</a>'


def page(title: str, body: str) -> bytes:
    """A whole page."""
    head = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{STYLE}</style></head><body>\n"
    )
    return f"{head}{body}\n</body></html>\n".encode()


def rows(headers: list[tuple[str, str]], lines: list[str]) -> str:
    """A table of ready-made lines; each header with its class."""
    cells = "".join(f'<th class="{c}">{text(h)}</th>' for h, c in headers)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>\n" + "\n".join(lines) + "\n</tbody></table>"


def month(period: str | None) -> str:
    """2024-01 as January 2024; what is no period as it is."""
    try:
        return f"{date.fromisoformat(f'{period}-01'):%B %Y}"
    except ValueError:
        return period or "a month that could not be read"


def day(value: date) -> str:
    """A day as people write it: Thursday, February 15, 2024."""
    return f"{value:%A, %B} {value.day}, {value.year}"


def local(value: datetime, time_zone: str) -> datetime:
    """A stored time (UTC) in the state's own time."""
    return value.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(time_zone))


def moment(value: datetime, time_zone: str) -> str:
    """A stored time in the state's own: February 5, 2024, 4:00 AM PST."""
    there = local(value, time_zone)
    half = "AM" if there.hour < 12 else "PM"
    return f"{there:%B} {there.day}, {there.year}, {(there.hour + 11) % 12 + 1}:{there:%M} {half} {there:%Z}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
