"""The story of an organization's year worked out again, sentence by sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pandas as pd
from recompute_agenda import Agenda, filled, half_up, told
from recompute_measures import seed

Row = dict[str, Any]
STORY_KEYS = {"rpt_story_year": ["org_id", "school_year", "scope", "sentence_id", "item_key"]}
SECTIONS = ("done", "changed", "next", "not_known")
ONLY_WHERE_ANY = ("next", "not_known")
Year = tuple[str, str]


def _said(sentence: str, numerator: Any, denominator: Any, **more: Any) -> Row:
    return {
        "sentence_id": sentence,
        "item_key": "year",
        "numerator": numerator,
        "denominator": denominator,
        **more,
    }


def _plain(value: float | None, unit: str | None) -> str | None:
    """A figure without zeros that say nothing, with its sign of per cent."""
    if value is None:
        return None
    return f"{value:.10f}".rstrip("0").rstrip(".") + (" %" if unit == "percent" else "")


class Stories(Agenda):
    """Every mart of the comparison."""

    @cached_property
    def rpt_story_year(self) -> pd.DataFrame:
        texts = {t["sentence_id"]: t for t in seed("story_sentences")}
        last = {(org, q["school_year"]): q for (org, _), q in self.quarters.items() if q["is_last"]}
        stories: dict[Year, list[Row]] = defaultdict(list)
        together: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for find in (self._work, self._helped, self._results_told, self._questions):
            for year, said in find():
                row = {**said, "scope": "own", "n_organizations": 1, **last[year]}
                stories[year].append(row)
                if year[0] != row["lea_id"] and row["item_key"] == "year" and (row["denominator"] or 0) > 0:
                    together[row["lea_id"], year[1], row["sentence_id"]].append(row)
        for (lea, year, sentence), rows in together.items():
            said = _said(sentence, *(_sum(rows, side) for side in ("numerator", "denominator")))
            said |= {"scope": "schools", "n_organizations": len(rows), "lea_id": lea}
            stories[lea, year].append({**said, "as_of_period": max(r["as_of_period"] for r in rows)})
        found = []
        for (org, year), rows in stories.items():
            worded = [w for r in rows if (w := self._worded(org, year, r, texts[r["sentence_id"]]))]
            worded.sort(key=lambda w: w.pop("_order"))
            found += [{**w, "seq": n} for n, w in enumerate(worded, 1)]
        return pd.DataFrame(found, dtype=object)

    @staticmethod
    def _worded(org: str, year: str, row: Row, text: Row) -> Row | None:
        """The row with its sentence; None where there is nothing to tell."""
        numerator, denominator, figure = row["numerator"], row["denominator"], row.get("figure")
        if numerator is None and figure is None and "rank" not in row:
            return None
        if numerator is not None and not denominator:
            return None
        if numerator == 0 and text["section"] in ONLY_WHERE_ANY:
            return None
        form = text["sentence"]
        if row["scope"] == "schools":
            form = text["schools_sentence"]
        elif numerator in (0, 1):
            form = text["sentence_none" if numerator == 0 else "sentence_one"] or form
        if not form:
            return None
        if figure is None and numerator is not None:
            figure = numerator / denominator
        baseline, target, unit = row.get("baseline"), row.get("year_target"), row.get("unit")
        values = {
            "n": numerator, "of": denominator, "orgs": row["n_organizations"],
            "percent": None if figure is None else half_up(100 * figure),
            "prior": None if baseline is None else half_up(100 * baseline),
            "figure": _plain(figure, unit), "baseline": _plain(baseline, unit), "target": _plain(target, unit),
            "label": row.get("label"), "detail": row.get("detail"),
        }  # fmt: skip
        item_key = row["item_key"]
        place = f"{'org_id' if row['scope'] == 'own' else 'lea_id'}={org}, school_year={year}"
        return {
            "org_id": org, "lea_id": row["lea_id"], "school_year": year, "as_of_period": row["as_of_period"],
            "section": text["section"], "scope": row["scope"], "sentence_id": row["sentence_id"],
            "item_key": item_key, "sentence": filled(form, values), "n_organizations": row["n_organizations"],
            "numerator": numerator, "denominator": denominator, "figure": figure, "baseline": baseline,
            "year_target": target, "source_model": text["source_model"],
            "source_key": place if item_key == "year" else f"{place}, {item_key}",
            "_order": (SECTIONS.index(text["section"]), row["scope"], int(text["sentence_no"]),
                       row.get("rank", 0), item_key),
        }  # fmt: skip

    # ------------------------------------------------------------------ what is told

    def _work(self) -> Iterator[tuple[Year, Row]]:
        """Actions and milestones as of the last counted month, the year before, and silent months."""
        spans = self.rpt_implementation_by_span
        own = spans[
            (spans["scope_level"] == "organization")
            & (spans["code"] == "all")
            & (spans["span_kind"] == "year")
        ]
        for r in map(told, own.to_dict("records")):
            year, known = (r["scope_id"], r["school_year"]), r["n_planned"] - r["n_not_reported"]
            yield year, _said("actions_completed", r["n_completed"], known)
            yield year, _said("actions_on_time", r["n_due_on_time"], r["n_due"])
            yield year, _said("actions_behind", r["n_behind"], known)
            yield year, _said("actions_open", known - r["n_completed"] - r["n_behind"], known)
            yield year, _said("actions_unknown", r["n_not_reported"], r["n_planned"])
            if r["n_organizations_reporting"]:
                yield year, _said("milestones_completed", r["n_milestones_completed"], r["n_milestones"])
            yield year, _said("milestones_behind", r["n_milestones_behind"], r["n_milestones"])
        for r in self.rpt_interlaced.to_dict("records"):
            rates = r["on_time_rate"], r["prior_on_time_rate"]
            if r["code_level"] == "all" and None not in rates:
                said = _said("on_time_beside_year_before", r["n_due_on_time"], r["n_due"])
                yield (r["org_id"], r["school_year"]), said | {"figure": rates[0], "baseline": rates[1]}
        months: dict[Year, list[bool]] = defaultdict(list)
        for r in self.organization_periods.to_dict("records"):
            months[r["org_id"], r["school_year"]].append(not r["is_reported"])
        for year, silent in months.items():
            yield year, _said("months_not_reported", sum(silent), len(silent))

    def _helped(self) -> Iterator[tuple[Year, Row]]:
        asked: dict[Year, list[bool]] = defaultdict(list)
        for r in map(told, self._last_told("supports", "support_no")):
            if r["needed_on"] is not None and (r["org_id"], r["school_year"]) in self.counted:
                asked[r["org_id"], r["school_year"]].append(r["provided_on"] is not None)
        for year, given in asked.items():
            yield year, _said("supports_given", sum(given), len(given))
            yield year, _said("supports_waited_for", len(given) - sum(given), len(given))

    def _results_told(self) -> Iterator[tuple[Year, Row]]:
        """Results that may be told in a letter, and how many are left out for which reason."""
        places: dict[tuple[Year, str], list[str]] = defaultdict(list)
        met: dict[tuple[Year, str], int] = defaultdict(int)
        for m in self.fct_measure_year.to_dict("records"):
            year, kind = (m["org_id"], m["school_year"]), m["measure_kind"]
            if year not in self.counted:
                continue
            place = "readable"
            if not m["is_reported"]:
                place = "goals_without_result"
            elif m["is_suppressed"]:
                place = "goals_suppressed"
            elif kind == "goal" and m["n_students"] is None:
                place = "goals_not_for_letters"
            elif m["is_met"] is None:
                place = "goals_not_readable"
            places[year, kind].append(place)
            met[year, kind] += place == "readable" and m["is_met"]
            if kind == "goal" and place == "readable" and m["baseline"] is not None:
                said = _said(
                    "goal_measure", None, m["n_students"], figure=m["actual"], baseline=m["baseline"]
                )
                said |= {
                    "item_key": f"{m['parent_code']} measure {m['measure_no']}",
                    "year_target": m["target"],
                }
                yield year, said | {"label": m["indicator"].strip(), "unit": m["unit"]}
        for (year, kind), found in places.items():
            readable, reached = found.count("readable"), met[year, kind]
            if kind == "strategy":
                yield year, _said("practice_measures_met", reached, readable)
                continue
            yield year, _said("goals_met", reached, readable)
            yield year, _said("goals_not_met", readable - reached, readable)
            for left_out in ("without_result", "suppressed", "not_for_letters", "not_readable"):
                yield year, _said(f"goals_{left_out}", found.count(f"goals_{left_out}"), len(found))

    def _questions(self) -> Iterator[tuple[Year, Row]]:
        """The first questions of the last quarter; of one about students' results only what it is about."""
        about_students = {
            t["trigger_id"] for t in seed("coaching_triggers") if t["is_about_students"] == "true"
        }
        shown = next(int(t["max_items"]) for t in seed("story_sentences") if t["sentence_id"] == "question")
        for r in self.rpt_coaching_agenda.to_dict("records"):
            if self.quarters[r["org_id"], r["quarter_id"]]["is_last"] and r["agenda_rank"] <= shown:
                hidden = r["trigger_id"] in about_students
                yield (r["org_id"], r["school_year"]), {
                    "sentence_id": "question", "item_key": f"{r['quarter_id']} {r['question_id']} {r['item_code']}",
                    "numerator": None, "denominator": None, "rank": r["agenda_rank"], "label": r["question"],
                    "detail": f"({r['item_kind']} {r['item_code']})" if hidden else r["figures"],
                }  # fmt: skip


def _sum(rows: list[Row], side: str) -> int:
    return sum(r[side] for r in rows)
