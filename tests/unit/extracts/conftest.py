"""A small state's marts, certified in name: five open schools of two LEAs, one closed, one in no directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.extracts.source import Source
from orchestration.policy import Policy, load_policy
from orchestration.release.certification import Certification
from orchestration.settings import DBT_PROJECT, PROJECT, Settings

MARTS = (
    "rpt_fs029", "rpt_fs206", "rpt_fs212", "rpt_fs132", "rpt_fs193", "rpt_fs223", "rpt_1111_counts", "rpt_cspr_1003",
    "rpt_1003_public_list", "dim_designation", "fct_1003_award", "fct_1003_award_school",
)  # fmt: skip
CERTIFICATION = Certification(
    "2023-24", 1, "20240620T000000Z-1a2b3c4d", "x", datetime(2024, 7, 1), "J. Ortiz", "EDFacts"
)
SMALL = (Path(__file__).parent / "small_state.sql").read_text(encoding="utf-8")


def columns_of(mart: str) -> dict[str, str]:
    """Columns and types of a mart as its description gives them."""
    (path,) = (DBT_PROJECT / "models" / "marts").rglob(f"{mart}.yml")
    model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    return {c["name"]: c["data_type"] for c in model["columns"]}


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(PROJECT / "orchestration" / "demo" / "state")


@pytest.fixture(scope="session")
def small_marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The marts as a release holds them."""
    file = tmp_path_factory.mktemp("small") / "marts.duckdb"
    with duckdb.connect(str(file)) as db:
        for mart in MARTS:
            db.execute(f"create table {mart} ({', '.join(f'{n} {t}' for n, t in columns_of(mart).items())})")
        db.execute(SMALL)
    return file


@pytest.fixture
def small(small_marts: Path) -> Iterator[Source]:
    """The small state's release, open for reading."""
    with duckdb.connect(str(small_marts), read_only=True) as db:
        yield Source(CERTIFICATION, "Small", db)


@pytest.fixture
def certified(monkeypatch: pytest.MonkeyPatch, small_marts: Path, tmp_path: Path) -> Callable[..., None]:
    """Has make_extracts find the small state's release, after the statements given changed a copy of it."""

    def use(*statements: str) -> None:
        file = tmp_path / "marts.duckdb"
        file.write_bytes(small_marts.read_bytes())
        with duckdb.connect(str(file)) as db:
            for statement in statements:
                db.execute(statement)

        @contextmanager
        def opened(settings: Any, school_year: str) -> Iterator[Source]:
            with duckdb.connect(str(file), read_only=True) as db:
                yield Source(CERTIFICATION, "Small", db)

        monkeypatch.setattr("orchestration.extracts.make.certified_release", opened)

    return use


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with nothing in it yet."""
    return Settings.at(tmp_path / "home", PROJECT / "orchestration" / "demo" / "state")
