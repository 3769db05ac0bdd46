"""The folder `public/` of a release: all that a public reader is given, and it stands alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.content import MartContent, RunFacts, mart_contents, said_contents
from orchestration.disclosure.build import PUBLIC_MARTS
from orchestration.disclosure.declaration import HIDDEN, SUPPRESSION
from orchestration.errors import BadDataError, GateRefusedError
from orchestration.gate.verdict import GateVerdict
from orchestration.release.carried import carried
from orchestration.release.changes.public import FILE as CHANGES
from orchestration.release.describe import Description
from orchestration.release.dictionary import write_dictionary
from orchestration.release.layout import PUBLIC
from orchestration.release.mart_files import Written, write_marts
from orchestration.release.public_page import public_page
from orchestration.settings import Settings

CHECKSUMS = "SHA256SUMS"
FACTS = "release.json"
PAGE = "index.html"
_NOTE = (
    f"'{HIDDEN}' where the row's figures on persons are not told, because they rest on too few, say the same of "
    "everybody, or would give another hidden figure away; empty where they are told, or where there are none."
)


def judged_public(candidate: Path, verdict: GateVerdict) -> dict[str, MartContent]:
    """What the gate passed of public tables, if the candidate has just these; `passed_public` looks at every row.

    Raises:
        GateRefusedError: it has others.
        BadDataError: the candidate cannot be read.
    """
    said = {p.mart: (p.rows, p.sha256) for p in verdict.public}
    try:
        return said_contents(candidate, said, PUBLIC_MARTS) or passed_public(candidate, verdict)
    except BadDataError as e:
        raise BadDataError(f"the candidate cannot be read; build it again: {e}") from e


def passed_public(candidate: Path, verdict: GateVerdict) -> dict[str, MartContent]:
    """What the candidate's public tables hold, if they are just those that the gate passed.

    Raises:
        GateRefusedError: they are others.
        BadDataError: the candidate cannot be read.
    """
    try:
        held = mart_contents(candidate, PUBLIC_MARTS)
    except BadDataError as e:
        raise BadDataError(f"the candidate cannot be read; build it again: {e}") from e
    judged = {p.mart: (p.rows, p.sha256) for p in verdict.public}
    other = sorted(
        m for m in {*judged, *held} if m not in held or judged.get(m) != (held[m].rows, held[m].sha256)
    )
    if other:
        raise GateRefusedError(
            f"the public tables are not those that the gate passed (different: {', '.join(other[:5])}); "
            "run the gate on this candidate"
        )
    return held


def public_dictionary(
    dictionary: Mapping[str, Any], contents: Mapping[str, MartContent]
) -> dict[str, dict[str, Any]]:
    """The dictionary of the public marts: entries of the columns that they hold, and what `suppression` says.

    Args:
        dictionary: the dictionary of all marts (`warehouse.dictionary`).
        contents: the public tables.
    """
    told = {}
    for mart, content in contents.items():
        entry = dict(dictionary.get(mart) or {})
        columns = {
            name: _without_links(column, contents)
            for name, column in (entry.get("columns") or {}).items()
            if any(name == held for held, _ in content.columns)
        }
        if any(name == SUPPRESSION for name, _ in content.columns):
            columns[SUPPRESSION] = {"type": "varchar", "description": _NOTE, "unit": None}
        entry["columns"] = columns
        told[mart] = entry
    return told


def write_public(
    settings: Settings,
    folder: Path,
    candidate: Path,
    contents: Mapping[str, MartContent],
    dictionary: Mapping[str, Any],
    about: Description,
    scratch: Path,
    progress: Callable[[str], None],
) -> Written:
    """Write marts.duckdb, parquet/ and dictionary/ of the public tables, by the functions of the internal ones.

    Returns:
        Which of them were carried over from the release before.
    """
    folder.mkdir(parents=True)
    told = about.dated(public_dictionary(dictionary, contents), contents, PUBLIC)
    whole = write_marts(
        candidate,
        folder,
        contents,
        told,
        schema=PUBLIC_MARTS,
        before=carried(settings.releases, about, contents, PUBLIC),
        scratch=scratch,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
        progress=progress,
    )
    write_dictionary(folder / "dictionary", told, contents, about.heading(PUBLIC))
    return whole


def write_public_facts(
    folder: Path,
    release_id: str,
    run: RunFacts,
    verdict: GateVerdict,
    dictionary: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> None:
    """Write index.html, changes.json, release.json (which release, what tables) and, last, SHA256SUMS over all others.

    `sha256sum -c SHA256SUMS` shows a reader that the folder is whole.
    """
    facts = {
        "release_id": release_id,
        "as_of": run.as_of.isoformat(),
        "state": run.state,
        "audience": "public",
        "marts": {
            p.mart: {"rows": p.rows, "sha256": p.sha256, "hidden_rows": p.hidden_rows} for p in verdict.public
        },
    }
    storage.write_json(folder / FACTS, facts)
    storage.write_json(folder / CHANGES, changes)
    page = public_page(
        state=run.state,
        release_id=release_id,
        as_of=run.as_of,
        tables=verdict.public,
        dictionary=dictionary,
        changes=changes,
    )
    (folder / PAGE).write_text(page, encoding="utf-8", newline="")
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    lines = [f"{storage.sha256_file(folder / name)}  {name}\n" for name in names if name != CHECKSUMS]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="")


def _without_links(column: Mapping[str, Any], contents: Mapping[str, MartContent]) -> dict[str, Any]:
    """A column's entry, without a reference to a mart that the public does not have."""
    references = column.get("references")
    return {**column, "references": None} if references and references[0] not in contents else dict(column)
