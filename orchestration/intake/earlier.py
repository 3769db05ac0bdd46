"""What the archive holds of an LEA up to a night: what the reading of a file may depend on beside the file.

Nights mostly come in order, and then nothing changes here. Where an earlier night is run again and brings
a file of its own, the digests of the LEA's later nights change, and these are read again.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime

from orchestration.archive import Arrival


class SentUntil:
    """The submissions of each LEA in order of the nights that took them in, as running digests."""

    def __init__(self, first: Mapping[str, Arrival]) -> None:
        self._taken: dict[str, list[datetime]] = {}
        self._digests: dict[str, list[str]] = {}
        for submission_id, arrival in sorted(first.items(), key=lambda i: (i[1].taken_at, i[0])):
            digests = self._digests.setdefault(arrival.folder, [])
            said = f"{digests[-1] if digests else ''}\n{arrival.taken_at.isoformat()} {submission_id}"
            digests.append(hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest())
            self._taken.setdefault(arrival.folder, []).append(arrival.taken_at)

    def digest(self, submissions: Iterable[str], taken_at: datetime) -> str:
        """Of everything that the senders of those submissions sent until that night."""
        said = []
        for folder in sorted({s.rpartition("-")[0] for s in submissions}):
            count = bisect_right(self._taken.get(folder, []), taken_at)
            said.append(f"{folder} {self._digests[folder][count - 1] if count else ''}")
        return hashlib.sha256("\n".join(said).encode("utf-8", "backslashreplace")).hexdigest()[:16]
