"""Whether the build file of the last night is whole, was published, and is of this code: only then may a night build upon it.

`standing/` beside the build file says so: `standing.json`, which build file of which code, and `gate.json`, what the gate found of it.
It is written when the release of that build was published; `standing.json` is removed before anything changes the build file. After
a night that was killed, failed or was refused the next one makes everything anew. `built.json` says which file dbt left: a gate that
finds another (somebody made a model by hand, the gate is run again) believes nothing of the last night and judges all of it.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.code_version import code_version
from orchestration.content import read_run
from orchestration.gate.record import read_record
from orchestration.gate.stood import Stood
from orchestration.lea_sums import FILE as SUMS
from orchestration.lea_sums import LeaSums, read_sums
from orchestration.settings import Settings
from orchestration.warehouse.changed import changed_ids, changed_since

FOLDER, NOTE, VERDICT, BUILT = "standing", "standing.json", "gate.json", "built.json"


def keep(settings: Settings) -> None:
    """Note that the build file was published as it is."""
    folder = settings.warehouse / FOLDER
    folder.mkdir(exist_ok=True)
    if settings.engine == "duckdb" and settings.reuse:
        storage.write_whole(folder / VERDICT, settings.gate_record.read_bytes())
        tonight = settings.gate_record.with_name(SUMS)
        if tonight.is_file():
            storage.write_whole(folder / SUMS, tonight.read_bytes())
        # the code that it was begun with: another may lie on the disk by now
        code = read_run(settings.build_file).code_version
        storage.write_json(folder / NOTE, _made_with(code) | _looks(settings.build_file))


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
    if not usable or log.exists():
        return False
    return bool(said == _made_with(code_version()) | _looks(settings.build_file))


def let_go(settings: Settings) -> None:
    """Forget the build of the last night, before the build file is made anew."""
    shutil.rmtree(settings.warehouse / FOLDER, ignore_errors=True)


def built(settings: Settings) -> None:
    """Note the build file as dbt left it, where it was built upon the last night's."""
    folder = settings.warehouse / FOLDER
    if (folder / VERDICT).is_file():
        storage.write_json(folder / BUILT, _looks(settings.build_file))


def stood(settings: Settings) -> Stood | None:
    """What the gate found of the build that tonight's was built upon; None where it was built anew, or touched since."""
    folder = settings.warehouse / FOLDER
    try:
        untouched = storage.read_json(folder / BUILT) == _looks(settings.build_file)
    except (OSError, ValueError):
        return None
    changed = changed_since(settings.build_file) if untouched else None
    if changed is None:
        return None
    return Stood(
        read_record(folder / VERDICT), changed, changed_ids(settings.build_file), read_sums(folder / SUMS)
    )


def sums(settings: Settings) -> LeaSums | None:
    """What the last candidate that was published held, LEA by LEA; None where that is not known."""
    return read_sums(settings.warehouse / FOLDER / SUMS)


def _looks(build_file: Path) -> dict[str, Any]:
    found = build_file.stat()
    return {"file": [found.st_size, found.st_mtime_ns]}


def _made_with(code: str) -> dict[str, Any]:
    engines = {name: importlib.metadata.version(name) for name in ("duckdb", "dbt-core", "dbt-duckdb")}
    return {"code_version": code, "engines": engines}
