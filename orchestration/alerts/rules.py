"""When something is a trouble. Pure: facts in, troubles out; the thresholds are settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from orchestration.alerts.configuration import AlertSettings
from orchestration.alerts.trouble import Trouble
from orchestration.feeds.standing import Stale
from orchestration.operations.nights import PastNight
from orchestration.operations.reporting import Reporting
from orchestration.operations.waiting import Decided

WEEK, YEAR = timedelta(days=7), timedelta(days=365)
SHOWN = 10
FIFTH = 5  # refused files are a surge where they are at least one in so many


def night(past: Sequence[PastNight], release_id: str | None) -> list[Trouble]:
    """The last night that ended did not publish; one that was left out is none, as a later one has published."""
    ended = [n for n in past if n.outcome not in ("running", "waiting", "left out")]
    if not ended or ended[0].outcome == "published":
        return []
    last = ended[0]
    return [
        failed_night(
            last.outcome, last.reasons, release_id, f"{last.started_at:%Y-%m-%d %H:%M} UTC", last.run_id
        )
    ]


def failed_night(
    outcome: str, reasons: Sequence[str], release_id: str | None, when: str, event: str
) -> Trouble:
    """The trouble of a night that did not publish."""
    stands = f"release {release_id} stands" if release_id else "there is no release yet"
    why = "".join(f"\n  - {' '.join(r.split())[:500]}" for r in reasons[:SHOWN])
    if outcome == "refused":
        return Trouble(
            "gate_refused",
            "nightly",
            f"The night of {when} was refused: the data did not pass its checks; {stands}.{why}",
            "Read the note of the check named above (expectations/<mart>.yaml, or the dbt test's header), mend the data or the rule, "
            "and run interlace nightly again. The candidate is kept in warehouse/, its verdicts in warehouse/data_docs.",
            event,
        )
    said = {"killed": "was killed before it ended", "stopped": "was stopped by hand"}.get(
        outcome, "could not run"
    )
    return Trouble(
        "run_failed",
        "nightly",
        f"The night of {when} {said}; {stands}. Nothing received is lost.{why}",
        "Run interlace doctor: it names the cause and the fix. Then run interlace nightly again.",
        event,
    )


def stale_feeds(stale: Sequence[Stale]) -> list[Trouble]:
    """Feeds whose newest file was refused."""
    return [
        Trouble(
            "feed_stale",
            s.feed,
            f"The feed {s.feed} is stale: {s.file}, received {s.received_at:%Y-%m-%d}, was refused ({s.message}); the earlier file stands.",
            "If the file is right, add its new headings to feeds.yaml (docs/feeds.md); if not, ask its sender for a better one. "
            "The next night reads it.",
        )
        for s in stale
    ]


def late_release(as_of: datetime | None, at: datetime, settings: AlertSettings) -> list[Trouble]:
    """No release for longer than a night and its repetition should take."""
    if as_of is None or at - as_of <= timedelta(hours=settings.late_hours):
        return []
    hours = (at - as_of).total_seconds() / 3600
    age = f"{hours:,.0f} hours" if hours < 72 else f"{hours / 24:,.0f} days"
    return [
        Trouble(
            "release_late",
            "release",
            f"The current release is {age} old (as of {as_of:%Y-%m-%d %H:%M} UTC); readers see old figures.",
            "See with interlace status whether nights run at all. If not, start what starts them (Dagster's daemon with the schedule "
            "nightly on, the systemd timer, or cron).",
        )
    ]


def missing_leas(months: Sequence[Reporting], at: datetime, settings: AlertSettings) -> list[Trouble]:
    """LEAs that owe a report for the month that came due last."""
    due = [m for m in months if at.date() >= m.due_on + timedelta(days=settings.missing_days)]
    if not due or not due[-1].missing:
        return []
    month = due[-1]
    shown = ", ".join(month.missing[:SHOWN]) + (
        f" and {len(month.missing) - SHOWN:,} more" if len(month.missing) > SHOWN else ""
    )
    refused = (
        f" {len(month.refused_only):,} of them sent only files that were refused."
        if month.refused_only
        else ""
    )
    return [
        Trouble(
            "leas_missing",
            month.period,
            f"{len(month.missing):,} of {month.expected:,} LEAs have not reported for {month.period}, due {month.due_on}: "
            f"{shown}.{refused}",
            "Ask them; rpt_submission_completeness of the release has them all. Those whose file was refused have a receipt that says why.",
        )
    ]


def surged_rejects(submissions: Sequence[Decided], at: datetime, settings: AlertSettings) -> list[Trouble]:
    """Far more rows put aside, or files refused, in the week before than in the year before that."""
    week = [d for d in submissions if at - WEEK < d.received_at <= at]
    before = [d for d in submissions if at - YEAR - WEEK < d.received_at <= at - WEEK]
    found = []
    rejected, read = _rows(week)
    old_rejected, old_read = _rows(before)
    # shares are compared as products, so that no zero divides
    much = rejected * 100 >= settings.reject_percent * read
    more = not old_read or rejected * old_read >= settings.reject_times * old_rejected * read
    if rejected >= settings.reject_rows and much and more:
        usual = f", {old_rejected / old_read:.1%} in the year before" if old_read else ""
        found.append(
            Trouble(
                "rejects_surged",
                "rows",
                f"{rejected:,} of {read:,} rows received in the week before {at:%Y-%m-%d} were put aside ({rejected / read:.1%}{usual}).",
                "Look at rpt_reject_causes of the release: one rule in many LEAs is a template, a vendor's export or a new rule of ours; "
                "interlace reparse shows what another rule would do.",
            )
        )
    refused = [d for d in week if d.outcome == "refused"]
    old_refused = [d for d in before if d.outcome == "refused"]
    often = len(refused) * FIFTH >= len(week)
    more = not before or len(refused) * len(before) >= settings.reject_times * len(old_refused) * len(week)
    if len(refused) >= settings.refused_files and often and more:
        found.append(
            Trouble(
                "rejects_surged",
                "files",
                f"{len(refused):,} of {len(week):,} files received in the week before {at:%Y-%m-%d} were refused, "
                f"{len(old_refused):,} of {len(before):,} in the year before.",
                "interlace status lists them with their reasons; the same reason many times is a wrong template or an export gone wrong.",
            )
        )
    return found


def _rows(submissions: Sequence[Decided]) -> tuple[int, int]:
    """Rows put aside and read in the files that were not refused."""
    held = [d for d in submissions if d.outcome != "refused"]
    return sum(d.rows_rejected or 0 for d in held), sum(d.rows_read or 0 for d in held)
