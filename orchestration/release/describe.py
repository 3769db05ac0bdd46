"""What a release says of itself: since when each column stands, the contract, what changed, and the page of it all.

`Description` is made before the release's files, from the release that readers have until then; it dates the
dictionary, and once the files stand it checks the contract and writes changes.json and index.html.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from upath import UPath

from orchestration import storage
from orchestration.content import MartContent, RunFacts
from orchestration.errors import ContractError
from orchestration.gate.verdict import GateVerdict
from orchestration.release.changes.public import public_changes
from orchestration.release.changes.record import changes_of, write_changes
from orchestration.release.changes.sides import Side, comparing
from orchestration.release.contract import Contract, contract_problems
from orchestration.release.current import read_current
from orchestration.release.data_package import FILE as PACKAGE
from orchestration.release.dictionary import JSON, Heading
from orchestration.release.freshness import freshness
from orchestration.release.layout import DATABASE, INTERNAL, PARQUET, PUBLIC
from orchestration.release.manifest import MANIFEST
from orchestration.release.release_page import Facts, release_page
from orchestration.release.since import with_since
from orchestration.settings import Settings

PAGE = "index.html"
STEPS_BACK = 10  # over damaged releases
log = logging.getLogger(__name__)
LINKS = {
    f"{INTERNAL}/dictionary/index.html": ("Dictionary", "Every mart and column: meaning, unit, codes, since when; it searches."),
    f"{INTERNAL}/{DATABASE}": ("Marts", "All marts as one DuckDB database."),
    f"{INTERNAL}/{PARQUET}": ("Parquet", "Each mart as one Parquet file."),
    f"{INTERNAL}/{PACKAGE}": ("Data package", "The Parquet files described for Frictionless tools."),
    f"{INTERNAL}/data_docs/index.html": ("Data Docs", "What the gate checked on each mart, why, and what came of it."),
    f"{INTERNAL}/dbt_docs/index.html": ("dbt docs", "Models, their SQL and what they are made from."),
    f"{PUBLIC}/index.html": ("Public folder", "What may be given away: no names of staff, small cells suppressed."),
    "changes.json": ("Changes", "What changed, in full, for programs."),
    MANIFEST: ("Manifest", "Inputs, rows and content hash of each mart, hash of each file."),
    "gate.json": ("Gate's record", "The verdict on every check."),
}  # fmt: skip


def release_before(releases: UPath | Path, release_id: str) -> str | None:
    """The release that readers had before this one: the current one, or that one's own where it is made anew."""
    current = read_current(releases)
    if current != release_id:
        return current
    return _previous_of(releases / release_id)


@dataclass(frozen=True)
class Description:
    """What is known of a release before its files are made.

    Args:
        settings: where releases and certifications lie, and DuckDB's limits.
        release_id: the release that is being made.
        run: what it is made from.
        previous: the release that readers have until then; None for the first.
        contract: the contract of the marts.
    """

    settings: Settings
    release_id: str
    run: RunFacts
    previous: str | None
    contract: Contract

    def dated(
        self, dictionary: Mapping[str, Any], contents: Mapping[str, MartContent], audience: str = INTERNAL
    ) -> dict[str, Any]:
        """The dictionary with the release since which that audience has each mart and column."""
        before = self._before(audience)
        as_of = self.run.as_of.isoformat()
        return with_since(dictionary, contents, release_id=self.release_id, as_of=as_of, before=before)

    def heading(self, audience: str = INTERNAL) -> Heading:
        """What that audience's dictionary says of the release."""
        as_of = self.run.as_of.isoformat()
        return Heading(self.run.state, self.release_id, as_of, audience, self.contract.as_json())

    def check_contract(self, folder: Path) -> None:
        """Refuse a release that takes from readers what it may not; its dictionaries stand in the folder.

        Raises:
            ContractError: names each mart and column, and what is missing.
        """
        problems = []
        for audience in (INTERNAL, PUBLIC):
            before, file = self._before(audience), folder / audience / "dictionary" / JSON
            if before is None or not file.exists():
                continue
            found = contract_problems(before, storage.read_json(file))
            problems += [p if audience == INTERNAL else f"{audience}: {p}" for p in found]
        if problems:
            shown = "\n  ".join(
                [*problems[:20], *([f"and {len(problems) - 20} more"] if len(problems) > 20 else [])]
            )
            raise ContractError(
                f"this would break the marts' contract; release {self.previous} stands:\n  {shown}\n"
                "Announce it in dbt_project/contract.yml, publish a release with that, then raise the major version "
                "there (docs/dictionary.md)."
            )

    def write(
        self,
        folder: Path,
        contents: Mapping[str, MartContent],
        verdict: GateVerdict,
        progress: Callable[[str], None],
    ) -> None:
        """Write changes.json and index.html into a release whose marts and dictionaries stand in `folder`."""
        now = self._side(folder, {mart: c.sha256 for mart, c in contents.items()}, INTERNAL)
        with self._comparing(now) as db:
            changes = changes_of(db, self.settings, now, self.previous, progress)
            fresh = freshness(db, now)
        write_changes(folder, changes)
        always = {MANIFEST, "changes.json", "gate.json"}
        facts = Facts(
            release_id=self.release_id,
            run=self.run,
            contents=contents,
            verdict=verdict,
            contract=self.contract.version,
            announced=[a.in_words() for a in self.contract.announced],
            freshness=fresh,
            changes=changes,
            links={path: link for path, link in LINKS.items() if path in always or (folder / path).exists()},
        )
        (folder / PAGE).write_text(release_page(facts), encoding="utf-8")

    def public_changes(self, folder: Path, verdict: GateVerdict) -> dict[str, Any]:
        """What changed in the public tables, which stand in `folder`, since the last certified release's."""
        now = self._side(folder, {t.mart: t.sha256 for t in verdict.public}, PUBLIC)
        with self._comparing(now) as db:
            return public_changes(db, self.settings.archive, self.settings.releases, now)

    def _side(self, folder: Path, hashes: Mapping[str, str], audience: str) -> Side:
        """The release that is being made, as one of two to compare."""
        inputs = {
            "archive_sha256": self.run.archive_sha256,
            "code_version": self.run.code_version,
            "policy_sha256": self.run.policy_sha256,
        }
        scratch = self.settings.warehouse / f"{storage.TEMPORARY}compare"
        dictionary = storage.read_json(folder / audience / "dictionary" / JSON)
        return Side(self.release_id, self.run.as_of, inputs, hashes, dictionary, folder, scratch, audience)

    def _comparing(self, now: Side) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return comparing(now.scratch, threads=self.settings.threads, memory_limit=self.settings.memory_limit)

    def _before(self, audience: str) -> dict[str, Any] | None:
        """dictionary.json of the release before; None where it has none that tells enough.

        Where that is damaged, the one before it speaks: a broken file must neither stop a night nor have every
        column begin anew.
        """
        name = self.previous
        for _ in range(STEPS_BACK):
            if name is None:
                return None
            folder = self.settings.releases / name
            file = folder / audience / "dictionary" / JSON
            try:
                found = storage.read_json(file) if file.exists() else None
                return found if isinstance(found, dict) and "release" in found else None
            except ValueError:
                log.warning("%s is damaged; its release's own predecessor is asked instead", file)
                name = _previous_of(folder)
        return None


def _previous_of(folder: UPath | Path) -> str | None:
    try:
        before = storage.read_json(folder / MANIFEST)["previous_release_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # damaged too
    return str(before) if before else None
