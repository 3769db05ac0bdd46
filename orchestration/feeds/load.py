"""The night's step for feeds: archive what arrived, then bring the lake's snapshot up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from orchestration import archive, lake
from orchestration.feeds.mapping import FeedMapping, load_mapping
from orchestration.feeds.snapshot import KIND, Entry, Snapshot, content_hash, file_key, received
from orchestration.policy import Policy
from orchestration.settings import Settings


@dataclass(frozen=True)
class FeedReport:
    """What came of the feeds in one night.

    Args:
        files: received files considered.
        loaded, refused, unmapped: (file, table) pairs by outcome; an unmapped file counts once.
        stale: feeds whose newest file was refused, so that older rows still stand.
        rows: canonical table -> rows that stand.
        messages: for people: what was refused, rejected or is missing.
        batch: the new batch's name; None where nothing changed.
    """

    files: int
    loaded: int
    refused: int
    unmapped: int
    stale: tuple[str, ...]
    rows: dict[str, int]
    messages: tuple[str, ...]
    batch: str | None


def load_feeds(
    settings: Settings, policy: Policy, as_of: datetime, progress: Callable[[str], None] = lambda _: None
) -> FeedReport:
    """Take new feed files into the archive and make the lake's feeds snapshot as of that time.

    A file that cannot be read is refused with a message and the rest goes on.

    Raises:
        ConfigError: feeds.yaml cannot be used.
        BadDataError: the archive has lost or changed bytes.
    """
    mapping = load_mapping(settings.state)
    new = archive.take_in(settings.archive, settings.feeds, "feed", as_of)
    progress(f"feeds: {len(new)} new files")
    arrivals = sorted(
        (a for a in archive.arrivals(settings.archive, "feed") if a.received_at <= as_of), reverse=True
    )
    before = [b for b in lake.standing(settings.lake) if b.info.get("kind") == KIND]
    inputs = content_hash(
        [
            mapping.sha256,
            [[received(a), [file_key(a, f, policy) for f in mapping.feeds_of(a.path)]] for a in arrivals],
        ]
    )
    if before and before[-1].info["inputs"] == inputs and len(before) == 1:
        entries = [Entry(**e) for e in before[-1].info["entries"]]
        return _report(entries, mapping, len(arrivals), None)
    replaces = [b.name for b in before]
    name = f"{as_of.strftime('%Y%m%dT%H%M%S')}-{KIND}-{content_hash([inputs, replaces])[:8]}"
    snapshot = Snapshot(settings, policy, mapping, lake.BatchWriter(settings.lake, name), progress)
    entries = snapshot.make(arrivals)
    snapshot.writer.commit(
        {
            "kind": KIND,
            "as_of": as_of.isoformat(),
            "mapping_sha256": mapping.sha256,
            "policy_sha256": policy.sha256,
            "inputs": inputs,
            "replaces": replaces,
            "entries": [asdict(e) for e in entries],
        }
    )
    return _report(entries, mapping, len(arrivals), name)


def _report(entries: list[Entry], mapping: FeedMapping, files: int, batch: str | None) -> FeedReport:
    newest: dict[str, str] = {}
    rows: dict[str, int] = {}
    for entry in entries:  # newest first
        s = entry.statement
        if s["feed"]:
            newest.setdefault(s["feed"], s["outcome"])
        if s["rows_loaded"]:
            rows[s["table_name"]] = rows.get(s["table_name"], 0) + s["rows_loaded"]
    stale = tuple(sorted(f for f, outcome in newest.items() if outcome == "refused"))
    messages = [
        f"{e.statement['source_file']}: {e.statement['outcome']}. {e.statement['message']}"
        for e in entries
        if e.odd
    ]
    messages += [f"Feed {f}: its newest file was refused; what stood before still stands." for f in stale]
    messages += [f"Feed {f.name}: no file has arrived." for f in mapping.feeds if f.name not in newest]
    outcomes = [e.statement["outcome"] for e in entries]
    return FeedReport(
        files=files,
        loaded=outcomes.count("loaded"),
        refused=outcomes.count("refused"),
        unmapped=outcomes.count("unmapped"),
        stale=stale,
        rows=dict(sorted(rows.items())),
        messages=tuple(messages),
        batch=batch,
    )
