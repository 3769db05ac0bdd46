"""Publishes a candidate that passed the gate: an immutable folder, then `current` in one step.

Killed at any moment, `current` names the old release or the new one, each whole; the next
publication clears what was left.
"""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from upath import UPath

from orchestration import storage
from orchestration.content import (
    MartContent,
    RunFacts,
    candidate_sha256,
    mart_contents,
    read_run,
    said_contents,
)
from orchestration.errors import BadDataError, BuildError, GateRefusedError
from orchestration.gate.record import read_record, write_record
from orchestration.gate.verdict import GateVerdict
from orchestration.lea_sums import FILE as SUMS
from orchestration.lea_sums import LeaSums, read_sums
from orchestration.release.carried import carried
from orchestration.release.contract import Contract, load_contract
from orchestration.release.current import move_current, read_current
from orchestration.release.describe import Description, release_before
from orchestration.release.dictionary import write_dictionary
from orchestration.release.layout import INTERNAL, PUBLIC
from orchestration.release.made_with import made_with
from orchestration.release.manifest import MANIFEST, make_manifest, release_id
from orchestration.release.mart_files import Written, copy_problems, write_marts
from orchestration.release.place import put_in_place, seal, set_aside, sweep
from orchestration.release.public_folder import judged_public, passed_public, write_public, write_public_facts
from orchestration.release.records import FOLDER as DEEDS
from orchestration.release.records import ReleaseRecord, write_deed
from orchestration.release.verify import files_below, verify_release
from orchestration.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Release:
    """A published release.

    Args:
        release_id: its ID, the name of its folder.
        path: its folder.
        as_of: the night's time.
        marts: what each mart holds.
        candidate_sha256: content hash of the candidate it was made from.
        previous: ID of the release that was current before; None for the first.
        is_new: False where the same release stood already.
    """

    release_id: str
    path: UPath | Path
    as_of: datetime
    marts: Mapping[str, MartContent]
    candidate_sha256: str
    previous: str | None
    is_new: bool


def publish(
    settings: Settings,
    candidate: Path,
    record: Path,
    docs: Path,
    dictionary: Mapping[str, Any],
    *,
    contract: Contract | None = None,
    sums_before: LeaSums | None = None,
    dbt_docs: Path | None = None,
    progress: Callable[[str], None] = log.info,
) -> Release:
    """Publish the candidate, if the gate passed exactly this one.

    The same content from the same inputs is the same release: where it stands whole already, only
    `current` moves; where it was damaged since, it is moved aside and published anew.

    Args:
        settings: where releases go, and DuckDB's limits.
        candidate: DuckDB file with the marts in schema `marts` and its inputs in `lake.run`.
        record: the gate's record.
        docs: the gate's Data Docs.
        dictionary: by mart `description`, `grain`, `key` and `columns`, by column `description` and `unit`.
        contract: the marts' contract; that of the project where None.
        sums_before: what the last candidate that was published held, LEA by LEA; None where that is not known.
        dbt_docs: dbt's documentation as one page, to go with the release.
        progress: told what is being done.

    Raises:
        ContractError: it would take from readers what the contract promises; nothing changed.
        GateRefusedError: no record, one that refuses, or one of another candidate; nothing changed.
        BadDataError: the candidate cannot be read.
        BuildError: the copy differs from the candidate; nothing changed for readers.
    """
    progress("checking the gate's record against the candidate")
    verdict = read_record(record)
    contents, run = _judged_candidate(candidate, verdict)
    public = judged_public(candidate, verdict)
    if not (docs / "index.html").is_file():
        raise GateRefusedError(f"the gate's Data Docs are not at {docs}; run the gate again")
    sums = (sums_before, _sums_of(record, verdict))
    name = release_id(run, verdict.candidate_sha256)
    releases = settings.releases
    target = releases / name
    scratch = _scratch_parent(settings)
    sweep(scratch)
    storage.names_swept(releases / DEEDS)
    previous = read_current(releases)
    made = Release(name, target, run.as_of, contents, verdict.candidate_sha256, previous, is_new=True)
    before = release_before(releases, name)
    about = Description(settings, name, run, before, contract or load_contract())
    problems: list[str] = []
    if target.exists():
        progress("verifying the release that stands")
        problems = verify_release(target)
        if not problems:
            _move(releases, name, progress)
            return Release(**{**made.__dict__, "is_new": False})
        log.warning("release %s was damaged: %s", name, "; ".join(problems[:5]))

    folder = scratch / f"{storage.TEMPORARY}{name}-{uuid.uuid4().hex[:8]}"
    try:
        with storage.naming(target):
            whole = _build(
                settings,
                folder,
                candidate,
                verdict,
                docs,
                dictionary,
                contents,
                public,
                about,
                sums,
                progress,
            )
            progress("verifying the copy")
            _refuse_other_content(folder, candidate, verdict, contents, public, whole)
            if public:
                since = about.public_changes(folder, verdict)
                write_public_facts(folder / PUBLIC, name, run, verdict, dictionary, since)
            about.check_contract(folder)
            if dbt_docs is not None:
                (folder / INTERNAL / "dbt_docs").mkdir()
                shutil.copyfile(dbt_docs, folder / INTERNAL / "dbt_docs" / "index.html")
            about.write(folder, contents, verdict, progress)
            progress("writing the manifest")
            files = {path: storage.sha256_file(file) for path, file in files_below(folder).items()}
            storage.write_json(
                folder / MANIFEST, make_manifest(run, contents, verdict, files, previous, made_with())
            )
            progress("flushing to disk")
            seal(folder)
            if problems:
                progress("moving the damaged release aside")
                _set_damaged_aside(releases, made, problems)
            progress("putting the release in its place")
            put_in_place(folder, releases, name)
            if not storage.is_local(releases):
                progress("verifying what was uploaded")
                if found := verify_release(target):
                    raise BuildError(f"the upload of {name} is not whole: " + "; ".join(found[:5]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _move(releases, name, progress)
    return made


def _judged_candidate(candidate: Path, verdict: GateVerdict) -> tuple[dict[str, MartContent], RunFacts]:
    """What the gate passed, if the verdict is a pass and the candidate looks like it.

    Its rows are not hashed here: what readers get is, against these hashes, before they get it.
    """
    _must_be_a_pass(verdict)
    try:
        contents = said_contents(candidate, {m.mart: (m.rows, m.sha256) for m in verdict.marts})
        run = read_run(candidate)
    except BadDataError as e:
        raise BadDataError(f"the candidate cannot be read; build it again: {e}") from e
    if contents is None or candidate_sha256(contents, run) != verdict.candidate_sha256:
        return _passed_candidate(candidate, verdict)
    return contents, run


def _sums_of(record: Path, verdict: GateVerdict) -> LeaSums | None:
    """What the gate found that each LEA holds of the candidate that it passed."""
    found = read_sums(record.with_name(SUMS))
    return found if found is not None and found.candidate_sha256 == verdict.candidate_sha256 else None


def _must_be_a_pass(verdict: GateVerdict) -> None:
    judged_well = bool(verdict.marts) and all(m.passed is True for m in verdict.marts)
    if verdict.passed is not True or verdict.problems or not judged_well:
        shown = "\n  ".join(verdict.problems[:20]) or "it gives no reason"
        raise GateRefusedError(f"the gate refused the candidate; the old release stands:\n  {shown}")


def _passed_candidate(candidate: Path, verdict: GateVerdict) -> tuple[dict[str, MartContent], RunFacts]:
    """What the candidate holds, row by row, and was made from, if it is exactly what the gate passed."""
    try:
        contents, run = mart_contents(candidate), read_run(candidate)
    except BadDataError as e:
        raise BadDataError(f"the candidate cannot be read; build it again: {e}") from e
    if candidate_sha256(contents, run) != verdict.candidate_sha256:
        judged = {m.mart: m.sha256 for m in verdict.marts}
        held = {name: c.sha256 for name, c in contents.items()}
        changed = sorted(m for m in {*judged, *held} if judged.get(m) != held.get(m))
        raise GateRefusedError(
            "the gate's record is of another candidate "
            f"(different: {', '.join(changed) or 'what it was made from'}); run the gate on this one"
        )
    return contents, run


def _scratch_parent(settings: Settings) -> Path:
    """Where the folder is built: among the releases, so that a rename suffices, or for an upload at home."""
    if storage.is_local(settings.releases):
        parent = storage.local(settings.releases)
    else:
        parent = settings.warehouse / "upload"
    parent.mkdir(parents=True, exist_ok=True)
    return parent


def _build(
    settings: Settings,
    folder: Path,
    candidate: Path,
    verdict: GateVerdict,
    docs: Path,
    dictionary: Mapping[str, Any],
    contents: Mapping[str, MartContent],
    public: Mapping[str, MartContent],
    about: Description,
    sums: tuple[LeaSums | None, LeaSums | None],
    progress: Callable[[str], None],
) -> dict[str, Written]:
    """Write all that comes from the candidate; by audience what was carried over from the release before."""
    dictionary = about.dated(dictionary, contents)
    whole = {PUBLIC: Written()}
    internal = folder / INTERNAL
    internal.mkdir(parents=True)
    spill = settings.warehouse / f"{storage.TEMPORARY}spill"
    try:
        whole[INTERNAL] = write_marts(
            candidate,
            internal,
            contents,
            dictionary,
            before=carried(settings.releases, about, contents, INTERNAL, *sums),
            scratch=spill,
            threads=settings.threads,
            memory_limit=settings.memory_limit,
            progress=progress,
        )
        if public:
            whole[PUBLIC] = write_public(
                settings, folder / PUBLIC, candidate, public, dictionary, about, spill, progress
            )
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    progress("writing the dictionary and the Data Docs")
    write_dictionary(internal / "dictionary", dictionary, contents, about.heading())
    shutil.copytree(docs, internal / "data_docs")
    write_record(folder / "gate.json", verdict)
    return whole


def _refuse_other_content(
    folder: Path,
    candidate: Path,
    verdict: GateVerdict,
    contents: Mapping[str, MartContent],
    public: Mapping[str, MartContent],
    whole: Mapping[str, Written],
) -> None:
    """Stop where readers would get other rows than the gate passed.

    Raises:
        GateRefusedError: it is the candidate that is not what the gate passed.
        BuildError: it is the copy.
    """
    if differences := copy_problems(folder / INTERNAL, contents, whole[INTERNAL]):
        _passed_candidate(candidate, verdict)
        raise BuildError("the release would not hold what the gate passed: " + "; ".join(differences[:5]))
    if public and (differences := copy_problems(folder / PUBLIC, public, whole[PUBLIC])):
        passed_public(candidate, verdict)
        raise BuildError("public/ would not hold what the gate passed: " + "; ".join(differences[:5]))


def _set_damaged_aside(releases: UPath | Path, made: Release, problems: list[str]) -> None:
    if set_aside(releases, made.release_id):
        why = "; ".join(problems[:5])
        write_deed(releases, ReleaseRecord(made.as_of, "set_aside", made.release_id, "a night", why))


def _move(releases: UPath | Path, name: str, progress: Callable[[str], None]) -> None:
    progress("moving current")
    if read_current(releases) != name:
        move_current(releases, name)
    progress(f"published {name}")
