"""`interlace allocate` on the demonstration's home: another method beside the standing one, and nothing changed."""

from __future__ import annotations

import csv
import hashlib
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.settings import PROJECT, Settings

pytestmark = pytest.mark.e2e

METHOD = PROJECT / "examples" / "methods" / "grade_weights.yaml"


def allocate(settings: Settings, method: Path, *options: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    words = [
        "allocate",
        "--home",
        str(settings.home),
        "--state",
        str(settings.state),
        "--method",
        str(method),
    ]
    done = CliRunner().invoke(app, [*words, *options])
    return done.exit_code, done.output


@pytest.mark.slow  # dbt once more
def test_another_method_is_laid_beside_the_standing_one_and_the_home_stays(
    published_demo: Settings, tmp_path: Path
) -> None:
    before = hashlib.sha256(published_demo.build_file.read_bytes()).hexdigest()
    method = tmp_path / "same_for_all.yaml"
    method.write_text(
        METHOD.read_text(encoding="utf-8")
        .replace("weight: 1.5, where: [{fact: rating, codes: [F]}]", "weight: 1")
        .replace("  - {label: Grade D, unit: school, weight: 1, where: [{fact: rating, codes: [D]}]}\n", ""),
        encoding="utf-8",
    )
    out = tmp_path / "changes.csv"
    code, said = allocate(published_demo, method, "--out", str(out))
    assert code == 0, said
    assert "Fiscal year 2024" in said and "By region" in said and "By locale" in said
    assert hashlib.sha256(published_demo.build_file.read_bytes()).hexdigest() == before
    with duckdb.connect(str(published_demo.build_file), read_only=True) as db:
        standing = dict(
            db.execute(
                "select org_id, award from marts.fct_1003_award_school where fiscal_year = 2024"
            ).fetchall()
        )
        (new_money,) = db.execute(
            "select new_money from marts.fct_1003_award_year where fiscal_year = 2024"
        ).fetchone() or (Decimal(0),)
    rows = {r["org_id"]: r for r in csv.DictReader(out.open(encoding="utf-8"))}
    assert {o: Decimal(rows[o]["standing_award"]) for o in standing} == standing
    paid = [
        Decimal(rows[o]["other_award"])
        for o in standing
        if rows[o]["other_reason"].startswith("Gets an award of the year's new money")
    ]
    assert sum(paid) == new_money > 0 and max(paid) - min(paid) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fiscal-year", "2031"], "there is no reservation of fiscal year 2031; there is of 2023, 2024"),
        ([], "fill is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_said_in_words(
    published_demo: Settings, tmp_path: Path, options: list[str], said: str
) -> None:
    method = METHOD
    if not options:
        method = tmp_path / "broken.yaml"
        method.write_text(METHOD.read_text(encoding="utf-8").replace("fill: scale_to_pool\n", ""), "utf-8")
    code, answer = allocate(published_demo, method, *options)
    assert code == 2 and said in answer


@pytest.mark.slow
def test_a_method_that_cannot_be_carried_out_is_answered_with_its_options(
    published_demo: Settings, tmp_path: Path
) -> None:
    method = tmp_path / "too_much.yaml"
    method.write_text(
        METHOD.read_text(encoding="utf-8")
        .replace(", where: [{fact: rating, codes: [F]}]", "")
        .replace("fill:", "minimum: {answer: raise, amount: 900000}\nfill:"),
        encoding="utf-8",
    )
    code, said = allocate(published_demo, method)
    assert code == 2
    assert "Could not run: Fiscal year 2024: the smallest awards of method what_if come to" in said
    assert "minimum.answer: drop" in said
