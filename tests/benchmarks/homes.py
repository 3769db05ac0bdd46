"""The homes that nights are measured on: made once, kept in a folder, simulated by `large_state`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.benchmarks.processes import measure

MONTH = "2023-11"
FIRST_YEAR = (
    2022  # the school year that every history begins with, the first that the demonstration's policy covers
)
YEAR, LAST = ("2023-08", "2024-04"), "2024-05"
SHARE = 100  # one LEA in so many sends something on a quiet night


def _simulated(home: Path, periods: str, leas: int, schools: int, *words: str) -> Path:
    """A simulated home, made whole or not at all."""
    if not home.exists():
        making = home.with_name(f"making-{home.name}")
        shutil.rmtree(making, ignore_errors=True)
        command = [sys.executable, "-m", "tests.benchmarks.large_state", str(making), periods]
        measure([*command, str(leas), str(schools), *words])
        making.rename(home)
    return home


def landing_of(folder: Path, leas: int, schools: int) -> Path:
    """A folder with `landing/` of one month's files and the state's `feeds/`."""
    return _simulated(folder / f"files-{leas}-{schools}", f"{MONTH}..{MONTH}", leas, schools, "--files")


def year_home(folder: Path, leas: int, schools: int) -> tuple[Path, Path]:
    """A home with nine months in its lake, and a landing folder with the tenth month's files of 1 % of its LEAs."""
    kept = _simulated(folder / f"year-{leas}-{schools}", "..".join(YEAR), leas, schools)
    most = max(1, leas // SHARE)
    news = _simulated(
        folder / f"news-{leas}-{schools}", f"{LAST}..{LAST}", leas, schools, "--files", f"--most={most}"
    )
    return _copy(kept, folder / "part-home"), news / "landing"


def lake_home(folder: Path, leas: int, schools: int, years: int) -> tuple[Path, str]:
    """A home with that many whole school years in its lake, and a night's time after the last of them."""
    last = FIRST_YEAR + years
    kept = _simulated(
        folder / f"history-{leas}-{schools}-{years}", f"{FIRST_YEAR}-08..{last}-05", leas, schools
    )
    return _copy(kept, folder / "history-home"), f"{last}-06-20"


def _copy(kept: Path, home: Path) -> Path:
    """A home to run nights on; what is kept stays as it was made."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(kept, home)
    return home
