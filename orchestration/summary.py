"""What a night came to, in lines for the person who ran it."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration import storage
from orchestration.nightly import COULD_NOT_RUN, REFUSED, NightResult
from orchestration.settings import Settings

SHOWN_REASONS = 10


def night_lines(settings: Settings, result: NightResult) -> Iterator[str]:
    """Files, checks, release; or what refused it and what stands."""
    submissions = result.metadata.get("submissions", {})
    if submissions:
        yield (
            f"Files     {submissions['files']:,} new: {submissions['accepted']:,} accepted, "
            f"{submissions['accepted with rejects']:,} accepted with rows put aside, {submissions['refused']:,} refused"
        )
        if ours := submissions.get("undecided by a fault of ours", 0):
            yield (
                f"Fault     {ours:,} of the refused by a fault of Interlace's own (file.our_fault), not of their senders; "
                f"the log says which: {result.log}"
            )
    feeds = result.metadata.get("feeds", {})
    if feeds and feeds["stale feeds"] != "none":
        yield f"Feeds     stale: {feeds['stale feeds']} (the newest file was refused; the earlier one stands)"
    if result.code == 0:
        record = storage.read_json(settings.gate_record)
        checks = [c for m in record["marts"] for c in m["checks"]]
        yield f"Checks    {len(checks):,} run at the gate, {sum(c['passed'] for c in checks):,} passed"
        yield f"Release   {settings.releases / result.release_id}" if result.release_id else "Release   none"
        yield f"Published {result.release_id}"
        return
    yield f"Log       {result.log}"
    for reason in result.reasons[:SHOWN_REASONS]:
        yield f"  - {reason}"
    if len(result.reasons) > SHOWN_REASONS:
        yield f"  - and {len(result.reasons) - SHOWN_REASONS} more; see the log"
    stands = f"release {result.release_id} stands" if result.release_id else "there is no release yet"
    if result.code == REFUSED:
        yield f"Refused: the data did not pass its checks; {stands}."
    if result.code == COULD_NOT_RUN:
        yield f"Could not run: {stands}. Mend the cause and run again; nothing received is lost."
