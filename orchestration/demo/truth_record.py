"""`<home>/simulation/truth.json`: what is true of the simulated state, for tests; docs/simulation.md says how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.demo.plans import Plan, make_plan
from orchestration.demo.progress import Course, courses, truth_of
from orchestration.demo.supports_needed import SupportTruth
from orchestration.demo.truth import Spell, YearTruth, practice_truths
from orchestration.demo.world import Lea, World, year_start
from orchestration.school_year import period_end

Entry = dict[str, Any]


def lea_truth(world: World, lea: Lea) -> list[Entry]:
    """What is true of each organization of an LEA, by school year of the simulated months."""
    entries = []
    for year in sorted({m.school_year for m in world.months} & set(lea.years)):
        first_day = year_start(year, world.first_month)
        for org in lea.years[year]:
            plan = make_plan(world.seed, org, year, world.first_month)
            truth = truth_of(world.seed, plan, first_day)
            entries.append(_entry(world, plan, truth, courses(world.seed, plan, first_day)))
    return entries


def _entry(world: World, plan: Plan, truth: YearTruth, all_courses: list[Course]) -> Entry:
    adjusted = [c for c in all_courses if c.finish > c.action.due and "adjustment" in c.trouble]
    return {
        "org_id": plan.org.org_id,
        "lea_id": plan.org.lea_id,
        "org_level": plan.org.org_level,
        "school_year": plan.school_year,
        "seed": world.seed,
        "skill": round(truth.skill, 3),
        "trend": truth.trend,
        "practices": sorted({s.practices[0] for s in plan.strategies}),
        "weak_practices": sorted(truth.weak),
        "spells": [_spell(s) for s in truth.spells],
        "supports": [_support(s) for s in truth.supports],
        "adjustments": {"made": len(adjusted), "catch_up": sum(c.catches_up for c in adjusted)},
    }


def _spell(s: Spell) -> Entry:
    return {
        "kind": s.kind,
        "scope": s.scope,
        "practice": s.practice,
        "begin": s.begin.isoformat(),
        "end": s.end.isoformat(),
        "periods": periods_of(s),
    }


def periods_of(spell: Spell) -> list[str]:
    """The months at whose end the spell has lasted a day or more, and has not been over for the month."""
    found = []
    year, month = spell.begin.year, spell.begin.month
    while (period := f"{year}-{month:02d}") <= f"{spell.end:%Y-%m}":
        if spell.begin <= period_end(period) and spell.end > period_end(period).replace(day=1):
            found.append(period)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _support(s: SupportTruth) -> Entry:
    return {
        "support_no": s.number,
        "strategy_code": s.strategy,
        "practice_code": s.practice,
        "needed_on": s.needed_on.isoformat(),
        "provided_on": s.provided_on.isoformat() if s.provided_on else None,
        "used_from": s.used_from.isoformat() if s.used_from else None,
        "effect": s.effect,
        "said": s.said,
    }


def merge_truth(path: Path, world: World, new: Sequence[Entry]) -> Path:
    """Write the truth beside that of organizations and years simulated before."""
    old = storage.read_json(path) if path.exists() else {"practices": {}, "organizations": []}
    again = {(e["org_id"], e["school_year"]) for e in new}
    kept = [e for e in old["organizations"] if (e["org_id"], e["school_year"]) not in again]
    practices = {
        code: {"effect": t.effect, "helps": t.helps, "ease": round(t.ease, 3)}
        for code, t in practice_truths(world.seed).items()
    }
    organizations = sorted([*kept, *new], key=lambda e: (e["school_year"], e["org_id"]))
    storage.write_json(
        path,
        {"practices": {**old["practices"], str(world.seed): practices}, "organizations": organizations},
    )
    return path
