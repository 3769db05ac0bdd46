"""A release opened for comparing: what it was made from, what its tables are, and its Parquet files at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from upath import UPath

from orchestration import storage
from orchestration.content import literal
from orchestration.errors import BadDataError
from orchestration.release.dictionary import JSON
from orchestration.release.layout import INTERNAL, PARQUET
from orchestration.release.manifest import MANIFEST


@dataclass(frozen=True)
class Side:
    """One of two releases.

    Args:
        release_id: its ID.
        as_of: its night.
        inputs: archive_sha256, code_version, policy_sha256.
        hashes: content hash by mart.
        dictionary: what its dictionary.json holds.
        folder: its folder; of a release that is being made, the folder it is made in.
        scratch: where copies from an object store may lie.
        audience: whose folder is read: internal or public.
    """

    release_id: str
    as_of: datetime
    inputs: Mapping[str, str]
    hashes: Mapping[str, str]
    dictionary: Mapping[str, Any]
    folder: UPath | Path
    scratch: Path
    audience: str = INTERNAL

    def rows_of(self, mart: str) -> str:
        """The mart as a relation of SQL: its Parquet file, copied from an object store when first asked for."""
        file = self.folder / self.audience / PARQUET / f"{mart}.parquet"
        if storage.is_local(file):
            return f"read_parquet({literal(str(storage.local(file)))})"
        copy = self.scratch / self.release_id / self.audience / f"{mart}.parquet"
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            with file.open("rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        return f"read_parquet({literal(str(copy))})"

    def types(self, mart: str) -> dict[str, str]:
        """Type by column of a mart, in its order; nothing where it has no such mart."""
        entry = self.dictionary["marts"].get(mart)
        return {c["column"]: c["type"] for c in entry["columns"]} if entry else {}


def open_side(releases: UPath | Path, release_id: str, scratch: Path, audience: str = INTERNAL) -> Side:
    """A published release, for comparing; of the public audience nothing but its public folder.

    Raises:
        BadDataError: it is not there, or its manifest or dictionary cannot be read; says which.
    """
    folder = releases / release_id
    try:
        manifest = storage.read_json(folder / MANIFEST)
        dictionary = storage.read_json(folder / audience / "dictionary" / JSON)
        if not isinstance(dictionary.get("release"), dict):
            raise BadDataError(f"release {release_id} was made before dictionaries told enough to compare")
        held = manifest["marts"] if audience == INTERNAL else manifest["audiences"][audience]["marts"]
        return Side(
            release_id,
            datetime.fromisoformat(manifest["as_of"]),
            manifest["inputs"],
            {mart: m["sha256"] for mart, m in held.items()},
            dictionary,
            folder,
            scratch,
            audience,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise BadDataError(f"release {release_id} cannot be read for comparing: {e}") from e


@contextmanager
def comparing(scratch: Path, *, threads: int, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory that spills to `scratch`, a folder of its own: what a killed one left there goes, too."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    config: dict[str, Any] = {
        "threads": threads,
        "memory_limit": memory_limit,
        "temp_directory": str(scratch / "spill"),
        "preserve_insertion_order": False,
    }
    try:
        with duckdb.connect(":memory:", config=config) as db:
            db.execute("set TimeZone = 'UTC'")
            yield db
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
