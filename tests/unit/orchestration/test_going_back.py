"""Nights that would take readers back to an earlier time: who begins them decides whether they may."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from orchestration.alerts import rules
from orchestration.assets.faults import permanent_faults
from orchestration.assets.night import Night
from orchestration.build_defs import build_defs
from orchestration.clock import now
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import ConfigError
from orchestration.going_back import refuse_clock_set_back
from orchestration.instance import BY_COMMAND_LINE, prepare_instance
from orchestration.jobs import nightly_job
from orchestration.operations.nights import nights_of
from orchestration.operations.status import metrics, status_of
from orchestration.policy import load_policy
from orchestration.schedules import nightly_schedule
from orchestration.settings import Settings

STANDS = "20231120T090000Z-0a1b2c3d"
EARLIER, SAME = "2023-11-20T02:00:00-06:00", "2023-11-20T03:00:00-06:00"
SCHEDULED, AGAIN = {"dagster/schedule_name": "nightly"}, {"dagster/retry_number": "1"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose release is as of 9:00 UTC, which is 3:00 in Chicago."""
    return standing(tmp_path, STANDS)


def standing(home: Path, release: str) -> Settings:
    (home / "releases" / release).mkdir(parents=True)
    (home / "releases" / "current").symlink_to(release)
    return Settings.at(home, DEMO_STATE)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@dg.asset
def feeds(context: dg.AssetExecutionContext, night: Night) -> None:
    """The first step of a night, as it asks for the time."""
    with permanent_faults():
        night.time(context)


@dg.asset(deps=[feeds])
def release() -> None:
    """What readers get."""


def run(
    instance: dg.DagsterInstance,
    settings: Settings,
    as_of: str,
    tags: dict[str, str],
    assets: tuple[dg.AssetsDefinition, ...] = (feeds, release),
) -> bool:
    """Whether a run went through."""
    job = dg.Definitions(
        assets=assets, jobs=[nightly_job()], resources={"night": Night(home=settings)}
    ).resolve_job_def("nightly")
    config = {"resources": {"night": {"config": {"as_of": as_of}}}} if as_of else None
    done = job.execute_in_process(instance=instance, run_config=config, tags=tags, raise_on_error=False)
    return done.success


def said(instance: dg.DagsterInstance) -> tuple[str, str]:
    """The last night's outcome and reason."""
    (night,) = nights_of(instance, now(), held=False, most=1)
    return night.outcome, " ".join(night.reasons)


@pytest.mark.parametrize("tags", [SCHEDULED, AGAIN, {**SCHEDULED, **AGAIN}], ids=["late", "again", "both"])
def test_a_night_that_nobody_asked_for_by_hand_is_left_out_where_a_later_release_stands(
    settings: Settings, instance: dg.DagsterInstance, tags: dict[str, str]
):
    assert not run(instance, settings, EARLIER, tags)
    outcome, why = said(instance)
    assert outcome == "left out" and why.startswith(
        f"feeds: the night as of 2023-11-20 08:00 UTC is left out: release {STANDS}"
    )
    assert run(instance, settings, SAME, tags)  # the same time once more takes nothing away


@pytest.mark.parametrize("tags", [{}, BY_COMMAND_LINE], ids=["in Dagster", "command line"])
def test_who_names_an_earlier_time_gets_it(
    settings: Settings, instance: dg.DagsterInstance, tags: dict[str, str]
):
    assert run(instance, settings, EARLIER, tags)


def test_a_run_that_publishes_nothing_may_be_of_an_earlier_time(
    settings: Settings, instance: dg.DagsterInstance
):
    assert run(instance, settings, EARLIER, SCHEDULED, (feeds,))


@pytest.mark.parametrize("as_of", ["", EARLIER], ids=["of its beginning", "scheduled"])
def test_a_release_of_a_time_that_has_not_come_is_a_fault_of_a_clock_and_told_as_one(
    tmp_path: Path, instance: dg.DagsterInstance, as_of: str
):
    settings = standing(tmp_path, f"{now() + timedelta(days=400):%Y%m%dT%H%M%SZ}-0a1b2c3d")
    assert not run(instance, settings, as_of, SCHEDULED if as_of else {})
    outcome, why = said(instance)
    assert outcome == "could not run" and "a clock is wrong, or was" in why


def test_a_night_left_out_is_no_trouble_and_hides_none(settings: Settings):
    with dg.DagsterInstance.from_config(prepare_instance(settings)) as instance:
        assert run(instance, settings, SAME, SCHEDULED)
        assert not run(instance, settings, EARLIER, AGAIN)
        past = nights_of(instance, now(), held=False)
        assert [n.outcome for n in past] == ["left out", "published"]
        assert rules.night(past, STANDS) == []
        assert "interlace_last_night_published 1" in list(metrics(status_of(settings, now())))


def test_the_whole_job_is_left_out_at_its_first_step_and_takes_nothing_in(
    settings: Settings, instance: dg.DagsterInstance
):
    (settings.home / "feeds").mkdir()
    (settings.home / "feeds" / "directory.csv").write_text("anything")
    done = build_defs(settings).resolve_job_def("nightly").execute_in_process(
        instance=instance,
        run_config={"resources": {"night": {"config": {"as_of": EARLIER}}}},
        tags=SCHEDULED,
        raise_on_error=False,
    )  # fmt: skip
    assert not done.success and said(instance)[0] == "left out"
    assert next(e.step_key for e in done.all_events if e.is_step_failure) == "feeds"
    assert not (settings.home / "archive").exists()
    assert (settings.home / "releases" / "current").readlink().name == STANDS


def test_a_late_tick_of_the_schedule_asks_for_nothing_where_a_later_release_stands(settings: Settings):
    policy = load_policy(DEMO_STATE)

    def tick(hour: int, clock: datetime) -> Any:
        schedule = nightly_schedule(settings, nightly_job(), policy, lambda: clock)
        at = datetime(2023, 11, 20, hour, tzinfo=ZoneInfo(policy.time_zone))
        return schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=at))

    late = tick(2, datetime(2023, 11, 20, 12))
    assert not late.run_requests and f"is left out: release {STANDS}" in (late.skip_message or "")
    assert tick(3, datetime(2023, 11, 20, 12)).run_requests  # as of the same time
    # behind the release by the clock: the run is asked for, cannot run, and an alert tells of it
    assert tick(2, datetime(2023, 11, 20, 8)).run_requests


def test_a_tick_that_cannot_see_the_release_asks_for_the_run_which_looks_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    def away(*_: object) -> None:
        raise ConnectionError("the store is away")

    monkeypatch.setattr("orchestration.going_back.current_as_of", away)
    schedule = nightly_schedule(settings, nightly_job(), load_policy(DEMO_STATE))
    at = datetime(2023, 11, 20, 8, tzinfo=UTC)
    assert schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=at)).run_requests


def test_a_clock_behind_the_release_that_stands_stops_the_night_and_one_at_or_after_it_does_not(
    settings: Settings,
):
    with pytest.raises(
        ConfigError, match=f"the clock says 2023-11-20 08:59 UTC, but release {STANDS}"
    ) as told:
        refuse_clock_set_back(settings, datetime(2023, 11, 20, 8, 59))
    assert "interlace release rollback" in str(told.value) and "--as-of" in str(told.value)
    refuse_clock_set_back(settings, datetime(2023, 11, 20, 9))
    refuse_clock_set_back(settings, datetime(2023, 11, 21))
