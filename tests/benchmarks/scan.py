"""The raw scan: what it takes to look at the bytes at all.

python -m tests.benchmarks.scan bytes LANDING      every byte of every file
python -m tests.benchmarks.scan parquet LAKE       every column of every Parquet file
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from orchestration.content import literal

BLOCK = 1 << 20


def read_bytes(folder: Path) -> str:
    """Read every file."""
    total = 0
    for path in (p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb") as f:
            while block := f.read(BLOCK):
                total += len(block)
    return f"{total / 1e6:,.0f} MB"


def read_parquet(lake: Path) -> str:
    """Hash every value of every table, so that none is passed over."""
    rows = 0
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as db:
        for folder in sorted(p for p in lake.iterdir() if p.is_dir() and any(p.glob("*.parquet"))):
            files = literal(str(folder / "*.parquet"))
            found = db.execute(
                f"select count(*), bit_xor(hash(t)) from read_parquet({files}, union_by_name = true) t"
            ).fetchone()
            rows += found[0] if found else 0
    return f"{rows:,} rows"


if __name__ == "__main__":
    said = {"bytes": read_bytes, "parquet": read_parquet}[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.write(f"{said}\n")
