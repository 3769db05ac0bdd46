"""The page on what an LEA sends says what the contracts say."""

from __future__ import annotations

from orchestration.contracts.model import submission_tables
from orchestration.contracts.reference import PAGE, submission_page


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == submission_page(), (
        "docs/submission.md is stale; write it again with `python -m orchestration.contracts.reference`"
    )


def test_every_column_and_every_code_stands_on_the_page() -> None:
    page = submission_page()
    for table in submission_tables().values():
        section = page.split(f"### {table.name}\n")[1].split("\n### ")[0]
        for field in table.fields:
            assert f"| `{field.name}` | {field.title} |" in section
            for code in field.code_set.codes if field.code_set else ():
                assert f"| `{code}` |" in page
