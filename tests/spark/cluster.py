"""A home's models on both engines, DuckDB and a standalone cluster of Spark: what each took, and whether all marts are equal.

    python -m tests.spark.cluster HOME STATE AS_OF [WORKERS]

builds all seeds and models over the home's lake (after `interlace nightly` or `interlace demo`) first on DuckDB, then on
a master and workers that are started for it, each a process of its own with one processor, and compares every mart row
by row. Where the home has a release of the same facts, the cluster's marts must have its hashes, too. The home's candidate
becomes the cluster's; DuckDB's is kept as `warehouse/duckdb.duckdb`. Spark's own settings are read from the environment
(docs/spark.md); without INTERLACE_SPARK_MEMORY a worker has 1 GB.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from orchestration import storage
from orchestration.content import MartContent, mart_contents, read_run, run_as_json
from orchestration.content_differences import content_differences
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import duckdb_run, run_dbt
from orchestration.warehouse.dictionary import mart_dictionary
from orchestration.warehouse.manifest import ensure_manifest
from orchestration.warehouse.spark.build import ARGS, spark_run
from tests.benchmarks.processes import Measured, watching
from tests.spark.compare import differences
from tests.spark.standalone import cluster


def say(*lines: str) -> None:
    """Print lines, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def took(found: Mapping[str, Measured]) -> Iterator[str]:
    """What families of processes took, and all of them together, as a Markdown table."""
    yield from ("", "| | s | processor s | peak MiB |", "|---|--:|--:|--:|")
    for name, m in found.items():
        yield f"| {name} | {m.seconds:,.0f} | {m.cpu:,.0f} | {m.peak:,.0f} |"
    if len(found) > 1:
        seconds, cpu = max(m.seconds for m in found.values()), sum(m.cpu for m in found.values())
        peak = max(sum(x.memory for x in at) for at in zip(*(m.looks for m in found.values()), strict=False))
        yield f"| all | {seconds:,.0f} | {cpu:,.0f} | {peak:,.0f} |"


def on_duckdb(settings: Settings, as_of: datetime) -> tuple[Path, dict[str, Measured]]:
    """Build on DuckDB; the file, kept under another name, and what it took."""
    prepare_build_file(settings, load_policy(settings.state), as_of)
    with watching({"DuckDB": os.getpid()}) as found:
        run_dbt(duckdb_run(settings, ARGS))
    kept = settings.build_file.with_name("duckdb.duckdb")
    settings.build_file.replace(kept)
    return kept, found


def on_cluster(
    home: Path, state: Path, as_of: datetime, workers: int
) -> tuple[Settings, dict[str, Measured]]:
    """Build on a cluster; the home's settings, and what each process took."""
    memory = os.environ.get("INTERLACE_SPARK_MEMORY") or "1g"
    with (
        tempfile.TemporaryDirectory(prefix="interlace-cluster-") as folder,
        cluster(Path(folder), workers, memory=memory) as made,
    ):
        env = {"INTERLACE_SPARK_MEMORY": memory, "INTERLACE_SPARK_MASTER": made.address}
        settings = Settings.at(home, state, {**os.environ, **env, "INTERLACE_ENGINE": "spark"})
        prepare_build_file(settings, load_policy(settings.state), as_of)
        with watching({"driver": os.getpid(), **made.processes}) as found:
            run_dbt(spark_run(settings))
        ran = made.executors()
    say(f"executors: {', '.join(f'{n} of {worker}' for worker, n in ran.items())}")
    if not all(ran.values()):
        raise SystemExit("a worker took no part")
    return settings, found


def unlike(wanted: Path, found: Path, keys: Mapping[str, Sequence[str]]) -> list[str]:
    """How the marts of a build file differ from another's, in plain words: by mart, and its first rows and cells.

    Hashes over all rows decide, which see a row that comes twice; the keys are for naming what differs.
    """
    ours, theirs = mart_contents(wanted), mart_contents(found)
    problems = content_differences(ours, theirs)
    if problems:
        problems += [f"  {d}" for d in differences(wanted, found, keys)]
    say(f"{_equal(ours, theirs)} of {len(ours)} marts are equal, with {_rows(ours):,} rows in all")
    return problems


def unlike_release(settings: Settings) -> list[str]:
    """Marts of the candidate that have not the hash of the home's release; none where that was made of other facts."""
    name = read_current(settings.releases)
    if name is None:
        say("the home has no release to compare with")
        return []
    said = storage.read_json(settings.releases / name / "manifest.json")
    if {"as_of": said["as_of"], **said["inputs"]}.items() - run_as_json(
        read_run(settings.build_file)
    ).items():
        say(f"release {name} was made of another archive, code, policy or time: not compared")
        return []
    made = mart_contents(settings.build_file)
    differ = sorted(m for m in said["marts"] if m not in made or made[m].sha256 != said["marts"][m]["sha256"])
    say(f"{len(said['marts']) - len(differ)} of {len(said['marts'])} marts have the hash of release {name}")
    return [f"{mart} has not the hash of release {name}" for mart in differ]


def _equal(ours: Mapping[str, MartContent], theirs: Mapping[str, MartContent]) -> int:
    return sum(name in theirs and theirs[name].sha256 == c.sha256 for name, c in ours.items())


def _rows(marts: Mapping[str, MartContent]) -> int:
    return sum(c.rows for c in marts.values())


def main(home: Path, state: Path, as_of: datetime, workers: int = 2) -> int:
    """Build on both engines and compare; 0 where every mart is the same on both."""
    wanted, one = on_duckdb(Settings.at(home, state, os.environ), as_of)
    say(*took(one))
    settings, other = on_cluster(home, state, as_of, workers)
    say(*took(other), "")
    keys = {name: mart["key"] for name, mart in mart_dictionary(ensure_manifest()).items()}
    problems = unlike(wanted, settings.build_file, keys) + unlike_release(settings)
    say(*problems)
    return 1 if problems else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    raise SystemExit(
        main(Path(words[0]), Path(words[1]), datetime.fromisoformat(words[2]), *map(int, words[3:]))
    )
