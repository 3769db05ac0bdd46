"""Every query of docs/analysts.md runs as it stands against a release, and answers with rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import Settings

pytestmark = pytest.mark.e2e

PAGE = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")


def queries() -> list[Any]:
    """Each statement of each SQL block, named by the section and line of the page that it begins in."""
    found = []
    for block in re.finditer(r"^```sql\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        section = re.findall(r"^## (.*)$", PAGE[: block.start()], re.MULTILINE)[-1]
        line = PAGE.count("\n", 0, block.start()) + 1
        statements = [s for s in block[1].split(";") if re.sub(r"--.*", "", s).strip()]
        found += [
            pytest.param(s, id=f"{section}, line {line}, query {n}") for n, s in enumerate(statements, 1)
        ]
    return found


@pytest.mark.parametrize("query", queries())
def test_a_query_of_the_page_runs_against_the_release_and_finds_rows(published_demo: Settings, query: str):
    with duckdb.connect(
        str(published_demo.releases / "current" / "internal" / "marts.duckdb"), read_only=True
    ) as db:
        assert db.execute(query).fetchall()


def test_the_page_asks_ten_questions_and_answers_each_with_one_query():
    section = PAGE.split("\n## Ten questions\n")[1].split("\n## ")[0]
    questions = re.findall(r"^\*\*(\d+)\. .*\?\*\*", section, re.MULTILINE)
    assert questions == [str(n) for n in range(1, 11)]
    for part in re.split(r"^\*\*\d+\. ", section, flags=re.MULTILINE)[1:]:
        assert part.count("```sql") == 1
