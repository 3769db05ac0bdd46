"""A simulation's truth.json as frames, and how well findings agree with it.

Findings come as frames with a few named columns, so that any mart can be compared: see docs/simulation.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from orchestration import storage
from orchestration.school_year import period_range

ALL = "all"  # the code of findings that are about every practice together


@dataclass(frozen=True)
class Truth:
    """What is true of a simulated state.

    Args:
        practices: index practice; effect, helps, ease.
        years: org_id, school_year, lea_id, org_level, skill, trend; one row per organization and year.
        codes: org_id, school_year, practice, is_weak; one row per practice of each plan.
        spells: org_id, school_year, kind, scope, code (a practice, or all), first_period, last_period.
        supports: org_id, school_year, support_no, strategy_code, practice_code, needed_on, provided_on,
            used_from, effect, said.
    """

    practices: pd.DataFrame
    years: pd.DataFrame
    codes: pd.DataFrame
    spells: pd.DataFrame
    supports: pd.DataFrame


@dataclass(frozen=True)
class Agreement:
    """How far findings agree with the truth: `caught` of `true` things, `right` of `found` ones."""

    true: int
    caught: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        """Share of true things that were found."""
        return self.caught / self.true if self.true else float("nan")

    @property
    def precision(self) -> float:
        """Share of findings that are right."""
        return self.right / self.found if self.found else float("nan")

    def __str__(self) -> str:
        return (
            f"recall {self.recall:.2f} ({self.caught} of {self.true}), "
            f"precision {self.precision:.2f} ({self.right} of {self.found})"
        )


def read_truth(home: Path, seed: int) -> Truth:
    """The truth of a home's simulation with that seed."""
    raw = storage.read_json(home / "simulation" / "truth.json")
    years, codes, spells, supports = [], [], [], []
    for entry in (e for e in raw["organizations"] if e["seed"] == seed):
        key = {"org_id": entry["org_id"], "school_year": entry["school_year"]}
        years.append(key | {c: entry[c] for c in ("lea_id", "org_level", "skill", "trend")})
        weak = set(entry["weak_practices"])
        codes += [key | {"practice": p, "is_weak": p in weak} for p in entry["practices"]]
        spells += [key | _spell(s) for s in entry["spells"]]
        supports += [key | s for s in entry["supports"]]
    practices = pd.DataFrame.from_dict(raw["practices"][str(seed)], orient="index")
    return Truth(practices, *(pd.DataFrame(rows) for rows in (years, codes, spells, supports)))


def _spell(spell: dict[str, Any]) -> dict[str, Any]:
    periods = spell["periods"]
    return {
        "kind": spell["kind"],
        "scope": spell["scope"],
        "code": spell["practice"] or ALL,
        "first_period": periods[0],
        "last_period": periods[-1],
    }


def waning(findings: pd.DataFrame, truth: Truth, after: int = 2, count_weak: bool = False) -> Agreement:
    """How well findings of waning progress agree with the spells.

    A spell is caught by a finding on its organization, under its practice or under any where it is of
    all, from its first period to `after` months past its last. A finding is right if a spell that its
    code takes part in catches it (under the code all: any spell of the organization).

    Args:
        findings: org_id, code, period; one row per month in which it holds.
        after: months past a spell's end in which a finding still counts, as what is late stays late.
        count_weak: whether a finding on a practice that is weak in that organization's year is right too.
            It is behind its peers and truly so, though nothing has changed there.
    """
    by_org = {org: list(g.itertuples()) for org, g in findings.groupby("org_id")}
    caught = 0
    right: set[Any] = set()
    for spell in truth.spells.itertuples():
        periods = set(_and_after(spell.first_period, spell.last_period, after))
        hits = [
            f
            for f in by_org.get(spell.org_id, [])
            if f.period in periods and (spell.code in (ALL, f.code) or f.code == ALL)
        ]
        caught += any(f.code == spell.code or spell.code == ALL for f in hits)
        right |= {f.Index for f in hits}
    if count_weak:
        weak = truth.codes[truth.codes["is_weak"]]
        keys = set(zip(weak["org_id"], weak["school_year"], weak["practice"], strict=True))
        for f in findings.itertuples():
            if (f.org_id, f.school_year, f.code) in keys:
                right.add(f.Index)
    return Agreement(len(truth.spells), caught, len(findings), len(right))


def _and_after(first: str, last: str, after: int) -> Iterable[str]:
    year, month = int(last[:4]), int(last[5:]) + after
    return period_range(first, f"{year + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}")


@dataclass(frozen=True)
class Order:
    """How well figures order things by what is true of them.

    Args:
        table: index the thing; figure, true, n.
        rank_correlation: Spearman's, over the things.
        pairs_right: share of pairs of one that helps and one that does not in which the former is higher.
    """

    table: pd.DataFrame
    rank_correlation: float
    pairs_right: float


def practice_order(rows: pd.DataFrame, truth: Truth, high: float = 0.7) -> Order:
    """How well practices are ordered by the outcomes of those who carry them out.

    Args:
        rows: practice, implementation (0 to 1), outcome; one row per organization, practice and year.
        high: implementation from which on a practice counts as carried out.
    """
    done = rows[(rows["implementation"] >= high) & rows["outcome"].notna()]
    figure = done.groupby("practice")["outcome"].agg(figure="mean", n="size")
    table = figure.join(truth.practices["effect"].rename("true")).join(truth.practices["helps"])
    return _order(table)


def support_signs(rows: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Mean change by what the supports truly do.

    Args:
        rows: org_id, school_year, support_no, change (of the on-time rate: after less before, less the
            same of those it is compared with); one row per support.

    Returns:
        index works; n, change (mean), share_positive.
    """
    known = truth.supports[["org_id", "school_year", "support_no", "effect"]]
    joined = rows.merge(known, on=["org_id", "school_year", "support_no"]).dropna(subset=["change"])
    groups = joined.assign(works=joined["effect"] > 0, positive=joined["change"] > 0).groupby("works")
    return groups.agg(n=("change", "size"), change=("change", "mean"), share_positive=("positive", "mean"))


def _order(table: pd.DataFrame) -> Order:
    ranks = table[["figure", "true"]].rank()
    helping, others = (table.loc[table["helps"] == h, "figure"] for h in (True, False))
    pairs = [a > b for a in helping for b in others]
    share = sum(pairs) / len(pairs) if pairs else float("nan")
    return Order(table, float(ranks["figure"].corr(ranks["true"])), share)
