"""A tiny home whose nights are numbered: both marts of a release carry the night's number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from upath import UPath

from orchestration.content import candidate_sha256, mart_contents, read_run
from orchestration.gate.record import write_record
from orchestration.gate.verdict import CheckResult, GateVerdict, MartVerdict, PublicTable
from orchestration.lea_sums import FILE as SUMS
from orchestration.lea_sums import LeaSums, read_contents, read_sums, write_sums
from orchestration.release.publish import Release, publish
from orchestration.settings import Settings

DICTIONARY = {
    "dim_school": {
        "description": "Grain: one row per school. It's the directory.",
        "grain": "one row per school",
        "key": ["org_id"],
        "columns": {
            "org_id": {"description": "The school's ID, as text", "unit": None},
            "night": {"description": "Which night made it", "unit": "nights"},
        },
    },
    "fct_status": {
        "description": "Statuses",
        "grain": "one row per school and period",
        "key": ["org_id", "period"],
        "columns": {"budget": {"description": "Budget", "unit": "USD"}},
    },
}


@dataclass
class Home:
    """A home in a temporary folder, with what a test needs to make nights in it."""

    settings: Settings

    @property
    def releases(self) -> Path:
        return Path(str(self.settings.releases))

    @property
    def candidate(self) -> Path:
        return self.settings.build_file

    @property
    def record(self) -> Path:
        return self.settings.warehouse / "gate.json"

    @property
    def docs(self) -> Path:
        return self.settings.warehouse / "data_docs"

    def build(self, night: int, *statements: str) -> None:
        """A candidate of that night; the record of an earlier one stays as it was."""
        self.candidate.parent.mkdir(parents=True, exist_ok=True)
        self.candidate.unlink(missing_ok=True)
        with duckdb.connect(str(self.candidate)) as c:
            c.execute("create schema marts")
            c.execute("create schema lake")
            c.execute(
                "create table lake.run as select ?::timestamp as as_of, 'v1' as code_version, "
                "'p1' as policy_sha256, 'a1' as archive_sha256, 'Demo' as state",
                [datetime(2024, 6, 1) + timedelta(days=night)],
            )
            c.execute(
                f"create table marts.dim_school as select lpad(i::varchar, 4, '0') as org_id, "
                f"{night}::bigint as night from range(30) t(i) order by hash(i)"
            )
            c.execute(
                "create table marts.fct_status as select lpad((i % 30)::varchar, 4, '0') as org_id, "
                f"'2024-0' || (1 + i // 30) as period, {night}::bigint as night, "
                "date '2024-01-31' as due_on, (i * 1.25)::decimal(18, 2) as budget, "
                "i % 2 = 0 as is_due, nullif('', '') as note, "
                "timestamp '2024-01-31 01:02:03.000004' as received_at from range(90) t(i) order by hash(i)"
            )
            for statement in statements:
                c.execute(statement)

    def pass_gate(self, *problems: str) -> None:
        """Write a record of the candidate as it stands: a pass, or a refusal for these problems."""
        (contents, sums), run = read_contents(self.candidate, None), read_run(self.candidate)
        check = CheckResult(
            "expect_column_values_to_be_unique", "org_id", True, "org_id must be unique", "", "key"
        )
        marts = tuple(MartVerdict(m, not problems, c.rows, c.sha256, (check,)) for m, c in contents.items())
        sha256 = candidate_sha256(contents, run)
        told = mart_contents(self.candidate, "public_marts").items()
        public = tuple(PublicTable(m, c.rows, c.sha256, 0) for m, c in told)
        write_record(self.record, GateVerdict(not problems, sha256, run.as_of, marts, problems, public))
        write_sums(self.record.with_name(SUMS), sha256, sums)
        self.docs.mkdir(exist_ok=True)
        (self.docs / "index.html").write_text("<p>all well</p>")

    def sums(self) -> LeaSums | None:
        """What the gate found that each LEA (here: school) holds of the last candidate."""
        return read_sums(self.record.with_name(SUMS))

    def publish(self, **options: object) -> Release:
        return publish(self.settings, self.candidate, self.record, self.docs, DICTIONARY, **options)

    def publish_as(self, changed: dict[str, dict[str, object]], **options: object) -> Release:
        """Publish with something else said of marts in the dictionary."""
        dictionary = {m: {**DICTIONARY.get(m, {}), **changed.get(m, {})} for m in {**DICTIONARY, **changed}}
        return publish(self.settings, self.candidate, self.record, self.docs, dictionary, **options)

    def night(self, night: int, *statements: str, **options: object) -> Release:
        """A whole night: build, pass the gate, publish."""
        self.build(night, *statements)
        self.pass_gate()
        return self.publish(**options)

    def snapshot(self) -> dict[str, object]:
        """Every byte, mode and link below releases."""
        found: dict[str, object] = {}
        for path in sorted(self.releases.rglob("*")):
            name = path.relative_to(self.releases).as_posix()
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            elif path.is_file():
                found[name] = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
        return found


def _home(root: Path, releases: str | None = None) -> Home:
    state = root / "state"
    state.mkdir(parents=True)
    (state / "policy.yaml").touch()
    return Home(Settings.at(root / "home", state, {"INTERLACE_RELEASES": releases} if releases else None))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home on the local disk."""
    return _home(tmp_path)


@pytest.fixture
def cloud_home(tmp_path: Path) -> Home:
    """A home whose releases go to an object store (in memory)."""
    made = _home(tmp_path, f"memory://{tmp_path.name}/releases")
    yield made
    made.settings.releases.fs.rm(UPath(f"memory://{tmp_path.name}").path, recursive=True)
