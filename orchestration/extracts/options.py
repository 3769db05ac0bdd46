"""What policy decides of a federal file, and which of it no source confirms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from orchestration.errors import ConfigError
from orchestration.extracts.layout import Layout, questions
from orchestration.policy import Policy

LONGEST_ABBREVIATION = 9


@dataclass(frozen=True)
class Decision:
    """A parameter of policy that answers a question about a file."""

    parameter: str
    value: str
    question: str
    citation: str
    confirmed: bool


@dataclass(frozen=True)
class Options:
    """Policy's decisions on a file's form in a school year.

    Args:
        abbreviation: that of the file's name.
        missing_allowed: whether the file may hold MISSING.
        swing_percent: change from which a figure is flagged.
        max_left_out: identified schools that FS206 may leave out.
        decisions: every decision that the file rests on.
    """

    fips: str
    postal: str
    abbreviation: str
    encoding: str
    header_filler: bool
    rounding: str
    missing_allowed: bool
    swing_percent: Decimal
    max_left_out: int
    decisions: tuple[Decision, ...]

    @property
    def unconfirmed(self) -> tuple[Decision, ...]:
        """Those that no source confirms."""
        return tuple(d for d in self.decisions if not d.confirmed)


def options_for(policy: Policy, layout: Layout) -> Options:
    """Policy's decisions for a file.

    Raises:
        ConfigError: policy lacks one for that year, or has no abbreviation for the file; says what to add.
    """
    year, number = layout.school_year, layout.file_number

    def value(parameter: str) -> str:
        return policy.value(parameter, year)

    named = dict(pair.split("=", 1) for pair in value("edfacts_abbreviations").split(",") if "=" in pair)
    abbreviation = layout.abbreviation or named.get(number, "")
    if not abbreviation:
        raise ConfigError(
            f"policy.yaml: edfacts_abbreviations has none for {number} in {year}, and no source at hand gives it; "
            f"add it, such as {{'{number}': ABCDEFGHI}}, from that year's file specification"
        )
    if len(abbreviation) > LONGEST_ABBREVIATION or not abbreviation.isalnum():
        raise ConfigError(
            f"policy.yaml: edfacts_abbreviations has {abbreviation!r} for {number}; it is at most nine letters and digits"
        )
    return Options(
        fips=value("edfacts_state_fips"),
        postal=value("edfacts_state_postal"),
        abbreviation=abbreviation,
        encoding=value("edfacts_encoding").replace("_", "-"),
        header_filler=value("edfacts_header_filler") == "kept",
        rounding=value("edfacts_rounding"),
        missing_allowed=number in value("edfacts_missing_allowed").split(","),
        swing_percent=Decimal(value("edfacts_swing_percent")),
        max_left_out=int(value("edfacts_max_left_out")),
        decisions=tuple(_decisions(policy, layout)),
    )


def _decisions(policy: Policy, layout: Layout) -> Iterator[Decision]:
    for parameter, number, question in questions():
        if number not in ("all", layout.file_number):
            continue
        if parameter == "edfacts_abbreviations" and layout.abbreviation:
            continue
        for v in policy.values:
            until = v.until_year
            if (
                v.parameter == parameter
                and v.from_year <= layout.school_year
                and (until is None or layout.school_year < until)
            ):
                yield Decision(parameter, v.value, question, v.citation, v.confirmed)
