"""Where a night's seconds went: from Dagster's events, dbt's own record and what the night said of its progress."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.processes import Measured

# what a night says when it begins a part of its two longest steps, and that part's name
SAID = (
    ("choosing what the public tables hide", "public tables"),
    ("hashing the candidate's marts", "gate: hash of the candidate"),
    ("loading Great Expectations", "gate: Great Expectations"),
    ("attacking the public tables", "gate: attack on the public tables"),
    ("checking the gate's record", "release: the record against the candidate"),
    ("writing the manifest", "release: manifest"),
    ("writing ", "release: marts, pages, dictionary"),
    ("verifying the copy", "release: hash of the copy"),
    ("flushing to disk", "release: manifest"),
)
DBT, NODES = "dbt: start and parse, events, end", "dbt: nodes"
STEPS = {
    "feeds": "feeds",
    "submissions": "intake",
    "dbt_models": DBT,
    "gate": "gate: record",
    "release": "release: the record against the candidate",
}


class Stage(NamedTuple):
    """One part of a night: its name, seconds, processor seconds, and the most MiB of all processes in it."""

    name: str
    seconds: float
    cpu: float
    peak: float


def stages(home: Path, night: Measured) -> list[Stage]:
    """The parts of a night that was just measured, in their order; together they are all of it."""
    marks = sorted(_marks(home, night))
    begin = night.looks[0].time
    end = begin + night.seconds
    cuts = [(begin, "start: Python, Dagster"), *marks, (end, "")]
    found: dict[str, list[float]] = {}
    for (a, name), (b, _) in pairwise(cuts):
        seconds, cpu = b - a, (night.cpu if b == end else night.cpu_at(b)) - night.cpu_at(a)
        one = found.setdefault(name, [0.0, 0.0, 0.0])
        found[name] = [one[0] + seconds, one[1] + cpu, max(one[2], night.peak_between(a, b))]
    return [part for n, v in found.items() for part in _divided(home, Stage(n, *v))]


def _marks(home: Path, night: Measured) -> Iterator[tuple[float, str]]:
    """When a part began: Dagster's steps, and within gate and release what was said."""
    import dagster as dg

    open_steps: list[tuple[float, float, str]] = []
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        run = instance.get_runs(limit=1)[0]
        started: dict[str, float] = {}
        for entry in instance.all_logs(run.run_id):
            event, step = entry.dagster_event, entry.step_key
            if event is None or step is None:
                continue
            if event.is_step_start:
                started[step] = entry.timestamp
                yield entry.timestamp, STEPS.get(step, step)
            if event.is_step_success or event.is_step_failure:
                open_steps.append((started[step], entry.timestamp, step))
                yield entry.timestamp, "between steps: Dagster"
    last = max((b for _, b, _ in open_steps), default=0.0)
    yield last, "end: Dagster, alerts"
    inside_dbt = [
        s
        for a, b, step in open_steps
        if step == "dbt_models"
        for spans in _nodes(home).values()
        for s in spans
        if a <= s[0] <= b
    ]
    if inside_dbt:
        yield min(a for a, _ in inside_dbt), NODES
        yield max(b for _, b in inside_dbt), DBT
    for moment, line in night.lines:
        inside = next((s for a, b, s in open_steps if a <= moment <= b), None)
        said = line.partition("] ")[2]
        for prefix, name in SAID:
            of_step = inside == name.partition(":")[0] or (inside == "gate" and name == "public tables")
            if of_step and said.startswith(prefix):
                yield moment, name
                break


def _nodes(home: Path) -> dict[str, list[tuple[float, float]]]:
    """Begin and end of every model, seed and test of the last dbt run, by kind."""
    path = home / "warehouse" / "dbt" / "run_results.json"
    found: dict[str, list[tuple[float, float]]] = {}
    for node in json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else ():
        times = [
            datetime.fromisoformat(t[k]).timestamp()
            for t in node["timing"]
            for k in ("started_at", "completed_at")
        ]
        if times:
            kind = "dbt: tests" if node["unique_id"].startswith("test.") else "dbt: models and seeds"
            found.setdefault(kind, []).append((min(times), max(times)))
    return found


def _divided(home: Path, stage: Stage) -> Iterator[Stage]:
    """The time of dbt's nodes by their kind: what runs side by side has the processors by its seconds."""
    if stage.name != NODES:
        yield stage
        return
    busy = {kind: sum(b - a for a, b in spans) for kind, spans in _nodes(home).items()}
    for kind, seconds in sorted(busy.items()):
        share = seconds / sum(busy.values())
        yield Stage(kind, stage.seconds * share, stage.cpu * share, stage.peak)


def table(found: list[Stage], whole: Measured) -> Iterator[str]:
    """The stages as lines of a Markdown table."""
    yield "| part of the night | s | processor s | % | peak MiB |"
    yield "|---|--:|--:|--:|--:|"
    for s in found:
        yield f"| {s.name} | {s.seconds:.1f} | {s.cpu:.1f} | {100 * s.cpu / whole.cpu:.0f} | {s.peak:,.0f} |"
    yield f"| **all** | {whole.seconds:.1f} | {whole.cpu:.1f} | 100 | {whole.peak:,.0f} |"
