"""Small tables of schools in LEAs in a state, by family and in all, and a second mart that shares their cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.disclosure.cells import Cells
from orchestration.disclosure.sums import System
from tests.attacker import Equation, Known

FEWEST, SPAN = 10, 3


@dataclass(frozen=True)
class Tables:
    """Cells by name with their numbers, and every identity between them."""

    values: dict[str, tuple[int, int]]
    equations: tuple[Equation, ...]

    @property
    def names(self) -> list[str]:
        return list(self.values)

    def small(self, cell: str) -> bool:
        return self.values[cell][0] < FEWEST

    def cells(self) -> Cells:
        n = np.array([v[0] for v in self.values.values()], float)
        small = n < FEWEST
        return Cells(
            of={"m": (0, len(n))},
            must_hide=small,
            outside=np.zeros(len(n), bool),
            low=np.where(small, 0.0, FEWEST),
            high=np.where(small, FEWEST - 1.0, np.inf),
            weight=n,
        )

    def system(self) -> System:
        at = {name: i for i, name in enumerate(self.values)}
        terms = [
            (k, at[cell], cell == e.total, *self.values[cell])
            for k, e in enumerate(self.equations)
            for cell in (e.total, *e.parts)
        ]
        s, cell, total, n, x = (np.array(column) for column in zip(*terms, strict=True))
        cells = self.cells()
        return System(
            name="students",
            span=SPAN,
            sum=s.astype(np.int64),
            cell=cell.astype(np.int64),
            total=total.astype(bool),
            n=n.astype(float),
            x=x.astype(float),
            low=cells.low[cell],
            high=cells.high[cell],
        )

    def known(self, hidden: np.ndarray) -> dict[str, Known]:
        """What the reader knows where these are hidden."""
        return {
            name: Known(n, x)
            if not hidden[i]
            else Known(
                hidden=True,
                low=0 if self.small(name) else FEWEST,
                high=FEWEST - 1 if self.small(name) else None,
            )
            for i, (name, (n, x)) in enumerate(self.values.items())
        }


def make_tables(leas: list[list[tuple[list[tuple[int, int]], str]]]) -> Tables:
    """Tables from schools: per LEA its schools, per school (n, x) by family, and the category of the other mart."""
    values: dict[str, tuple[int, int]] = {}
    equations: list[Equation] = []
    families = [f"f{i}" for i in range(len(leas[0][0][0]))]

    def total(name: str, parts: list[str]) -> None:
        values[name] = (sum(values[p][0] for p in parts), sum(values[p][1] for p in parts))
        equations.append(Equation(name, tuple(parts)))

    places: dict[str, list[str]] = {"state": [], "category A": [], "category B": []}
    for i, schools in enumerate(leas):
        for j, (by_family, category) in enumerate(schools):
            for family, pair in zip(families, by_family, strict=True):
                values[f"school {i}{j} {family}"] = pair
            places.setdefault(f"lea {i}", []).append(f"school {i}{j}")
            places[f"category {category}"].append(f"school {i}{j}")
            total(f"school {i}{j} all", [f"school {i}{j} {f}" for f in families])
        places["state"].append(f"lea {i}")
    for place in [p for p in places if p.startswith("lea")] + ["state", "category A", "category B"]:
        if not places[place]:
            continue
        for family in families:
            total(f"{place} {family}", [f"{p} {family}" for p in places[place]])
        first, second = (sum(values[f"{place} {f}"][k] for f in families) for k in (0, 1))
        values[f"{place} all"] = (first, second)
        equations.append(Equation(f"{place} all", tuple(f"{place} {f}" for f in families)))
        equations.append(Equation(f"{place} all", tuple(f"{p} all" for p in places[place])))
    return Tables(values, tuple(equations))
