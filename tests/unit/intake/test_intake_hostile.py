"""Files that are broken or mean harm: each gets one outcome, and costs only itself."""

from __future__ import annotations

import functools
import io
import sys
import textwrap
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from intake_home import LEA, NIGHT, Home, good

from orchestration.errors import InterlaceError
from orchestration.intake import pool

COVER_CSV = f"lea_id,period\n{LEA},2024-01\n".encode()
STATUS_CSV = b"org_id,action_code,status\n0100001,1.1.1.1,delayed\n"


def zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members.items():
            z.writestr(name, data)
    return out.getvalue()


def outcome(home: Home, data: bytes, name: str = "x.zip") -> tuple[str, str | None]:
    home.drop_bytes(data, name)
    home.night()
    row = home.submission()
    assert row["refused_because"] if row["outcome"] == "refused" else not row["refused_because"]
    return row["outcome"], row["refused_by"]


def test_csvs_in_a_folder_of_the_zip_are_found_and_what_packers_add_is_passed_over(home: Home) -> None:
    members = {"january/cover.csv": COVER_CSV, "january/Action Status.CSV": STATUS_CSV, "__MACOSX/x": b"1"}
    assert outcome(home, zip_of(members)) == ("accepted", None)
    assert home.rows("submission__action_status")[0]["source_sheet"] == "january/Action Status.CSV"
    assert not home.findings()


@pytest.mark.parametrize(
    "name", ["../action_status.csv", "/etc/cover.csv", "a/../../b.csv", "C:\\x.csv", "..\\b.csv"]
)
def test_a_zip_that_names_places_outside_of_it_is_refused_and_writes_nothing(home: Home, name: str) -> None:
    before = {p for p in home.settings.home.parent.rglob("*") if "home" not in p.parts[-1:]}
    data = zip_of({"cover.csv": COVER_CSV, name: STATUS_CSV})
    assert outcome(home, data) == ("refused", "file.zip_path")
    after = {p.relative_to(home.settings.home).parts[0] for p in home.settings.home.rglob("*")}
    assert after <= {"landing", "archive", "lake", "outbox"}
    assert before <= set(home.settings.home.parent.rglob("*"))


def test_a_zip_bomb_is_refused_by_its_ratio_its_size_or_its_members(home: Home) -> None:
    bomb = zip_of({"cover.csv": COVER_CSV, "goals.csv": b"a" * 5_000_000})
    assert outcome(home, bomb) == ("refused", "file.zip_limits")
    many = {f"{n}.csv": b"x" for n in range(300)}
    home.drop_bytes(zip_of(many), "many.zip")
    home.drop_bytes(zip_of({"zeros": bytes(250_000_000)}), "zeros.zip")
    assert home.night(NIGHT + timedelta(hours=1)).refused == 2
    assert {s["refused_by"] for s in home.rows("intake__submissions")} == {"file.zip_limits"}


def test_a_workbook_that_unpacks_to_something_monstrous_is_not_handed_to_the_reader(home: Home) -> None:
    data = zip_of({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": bytes(150_000_000)})
    assert outcome(home, data, "x.xlsx") == ("refused", "file.zip_limits")


def test_a_member_that_is_larger_than_it_says_is_refused(home: Home) -> None:
    data = bytearray(zip_of({"cover.csv": COVER_CSV * 50}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")  # its unpacked size in the directory
    result, rule = outcome(home, bytes(data))
    assert result == "refused" and rule in ("file.zip_limits", "csv.broken")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "file.unreadable"),
        (b"PK\x03\x04 and then nothing", "file.unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "file.unreadable"),
        (b"org_id,action_code\n1,2\n", "file.not_template"),
        (b"%PDF-1.7", "file.not_template"),
        (zip_of({"readme.txt": b"hello"}), "file.not_template"),
        (zip_of({"cover.csv": COVER_CSV, "goals.csv": b"a\0b"}), "csv.broken"),
        (
            zip_of(
                {"cover.csv": COVER_CSV, "goals.csv": b'org_id,goal_code,statement\n1,"G1,x\nand so on\n'}
            ),
            "csv.broken",
        ),
        (zip_of({"a/cover.csv": COVER_CSV, "b/cover.csv": COVER_CSV}), "sheet.twice"),
    ],
)
def test_what_cannot_be_read_is_refused_for_its_reason(home: Home, data: bytes, rule: str) -> None:
    assert outcome(home, data, "x.bin") == ("refused", rule)


def test_a_file_over_the_limit_is_not_read(home: Home) -> None:
    home.drop_bytes(b"PK\x03\x04" + bytes(1_500_000), "big.xlsx")
    home.night(file_megabytes=1)
    assert home.submission()["refused_by"] == "file.too_large"


@pytest.mark.parametrize(
    ("encoding", "flags"),
    [
        ("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("utf-16-le", []), ("utf-16-be", []),
        ("cp1252", ["csv.encoding"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csvs_of_every_usual_encoding_and_delimiter_are_read(
    home: Home, encoding: str, flags: list[str], separator: str
) -> None:
    text = 'org_id;action_code;status;cause\r\n0100001;1.1.1.1;delayed;"Peña; and\r\nothers"\r\n'
    text = text.replace(";", separator).replace(f"Peña{separator}", "Peña;")
    data = zip_of({"cover.csv": COVER_CSV, "action_status.csv": text.encode(encoding)})
    assert outcome(home, data) == ("accepted", None)
    assert home.rows("submission__action_status")[0]["cause"] == "Peña; and\nothers"
    assert [f["rule_id"] for f in home.findings()] == flags


def test_a_row_whose_unquoted_comma_shifts_its_cells_is_rejected(home: Home) -> None:
    shifted = b"org_id,action_code,status\n0100001,1.1.1.1,delayed\n0100001,1.1.1.2,in_progress,late\n"
    data = zip_of({"cover.csv": COVER_CSV, "action_status.csv": shifted})
    assert outcome(home, data) == ("accepted_with_rejects", None)
    assert [(f["rule_id"], f["source_row"]) for f in home.findings()] == [("row.too_many_cells", 3)]


def test_a_hostile_folder_name_gets_a_receipt_that_stays_in_the_outbox(home: Home) -> None:
    for folder in ("..hidden", "_unplaced", "a b", "...", "%2e%2e", "-rf", "é", "a\\..\\b", "x" * 200):
        home.drop(good(), folder=f"{folder}/deep")
    home.drop(good(), folder="a b")
    report = home.night()
    assert report.refused == report.files == len(home.receipts())
    assert all(path.startswith("_unplaced/unknown/receipt-") for path in home.receipts())


# ------------------------------------------------------------------ processes that die

# A worker that behaves as one whose reader dies, hangs or eats memory on certain files.
WORKER = """
import os, sys, time
from orchestration.intake import workbook, worker
read = workbook.read_submission
def hostile(path, megabytes):
    data = path.read_bytes()
    if b"kills" in data: os.abort()
    if b"hangs" in data: time.sleep(1000)
    if b"eats" in data: raise MemoryError
    return read(path, megabytes)
workbook.read_submission = hostile
decide = worker.validate
def fragile(files, *more):
    if any(r.size == 31 and f.notes[0].rule != "file.our_fault" for r, f in files): os._exit(5)
    return decide(files, *more)
worker.validate = fragile
raise SystemExit(worker.main())
"""


def runner(tmp_path: Path, script: str = WORKER) -> functools.partial[pool.Done]:
    path = tmp_path / "hostile_worker.py"
    path.write_text(textwrap.dedent(script))
    return functools.partial(pool.run, command=(sys.executable, str(path)))


def test_a_file_that_kills_hangs_or_eats_its_reader_costs_only_itself(home: Home, tmp_path: Path) -> None:
    for n in range(3):
        home.drop(good(n + 1), f"good{n}.xlsx")
    for word in (b"kills", b"hangs", b"eats"):
        home.drop_bytes(word, f"{word.decode()}.xlsx")
    home.drop_bytes(b"x" * 31, "breaks the deciding.xlsx")
    report = home.night(run=runner(tmp_path), file_seconds=2)
    assert (report.files, report.accepted, report.refused) == (7, 3, 4)
    refused = {s["file_name"]: s for s in home.rows("intake__submissions") if s["outcome"] == "refused"}
    assert set(refused) == {"kills.xlsx", "hangs.xlsx", "eats.xlsx", "breaks the deciding.xlsx"}
    assert {refused[n]["refused_by"] for n in ("kills.xlsx", "hangs.xlsx", "eats.xlsx")} == {
        "file.unreadable"
    }
    # its bytes had been read: what then goes wrong is no fault of the file
    assert refused["breaks the deciding.xlsx"]["refused_by"] == "file.our_fault"
    assert "took more than 2 seconds" in refused["hangs.xlsx"]["refused_because"]
    assert "save it as a new .xlsx" in refused["kills.xlsx"]["refused_because"]
    assert len(home.receipts()) == 7


def test_a_worker_that_cannot_start_stops_the_night_and_refuses_nobody(home: Home, tmp_path: Path) -> None:
    home.drop(good())
    with pytest.raises(InterlaceError, match=r"did not start.*no such reader"):
        home.night(run=runner(tmp_path, "raise SystemExit('no such reader')"))
    assert not home.rows("intake__submissions")
    assert home.night().accepted == 1


def test_a_worker_that_cannot_write_stops_the_night_and_refuses_nobody(home: Home, tmp_path: Path) -> None:
    full = "from orchestration import lake\ndef full(*a): raise OSError('disk full')\n"
    full += "lake.BatchWriter.write = full\n"
    start = "from orchestration.intake import worker\nraise SystemExit(worker.main())"
    home.drop(good())
    with pytest.raises(InterlaceError, match="disk full"):
        home.night(run=runner(tmp_path, full + start))
    assert not home.rows("intake__submissions")


def test_memory_of_a_worker_is_limited(home: Home, tmp_path: Path) -> None:
    grab = "workbook.read_submission = lambda *a: bytearray(4_000_000_000)\n"
    start = "from orchestration.intake import workbook, worker\n"
    home.drop(good())
    report = home.night(run=runner(tmp_path, start + grab + "raise SystemExit(worker.main())"))
    assert report.refused == 1
