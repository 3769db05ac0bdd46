"""The folders of a home: whether they can be reached, read and written, and whether the disk has room."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from upath import UPath

from orchestration import archive, storage
from orchestration.doctor.finding import Finding, Look, ok, problem, some, warning

GIB = 1 << 30
ROOMS = (
    "archive",
    "lake",
    "releases",
    "extracts",
    "outbox",
)  # Interlace writes here; landing and feeds are others'
FULL = 0.05  # from this share of free disk on somebody should look


def places(look: Look) -> list[Finding]:
    """Every folder or address of the home."""
    settings = look.settings
    if not settings.home.is_dir():
        return [
            problem(
                f"there is no home at {settings.home}",
                "give --home the folder that holds archive/ and releases/; a new one is made by interlace nightly",
            )
        ]
    found: list[Finding] = []
    for name in ROOMS:
        found += _writable(name, getattr(settings, name))
    found += _writable("warehouse", UPath(settings.warehouse))
    for name in ("landing", "feeds"):
        found += _readable(name, getattr(settings, name))
    return found or [ok("every folder can be reached and written")]


def _writable(name: str, folder: UPath) -> list[Finding]:
    probe = folder / f"{storage.TEMPORARY}doctor-{uuid.uuid4().hex}"
    there = folder
    try:
        if storage.is_local(folder):
            there = UPath(_nearest(storage.local(folder)))
            probe = there / probe.name
        probe.write_bytes(b"interlace doctor\n")
        probe.unlink()
    except ImportError as e:
        return [_package_missing(name, folder, e)]
    except Exception as e:  # stores raise what they like; it is told, not passed over
        return [
            problem(
                f"{name} cannot be written: {folder} ({type(e).__name__}: {e})",
                f"give the account that runs the nights the right to write there, or move it: INTERLACE_{name.upper()}"
                if name != "warehouse"
                else "give the account that runs the nights the right to write there",
            )
        ]
    return []


def _readable(name: str, folder: UPath) -> list[Finding]:
    try:
        files = [path for path, *_ in archive.dropped_files(folder)]
    except ImportError as e:
        return [_package_missing(name, folder, e)]
    except Exception as e:  # as above
        return [
            problem(
                f"{name} cannot be read: {folder} ({type(e).__name__}: {e})",
                f"give this account the right to read there, or move it: INTERLACE_{name.upper()}",
            )
        ]
    if not storage.is_local(folder):
        return []
    closed = [f for f in _closed_folders(storage.local(folder))]
    closed += [str(p) for p in files if not os.access(storage.local(p), os.R_OK)]
    if not closed:
        return []
    return [
        warning(
            f"{len(closed):,} files or folders of {name} cannot be read and wait: {some(closed)}",
            "give this account the right to read them (chmod g+r, or an ACL on the folder)",
        )
    ]


def _closed_folders(root: Path) -> list[str]:
    return [
        str(Path(folder) / name)
        for folder, names, _ in os.walk(root)
        for name in names
        if not os.access(Path(folder) / name, os.R_OK | os.X_OK)
    ]


def _package_missing(name: str, folder: UPath, error: ImportError) -> Finding:
    return problem(
        f"{name} is at {folder}, and the package for that store is missing ({error})",
        "install it beside Interlace, for example: pip install s3fs",
    )


def _nearest(folder: Path) -> Path:
    """The folder, or where it would be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def disk(look: Look, free_of: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage) -> list[Finding]:
    """Whether a night has room: three times the last build file (candidate, copy, Parquet) and a gigabyte."""
    settings = look.settings
    total, _, free = free_of(_nearest(settings.home))
    build = settings.build_file.stat().st_size if settings.build_file.exists() else 0
    need = 3 * build + GIB
    says = f"{free / GIB:,.1f} GiB of {total / GIB:,.1f} GiB are free on the disk of {settings.home}"
    fix = (
        "make room: interlace release prune removes old releases; or move archive/ and lake/ to another disk"
    )
    if free < need:
        return [problem(f"{says}; a night needs {need / GIB:,.1f} GiB", fix)]
    if free < FULL * total:
        return [warning(f"{says}, less than {FULL:.0%}", fix)]
    return [ok(f"{says}; a night needs {need / GIB:,.1f} GiB")]
