"""The one place that reads the environment: every path and knob of a home.

A home is a folder: `landing/ feeds/ archive/ lake/ warehouse/ releases/ extracts/ outbox/` and `dagster/`.
Each of landing, feeds, archive, lake, releases, extracts and outbox may instead be any fsspec address
(`INTERLACE_ARCHIVE=s3://bucket/archive`); the warehouse is a build file and always local.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from upath import UPath

from orchestration.alerts.configuration import AlertSettings, alert_settings
from orchestration.errors import ConfigError

PROJECT = Path(__file__).parents[1]
DBT_PROJECT = PROJECT / "dbt_project"
EXPECTATIONS = PROJECT / "expectations"
DRIVER = "postgresql+psycopg2://"  # without it SQLAlchemy 2.1 takes another driver than dagster-postgres has
ENGINES = ("duckdb", "spark")
# three school years of 12,000 fit into DuckDB's limit with two models at once, of 20,000 they do not (docs/performance.md)
ORGANIZATIONS_AT_A_TIME = 12_500
MEMORY_LIMIT = (
    "3GB"  # of DuckDB at most, unless a home is given another; the whole process stays under 4 GiB with it
)


@dataclass(frozen=True)
class Settings:
    """Where a home's rooms are and how much they may use.

    Args:
        home: the home folder (local).
        state: folder with the state's `policy.yaml` and `feeds.yaml`.
        landing, feeds, archive, lake, releases, extracts, outbox: addresses, by default folders of home.
        workers: processes that parse submissions.
        file_seconds: seconds one submission may take to parse before it is refused.
        file_megabytes: megabytes one submission may have.
        worker_megabytes: memory a parsing process may use.
        memory_limit: DuckDB's memory limit for a build, e.g. `4GB`.
        threads: DuckDB's threads for a build.
        look_seconds: pause between two looks of the sensor on landing.
        watch: whether the sensors are on from the start, without a click in Dagster's UI.
        schedules_on: whether the schedules are, too; off where something else starts the nights.
        alerting: who is told of troubles, and from where on something is one.
        dagster_postgres: whether Dagster keeps its runs in PostgreSQL (the address stays in the environment).
        reuse: whether a night builds upon what the last one made; off: each makes everything anew.
        organizations_at_a_time: what is counted by LEA is made for so many LEAs and schools at once, one part of the state after the other.
        engine: what the models are built on, one of ENGINES (docs/spark.md).
        spark_master: Spark's master, `local[2]` or the address of a cluster.
        spark_memory: memory of Spark's driver and of each of its executors, as `2g`.
        spark_partitions: parts of a shuffle, at most.
        spark_settings: further settings of Spark's own, by name.
        executor: Dagster's executor for the steps of a run, as `module:name`.
        executor_config: YAML file with what it is configured by.
    """

    home: Path
    state: Path
    landing: UPath
    feeds: UPath
    archive: UPath
    lake: UPath
    releases: UPath
    extracts: UPath
    outbox: UPath
    workers: int
    file_seconds: int
    file_megabytes: int
    worker_megabytes: int
    memory_limit: str
    threads: int
    look_seconds: int
    watch: bool
    schedules_on: bool
    alerting: AlertSettings
    dagster_postgres: bool
    reuse: bool = True
    organizations_at_a_time: int = ORGANIZATIONS_AT_A_TIME
    engine: str = ENGINES[0]
    spark_master: str = "local[2]"
    spark_memory: str = "2g"
    spark_partitions: int = 4
    spark_settings: tuple[tuple[str, str], ...] = ()
    executor: str = "dagster:in_process_executor"
    executor_config: Path | None = None

    @property
    def warehouse(self) -> Path:
        """Folder of the build file, the gate's record and dbt's artifacts; nobody else opens it."""
        return self.home / "warehouse"

    @property
    def build_file(self) -> Path:
        """The night's candidate: a fresh DuckDB file every night."""
        return self.warehouse / "warehouse.duckdb"

    @property
    def gate_record(self) -> Path:
        """What the gate said of the candidate, and of which."""
        return self.warehouse / "gate.json"

    @property
    def data_docs(self) -> Path:
        """The gate's Data Docs of the candidate."""
        return self.warehouse / "data_docs"

    @property
    def alerts(self) -> Path:
        """What was told of troubles: messages, and which of them stand."""
        return self.home / "alerts"

    @property
    def dagster_home(self) -> Path:
        """Where Dagster keeps this home's runs."""
        return self.home / "dagster"

    @staticmethod
    def at(home: Path | str, state: Path | str, env: Mapping[str, str] | None = None) -> Settings:
        """Settings of a home; `env` may move a folder (INTERLACE_LANDING …) or set a knob.

        Raises:
            ConfigError: the state folder has no policy.yaml, or a knob is not a number.
        """
        env = env or {}
        home = Path(home).expanduser().resolve()
        state = Path(state).expanduser().resolve()
        if not (state / "policy.yaml").is_file():
            raise ConfigError(
                f"{state} has no policy.yaml. --state names a folder with a state's policy.yaml and feeds.yaml, "
                f"for example {PROJECT / 'examples' / 'california'}."
            )

        def folder(name: str) -> UPath:
            address = env.get(f"INTERLACE_{name.upper()}") or home / name
            try:
                return UPath(address)
            except ValueError as e:
                raise ConfigError(
                    f"INTERLACE_{name.upper()} is {address}: {e}; give a folder, or an address such as s3://bucket/{name}"
                ) from e

        def knob(name: str, default: int) -> int:
            text = env.get(f"INTERLACE_{name.upper()}") or str(default)
            if not text.isdigit() or int(text) < 1:
                raise ConfigError(f"INTERLACE_{name.upper()} is {text!r}; give a whole number of 1 or more")
            return int(text)

        return Settings(
            home=home,
            state=state,
            landing=folder("landing"),
            feeds=folder("feeds"),
            archive=folder("archive"),
            lake=folder("lake"),
            releases=folder("releases"),
            extracts=folder("extracts"),
            outbox=folder("outbox"),
            workers=knob("workers", 2),
            file_seconds=knob("file_seconds", 60),
            file_megabytes=knob("file_megabytes", 50),
            worker_megabytes=knob("worker_megabytes", 2048),
            threads=knob("threads", 2),
            memory_limit=env.get("INTERLACE_MEMORY_LIMIT") or MEMORY_LIMIT,
            look_seconds=knob("look_seconds", 20),  # two looks and a run's start: well under two minutes
            watch=env.get("INTERLACE_WATCH") == "1",
            schedules_on=env.get("INTERLACE_SCHEDULES") == "1",
            alerting=alert_settings(env),
            dagster_postgres=_postgres(env.get("INTERLACE_DAGSTER_POSTGRES", "")),
            reuse=env.get("INTERLACE_REUSE") != "0",
            organizations_at_a_time=knob("organizations_at_a_time", ORGANIZATIONS_AT_A_TIME),
            engine=_engine(env.get("INTERLACE_ENGINE") or ENGINES[0]),
            spark_master=env.get("INTERLACE_SPARK_MASTER") or f"local[{knob('threads', 2)}]",
            spark_memory=env.get("INTERLACE_SPARK_MEMORY") or "2g",
            spark_partitions=knob("spark_partitions", 4),
            spark_settings=_spark_settings(env.get("INTERLACE_SPARK_SETTINGS", "")),
            executor=env.get("INTERLACE_EXECUTOR") or "dagster:in_process_executor",
            executor_config=Path(file) if (file := env.get("INTERLACE_EXECUTOR_CONFIG")) else None,
        )

    @staticmethod
    def from_env(env: Mapping[str, str]) -> Settings:
        """Settings from INTERLACE_HOME and INTERLACE_STATE, as `dagster dev` uses them.

        Raises:
            ConfigError: one of the two is not set.
        """
        missing = [k for k in ("INTERLACE_HOME", "INTERLACE_STATE") if not env.get(k)]
        if missing:
            raise ConfigError(
                f"set {' and '.join(missing)} (or use `make ui`, which sets them for the demo home)"
            )
        return Settings.at(env["INTERLACE_HOME"], env["INTERLACE_STATE"], env)


def _engine(name: str) -> str:
    if name not in ENGINES:
        raise ConfigError(f"INTERLACE_ENGINE is {name!r}; give one of: {', '.join(ENGINES)}")
    return name


def _spark_settings(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [pair.partition("=") for pair in text.split(";") if pair.strip()]
    for name, is_there, _ in pairs:
        if not is_there or not name.strip().startswith("spark."):
            raise ConfigError(
                f"INTERLACE_SPARK_SETTINGS holds {name.strip()!r}; write spark.name=value, with ; between several"
            )
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _postgres(address: str) -> bool:
    """Whether an address of PostgreSQL is given, which is not kept: it holds a password, and Dagster reads it itself."""
    if address and not address.startswith(DRIVER):
        raise ConfigError(
            f"INTERLACE_DAGSTER_POSTGRES must begin with {DRIVER} (what stands before :// names the driver that Dagster brings); "
            f"write {DRIVER}user:password@host:5432/database"
        )
    return bool(address)
