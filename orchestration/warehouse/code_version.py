"""The version of the code that makes a release: a hash of every file that can change a figure."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from orchestration.settings import PROJECT

ROOMS = ("orchestration", "dbt_project", "expectations", "seeds")
SUFFIXES = {".py", ".sql", ".yaml", ".yml", ".csv"}
GENERATED = {"target", "logs", "dbt_packages", "__pycache__"}


@cache
def code_version(project: Path = PROJECT) -> str:
    """SHA-256 over names and bytes of the project's code, models, suites and seeds (first 16 hex)."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((project / room).rglob("*")):
            if path.suffix in SUFFIXES and not GENERATED & set(path.relative_to(project).parts):
                digest.update(path.relative_to(project).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
