"""Dagster's runs in a real PostgreSQL: one is started for these tests, where the machine has it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pytest

from orchestration.demo.state import DEMO_STATE
from orchestration.doctor.finding import Look
from orchestration.doctor.instance import instance as dagster_check
from orchestration.errors import ConfigError
from orchestration.instance import POSTGRES, bury_killed_runs, lacking, prepare_instance
from orchestration.operations.nights import nights_of
from orchestration.settings import Settings

NOW = datetime(2024, 6, 20)


def programs() -> Path | None:
    """Folder of initdb and pg_ctl: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    if found and shutil.which("pg_ctl"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


class Server:
    """A PostgreSQL that listens on a socket in a folder of its own, and to nobody else."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.data, self.socket = programs, folder / "data", folder
        # PostgreSQL does not run as root
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(folder, self.user)
        self.run("initdb", "-D", str(self.data), "-U", "interlace", "-A", "trust", "--no-sync")

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments], user=self.user, cwd=self.socket,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.socket} -c fsync=off -c shared_buffers=16MB"
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.socket / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    @property
    def address(self) -> str:
        return f"postgresql+psycopg2://interlace:not-needed@/postgres?host={quote(str(self.socket), safe='')}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("dagster_postgres", reason="the extra `postgres` is not installed")
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL on this machine (Debian: apt-get install postgresql)")
    if os.geteuid() == 0 and "postgres" not in {account.pw_name for account in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root, and there is no account `postgres`")
    with tempfile.TemporaryDirectory(prefix="interlace-pg-") as folder:
        made = Server(found, Path(folder))
        made.start()
        yield made
        made.stop()


@pytest.fixture
def settings(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(POSTGRES, server.address)
    return Settings.at(tmp_path, DEMO_STATE, {POSTGRES: server.address})


@dg.asset
def release() -> None:
    """Nothing; a night needs an asset."""


def night(instance: dg.DagsterInstance) -> str:
    """A run of a job `nightly` with one asset, as the command line runs it."""
    job = dg.Definitions(assets=[release], jobs=[dg.define_asset_job("nightly")]).resolve_job_def("nightly")
    return job.execute_in_process(instance=instance).run_id


def test_runs_events_and_slots_are_kept_in_postgresql_and_nothing_in_sqlite(settings: Settings):
    folder = prepare_instance(settings)
    with dg.DagsterInstance.from_config(folder) as instance:
        assert "Postgres" in type(instance.event_log_storage).__name__
        run_id = night(instance)
        slots = instance.event_log_storage
        slots.initialize_concurrency_limit_to_default("writer")
        assert slots.claim_concurrency_slot("writer", "killed", "feeds").is_claimed
        assert not slots.claim_concurrency_slot("writer", run_id, "feeds").is_claimed
        bury_killed_runs(instance)
        assert slots.claim_concurrency_slot("writer", run_id, "feeds").is_claimed
        slots.free_concurrency_slots_for_run(run_id)
    with dg.DagsterInstance.from_config(folder) as later:  # as another process would find it
        assert later.get_run_by_id(run_id).is_success
        (first, *_) = nights_of(later, NOW, held=False)
        assert (first.run_id, first.outcome) == (run_id, "published")
        assert later.get_latest_materialization_event(dg.AssetKey("release")) is not None
    assert not list(settings.dagster_home.rglob("*.db"))


def test_the_address_is_in_no_file_and_the_doctor_says_when_the_server_is_gone(
    settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
):
    prepare_instance(settings)
    assert lacking(settings) == []
    text = "".join(p.read_text() for p in settings.home.rglob("*") if p.is_file())
    assert POSTGRES in text and "not-needed" not in text
    assert [f.level for f in dagster_check(Look(settings, NOW))] == ["ok"]
    server.stop()
    try:
        (said,) = dagster_check(Look(settings, NOW))
        assert said.level == "problem" and "does not answer" in said.what and POSTGRES in said.fix
    finally:
        server.start()


def test_an_address_that_names_no_driver_is_refused_without_being_shown(tmp_path: Path):
    with pytest.raises(ConfigError, match="must begin with postgresql") as refused:
        Settings.at(tmp_path, DEMO_STATE, {POSTGRES: "postgresql://interlace:hunter2@host/db"})
    assert "hunter2" not in str(refused.value)


def test_postgresql_without_its_package_and_a_file_of_ones_own_are_refused_in_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    own = settings.dagster_home / "dagster.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("telemetry: {enabled: false}\n")
    with pytest.raises(ConfigError, match="is your own and does not name it"):
        prepare_instance(settings)
    assert "run_retries" in lacking(settings) and own.read_text() == "telemetry: {enabled: false}\n"
    monkeypatch.setattr("orchestration.instance.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'interlace\[postgres\]'"):
        prepare_instance(settings)
