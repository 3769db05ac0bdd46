"""Dagster's daemon watches landing: what an LEA drops is answered without anybody doing anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from watched_home import daemon, make_home, receipt_of, report, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_dropped_file_is_answered_by_the_daemon_alone(tmp_path: Path) -> None:
    settings, (lea_id,) = make_home(tmp_path / "home", 1)
    folder = settings.home / "landing" / lea_id
    folder.mkdir(parents=True)
    (folder / "report.xlsx").write_bytes(report(lea_id))
    log = tmp_path / "daemon.log"
    with daemon(settings, log, INTERLACE_LOOK_SECONDS="2") as process:
        wait_for([receipt_of(settings, lea_id)], process, 240)
    receipt = json.loads(receipt_of(settings, lea_id).with_suffix(".json").read_text())
    assert (receipt["outcome"], receipt["rows_accepted"]) == ("accepted", 6)
    assert (settings.home / "outbox" / lea_id / "index.html").is_file()
    assert not settings.build_file.exists()  # nothing is built or published for it
