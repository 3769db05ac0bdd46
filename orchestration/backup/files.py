"""Files of a folder, local or of a store, and their copying with a check of the bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from upath import UPath

from orchestration import storage
from orchestration.errors import BadDataError


def files_of(folder: UPath) -> dict[str, UPath]:
    """Every file below a folder by its path from there, in order; links and unfinished files left out."""
    if not folder.exists():
        return {}
    if storage.is_local(folder):
        root = storage.local(folder)
        names = sorted(
            p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and not p.is_symlink()
        )
    else:
        base = folder.path.rstrip("/")
        names = sorted(address[len(base) :].lstrip("/") for address in folder.fs.find(base))
    return {
        n: folder / n for n in names if not any(part.startswith(storage.TEMPORARY) for part in n.split("/"))
    }


def copy_checked(source: UPath, target: UPath, sha256: str | None = None) -> str:
    """Copy a file, whole or not at all; the hash of its bytes.

    Raises:
        BadDataError: its bytes are not those of `sha256`; nothing is written.
    """
    digest = hashlib.sha256()
    # beside the target where that is local, so that putting it in its place is a rename
    folder = None
    if storage.is_local(target):
        storage.local(target).parent.mkdir(parents=True, exist_ok=True)
        folder = storage.local(target).parent
    handle, name = tempfile.mkstemp(prefix=storage.TEMPORARY, dir=folder)
    scratch = Path(name)
    try:
        with storage.naming(target), source.open("rb") as src, os.fdopen(handle, "wb") as dst:
            while chunk := src.read(1 << 20):
                digest.update(chunk)
                dst.write(chunk)
        if sha256 is not None and digest.hexdigest() != sha256:
            raise BadDataError(f"{source} is not as it was written: its bytes were changed")
        scratch.chmod(0o640)
        storage.put_file(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)
    return digest.hexdigest()


def modified_at(path: UPath) -> datetime:
    """When a local file was written (UTC)."""
    return datetime.fromtimestamp(storage.local(path).stat().st_mtime, UTC).replace(tzinfo=None)
