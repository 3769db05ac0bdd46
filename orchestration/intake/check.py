"""The answer before sending: one file through the same workers, rules and words as a night's, then forgotten.

Without a directory nobody can tell which school is whose: the file is then read as its own cover's
LEA speaking for itself, and the answer says which checks were left out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration.errors import BadDataError, ConfigError
from orchestration.intake import pool
from orchestration.intake.against_standing import check_against_standing, submission_batches
from orchestration.intake.answer_schools import rows_by_school
from orchestration.intake.assemble import ACCEPTED, REFUSED
from orchestration.intake.authority import DIRECTORY_COLUMNS
from orchestration.intake.found import Received
from orchestration.intake.receipt import make_receipt
from orchestration.intake.receipt_page import NOT_SENT, advice, place, receipt_page
from orchestration.intake.worker import Job, SetUp
from orchestration.lake import Batch
from orchestration.policy import Policy
from orchestration.settings import Settings
from orchestration.storage import sha256_file

GOOD, WITH_PROBLEMS, COULD_NOT_READ = 0, 1, 2
UNREADABLE = (
    "file.unreadable", "file.our_fault", "file.password", "file.too_large", "file.not_template",
    "file.zip_limits", "file.zip_path", "file.too_many_rows", "csv.broken",
)  # fmt: skip
WITHOUT_DIRECTORY = (
    "whether the LEA is known, whether each school is its own, and whether levels agree: that needs the state's "
    "directory (--home or --feeds)"
)
WITHOUT_SENDER = "whose file it is, as its cover does not say: give --lea, or mend the cover"
WITHOUT_HISTORY = "what was sent before: only this file is looked at (--home lays it on what stands there)"
NOBODY = "unknown"  # the folder of a file whose sender is not known yet
Run = Callable[..., pool.Done]


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Args:
        code: 0 accepted, 1 accepted with rows put aside or refused, 2 could not be read.
        receipt: as the night would give it; its `left_out` says what was not checked.
        page: the same for people (HTML).
    """

    code: int
    receipt: dict[str, Any]
    page: bytes


def check_file(
    path: Path,
    settings: Settings,
    policy: Policy,
    at: datetime,
    *,
    lea_id: str = "",
    known: pd.DataFrame | None = None,
    history: UPath | None = None,
    run: Run = pool.run,
) -> Checked:
    """Say what a night would say of a file, without taking it in.

    Args:
        path: the file.
        settings: limits; no folder of it is written.
        policy: the state's policy.
        at: the time at which it would arrive (UTC).
        lea_id: who would send it; blank for the LEA that the cover names.
        known: the state's directory, where there is one.
        history: the lake that holds what was sent before, where there is one.
        run: has the file read.

    Raises:
        BadDataError: there is no such file.
        ConfigError: the LEA's ID has not the state's form.
    """
    if not path.is_file():
        raise BadDataError(f"there is no file {path}")
    if lea_id and not policy.is_lea_id(lea_id):
        raise ConfigError(f"{lea_id!r} is not the ID of an LEA of this state; write it with all its digits")
    left_out = [WITHOUT_HISTORY] if history is None else []
    names: dict[str, str] = {}
    reader = _Reader(path, settings, policy, at, run)
    if known is not None and known.empty:
        known = None
    first = (
        [] if lea_id and known is not None else reader.read(NOBODY, [_organization(NOBODY, "lea", NOBODY)])
    )
    sender = lea_id or _sender(first, policy)
    sent_before = [] if history is None or sender == NOBODY else submission_batches(history)
    if known is None or sender == NOBODY:
        left_out.insert(0, WITHOUT_DIRECTORY if known is None else WITHOUT_SENDER)
        receipt = reader.receipt(sender, _assumed(first, sender, policy), history, sent_before)
        receipt["findings"] = [f for f in receipt["findings"] if f["rule"] != "org.level"]
    else:
        rows = known[list(DIRECTORY_COLUMNS)].dropna().itertuples(index=False, name=None)
        receipt = reader.receipt(sender, [(_day(r[0]), *r[1:]) for r in rows], history, sent_before)
        named = known[["org_id", "org_name"]].dropna()
        names = dict(zip(named["org_id"], named["org_name"], strict=True))
    receipt["left_out"] = left_out
    receipt["what_happens_next"] = NOT_SENT
    code = GOOD if receipt["outcome"] == ACCEPTED else WITH_PROBLEMS
    if receipt["outcome"] == REFUSED and receipt["refused_by"] in UNREADABLE:
        code = COULD_NOT_READ
    return Checked(code, receipt, receipt_page(receipt, policy, names=names))


Row = tuple[date, str, str, str]


def _organization(org_id: str, level: str, lea_id: str) -> Row:
    return (date(1900, 1, 1), org_id, level, lea_id)


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _sender(findings: list[dict[str, Any]], policy: Policy) -> str:
    """The LEA that the cover names: read for nobody, the file is refused for naming it."""
    said = [f["value"] for f in findings if f["rule"] == "authority.wrong_lea"]
    return said[0] if said and policy.is_lea_id(said[0]) else NOBODY


def _assumed(findings: list[dict[str, Any]], sender: str, policy: Policy) -> list[Row]:
    """Every organization that the file speaks of, as the sender's own."""
    named = {
        f["value"] for f in findings if f["rule"] == "org.unknown" and policy.is_org_id(f["value"] or "")
    }
    schools = [_organization(org_id, "school", sender) for org_id in sorted(named - {sender})]
    return [_organization(sender, "lea", sender), *schools]


class _Reader:
    """Has one file read by a worker, as often as asked, in folders that are gone afterwards."""

    def __init__(self, path: Path, settings: Settings, policy: Policy, at: datetime, run: Run) -> None:
        self.path, self.settings, self.policy, self.at, self.run = path, settings, policy, at, run
        self.sha256 = sha256_file(path)

    def read(self, folder: str, directory: list[Row]) -> list[dict[str, Any]]:
        """The findings alone."""
        return list(self.receipt(folder, directory)["findings"])

    def receipt(
        self,
        folder: str,
        directory: list[Row],
        history: UPath | None = None,
        sent_before: Sequence[Batch] = (),
    ) -> dict[str, Any]:
        """The receipt that the file would get from that folder, by that directory, after those batches of a lake."""
        received = Received(
            f"{folder}-{self.sha256[:12]}",
            folder,
            self.path.name,
            self.sha256,
            self.path.stat().st_size,
            self.at,
        )
        with tempfile.TemporaryDirectory(prefix="interlace-check-") as scratch:
            root = Path(scratch)
            (root / "parts").mkdir()
            columns = list(zip(*directory, strict=True))
            table = dict(zip(DIRECTORY_COLUMNS, columns, strict=True))
            pq.write_table(pa.table(table), root / "directory.parquet")
            set_up = SetUp(
                scratch=str(root / "parts"),
                batch="check",
                directory=str(root / "directory.parquet"),
                policy=asdict(self.policy),
                file_megabytes=self.settings.file_megabytes,
                file_seconds=self.settings.file_seconds,
                worker_megabytes=self.settings.worker_megabytes,
            )
            done = self.run([Job(received, str(self.path.resolve()))], set_up, 1, _silent)
            if history is not None:
                first_month = self.policy.school_year_first_month
                check_against_standing(
                    done, root / "parts", "check", [received], history, sent_before, first_month
                )
            files = {t: [UPath(root / "parts" / t / f) for f in fs] for t, fs in done.parts.items()}
            (submission,) = _rows(files, "intake__submissions")
            schools = rows_by_school(files, pa.array([submission["submission_id"]]))
            return make_receipt(
                submission,
                _rows(files, "intake__tables"),
                _rows(files, "intake__findings"),
                self.policy,
                schools.get(submission["submission_id"], []),
            )


def _silent(message: str) -> None:
    """Progress that nobody asked for."""


def _rows(files: Mapping[str, list[UPath]], table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in files.get(table, []):
        found += pq.read_table(pa.BufferReader(path.read_bytes())).to_pylist()
    return found


def directory_of_feeds(feeds: Path, settings: Settings, policy: Policy, at: datetime) -> pd.DataFrame:
    """The directory in a folder of the state's own files, read in a home that is gone afterwards."""
    from orchestration.feeds.directory import known_organizations
    from orchestration.feeds.load import load_feeds

    with tempfile.TemporaryDirectory(prefix="interlace-check-") as scratch:
        root = UPath(scratch)
        own = replace(
            settings,
            home=Path(scratch),
            feeds=UPath(feeds.resolve()),
            archive=root / "archive",
            lake=root / "lake",
        )
        load_feeds(own, policy, at, _silent)
        return known_organizations(own.lake, at)


def lines(checked: Checked, most: int = 50) -> list[str]:
    """The answer as lines for a terminal."""
    receipt = checked.receipt
    said = {"accepted": "ACCEPTED", "refused": "NOT ACCEPTED"}.get(receipt["outcome"], "ACCEPTED IN PART")
    found = [
        f"{receipt['file']}: {said}: {receipt['rows_accepted']:,} of {receipt['rows_read']:,} rows would count."
    ]
    if receipt["outcome"] == REFUSED:
        found.append(str(receipt["refused_because"]))
    for severity, title in (("refuse", "Not accepted"), ("reject", "Please mend"), ("flag", "Please look")):
        of_kind = [f for f in receipt["findings"] if f["severity"] == severity]
        if of_kind:
            found += ["", f"{title} ({len(of_kind):,}):"]
            for f in of_kind[:most]:
                where = ", ".join(str(p) for p in (f["sheet"], place(f), f["column"]) if p)
                found.append(f"  {where}: {advice(f)} [{f['rule']}]")
            if len(of_kind) > most:
                found.append(f"  and {len(of_kind) - most:,} more; --html OUT tells all kinds.")
    found.append("")
    if receipt["outcome"] != ACCEPTED:
        found.append("Mend these places before you send the file.")
    found += [f"Not checked: {left}." for left in receipt["left_out"]]
    return [_printable(line) for line in found]


def _printable(line: str) -> str:
    """A line whose characters cannot steer the terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in line)
