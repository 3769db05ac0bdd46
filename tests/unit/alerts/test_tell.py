"""Troubles reach people: by file, e-mail and webhook; once, then with their "since"; a dead channel stops nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from email import message_from_string
from pathlib import Path

import pytest
from servers import MailServer, WebServer, serving
from typer.testing import CliRunner

from orchestration import lake
from orchestration.alerts import after_night, look
from orchestration.alerts.configuration import alert_settings
from orchestration.alerts.memory import recall
from orchestration.alerts.tell import tell
from orchestration.alerts.trouble import Trouble
from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.doctor import told as doctor
from orchestration.doctor.finding import Look
from orchestration.errors import BusyError, ConfigError
from orchestration.settings import PROJECT, Settings

AT = datetime(2024, 6, 20, 2)
DAY = timedelta(days=1)
STALE = Trouble("feed_stale", "directory", "The feed directory is stale.", "Mend feeds.yaml.")
LATE = Trouble("release_late", "release", "The release is late.", "Start the nights.")


def failed(run: str) -> Trouble:
    return Trouble("run_failed", "nightly", f"The night could not run: {run}.", "Run interlace doctor.", run)


class Told:
    """A home, and every message of it."""

    def __init__(self, home: Path, **env: str) -> None:
        self.settings = Settings.at(home, DEMO_STATE, env)
        self.log: list[str] = []

    def on(self, at: datetime, *found: Trouble) -> str:
        message = tell(self.settings, "Testland", found, at, self.log.append)
        return f"{message.subject}\n{message.text}" if message else ""

    def files(self) -> list[str]:
        return [p.read_text() for p in sorted(self.settings.alerts.glob("*.txt"))]


def test_a_trouble_is_told_once_then_with_its_since_and_its_end_is_told(tmp_path: Path):
    told = Told(tmp_path)
    assert told.on(AT) == "" and told.files() == []
    first = told.on(AT, STALE)
    assert (
        "Interlace, Testland: a feed is stale" in first
        and "New: The feed directory is stale.\nDo: Mend feeds.yaml." in first
    )
    assert told.on(AT + DAY, STALE) == ""  # nothing new
    both = told.on(AT + 2 * DAY, STALE, LATE)
    assert "New: The release is late." in both and "since 2024-06-20: The feed directory is stale." in both
    again = told.on(AT + 7 * DAY, STALE, LATE)
    assert "Still (since 2024-06-20 02:00 UTC): The feed directory is stale." in again and "New" not in again
    over = told.on(AT + 8 * DAY, LATE)
    assert "Interlace, Testland: mended" in over and "is over: The feed directory is stale." in over
    assert told.on(AT + 8 * DAY, LATE) == ""
    assert "New: The feed directory is stale." in told.on(AT + 9 * DAY, STALE, LATE)  # it came back
    assert len(told.files()) == 5 and told.files()[0].startswith(
        "Interlace, Testland: a feed is stale\n\nNew: "
    )
    assert len(told.log) == 5


def test_every_failed_night_is_told_and_says_since_when_they_fail(tmp_path: Path):
    told = Told(tmp_path)
    assert "New: The night could not run: run1." in told.on(AT, failed("run1"))
    assert told.on(AT, failed("run1")) == ""  # the sensor sees the same run
    assert "Still (since 2024-06-20 02:00 UTC): The night could not run: run2." in told.on(
        AT + DAY, failed("run2")
    )


def test_the_file_of_two_messages_of_one_second_are_two(tmp_path: Path):
    told = Told(tmp_path)
    told.on(AT, STALE)
    told.on(AT, LATE)
    assert sorted(p.name for p in told.settings.alerts.glob("*.txt")) == [
        "20240620T020000-1.txt",
        "20240620T020000-2.txt",
    ]


def test_a_memory_that_cannot_be_read_tells_again_rather_than_nothing(tmp_path: Path):
    told = Told(tmp_path)
    told.on(AT, STALE)
    (told.settings.alerts / "open.json").write_text("{")
    assert "New: The feed directory is stale." in told.on(AT, STALE)


def test_e_mail_and_webhook_bring_the_message(tmp_path: Path):
    with serving(MailServer()) as mail, serving(WebServer()) as web:
        told = Told(
            tmp_path,
            INTERLACE_ALERT_EMAIL="a@state.example, b@state.example", INTERLACE_ALERT_FROM="interlace@state.example",
            INTERLACE_SMTP_HOST="127.0.0.1", INTERLACE_SMTP_PORT=str(mail.port), INTERLACE_SMTP_SECURITY="none",
            INTERLACE_SMTP_USER="alerts", INTERLACE_SMTP_PASSWORD="secret",
            INTERLACE_ALERT_WEBHOOK=web.address, INTERLACE_WEBHOOK_TOKEN="token",
        )  # fmt: skip
        told.on(AT, STALE)
    (raw,) = mail.mails
    found = message_from_string(raw)
    assert found["To"] == "a@state.example, b@state.example" and found["From"] == "interlace@state.example"
    assert (
        found["Subject"] == "Interlace, Testland: a feed is stale"
        and found["Auto-Submitted"] == "auto-generated"
    )
    assert "Do: Mend feeds.yaml." in found.get_payload() and mail.logins == ["alerts"]
    ((path, body, authorization),) = web.posts
    assert path == "/hook/secret-path" and authorization == "Bearer token"
    assert "Do: Mend feeds.yaml." in body["text"] and body["troubles"][0]["kind"] == "feed_stale"
    assert body["troubles"][0]["since"] == AT.isoformat()
    assert recall(told.settings.alerts).unsent == []


def test_a_channel_that_is_down_stops_nothing_and_gets_its_message_later(tmp_path: Path):
    with serving(WebServer()) as web:
        env = {"INTERLACE_ALERT_WEBHOOK": web.address, "INTERLACE_WEBHOOK_TOKEN": "token"}
        told = Told(tmp_path, **env)
        web.answer = 503
        assert told.on(AT, STALE) and len(told.files()) == 1
        assert "could not be sent by webhook (HTTPError: HTTP Error 503" in told.log[-1]
        told.on(AT + DAY, STALE, LATE)
        web.answer = 200
        assert told.on(AT + 2 * DAY, STALE, LATE) == ""  # nothing new, but what was owed is sent
        subjects = [body["subject"] for _, body, _ in web.posts]
    owed = ["Interlace, Testland: a feed is stale", "Interlace, Testland: the release is late"]
    assert subjects[-2:] == owed and recall(told.settings.alerts).unsent == []


def test_the_doctor_says_whether_anybody_would_be_told(tmp_path: Path):
    told = Told(tmp_path)
    (said,) = doctor.told(Look(told.settings, AT))
    assert said.level == "warning" and "INTERLACE_ALERT_EMAIL" in said.fix
    told = Told(tmp_path, INTERLACE_ALERT_WEBHOOK="http://127.0.0.1:1/hook")
    assert [f.level for f in doctor.told(Look(told.settings, AT))] == ["ok"]
    told.on(AT, STALE)
    (said,) = doctor.told(Look(told.settings, AT))
    assert said.level == "warning" and "1 alerts could not be sent by webhook" in said.what


def test_no_server_at_all_and_a_refused_login_are_told_without_the_secret(tmp_path: Path):
    gone = Told(tmp_path / "gone", INTERLACE_ALERT_WEBHOOK="http://127.0.0.1:1/hook/secret-path")
    assert gone.on(AT, STALE) and "could not be sent by webhook" in gone.log[-1]
    with serving(MailServer()) as mail:
        told = Told(
            tmp_path / "mail",
            INTERLACE_ALERT_EMAIL="a@state.example", INTERLACE_SMTP_HOST="127.0.0.1", INTERLACE_SMTP_PORT=str(mail.port),
            INTERLACE_SMTP_SECURITY="none", INTERLACE_SMTP_USER="alerts", INTERLACE_SMTP_PASSWORD="hunter2",
        )  # fmt: skip
        told.on(AT, STALE)
    assert mail.mails == [] and "SMTPAuthenticationError" in told.log[-1] and "***" in told.log[-1]
    for made in (gone, told):
        kept = "".join(p.read_text() for p in made.settings.home.rglob("*") if p.is_file())
        for where in (repr(made.settings), "".join(made.log), kept):
            assert "hunter2" not in where and "secret-path" not in where


def test_a_redirect_is_not_followed_because_the_token_would_go_with_it(tmp_path: Path):
    with serving(WebServer()) as web:
        web.answer = 302
        told = Told(tmp_path, INTERLACE_ALERT_WEBHOOK=web.address, INTERLACE_WEBHOOK_TOKEN="token")
        told.on(AT, STALE)
    assert [path for path, *_ in web.posts] == ["/hook/secret-path"] and "302" in told.log[-1]


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"INTERLACE_ALERT_EMAIL": "nobody"}, "'nobody' is no e-mail address"),
        ({"INTERLACE_ALERT_EMAIL": "a@b.c"}, "set INTERLACE_SMTP_HOST too"),
        ({"INTERLACE_ALERT_EMAIL": "a@b.c", "INTERLACE_SMTP_HOST": "h", "INTERLACE_SMTP_SECURITY": "ssl"}, "starttls, tls, none"),
        ({"INTERLACE_ALERT_WEBHOOK": "ftp://x"}, "must begin with https://"),
        ({"INTERLACE_ALERT_LATE_HOURS": "soon"}, "INTERLACE_ALERT_LATE_HOURS is 'soon'"),
        ({"INTERLACE_WEBHOOK_TOKEN_FILE": "/no/such", "INTERLACE_ALERT_WEBHOOK": "https://x"}, "/no/such, which cannot be read"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_in_words(env: dict[str, str], said: str):
    with pytest.raises(ConfigError, match=said):
        alert_settings(env)


def test_a_secret_may_be_a_file_and_defaults_are_safe(tmp_path: Path):
    (tmp_path / "password").write_text("secret\n")
    env = {"INTERLACE_ALERT_EMAIL": "a@b.c", "INTERLACE_SMTP_HOST": "h"}
    email = alert_settings({**env, "INTERLACE_SMTP_PASSWORD_FILE": str(tmp_path / "password")}).email
    assert email is not None and (email.password, email.port, email.security) == ("secret", 587, "starttls")
    assert alert_settings({}).email is None and alert_settings({}).webhook is None


def test_a_rule_that_cannot_be_looked_at_is_told_and_the_others_still_speak(tmp_path: Path):
    settings = Settings.at(tmp_path, DEMO_STATE)
    lake.BatchWriter(settings.lake, "20240601T000000-feeds-0").commit({"kind": "feeds"})  # it lists no files
    (found,) = look.troubles(settings, AT)
    assert found.key == "look_failed:feeds" and "KeyError" in found.what and "doctor" in found.do


def test_what_goes_wrong_with_telling_is_said_and_stops_nothing(tmp_path: Path):
    settings = Settings.at(tmp_path, DEMO_STATE)
    settings.alerts.write_text("a file where the folder should be")
    said: list[str] = []
    found = after_night.look_and_tell(settings, AT, said.append, not_begun=failed("x"))
    assert [t.kind for t in found] == ["run_failed"] and "Alerts could not be told" in said[-1]


def test_a_night_that_could_not_begin_is_told_unless_another_is_at_work(tmp_path: Path):
    settings = Settings.at(tmp_path, DEMO_STATE)
    assert after_night.night_that_could_not_begin(settings, BusyError("busy"), AT) is None
    trouble = after_night.night_that_could_not_begin(
        settings, ConfigError("policy.yaml: due_day is missing"), AT
    )
    assert trouble is not None and "due_day is missing" in trouble.what


def test_the_command_line_tells_of_a_night_that_could_not_begin(tmp_path: Path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "policy.yaml").write_text("state: {}\nparameters: {}\n")
    said = CliRunner().invoke(
        app, ["nightly", "--home", str(tmp_path / "home"), "--state", str(state), "--as-of", "2024-06-20"]
    )
    assert said.exit_code == 2
    (text,) = [p.read_text() for p in (tmp_path / "home" / "alerts").glob("*.txt")]
    assert text.startswith("Interlace, state: the night could not run") and "state.name is missing" in text
    assert "alert: Interlace, state: the night could not run" in said.output
    assert said.output.count("state.name is missing") == 1  # the reasons are printed once


def test_the_command_says_each_trouble_once_and_what_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = ["--home", str(tmp_path), "--state", str(DEMO_STATE)]
    late = Trouble("release_late", "release", "The release is old.", "See whether nights run.")
    found = [late]
    monkeypatch.setattr("orchestration.alerts.after_night.troubles", lambda *_: found)
    told = CliRunner().invoke(app, ["alerts", *home])
    assert told.exit_code == 1 and told.output.count(late.what) == told.output.count(late.do) == 1
    assert told.output.startswith("Interlace, Demonstration State: the release is late\n")
    found.clear()
    over = CliRunner().invoke(app, ["alerts", *home])
    assert over.exit_code == 0 and "is over: The release is old." in over.output
    assert over.output.endswith("Nothing is wrong.\n")


def test_the_command_says_what_stands_and_tries_every_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home = ["--home", str(tmp_path), "--state", str(DEMO_STATE)]
    quiet = CliRunner().invoke(app, ["alerts", *home])
    assert quiet.exit_code == 0 and "Nothing is wrong." in quiet.output
    assert "Neither e-mail nor webhook" in CliRunner().invoke(app, ["alerts", "--test", *home]).output
    with serving(WebServer()) as web:
        monkeypatch.setenv("INTERLACE_ALERT_WEBHOOK", web.address)
        sent = CliRunner().invoke(app, ["alerts", "--test", *home])
        web.answer = 500
        broken = CliRunner().invoke(app, ["alerts", "--test", *home])
    assert sent.exit_code == 0 and "webhook: sent" in sent.output and "a test" in web.posts[0][1]["subject"]
    assert broken.exit_code == 1 and "webhook: FAILED (HTTPError" in broken.output
    assert not list(tmp_path.glob("alerts/*.txt"))


def test_rules_and_channels_know_nothing_of_dagster():
    code = (
        "import sys, orchestration.alerts.rules, orchestration.alerts.tell, orchestration.alerts.look; "
        "print([m for m in ('dagster', 'great_expectations', 'dbt') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
