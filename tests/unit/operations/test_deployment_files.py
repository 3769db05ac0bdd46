"""The deployment files name only what is there: files, commands with their options, settings."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from orchestration.alerts.configuration import AlertSettings
from orchestration.alerts.message import TITLES
from orchestration.cli import app
from orchestration.cli_options import Progress
from orchestration.doctor.examine import CHECKS
from orchestration.settings import PROJECT

FOLDER = PROJECT / "examples" / "deployment"
SETTING = re.compile(r"\bINTERLACE_[A-Z_0-9]+\b")
SITE_ONLY = {
    "INTERLACE_DB_PASSWORD",
    "INTERLACE_HOME_FOLDER",
    "INTERLACE_STATE_FOLDER",
}  # of compose.yaml itself


def code() -> str:
    """What the settings' names are looked for in."""
    rooms = ["settings.py", "cli_options.py", "instance.py", "alerts/configuration.py"]
    return "".join((PROJECT / "orchestration" / name).read_text(encoding="utf-8") for name in rooms)


def is_setting(name: str) -> bool:
    text = code()
    bare = name.removeprefix("INTERLACE_").removesuffix("_FILE").lower()
    built = bare.removeprefix("alert_")  # folders, knobs and thresholds are read by their names
    return name in text or name.removesuffix("_FILE") in text or f'"{bare}"' in text or f'"{built}"' in text


@pytest.mark.parametrize(
    "path",
    [*sorted(p for p in FOLDER.rglob("*") if p.is_file()), PROJECT / "docs" / "operations.md"],
    ids=lambda p: p.name,
)
def test_every_setting_that_is_named_is_one(path: Path):
    named = set(SETTING.findall(path.read_text(encoding="utf-8"))) - SITE_ONLY
    assert {n for n in named if not n.endswith("_") and not is_setting(n)} == set()


def test_a_setting_that_is_none_would_be_found():
    assert (
        is_setting("INTERLACE_ALERT_LATE_HOURS")
        and is_setting("INTERLACE_SMTP_PASSWORD_FILE")
        and is_setting("INTERLACE_LAKE")
    )
    assert not is_setting("INTERLACE_ALERT_EMIAL") and not is_setting("INTERLACE_NO_SUCH")


def commands(group: Any = None) -> dict[str, Any]:
    """Every command of `interlace`, by name: its options, or of a group again its commands."""
    found = (group or typer.main.get_command(app)).commands
    return {
        name: commands(c) if hasattr(c, "commands") else {o for p in c.params for o in p.opts}
        for name, c in found.items()
    }


def asked(text: str) -> list[list[str]]:
    """Every call of `interlace` in a text."""
    found = re.findall(r"(?:^|[\s/`(])interlace (?:interlace )?([a-z][a-z-]+(?: [^\n`|#)]*)?)", text)
    return [line.split() for line in found]


@pytest.mark.parametrize(
    "path",
    [*sorted(FOLDER.rglob("*.service")), FOLDER / "README.md", PROJECT / "docs" / "operations.md"],
    ids=lambda p: p.name,
)
def test_every_command_that_is_named_is_one_and_has_its_options(path: Path):
    known = commands()
    for command, *arguments in asked(path.read_text(encoding="utf-8")):
        if command in known or any(a.startswith("--") for a in arguments):
            assert command in known, f"interlace {command}"
            options: Any = known[command]
            if isinstance(options, dict):  # a group of commands: the next word is one of them
                assert arguments and arguments[0] in options, f"interlace {command} {arguments}"
                options = options[arguments[0]]
            named = {a.partition("=")[0] for a in arguments if a.startswith("--")}
            assert named <= options | {"--help"}, f"interlace {command}: {named - options}"


def test_the_runbook_has_every_trouble_every_check_and_every_threshold():
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [kind for kind in TITLES if f"`{kind}`" not in text] == []
    assert [name for name in CHECKS if f"`{name}`" not in text] == []
    thresholds = {f.name for f in fields(AlertSettings)} - {"email", "webhook"}
    assert [t for t in thresholds if f"`INTERLACE_ALERT_{t.upper()}`" not in text] == []
    standard = AlertSettings()
    for name in thresholds:  # and its value is the one that holds
        (line,) = [row for row in text.splitlines() if f"`INTERLACE_ALERT_{name.upper()}`" in row]
        assert f"| {getattr(standard, name)} |" in line, line


def test_the_image_copies_what_is_there_and_all_that_a_night_needs():
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M) for name in line.split()]
    assert [name for name in copied if not (PROJECT / name).exists()] == []
    assert {
        "orchestration",
        "dbt_project",
        "expectations",
        "seeds",
        "requirements.lock",
        "pyproject.toml",
    } <= set(copied)
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()
    assert set(copied).isdisjoint(ignored) and "--require-hashes" in text


def test_compose_and_workspace_agree_and_the_ui_is_for_this_machine_only():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    (server,) = yaml.safe_load((FOLDER / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    assert server["grpc_server"]["host"] in compose["services"]
    assert str(server["grpc_server"]["port"]) in compose["services"]["code"]["command"][-1]
    ports = [p for s in compose["services"].values() for p in s.get("ports", ())]
    assert ports and all(p.startswith("127.0.0.1:") for p in ports)
    assert "-h 127.0.0.1" in (FOLDER / "systemd" / "interlace-ui.service").read_text(encoding="utf-8")


def test_no_file_holds_a_secret():
    env = (FOLDER / "example.env").read_text(encoding="utf-8")
    assert [line for line in env.splitlines() if re.match(r"\w*(PASSWORD|WEBHOOK|TOKEN)=.", line)] == []
    compose = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    assert [line for line in compose.splitlines() if re.search(r"PASSWORD: (?!\$\{)", line)] == []


def test_progress_as_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]):
    say = Progress({"INTERLACE_LOG_FORMAT": "json"})
    say("reading “a”\nand b")
    say.line("Published x")
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first["message"] == "reading “a”\nand b" and first["seconds"] >= 0 and first["time"].endswith("Z")
    assert second["message"] == "Published x"
    Progress({}).line("Published x")
    assert capsys.readouterr().out == "Published x\n"
