"""The installation: Python, and every package that Interlace needs at the version that was tested."""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from orchestration.doctor.finding import Finding, Look, ok, problem, some, warning
from orchestration.settings import PROJECT
from orchestration.warehouse.dbt_run import dbt_executable
from orchestration.warehouse.spark.installed import what_is_missing

SET_UP = "install what was tested: pip install --require-hashes -r requirements.lock (or delete .venv and run make)"


def installation(look: Look) -> list[Finding]:
    """Python's version, the packages' versions against the lock, dbt's command."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = [python_version(project["requires-python"])]
    lock = PROJECT / "requirements.lock"
    if lock.is_file():
        needed, misfits = installed_versions(project["dependencies"])
        found += against_lock(needed, misfits, locked_versions(lock.read_text(encoding="utf-8")))
    else:
        found.append(
            warning(
                f"{lock} is not there, so the packages' versions cannot be compared",
                "install from a checkout or the container image, which hold the lock",
            )
        )
    if shutil.which(dbt_executable()) is None:
        found.append(problem(f"dbt's command is not there ({dbt_executable()})", SET_UP))
    if look.settings.engine == "spark":
        found.append(spark_is_here(what_is_missing()))
    return found


def spark_is_here(missing: str | None) -> Finding:
    """Whether the engine that is set can run."""
    if missing is None:
        return ok("Spark and Java are installed")
    what, _, how = missing.partition(": ")
    return problem(f"the engine is spark (INTERLACE_ENGINE), and {what}", how)


def python_version(wanted: str, running: str = "{}.{}.{}".format(*sys.version_info[:3])) -> Finding:
    """Whether Python is one of those that Interlace is tested with."""
    if SpecifierSet(wanted).contains(running):
        return ok(f"Python {running}")
    return problem(f"Python is {running}; Interlace needs {wanted}", "install one of these and set up anew")


def locked_versions(lock: str) -> dict[str, set[str]]:
    """Package -> versions of a lock that hold on this machine."""
    found: dict[str, set[str]] = {}
    for line in lock.splitlines():
        if line[:1].isalnum() and "==" in line:
            asked = Requirement(line.removesuffix("\\").strip())
            if asked.marker is None or asked.marker.evaluate():
                version = next(s.version for s in asked.specifier)
                found.setdefault(canonicalize_name(asked.name), set()).add(version)
    return found


def installed_versions(direct: list[str]) -> tuple[dict[str, str | None], list[str]]:
    """Every package that these need, and what they need in turn -> installed version; None where missing.

    Also, in words, those whose version somebody's requirement excludes.
    """
    found: dict[str, str | None] = {}
    misfits: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(d) for d in direct]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        try:
            distribution = Distribution.from_name(name)
        except PackageNotFoundError:
            found[name] = None
            continue
        found[name] = distribution.version
        if not asked.specifier.contains(distribution.version, prereleases=True):
            misfits.add(f"{name} {distribution.version} (needed: {asked.specifier})")
        for extra in ("", *sorted(asked.extras)):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [
                    need
                    for need in map(Requirement, distribution.requires or ())
                    if need.marker is None or need.marker.evaluate({"extra": extra})
                ]
    return found, sorted(misfits)


def against_lock(
    installed: Mapping[str, str | None], misfits: list[str], locked: Mapping[str, set[str]]
) -> list[Finding]:
    """What is missing or does not fit, and what is of another version than was tested."""
    missing = sorted(n for n, version in installed.items() if version is None)
    other = sorted(
        f"{n} {version} (tested: {', '.join(sorted(locked[n]))})"
        for n, version in installed.items()
        if version is not None and n in locked and version not in locked[n]
    )
    found = []
    if missing:
        found.append(problem(f"{len(missing)} packages are missing: {some(missing)}", SET_UP))
    if misfits:
        found.append(problem(f"{len(misfits)} packages do not fit together: {some(misfits)}", SET_UP))
    if other:
        found.append(warning(f"{len(other)} packages differ from requirements.lock: {some(other)}", SET_UP))
    return found or [ok(f"{len(installed)} packages as in requirements.lock")]
