"""`python -m tests.benchmarks.answers`: how long an LEA waits for its receipt while Dagster's daemon watches.

Drops one small file into landing, then a thousand of as many LEAs at once, and prints the seconds until
the last `receipt.html` lies in the outbox. The goals are two minutes and five.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from orchestration.settings import PROJECT, Settings

sys.path.insert(0, str(PROJECT / "tests" / "e2e"))
from watched_home import daemon, make_home, receipt_of, report, wait_for


def drop(settings: Settings, leas: list[str]) -> list[Path]:
    """A report of each LEA into landing; where their receipts will lie."""
    receipts = []
    for lea_id in leas:
        folder = settings.home / "landing" / lea_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.xlsx").write_bytes(report(lea_id))
        receipts.append(receipt_of(settings, lea_id))
    return receipts


def main(many: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        settings, leas = make_home(Path(scratch) / "home", many + 2)
        with daemon(settings, Path(scratch) / "daemon.log") as process:
            # the first file also waits for the daemon to start, which is not what is measured
            wait_for(drop(settings, leas[:1]), process, 300)
            for files in (leas[1:2], leas[2 : many + 2]):
                time.sleep(7)  # not in step with the sensor
                receipts = drop(settings, files)
                seconds = wait_for(receipts, process, 900)
                sys.stdout.write(f"{len(files):5,} file(s): last receipt after {seconds:6.1f} s\n")
                sys.stdout.flush()


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("files", type=int, nargs="?", default=1_000, help="of as many LEAs at once; 1,000")
    main(words.parse_args().files)
