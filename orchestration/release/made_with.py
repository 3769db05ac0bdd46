"""What a release was made with: the commit of the code and the versions of the engines.

It stands in the manifest so that a person can get the same again. The release's ID does not depend on it:
the code's own version (a hash of its files) is the input that does.
"""

from __future__ import annotations

import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from orchestration.code_version import EVERYTHING
from orchestration.settings import PROJECT

PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "pandas", "pyarrow", "python-calamine")


@cache
def made_with(project: Path = PROJECT) -> dict[str, Any]:
    """`git_commit` (None where the code is no checkout, or was changed since its commit) and `packages`."""
    return {"git_commit": _commit(project), "packages": {p: v for p in PACKAGES if (v := _version(p))}}


def _commit(project: Path) -> str | None:
    if not (project / ".git").exists():  # installed, or inside somebody else's checkout
        return None
    changed = _git(project, "status", "--porcelain", "--untracked-files=all", "--", *EVERYTHING)
    return None if changed is None or changed else _git(project, "rev-parse", "HEAD")


def _git(project: Path, *args: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *args], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # no git on this machine: the code's version still says which code
    return done.stdout.strip() if done.returncode == 0 else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
