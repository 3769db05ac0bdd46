"""dbt's start on a home and nothing more: the smallest model, built as a night builds.

python -m tests.benchmarks.dbt_start HOME STATE
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestration.settings import Settings
from orchestration.warehouse.dbt_run import build_args, dbt

if __name__ == "__main__":
    dbt([*build_args(), "--select", "stg_run"], Settings.at(sys.argv[1], Path(sys.argv[2]), os.environ))
