"""The self-reflection worked out again: answers that may be shown, their levels, and the plans beside them."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cached_property

import pandas as pd
from recompute_plan_criteria import Row, above, seed
from recompute_plans import RecomputedPlans, rate

MIN_RESPONDENTS, WEAK, STRONG = 3, 2.3, 3.0  # of the demonstration state

NO_PLANS: Row = dict.fromkeys(
    (
        "n_strategies",
        "budget",
        "n_leas_weak",
        "n_leas_weak_without_strategy",
        "n_leas_strong",
        "n_leas_strong_with_spending",
    )
)

Answers = dict[tuple[str, str], dict[str, dict[int, int]]]  # LEA and year: element: respondent: level


class RecomputedSelfReflection(RecomputedPlans):
    """The mart of self-reflection as of a time."""

    @cached_property
    def rpt_self_reflection(self) -> pd.DataFrame:
        answers: Answers = {}
        for org, year, rows in self.last_of_year("self_reflection"):
            by_element: dict[str, dict[int, int]] = defaultdict(dict)
            for r in rows:
                by_element[r["element_code"]][int(r["respondent_no"])] = int(r["level"])
            answers[(org, year)] = by_element
        practices = {r["element_code"]: r["practice_code"] for r in seed("self_reflection_elements")}
        cells: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
        for (lea, year), by_element in answers.items():
            for element in by_element:
                for scope in (("lea", lea), ("region", self.region_of[lea]), ("state", "state")):
                    for code in (
                        ("element", element),
                        ("practice", practices[element]),
                        ("domain", practices[element][0]),
                        ("all", "all"),
                    ):
                        cells[(*scope, *code, year)].append((lea, element))
        key = ["scope_level", "scope_id", "code_level", "code", "school_year"]
        return pd.DataFrame(
            {**dict(zip(key, place, strict=True)), **self._level(answers, place, held)}
            for place, held in cells.items()
        )

    def _level(
        self,
        answers: Answers,
        place: tuple[str, ...],
        held: list[tuple[str, str]],
    ) -> Row:
        year = place[-1]
        before = f"{int(year[:4]) - 1}-{int(year[2:4]):02d}"
        shown = [(lea, e) for lea, e in held if len(answers[(lea, year)][e]) >= MIN_RESPONDENTS]
        own: dict[tuple[str, int], list[int]] = defaultdict(list)
        for lea, element in shown:
            for respondent, level in answers[(lea, year)][element].items():
                own[(lea, respondent)].append(level)
        ratings = [level for levels in own.values() for level in levels]
        means = [sum(levels) / len(levels) for levels in own.values()]
        middle = sum(means) / len(means) if means else 0.0
        both = [
            (lea, e) for lea, e in shown if len(answers.get((lea, before), {}).get(e, {})) >= MIN_RESPONDENTS
        ]
        now, then = (
            [level for lea, e in both for level in answers[(lea, y)][e].values()] for y in (year, before)
        )
        compared, previous = rate(sum(now), len(now)), rate(sum(then), len(then))
        row: Row = {
            "is_suppressed": not shown,
            "n_leas": len({lea for lea, _ in held}),
            "n_leas_shown": len({lea for lea, _ in shown}),
            "n_elements": len({e for _, e in held}),
            "n_elements_shown": len({e for _, e in shown}),
            "n_respondents": len(own) or None,
            "n_ratings": len(ratings) or None,
            "sum_levels": sum(ratings) or None,
            "mean_level": rate(sum(ratings), len(ratings)),
            "min_level": min(means) if means else None,
            "max_level": max(means) if means else None,
            "sd_level": _spread(means, middle),
            "n_leas_compared": len({lea for lea, _ in both}),
            "n_elements_compared": len({e for _, e in both}),
            "compared_mean_level": compared,
            "previous_mean_level": previous,
            "change_from_previous": None if compared is None or previous is None else compared - previous,
        }
        return row | (self._beside_the_plans(answers, place, held) if place[2] == "practice" else NO_PLANS)

    def _beside_the_plans(
        self,
        answers: Answers,
        place: tuple[str, ...],
        held: list[tuple[str, str]],
    ) -> Row:
        code, year = place[-2:]
        row: Row = dict.fromkeys(NO_PLANS, 0)
        for lea in {lea for lea, _ in held}:
            n, budget = 0, 0.0
            for plan in self.plans:
                if (plan.lea_id, plan.school_year) != (lea, year):
                    continue
                on_it = {
                    s["strategy_code"]
                    for s in plan["strategies"]
                    if code in (s["practice_codes"] or "").split(",")
                }
                n += len(on_it)
                budget += sum(
                    float(a["budget"] or 0) for a in plan["actions"] if above(a["action_code"], 2) in on_it
                )
            levels = [
                level
                for other, e in held
                if other == lea and len(answers[(lea, year)][e]) >= MIN_RESPONDENTS
                for level in answers[(lea, year)][e].values()
            ]
            mean = rate(sum(levels), len(levels))
            weak, strong = mean is not None and mean < WEAK, mean is not None and mean >= STRONG
            added = (n, budget, weak, weak and n == 0, strong, strong and budget > 0)
            row = {k: row[k] + v for k, v in zip(row, added, strict=True)}
        return row


def _spread(means: list[float], middle: float) -> float | None:
    if not means:
        return None
    return round(math.sqrt(sum((m - middle) ** 2 for m in means) / len(means)), 6)
