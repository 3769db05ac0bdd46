"""Every broken and hostile file at once beside a hundred good ones: each costs only itself.

The broken ones are public collections of files that tripped readers (`bad_inputs`), each as it is, and
each CSV once more inside a zip under the name of a table; and files made here to reach outside.
"""

from __future__ import annotations

import http.server
import io
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from intake_home import LEA, OTHER_LEA, Home, cover, status

from orchestration.intake import pool
from orchestration.intake.template import render_csv_zip, render_workbook

GOOD = 100
SECRET = "the words of a file that nobody sent"
COVER_CSV = f"lea_id,period\n{OTHER_LEA},2024-01\n".encode()
CSV_TABLES = ("goals.csv", "action_status.csv", "organizations.csv")


def good_files() -> dict[str, bytes]:
    files = {}
    for n in range(GOOD):
        rows = [
            status(action_code=f"1.1.{n + 1}.{k}", percent_complete=n % 101, cause=f"good {n}")
            for k in (1, 2, 3)
        ]
        tables = {"cover": cover(), "action_status": rows}
        files[f"good{n:03d}.{'zip' if n % 4 == 0 else 'xlsx'}"] = (
            render_csv_zip(tables) if n % 4 == 0 else render_workbook(tables)
        )
    return files


def broken_files(root: Path) -> dict[str, bytes]:
    """Each once: the same bytes are the same submission."""
    found: dict[bytes, str] = {}
    csvs = 0
    for n, path in enumerate(sorted(p for p in root.rglob("*") if p.is_file())):
        data = path.read_bytes()
        found.setdefault(data, f"{n:04d}-{path.name.lstrip('.')}")
        if path.suffix.lower() in (".csv", ".tsv") and data:
            csvs += 1
            members = {"cover.csv": COVER_CSV, CSV_TABLES[csvs % len(CSV_TABLES)]: data}
            found.setdefault(zip_of(members), f"{n:04d}-{path.name.lstrip('.')}.zip")
    return {name: data for data, name in found.items()}


def zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members.items():
            z.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_OPTIONS = do_POST = do_PROPFIND = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


def reaching_out(address: str, secret: Path) -> dict[str, bytes]:
    """Workbooks that would fetch, read or swell, if whatever reads them did as they say."""
    tables = {"cover": cover(OTHER_LEA), "action_status": [status("0200001", cause="CAUSE")]}
    with zipfile.ZipFile(io.BytesIO(render_workbook(tables))) as z:
        good = {i.filename: z.read(i) for i in z.infolist()}
    sheet = next(n for n, d in good.items() if b"CAUSE" in d)
    swell = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctypes = {
        "file entity": f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>',
        "web entity": f'<!DOCTYPE x [<!ENTITY e SYSTEM "{address}/entity">]>',
        "parameter entity": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{address}/parameter"> %p; <!ENTITY e "">]>',
        "web doctype": f'<!DOCTYPE worksheet SYSTEM "{address}/doctype" [<!ENTITY e "">]>',
        "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{swell}<!ENTITY e "&l11;">]>',
    }
    files = {}
    for name, doctype in doctypes.items():
        head, body = good[sheet].split(b"?>", 1)
        spoiled = head + b"?>" + doctype.encode() + body.replace(b"CAUSE", b"&e;")
        files[f"{name}.xlsx"] = zip_of({**good, sheet: spoiled})
    link = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = f'<Relationship Id="r9" Type="{kind}/externalLinkPath" Target="{address}/book.xlsx" TargetMode="External"/>'
    web_sheet = f'<Relationship Id="rId2" Type="{kind}/worksheet" Target="{address}/sheet.xml" TargetMode="External"/>'
    part = "xl/externalLinks/externalLink1.xml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    book = '<externalBook r:id="r9"/>'
    external = f'<externalLink xmlns="{main}" xmlns:r="{kind}">{book}</externalLink>'
    files["external link.xlsx"] = zip_of(
        {
            **good,
            part: external.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": link.format(relation).encode(),
        }
    )
    rels = "xl/_rels/workbook.xml.rels"
    files["sheet elsewhere.xlsx"] = zip_of({**good, rels: link.format(web_sheet).encode()})
    files["sheet of the disk.xlsx"] = zip_of(
        {**good, rels: good[rels].replace(b"worksheets/", b"../../../../../../etc/worksheets/")}
    )
    linked = zipfile.ZipInfo("goals.csv")
    linked.external_attr = 0o120777 << 16  # a symbolic link
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("cover.csv", COVER_CSV)
        z.writestr(linked, str(secret))
    files["link.zip"] = out.getvalue()
    for n, place in enumerate(("../../../outbox/x/goals.csv", "/tmp/goals.csv", "..\\..\\goals.csv")):
        files[f"path {n}.zip"] = zip_of({"cover.csv": COVER_CSV, place: b"org_id,goal_code,statement\n"})
    return files


REACHING_OUT = {
    "file entity.xlsx": "file.unreadable",
    "web entity.xlsx": "file.unreadable",
    "parameter entity.xlsx": "file.unreadable",
    "web doctype.xlsx": "file.unreadable",
    "billion laughs.xlsx": "file.unreadable",
    "sheet elsewhere.xlsx": "file.unreadable",
    "sheet of the disk.xlsx": "file.unreadable",
    "link.zip": "sheet.no_header",
    "path 0.zip": "file.zip_path",
    "path 1.zip": "file.zip_path",
    "path 2.zip": "file.zip_path",
    "external link.xlsx": None,
}


def typed_rows(home: Home) -> list[dict[str, Any]]:
    tables = ("submission__cover", "submission__action_status")
    return [r for t in tables for r in home.rows(t) if r["lea_id"] == LEA]


def everything_under(root: Path, *, but: Path) -> dict[str, bytes | None]:
    return {
        str(p.relative_to(root)): p.read_bytes() if p.is_file() else None
        for p in sorted(root.rglob("*"))
        if but not in (p, *p.parents)
    }


def test_whatever_lies_beside_them_a_hundred_good_files_are_accepted_with_the_same_rows(
    make_home: Callable[[str], Home],
    bad_inputs: Path,
    tmp_path: Path,
    listener: tuple[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, asked = listener
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "secret.txt").write_text(SECRET)
    alone, among = make_home("alone"), make_home("among")
    for name, data in good_files().items():
        alone.drop_bytes(data, name)
        among.drop_bytes(data, name)
    bad = {**broken_files(bad_inputs), **reaching_out(address, tmp_path / "secret.txt")}
    assert len(bad) > 900
    for name, data in bad.items():
        among.drop_bytes(data, name, OTHER_LEA)
    landed = among.files("landing")
    alone.night(run=pool.run, workers=2)
    around = everything_under(tmp_path, but=among.settings.home)

    report = among.night(run=pool.run, workers=2, file_seconds=20)

    assert report.files == GOOD + len(bad)
    rows = among.rows("intake__submissions")
    assert len({r["submission_id"] for r in rows}) == len(rows) == report.files
    good = [r for r in rows if r["lea_id"] == LEA]
    assert len(good) == GOOD and {r["outcome"] for r in good} == {"accepted"}
    assert typed_rows(among) == typed_rows(alone) and len(typed_rows(alone)) == GOOD * 4
    assert all(r["refused_because"] for r in rows if r["outcome"] == "refused")
    assert not [r for r in rows if "took more than" in (r["refused_because"] or "")]

    receipts = among.receipts()
    assert sorted(r["submission_id"] for r in receipts.values()) == sorted(r["submission_id"] for r in rows)
    for path in receipts:
        assert (among.settings.home / "outbox" / path).with_suffix(".html").is_file()

    # refused for their reasons; a link to another workbook alone does no harm, as nobody follows it
    how = {r["file_name"]: r["refused_by"] for r in rows if r["file_name"] in REACHING_OUT}
    assert how == REACHING_OUT
    assert asked == []
    written = {**among.files("outbox"), **among.files("lake")}
    assert not [name for name, data in written.items() if SECRET.encode() in data]
    assert everything_under(tmp_path, but=among.settings.home) == around
    assert {p.name for p in among.settings.home.iterdir()} == {"landing", "archive", "lake", "outbox"}
    assert {path.split("/")[0] for path in among.files("outbox")} == {LEA, OTHER_LEA}
    assert among.files("landing") == landed
