"""dbt's manifest and parse cache, made again only when the project changed."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from pathlib import Path

from orchestration import storage
from orchestration.errors import ConfigError
from orchestration.settings import DBT_PROJECT, PROJECT
from orchestration.warehouse import dbt_run
from orchestration.warehouse.dbt_run import dbt_executable, write_profile

MANIFEST = DBT_PROJECT / "target" / "manifest.json"


@cache
def ensure_manifest() -> Path:
    """Path of the manifest of the project as it is; dbt parses it (about 8 s) where it is not.

    Raises:
        ConfigError: the project does not parse.
    """
    if is_made():
        return MANIFEST
    profile = write_profile(MANIFEST.parent / "profile", 1)
    done = subprocess.run(
        [
            dbt_executable(),
            "parse",
            "--quiet",
            "--no-partial-parse",
            "--project-dir",
            str(DBT_PROJECT),
            "--profiles-dir",
            str(profile),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ConfigError(f"the dbt project does not parse:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    storage.write_whole(_stamp(), _project_version().encode())
    return MANIFEST


def is_made() -> bool:
    """Whether the manifest is that of the project as it is."""
    stamp = _stamp()
    return MANIFEST.exists() and stamp.exists() and stamp.read_text() == _project_version()


def _stamp() -> Path:
    return MANIFEST.with_name("manifest.version")


def _project_version() -> str:
    # dbt's cache holds for one profile, and dbt_run.py writes it
    digest = hashlib.sha256(Path(dbt_run.__file__).read_bytes())
    for root in (DBT_PROJECT, PROJECT / "seeds"):
        for path in sorted(root.rglob("*")):
            if path.suffix in {".sql", ".yml", ".csv"} and "target" not in path.parts:
                digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()
