"""The certified release of a school year, and its marts as rows. Nothing else is made into a federal file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import storage
from orchestration.content import quoted
from orchestration.errors import BadDataError, ConfigError
from orchestration.release.certification import Certification, certified_for
from orchestration.release.layout import DATABASE, INTERNAL
from orchestration.release.manifest import MANIFEST
from orchestration.release.verify import verify_release
from orchestration.settings import DBT_PROJECT, Settings
from orchestration.yaml_text import load_yaml

FEDERAL = DBT_PROJECT / "models" / "marts" / "federal"


@dataclass(frozen=True)
class Source:
    """A certified release, open for reading; `state` is the state's name."""

    certification: Certification
    state: str
    db: duckdb.DuckDBPyConnection

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows of a query by column."""
        found = self.db.execute(sql, list(values))
        names = [d[0] for d in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@contextmanager
def certified_release(settings: Settings, school_year: str) -> Iterator[Source]:
    """The release that is certified for a school year, verified.

    Raises:
        ConfigError: none is certified for it; says how to certify one.
        BadDataError: it is gone, or not as it was certified.
    """
    certification = certified_for(settings.archive, school_year)
    if certification is None:
        raise ConfigError(
            f"no release is certified for {school_year}, and only a certified one is reported. Look at the release, then "
            f'certify it: interlace release certify current --school-year {school_year} --by "your name" (with --home and --state)'
        )
    folder = settings.releases / certification.release_id
    if not (folder / MANIFEST).exists():
        raise BadDataError(
            f"{certification.release_id} is certified for {school_year} and not among the releases; make it again: "
            f"interlace release rebuild {certification.release_id}"
        )
    problems = verify_release(folder)
    manifest = storage.read_json(folder / MANIFEST)
    if manifest["candidate_sha256"] != certification.candidate_sha256:
        problems.append("its marts are not those that were certified")
    if problems:
        raise BadDataError(
            f"the certified release {certification.release_id} cannot be reported from: {'; '.join(problems[:5])}"
        )
    with tempfile.TemporaryDirectory() as temporary:
        file = folder / INTERNAL / DATABASE
        if storage.is_local(file):
            marts = storage.local(file)
        else:
            marts = Path(temporary) / DATABASE
            with file.open("rb") as source, marts.open("wb") as target:
                shutil.copyfileobj(source, target)
        with duckdb.connect(str(marts), read_only=True) as db:
            add_later_columns(db)
            yield Source(certification, manifest["state"], db)


def add_later_columns(db: duckdb.DuckDBPyConnection, models: Path = FEDERAL) -> None:
    """Have the federal marts of a release that an earlier version made read as they are now.

    Columns that came since say nothing: they are null. Only this connection sees them, the release stays as it is.
    """
    found = db.execute("select current_database()").fetchone()
    assert found is not None  # a function is one row
    release = f"{quoted(found[0])}.main"  # without the database's name the view would read itself
    held: dict[str, set[str]] = {}
    for mart, column in db.execute("select table_name, column_name from duckdb_columns()").fetchall():
        held.setdefault(mart, set()).add(column)
    for path in sorted(models.glob("*.yml")):
        (model,) = load_yaml(path.read_text(encoding="utf-8"))["models"]
        mart = model["name"]
        later = [c for c in model["columns"] if mart in held and c["name"] not in held[mart]]
        if later:
            nulls = ", ".join(f"cast(null as {c['data_type']}) as {quoted(c['name'])}" for c in later)
            db.execute(f"create temp view {quoted(mart)} as select *, {nulls} from {release}.{quoted(mart)}")
