"""This home's Dagster instance: where its runs are kept, and how many may write at once."""

from __future__ import annotations

import yaml

from orchestration import storage
from orchestration.settings import Settings

CONFIG = {
    "telemetry": {"enabled": False},
    # one writer at a time: the build file has one owner, and so has the lake
    "concurrency": {
        "pools": {"default_limit": 1},
        "runs": {"tag_concurrency_limits": [{"key": "interlace/writes", "value": "home", "limit": 1}]},
    },
    "python_logs": {"managed_python_loggers": ["interlace"], "python_log_level": "INFO"},
}


def prepare_instance(settings: Settings) -> str:
    """Write the home's dagster.yaml where there is none yet; the folder, for DAGSTER_HOME."""
    config = settings.dagster_home / "dagster.yaml"
    if not config.exists():
        storage.write_whole(config, yaml.safe_dump(CONFIG, sort_keys=False).encode())
    return str(settings.dagster_home)


def main() -> None:
    """Prepare the instance of a home and print its folder (for `make ui`)."""
    import os
    import sys
    from pathlib import Path

    print(prepare_instance(Settings.at(Path(sys.argv[1]), Path(sys.argv[2]), os.environ)))


if __name__ == "__main__":
    main()
