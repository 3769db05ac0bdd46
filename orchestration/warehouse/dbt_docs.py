"""dbt's own documentation of the project as one page that works without a network.

What `dbt docs generate --static` would write, from the manifest that a night has anyway: the command itself
connects, compiles and asks the database for a catalog, which takes longer than a night may. Made once for a
version of the project, and kept beside its manifest.
"""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.errors import ConfigError

PAGE = "dbt_docs.html"
# what dbt's own command puts the two files in the place of
MANIFEST_HERE, CATALOG_HERE = '"MANIFEST.JSON INLINE DATA"', '"CATALOG.JSON INLINE DATA"'
NOT_SHOWN = ("compiled_code", "checksum", "build_path", "compiled_path", "root_path", "unrendered_config")
# where the page would report who reads it, had dbt been told to
ELSEWHERE = re.compile(r"(?:https?:)?//(?:fuzzed\.getdbt\.com|[a-z0-9]+\.cloudfront\.net)[^\"']*")


def dbt_docs_page(manifest: Path) -> Path:
    """The page, beside the manifest; made where it is not there or of another manifest.

    Raises:
        ConfigError: dbt's page is not as this module knows it.
    """
    page, stamp = manifest.with_name(PAGE), manifest.with_name(f"{PAGE}.of")
    wanted = storage.sha256_file(manifest)
    if page.exists() and stamp.exists() and stamp.read_text() == wanted:
        return page
    made = static_page(_template(), json.loads(manifest.read_text(encoding="utf-8")))
    storage.write_whole(page, made.encode())
    storage.write_whole(stamp, wanted.encode())
    return page


def static_page(template: str, manifest: dict[str, Any]) -> str:
    """dbt's page with manifest and catalog inside it."""
    page = ELSEWHERE.sub("", template)
    for place, value in ((MANIFEST_HERE, _slim(manifest)), (CATALOG_HERE, _catalog(manifest))):
        if page.count(place) != 1:
            raise ConfigError(
                "dbt's documentation page has no place for its data; see orchestration/warehouse/dbt_docs.py"
            )
        # `</` would end the script that the data stands in
        page = page.replace(
            place, json.dumps(value, separators=(",", ":"), sort_keys=True).replace("</", "<\\/")
        )
    return page


def _template() -> str:
    spec = find_spec("dbt")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / "task" / "docs" / "index.html"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise ConfigError("dbt's documentation page is not in this environment; install dbt-core 1.11")


def _slim(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest without what the page does not show, nor says where this project lies."""
    nodes = {}
    for key, node in manifest["nodes"].items():
        nodes[key] = {k: v for k, v in node.items() if k not in NOT_SHOWN}
    own = manifest["metadata"]["project_name"]
    macros = {k: m for k, m in manifest["macros"].items() if m["package_name"] == own}
    kept = {k: v for k, v in manifest.items() if k not in ("nodes", "macros", "unit_tests", "disabled")}
    return {**kept, "nodes": nodes, "macros": macros, "disabled": {}}


def _catalog(manifest: dict[str, Any]) -> dict[str, Any]:
    """Types of columns as the contracts state them: what the database would say of a built project."""
    nodes = {
        key: {
            "unique_id": key,
            "metadata": {
                "type": "TABLE",
                "schema": node["schema"],
                "name": node["name"],
                "database": None,
                "comment": None,
                "owner": None,
            },
            "columns": {
                c["name"]: {"name": c["name"], "type": c["data_type"] or "", "index": n, "comment": None}
                for n, c in enumerate(node["columns"].values(), 1)
            },
            "stats": {},
        }
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    return {"metadata": {}, "nodes": nodes, "sources": {}, "errors": None}
