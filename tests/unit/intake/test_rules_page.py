"""The page of rules says what the rules say, and every rule says all that the page needs."""

from __future__ import annotations

import pytest

from orchestration.contracts.model import submission_tables
from orchestration.intake.rules import RULES, Rule
from orchestration.intake.rules_page import PAGE, rules_page


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), (
        "docs/rules.md is stale; write it again with `python -m orchestration.intake.rules_page`"
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_stands_on_the_page_with_all_that_is_said_of_it(rule: Rule) -> None:
    (row,) = [line for line in rules_page().splitlines() if f"`{rule.id}`" in line]
    for said in (rule.scope, rule.checks, rule.why, rule.since):
        assert said and said in row


def test_a_scope_that_names_tables_and_columns_names_those_of_the_contracts() -> None:
    tables = submission_tables()
    for rule in RULES.values():
        for scope in rule.scope.split(", "):
            table, _, column = scope.partition(": ")
            if table in tables and column not in ("", "baseline"):
                assert column in {f.name for f in tables[table].fields}, rule.id
