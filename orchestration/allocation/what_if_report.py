"""A what-if in words for the terminal, and school by school as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from orchestration.allocation.what_if import Award, WhatIf

SHOWN = 5  # of the largest gains and losses
CENT = Decimal("0.01")
HEADER = (
    "fiscal_year", "lea_id", "lea_name", "org_id", "org_name", "category", "region", "locale", "enrollment",
    "standing_award", "other_award", "change", "standing_per_pupil", "other_per_pupil", "standing_reason",
    "other_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One school, or LEA for itself, under both methods; dollars."""

    who: Award
    standing: Decimal
    other: Decimal
    standing_reason: str
    other_reason: str

    @property
    def change(self) -> Decimal:
        """What the other method would give it more."""
        return self.other - self.standing

    def per_pupil(self, dollars: Decimal) -> Decimal | None:
        """Dollars a student; None where enrollment is not known."""
        if not self.who.enrollment:
            return None
        return (dollars / self.who.enrollment).quantize(CENT, ROUND_HALF_UP)


def changes(found: WhatIf) -> list[Change]:
    """Everybody under both methods, in the order of LEA and school."""
    before, after = found.standing.awards, found.other.awards
    result = []
    for org in sorted(before.keys() | after.keys(), key=lambda o: ((after.get(o) or before[o]).lea_id, o)):
        a, b = before.get(org), after.get(org)
        who = b or a
        assert who is not None
        result.append(
            Change(
                who,
                a.award if a else Decimal(0),
                b.award if b else Decimal(0),
                a.reason if a else "No method in force.",
                b.reason if b else "",
            )
        )
    return result


def lines(found: WhatIf) -> Iterator[str]:
    """What the person at the terminal reads."""
    each = changes(found)
    schools = [c for c in each if c.who.org_id != c.who.lea_id]
    yield f"Fiscal year {found.standing.fiscal_year}, as of {found.as_of:%Y-%m-%d %H:%M} UTC; nothing of the home was changed."
    yield f"  standing: {found.standing.title or 'no method in force'}"
    yield f"  other:    {found.other.title}"
    yield ""
    money: list[tuple[str, Decimal, Decimal]] = [
        ("new money", found.standing.new_money, found.other.new_money),
        ("not awarded", found.standing.unallocated, found.other.unallocated),
        (
            "schools paid",
            Decimal(sum(1 for c in schools if c.standing)),
            Decimal(sum(1 for c in schools if c.other)),
        ),
    ]
    for part in ("smallest award", "largest award", "least per pupil", "most per pupil"):
        money.append((part, _extreme(schools, part, "standing"), _extreme(schools, part, "other")))
    yield from table(("", "standing", "other", "change"), [(n, a, b, b - a) for n, a, b in money])
    yield ""
    yield from _winners("schools", schools)
    yield from _winners("LEAs", _by_lea(each))
    for name, of in (("region", lambda c: c.who.region), ("locale", lambda c: c.who.locale)):
        yield ""
        yield from _by(name, of, each)
    for name, chosen in (
        ("Gain most", sorted((c for c in each if c.change > 0), key=lambda c: (-c.change, c.who.org_id))),
        ("Lose most", sorted((c for c in each if c.change < 0), key=lambda c: (c.change, c.who.org_id))),
    ):
        if chosen:
            yield ""
            rows = [
                (f"{c.who.org_name or c.who.org_id} ({c.who.org_id})", c.standing, c.other, c.change)
                for c in chosen[:SHOWN]
            ]
            yield from table((name, "standing", "other", "change"), rows)


def _extreme(each: Sequence[Change], part: str, side: str) -> Decimal:
    values = [getattr(c, side) for c in each if getattr(c, side)]
    if "per pupil" in part:
        values = [p for c in each if getattr(c, side) and (p := c.per_pupil(getattr(c, side))) is not None]
    if not values:
        return Decimal(0)
    return min(values) if part.startswith(("smallest", "least")) else max(values)


def _by_lea(each: Sequence[Change]) -> list[Change]:
    sums: dict[str, list[Change]] = {}
    for c in each:
        sums.setdefault(c.who.lea_id, []).append(c)
    return [
        Change(
            cs[0].who,
            sum((c.standing for c in cs), Decimal(0)),
            sum((c.other for c in cs), Decimal(0)),
            "",
            "",
        )
        for cs in sums.values()
    ]


def _winners(name: str, each: Sequence[Change]) -> Iterator[str]:
    up = [c.change for c in each if c.change > 0]
    down = [c.change for c in each if c.change < 0]
    same = len(each) - len(up) - len(down)
    yield (
        f"Of {len(each):,} {name}, {len(up):,} would gain {sum(up, Decimal(0)):,.2f} in all, "
        f"{len(down):,} would lose {-sum(down, Decimal(0)):,.2f}, {same:,} would get the same."
    )


def _by(name: str, of: Callable[[Change], str | None], each: Sequence[Change]) -> Iterator[str]:
    groups: dict[str, list[Change]] = {}
    for c in each:
        groups.setdefault(of(c) or "not known", []).append(c)
    rows = [
        (
            group,
            sum((c.standing for c in cs), Decimal(0)),
            sum((c.other for c in cs), Decimal(0)),
            sum((c.change for c in cs), Decimal(0)),
        )
        for group, cs in sorted(groups.items())
    ]
    yield from table((f"By {name}", "standing", "other", "change"), rows)


def table(header: Sequence[str], rows: Sequence[tuple[str, Decimal, Decimal, Decimal]]) -> Iterator[str]:
    """A table of dollars and counts, aligned."""
    texts = [header] + [(name, *(_number(v) for v in values)) for name, *values in rows]
    widths = [max(len(r[n]) for r in texts) for n in range(len(header))]
    for row in texts:
        cells = [row[0].ljust(widths[0])] + [row[n].rjust(widths[n]) for n in range(1, len(row))]
        yield "  ".join(cells).rstrip()


def _number(value: Decimal) -> str:
    return f"{value:,}"


def as_csv(found: WhatIf) -> str:
    """One row for each school, and for each LEA with money of its own under either method."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for c in changes(found):
        if c.who.org_id == c.who.lea_id and not c.standing and not c.other:
            continue
        writer.writerow(
            [
                found.standing.fiscal_year, c.who.lea_id, c.who.lea_name, c.who.org_id, c.who.org_name,
                c.who.category, c.who.region, c.who.locale,
                None if c.who.enrollment is None else f"{c.who.enrollment.normalize():f}",
                c.standing, c.other, c.change, c.per_pupil(c.standing), c.per_pupil(c.other),
                c.standing_reason, c.other_reason,
            ]
        )  # fmt: skip
    return out.getvalue()
