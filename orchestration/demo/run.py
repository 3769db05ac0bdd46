"""The demonstration: a synthetic state from nothing to a published release, and three answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb

from orchestration.clock import now
from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_AS_OF, DEMO_PERIODS, DEMO_SEED, DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.lock import writer_lock
from orchestration.nightly import PUBLISHED, progress_to, run_night
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.storage import local
from orchestration.summary import night_lines

QUESTIONS = Path(__file__).parent / "questions"
# some typing slips, so that a newcomer sees rows put aside and receipts that say why
DEMO_SLIPS = 0.02


def run_demo(home: Path, env: Mapping[str, str], say: Callable[[str], None]) -> tuple[int, list[str]]:
    """Make the demo home where it is missing, run its night, and say what came of it.

    Returns:
        The night's exit code and the lines to print last.
    """
    settings = Settings.at(home, DEMO_STATE, env)
    policy = load_policy(settings.state)
    say("writing the feeds of a synthetic state")
    write_demo_state(settings.home)
    with writer_lock(settings.warehouse):
        load_feeds(settings, policy, now(), say)
    say(f"writing what its LEAs would have sent, {DEMO_PERIODS[0]} to {DEMO_PERIODS[-1]}")
    simulate(settings, policy, DEMO_PERIODS, seed=DEMO_SEED, slips=DEMO_SLIPS, progress=say)
    say(f"running the night of {DEMO_AS_OF:%Y-%m-%d}")
    with progress_to(say):
        result = run_night(settings, DEMO_AS_OF)
    lines = list(night_lines(settings, result))
    if result.code == PUBLISHED and result.release_id:
        release = local(settings.releases) / "current"
        lines += ["", *answers(release / "internal" / "marts.duckdb"), "", *_where_next(settings, release)]
    return result.code, lines


def answers(marts: Path) -> Iterator[str]:
    """Three questions of an analyst, answered from a release."""
    with duckdb.connect(str(marts), read_only=True) as db:
        for path in sorted(QUESTIONS.glob("*.sql")):
            sql = path.read_text(encoding="utf-8")
            yield sql.splitlines()[0].removeprefix("-- ")
            rows = db.execute(sql).fetchall()
            width = max((len(str(r[0])) for r in rows), default=0)
            for row in rows:
                yield f"  {row[0]!s:<{width}}  {'  '.join(str(v) for v in row[1:])}"


def _where_next(settings: Settings, release: Path) -> list[str]:
    return [
        "Look around:",
        "  Dagster UI      make ui, then http://127.0.0.1:3000",
        f"  Data Docs       open {release / 'internal' / 'data_docs' / 'index.html'}",
        f"  marts           {release / 'internal' / 'marts.duckdb'} (docs/analysts.md shows how to read it)",
        f"  receipts        {settings.outbox}",
    ]
