"""Reading the keys of a YAML mapping: each problem is written down with its place, none stops the rest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

MOST = (
    Decimal(10) ** 12
)  # of any number in the file: the models' whole-number arithmetic is exact up to there
PLACES = {"dollars": 2, "number": 4}


class Keys:
    """One mapping of the file.

    Args:
        where: its place, for messages.
        raw: what stands there.
        problems: list that messages are added to.
        known: the keys it may have.
    """

    def __init__(self, where: str, raw: Any, problems: list[str], known: Sequence[str]) -> None:
        self.where, self.problems = where, problems
        self.raw: dict[str, Any] = {}
        if not isinstance(raw, dict):
            self.say("", f"is {raw!r}; write the keys {', '.join(known)}")
            return
        self.raw = raw
        for key in sorted(map(str, set(raw) - set(known))):
            self.say(key, f"is not a known key; known are {', '.join(known)}")

    def say(self, key: str, what: str) -> None:
        """Write down a problem of a key."""
        self.problems.append(f"{'.'.join(p for p in (self.where, key) if p)} {what}")

    def _missing(self, key: str, wanted: bool) -> bool:
        if self.raw.get(key) is None:
            if wanted and self.raw:
                self.say(key, "is missing")
            return True
        return False

    def text(self, key: str, *, wanted: bool = True) -> str:
        """A text on one line; empty where it is missing or none."""
        if self._missing(key, wanted):
            return ""
        value = self.raw[key]
        if not isinstance(value, str) or not value.strip():
            self.say(key, f"is {value!r}; write a text")
            return ""
        return " ".join(value.split())

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of some words."""
        if self._missing(key, default is None):
            return default or choices[0]
        if self.raw[key] not in choices:
            self.say(key, f"is {self.raw[key]!r}; write one of {', '.join(choices)}")
            return default or choices[0]
        return str(self.raw[key])

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        if self._missing(key, default is None):
            return bool(default)
        if not isinstance(self.raw[key], bool):
            self.say(key, f"is {self.raw[key]!r}; write true or false")
            return False
        return self.raw[key]

    def whole(self, key: str, *, least: int, wanted: bool = True) -> int | None:
        """A whole number."""
        if self._missing(key, wanted):
            return None
        value = self.raw[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 9999:
            self.say(key, f"is {value!r}; write a whole number from {least} on")
            return None
        return value

    def number(
        self, key: str, kind: str = "number", *, wanted: bool = True, most: Decimal = MOST
    ) -> Decimal | None:
        """A number not below zero, dollars with two decimals or a number with four."""
        if self._missing(key, wanted):
            return None
        return self.as_number(key, self.raw[key], kind, most)

    def as_number(self, key: str, value: Any, kind: str = "number", most: Decimal = MOST) -> Decimal | None:
        """A value of this mapping as a number; None, with a problem, where it is none."""
        number = (
            Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        )
        places = PLACES[kind]
        if number is None or not number.is_finite() or not 0 <= number <= most:
            self.say(key, f"is {value!r}; write a number from 0 to {most:f}")
            return None
        if number != round(number, places):
            self.say(key, f"is {value!r}; write at most {places} decimals")
            return None
        return number

    def codes(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        if self._missing(key, False):
            return ()
        value = self.raw[key]
        if not isinstance(value, list) or not value or not all(isinstance(v, str) and v for v in value):
            self.say(key, f"is {value!r}; write a list of texts, such as ['F', 'D']")
            return ()
        if any("," in v for v in value):
            self.say(key, f"is {value!r}; a code may hold no comma")
            return ()
        return tuple(value)

    def listed(self, key: str, *, wanted: bool = False) -> list[Any]:
        """A list; empty where the key is missing."""
        if self._missing(key, wanted):
            return []
        if not isinstance(self.raw[key], list):
            self.say(key, f"is {self.raw[key]!r}; write a list")
            return []
        return self.raw[key]
