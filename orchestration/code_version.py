"""Versions of the code, as hashes of its files: of all that can change a figure, and of what reads files.

A release is a function of archive, code, policy and as-of time. The lake is kept from night to night, so
what was read by other code or under another policy must be read again; else an old home and one rebuilt
from its archive would publish different figures under the same names.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from orchestration.settings import PROJECT

EVERYTHING = ("orchestration", "dbt_project", "expectations", "seeds")
SHARED_READERS = ("orchestration/contracts", "orchestration/lake.py", "orchestration/school_year.py", "seeds")
SUBMISSION_READERS = ("orchestration/intake", *SHARED_READERS)
FEED_READERS = ("orchestration/feeds", *SHARED_READERS)
SUFFIXES = {".py", ".sql", ".yaml", ".yml", ".csv"}
GENERATED = {"target", "logs", "dbt_packages", "__pycache__"}


@cache
def code_version(parts: tuple[str, ...] = EVERYTHING, project: Path = PROJECT) -> str:
    """SHA-256 over names and bytes of those folders and files of the project (first 16 hex)."""
    digest = hashlib.sha256()
    for part in parts:
        root = project / part
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.suffix in SUFFIXES and not GENERATED & set(path.relative_to(project).parts):
                digest.update(path.relative_to(project).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
