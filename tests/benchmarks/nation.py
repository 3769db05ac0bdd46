"""A nation's lake: a simulated state of 1,000 LEAs laid side by side, under other ids, until it has 100,000 schools.

    python -m tests.benchmarks.nation BASE_HOME NATION_HOME [SCHOOLS]

To simulate every LEA by itself would take hours, and say nothing more of speed: what a night counts by LEA never looks
from one LEA to another, and ids, files and hashes of the copies are their own. BASE_HOME is one that `large_state`
made; build the nation with `python -m tests.benchmarks.models NATION_HOME 2025-07-01`.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
from upath import UPath

from orchestration import lake, storage
from orchestration.clock import now
from orchestration.demo.state import DEMO_STATE, RECEIVED
from orchestration.feeds.load import load_feeds
from orchestration.lock import writer_lock
from orchestration.policy import load_policy
from orchestration.settings import Settings

SCHOOLS = 100_000
COUNTIES = 10  # county codes, the first two digits of an id, of the 1,000 LEAs that `large_state` makes
OF_COUNTY = 100  # LEAs
HIGHEST = 99
MEMORY = "4GB"


def shifted(org_id: str, by: int) -> str:
    """The id of the same LEA or school so many counties further; an empty one stays empty."""
    return f"{int(org_id[:2]) + by:02d}{org_id[2:]}" if org_id else org_id


def _offsets(schools: int, of_county: int) -> Iterator[tuple[int, int]]:
    """By how many counties each copy is shifted, and how many counties of it are taken."""
    wanted = -(-schools // of_county)
    if wanted > HIGHEST:
        raise SystemExit(f"{schools:,} schools need {wanted} counties; ids have room for {HIGHEST}")
    for by in range(0, wanted, COUNTIES):
        yield by, min(COUNTIES, wanted - by)


def copy_feeds(base: Path, home: Path, offsets: list[tuple[int, int]]) -> None:
    """Write the feeds of the nation: each row of the state's once for each copy."""
    for path in sorted((base / "feeds").glob("*.csv")):
        target = home / "feeds" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open(newline="") as source, target.open("w", newline="") as out:
            rows = list(csv.DictReader(source))
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            for by, counties in offsets:
                for row in rows:
                    if int(row["org_id"][:2]) <= counties:
                        ids = {c: shifted(row[c], by) for c in ("org_id", "lea_id") if c in row}
                        nces = row.get("nces_lea_id")
                        more = {"nces_lea_id": f"{int(nces) + by * OF_COUNTY:07d}"} if nces else {}
                        writer.writerow({**row, **ids, **more})
        os.utime(target, (RECEIVED.timestamp(), RECEIVED.timestamp()))


def _copied(columns: list[str], files: str, by: int, counties: int) -> str:
    """SQL of one copy of a lake table's rows."""

    def id_of(column: str) -> str:
        return f"lpad((substr({column}, 1, 2)::int + {by})::varchar, 2, '0') || substr({column}, 3)"

    said = {c: f"{id_of(c)} as {c}" for c in columns if c == "lea_id" or c.endswith("org_id")}
    said["file_sha256"] = f"'{by:02d}' || substr(file_sha256, 3) as file_sha256"
    # <lea_id>-<the hash's first digits>, as intake writes it
    rest = f"'-{by:02d}' || substr(split_part(submission_id, '-', 2), 3)"
    said["submission_id"] = f"{id_of('lea_id')} || {rest} as submission_id"
    select = ", ".join(said.get(c, f'"{c}"') for c in columns)
    return f"select {select} from read_parquet([{files}]) where substr(lea_id, 1, 2)::int <= {counties}"


def copy_lake(base: UPath, home: UPath, offsets: list[tuple[int, int]]) -> int:
    """Write each of the state's batches, once for each copy, as one batch of the nation; how many rows."""
    total = 0
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as db:
        for batch in lake.standing(base):
            if not batch.info.get("simulated"):
                continue
            writer = lake.BatchWriter(home, batch.name)
            for table, names in batch.parts.items():
                files = ", ".join(f"'{base / table / name}'" for name in names)
                columns = list(lake.table_columns()[table])
                copies = " union all ".join(_copied(columns, files, *o) for o in offsets)
                file = f"{batch.name}-0000.parquet"
                target = Path(str(home / table / file))
                target.parent.mkdir(parents=True, exist_ok=True)
                found = db.execute(
                    f"copy ({copies}) to '{target}' (format parquet, compression zstd)"
                ).fetchone()
                total += found[0] if found else 0
                writer.add(table, file, storage.sha256_file(target))
            writer.commit(batch.info)
            sys.stdout.write(f"{batch.info['period']}: {total:,} rows\n")
            sys.stdout.flush()
    return total


def main(base: Path, home: Path, schools: int) -> None:
    """Make the nation's home."""
    with (base / "feeds" / sorted(p.name for p in (base / "feeds").glob("directory_*.csv"))[0]).open() as f:
        in_county = sum(r["org_level"] == "school" for r in csv.DictReader(f)) // COUNTIES
    offsets = list(_offsets(schools, in_county))
    of, to = (Settings.at(h, DEMO_STATE, os.environ) for h in (base, home))
    copy_feeds(base, home, offsets)
    with writer_lock(to.warehouse):
        load_feeds(to, load_policy(to.state), now(), lambda text: None)
        copy_lake(of.lake, to.lake, offsets)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else SCHOOLS)
