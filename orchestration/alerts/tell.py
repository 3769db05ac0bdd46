"""Tells what is news of a home's troubles by every channel that is set up.

A channel that is down never stops a night: its message is kept and sent with the next look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

from orchestration.alerts.channels import post, send_email, write_file
from orchestration.alerts.memory import Memory, compare, one_at_a_time, recall, remember
from orchestration.alerts.message import Message, message_of
from orchestration.alerts.trouble import Trouble
from orchestration.settings import Settings

EMAIL, WEBHOOK = "e-mail", "webhook"
KEPT = 20  # undelivered messages of a channel; older ones still stand as files


def tell(
    settings: Settings,
    state: str,
    found: Sequence[Trouble],
    at: datetime,
    log: Callable[[str], None] = lambda _: None,
) -> Message | None:
    """Tell what is news; None where nothing is.

    Args:
        settings: the home, and who is told.
        state: the state's name, for the subject.
        found: everything that is wrong now.
        at: now (UTC).
        log: told the message, and which channel failed.
    """
    folder = settings.alerts
    with one_at_a_time(folder):
        before = recall(folder)
        news, standing = compare(before, found, at, settings.alerting.remind_days)
        waiting = list(before.unsent)
        message = None
        if news:
            told = {s.trouble.key for s in [*news.new, *news.again]}
            still = [s for key, s in standing.items() if key not in told]
            message = message_of(news, still, state, str(settings.home), at)
            log(f"{message.subject}\n{message.text}")
            write_file(folder, message, at)
            waiting += [{"channel": c, "message": asdict(message)} for c in channels(settings)]
        unsent = _deliver(settings, waiting, at, log)
        remember(folder, Memory(standing, unsent))
    return message


def channels(settings: Settings) -> list[str]:
    """The channels beside log and file that are set up."""
    of = settings.alerting
    return [name for name, channel in ((EMAIL, of.email), (WEBHOOK, of.webhook)) if channel is not None]


def send(settings: Settings, channel: str, message: Message, at: datetime) -> str | None:
    """Send a message by one channel; why it could not be sent, in words without a secret, or None."""
    of = settings.alerting
    try:
        if channel == EMAIL and of.email:
            send_email(of.email, message, at)
        elif channel == WEBHOOK and of.webhook:
            post(of.webhook, message)
    except Exception as e:  # a server may fail in any way; the night goes on
        return _without_secrets(settings, f"{type(e).__name__}: {e}")
    return None


def _deliver(settings: Settings, waiting: list[dict], at: datetime, log: Callable[[str], None]) -> list[dict]:
    """Send what waits; what could not be sent. A channel that failed is not tried again this time."""
    unsent: list[dict] = []
    down: set[str] = set()
    for entry in waiting:
        channel = entry["channel"]
        if channel not in channels(settings):
            continue  # it was taken out of the settings
        if channel not in down and (why := send(settings, channel, Message(**entry["message"]), at)):
            down.add(channel)
            log(f"The alert could not be sent by {channel} ({why}); it is kept and sent with the next look.")
        if channel in down:
            unsent.append(entry)
    return unsent[-KEPT:]


def _without_secrets(settings: Settings, text: str) -> str:
    of = settings.alerting
    secrets = [of.email.password] if of.email else []
    secrets += [of.webhook.address, of.webhook.token] if of.webhook else []
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text
