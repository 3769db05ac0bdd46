"""What a feed needs of a header row, and how often each row of a wide file is turned."""

from __future__ import annotations

from orchestration.feeds.columns import Turn
from orchestration.feeds.header import Header, Need
from orchestration.feeds.mapping import ColumnSpec, Feed


def _required(feed: Feed, column: str, spec: ColumnSpec) -> bool:
    return spec.required or feed.table.field(column).required


def needs_of(feed: Feed) -> list[Need]:
    """What a row must have to be the header: the columns of every required one that has no variable in it."""
    needs: dict[tuple[str, ...], Need] = {}
    for specs in feed.columns:
        for column, spec in specs.items():
            if _required(feed, column, spec):
                for names in (spec.names, *(p.names for p in spec.join)):
                    if names and "{" not in "".join(names):
                        needs.setdefault(names, Need(column, names))
                if spec.newest is not None:
                    needs.setdefault((spec.newest.pattern,), Need(column, pattern=spec.newest))
    if feed.turn_columns is not None:
        needs[("turn",)] = Need("the columns to turn", pattern=feed.turn_columns)
    for turn in _each(feed)[:1]:
        for specs in feed.columns:
            for column, spec in specs.items():
                names = turn.fill(spec.names)
                if _required(feed, column, spec) and names != spec.names:
                    needs.setdefault(names, Need(column, names))
    return list(needs.values())


def known_of(feed: Feed) -> list[str]:
    """Every column name that the feed knows, for choosing between sheets."""
    return sorted({n for specs in feed.columns for s in specs.values() for n in s.names})


def _each(feed: Feed) -> list[Turn]:
    turns = [Turn({}, {})]
    for variable, values in feed.turn_each:
        turns = [Turn({**t.text, variable: k}, {**t.value, variable: v}) for t in turns for k, v in values]
    return turns if feed.turn_each else []


def turns_of(feed: Feed, header: Header) -> tuple[list[Turn], list[str]]:
    """The turns this file has columns for, and the names of those it has not."""
    names = [" ".join(n.split()) for n in header.names]
    if feed.turn_columns is not None:
        matches = [m for n in names if (m := feed.turn_columns.fullmatch(n))]
        return [Turn(m.groupdict(), m.groupdict()) for m in matches], []
    if not feed.turn_each:
        return [Turn({}, {})], []
    turns, absent = [], []
    for turn in _each(feed):
        filled = [
            turn.fill(s.names)
            for specs in feed.columns
            for c, s in specs.items()
            if _required(feed, c, s) and turn.fill(s.names) != s.names
        ]
        if all(header.column(n) is not None for n in filled):
            turns.append(turn)
        else:
            absent.append("/".join(turn.text.values()))
    return turns, absent
