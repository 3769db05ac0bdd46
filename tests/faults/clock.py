"""Clocks that jump: nights as of the wrong time, before the right one. What the right one publishes must not change."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from datetime import datetime
from unittest import mock

import pyarrow.parquet as pq
from typer.testing import CliRunner

from orchestration import cli, lake
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import BadDataError
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.settings import Settings
from orchestration.warehouse.build_file import run_facts
from tests.faults import look
from tests.faults.bench import Bench
from tests.faults.homes import HOME
from tests.faults.stages import SECOND_NIGHT, settings_of

STAGE = "clock"
# what the clock said in nights before the one that is looked at
WRONG = {
    "a year back": [datetime(2022, 11, 20, 9)],
    "at its beginning, 1970": [datetime(1970, 1, 1)],
    "years ahead": [datetime(2037, 1, 1)],
    "back and forth": [datetime(2023, 11, 1, 9), datetime(2023, 10, 22, 9), datetime(2023, 11, 10, 9), datetime(2023, 8, 1)],
}  # fmt: skip


def jumps(bench: Bench, names: tuple[str, ...] = tuple(WRONG)) -> None:
    """Nights' intake at wrong times, then the right night: nothing lost, and everything of which marts are made is
    that of the undisturbed home: the rows that stand, and what the night is a function of."""
    undisturbed = _made_of(settings_of(bench.homes.prepared("taken") / HOME))
    for name in names:
        home = bench.homes.start("feeds", bench.folder)
        settings, received = settings_of(home), look.received_hashes(home)
        policy = load_policy(settings.state)
        for at in [*WRONG[name], SECOND_NIGHT]:
            load_feeds(settings, policy, at)
            with suppress(BadDataError) if at != SECOND_NIGHT else nullcontext():
                take_in_submissions(
                    settings, policy, at
                )  # before any directory came the night stops, and says so
        problems = look.lost(home, received) + look.torn(home) + lake.damaged(settings.lake)
        made = _made_of(settings)
        problems += [
            f"{n} is not as in the undisturbed home" for n in undisturbed if made.get(n) != undisturbed[n]
        ]
        bench.tally.note(
            STAGE, f"clock {name}", problems, f"--only clock --seed {bench.seed}: {name}", len(WRONG[name])
        )


def _made_of(settings: Settings) -> dict[str, object]:
    """By table the rows that stand, and the night's facts."""
    found: dict[str, object] = {
        table: sorted(str(row) for p in paths for row in pq.read_table(str(p)).to_pylist())
        for table, paths in lake.parts(settings.lake).items()
    }
    return {**found, "run": run_facts(settings, load_policy(settings.state), SECOND_NIGHT)}


def behind_the_release(bench: Bench) -> None:
    """The clock was set back behind the release that stands: the night says so, and readers keep what they have."""
    home = bench.homes.start("certify", bench.folder)
    before = read_current(home / "releases")
    with mock.patch.object(cli, "now", lambda: datetime(2023, 11, 1)):
        made = CliRunner().invoke(cli.app, ["nightly", "--home", str(home), "--state", str(DEMO_STATE)])
    problems = [] if made.exit_code == 2 else [f"it ended with {made.exit_code}"]
    if "clock" not in made.output or str(before) not in made.output:
        problems.append(f"it does not name the cause: {made.output[-400:]}")
    if read_current(home / "releases") != before:
        problems.append("current was moved")
    fault = "clock set back behind the release"
    bench.tally.heard(STAGE, fault, made.output.strip().splitlines()[-1])
    bench.tally.note(STAGE, fault, problems, "--only clock")
