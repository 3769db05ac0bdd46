"""Last year's submission of a file: one that is given, one made here, or what the release says of the year before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from upath import UPath

from orchestration.errors import ConfigError
from orchestration.extracts.layout import Layout, layouts_of
from orchestration.extracts.names import earlier_versions
from orchestration.extracts.read_back import ReadFile, read_file
from orchestration.extracts.render import FORMS
from orchestration.school_year import school_year_from_start


@dataclass(frozen=True)
class LastYear:
    """A file of the year before, read; `said_by` is what it is, in words."""

    layout: Layout
    read: ReadFile
    said_by: str


def year_before(school_year: str) -> str:
    """2022-23 -> 2021-22."""
    return school_year_from_start(int(school_year[:4]) - 1)


def layout_before(layout: Layout) -> Layout | None:
    """The same file's layout of the year before; None where the seeds have none."""
    try:
        before = layouts_of(layout.file_number, year_before(layout.school_year))
    except ConfigError:
        return None
    return next((b for b in before if b.level == layout.level), None)


def given(path: Path, layout: Layout) -> LastYear | None:
    """The file of last year in what the person names, a file or a folder of them; None where none is this file's.

    Raises:
        ConfigError: there is no such path, or the one file named is another file or of another year.
    """
    if not path.exists():
        raise ConfigError(f"--last-year {path}: there is no such file or folder")
    before = layout_before(layout)
    if before is None:
        return None
    for file in _files(path):
        form = file.suffix.removeprefix(".")
        read = read_file(file.read_bytes(), before, form)
        values = [*read.header.values, *[""] * 5]
        if values[0] == before.header_type and values[4] == before.reporting_period:
            return LastYear(before, read, f"the file {file.name}")
    if path.is_file():
        raise ConfigError(
            f"--last-year {path}: its header does not say {before.header_type!r} for {before.reporting_period}; "
            f"give FS{layout.file_number} of {before.school_year}, or a folder that holds it"
        )
    return None


def made_here(extracts: UPath, layout: Layout, stem: str) -> LastYear | None:
    """The newest version that was made here for the year before; None where there is none."""
    before = layout_before(layout)
    if before is None:
        return None
    for form in FORMS:
        versions = earlier_versions(extracts, before.school_year, stem, form)
        if versions:
            path = versions[max(versions)]
            return LastYear(
                before, read_file(path.read_bytes(), before, form), f"the file {path.name} made here"
            )
    return None


def _files(path: Path) -> Iterable[Path]:
    files = [path] if path.is_file() else sorted(path.iterdir())
    return [f for f in files if f.is_file() and f.suffix.removeprefix(".") in FORMS]
