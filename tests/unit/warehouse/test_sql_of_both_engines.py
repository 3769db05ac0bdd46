"""The models keep to SQL that DuckDB and Spark both run, and mean the same by; whatever differs is a macro."""

from __future__ import annotations

import re

import pytest

from orchestration.settings import DBT_PROJECT

# Words before a parenthesis that are no function.
KEYWORDS = {"and", "as", "by", "decimal", "filter", "in", "not", "on", "or", "over", "values", "with"}
# Functions that both engines have and mean the same by, tried on both (docs/spark.md says how).
BOTH = {
    *("abs", "avg", "bool_and", "bool_or", "cast", "coalesce", "concat_ws", "count", "dense_rank", "floor"),
    *("greatest", "lag", "lead", "least", "left", "lower", "make_date", "max", "max_by", "min", "min_by"),
    *("month", "nullif", "position", "power", "rank", "regexp_extract", "regexp_replace", "replace", "right"),
    *("round", "row_number", "split_part", "sqrt", "sum", "translate", "trim", "try_cast", "year"),
}
JINJA = {"append", "config", "endswith", "items", "join", "ref", "source"}
ONLY_DUCKDB = {
    r"::": "cast(… as …)",
    r"//": "the macro share_floor",
    r"\bvarchar\b": "string, which both know",
    r"\bqualify\b": "row_number() in a CTE",
    r"\bhugeint\b": "the macro wide",
    r"\binterval\s+'": "the macro add_months",
    r"\bexclude\s*\(": "the columns' names",
    r"\bgroup by all\b": "the columns' names",
    r"\bdistinct on\b": "row_number() in a CTE",
    r"\basof join\b": "row_number() in a CTE",
}


def without_comments(text: str) -> str:
    """Jinja and SQL alone."""
    return re.sub(r"\{#.*?#\}|--[^\n]*", " ", text.lower(), flags=re.DOTALL)


def without_texts(text: str) -> str:
    """Without texts for people; what is handed to a macro is SQL, and stays."""
    parts = re.split(r"(\{\{.*?\}\}|\{%.*?%\})", text, flags=re.DOTALL)
    return "".join(p if p.startswith("{") else re.sub(r"'[^']*'", "''", p) for p in parts)


def macro_names() -> set[str]:
    """Of the project's own macros."""
    found = (re.findall(r"\{%-?\s*macro\s+(\w+)", p.read_text()) for p in DBT_PROJECT.rglob("macros/*.sql"))
    return {name for names in found for name in names}


def problems(text: str, allowed: set[str]) -> list[str]:
    """What of a model's code only one engine would run, or nobody has tried on both."""
    text = without_comments(text)
    escapes = ["a backslash: write [.] and the like, for Spark reads it as an escape"] if "\\" in text else []
    text = without_texts(text)
    told = [
        f"{found[0]!r}: write {instead}"
        for p, instead in ONLY_DUCKDB.items()
        if (found := re.search(p, text))
    ]
    unknown = sorted(set(re.findall(r"\b([a-z_][a-z0-9_]*)\(", text)) - allowed)
    return escapes + told + [f"{name}() was not tried on both engines" for name in unknown]


def test_models_hold_nothing_that_only_one_engine_runs() -> None:
    allowed = KEYWORDS | BOTH | JINJA | macro_names()
    found = {
        path.name: told
        for path in sorted((DBT_PROJECT / "models").rglob("*.sql"))
        if (told := problems(path.read_text(), allowed))
    }
    assert not found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select list_aggregate(codes, 'sum') from t", "list_aggregate() was not tried on both engines"),
        ("select {{ rate('epoch_ms(a)', 'b') }} from t", "epoch_ms() was not tried on both engines"),
        (
            r"select trim(a) from t where b like '\.'",
            "a backslash: write [.] and the like, for Spark reads it as an escape",
        ),
        ("select a::date from t", "'::': write cast(… as …)"),
        (
            "select 'unnest(a) in a text' as said, cast(a as varchar) from t",
            "'varchar': write string, which both know",
        ),
        (
            "select * from t qualify row_number() over (order by a) = 1",
            "'qualify': write row_number() in a CTE",
        ),
    ],
)
def test_what_only_duckdb_runs_is_named(text: str, said: str) -> None:
    assert problems(text, KEYWORDS | BOTH | macro_names()) == [said]


def test_every_macro_of_one_engine_has_its_twin() -> None:
    for name in macro_names():
        if name.startswith("spark__") and name != "spark__get_empty_schema_sql":  # dbt's own has the other
            assert f"default__{name.removeprefix('spark__')}" in macro_names()
        if name.startswith("default__"):
            assert f"spark__{name.removeprefix('default__')}" in macro_names()
