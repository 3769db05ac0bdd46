"""The seed of rules that the marts read says what the rules say."""

from __future__ import annotations

from orchestration.intake.rules_seed import SEED, rules_seed


def test_the_committed_seed_is_the_generated_one() -> None:
    assert SEED.read_bytes().decode() == rules_seed(), (
        "seeds/intake_rules.csv is stale; write it again with `python -m orchestration.intake.rules_seed`"
    )
