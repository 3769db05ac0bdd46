"""The answer: what a receipt says, and where it goes."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from intake_home import LEA, Home, cover, good, status
from openpyxl import load_workbook
from upath import UPath

from orchestration.intake.receipt import receipt_path
from orchestration.intake.receipt_due import due_on


def test_a_receipt_says_what_was_read_what_is_wrong_where_and_what_comes_next(home: Home) -> None:
    rows = [status(), status(action_code="1.1.1.2", completed_on="soon"), status(action_code="1. 1. 1. 3")]
    home.drop({"cover": cover(), "action_status": rows}, "January.xlsx")
    home.night()
    ((path, receipt),) = home.receipts().items()
    assert path == f"{LEA}/2024-01/receipt-{LEA}-{receipt['sha256'][:12]}.json"
    assert (receipt["file"], receipt["outcome"]) == ("January.xlsx", "accepted_with_rejects")
    assert receipt["received_at"] == "2024-02-05T12:00:00Z"
    assert receipt["tables"][1] == {
        "table": "action_status",
        "sheet": "Action status",
        "rows_read": 3,
        "rows_accepted": 2,
        "rows_rejected": 1,
    }
    bad, odd = receipt["findings"]
    sent = load_workbook(home.settings.home / "landing" / LEA / "January.xlsx")
    assert sent["Action status"][bad["cell"]].value == "soon"
    assert bad == {
        "severity": "reject",
        "sheet": "Action status",
        "row": 5,
        "cell": bad["cell"],
        "column": "Completed on",
        "value": "soon",
        "rule": "date.unreadable",
        "message": "Action status, row 5, Completed on: 'soon' is not a day. "
        "Write it as 2024-01-31 or 1/31/2024 (month first).",
        "own": {},
    }
    assert (odd["severity"], odd["rule"]) == ("flag", "plan_code.normalised")
    assert "correct them and send the whole file again" in receipt["what_happens_next"]
    assert "until the end of 2024-02-15" in receipt["what_happens_next"]


def test_the_receipt_of_a_refused_file_goes_where_its_sender_looks_and_says_why(home: Home) -> None:
    home.drop_bytes(b"%PDF-1.7", "plan.pdf")
    home.drop({**good(), "cover": cover(period="2024-03")})
    home.night()
    unknown, future = sorted(home.receipts(), reverse=True)
    assert unknown.startswith(f"{LEA}/unknown/") and future.startswith(f"{LEA}/2024-03/")
    assert "neither a workbook nor a zip" in home.receipts()[unknown]["refused_because"]
    assert "Nothing of this file counts" in home.receipts()[unknown]["what_happens_next"]


@given(st.text(), st.one_of(st.none(), st.text()))
def test_no_name_leads_out_of_the_outbox(lea_id: str, period: str | None) -> None:
    path = receipt_path(UPath("/outbox"), f"{lea_id}-0123456789ab", lea_id, period)
    assert len(path.parts) == len(UPath("/outbox").parts) + 3
    assert ".." not in path.parts and path.name.startswith("receipt-")


def test_the_due_day_is_in_the_month_after_and_never_past_its_end(home: Home) -> None:
    assert due_on("2024-01", home.policy) == date(2024, 2, 15)
    assert due_on("2023-12", home.policy) == date(2024, 1, 15)
    assert due_on("1999-12", home.policy) is None
