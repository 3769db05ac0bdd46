"""Every example of docs/readers.md runs as it stands, against the demonstration's release."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import Settings
from orchestration.storage import local
from tests.object_store import BUCKET, object_store

pytestmark = pytest.mark.e2e

PAGE = (Path(__file__).parents[2] / "docs" / "readers.md").read_text(encoding="utf-8")
SECTIONS = {s.partition("\n")[0]: s for s in PAGE.split("\n## ")[1:]}


def examples(section: str, language: str) -> list[str]:
    """The code blocks of a section."""
    return re.findall(rf"^```{language}\n(.*?)^```", SECTIONS[section], re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(published_demo: Settings, tmp_path: Path) -> Path:
    """A folder in which `home/demo` is the demonstration's home."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "demo").symlink_to(published_demo.home)
    return tmp_path


def run(command: list[str], folder: Path, **env: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_of_the_page_is_run_by_a_test():
    found = {name: len(re.findall(r"^```\w+$", text, re.MULTILINE)) for name, text in SECTIONS.items()}
    assert found == {
        "DuckDB's command line": 2,
        "Python": 1,
        "pandas": 1,
        "R": 2,
        "BI tools": 1,
        "An object store": 1,
    }


@pytest.fixture
def path() -> str:
    """A PATH on which DuckDB's command line is."""
    beside = Path(sys.executable).with_name("duckdb")
    client = str(beside) if beside.exists() else shutil.which("duckdb")
    if client is None:
        pytest.skip("the DuckDB command line is not installed (package duckdb-cli)")
    return f"{Path(client).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def r() -> str:
    """R's interpreter of scripts."""
    found = shutil.which("Rscript")
    if found is None:
        pytest.skip("R is not installed (Debian: apt install r-base-core)")
    return found


def test_the_command_line_of_duckdb_reads_and_copies(folder: Path, path: str):
    reports, schools = (
        run(["sh", "-ec", e], folder, PATH=path) for e in examples("DuckDB's command line", "sh")
    )
    assert "2024-05" in reports and "reports" in reports
    assert re.search(r"│\s+\d+ │", schools)


@pytest.mark.parametrize("section", ["Python", "pandas", "BI tools"])
def test_an_example_in_python_runs_and_finds_rows(folder: Path, published_demo: Settings, section: str):
    (example,) = examples(section, "python")
    said = run([sys.executable, "-c", example], folder)
    wanted = {
        "Python": (local(published_demo.releases) / "current").readlink().name,
        "pandas": "on_time_rate",
        "BI tools": "'n_completed'",
    }
    assert wanted[section] in said and "[]" not in said and "Empty DataFrame" not in said


def test_r_alone_reads_what_the_command_line_answers_with_every_id_whole(
    folder: Path, published_demo: Settings, r: str, path: str
):
    (example, _) = examples("R", "r")
    said = run([r, "-e", example], folder, PATH=path)
    with duckdb.connect(
        str(local(published_demo.releases) / "current" / "internal" / "marts.duckdb"), read_only=True
    ) as db:
        counts = db.execute("select lea_id, status, count(*) from fct_action_status group by all").fetchall()
    statuses = [w for w in said.splitlines()[1].split() if w != "lea_id"]
    table = {row[0]: row[1:] for row in (line.split() for line in said.splitlines()[2:])}
    assert statuses == sorted({s for _, s, _ in counts}) and set(table) == {lea for lea, _, _ in counts}
    assert all(lea.startswith("0") for lea in table)
    assert {
        (lea, s): int(n) for lea in table for s, n in zip(statuses, table[lea], strict=True) if n != "0"
    } == {(lea, s): n for lea, s, n in counts}


def test_the_example_in_r_runs_where_r_has_the_packages(folder: Path, r: str):
    if subprocess.run(
        [r, "-e", "library(DBI); library(duckdb)"], capture_output=True, check=False
    ).returncode:
        pytest.skip("R is installed without the packages DBI and duckdb")
    (_, example) = examples("R", "r")
    assert "completed" in run([r, "-e", example], folder)


def test_the_example_of_an_object_store_runs_against_a_server_that_speaks_s3(
    folder: Path, published_demo: Settings, monkeypatch: pytest.MonkeyPatch
):
    with object_store(monkeypatch) as releases:
        import s3fs

        store = s3fs.S3FileSystem()
        name = (local(published_demo.releases) / "current").readlink().name
        internal = local(published_demo.releases) / name / "internal"
        for file in ("marts.duckdb", "parquet/fct_action_status.parquet"):
            store.put_file(str(internal / file), f"{BUCKET}/releases/{name}/internal/{file}")
        store.pipe_file(f"{BUCKET}/releases/current", f"{name}\n".encode())
        assert releases == f"s3://{BUCKET}/releases"
        (example,) = examples("An object store", "python")
        assert "completed" in run([sys.executable, "-c", example], folder)
