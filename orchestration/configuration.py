"""Every configuration a night ran under, kept in the archive by its hash, written once.

    archive/configurations/<policy_sha256>.json     the text of policy.yaml and what it is based on,
                                                    feeds.yaml and allocation.yaml

Without them a past release could not be made again from the archive: a state's folder is edited from year
to year, and a manifest names only the hash of what it held.
"""

from __future__ import annotations

import os
from pathlib import Path

from upath import UPath

from orchestration import storage
from orchestration.errors import BadDataError, ConfigError
from orchestration.yaml_text import load_yaml

FOLDER = "configurations"
FILES = ("policy.yaml", "feeds.yaml", "allocation.yaml")


def configuration_file(archive: UPath, sha256: str) -> UPath:
    """Where the configuration of that hash stands."""
    return archive / FOLDER / f"{sha256}.json"


def keep_configuration(archive: UPath, state: Path, sha256: str) -> None:
    """Keep a state's folder as it is under the hash that its releases name; one that stands is not changed.

    Raises:
        ConfigError: a file is not UTF-8 text.
    """
    target = configuration_file(archive, sha256)
    if target.exists():
        return
    files = [p for p in (*policy_files(state), *(state / n for n in FILES[1:])) if p.is_file()]
    root = Path(os.path.commonpath([p.parent for p in files]))
    texts = {}
    for path in files:
        try:
            texts[path.relative_to(root).as_posix()] = path.read_bytes().decode()
        except UnicodeDecodeError as e:
            raise ConfigError(f"{path} is not UTF-8 text; save it as UTF-8") from e
    storage.write_json(target, {"state": state.relative_to(root).as_posix(), "files": texts})


def restore_configuration(archive: UPath, sha256: str, to: Path) -> Path:
    """Write a kept configuration into a folder; the state's folder within it.

    Raises:
        BadDataError: it was not kept.
    """
    source = configuration_file(archive, sha256)
    if not source.exists():
        raise BadDataError(
            f"the archive has not kept the configuration {sha256} (a release older than the keeping of "
            "configurations, or one made without a night); name the state's folder as it was then with --state"
        )
    raw = storage.read_json(source)
    for name, text in raw["files"].items():
        path = (to / name).resolve()
        if not path.is_relative_to(to.resolve()):
            raise BadDataError(f"{source} names a file outside its folder ({name}); restore it from a backup")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return to / raw["state"]


def policy_files(state: Path) -> list[Path]:
    """The state's policy.yaml and every policy that it is based on, the outermost first."""
    found: list[Path] = []
    path = (state / FILES[0]).resolve()
    while path not in found and path.is_file():
        found.append(path)
        raw = load_yaml(path.read_bytes())
        if not isinstance(raw, dict) or "based_on" not in raw:
            break
        path = (path.parent / str(raw["based_on"])).resolve()
    return found
