"""How a federal file is called, and which version it is: a new one only when what it says is new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from upath import UPath

from orchestration.extracts.layout import Layout
from orchestration.extracts.options import Options

REFUSED = "refused"
LONGEST_NAME = 25
LONGEST_IDENTIFIER = 32


def name_stem(layout: Layout, options: Options) -> str:
    """State, level and abbreviation: CASCHCSITSISCH."""
    return f"{options.postal}{layout.level}{options.abbreviation}"


def version_of(path: UPath | Path, stem: str) -> int | None:
    """The number of a file's version; None where it is not one of ours."""
    rest, _, _ = path.name.partition(".")
    number = rest.removeprefix(f"{stem}v")
    return int(number) if rest.startswith(f"{stem}v") and number.isdigit() else None


def earlier_versions(extracts: UPath, school_year: str, stem: str, form: str) -> dict[int, UPath]:
    """Every version of a file that was made for a school year, of any release, by its number."""
    found: dict[int, UPath] = {}
    for folder in _folders(extracts):
        if not (folder / school_year).exists():
            continue
        for path in (folder / school_year).iterdir():
            number = version_of(path, stem)
            if number is not None and path.name == file_name(stem, number, form):  # not a note beside it
                found[number] = path
    return found


def file_name(stem: str, version: int, form: str) -> str:
    """The name with its version: CASCHCSITSISCHv1.csv."""
    return f"{stem}v{version}.{form}"


def identifier(layout: Layout, release_id: str) -> str:
    """The header's tracking text: the file and the release it was made from."""
    return f"{layout.file_number}-{release_id}"[:LONGEST_IDENTIFIER]


def data_rows(data: bytes) -> bytes:
    """A file without its header."""
    return data.partition(b"\r\n")[2]


def _folders(extracts: UPath) -> Iterator[UPath]:
    if extracts.exists():
        yield from sorted(extracts.iterdir(), key=lambda p: p.name)
