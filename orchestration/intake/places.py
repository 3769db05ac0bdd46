"""Where the cells of a file are, kept beside the parts until the files are committed.

The lake's rows know their sheet and row; a finding made later also wants the cell's letter and the sender's
own (`flex_`) cells of the row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.intake.verdict import FileVerdict

FOLDER = "_places"


@dataclass(frozen=True)
class Places:
    """What `write_places` kept, by submission."""

    files: dict[str, dict[str, Any]]

    def lay(self, verdict: FileVerdict) -> None:
        """Give a file its letters and own cells again."""
        kept = self.files.get(verdict.received.submission_id, {"letters": [], "own": []})
        verdict.letters.update({(table, title): letter for table, title, letter in kept["letters"]})
        verdict.own.update({(table, row): cells for table, row, cells in kept["own"]})


def write_places(scratch: Path, part: str, files: Iterable[FileVerdict]) -> None:
    """Keep the places of the files of a part that are not refused."""
    kept = {
        f.received.submission_id: {
            "letters": [[*key, letter] for key, letter in f.letters.items()],
            "own": [[*key, cells] for key, cells in f.own.items()],
        }
        for f in files
        if f.refusal is None
    }
    folder = scratch / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / f"{part}.json").write_text(json.dumps(kept), encoding="utf-8")


def read_places(scratch: Path, file: str) -> Places:
    """The places of the files of a part, by the name of its files in the lake (`<batch>-<part>.parquet`)."""
    path = scratch / FOLDER / f"{file.removesuffix('.parquet').rpartition('-')[2]}.json"
    return Places(json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})
