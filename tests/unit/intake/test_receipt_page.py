"""The receipt for people, the plain names, and the list of problems for CSVs."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from html import unescape
from html.parser import HTMLParser

from intake_home import LEA, SCHOOL, SECOND, Home, cover, good, status
from openpyxl import Workbook, load_workbook

from orchestration.intake.receipt import make_receipt

HOSTILE = "<img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Every tag of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def page(home: Home, month: str = "2024-01") -> str:
    return (home.settings.home / "outbox" / LEA / month / "receipt.html").read_text(encoding="utf-8")


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body>") :])).split())


def test_the_page_says_what_counts_what_to_mend_where_and_by_when(home: Home) -> None:
    rows = [status(), status(SECOND, "1.1.1.2", completed_on="soon"), status(action_code="1. 1. 1. 3")]
    home.drop({"cover": cover(), "action_status": rows}, "January.xlsx")
    home.night()
    said = words(page(home))
    assert (
        "Your report for January 2024" in said
        and "! Accepted in part 3 rows count. 1 row was put aside" in said
    )
    assert "received February 5, 2024, 4:00 AM PST" in said
    assert "E5 Completed on soon 'soon' is not a day. Write it as 2024-01-31" in said
    assert (
        "It arrived in time: the report for January 2024 was due by the end of Thursday, February 15, 2024"
        in said
    )
    assert "These never stop a row from counting" in said and "1. 1. 1. 3" in said
    assert f"{SCHOOL} 2 Action status 2" in said and "Action status 3 2 1" in said


def test_flags_alone_never_block(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": [status(action_code="1. 1. 1. 3")]})
    home.night()
    said = words(page(home))
    assert "✓ Accepted 2 rows read, all of them count." in said and "Please mend" not in said


def test_a_refused_file_is_told_so_and_why(home: Home) -> None:
    home.drop_bytes(b"%PDF-1.7", "plan.pdf")
    home.night()
    said = words(page(home, "unknown"))
    assert "✗ Not accepted Nothing of this file counts. The file is not our template" in said


def test_nothing_in_a_page_runs_or_leads_out(home: Home) -> None:
    rows = [status(status=HOSTILE), status(org_id="=1+1", action_code='"><script>alert(2)</script>')]
    home.drop({"cover": cover(), "action_status": rows}, f"a{HOSTILE.replace('/', '')}.xlsx")
    home.night()
    for path in (home.settings.home / "outbox").rglob("*.html"):
        tags = Tags(path.read_text(encoding="utf-8")).tags
        names = {t for t, _ in tags}
        assert not names & {"script", "img", "iframe", "object", "form", "base", "svg"}, path
        assert not [a for _, attrs in tags for a in attrs if a.startswith("on")]
        links = [attrs["href"] or "" for t, attrs in tags if t == "a"]
        assert links and not [to for to in links if ":" in to or to.startswith(("/", "\\"))]
    assert "&lt;img" in page(home)


def test_many_problems_of_one_kind_fit_a_page(home: Home) -> None:
    rows = [status(action_code=f"1.1.{n // 9 + 1}.{n % 9 + 1}", completed_on="soon") for n in range(300)]
    home.drop({"cover": cover(), "action_status": rows})
    home.night()
    assert "and 297 more of the same kind: E7, E8" in words(page(home))
    assert len(page(home)) < 20_000


def test_the_plain_names_are_the_newest_files(home: Home) -> None:
    home.drop(good(1), "one.xlsx", at=datetime(2024, 2, 5, 12))
    home.night(datetime(2024, 2, 6))
    assert "one.xlsx" in page(home)
    home.drop(good(3), "two.xlsx", at=datetime(2024, 2, 6, 12))
    home.drop(good(2), "late-found.xlsx", at=datetime(2024, 2, 4, 12))
    home.night(datetime(2024, 2, 7))
    assert "two.xlsx" in page(home)
    newest = next(r for r in home.receipts().values() if r["file"] == "two.xlsx")
    folder = home.settings.home / "outbox" / LEA / "2024-01"
    own = folder / f"receipt-{newest['submission_id']}.json"
    assert (folder / "receipt.json").read_bytes() == own.read_bytes()
    assert len(list(folder.glob("receipt-*.html"))) == 3


def test_a_second_night_changes_no_byte_and_makes_good_what_is_missing(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": [status(status="soon")]})
    home.drop({"cover": cover(period="2023-12"), "action_status": [status(status="soon")]}, "x.zip")
    home.night()
    before = home.files("outbox")
    assert {name.split("/")[-1].split("-")[0] for name in before} >= {"returned", "problems", "index.html"}
    home.night()
    assert home.files("outbox") == before
    for gone in before:
        if not gone.endswith(("/receipt.html", "/receipt.json")):
            (home.settings.home / "outbox" / gone).unlink()
    home.night()
    assert home.files("outbox") == before


def test_the_problems_of_a_zip_are_a_list_that_no_spreadsheet_runs(home: Home) -> None:
    values = ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "=cmd|' /C calc'!A0"]
    rows = [status(action_code=f"1.1.1.{n + 1}", status=v) for n, v in enumerate(values)]
    home.drop({"cover": cover(), "action_status": rows}, "report.zip")
    home.night()
    (name,) = [n for n in home.files("outbox") if n.endswith(".csv")]
    text = home.files("outbox")[name].decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text))
    assert len(lines) == len(values) and head[0] == "what"
    assert lines[0][1:4] == ["action_status.csv", "2", "C2"]
    assert not [cell for line in lines for cell in line if cell.lstrip()[:1] in tuple("=+-@")]


def test_a_receipt_made_before_cells_were_known_still_says_the_row(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": [status(status="soon")]})
    home.night()
    old = [{k: v for k, v in f.items() if k != "source_cell"} for f in home.findings()]
    receipt = make_receipt(home.submission(), home.rows("intake__tables"), old, home.policy)
    assert (receipt["findings"][0]["cell"], receipt["findings"][0]["row"]) == (None, 4)


def test_the_cell_is_right_where_the_table_begins_further_in_and_in_another_order(home: Home) -> None:
    book = Workbook()
    book.active.title = "Cover"
    for row in (["LEA ID", "Reporting month"], [LEA, "2024-01"]):
        book["Cover"].append(row)
    sheet = book.create_sheet("Action status")
    for c, values in enumerate([("Status", "oops"), ("Action", "1.1.1.1"), ("Organization ID", SCHOOL)], 3):
        sheet.cell(7, c, values[0])
        sheet.cell(8, c, values[1])
    out = io.BytesIO()
    book.save(out)
    home.drop_bytes(out.getvalue(), "moved.xlsx")
    home.night()
    (found,) = home.findings()
    assert (found["source_cell"], sheet[found["source_cell"]].value) == ("C8", "oops")
    (back,) = (home.settings.home / "outbox").rglob("returned-*.xlsx")
    assert load_workbook(back)["Action status"]["C8"].comment is not None
