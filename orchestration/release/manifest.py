"""A release's identity and its manifest: what it was made from and what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orchestration import storage
from orchestration.content import MartContent, RunFacts, hash_of_marts, run_as_json
from orchestration.gate.verdict import GateVerdict

MANIFEST = "manifest.json"


def release_id(run: RunFacts, candidate_sha256: str) -> str:
    """`20240615T000000Z-1a2b3c4d`: the night, and a hash of its four inputs and of what came out."""
    value = {**run_as_json(run), "candidate_sha256": candidate_sha256}
    digest = hashlib.sha256(storage.canonical_json(value)).hexdigest()
    return f"{run.as_of:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def make_manifest(
    run: RunFacts,
    contents: Mapping[str, MartContent],
    verdict: GateVerdict,
    files: Mapping[str, str],
    previous: str | None,
    made_with: Mapping[str, Any],
) -> dict[str, Any]:
    """The manifest as JSON holds it; `files` are paths below the release's folder with their SHA-256.

    `marts` are those of the internal audience; `audiences` names the folders and what the public one holds.
    `made_with` (commit, engines) is for people who want the same again; the ID does not depend on it.
    """
    public: dict[str, dict[str, Any]] = {
        p.mart: {"rows": p.rows, "sha256": p.sha256, "hidden_rows": p.hidden_rows} for p in verdict.public
    }
    audiences: dict[str, Any] = {"internal": {"folder": "internal"}}
    if public:
        audiences["public"] = {
            "folder": "public",
            "marts": public,
            "sha256": hash_of_marts({name: (m["rows"], m["sha256"]) for name, m in public.items()}, run),
        }
    return {
        "release_id": release_id(run, verdict.candidate_sha256),
        "as_of": run.as_of.isoformat(),
        "state": run.state,
        "inputs": {
            "archive_sha256": run.archive_sha256,
            "code_version": run.code_version,
            "policy_sha256": run.policy_sha256,
        },
        "candidate_sha256": verdict.candidate_sha256,
        "marts": {name: {"rows": c.rows, "sha256": c.sha256} for name, c in contents.items()},
        "audiences": audiences,
        "gate": {
            "passed": verdict.passed,
            "checks": verdict.checks,
            "checks_passed": verdict.checks_passed,
            "suites": len(verdict.marts),
        },
        "made_with": dict(made_with),
        "previous_release_id": previous,
        "files": dict(files),
    }


def run_of(manifest: Mapping[str, Any]) -> RunFacts:
    """What a release was made from, out of its manifest."""
    return RunFacts(
        as_of=datetime.fromisoformat(manifest["as_of"]), state=manifest["state"], **manifest["inputs"]
    )


def public_marts_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The public tables that a manifest names, by mart; none of a release from before there were any."""
    return dict(manifest.get("audiences", {}).get("public", {}).get("marts", {}))


def identity_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Whether the manifest agrees with itself: from the marts' hashes to the release's ID."""
    run = run_of(manifest)
    marts = {name: (m["rows"], m["sha256"]) for name, m in manifest["marts"].items()}
    problems = []
    if hash_of_marts(marts, run) != manifest["candidate_sha256"]:
        problems.append("manifest.json: the marts' hashes do not give its candidate_sha256")
    if release_id(run, manifest["candidate_sha256"]) != manifest["release_id"]:
        problems.append("manifest.json: its inputs do not give its release_id")
    if public := public_marts_of(manifest):
        held = {name: (m["rows"], m["sha256"]) for name, m in public.items()}
        if hash_of_marts(held, run) != manifest["audiences"]["public"]["sha256"]:
            problems.append("manifest.json: the public marts' hashes do not give the sha256 of the audience")
    if manifest["gate"]["passed"] is not True:
        problems.append("manifest.json: the gate did not pass this release")
    return problems
