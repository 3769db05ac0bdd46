"""Whether somebody would be told, were something wrong."""

from __future__ import annotations

from orchestration.alerts.memory import recall
from orchestration.alerts.tell import channels
from orchestration.doctor.finding import Finding, Look, ok, warning


def told(look: Look) -> list[Finding]:
    """The channels that are set up, and messages that one of them still owes."""
    settings = look.settings
    if unsent := recall(settings.alerts).unsent:
        owing = ", ".join(sorted({entry["channel"] for entry in unsent}))
        return [
            warning(
                f"{len(unsent)} alerts could not be sent by {owing}; they are kept and tried again with every look",
                "interlace alerts --test says what the server answers",
            )
        ]
    if not (names := channels(settings)):
        return [
            warning(
                f"alerts go to the log and to {settings.alerts} only",
                "set INTERLACE_ALERT_EMAIL and INTERLACE_SMTP_HOST, or INTERLACE_ALERT_WEBHOOK; try with interlace alerts --test",
            )
        ]
    return [ok(f"alerts go by {' and '.join(names)}")]
