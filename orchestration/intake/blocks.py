"""Actions that are coded to another milestone than the one they stand under: 2.1.1.2 between 3.1.1.1 and 3.1.1.3.

A sheet has no headings between its blocks, but the order of its rows shows them. A run of rows of one
milestone is out of place where it breaks an order that the organization's actions otherwise keep, and
the numbers of its actions carry on the numbers of the block above or below.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from orchestration.intake.columns import Codes
from orchestration.intake.together import Mask, Numbering, flag, keys
from orchestration.intake.verdict import FileVerdict, TableVerdict

RUNS_BY_BREAK = 8  # one break of order in so many runs is a slip; more of them are another order


def check_blocks(tables: dict[str, TableVerdict], verdicts: list[FileVerdict]) -> Mask:
    """Flag the actions that are out of place.

    Returns:
        For each row of the table whether it is one of them.
    """
    actions = tables.get("actions")
    if actions is None:
        return np.empty(0, bool)
    out, block = _out_of_place(actions, _without_status(actions, tables.get("action_status")))

    def words(row: int) -> dict[str, Any]:
        column = actions.columns["action_code"]
        here = column.reads[column.codes[block[row]]].value.rpartition(".")[0]
        own = column.reads[column.codes[row]].value.rpartition(".")
        return {"own": own[0], "here": here, "meant": f"{here}.{own[2]}"}

    flag(actions, verdicts, np.nonzero(out)[0], "action.other_milestone", "action_code", words)
    return out


def _without_status(actions: TableVerdict, statuses: TableVerdict | None) -> Mask:
    """The actions of files with statuses that no status names by their code."""
    if statuses is None:
        return np.zeros(len(actions.files), bool)
    organizations, codes = Numbering(), Numbering()
    known = [
        (organizations.of(t.columns["org_id"]), codes.of(t.columns["action_code"]))
        for t in (actions, statuses)
    ]
    mine, theirs = (
        keys(t.files, (org, organizations), (code, codes))
        for t, (org, code) in zip((actions, statuses), known, strict=True)
    )
    return np.isin(actions.files, statuses.files[statuses.good]) & ~np.isin(mine, theirs[statuses.there])


def _out_of_place(actions: TableVerdict, unnamed: Mask) -> tuple[Mask, Codes]:
    """The rows that are out of place, and for each of them a row of the block that it stands in."""
    out, block = np.zeros(len(actions.files), bool), np.zeros(len(actions.files), np.int64)
    organizations = Numbering()
    of_org = organizations.of(actions.columns["org_id"])
    milestone, number = _codes(actions)
    rows = np.nonzero(actions.there & (of_org >= 0) & (milestone >= 0))[0]
    if not len(rows):
        return out, block
    group = keys(actions.files, (of_org, organizations))[rows]
    order = np.lexsort((rows, group))
    rows, group = rows[order], group[order]
    m, n = milestone[rows], number[rows]
    starts = np.r_[0, np.nonzero((group[1:] != group[:-1]) | (m[1:] != m[:-1]))[0] + 1]
    last = np.r_[starts[1:] - 1, len(rows) - 1]
    g, m = group[starts], m[starts]
    if len(g) < 2:
        return out, block
    follows = np.r_[False, g[1:] == g[:-1]]  # a run has one before it in its organization
    leads = np.r_[follows[1:], False]
    breaks = follows & (m < np.roll(m, 1))
    _, of_group = np.unique(g, return_inverse=True)
    of_group = of_group.reshape(-1)
    many = np.bincount(of_group, breaks) > np.maximum(1, np.bincount(of_group) // RUNS_BY_BREAK)
    broken = (breaks | np.r_[breaks[1:], False]) & ~many[of_group]
    first_no, last_no = n[starts], n[last]
    above = broken & follows & (first_no == np.roll(last_no, 1) + 1)
    below = broken & leads & (np.roll(first_no, -1) == last_no + 1)
    # without it the order must hold: its neighbour may be the one that is out of place
    mends = ~(follows & leads & (np.roll(m, 1) > np.roll(m, -1)))
    odd = (above | below) & mends
    for run in np.nonzero(odd[:-1] & odd[1:] & follows[1:])[0]:
        earlier_is_longer = last[run] - starts[run] >= last[run + 1] - starts[run + 1]
        odd[run if earlier_is_longer else run + 1] = False
    for run in np.nonzero(odd)[0]:
        whole = rows[starts[run] : last[run] + 1]
        same = (group == g[run]) & (milestone[rows] == m[run])
        same[starts[run] : last[run] + 1] = False
        # an action added at the end of the sheet carries on the numbers of its own milestone
        added = not leads[run] and same.any() and n[same].max() + 1 == first_no[run]
        if added and not unnamed[whole].all():
            continue
        hit = whole[actions.good[whole]]
        out[hit] = True
        block[hit] = rows[last[run - 1]] if above[run] else rows[starts[run + 1]]
    return out, block


def _codes(actions: TableVerdict) -> tuple[Codes, Codes]:
    """For each row the rank of its milestone in the order of codes (-1 for none), and the action's number."""
    column = actions.columns["action_code"]
    parts = [tuple(map(int, r.value.split("."))) if r.value else () for r in column.reads]
    ranks = {m: rank for rank, m in enumerate(sorted({p[:-1] for p in parts if p}))}
    milestone = np.array([ranks[p[:-1]] if p else -1 for p in parts], np.int64)
    number = np.array([p[-1] if p else 0 for p in parts], np.int64)
    return milestone[column.codes], number[column.codes]
