"""Since which release a mart or column stands: carried from one release's dictionary to the next.

It follows publication: a release is compared with the one that readers had until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.content import MartContent


def with_since(
    dictionary: Mapping[str, Any],
    contents: Mapping[str, MartContent],
    *,
    release_id: str,
    as_of: str,
    before: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The dictionary with `since` (release_id, as_of) at every mart and column that the release holds.

    Args:
        dictionary: by mart.
        contents: the release's marts.
        release_id: the release that is being made.
        as_of: its night, as ISO text.
        before: dictionary.json of the release before; None for the first.
    """
    now = {"release_id": release_id, "as_of": as_of}
    stood = (before or {}).get("marts", {})
    found = {}
    for mart, content in contents.items():
        entry = dictionary.get(mart) or {}
        then = stood.get(mart)
        columns_then = {c["column"]: c for c in then["columns"]} if then else {}
        columns = {
            name: {
                **((entry.get("columns") or {}).get(name) or {}),
                "since": columns_then.get(name, {}).get("since") or now,
            }
            for name, _ in content.columns
        }
        found[mart] = {**entry, "since": (then or {}).get("since") or now, "columns": columns}
    return found
