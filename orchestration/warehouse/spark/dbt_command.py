"""dbt's command with a Spark session ready: `python -m orchestration.warehouse.spark.dbt_command PLAN dbt's arguments`.

dbt-spark takes the session that its process has. This one is made here, with what the night's plan says, and
knows the lake's tables before dbt starts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from orchestration.warehouse.spark.lake import make_lake
from orchestration.warehouse.spark.session import start


def main(argv: list[str]) -> int:
    """Run dbt; its exit code: 0 where all is well, 1 where a node failed, 2 where dbt could not run."""
    from dbt.cli.main import dbtRunner

    plan = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    session = start(plan["session"])
    try:
        make_lake(session, plan["lake"])
        result = dbtRunner().invoke(argv[1:])
    finally:
        session.stop()
    if result.exception is not None:
        sys.stderr.write(f"{result.exception}\n")
        return 2
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
