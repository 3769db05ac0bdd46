"""`interlace withdraw`, `restore` and `reparse` on the demonstration's home, as the state's people use them."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from nights import copy_home, tree
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.settings import Settings

pytestmark = pytest.mark.e2e

LEA, MONTH = "01010000", "2023-08"


def interlace(command: str, home: Path, *options: str, state: Path = DEMO_STATE) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = CliRunner().invoke(app, [command, "--home", str(home), "--state", str(state), *options])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, published_demo: Settings) -> Path:
    return copy_home(published_demo.home, tmp_path_factory.mktemp("commands") / "home")


@pytest.fixture(scope="module")
def submission(home: Path) -> str:
    with duckdb.connect(
        str(home / "releases" / "current" / "internal" / "marts.duckdb"), read_only=True
    ) as db:
        found = db.execute(
            "select submission_id from fct_submission where lea_id = ? and period = ?", [LEA, MONTH]
        ).fetchall()
    return str(found[0][0])


def test_a_file_is_withdrawn_and_restored_with_a_reason_and_its_lea_reads_it(
    home: Path, submission: str
) -> None:
    history = home / "outbox" / LEA / "index.html"
    told = ["--submission", submission, "--by", "J. Ortiz"]
    code, said = interlace("withdraw", home, *told, "--reason", "Sent by mistake")
    assert code == 0 and f"{submission} is withdrawn as of" in said and "because: Sent by mistake" in said
    assert "because: Sent by mistake" in history.read_text(encoding="utf-8")
    code, said = interlace("withdraw", home, *told, "--reason", "Sent by mistake")
    assert code == 2 and "is withdrawn already" in said
    code, said = interlace("restore", home, *told, "--reason", "It was right")
    assert code == 0 and f"{submission} counts again as of" in said
    assert "Sent by mistake" not in history.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--submission": f"{LEA}-000000000000"}, "no submission '01010000-000000000000' was taken in; near it are"),
        ({"--reason": " "}, "say a reason (--reason)"),
        ({"--as-of": "2024-06-20"}, "would change the release as of 2024-06-20"),
        ({"--as-of": "2999-01-01"}, "has not come yet"),
    ],
)  # fmt: skip
def test_what_cannot_be_withdrawn_ends_with_code_2_and_says_why(
    home: Path, submission: str, changed: dict[str, str], said: str
) -> None:
    options = {"--submission": submission, "--reason": "A test", "--by": "J. Ortiz", **changed}
    code, told = interlace("withdraw", home, *(part for pair in options.items() for part in pair))
    assert code == 2 and said in " ".join(told.split())


def test_reparse_says_what_would_change_by_its_exit_code_and_leaves_the_home_alone(
    home: Path, tmp_path: Path
) -> None:
    before = tree(home)
    code, said = interlace("reparse", home, "--periods", MONTH)
    assert code == 0 and "Nothing would change in" in said and "by this very code and policy" in said
    stricter = tmp_path / "state"
    shutil.copytree(DEMO_STATE, stricter)
    policy = (stricter / "policy.yaml").read_text(encoding="utf-8")
    narrower = policy.replace(r"org_id_pattern: '\d{8}'", r"org_id_pattern: '0101\d{4}'")
    (stricter / "policy.yaml").write_text(narrower, encoding="utf-8")
    out = tmp_path / "changes.csv"
    code, said = interlace("reparse", home, "--periods", MONTH, "--out", str(out), state=stricter)
    assert code == 1 and "Row no longer counts" in said and out.stat().st_size > 1_000
    code, said = interlace("reparse", home, "--periods", "2023-13")
    assert code == 2 and "is not a month" in said
    assert tree(home) == before
