"""Which submissions get their problems back as a file, of what kind, and having those files made.

A workbook comes back as `returned-<submission_id>.xlsx`, its cells marked; of a zip of CSVs the
problems come as `problems-<submission_id>.csv`.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from upath import UPath

from orchestration import archive, storage
from orchestration.intake.csv_cells import harmless
from orchestration.intake.receipt_page import advice, own_columns
from orchestration.intake.returned import Problem, listed
from orchestration.intake.returned_worker import MACHINE
from orchestration.settings import PROJECT, Settings

COMMAND = (sys.executable, "-m", "orchestration.intake.returned_worker")
CHUNK = 20
CSV_SUFFIXES = (".csv", ".tsv", ".txt")
CSV_COLUMNS = (
    "what", "file", "row", "cell", "column", "you wrote", "what is wrong, and the fix", "rule", "your own columns",
)  # fmt: skip
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """One workbook to give back: the receipt, where its bytes are, where it goes."""

    receipt: dict[str, Any]
    target: UPath


def marked_name(receipt: dict[str, Any], stem: str) -> str:
    """Name of the file that gives the problems back; blank where none of them has a place in the file.

    Args:
        receipt: as `make_receipt` gives it.
        stem: the submission's name in file names.
    """
    sheets = [f["sheet"] for f in receipt["findings"] if f["sheet"] and f["row"]]
    if not sheets:
        return ""
    if all(PurePosixPath(s).suffix.lower() in CSV_SUFFIXES for s in sheets):
        return f"problems-{stem}.csv"
    return f"returned-{stem}.xlsx"


def problems_of(receipt: dict[str, Any]) -> list[Problem]:
    """The findings as the workbook shows them: what costs rows first."""
    found = [
        Problem(
            f["severity"],
            f["sheet"] or "",
            f["row"],
            f["cell"] or "",
            f["column"] or "",
            f["value"] or "",
            advice(f),
            "; ".join(own_columns(f)),
        )
        for f in receipt["findings"]
    ]
    return sorted(found, key=lambda p: p.severity == "flag")


def problems_csv(receipt: dict[str, Any]) -> bytes:
    """The problems as CSV (UTF-8 with BOM, for Excel); no cell can be taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    for f, p in sorted(
        zip(receipt["findings"], _in_order(receipt), strict=True), key=lambda both: both[1].severity == "flag"
    ):
        row = (p.what, p.sheet, p.row or "", p.cell, p.column, p.value, p.advice, f["rule"], p.own)
        writer.writerow([harmless(str(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def _in_order(receipt: dict[str, Any]) -> Iterator[Problem]:
    for f in receipt["findings"]:
        yield from problems_of({"findings": [f]})


def give_back(settings: Settings, wanted: Sequence[Wanted], scratch: Path) -> int:
    """Have the workbooks marked and put into the outbox; how many were.

    Args:
        settings: the home.
        wanted: the workbooks.
        scratch: a local folder for unfinished ones.
    """
    jobs = []
    for n, w in enumerate(wanted):
        path = archive.blob(settings.archive, w.receipt["sha256"])
        if not path.exists():
            continue  # the night that reads it says so
        if storage.is_local(path):
            own = storage.local(path)
        else:
            own = scratch / f"{n}.bytes"
            own.write_bytes(path.read_bytes())
        problems = [asdict(p) for p in problems_of(w.receipt)]
        jobs.append(
            (w, {"path": str(own), "out": str(scratch / f"{n}.xlsx"), "problems": problems, "anew": False})
        )
    chunks = [jobs[n : n + CHUNK] for n in range(0, len(jobs), CHUNK)]
    with ThreadPoolExecutor(settings.workers) as pool:
        return sum(pool.map(lambda chunk: _chunk(settings, chunk), chunks))


def _chunk(settings: Settings, jobs: list[tuple[Wanted, dict[str, Any]]]) -> int:
    """Do the jobs, beginning again after a death; each start settles at least one of them."""
    left = list(jobs)
    while left:
        _run(settings, [job for _, job in left])
        undone = []
        for w, job in left:
            out = Path(job["out"])
            if out.exists():
                storage.put_file(out, w.target)
            else:
                undone.append((w, job))
        left = undone
        if left:
            w, job = left[0]
            if job["anew"]:  # it died of it twice: its problems alone
                storage.write_whole(w.target, listed([Problem(**p) for p in job["problems"]]))
                left = left[1:]
            else:
                log.warning("%s could not be marked; it is written anew", w.receipt["file"])
                job["anew"] = True
    return len(jobs)


def _run(settings: Settings, jobs: list[dict[str, Any]]) -> None:
    given = {"jobs": jobs, "seconds": settings.file_seconds, "megabytes": settings.worker_megabytes}
    done = subprocess.run(
        COMMAND, input=json.dumps(given).encode(), capture_output=True, cwd=PROJECT, check=False,
        timeout=(settings.file_seconds + 5) * len(jobs) + 60,
    )  # fmt: skip
    if done.returncode == MACHINE:
        failed = json.loads(done.stdout)
        raise OSError(failed["errno"], failed["said"], failed["where"])
    if done.returncode:
        log.warning(
            "the marking process ended by %s: %s",
            done.returncode,
            done.stderr.decode(errors="replace")[-500:],
        )
