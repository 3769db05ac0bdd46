"""A file beside last year's of the same file: figures, and record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from orchestration.extracts.layout import Field, Layout
from orchestration.extracts.read_back import ReadFile

KEYS = {"StateLEAIDNumber", "StateSchoolIDNumber", "TableTypeAbbrv"}
NUMBERING = {"FileRecordNumber"}


@dataclass(frozen=True)
class Figure:
    """One figure of both years; the change in per cent of last year's, None where that is zero."""

    name: str
    last_year: Decimal
    this_year: Decimal

    @property
    def change_percent(self) -> Decimal | None:
        """Change in per cent; None where last year's is zero and this year's is not."""
        if self.last_year == 0:
            return Decimal(0) if self.this_year == 0 else None
        return (self.this_year - self.last_year) * 100 / self.last_year


@dataclass(frozen=True)
class Change:
    """One record that is new, gone, or says otherwise in a field."""

    state_lea_id: str
    state_school_id: str
    field_name: str
    last_year: str
    this_year: str


def figures_of(layout: Layout, read: ReadFile) -> dict[str, Decimal]:
    """Records, how often each code stands in each coded field, and the sum of each amount."""
    found = {"records": Decimal(len(read.records))}
    for n, field in enumerate(layout.fields):
        values = [r.values[n] if n < len(r.values) else "" for r in read.records]
        if field.codes:
            counted = Counter(v for v in values if v)
            found |= {f"{field.name} {code}": Decimal(counted[code]) for code in field.codes}
            found |= {f"{field.name} {code}": Decimal(k) for code, k in sorted(counted.items())}
        elif _is_amount(field):
            found[f"{field.name}, sum"] = sum((_number(v) for v in values), Decimal(0))
    return found


def compare_figures(last_year: Mapping[str, Decimal], this_year: Mapping[str, Decimal]) -> list[Figure]:
    """Both years' figures; those that are zero in both are left out."""
    names = [*this_year, *(n for n in last_year if n not in this_year)]
    both = [Figure(n, last_year.get(n, Decimal(0)), this_year.get(n, Decimal(0))) for n in names]
    return [f for f in both if f.last_year or f.this_year]


def changes(last: tuple[Layout, ReadFile], this: tuple[Layout, ReadFile]) -> Iterator[Change]:
    """Every record that is new, gone or different, in the order of its IDs."""
    before, now = _records(*last), _records(*this)
    for key in sorted(before.keys() | now.keys()):
        lea, school = key[0], key[1]
        if key not in before or key not in now:
            field = " ".join(["record", *(k for k in key[2:] if k)])
            yield Change(lea, school, field, "there" if key in before else "", "there" if key in now else "")
            continue
        for name, value in now[key].items():
            if before[key].get(name, "") != value:
                yield Change(lea, school, name, before[key].get(name, ""), value)


def _records(layout: Layout, read: ReadFile) -> dict[tuple[str, ...], dict[str, str]]:
    by_name = {f.name: n for n, f in enumerate(layout.fields)}
    is_long = "TableTypeAbbrv" in by_name
    found = {}
    for r in read.records:
        values = [*r.values, *[""] * len(layout.fields)]
        said = {
            f.name: values[n]
            for n, f in enumerate(layout.fields)
            if f.name not in KEYS | NUMBERING and not f.filler
        }
        key = [values[by_name["StateLEAIDNumber"]]]
        key.append(values[by_name["StateSchoolIDNumber"]] if "StateSchoolIDNumber" in by_name else "")
        if is_long:  # what tells the records of a school apart
            key.append(values[by_name["TableTypeAbbrv"]])
            apart = [
                f.name
                for f in layout.fields
                if f.codes and f.name not in KEYS and f.kind == "S" and not f.required
            ]
            key += [said.pop(name) for name in apart]
        found[tuple(key)] = said
    return found


def _is_amount(field: Field) -> bool:
    return field.kind == "N" and field.name not in NUMBERING


def _number(text: str) -> Decimal:
    try:
        return Decimal(text) if text else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
