"""`interlace release …` as people use it: what each command does, says and refuses."""

from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from orchestration import storage
from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.lock import writer_lock
from orchestration.release import place
from orchestration.release.certification import certifications
from orchestration.release.current import read_current
from orchestration.release.names import release_ids, remains
from orchestration.release.records import records
from orchestration.release.verify import verify_release


@pytest.fixture
def run(home):
    """Runs a command on the home; its exit code and what it said."""
    shutil.copyfile(DEMO_STATE / "policy.yaml", home.settings.state / "policy.yaml")

    def call(*args: str) -> tuple[int, str]:
        where = ["--home", str(home.settings.home), "--state", str(home.settings.state)]
        result = CliRunner().invoke(app, ["release", *args, *where])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return call


def damage(home, release_id: str) -> None:
    file = home.releases / release_id / "gate.json"
    file.chmod(0o644)
    file.write_text("{}")


def test_list_shows_every_release_with_rows_checks_and_what_is_the_matter(home, run):
    code, said = run("list")
    assert code == 0 and "no releases yet" in said
    first, second = home.night(1).release_id, home.night(2).release_id
    (home.releases / first / "internal" / "marts.duckdb").unlink()
    run("certify", "current", "--school-year", "2023-24", "--by", "J. Ortiz")
    lines = {line.split()[0]: line for line in run("list")[1].splitlines()}
    assert lines[second].split()[1:5] == ["2024-06-03", "00:00", "120", "2"]
    assert lines[second].endswith("current, certified for 2023-24")
    assert lines[first].endswith("damaged")


def test_show_says_what_a_release_is_and_what_was_done_with_it(home, run):
    first = home.night(1).release_id
    home.night(2)
    run("rollback", "previous", "--by", "J. Ortiz", "--reason", "Wrong directory")
    code, said = run("show", first[:10])
    assert code == 0
    for part in (first, "the current one", "120 rows in 2 marts", "2 of 2 passed", "a1", "v1", "p1"):
        assert part in said
    assert "by J. Ortiz: Wrong directory" in said


def test_verify_finds_one_changed_byte_and_looks_at_every_release(home, run):
    first, second = home.night(1).release_id, home.night(2).release_id
    assert run("verify")[0] == 0
    damage(home, first)
    code, said = run("verify")
    assert code == 1 and f"{first}: DAMAGED" in said and f"{second}: whole" in said
    assert "gate.json is not as it was published" in said
    assert run("verify", "current")[0] == 0


def test_rollback_moves_current_back_writes_down_why_and_the_next_night_publishes_anew(home, run):
    first, second = home.night(1).release_id, home.night(2).release_id
    code, said = run("rollback", "previous", "--by", "J. Ortiz", "--reason", "Wrong directory")
    assert code == 0 and "next night publishes anew" in said
    assert read_current(home.releases) == first
    (made,) = records(home.releases)
    assert (made.deed, made.release_id, made.before) == ("rollback", first, second)
    assert (made.by, made.reason) == ("J. Ortiz", "Wrong directory")
    third = home.night(3)
    assert read_current(home.releases) == third.release_id and third.previous == first
    assert records(home.releases) == [made]


def test_a_rollback_to_nowhere_or_by_nobody_is_refused(home, run):
    home.night(1)
    second = home.night(2).release_id
    for args, said in [
        (("current", "--by", "J", "--reason", "R"), "is the current release already"),
        (("previous", "--by", " ", "--reason", "R"), "--by is empty"),
        (("previous", "--by", "J", "--reason", ""), "--reason is empty"),
        (("1999", "--by", "J", "--reason", "R"), "there is no release"),
    ]:
        code, output = run("rollback", *args)
        assert code == 2 and said in output
    assert read_current(home.releases) == second and records(home.releases) == []


def test_a_rollback_to_a_damaged_release_is_refused_and_so_is_one_during_a_night(home, run, monkeypatch):
    first, second = home.night(1).release_id, home.night(2).release_id
    damage(home, first)
    code, said = run("rollback", "previous", "--by", "J", "--reason", "R")
    assert code == 2 and "is damaged, current stays where it is" in said
    home.night(1)
    home.night(2)
    from orchestration import lock

    with writer_lock(home.settings.warehouse):
        monkeypatch.setattr(lock, "_held", set())  # as another process sees it
        code, said = run("rollback", first, "--by", "J", "--reason", "R")
    assert code == 2 and "another run is writing" in said
    assert read_current(home.releases) == second


def test_certify_is_for_ever_and_a_second_time_stands_beside_the_first(home, run):
    first = home.night(1).release_id
    code, said = run(
        "certify", "current", "--school-year", "2023-24", "--by", "J. Ortiz", "--note", "EDFacts"
    )
    assert code == 0 and "no. 1" in said and "never pruned" in said
    before = {p: p.read_bytes() for p in (home.settings.home / "archive" / "certifications").iterdir()}
    second = home.night(2).release_id
    code, said = run("certify", "current", "--school-year", "2023-24", "--by", "A. Wu")
    assert code == 0 and "no. 2" in said and f"no. 1, {first}" in said
    assert [c.release_id for c in certifications(home.settings.archive)] == [first, second]
    assert all(p.read_bytes() == data for p, data in before.items())


def test_a_certification_of_no_year_or_by_nobody_is_refused(home, run):
    home.night(1)
    for year, by, said in [("2023", "J", "is not a school year"), ("2023-24", " ", "say who certifies")]:
        code, output = run("certify", "current", "--school-year", year, "--by", by)
        assert code == 2 and said in output
    assert certifications(home.settings.archive) == []


def test_a_damaged_release_cannot_be_certified(home, run):
    damage(home, home.night(1).release_id)
    code, said = run("certify", "current", "--school-year", "2023-24", "--by", "J")
    assert code == 2 and "damaged and cannot be certified" in said
    assert certifications(home.settings.archive) == []


def test_a_certified_release_that_was_damaged_and_set_aside_is_told_of(home, run):
    made = home.night(1).release_id
    run("certify", "current", "--school-year", "2023-24", "--by", "J")
    damage(home, made)
    home.night(1)
    said = run("list")[1]
    assert any("set aside" in line and "certified for 2023-24" in line for line in said.splitlines())
    assert "damaged, moved aside" in run("show", made)[1]


@pytest.fixture
def five_nights(home):
    """Releases of five nights of June 2024, all long past; the last two are current and previous."""
    return [home.night(n).release_id for n in range(1, 6)]


def test_prune_says_first_and_removes_only_when_told(home, run, five_nights):
    before = home.snapshot()
    code, said = run("prune", "--remove")
    assert code == 2 and "--remove needs --by" in said
    code, said = run("prune")
    assert code == 0 and "would be removed; nothing was" in said
    assert home.snapshot() == before
    run("certify", five_nights[1], "--school-year", "2023-24", "--by", "J")
    code, said = run("prune", "--remove", "--by", "J. Ortiz")
    assert code == 0 and "Removed 2." in said
    kept = [five_nights[1], *five_nights[-2:]]
    assert release_ids(home.releases) == kept
    assert all(verify_release(home.releases / k) == [] for k in kept)
    assert f"{five_nights[1]}: it is certified for 2023-24" in said
    assert {r.release_id for r in records(home.releases)} == set(five_nights) - set(kept)
    assert {(r.deed, r.by) for r in records(home.releases)} == {("prune", "J. Ortiz")}
    assert "There is nothing to remove" in run("prune")[1]


def test_a_pruning_that_is_killed_leaves_every_release_whole_or_gone(home, run, five_nights, monkeypatch):
    def killed(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, "_remove", killed)
    CliRunner().invoke(
        app,
        [
            "release",
            "prune",
            "--remove",
            "--by",
            "J",
            "--home",
            str(home.settings.home),
            "--state",
            str(home.settings.state),
        ],
    )
    monkeypatch.undo()
    left = release_ids(home.releases)
    assert len(left) == 4 and all(verify_release(home.releases / r) == [] for r in left)
    assert run("prune", "--remove", "--by", "J")[0] == 0
    assert release_ids(home.releases) == five_nights[-2:]
    home.night(5)
    assert not list(home.releases.glob(f"{storage.TEMPORARY}*"))


def test_on_an_object_store_a_removal_cut_short_exists_for_no_reader_and_the_next_clears_it(
    cloud_home, monkeypatch
):
    first = cloud_home.night(1).release_id
    cloud_home.night(2)
    releases = cloud_home.settings.releases

    def killed(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, "_remove", killed)
    with pytest.raises(KeyboardInterrupt):
        place.remove_release(releases, first)
    monkeypatch.undo()
    assert first not in release_ids(releases) and remains(releases) == [first]
    place.remove_release(releases, first)
    assert remains(releases) == []


def test_what_is_internal_is_closed_to_others_and_what_is_public_is_open(home):
    folder = home.releases / home.night(1).release_id
    assert (folder / "internal").stat().st_mode & 0o777 == 0o750
    assert folder.stat().st_mode & 0o005 == 0o005


def test_the_manifest_names_what_it_was_made_with_and_the_id_does_not_depend_on_it(home, monkeypatch):
    from orchestration.release import publish

    made = home.night(1)
    manifest = json.loads((home.releases / made.release_id / "manifest.json").read_text())
    assert set(manifest["made_with"]) == {"git_commit", "packages"}
    assert manifest["made_with"]["packages"]["duckdb"]
    shutil.rmtree(home.releases)
    monkeypatch.setattr(publish, "made_with", lambda: {"git_commit": "f" * 40, "packages": {}})
    assert home.night(1).release_id == made.release_id
