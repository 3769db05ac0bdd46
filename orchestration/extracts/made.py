"""What a run made: its files, each passed or refused, and what it could not make."""

from __future__ import annotations

from dataclasses import dataclass

from upath import UPath

from orchestration.extracts.checks import Judged


@dataclass(frozen=True)
class MadeFile:
    """What became of one file: where it is, whether it may be sent, and why not."""

    file_number: str
    level: str
    form: str
    path: UPath
    records: int
    judged: Judged
    is_as_before: bool

    @property
    def passed(self) -> bool:
        """Whether it passed its checks."""
        return self.judged.passed


@dataclass(frozen=True)
class Made:
    """What a run made: the folder, its files, and files that have no layout that year, with the reason."""

    release_id: str
    folder: UPath
    files: tuple[MadeFile, ...]
    without_layout: tuple[str, ...]
    lists: tuple[str, ...]

    @property
    def refused(self) -> int:
        """Files that failed their checks."""
        return sum(not f.passed for f in self.files)
