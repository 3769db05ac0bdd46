"""Whether the build file of the last night is whole, was published, and is of this code: only then may a night build upon it.

`standing/` beside the build file says so: `standing.json`, which build file of which code, and `gate.json`, what the gate found of it.
It is written when the release of that build was published; `standing.json` is removed before anything changes the build file. After
a night that was killed, failed or was refused the next one makes everything anew.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.code_version import code_version
from orchestration.gate.record import read_record
from orchestration.gate.stood import Stood
from orchestration.settings import Settings
from orchestration.warehouse.changed import changed_since

FOLDER, NOTE, VERDICT = "standing", "standing.json", "gate.json"


def keep(settings: Settings) -> None:
    """Note that the build file was published as it is."""
    folder = settings.warehouse / FOLDER
    folder.mkdir(exist_ok=True)
    if settings.engine == "duckdb" and settings.reuse:
        storage.write_whole(folder / VERDICT, settings.gate_record.read_bytes())
        storage.write_json(folder / NOTE, _is_of(settings.build_file))


def take(settings: Settings) -> bool:
    """Whether tonight may build upon the build file; from here on nobody says any more that it is whole."""
    note = settings.warehouse / FOLDER / NOTE
    try:
        said = storage.read_json(note)
    except (OSError, ValueError):
        return False  # never published, or the note was torn: all is made anew, which is always right
    note.unlink()
    log = settings.build_file.with_name(settings.build_file.name + ".wal")
    usable = settings.engine == "duckdb" and settings.reuse and settings.build_file.is_file()
    return usable and not log.exists() and bool(said == _is_of(settings.build_file))


def let_go(settings: Settings) -> None:
    """Forget the build of the last night, before the build file is made anew."""
    shutil.rmtree(settings.warehouse / FOLDER, ignore_errors=True)


def stood(settings: Settings) -> Stood | None:
    """What the gate found of the build that tonight's was built upon; None where it was built anew."""
    verdict = settings.warehouse / FOLDER / VERDICT
    changed = changed_since(settings.build_file) if verdict.is_file() else None
    return None if changed is None else Stood(read_record(verdict), changed)


def _is_of(build_file: Path) -> dict[str, Any]:
    found = build_file.stat()
    return {
        "file": [found.st_size, found.st_mtime_ns],
        "code_version": code_version(),
        "engines": {name: importlib.metadata.version(name) for name in ("duckdb", "dbt-core", "dbt-duckdb")},
    }
