"""What an LEA keeps under headers of its own comes back beside each finding of the row."""

from __future__ import annotations

import io
import json
import zipfile

from intake_home import ARRIVED, LEA, SCHOOL, Home, cover, status, touch
from openpyxl import load_workbook

from orchestration.intake.returned import put
from orchestration.intake.template import HEADER_ROW

COVER = "lea_id,period\n0100000,2024-01\n"


def test_own_columns_come_back_with_the_findings_of_their_row_and_are_never_complained_of(home: Home) -> None:
    status = (
        "flex_Record,org_id,action_code,status,FLEX_note\n"
        f"A-7,{SCHOOL},1.1.1.1,nearly,\n"
        f"A-8,{SCHOOL},1.1.1.2,in_progress,fine\n"
        f"A-9,{SCHOOL},1.1.1.3.,in_progress,#REF!\n"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as z:
        z.writestr("cover.csv", COVER)
        z.writestr("action_status.csv", status)
    home.drop_bytes(data.getvalue(), "report.zip")
    home.night()
    found = {f["rule_id"]: f["own_columns"] and json.loads(f["own_columns"]) for f in home.findings()}
    assert found == {
        "code.unknown": {"flex_Record": "A-7"},
        "plan_code.normalised": {"flex_Record": "A-9", "FLEX_note": "#REF!"},
    }


def test_a_row_without_own_columns_has_none(home: Home) -> None:
    home.drop({"cover": [{"lea_id": "0100000", "period": "2024-01"}], "goals": [
        {"org_id": SCHOOL, "goal_code": "G 1", "statement": "s"},
    ]})  # fmt: skip
    home.night()
    (finding,) = home.findings()
    assert finding["rule_id"] == "plan_code.normalised" and finding["own_columns"] is None


def test_they_stand_beside_each_problem_in_every_answer_as_text(home: Home) -> None:
    rows = [status(status=f"no {n}") for n in range(6)]
    path = home.drop({"cover": cover(), "action_status": rows})
    book = load_workbook(path)
    sheet = book["Action status"]
    letter = sheet.max_column + 1
    sheet.cell(HEADER_ROW, letter, "flex_Record")
    sheet.cell(HEADER_ROW, letter + 1, "flex_<b>")
    for n in range(6):
        put(sheet.cell(HEADER_ROW + 1 + n, letter), f"=A-{n}")
        sheet.cell(HEADER_ROW + 1 + n, letter + 1, "x" * 200)
    book.save(path)
    touch(path, ARRIVED)
    home.night()
    (receipt,) = home.receipts().values()
    assert [f["own"]["flex_Record"] for f in receipt["findings"]] == [f"=A-{n}" for n in range(6)]
    folder = home.settings.home / "outbox" / LEA / "2024-01"
    page = (folder / "receipt.html").read_text(encoding="utf-8")
    assert '<div class="own">flex_Record: =A-0</div>' in page and "(flex_Record: =A-5)" in page
    assert "flex_&lt;b&gt;: xx" in page and "x" * 100 not in page
    (back,) = folder.glob("returned-*.xlsx")
    problems = load_workbook(back)["Problems"]
    assert problems["G4"].value == "Your own columns"
    assert problems["G5"].value.startswith("flex_Record: =A-0; flex_<b>: xxx")
