"""Shows that a release holds what its manifest says, by recomputing every hash."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from upath import UPath

from orchestration import storage
from orchestration.content import MartContent, mart_contents, parquet_content
from orchestration.content_differences import content_differences
from orchestration.errors import BadDataError
from orchestration.release.layout import DATABASE, INTERNAL, PARQUET, PUBLIC
from orchestration.release.manifest import MANIFEST, identity_problems, public_marts_of


def verify_release(folder: UPath | Path) -> list[str]:
    """What is wrong with a release, in plain words; nothing where it is as it was published.

    Checks that the manifest agrees with itself and with the folder's name, that every file is there
    with the hash it had, that there is no other file, and, on a local disk, that the marts hold what
    the manifest says. On an object store the hash of every file stands for that last one.
    """
    if not (folder / MANIFEST).exists():
        return [f"{MANIFEST} is missing"]
    try:
        manifest = storage.read_json(folder / MANIFEST)
        problems = identity_problems(manifest)
        if manifest["release_id"] != folder.name:
            problems.append(f"{MANIFEST} is that of {manifest['release_id']}, not of {folder.name}")
        problems += _file_problems(folder, manifest["files"])
        if not problems and storage.is_local(folder):
            problems += _mart_problems(storage.local(folder) / INTERNAL, manifest["marts"])
            if public := public_marts_of(manifest):
                problems += [f"{PUBLIC}: {p}" for p in _mart_problems(storage.local(folder) / PUBLIC, public)]
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        return [f"{MANIFEST} cannot be understood: {e!r}"]
    return problems


def files_below(folder: UPath | Path) -> dict[str, UPath | Path]:
    """Every file below a folder by its path from there, without the manifest."""
    if storage.is_local(folder):
        root = storage.local(folder)
        found: dict[str, UPath | Path] = {
            p.relative_to(root).as_posix(): p
            for p in sorted(root.rglob("*"))
            if p.is_file() or p.is_symlink()
        }
    else:
        assert isinstance(folder, UPath)
        base = folder.path.rstrip("/")
        found = {
            a[len(base) :].lstrip("/"): folder / a[len(base) :].lstrip("/") for a in folder.fs.find(base)
        }
    return {name: path for name, path in found.items() if name != MANIFEST}


def _file_problems(folder: UPath | Path, wanted: Mapping[str, str]) -> list[str]:
    found = files_below(folder)
    problems = [f"{name} is missing" for name in sorted(set(wanted) - set(found))]
    problems += [f"{name} was not published with this release" for name in sorted(set(found) - set(wanted))]
    for name in sorted(set(wanted) & set(found)):
        if storage.sha256_file(found[name]) != wanted[name]:
            problems.append(f"{name} is not as it was published: its bytes were changed")
    return problems


def _mart_problems(folder: Path, marts: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    try:
        contents = mart_contents(folder / DATABASE, schema="main")
        for mart in sorted(set(contents) | set(marts)):
            said = marts.get(mart)
            held = contents.get(mart)
            if said is None or held is None or (said["rows"], said["sha256"]) != (held.rows, held.sha256):
                problems.append(f"{DATABASE}: {mart} is not what the manifest says")
                continue
            parquet: MartContent = parquet_content(folder / PARQUET / f"{mart}.parquet")
            problems += [f"{PARQUET}: {p}" for p in content_differences({mart: held}, {mart: parquet})]
    except BadDataError as e:
        problems.append(str(e))
    return problems
