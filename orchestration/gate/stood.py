"""What the gate found of the candidate that this one was built upon, and what of it still holds.

A mart of which no row changed, under a suite that reads nothing else that changed, is what was judged: the same checks on the same
rows have the same answers. It keeps its verdict, with the night that gave it. All else is judged anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from orchestration.gate.suites import Suite
from orchestration.gate.verdict import GateVerdict, MartVerdict, PublicTable
from orchestration.lea_sums import Known, LeaSums


@dataclass(frozen=True)
class Stood:
    """The verdict on the last candidate, which passed and was published.

    Args:
        verdict: what the gate found of it.
        changed: names of the models whose rows are not what they were, and of sources as `lake.run`.
        changed_leas: by model of which only some LEAs' rows are not what they were these LEAs and organizations.
        sums: what it held, LEA by LEA; None where that is not known.
    """

    verdict: GateVerdict
    changed: frozenset[str]
    changed_leas: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sums: LeaSums | None = None

    def marts(self, suites: Mapping[str, Suite]) -> dict[str, MartVerdict]:
        """By mart the verdicts that still hold."""
        when = f"{self.verdict.as_of:%Y-%m-%dT%H:%M:%S}" if self.verdict.as_of else ""
        return {
            m.mart: replace(m, judged=m.judged or when)
            for m in self.verdict.marts
            if m.passed and m.mart in suites and not self._changed(m.mart, suites[m.mart])
        }

    def known(self) -> Known | None:
        """What is known of the candidate's rows before they are read."""
        if self.sums is None or self.sums.candidate_sha256 != self.verdict.candidate_sha256:
            return None
        unchanged = frozenset(m.mart for m in self.verdict.marts) - self.changed
        return Known(unchanged, self.changed_leas, self.sums)

    def public(self, read: Iterable[str]) -> dict[str, PublicTable] | None:
        """By name the public tables that still stand; None where any of what protects them changed.

        Args:
            read: names of the models that decide what is hidden.
        """
        if self.changed & set(read):
            return None
        return {p.mart: p for p in self.verdict.public if p.mart not in self.changed}

    def _changed(self, mart: str, suite: Suite) -> bool:
        if mart in self.changed:
            return True
        asked = " ".join(str(value) for e in suite.expectations for value in e.kwargs.values())
        words = set(re.findall(r"\w+", asked)) | {
            ".".join(pair) for pair in re.findall(r"(\w+)\.(\w+)", asked)
        }
        return bool(words & self.changed)
