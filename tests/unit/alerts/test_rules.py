"""From where on something is a trouble: each rule at its boundary."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from orchestration.alerts import rules
from orchestration.alerts.configuration import AlertSettings
from orchestration.feeds.standing import Stale
from orchestration.operations.nights import PastNight
from orchestration.operations.reporting import Reporting
from orchestration.operations.waiting import Decided

AT = datetime(2024, 6, 20, 2)
STANDARD = AlertSettings()


def night(outcome: str, *reasons: str) -> PastNight:
    return PastNight("run1", outcome, AT, 10.0, "", reasons)


def test_the_last_night_that_ended_is_told_unless_it_published():
    assert rules.night([], None) == []
    assert rules.night([night("published"), night("refused")], "r") == []
    (refused,) = rules.night(
        [night("running"), night("waiting"), night("refused", "fct_x: at most 1 row")], "r1"
    )
    assert refused.key == "gate_refused:nightly" and refused.event == "run1"
    assert (
        "release r1 stands" in refused.what
        and "fct_x: at most 1 row" in refused.what
        and "interlace nightly" in refused.do
    )
    (failed,) = rules.night([night("could not run", "the archive has lost 01/a.xlsx")], None)
    assert (
        failed.key == "run_failed:nightly"
        and "there is no release yet" in failed.what
        and "doctor" in failed.do
    )
    assert "was killed before it ended" in rules.night([night("killed")], "r")[0].what


def test_a_release_is_late_from_the_hour_on_that_the_settings_name():
    late = timedelta(hours=30)
    assert rules.late_release(None, AT, STANDARD) == []
    assert rules.late_release(AT - late, AT, STANDARD) == []
    (told,) = rules.late_release(AT - late - timedelta(seconds=1), AT, STANDARD)
    assert told.key == "release_late:release" and "30 hours old" in told.what
    assert "4 days old" in rules.late_release(AT - timedelta(days=4), AT, STANDARD)[0].what
    assert rules.late_release(AT - timedelta(days=4), AT, AlertSettings(late_hours=96)) == []


def test_a_stale_feed_is_told_with_its_file_and_why():
    (told,) = rules.stale_feeds([Stale("directory", "dir.xlsx", AT, "no column is called School")])
    assert (
        told.key == "feed_stale:directory"
        and "dir.xlsx" in told.what
        and "no column is called School" in told.what
    )
    assert "feeds.yaml" in told.do


def test_leas_are_missing_some_days_after_the_due_day_and_only_for_the_last_month():
    old = Reporting("2024-04", date(2024, 5, 15), 3, ("z",), ())
    month = Reporting("2024-05", date(2024, 6, 15), 12, tuple(f"lea{n:02d}" for n in range(11)), ("lea00",))
    assert rules.missing_leas([month], datetime(2024, 6, 17, 23), STANDARD) == []
    (told,) = rules.missing_leas([old, month], datetime(2024, 6, 18, 1), STANDARD)
    assert told.key == "leas_missing:2024-05" and "11 of 12 LEAs have not reported for 2024-05" in told.what
    assert "lea09 and 1 more" in told.what and "1 of them sent only files that were refused" in told.what
    (april,) = rules.missing_leas([old, month], datetime(2024, 6, 17), STANDARD)
    assert april.key == "leas_missing:2024-04"  # May is not missing yet
    whole = Reporting("2024-05", date(2024, 6, 15), 12, (), ())
    assert rules.missing_leas([old, whole], datetime(2024, 6, 18), STANDARD) == []


def sent(days_ago: float, read: int, rejected: int, outcome: str = "accepted_with_rejects") -> Decided:
    return Decided("s", "lea", None, AT - timedelta(days=days_ago), "f", outcome, None, read, rejected)


def surges(*submissions: Decided) -> list[str]:
    return [t.key for t in rules.surged_rejects(submissions, AT, STANDARD)]


def test_rows_put_aside_surge_by_number_by_share_and_beside_the_year_before():
    rows = ["rejects_surged:rows"]
    assert surges(sent(1, 1000, 50)) == rows  # 50 rows, exactly five per cent, nothing before
    assert surges(sent(1, 900, 49)) == []  # too few
    assert surges(sent(1, 1001, 50)) == []  # less than five per cent
    assert surges(sent(7, 1000, 50)) == [] and surges(sent(-1, 1000, 50)) == []  # not of this week
    assert surges(sent(1, 1000, 60), sent(30, 1000, 20)) == rows  # three times as many
    assert surges(sent(1, 1000, 59), sent(30, 1000, 20)) == []
    assert surges(sent(1, 1000, 50), sent(30, 1000, 0)) == rows  # never any before
    assert surges(sent(1, 1000, 900, "refused")) == []  # a refused file's rows are not put aside
    assert surges() == []


def test_refused_files_surge_by_number_by_share_and_beside_the_year_before():
    files = ["rejects_surged:files"]
    refused = [sent(1, 0, 0, "refused")] * 5
    fine = sent(1, 10, 0, "accepted")
    assert surges(*refused, *[fine] * 20) == files  # exactly a fifth
    assert surges(*refused, *[fine] * 21) == []
    assert surges(*refused[:4]) == []
    usual = [sent(40, 10, 0, "refused")] * 1 + [sent(40, 10, 0, "accepted")] * 9
    assert surges(*refused, *[fine] * 10, *usual) == files  # a third, three times a tenth
    assert surges(*refused, *[fine] * 12, *usual) == []
