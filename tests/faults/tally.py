"""What was tried and what came of it, and the table of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Tally:
    """Counts by (stage, fault), messages and failures.

    Args:
        say: told of each failure at once.
    """

    say: Callable[[str], None] = print
    counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    failures: list[dict[str, str]] = field(default_factory=list)
    messages: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    seconds: float = 0.0

    def note(self, stage: str, fault: str, problems: list[str], again: str, tried: int = 1) -> None:
        """So many faults of a kind were tried on a stage; with problems none of them was survived.

        Args:
            again: how to repeat it.
        """
        count = self.counts.setdefault((stage, fault), [0, 0])
        count[0] += tried
        if not problems:
            count[1] += tried
            return
        self.failures.append(
            {"stage": stage, "fault": fault, "again": again, "problems": "; ".join(problems[:6])}
        )
        self.say(f"NOT SURVIVED {stage}, {fault}, {again}: {'; '.join(problems[:6])}")

    def heard(self, stage: str, fault: str, message: str) -> None:
        """What a fault was told as."""
        said = self.messages.setdefault((stage, fault), {})
        said[message] = said.get(message, 0) + 1

    @property
    def tried(self) -> int:
        """All faults tried."""
        return sum(tried for tried, _ in self.counts.values())

    @property
    def survived(self) -> int:
        """Of these, survived."""
        return sum(survived for _, survived in self.counts.values())

    def table(self) -> str:
        """The counts as a Markdown table."""
        lines = ["| stage | fault | tried | survived |", "|---|---|---:|---:|"]
        lines += [f"| {stage} | {fault} | {t:,} | {s:,} |" for (stage, fault), (t, s) in self.counts.items()]
        lines.append(f"| **all** | | **{self.tried:,}** | **{self.survived:,}** |")
        return "\n".join(lines)

    def write(self, path: Path) -> None:
        """Everything as JSON."""
        facts = {
            "failures": self.failures,
            "seconds": self.seconds,
            "counts": [[*key, *count] for key, count in self.counts.items()],
            "messages": [[*key, said] for key, said in self.messages.items()],
        }
        path.write_text(json.dumps(facts, indent=1), encoding="utf-8")
