"""On the demonstration: the agenda asks for what its organizations' figures show, and stories say what is known.

What each trigger should find is found again here with plain loops over the facts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from orchestration.settings import Settings

pytestmark = pytest.mark.e2e

Found = dict[tuple[str, str], set[str]]  # items by organization and quarter
Row = dict[str, Any]

CAUSAL = re.compile(
    r"\b(because|(?<!root )cause[sd]?|led to|leads to|thanks to|due to|result of|resulted|impact|effect)\b",
    re.I,
)


class Facts:
    """Tables of the demonstration's build as lists of rows."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        """Of an open build file."""
        self._db = db
        quarters = self.rows("select * from intermediate.int_coaching_quarters")
        self.quarters = {(q["org_id"], q["quarter_id"]): q for q in quarters}
        self.quarter_of = {p["period"]: p["quarter_id"] for p in self.rows("select * from marts.dim_period")}
        self.year_of = {p["period"]: p["school_year"] for p in self.rows("select * from marts.dim_period")}

    def rows(self, sql: str) -> list[Row]:
        """Rows of a query."""
        found = self._db.execute(sql)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def last_quarter(self, org_id: str, school_year: str) -> tuple[str, str] | None:
        """The quarter in which what is of a whole year stands."""
        of_year = [k for k, q in self.quarters.items() if k[0] == org_id and q["school_year"] == school_year]
        return max(of_year, key=lambda k: self.quarters[k]["as_of_period"], default=None)

    def of_year(self, rows: list[Row], item: Callable[[Row], str]) -> Found:
        """Items by the last quarter of their year."""
        found: Found = defaultdict(set)
        for r in rows:
            key = self.last_quarter(r["org_id"], r["school_year"])
            if key is not None:
                found[key].add(item(r))
        return found


@pytest.fixture(scope="module")
def facts(published_demo: Settings):
    with duckdb.connect(str(published_demo.build_file), read_only=True) as db:
        yield Facts(db)


def silent(facts: Facts) -> Found:
    rows = facts.rows("select * from intermediate.int_organization_periods where not is_reported")
    found: Found = defaultdict(set)
    for r in rows:
        found[r["org_id"], r["quarter_id"]].add("reports")
    return found


def stuck(facts: Facts) -> Found:
    """Three counted months in a row behind, or in progress at the same percent as when last known."""
    by_action: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for r in facts.rows("select * from marts.fct_action_status order by period"):
        by_action[r["org_id"], r["school_year"], r["action_code"]].append(r)
    ends = {(q["org_id"], q["as_of_period"]): key for key, q in facts.quarters.items()}
    found: Found = defaultdict(set)
    for (org_id, _, action), months in by_action.items():
        known: Row | None = None
        in_a_row = 0
        for month in months:
            still = False
            if month["is_planned"] and month["is_reported"]:
                at_work = (
                    known is not None
                    and known["status"] in ("in_progress", "delayed")
                    and known["percent_complete"] is not None
                    and known["percent_complete"] == month["percent_complete"]
                )
                still = month["is_behind"] or (month["status"] == "in_progress" and at_work)
            if month["is_reported"] or not month["is_planned"]:
                known = month
            in_a_row = in_a_row + 1 if still else 0
            if in_a_row >= 3 and (org_id, month["period"]) in ends:
                found[ends[org_id, month["period"]]].add(action)
    return found


def without_output(facts: Facts) -> Found:
    told = [
        (r["org_id"], r["action_code"], r["period"])
        for r in facts.rows("select * from intermediate.int_standing__action_status")
        if (r["outputs_finished"] or "").strip()
    ]
    found: Found = defaultdict(set)
    ends = {(q["org_id"], q["as_of_period"]): key for key, q in facts.quarters.items()}
    outputs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for org_id, action, period in told:
        outputs[org_id, action].append(period)
    for r in facts.rows("select * from marts.fct_action_status where is_completed"):
        so_far = [
            p
            for p in outputs[r["org_id"], r["action_code"]]
            if p <= r["period"] and facts.year_of[p] == r["school_year"]
        ]
        if (r["org_id"], r["period"]) in ends and not so_far:
            found[ends[r["org_id"], r["period"]]].add(r["action_code"])
    return found


def supports_waited_for(facts: Facts) -> Found:
    found: Found = defaultdict(set)
    stated: dict[str, list[Row]] = defaultdict(list)
    for r in facts.rows("select * from intermediate.int_standing__supports order by period"):
        stated[r["org_id"]].append(r)
    for key, q in facts.quarters.items():
        last = {
            r["support_no"]: r
            for r in stated[q["org_id"]]
            if r["period"] <= q["as_of_period"] and facts.year_of[r["period"]] == q["school_year"]
        }
        for no, r in last.items():
            waits = r["provided_on"] is None or r["provided_on"] > q["period_end"]
            if waits and r["needed_on"] is not None and r["needed_on"] <= q["period_end"]:
                found[key].add(str(no))
    return found


def milestones(facts: Facts) -> Found:
    found: Found = defaultdict(set)
    for r in facts.rows("select * from marts.fct_milestone_quarter where is_behind"):
        found[r["org_id"], r["quarter_id"]].add(r["milestone_code"])
    return found


def differences(facts: Facts) -> Found:
    ends = {(q["org_id"], q["as_of_period"]): key for key, q in facts.quarters.items()}
    found: Found = defaultdict(set)
    for r in facts.rows("select * from marts.rpt_reporting_differences"):
        key = (r["org_id"], r["span_id"]) if r["span_kind"] == "quarter" else None
        key = key or ends.get((r["org_id"], r["as_of_period"]))
        if key is not None:
            found[key].add(r["item_code"])
    return found


def not_recovered(facts: Facts) -> Found:
    periods: dict[tuple[str, str], list[str]] = defaultdict(list)
    for r in facts.rows("select * from intermediate.int_organization_periods order by period"):
        periods[r["org_id"], r["school_year"]].append(r["period"])
    found: Found = defaultdict(set)
    for r in facts.rows(
        "select * from marts.rpt_adjustments where has_adjustment and outcome = 'not_recovered'"
    ):
        months = periods[r["org_id"], r["school_year"]]
        judged = months[months.index(r["period"]) + r["n_periods_followed"]]
        found[r["org_id"], facts.quarter_of[judged]].add(r["item_code"])
    return found


def waning(in_all: bool) -> Callable[[Facts], Found]:
    def find(facts: Facts) -> Found:
        ends = {(q["org_id"], q["as_of_period"]): key for key, q in facts.quarters.items()}
        found: Found = defaultdict(set)
        for r in facts.rows("select * from marts.rpt_waning"):
            key = ends.get((r["org_id"], r["period"]))
            if key is not None and (r["code_level"] == "all") is in_all:
                found[key].add(r["code"])
        return found

    return find


def unreadable(facts: Facts) -> Found:
    mended = {r["reason"] for r in facts.rows("select * from seeds.measure_reasons") if r["is_about_wording"]}
    rows = [
        r for r in facts.rows("select * from marts.fct_measure_year")
        if mended & set((r["reasons"] or "").split(","))
    ]  # fmt: skip
    return facts.of_year(rows, lambda r: f"{r['parent_code']} measure {r['measure_no']}")


def done_not_working(facts: Facts) -> Found:
    sql = "select * from marts.rpt_interlaced where code_level = 'practice' and quadrant = 'done_not_working'"
    return facts.of_year(facts.rows(sql), lambda r: r["code"])


def plan_gap(*parts: str) -> Callable[[Facts], Found]:
    def find(facts: Facts) -> Found:
        rows = facts.rows("select * from marts.rpt_plan_quality where outcome = 'not_met'")
        return facts.of_year([r for r in rows if r["part"] in parts], lambda r: r["criterion_id"])

    return find


TRIGGERS: dict[str, Callable[[Facts], Found]] = {
    "silent_months": silent,
    "waning": waning(in_all=True),
    "waning_practice": waning(in_all=False),
    "milestone_behind": milestones,
    "support_not_provided": supports_waited_for,
    "adjustment_without_recovery": not_recovered,
    "action_stuck": stuck,
    "action_without_output": without_output,
    "count_differs": differences,
    "measure_unreadable": unreadable,
    "done_not_working": done_not_working,
    "plan_direction_gap": plan_gap("direction"),
    "plan_needs_gap": plan_gap("needs", "priorities"),
    "plan_work_gap": plan_gap("strategies", "milestones", "actions"),
}


def test_every_trigger_of_the_seed_is_looked_at_here(facts):
    assert set(TRIGGERS) == {r["trigger_id"] for r in facts.rows("select * from seeds.coaching_triggers")}


@pytest.mark.parametrize("trigger", sorted(TRIGGERS))
def test_a_trigger_asks_exactly_the_organizations_whose_figures_call_for_it(facts, trigger):
    expected = {key: items for key, items in TRIGGERS[trigger](facts).items() if items}
    asked: Found = defaultdict(set)
    raised = {}
    for r in facts.rows(f"select * from marts.rpt_coaching_agenda where trigger_id = '{trigger}'"):
        asked[r["org_id"], r["quarter_id"]].add(r["item_code"])
        raised[r["org_id"], r["quarter_id"]] = r["n_raised"]
    assert 0 < len(expected) < len(facts.quarters), "the demonstration has cases and clean organizations"
    assert raised == {key: len(items) for key, items in expected.items()}
    (shown,) = facts.rows(f"select max_items from seeds.coaching_triggers where trigger_id = '{trigger}'")
    for key, items in asked.items():
        assert items <= expected[key] and len(items) == min(len(expected[key]), shown["max_items"]), key


def test_the_first_five_questions_are_of_five_kinds_where_there_are_as_many(facts):
    agenda: dict[tuple[str, str], list[str]] = defaultdict(list)
    for r in facts.rows("select * from marts.rpt_coaching_agenda order by agenda_rank"):
        agenda[r["org_id"], r["quarter_id"]].append(r["trigger_id"])
    assert any(len(set(kinds)) >= 5 for kinds in agenda.values())
    for kinds in agenda.values():
        assert len(set(kinds[:5])) == min(5, len(set(kinds)))


def test_stories_name_no_person_and_no_cause(facts):
    people = {
        name.strip()
        for r in facts.rows("select distinct person_responsible as p from staging.stg_submission__actions")
        for name in re.split(r"[,;]", r["p"] or "")
        if len(name.strip()) > 3
    }
    assert people
    texts = [r["sentence"] for r in facts.rows("select sentence from marts.rpt_story_year")]
    texts += [r["figures"] for r in facts.rows("select figures from marts.rpt_coaching_agenda")]
    for text in texts:
        assert not CAUSAL.search(text), text
        assert not any(name in text for name in people), text


def test_a_story_tells_no_result_on_few_or_untold_students_and_says_how_many_it_leaves_out(facts):
    told = {
        (r["org_id"], r["school_year"], r["item_key"]): r
        for r in facts.rows("select * from marts.rpt_story_year where sentence_id = 'goal_measure'")
    }
    with_story = {(q["org_id"], q["school_year"]) for q in facts.quarters.values()}
    left_out: dict[tuple[str, str], int] = defaultdict(int)
    for r in facts.rows("select * from marts.fct_measure_year where measure_kind = 'goal' and is_reported"):
        key = (r["org_id"], r["school_year"], f"{r['parent_code']} measure {r['measure_no']}")
        if key[:2] not in with_story:
            continue
        if r["is_suppressed"] or r["n_students"] is None or r["part"] != "all":
            left_out[key[:2]] += 1
            assert key not in told
    said: dict[tuple[str, str], int] = defaultdict(int)
    for r in facts.rows(
        "select * from marts.rpt_story_year where scope = 'own' "
        "and sentence_id in ('goals_suppressed', 'goals_not_for_letters')"
    ):
        said[r["org_id"], r["school_year"]] += r["numerator"]
    assert told and left_out
    assert said == left_out


def test_silence_is_told_and_not_counted_as_done(facts):
    story: dict[str, dict[str, Row]] = defaultdict(dict)
    for r in facts.rows("select * from marts.rpt_story_year where scope = 'own'"):
        story[r["org_id"]][r["sentence_id"]] = r
    silent_at_last = {
        q["org_id"] for q in facts.quarters.values() if q["is_last_of_year"] and not q["is_reported"]
    }
    assert silent_at_last
    for org_id in silent_at_last:
        sentences = story[org_id]
        assert {"months_not_reported", "actions_unknown"} <= set(sentences)
        assert not {"actions_completed", "milestones_completed", "actions_behind"} & set(sentences)
