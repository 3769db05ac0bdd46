"""Whether this machine has what Spark needs, and what to install where it has not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec

from orchestration.errors import ConfigError

JAVA = 17  # the oldest that Spark 4 runs on


def check_spark() -> None:
    """Refuse where something is missing.

    Raises:
        ConfigError: says what, and how to get it.
    """
    if missing := what_is_missing():
        raise ConfigError(f"the engine is spark (INTERLACE_ENGINE), and {missing}")


def what_is_missing(env: Mapping[str, str] = os.environ) -> str | None:
    """What Spark lacks on this machine, with how to get it; None where it lacks nothing.

    Java is looked for where Spark looks for it: in JAVA_HOME, else on the path.
    """
    if find_spec("pyspark") is None or find_spec("dbt.adapters.spark") is None:
        return "its packages are not installed: pip install --require-hashes -r requirements-spark.lock"
    java_home = env.get("JAVA_HOME")
    java = f"{java_home}/bin/java" if java_home else shutil.which("java", path=env.get("PATH"))
    how = f"install Java {JAVA} (Debian: apt install openjdk-{JAVA}-jre-headless)"
    if java is None:
        return f"there is no Java: {how}"
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as e:
        return f"{java} does not run ({e}): {how}"
    version = java_version(said.stderr + said.stdout)
    if version is None or version < JAVA:
        return f"{java} is Java {version or 'of an unknown version'}: {how}, or set JAVA_HOME to where it is"
    return None


def java_version(said: str) -> int | None:
    """The number in what `java -version` says: 17 of `openjdk version "17.0.15"`, 8 of `java version "1.8.0"`."""
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None
