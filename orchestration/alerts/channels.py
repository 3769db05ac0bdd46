"""The ways to people. Each sends one message or raises; who calls goes on without it."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from orchestration import storage
from orchestration.alerts.configuration import Email, Webhook
from orchestration.alerts.message import Message

SECONDS = 10  # no server may hold a night up longer


def write_file(folder: Path, message: Message, at: datetime) -> Path:
    """Put the message beside the earlier ones, for people and programs that look there."""
    stem = f"{at:%Y%m%dT%H%M%S}"
    number = 1 + sum(1 for _ in folder.glob(f"{stem}-*.txt"))
    path = folder / f"{stem}-{number}.txt"
    storage.write_whole(path, f"{message.subject}\n\n{message.text}".encode())
    return path


def send_email(to: Email, message: Message, at: datetime) -> None:
    """Send the message by e-mail."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = message.subject, to.sender, ", ".join(to.to)
    mail["Date"] = format_datetime(at.replace(tzinfo=UTC))
    mail["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
    mail.set_content(message.text)
    if to.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            to.host, to.port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(to.host, to.port, timeout=SECONDS)
    with server:
        if to.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if to.user:
            server.login(to.user, to.password)
        server.send_message(mail)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another server."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow none: the answer is then an error."""
        return None


def post(to: Webhook, message: Message) -> None:
    """Post the message as JSON: `text` (what chat programs show), `subject`, and the facts."""
    body = {"text": f"{message.subject}\n\n{message.text}", "subject": message.subject, **message.facts}
    request = urllib.request.Request(
        to.address,
        json.dumps(body).encode(),
        {"Content-Type": "application/json", **({"Authorization": f"Bearer {to.token}"} if to.token else {})},
    )
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
        answer.read(1 << 16)
