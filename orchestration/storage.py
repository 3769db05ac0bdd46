"""Files that are whole or absent, on a local disk or any fsspec store.

A local write goes to a temporary name beside the target, is flushed to disk and renamed; an object
store's put is whole by itself. Temporary names begin with `.tmp-`, which every reader passes over.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from upath import UPath

TEMPORARY = ".tmp-"
WRITERS = 8  # a disk confirms several files in the time of one
AT_ONCE = 64  # jobs that may wait with what they hold
T = TypeVar("T")


def is_local(path: UPath | Path) -> bool:
    """Whether the path is on a local disk."""
    return getattr(path, "protocol", "") in ("", "file", "local")


def local(path: UPath | Path) -> Path:
    """The path as a plain local one; ValueError for an object store."""
    if not is_local(path):
        raise ValueError(f"{path} is not on a local disk")
    return Path(str(path).removeprefix("file://"))


@contextmanager
def naming(path: UPath | Path) -> Iterator[None]:
    """Have a failure of the disk name the file that people know: a write's names none, a temporary or a relative one."""
    try:
        yield
    except OSError as e:
        said = str(e.filename or "")
        if e.errno is not None and (TEMPORARY in said or not Path(said).is_absolute()):
            e.filename, e.filename2 = str(path), None
        raise


def fsync_folder(folder: Path) -> None:
    """Make a rename inside the folder survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        with naming(folder):
            os.fsync(fd)
    finally:
        os.close(fd)


def write_whole(path: UPath | Path, data: bytes) -> None:
    """Write the file so that every reader sees all of it or none of it."""
    if not is_local(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return
    target = local(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    try:
        with naming(path), temporary.open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        with naming(path):
            temporary.replace(target)
        fsync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def put_file(source: Path, path: UPath | Path) -> None:
    """Move a finished local file to its place, whole; `source` is gone afterwards."""
    if not is_local(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as src, path.open("wb") as dst:
            shutil.copyfileobj(src, dst, 1 << 20)
        source.unlink()
        return
    target = local(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(source, os.O_RDONLY)
    try:
        with naming(path):
            os.fsync(fd)
    finally:
        os.close(fd)
    with naming(path):
        try:
            source.replace(target)
        except OSError as e:
            if e.errno != errno.EXDEV:
                raise
            _copy_over(source, target)
    fsync_folder(target.parent)


def _copy_over(source: Path, target: Path) -> None:
    """Move a file to another disk: a copy beside its place first, which a rename then puts there."""
    temporary = target.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    try:
        shutil.copyfile(source, temporary)
        with temporary.open("rb") as f:
            os.fsync(f.fileno())
        temporary.replace(target)
        source.unlink()
    finally:
        temporary.unlink(missing_ok=True)


def side_by_side(jobs: Iterable[Callable[[], T]]) -> list[T]:
    """Do jobs that mostly wait for the disk or the store; what each gave, in order. The first error is raised."""
    found: list[T] = []
    waiting = iter(jobs)
    with ThreadPoolExecutor(WRITERS) as pool:
        while some := list(islice(waiting, AT_ONCE)):
            found += pool.map(lambda job: job(), some)
    return found


def write_json(path: UPath | Path, value: Any) -> None:
    """Write a value as JSON, keys in order, so that equal values give equal bytes."""
    write_whole(path, canonical_json(value) + b"\n")


def read_json(path: UPath | Path) -> Any:
    """The value in a JSON file."""
    return json.loads(path.read_bytes())


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no needless spaces: equal values, equal bytes."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, default=str)
    # a file name that is not UTF-8 reaches us with lone surrogates; as \\udcff JSON gives them back
    return text.encode("utf-8", "backslashreplace")


def compact_json(value: Any) -> bytes:
    """The same on one line, for programs: several times as fast where there is much of it."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "backslashreplace")


def sha256_file(path: UPath | Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as f:
        while chunk := f.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def names_swept(folder: UPath | Path, before: float | None = None) -> set[str]:
    """Names of what is in a folder, from which what a killed writer left was removed (from a local one).

    Args:
        folder: the folder.
        before: where others may be writing there just now: only what was written before that (Unix seconds) goes.
    """
    if not folder.exists():
        return set()
    names = {p.name for p in folder.iterdir()}
    left = {n for n in names if n.startswith(TEMPORARY)} if is_local(folder) else set()
    for name in left:
        _remove(local(folder) / name, before)
    return names - left


def sweep_temporaries(folder: UPath | Path, before: float | None = None) -> int:
    """The same for a local folder and all below; how many there were."""
    if not is_local(folder) or not local(folder).is_dir():
        return 0
    left = list(local(folder).rglob(f"{TEMPORARY}*"))
    for path in left:
        _remove(path, before)
    return len(left)


def _remove(path: Path, before: float | None) -> None:
    with suppress(FileNotFoundError):  # whoever wrote it has just finished
        if before is not None and path.lstat().st_mtime >= before:
            return
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
