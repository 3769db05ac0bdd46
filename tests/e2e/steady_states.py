"""Organizations without any trend, and some that truly stall, run through the models of waning as they are.

Each organization has one skill for the whole year: the chance that an action is done by its due day. What
is late takes some weeks more, and a few actions are never done. A stall is two to four months on which no
work advances. What the models then say is known to be right or wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from orchestration.policy import load_policy
from orchestration.school_year import period_range

YEAR = "2023-24"
PERIODS = period_range("2023-08", "2024-05")
FIRST_DAY = np.datetime64("2023-08-01")
STRATEGIES = 5
PRACTICES = [f"{d}{p}" for d in "1234" for p in "ABC"]
NEVER = 10_000.0  # days
MODELS = (
    "int_action_states",
    "int_newly_due",
    "int_waning_peers",
    "int_waning_rates",
    "int_waning_falls",
    "rpt_waning",
)


@dataclass(frozen=True)
class State:
    """What is true of a simulated state.

    Args:
        actions: one row per organization, action and period, in the shape of fct_action_status.
        codes: the practices of each organization's strategies.
        stalled: the organizations that truly stall.
    """

    actions: pd.DataFrame
    codes: pd.DataFrame
    stalled: frozenset[str]


def simulate(seed: int, n: int, actions: int, spread: float, stalled: float) -> State:
    """A state of n schools with as many actions each.

    Args:
        spread: standard deviation of the skills around 0.78; 0 makes all alike.
        stalled: share of schools that stall.
    """
    rng = np.random.default_rng(seed)
    shape = (n, actions)
    skill = np.clip(rng.normal(0.78, spread, (n, 1)), 0.35, 0.97)
    due = rng.integers(20, 300, shape).astype(float)
    start = due - rng.integers(20, 60, shape)
    on_time = rng.random(shape) < skill
    done = np.where(on_time, due - rng.integers(0, 12, shape), due + 4 + rng.exponential(28, shape).round())
    done = np.where(~on_time & (rng.random(shape) < 0.12), NEVER, done)
    is_stalled = rng.random(n) < stalled
    begin = np.where(is_stalled, rng.integers(45, 210, n), NEVER)[:, None]
    end = begin + rng.integers(50, 120, (n, 1))
    hit = (start < end) & (done >= begin)
    done = np.where(hit, done + end - np.maximum(begin, start), done)
    org = np.array([f"{i:08d}" for i in range(n)])
    strategy = np.arange(actions) % STRATEGIES
    frames = []
    for period in PERIODS:
        end_of_month = (np.datetime64(period, "M") + 1).astype("datetime64[D]")
        last = int((end_of_month - FIRST_DAY).astype(int)) - 1
        is_done, is_due = done <= last, due <= last
        frames.append(
            pd.DataFrame(
                {
                    "org_id": np.repeat(org, actions),
                    "lea_id": "00000000",
                    "school_year": YEAR,
                    "period": period,
                    "strategy_code": [f"1.{s + 1}" for s in strategy] * n,
                    "milestone_code": [f"1.{s + 1}.1" for s in strategy] * n,
                    "action_code": [f"1.{s + 1}.1.{a + 1}" for a, s in enumerate(strategy)] * n,
                    "due_on": (FIRST_DAY + due.astype(int).ravel().astype("timedelta64[D]")),
                    "status": np.where(is_done, "completed", "in_progress").ravel(),
                    "percent_complete": np.nan,
                    "is_planned": True,
                    "is_reported": True,
                    "is_completed": is_done.ravel(),
                    "is_due": is_due.ravel(),
                    "is_on_time": (is_done & (done <= due)).ravel(),
                    "is_behind": (is_due & ~is_done).ravel(),
                }
            )
        )
    codes = pd.DataFrame(
        {
            "org_id": np.repeat(org, STRATEGIES),
            "school_year": YEAR,
            "strategy_code": [f"1.{s + 1}" for s in range(STRATEGIES)] * n,
            "code": rng.choice(PRACTICES, n * STRATEGIES),
        }
    )
    return State(pd.concat(frames, ignore_index=True), codes, frozenset(org[is_stalled]))


def waning(state: State, compiled: Path, policy: Path) -> pd.DataFrame:
    """All rows of rpt_waning for a simulated state.

    Args:
        compiled: folder of the SQL that a night ran, in which the models stand by their names.
        policy: folder of the state whose settings hold.
    """
    with duckdb.connect() as db:
        db.register("simulated_actions", state.actions)
        db.register("simulated_codes", state.codes)
        settings = {
            name.removeprefix("waning_"): float(str(load_policy(policy).value(name, YEAR)))
            for name in ("waning_mads", "waning_fall", "waning_periods", "waning_min_due", "waning_min_peers")
        }
        columns = ", ".join(
            f"cast({v} as {'bigint' if k == 'periods' else 'double'}) as {k}" for k, v in settings.items()
        )
        db.execute(f"create table int_waning_settings as select '{YEAR}' as school_year, {columns}")
        db.execute(GIVEN)
        for model in MODELS:
            # beside it, in a folder named as the model's YAML, may stand the SQL of its tests
            (path,) = (p for p in compiled.glob(f"*/models/**/{model}.sql") if not p.parent.suffix)
            sql = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", path.read_text(encoding="utf-8"))
            db.execute(f"create table {model} as {sql}")
        return db.execute("select * from rpt_waning").df()


# what other models give, of organizations that report every month
GIVEN = """
create table fct_action_status as select * from simulated_actions;
create table dim_organization as select distinct org_id, 'school' as org_level from simulated_actions;
create table int_organization_sequence as
    select org_id, lea_id, school_year, period, true as is_reported,
        row_number() over (partition by org_id order by period) as period_no,
        lead(period) over (partition by org_id order by period) as next_period
    from (select distinct org_id, lea_id, school_year, period from simulated_actions);
create table int_strategy_codes as
    select org_id, school_year, strategy_code, 'all' as code_level, 'all' as code from simulated_codes
    union all select org_id, school_year, strategy_code, 'practice', code from simulated_codes;
create table int_implementation_organizations as
    select org_id, lea_id, school_year, period, code_level, code, true as is_reported, count(*) as n_planned,
        0 as n_not_reported, count(*) filter (where is_due) as n_due, count(*) filter (where is_behind) as n_behind
    from simulated_actions join int_strategy_codes using (org_id, school_year, strategy_code)
    group by all;
"""
