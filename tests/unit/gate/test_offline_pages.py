"""Data Docs can be read without a network, and nothing in them can execute."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from orchestration.gate.offline_pages import take_offline, write_pages
from orchestration.gate.verdict import CheckResult, GateVerdict, MartVerdict


def verdict(message: str = "3 rows fail") -> GateVerdict:
    failed = CheckResult("expect_x", "org_id", False, message, "3", "Keys must be unique.")
    passed = CheckResult("expect_y", "period", True, "", "", "Months only.")
    mart = MartVerdict("dim_a", False, 1200, "0" * 64, (failed, passed))
    return GateVerdict(False, "1" * 64, datetime(2024, 6, 20), (mart,), (f"dim_a: {message}",))


def test_the_index_says_what_was_refused_and_why_each_bound_stands(tmp_path: Path) -> None:
    write_pages(verdict(), tmp_path)
    page = (tmp_path / "index.html").read_text()
    assert "1 of 2 checks passed on 1 marts" in page
    assert "3 rows fail" in page and "Keys must be unique." in page and "1,200" in page


def test_text_from_data_is_escaped(tmp_path: Path) -> None:
    write_pages(verdict("<script>alert(1)</script>"), tmp_path)
    assert "<script" not in (tmp_path / "index.html").read_text()


def test_pages_load_nothing_from_other_hosts(tmp_path: Path) -> None:
    page = tmp_path / "validations" / "dim_a" / "x.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        '<head><link rel="stylesheet" href="https://cdn.example/a.css"/><script src="https://cdn.example/a.js"></script>'
        '</head><body><img src="https://cdn.example/logo.png"><a href="https://docs.example">kept link</a></body>'
    )
    take_offline(tmp_path)
    text = page.read_text()
    assert "cdn.example" not in text and "<style>" in text and "kept link" in text
