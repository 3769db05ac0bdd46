"""`make bench`: nights of a state of any size beside the bare script, the work by hand and the raw scan.

    python -m tests.benchmarks.night [--leas 100] [--schools 11] [--parts full,part,history] [--history 1,3]
        [--by-hand 100] [--folder SCRATCH]

California's size is `--leas 1000 --schools 11`: 1,018 files, 12,000 plans, 640,000 action statuses a month. Three parts:

- full: one month's files through a whole first night, beside the baselines over the same files;
- part: a home with a year of months in its lake: a night with nothing new, one with 1 % of the LEAs' files, and
  dbt's start on that home;
- history: nights on homes with so many school years, of as many LEAs.

Every figure is of whole processes watched from outside (`processes.py`); ratios are of processor seconds, which
other work on the machine disturbs least. SCRATCH keeps the files made, so that a second run need not make them.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from orchestration.demo.state import DEMO_STATE
from orchestration.warehouse.manifest import ensure_manifest
from tests.benchmarks.homes import MONTH, lake_home, landing_of, year_home
from tests.benchmarks.processes import Measured, measure
from tests.benchmarks.stages import stages, table

AS_OF = "2024-02-01"  # all corrections of the month have come
PACKAGES = ("dagster", "dbt-core", "duckdb", "great-expectations", "python-calamine", "openpyxl", "pandas")


def run(module: str, *arguments: object, env: dict[str, str] | None = None) -> Measured:
    """A module of this Python, watched."""
    return measure([sys.executable, "-m", module, *map(str, arguments)], env)


def night(home: Path, as_of: str, env: dict[str, str] | None = None) -> Measured:
    """A night on a home, watched; one that is refused by a check has done its work, too."""
    command = [sys.executable, "-m", "orchestration.cli", "nightly", "--home", str(home)]
    command += ["--state", str(DEMO_STATE), "--as-of", as_of]
    return measure(command, env, ends=(0, 1))


def say(*lines: str) -> None:
    """Print lines, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def rows(found: dict[str, Measured], base: str) -> Iterator[str]:
    """What was measured as a Markdown table, each beside one of them."""
    yield f"| | s | processor s | x {base} | peak MiB, all processes |"
    yield "|---|--:|--:|--:|--:|"
    for name, m in found.items():
        yield f"| {name} | {m.seconds:.1f} | {m.cpu:.1f} | {m.cpu / found[base].cpu:.2f} | {m.peak:,.0f} |"


def where(home: Path, m: Measured, name: str) -> None:
    """Print where a night's seconds went, and the gate's share."""
    found = stages(home, m)
    gate = sum(s.cpu for s in found if s.name.startswith("gate"))
    say("", f"Where the seconds of {name} went:", "", *table(found, m))
    say("", f"Gate: {100 * gate / m.cpu:.0f} % of the processor seconds. {m.lines[-1][1].strip()}")


def full(folder: Path, leas: int, schools: int, by_hand: int) -> None:
    """A first night of one month's files, and the baselines over the same files."""
    source = landing_of(folder, leas, schools)
    env = {f"INTERLACE_{name.upper()}": str(source / name) for name in ("landing", "feeds")}
    home, out = folder / "full-home", folder / "bare"
    for old in (home, out):
        shutil.rmtree(old, ignore_errors=True)
    landing = source / "landing"
    files = sum(p.is_file() for p in landing.rglob("*"))
    found = {"full night": night(home, AS_OF, env)}
    where(home, found["full night"], "the full night")
    run("tests.benchmarks.plain_sql", home, folder / "sql")
    found["bare script"] = run("tests.benchmarks.bare", landing, folder / "sql", out, DEMO_STATE)
    say("", *differences(home, out))
    shutil.rmtree(out)
    of_hand = min(by_hand, files)
    if of_hand:
        hand = run("tests.benchmarks.by_hand", landing, of_hand)
        more = files / of_hand  # file by file: as many more files, as much more time
        found[f"by hand ({of_hand} files, times {more:.1f})"] = Measured(
            hand.seconds * more, hand.cpu * more, hand.looks
        )
    found["raw scan of the files' bytes"] = run("tests.benchmarks.scan", "bytes", landing)
    found["raw scan of the lake's Parquet"] = run("tests.benchmarks.scan", "parquet", home / "lake")
    say("", f"One month, {leas:,} LEAs, {files:,} files:", "", *rows(found, "bare script"))


def differences(home: Path, out: Path) -> list[str]:
    """Which marts of the bare script hold other rows than the night's, so that the two are known to do the same."""
    from orchestration.content import mart_contents

    ours = mart_contents(home / "warehouse" / "warehouse.duckdb")
    bare = mart_contents(out / "bare.duckdb")
    other = sorted(m for m in ours if m not in bare or ours[m].rows != bare[m].rows)
    same = sum(m in bare and ours[m].sha256 == bare[m].sha256 for m in ours)
    total = sum(c.rows for c in ours.values())
    return [
        f"Of the night's {len(ours)} marts ({total:,} rows) the bare script made {same} the same to the last value; "
        f"with another number of rows: {', '.join(other) or 'none'}."
    ]


def part(folder: Path, leas: int, schools: int) -> None:
    """Nights on a home with a year of history: with nothing new, and with 1 % of the LEAs' files.

    All are after the day by which May's reports are due: on that day every LEA that is silent has new rows.
    """
    home, news = year_home(folder, leas, schools)
    landing = {"INTERLACE_LANDING": str(folder / "no-landing")}
    (folder / "no-landing").mkdir(exist_ok=True)
    found = {"first night on the year": night(home, "2024-06-17", landing)}
    found["empty night"] = night(home, "2024-06-18", landing)
    where(home, found["empty night"], "an empty night on a year of history")
    found["night with 1 % of the files"] = night(home, "2024-06-20", {"INTERLACE_LANDING": str(news)})
    where(home, found["night with 1 % of the files"], "a night with 1 % of the files")
    found["dbt's start: one model"] = run("tests.benchmarks.dbt_start", home, DEMO_STATE)
    sent = sum(p.is_file() for p in news.rglob("*"))
    say("", f"A year of history, {leas:,} LEAs, {sent} new files:", "", *rows(found, "empty night"))


def history(folder: Path, leas: int, schools: int, years: list[int]) -> None:
    """First nights on homes with more and more school years."""
    found = {}
    for n in years:
        home, as_of = lake_home(folder, leas, schools, n)
        name = f"{n} school year{'s' if n > 1 else ''}"
        found[name] = night(home, as_of, {"INTERLACE_LANDING": str(folder / "no-landing")})
        where(home, found[name], f"a night over {name}")
        shutil.rmtree(home / "warehouse")
        shutil.rmtree(home / "releases", ignore_errors=True)
    say("", f"History of {leas:,} LEAs:", "", *rows(found, next(iter(found))))


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--leas", type=int, default=100)
    words.add_argument("--schools", type=int, default=11, help="of each LEA")
    words.add_argument("--parts", default="full,part,history")
    words.add_argument("--history", default="1,3", help="school years")
    words.add_argument("--history-leas", type=int, help="LEAs of the part `history`; as --leas says")
    words.add_argument("--by-hand", type=int, default=100, help="files of which the work by hand is measured")
    words.add_argument("--folder", type=Path)
    said = words.parse_args()
    parts = said.parts.split(",")
    ensure_manifest()  # made once for the code, not each night
    packages = ", ".join(f"{p} {version(p)}" for p in PACKAGES)
    say(
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}",
        f"One month: {MONTH}",
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = (said.folder or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "no-landing").mkdir(exist_ok=True)
        if "full" in parts:
            full(folder, said.leas, said.schools, said.by_hand)
        if "part" in parts:
            part(folder, said.leas, said.schools)
        if "history" in parts:
            years = [int(n) for n in said.history.split(",")]
            history(folder, said.history_leas or said.leas, said.schools, years)


if __name__ == "__main__":
    main()
