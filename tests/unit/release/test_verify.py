"""Verification: whatever is changed in a release afterwards is found and named."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration import storage
from orchestration.release.verify import verify_release


@pytest.fixture
def release(home) -> Path:
    folder = home.releases / home.night(1).release_id
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return folder


def test_a_release_as_published_has_no_problems(release):
    assert verify_release(release) == []


def test_a_flipped_byte_in_any_file_is_found(release):
    files = [p for p in sorted(release.rglob("*")) if p.is_file() and p.name != "manifest.json"]
    assert len(files) == 7
    for path in files:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
        assert verify_release(release) == [
            f"{path.relative_to(release).as_posix()} is not as it was published: its bytes were changed"
        ]
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
    assert verify_release(release) == []


def test_a_missing_and_an_added_file_are_found(release):
    (release / "internal" / "dictionary" / "dictionary.csv").unlink()
    (release / "extra.txt").touch()
    assert verify_release(release) == [
        "internal/dictionary/dictionary.csv is missing",
        "extra.txt was not published with this release",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda m: m["marts"]["dim_school"].update(rows=31),
            "the marts' hashes do not give its candidate_sha256",
        ),
        (lambda m: m["inputs"].update(code_version="v9"), "its inputs do not give its release_id"),
        (lambda m: m["gate"].update(passed=False), "the gate did not pass this release"),
        (lambda m: m.update(release_id="20200101T000000Z-00000000"), "is that of 20200101T000000Z-00000000"),
        (lambda m: m.pop("files"), "manifest.json cannot be understood"),
    ],
)
def test_a_manifest_that_was_edited_is_found(release, change, said):
    manifest = json.loads((release / "manifest.json").read_text())
    change(manifest)
    storage.write_json(release / "manifest.json", manifest)
    assert any(said in p for p in verify_release(release))


def test_marts_exchanged_together_with_their_file_hash_are_found(release):
    with duckdb.connect(str(release / "internal" / "marts.duckdb")) as c:
        c.execute("update dim_school set night = 99 where org_id = '0001'")
    manifest = json.loads((release / "manifest.json").read_text())
    manifest["files"]["internal/marts.duckdb"] = storage.sha256_file(release / "internal" / "marts.duckdb")
    storage.write_json(release / "manifest.json", manifest)
    assert verify_release(release) == ["marts.duckdb: dim_school is not what the manifest says"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_manifest_that_is_none_is_found(release, text):
    (release / "manifest.json").write_text(text)
    assert len(verify_release(release)) == 1


def test_a_folder_without_a_manifest_is_no_release(tmp_path):
    assert verify_release(tmp_path) == ["manifest.json is missing"]
