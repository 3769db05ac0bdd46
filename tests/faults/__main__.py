"""`python -m tests.faults --home DIR [--kills N] [--seed S] [--only SCENARIO]`: plants faults and counts what is survived."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults import clock, damage, landing, services, shim, together
from tests.faults.bench import Bench
from tests.faults.homes import Homes
from tests.faults.nursery import Nursery
from tests.faults.stages import STAGES
from tests.faults.tally import Tally
from tests.faults.whole import Nights

# of a hundred kills (and half as many full disks and errors of the disk) how many meet each stage: what writes much
# and is quick gets most
SHARES = {
    "feeds": 18, "intake": 34, "workbooks": 6, "build": 3, "gate": 3, "publish": 9, "certify": 4, "rollback": 4,
    "prune": 7, "backup": 6, "restore": 6,
}  # fmt: skip
CHAIN = 4


def stage_faults(bench: Bench, stage: str, kills: int) -> None:
    """Kills, full disks, errors of the disk and folders that cannot be written, in one stage."""
    share = max(1, round(kills * SHARES[stage] / 100))
    bench.kills_in_time(stage, share - share // 2, CHAIN)
    bench.kills_at_operations(stage, share // 2, CHAIN)
    bench.full_disks(stage, max(1, round(share * 0.7)), CHAIN)
    bench.bad_disks(stage, max(1, share // 4), CHAIN)
    if STAGES[stage].compared:
        bench.read_only(stage)


def scenarios(bench: Bench, kills: int) -> dict[str, Callable[[], None]]:
    """Everything that can be asked for, by name."""
    few = max(1, kills // 50)
    found: dict[str, Callable[[], None]] = {s: partial(stage_faults, bench, s, kills) for s in STAGES}
    spoiled = damage.Damage(bench)

    def damages() -> None:
        spoiled.archived(few)
        spoiled.in_lake(few)
        spoiled.released(max(1, few // 2))

    def clocks() -> None:
        clock.behind_the_release(bench)
        clock.jumps(bench)

    def store() -> None:
        services.store_goes_away(bench, 2 * few)

    return found | {
        "damage": damages,
        "landing": lambda: landing.rounds(bench, 2 * few),
        "clock": clocks,
        "store": store,
        "readers": lambda: together.readers_of_other_deeds(bench),
        "nights": lambda: Nights(bench).kills(max(2, kills // 15), 2 * CHAIN),
        "night-disks": lambda: (Nights(bench).full_disks(max(1, few // 2)), Nights(bench).read_only())[0],
        "together": lambda: together.nights_at_once(bench, Nights(bench), 3),
        "postgres": lambda: services.postgres_goes_away(bench, Nights(bench), (9.0, 30.0)[:few]),
    }


def main(arguments: list[str] | None = None) -> int:
    """Plant faults; 0 where all were survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--home", type=Path, required=True, help="folder for the homes; what is prepared is kept"
    )
    parser.add_argument("--kills", type=int, default=300, help="kills in the stages; all else in proportion")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same faults")
    parser.add_argument(
        "--only", action="append", default=[], help="one scenario; may be given several times"
    )
    asked = parser.parse_args(arguments)
    if why := shim.why_not():
        print(f"Could not run: {why}")
        return 2
    begun, tally = time.monotonic(), Tally()
    work = asked.home.resolve()
    with Nursery(work) as nursery:
        bench = Bench(Homes(work, print), nursery, tally, asked.seed)
        known = scenarios(bench, asked.kills)
        if unknown := set(asked.only) - set(known):
            parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        for name in asked.only or known:
            bench.dice.seed(f"{asked.seed} {name}")
            print(f"[{time.monotonic() - begun:7.0f} s] {name}", flush=True)
            known[name]()
            tally.write(work / f"faults-{asked.seed}.json")
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    tally.seconds = sum(u.ru_utime + u.ru_stime for u in used)
    tally.write(work / f"faults-{asked.seed}.json")
    print(f"\n{tally.table()}\n")
    for key, said in sorted(tally.messages.items()):
        for message, times in list(said.items())[:2]:
            print(f"{' / '.join(key)} ({times}x): {' '.join(message.split())[:300]}")
    for failure in tally.failures:
        print("NOT SURVIVED", *failure.values(), sep="\n  ")
    print(
        f"\n{tally.tried:,} faults tried, {tally.survived:,} survived, {tally.seconds:,.0f} processor seconds."
    )
    return 0 if tally.tried == tally.survived else 1


if __name__ == "__main__":
    sys.exit(main())
