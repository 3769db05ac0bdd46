"""The loader of suites: what it takes, and what it refuses with which words."""

from __future__ import annotations

import pytest

from orchestration.gate.suites import load_suites

GOOD = """
mart: m
expectations:
  - type: expect_column_values_to_be_unique
    kwargs: {column: k}
    notes: |
      the key of
      the mart
"""


def load(tmp_path, text: str, name: str = "m.yaml"):
    (tmp_path / name).write_text(text)
    return load_suites(tmp_path)


def test_a_suite_is_read_with_its_notes(tmp_path):
    suites, problems = load(tmp_path, GOOD)
    assert problems == []
    assert suites["m"].may_be_empty is False
    assert suites["m"].expectations[0].notes == "the key of the mart"
    assert suites["m"].expectations[0].column == "k"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("notes: |", "notez: |"), "expectation 1: notez is not a known key"),
        (GOOD.split("    notes")[0], "expectation 1: notes are missing; say why this bound"),
        (GOOD.replace("mart: m", "mart: other"), "mart is 'other', but the file is for m"),
        (GOOD.replace("mart: m", "mart: m\nextra: 1"), "extra is not a known key"),
        (GOOD.replace("mart: m", "mart: m\nmay_be_empty: 'no'"), "may_be_empty is 'no'; write true or false"),
        ("mart: m\nexpectations: []\n", "has no expectation"),
        ("mart: m\n", "has no expectation"),
        (GOOD + GOOD.split("expectations:\n")[1], "expectation 2: the same expect_column_values_to_be"),
        (GOOD.replace("{column: k}", "[k]"), "expectation 1: kwargs must be names with values"),
        (GOOD.replace("{column: k}", "{column: k, column: j}"), "the key 'column' comes twice"),
        (GOOD.replace("type: ", "typ: "), "expectation 1: type is missing"),
        ("just text", "must hold the keys mart and expectations"),
        ("mart: [", "is not valid YAML"),
        ("mart: m\nexpectations:\n  - text\n", "expectation 1: must hold the keys type, kwargs and notes"),
    ],
)  # fmt: skip
def test_a_suite_with_a_fault_gives_no_suite_and_says_why(tmp_path, text, said):
    suites, problems = load(tmp_path, text)
    assert suites == {}
    assert any(said in p for p in problems), problems


def test_a_file_that_is_no_suite_is_refused(tmp_path):
    _, problems = load(tmp_path, GOOD, "m.yml")
    assert problems == ["m.yml: a suite is a file <mart>.yaml; rename or remove it"]


def test_a_missing_folder_is_said(tmp_path):
    assert "there is no folder of suites" in load_suites(tmp_path / "none")[1][0]
