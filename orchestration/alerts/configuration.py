"""Who is told, by which way, and from where on something is a trouble. Read from the environment by settings.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from orchestration.errors import ConfigError

SECURITY = ("starttls", "tls", "none")


@dataclass(frozen=True)
class Email:
    """Where e-mail goes.

    Args:
        to: addresses.
        sender: address it comes from.
        host, port: the SMTP server.
        security: `starttls`, `tls` (from the first byte) or `none` (a relay on this machine).
        user: account on that server; blank for none.
        password: its password; never shown.
    """

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Webhook:
    """Where a message is posted as JSON; the address may hold a secret and is never shown."""

    address: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        """The server's name, which may be shown."""
        return urlsplit(self.address).hostname or "the webhook"


@dataclass(frozen=True)
class AlertSettings:
    """Channels beside log and file, and thresholds.

    Args:
        email: None where no e-mail is sent.
        webhook: None where nothing is posted.
        late_hours: from which age (hours since its as-of time) on the current release is late.
        missing_days: days after the due day from which on LEAs without a report are told.
        reject_percent: from which share of rows put aside (per cent of those read in a week) on it is a surge.
        reject_times: and how many times the share of the year before it must be.
        reject_rows: the fewest rows put aside in a week that can be a surge.
        refused_files: the fewest refused files in a week that can be a surge; they must be a fifth of all.
        remind_days: after how many days a standing trouble is told again.
    """

    email: Email | None = None
    webhook: Webhook | None = None
    late_hours: int = 30
    missing_days: int = 3
    reject_percent: int = 5
    reject_times: int = 3
    reject_rows: int = 50
    refused_files: int = 5
    remind_days: int = 7


def alert_settings(env: Mapping[str, str]) -> AlertSettings:
    """The settings, from `INTERLACE_ALERT_…`, `INTERLACE_SMTP_…` and `INTERLACE_WEBHOOK_…`.

    A secret `X` may be given as `X_FILE`, a file that holds it, as containers and systemd hand them over.

    Raises:
        ConfigError: an address without a server, a number that is none, an unreadable secret.
    """
    standard = AlertSettings()
    thresholds = {
        name: _number(env, f"INTERLACE_ALERT_{name.upper()}", getattr(standard, name))
        for name in (
            "late_hours", "missing_days", "reject_percent", "reject_times", "reject_rows", "refused_files",
            "remind_days",
        )
    }  # fmt: skip
    return AlertSettings(email=_email(env), webhook=_webhook(env), **thresholds)


def _email(env: Mapping[str, str]) -> Email | None:
    to = tuple(a.strip() for a in env.get("INTERLACE_ALERT_EMAIL", "").split(",") if a.strip())
    if not to:
        return None
    if odd := [a for a in to if a.count("@") != 1 or any(c.isspace() for c in a)]:
        raise ConfigError(
            f"INTERLACE_ALERT_EMAIL: {odd[0]!r} is no e-mail address; separate several by commas"
        )
    host = env.get("INTERLACE_SMTP_HOST", "")
    if not host:
        raise ConfigError(
            "INTERLACE_ALERT_EMAIL is set; set INTERLACE_SMTP_HOST too, the server that sends it"
        )
    security = env.get("INTERLACE_SMTP_SECURITY") or "starttls"
    if security not in SECURITY:
        raise ConfigError(f"INTERLACE_SMTP_SECURITY is {security!r}; write {', '.join(SECURITY)}")
    return Email(
        to=to,
        sender=env.get("INTERLACE_ALERT_FROM") or to[0],
        host=host,
        port=_number(env, "INTERLACE_SMTP_PORT", {"starttls": 587, "tls": 465, "none": 25}[security]),
        security=security,
        user=env.get("INTERLACE_SMTP_USER", ""),
        password=_secret(env, "INTERLACE_SMTP_PASSWORD"),
    )


def _webhook(env: Mapping[str, str]) -> Webhook | None:
    address = _secret(env, "INTERLACE_ALERT_WEBHOOK")
    if not address:
        return None
    if urlsplit(address).scheme not in ("http", "https"):
        raise ConfigError("INTERLACE_ALERT_WEBHOOK must begin with https:// (or http://)")
    return Webhook(address, _secret(env, "INTERLACE_WEBHOOK_TOKEN"))


def _number(env: Mapping[str, str], name: str, standard: int) -> int:
    text = env.get(name) or str(standard)
    if not text.isdigit() or int(text) < 1:
        raise ConfigError(f"{name} is {text!r}; give a whole number of 1 or more")
    return int(text)


def _secret(env: Mapping[str, str], name: str) -> str:
    file = env.get(f"{name}_FILE")
    if not file:
        return env.get(name, "").strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as e:
        raise ConfigError(f"{name}_FILE is {file}, which cannot be read ({e.strerror})") from e
