"""What must hold of the awards of any state, checked against the recomputation."""

from __future__ import annotations

from typing import Any

from award_states import Awards, State
from recompute_awards import claims_of, new_awards


def new_money(awards: Awards, year: int) -> dict[str, int]:
    rows = awards.db.execute(
        "select org_id, award_cents from int_1003_new_awards where fiscal_year = ? and award_cents > 0",
        [year],
    ).fetchall()
    return dict(sorted(rows))


def hold(awards: Awards, year: int, state: State) -> None:
    """What must hold of any awards."""
    method = state.method
    assert method is not None
    schools, leas = awards.awards(year), awards.leas(year)
    assert new_money(awards, year) == new_awards(state, method)
    assert min([*schools.values(), *leas.values(), awards.unallocated(year)]) >= 0
    assert sum(leas.values()) + state.state_share + awards.unallocated(year) == state.pool + state.state_share
    claims = {c.org: c for c in claims_of(state, method)}
    for org, cents in new_money(awards, year).items():
        claim = claims[org]  # whoever claims nothing, the ineligible among them, gets nothing
        assert claim.low <= cents and (claim.high is None or cents <= claim.high)
    rows: list[tuple[Any, ...]] = awards.db.execute(
        "select lea_id, sum(award), sum(at_school + retained_by_lea) from fct_1003_award_school"
        " where fiscal_year = ? group by all", [year],
    ).fetchall()  # fmt: skip
    own = dict(
        awards.db.execute(
            "select lea_id, own_part from fct_1003_award where fiscal_year = ?", [year]
        ).fetchall()
    )
    for lea, award, parts in rows:
        assert award == parts and leas[lea] == int((award + own[lea]) * 100)
    if method.lea_cap is not None:
        promised = {p["lea_id"]: int(p["amount"] * 100) for p in state.promises}
        for lea, cents in leas.items():
            assert cents - promised.get(lea, 0) <= max(int(method.lea_cap * 100) - promised.get(lea, 0), 0)
    wrong = awards.db.execute(
        "select step.* from fct_1003_award_step as step inner join fct_1003_award_school as school"
        " on step.fiscal_year = school.fiscal_year and step.scope_id = school.org_id where step.fiscal_year = ?"
        " and (step.step in ('minimum', 'least') and step.amount - school.promised <> school.smallest_award"
        " or step.step in ('cap_school', 'cap_unit', 'cap_requested', 'enough_school', 'enough_unit', 'enough_requested')"
        " and school.standing = 'paid' and step.amount - school.promised <> school.largest_award)", [year],
    ).fetchall()  # fmt: skip
    assert wrong == []
    last = dict(
        awards.db.execute(
            "select scope_id, max_by(amount, step_no) from fct_1003_award_step where fiscal_year = ?"
            " and sentence not like '%{%' group by all", [year],
        ).fetchall()
    )  # fmt: skip
    for scope, cents in [*schools.items(), *leas.items(), ("state", awards.unallocated(year))]:
        assert int(last.get(scope, 0) * 100) == cents
