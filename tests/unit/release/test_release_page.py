"""index.html of a release: what it is, how fresh, what was refused, and where everything lies."""

from __future__ import annotations

import re
from html import escape

EVIL = "<img src=x onerror=alert(1)>"
MARTS = (
    f"""create table marts.fct_submission as select * from (values
    ('0001-aa', '0001', '2024-05', '2023-24', timestamp '2024-06-01 10:00', 'accepted', null, null, 'may.xlsx', false, false, null, 0),
    ('0002-bb', '0002', '2024-05', '2023-24', timestamp '2024-06-01 11:30', 'refused', 'file.unreadable', 'It cannot be opened.',
     '{EVIL}.xlsx', false, false, null, 0),
    ('0003-cc', '0003', '2024-05', '2023-24', timestamp '2024-05-30', 'accepted_with_rejects', null, null, 'c.zip', false, false, null, 7),
    ('0003-dd', '0003', '2024-04', '2023-24', timestamp '2024-05-01', 'accepted', null, null, 'd.zip', false, true, 'Sent by mistake', 0)
    ) t(submission_id, lea_id, period, school_year, received_at, outcome, refused_by, refused_because, file_name,
        is_superseded, is_withdrawn, withdrawn_because, rows_rejected)""",
    """create table marts.fct_reject as select * from (values
    ('0003-cc', '0003', 'value.missing', 'A required column is filled in.', 'reject'),
    ('0002-bb', '0002', 'file.unreadable', 'The file can be opened.', 'refuse')
    ) t(submission_id, lea_id, rule_id, rule_checks, severity)""",
    """create table marts.fct_feed_file as select * from (values
    ('d.csv', 'directory', 'directory', timestamp '2024-05-01', 'loaded', true, 'all well'),
    ('d2.csv', 'directory', 'directory', timestamp '2024-06-01', 'refused', true, 'No header was found.')
    ) t(source_file, feed, table_name, received_at, outcome, is_feed_stale, message)""",
    """create table marts.rpt_submission_completeness as select * from (values
    ('0001', '2024-05', 'on_time', date '2024-06-15', true), ('0002', '2024-05', 'refused_only', date '2024-06-15', true),
    ('0003', '2024-05', 'late', date '2024-06-15', true), ('0004', '2024-05', 'missing', date '2024-06-15', true),
    ('0009', '2024-05', 'missing', date '2024-06-15', false)
    ) t(lea_id, period, status, due_on, is_expected)""",
    f"create table marts.dim_organization as select '0002' as org_id, '{EVIL}' as org_name",
)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_it_tells_what_came_what_is_missing_and_what_was_refused(home):
    made = home.night(1, *MARTS)
    page = (home.releases / made.release_id / "index.html").read_text()
    said = text_of(page)
    assert "Release of 2024-06-02 00:00 UTC" in said and made.release_id in said
    assert "4 submissions 1 with rows put aside, 1 refused, 1 withdrawn" in said
    assert "2 of 4 LEAs reported for 2024-05" in said  # 0009 owes none
    assert "The newest submission came 2024-06-01 11:30 UTC; the newest month reported on is 2024-05" in said
    assert "2024-05 2024-06-15 4 1 1 1 1 0" in said
    assert "directory directory 2024-05-01 00:00 stale: its newest file was refused" in said
    assert "d2.csv directory No header was found." in said
    assert "It cannot be opened." in said and "Sent by mistake" in said
    assert "7 rows of 1 submission of 1 LEA" in said and "A required column is filled in." in said


def test_hostile_names_are_texts_and_nothing_is_loaded_from_elsewhere(home):
    made = home.night(1, *MARTS)
    page = (home.releases / made.release_id / "index.html").read_text()
    assert "<img" not in page and escape(EVIL) in page and f"{escape(EVIL)}.xlsx" in page
    assert re.findall(r"(?:src|href)=[\"'](?:\w+:)?//", page) == [] and "<script" not in page


def test_every_link_leads_to_something_in_the_release(home, tmp_path):
    docs = tmp_path / "dbt.html"
    docs.write_text("<p>models</p>")
    made = home.night(1, dbt_docs=docs)
    folder = home.releases / made.release_id
    links = re.findall(r'href="([^"#]+)"', (folder / "index.html").read_text())
    assert {"internal/dictionary/index.html", "internal/data_docs/index.html", "internal/dbt_docs/index.html",
            "internal/marts.duckdb", "changes.json", "manifest.json"} <= set(links)  # fmt: skip
    assert [link for link in links if not (folder / link).exists()] == []
    assert "public/index.html" not in links  # this release has no such folder
