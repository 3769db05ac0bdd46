"""What the pages of a release share: one style, no reference to anything outside the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

STYLE = """
:root{--ink:#1d2430;--soft:#5b6575;--line:#d9dee6;--tint:#f4f6f9;--link:#0b5394;--good:#176117;--bad:#a11212;--mark:#fff3bf}
*{box-sizing:border-box}body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:var(--ink);margin:0}
main{max-width:76rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:1.55rem;line-height:1.25;margin:.2rem 0 .6rem}h2{font-size:1.2rem;margin:2.2rem 0 .5rem}
h3{font-size:1rem;margin:1.4rem 0 .3rem}p{margin:.4rem 0}a{color:var(--link)}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;vertical-align:top;
padding:.3rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}th{font-weight:600;background:var(--tint)}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}code{font-size:.93em;overflow-wrap:anywhere}
.soft{color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}.w{white-space:nowrap}
.cards{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}.card{border:1px solid var(--line);border-radius:6px;
padding:.6rem .9rem;min-width:10rem;flex:1}.card b{display:block;font-size:1.3rem}
tr:target,:target h2{background:var(--mark)}details{margin:.4rem 0}summary{cursor:pointer}
@media print{nav,.search{display:none}}
"""


def page(title: str, body: str, *, style: str = "", script: str = "") -> str:
    """A whole page; `body` is HTML, `title` text."""
    code = f"<script>{script}</script>" if script else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head>"
        f"<body>{body}{code}</body></html>\n"
    )


def table(head: Iterable[str], rows: Iterable[Iterable[str]], numbers: Iterable[int] = ()) -> str:
    """A table; cells are HTML, those of the columns `numbers` stand to the right."""
    right = set(numbers)

    def line(tag: str, cells: Iterable[str]) -> str:
        return "".join(
            f'<{tag} class="n">{c}</{tag}>' if n in right else f"<{tag}>{c}</{tag}>"
            for n, c in enumerate(cells)
        )

    body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{line('th', head)}</tr></thead><tbody>{body}</tbody></table>"


def counted(n: int, one: str, many: str | None = None) -> str:
    """`1 file`, `2 files`, `1,204 files`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
