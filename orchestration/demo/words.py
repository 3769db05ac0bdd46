"""The sentences of `words.yaml`, and random draws that do not depend on anything but their names."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from orchestration.yaml_text import load_yaml

T = TypeVar("T")


@cache
def words() -> dict[str, Any]:
    """What simulated plans say, by kind."""
    return load_yaml((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))


def generator(seed: int, *names: object) -> random.Random:
    """Random numbers of one thing (an LEA, a plan, a month), whatever else is drawn, and in which process.

    Args:
        seed: the simulation's seed.
        names: what the numbers are for; other names give other numbers.
    """
    digest = hashlib.sha256("\x1f".join([str(seed), *map(str, names)]).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def weighted(rng: random.Random, weights: dict[T, float]) -> T:
    """One of the keys, each as likely as its weight says (weights add up to 1)."""
    return rng.choices(list(weights), list(weights.values()))[0]


def person(rng: random.Random) -> str:
    """An invented name, as `J. Lee`."""
    return f"{rng.choice('ABCDEFGHIJKLMNOPRSTVW')}. {rng.choice(words()['surnames'])}"


def grouped(rng: random.Random, text: str) -> str:
    """The sentence with its {group} filled in."""
    return text.replace("{group}", rng.choice(words()["groups"])) if "{group}" in text else text


def sample(rng: random.Random, things: Sequence[T], n: int) -> list[T]:
    """At most n different things in random order."""
    return rng.sample(list(things), min(n, len(things)))
