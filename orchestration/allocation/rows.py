"""A state's methods as rows: the tables that the models read, in schema `lake` of the build file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration.allocation.model import Allocation, Condition, Method

COLUMNS: dict[str, dict[str, str]] = {
    "allocation__methods": {
        "method": "VARCHAR",
        "title": "VARCHAR",
        "citation": "VARCHAR",
        "confirmed": "BOOLEAN",
        "method_kind": "VARCHAR",
        "fill": "VARCHAR",
        "most_per_unit": "DECIMAL(18,4)",
        "minimum_answer": "VARCHAR",
        "caps_requested": "BOOLEAN",
        "lea_cap": "DECIMAL(18,2)",
        "last_award": "VARCHAR",
        "lea_retained_percent": "DECIMAL(18,4)",
        "years": "BIGINT",
        "planning_year_percent": "DECIMAL(18,4)",
        "continuing_schools": "VARCHAR",
        "geography": "VARCHAR",
    },
    "allocation__in_force": {
        "method": "VARCHAR",
        "from_fiscal_year": "BIGINT",
        "until_fiscal_year": "BIGINT",
        "citation": "VARCHAR",
        "confirmed": "BOOLEAN",
    },
    "allocation__appropriations": {
        "fiscal_year": "BIGINT",
        "amount": "DECIMAL(18,2)",
        "citation": "VARCHAR",
        "confirmed": "BOOLEAN",
    },
    "allocation__geography": {
        "fiscal_year": "BIGINT",
        "group_kind": "VARCHAR",
        "group_name": "VARCHAR",
        "justification": "VARCHAR",
    },
    "allocation__lines": {
        "method": "VARCHAR",
        "used_for": "VARCHAR",
        "line_no": "BIGINT",
        "label": "VARCHAR",
        "unit": "VARCHAR",
        "count_fact": "VARCHAR",
        "amount": "DECIMAL(18,2)",
        "is_requested": "BOOLEAN",
        "weight": "DECIMAL(18,4)",
        "n_conditions": "BIGINT",
    },
    "allocation__conditions": {
        "method": "VARCHAR",
        "used_for": "VARCHAR",
        "line_no": "BIGINT",
        "condition_no": "BIGINT",
        "fact": "VARCHAR",
        "codes": "VARCHAR",
        "not_codes": "VARCHAR",
        "from_number": "DECIMAL(18,4)",
        "above_number": "DECIMAL(18,4)",
        "until_number": "DECIMAL(18,4)",
        "at_most_number": "DECIMAL(18,4)",
    },
    "allocation__limits": {
        "method": "VARCHAR",
        "limit_kind": "VARCHAR",
        "category": "VARCHAR",
        "amount": "DECIMAL(18,2)",
    },
}


def allocation_rows(allocation: Allocation) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table, in the order of its columns."""
    lines: list[dict[str, Any]] = []
    conditions: list[dict[str, Any]] = []
    for method in allocation.methods:
        for line, where in _lines(method):
            line_no = 1 + sum(
                1 for x in lines if (x["method"], x["used_for"]) == (method.name, line["used_for"])
            )
            key = {"method": method.name, "used_for": line["used_for"], "line_no": line_no}
            lines.append({**line, **key, "n_conditions": len(where)})
            conditions += [{**key, "condition_no": n, **_condition(c)} for n, c in enumerate(where, 1)]
    limits = [
        {"method": m.name, "limit_kind": x.kind, "category": x.category, "amount": x.amount}
        for m in allocation.methods
        for x in m.limits
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "allocation__methods": [
            vars(m) | {"method": m.name, "method_kind": m.kind} for m in allocation.methods
        ],
        "allocation__in_force": [vars(x) for x in allocation.in_force],
        "allocation__appropriations": [vars(x) for x in allocation.appropriations],
        "allocation__geography": [vars(x) for x in allocation.justifications],
        "allocation__lines": lines,
        "allocation__conditions": conditions,
        "allocation__limits": limits,
    }
    return {t: [tuple(row.get(c) for c in COLUMNS[t]) for row in rows[t]] for t in COLUMNS}


def _lines(method: Method) -> Iterator[tuple[dict[str, Any], tuple[Condition, ...]]]:
    """Each line with its conditions: a rule of eligibility is one condition, so that each failing one is told."""
    for condition in method.eligible:
        yield {"used_for": "eligible", "label": condition.label or None}, (condition,)
    for part in method.parts:
        yield (
            {
                "used_for": "part",
                "label": part.label,
                "unit": part.unit,
                "count_fact": part.count_fact,
                "amount": part.amount,
                "is_requested": part.is_requested,
                "weight": part.weight,
            },
            part.where,
        )
    for place in method.order:
        yield {"used_for": "order", "label": place.label}, place.where


def _condition(condition: Condition) -> dict[str, Any]:
    texts = {k: ",".join(getattr(condition, k)) or None for k in ("codes", "not_codes")}
    return {**vars(condition), **texts}
