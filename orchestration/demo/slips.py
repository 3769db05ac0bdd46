"""Planting the slips that real submissions hold, and writing down each one.

The source template itself holds several (a label under the wrong code, `Milestone 1.1:1`, an action
coded to another milestone, trailing dots); the others are what people and spreadsheet programs do.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from orchestration.contracts.codesets import load_code_sets
from orchestration.contracts.model import submission_tables
from orchestration.demo.words import generator, sample
from orchestration.demo.world import World

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Slip:
    """One planted slip.

    Args:
        index: 0-based place of the row among the table's rows.
        column: name of the field.
        planted: the value that was written.
        right: the value that belongs there.
    """

    kind: str
    org_id: str
    table: str
    index: int
    column: str
    planted: Any
    right: Any


# what a maker answers: table, column, row index, the value to plant
_Change = tuple[str, str, int, Any]
_Maker = Callable[[random.Random, Tables, dict[str, list[int]]], _Change | None]


class SentBefore:
    """The amounts that an LEA's files of a school year said, for slips that go back behind them."""

    COLUMNS: ClassVar = {
        ("action_status", "percent_complete"): "action_code",
        ("action_status", "spent_to_date"): "action_code",
        ("expenditures", "spent_to_date"): "fund_source",
    }

    def __init__(self) -> None:
        self._said: dict[tuple[str, ...], list[tuple[str, datetime, float]]] = {}

    def add(self, period: str, received_at: datetime, tables: Tables, slips: Sequence[Slip]) -> None:
        """Keep what a file says, but for rows that a slip may have put aside."""
        aside = {(s.table, s.index) for s in slips if s.table != "action_status" or s.kind not in FALLS}
        for (table, column), code in self.COLUMNS.items():
            for index, row in enumerate(tables.get(table, [])):
                if (table, index) not in aside and isinstance(value := row.get(column), int | float):
                    key = (table, column, str(row["org_id"]), row[code])
                    self._said.setdefault(key, []).append((period, received_at, value))

    def last(self, table: str, column: str, row: Row, at: datetime) -> float:
        """What stood at a time; 0 where nothing did."""
        key = (table, column, str(row["org_id"]), row[self.COLUMNS[table, column]])
        return max((said for said in self._said.get(key, []) if said[1] < at), default=("", at, 0.0))[2]


def plant(
    world: World,
    period: str,
    tables: Tables,
    org_ids: Sequence[str],
    before: SentBefore,
    received_at: datetime,
) -> list[Slip]:
    """Change one cell of each organization that is due for a slip this month.

    Rows and lists that are changed are copied first: other months share them.

    Args:
        before: what the LEA's files of earlier months of the school year said.
        received_at: when this one arrives.

    Returns:
        The slips, in order of organization.
    """
    slips: list[Slip] = []
    if world.slips <= 0:
        return slips
    for org_id in org_ids:
        rng = generator(world.seed, org_id, "slip", period)
        if rng.random() >= world.slips:
            continue
        rows_of = {
            t: [i for i, r in enumerate(rows) if r.get("org_id") == org_id] for t, rows in tables.items()
        }
        for kind in sample(rng, KINDS, len(KINDS)):
            if kind in FALLS:
                change = _fall(rng, tables, rows_of, *FALLS[kind], before, received_at)
            else:
                change = MAKERS[kind](rng, tables, rows_of)
            if change is None:
                continue
            table, column, index, value = change
            right = tables[table][index].get(column)
            tables[table] = list(tables[table])
            tables[table][index] = {**tables[table][index], column: value}
            slips.append(Slip(kind, org_id, table, index, column, value, right))
            break
    return slips


def _pick(
    rng: random.Random, tables: Tables, rows_of: dict[str, list[int]], table: str, fits: Callable[[Row], bool]
) -> int | None:
    indexes = [i for i in rows_of.get(table, []) if fits(tables[table][i])]
    return rng.choice(indexes) if indexes else None


def _practice_label(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    """One practice's label under another's code, as `3c: Provide rigorous evidence-based instruction`."""
    index = _pick(rng, tables, rows_of, "strategies", lambda r: "," not in r["practice_codes"])
    if index is None:
        return None
    labels = load_code_sets()["practices"].labels
    right = tables["strategies"][index]["practice_codes"]
    wrong = rng.choice([c for c in labels if c != right and c[0] == right[0]])
    return "strategies", "practice_codes", index, f"{wrong.lower()}: {labels[right]}"


def _milestone_colon(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    """`Milestone 1.1:1` for 1.1.1."""
    index = _pick(rng, tables, rows_of, "milestones", lambda r: True)
    if index is None:
        return None
    strategy, _, number = tables["milestones"][index]["milestone_code"].rpartition(".")
    return "milestones", "milestone_code", index, f"Milestone {strategy}:{number}"


def _other_milestone(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    """An action among those of 3.1.1 that is coded 2.1.1.x."""
    index = _pick(rng, tables, rows_of, "actions", lambda r: r["action_code"][0] > "1")
    if index is None:
        return None
    code = tables["actions"][index]["action_code"]
    return "actions", "action_code", index, f"{int(code[0]) - 1}{code[1:]}"


def _trailing_dot(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    table, column = rng.choice(
        [("actions", "action_code"), ("milestones", "milestone_code"), ("strategies", "strategy_code")]
    )
    index = _pick(rng, tables, rows_of, table, lambda r: True)
    return None if index is None else (table, column, index, f"{tables[table][index][column]}.")


def _ambiguous_target(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    """`4% increase`: four points, or four per cent of the baseline?"""
    index = _pick(
        rng, tables, rows_of, "measures", lambda r: r["unit"] == "percent" and r["direction"] == "higher"
    )
    return None if index is None else ("measures", "target_y1", index, f"{rng.randint(2, 9)}% increase")


def _percent_as_share(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    index = _pick(rng, tables, rows_of, "action_status", lambda r: 0 < r["percent_complete"] < 100)
    if index is None:
        return None
    return (
        "action_status",
        "percent_complete",
        index,
        tables["action_status"][index]["percent_complete"] / 100,
    )


def _date_as_text(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    table, column = rng.choice(
        [("actions", "due_on"), ("milestones", "due_on"), ("action_status", "completed_on")]
    )
    index = _pick(rng, tables, rows_of, table, lambda r: isinstance(r.get(column), date))
    if index is None:
        return None
    day: date = tables[table][index][column]
    written = rng.choice([f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}"])
    return table, column, index, written


def _lost_zero(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    """The ID as a number, as programs make it of digits."""
    table = rng.choice(["actions", "action_status", "milestones"])
    index = _pick(
        rng, tables, rows_of, table, lambda r: r["org_id"].isdigit() and r["org_id"].startswith("0")
    )
    return None if index is None else (table, "org_id", index, int(tables[table][index]["org_id"]))


def _status_label(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    """`In progress` for in_progress; a label that is its code but for the capital is no slip."""
    labels = load_code_sets()["action_statuses"].labels
    index = _pick(rng, tables, rows_of, "action_status", lambda r: "_" in r["status"])
    return (
        None
        if index is None
        else ("action_status", "status", index, labels[tables["action_status"][index]["status"]])
    )


def _missing_required(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    table, column = rng.choice(
        [
            ("actions", "due_on"),
            ("actions", "description"),
            ("action_status", "status"),
            ("strategies", "if_we"),
            ("milestones", "description"),
        ]
    )
    assert submission_tables()[table].field(column).required
    index = _pick(rng, tables, rows_of, table, lambda r: True)
    return None if index is None else (table, column, index, None)


def _unknown_code(rng: random.Random, tables: Tables, rows_of: dict[str, list[int]]) -> _Change | None:
    table, column, value = rng.choice(
        [
            ("action_status", "status", "almost_there"),
            ("strategies", "practice_codes", "5A"),
            ("strategies", "evidence_tier", "7"),
        ]
    )
    index = _pick(rng, tables, rows_of, table, lambda r: True)
    return None if index is None else (table, column, index, value)


MAKERS: dict[str, _Maker] = {
    "practice_label_under_other_code": _practice_label,
    "milestone_written_with_colon": _milestone_colon,
    "action_coded_to_other_milestone": _other_milestone,
    "trailing_dot": _trailing_dot,
    "ambiguous_target": _ambiguous_target,
    "percent_as_share": _percent_as_share,
    "date_as_text": _date_as_text,
    "id_without_leading_zero": _lost_zero,
    "label_for_code": _status_label,
    "missing_required": _missing_required,
    "unknown_code": _unknown_code,
}


def _fall(
    rng: random.Random,
    tables: Tables,
    rows_of: dict[str, list[int]],
    table: str,
    column: str,
    before: SentBefore,
    received_at: datetime,
) -> _Change | None:
    """Half of what stood before, where no reason stands beside it."""

    def fits(row: Row) -> bool:
        given = row.get("status", "in_progress") == "in_progress" and "cause" not in row and column in row
        return given and before.last(table, column, row, received_at) >= 10

    index = _pick(rng, tables, rows_of, table, fits)
    if index is None:
        return None
    return table, column, index, int(before.last(table, column, tables[table][index], received_at) / 2)


FALLS = {
    "percent_fell": ("action_status", "percent_complete"),
    "action_spending_fell": ("action_status", "spent_to_date"),
    "fund_spending_fell": ("expenditures", "spent_to_date"),
}
KINDS = [*MAKERS, *FALLS]
