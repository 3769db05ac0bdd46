"""What must hold of a home at every moment, whatever was done to it; each thing that does not, in words."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake
from orchestration.release.current import read_current
from orchestration.release.verify import verify_release
from orchestration.storage import TEMPORARY
from tests.faults.homes import hashes

DAY = 2 * 86_400.0


def received_hashes(home: Path) -> set[str]:
    """Hashes of everything that was ever received: what lies where it was dropped, and what is archived."""
    dropped = {sha for room in ("landing", "feeds") for sha in hashes(home / room).values()}
    return dropped | {p.name for p in (home / "archive" / "blobs").rglob("*") if _is_whole_name(p)}


def _is_whole_name(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(TEMPORARY)


def lost(home: Path, received: Iterable[str]) -> list[str]:
    """What was received and is neither where it was dropped nor, whole, in the archive."""
    blobs = {p for p in (home / "archive" / "blobs").rglob("*") if _is_whole_name(p)}
    torn = [p for p in blobs if hashlib.sha256(p.read_bytes()).hexdigest() != p.name]
    problems = [f"the archived file {p.name[:12]} is not whole" for p in sorted(torn)]
    here = {p.name for p in blobs if p not in torn}
    here |= {sha for room in ("landing", "feeds") for sha in hashes(home / room).values()}
    problems += [f"received bytes are lost: {sha[:12]}" for sha in sorted(set(received) - here)]
    for path in _files(home / "archive" / "arrivals", "*.json"):
        try:
            named = {a["sha256"] for a in json.loads(path.read_bytes())}
        except ValueError:
            problems.append(f"{path.name}, a list of arrivals, is torn")
            continue
        problems += [f"{path.name} names {sha[:12]}, which the archive has not" for sha in named - here]
    return problems


def torn(home: Path) -> list[str]:
    """Files under their own names, anywhere in a home, that are not whole."""
    problems = []
    for path in [*_files(home / "archive", "**/*.json"), *_files(home / "lake" / "_batches", "*.json"),
                 *_files(home / "outbox", "**/*.json"), *_files(home / "releases" / "decisions", "*.json")]:  # fmt: skip
        try:
            json.loads(path.read_bytes())
        except ValueError:
            problems.append(f"{path.relative_to(home)} is torn")
    for path in _files(home / "outbox", "**/*.html"):
        if not path.read_bytes().rstrip().endswith(b"</html>"):
            problems.append(f"{path.relative_to(home)} is torn")
    for path in _files(home / "outbox", "**/*.xlsx"):
        if b"PK\x05\x06" not in path.read_bytes()[-64:]:
            problems.append(f"{path.relative_to(home)} is torn")
    for path in _files(home / "lake" / "_batches", "*.json"):
        for table, files in json.loads(path.read_bytes())["parts"].items():
            for file in files:
                try:
                    pq.read_metadata(home / "lake" / table / file)
                except (OSError, ValueError) as e:
                    problems.append(f"batch {path.stem} names {table}/{file}, which cannot be read: {e}")
    return problems


def releases(home: Path, allowed: set[str | None], deep: bool = False) -> list[str]:
    """Whether `current` names one of the releases that it may name, whole, and no other is half there."""
    folder = home / "releases"
    current = read_current(folder)
    if current not in allowed:
        return [f"current names {current}, not one of {sorted(map(str, allowed))}"]
    problems = []
    if current is not None:
        problems += (
            [f"current: {p}" for p in verify_release(folder / current)] if deep else _quick(folder / current)
        )
    for path in folder.iterdir() if folder.is_dir() else ():
        if (
            path.is_symlink()
            or path.name.startswith(TEMPORARY)
            or path.name == "decisions"
            or path.name == current
        ):
            continue
        problems += [f"{path.name}: {p}" for p in _quick(path)]
    return problems


def _quick(release: Path) -> list[str]:
    """Whether every file of a release has the hash that its manifest says, and there is no other."""
    if not (release / "manifest.json").exists():
        return ["half a release: it has no manifest"]
    wanted = json.loads((release / "manifest.json").read_bytes())["files"]
    found = {k: v for k, v in hashes(release).items() if k != "manifest.json"}
    return [f"{n} is not as published" for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n)]


def leftovers(home: Path) -> list[str]:
    """Temporary files that nothing took away."""
    return sorted(str(p.relative_to(home)) for p in home.rglob(f"{TEMPORARY}*"))


def age_leftovers(folder: Path) -> None:
    """Make what was left look as old as it is when the next night finds it."""
    for path in folder.rglob(f"{TEMPORARY}*"):
        found = path.lstat()
        os.utime(path, (found.st_atime - DAY, found.st_mtime - DAY), follow_symlinks=False)


def differences(home: Path, undisturbed: Path, rooms: Iterable[str]) -> list[str]:
    """Files of these rooms that are not, byte by byte, as in the undisturbed home."""
    problems = []
    for room in rooms:
        if room == "lake" and (home / room).is_dir() and not _lake_differs(home / room, undisturbed / room):
            continue
        here = {k: v for k, v in hashes(home / room).items() if TEMPORARY not in k}
        there = hashes(undisturbed / room)
        problems += [
            f"{room}/{n} {_how(here, there, n)}"
            for n in sorted(here.keys() | there.keys())
            if here.get(n) != there.get(n)
        ]
    return problems


def _lake_differs(here: Path, there: Path) -> bool:
    """Whether two lakes have other batches, or other rows in them; a worker that died divides them into other parts."""
    mine, theirs = ({b.name: b for b in lake.batches(UPath(root))} for root in (here, there))
    if {n: b.info for n, b in mine.items()} != {n: b.info for n, b in theirs.items()}:
        return True
    try:
        return any(
            _rows(here, table, mine[n]) != _rows(there, table, b)
            for n, b in theirs.items()
            for table in b.parts.keys() | mine[n].parts.keys()
        )
    except (OSError, ValueError):  # a part that cannot be read
        return True


def _rows(root: Path, table: str, batch: lake.Batch) -> list[str]:
    files = [root / table / f for f in batch.parts.get(table, [])]
    return sorted(str(row) for f in files for row in pq.read_table(f).to_pylist())


def _how(here: Mapping[str, str], there: Mapping[str, str], name: str) -> str:
    if name not in here:
        return "is missing"
    return "differs from the undisturbed home" if name in there else "is not in the undisturbed home"


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(p for p in folder.glob(pattern) if not p.name.startswith(TEMPORARY) and p.is_file())
