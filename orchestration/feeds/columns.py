"""The columns of a canonical table, as texts, from the rows of one file by its mapping. No types here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from orchestration.feeds.header import Header
from orchestration.feeds.mapping import ColumnSpec
from orchestration.feeds.texts import Texts, constant, stepped, untouched
from orchestration.feeds.types import number

YES = {"1", "yes", "y", "true", "x"}


@dataclass(frozen=True)
class Turn:
    """One turning of a wide row: `text` goes into column names, `value` is what it stands for."""

    text: Mapping[str, str]
    value: Mapping[str, str]

    def fill(self, names: Sequence[str]) -> tuple[str, ...]:
        """Column names with the variables put in."""
        return tuple(re.sub(r"\{(\w+)\}", lambda m: self.text[m[1]], n) for n in names)


class FileColumns:
    """Columns of one file's data rows; each source column is split into its distinct texts once."""

    def __init__(
        self, header: Header, rows: Sequence[Sequence[str]], file_name: str, markers: frozenset[str]
    ) -> None:
        self.header = header
        self.rows = rows
        self.file_name = file_name
        self.markers = markers
        self._cells: dict[int, Texts] = {}

    def cells(self, column: int) -> Texts:
        """One column of the file as it is."""
        if column not in self._cells:
            rows = [r[column] if column < len(r) else "" for r in self.rows]
            self._cells[column] = untouched(rows, " ".join(self.header.names[column].split()))
        return self._cells[column]

    def build(
        self, specs: Mapping[str, ColumnSpec], turn: Turn, only: Sequence[str] | None = None
    ) -> dict[str, Texts]:
        """Every mapped column (or only those named, and what they are made of), in one turn."""
        done: dict[str, Texts] = {}
        for name in specs if only is None else only:
            self._column(name, specs, turn, done)
        return done

    def _column(
        self, name: str, specs: Mapping[str, ColumnSpec], turn: Turn, done: dict[str, Texts]
    ) -> Texts:
        if name not in done:
            done[name] = self._value(specs[name], specs, turn, done, name)
        return done[name]

    def _value(
        self, spec: ColumnSpec, specs: Mapping[str, ColumnSpec], turn: Turn, done: dict[str, Texts], name: str
    ) -> Texts:
        n = len(self.rows)
        if spec.marker_of:
            return self._markers([self._column(c, specs, turn, done) for c in spec.marker_of], name)
        if spec.of is not None:
            parent = self._column(spec.of, specs, turn, done)
            source = replace(parent, restored=[False] * len(parent.values))  # counted once, at the parent
        elif spec.constant is not None:
            source = constant(spec.constant, n, name)
        elif spec.variable is not None:
            source = constant(turn.value[spec.variable], n, name)
        elif spec.file is not None:
            m = spec.file.search(self.file_name)
            source = constant(m[1] if m else None, n, f"the file name {self.file_name}")
        elif spec.join:
            source = self._join(spec, turn)
        elif spec.newest is not None:
            source = self._newest(spec.newest, name)
        elif spec.flags:
            source = self._flags(spec.flags, name)
        else:
            column = self.header.column(turn.fill(spec.names))
            source = constant(None, n, name) if column is None else self.cells(column)
        texts = stepped(source, spec, self.markers)
        if spec.only_where is not None:
            a, b = (self._column(c, specs, turn, done).row_values() for c in spec.only_where)
            texts = _blank_where(texts, a != b)
        if spec.fallback is not None:
            blank = np.array(
                [v is None and not b for v, b in zip(texts.values, texts.bad, strict=True)], dtype=bool
            )[texts.codes]
            if blank.any():
                texts = _instead(texts, self._value(spec.fallback, specs, turn, done, name), blank)
        return texts

    def _join(self, spec: ColumnSpec, turn: Turn) -> Texts:
        """One ID from several columns; a whole number is filled with zeros to its part's width."""
        joined = np.full(len(self.rows), "", dtype=object)
        padded = np.zeros(len(self.rows), dtype=bool)
        names = []
        for part in spec.join:
            column = self.header.column(turn.fill(part.names))
            if column is None:
                return constant(None, len(self.rows))
            cells = self.cells(column)
            names.append(cells.where)
            texts = [t.strip() for t in cells.raw]
            filled = [t.zfill(part.width) if part.width and t.isdigit() and t.isascii() else t for t in texts]
            joined = joined + np.array(filled, dtype=object)[cells.codes]
            padded |= cells.rows_where([f != t for f, t in zip(filled, texts, strict=True)])
        plain = untouched(joined, "+".join(names))
        short = {int(c) for c in plain.codes[padded]}
        return replace(plain, restored=[c in short for c in range(len(plain.values))])

    def _newest(self, pattern: re.Pattern[str], name: str) -> Texts:
        """The column that fits the pattern with the highest group, as the latest year's."""
        found = [
            (m[1], column)
            for column, text in enumerate(self.header.names)
            if (m := pattern.fullmatch(" ".join(text.split())))
        ]
        return self.cells(max(found)[1]) if found else constant(None, len(self.rows), name)

    def _flags(self, flags: Sequence[tuple[str, str]], name: str) -> Texts:
        """The codes whose column says yes, separated by commas, in the order of the mapping."""
        listed = np.full(len(self.rows), "", dtype=object)
        for text, code in flags:
            column = self.header.column((text,))
            if column is not None:
                cells = self.cells(column)
                yes = cells.rows_where([t.strip().casefold() in YES for t in cells.raw])
                listed[yes] = listed[yes] + f",{code}"
        return untouched([t[1:] or None for t in listed], name)

    def _markers(self, figures: Sequence[Texts], name: str) -> Texts:
        """The first marker that stands in place of one of the figures, or the text that is no figure."""
        rows = np.full(len(self.rows), None, dtype=object)
        for texts in figures:
            unread = [
                b or (v is not None and number(v) is None)
                for v, b in zip(texts.values, texts.bad, strict=True)
            ]
            kept = [
                m or (r.strip() if u else "")
                for m, r, u in zip(texts.markers, texts.raw, unread, strict=True)
            ]
            marks = np.array([m or None for m in kept], dtype=object)[texts.codes]
            free = np.array([r is None for r in rows], dtype=bool)
            rows[free] = marks[free]
        return untouched(rows, name)


def _blank_where(texts: Texts, mask: np.ndarray) -> Texts:
    return _instead(texts, constant(None, len(texts.codes), texts.where), np.asarray(mask, dtype=bool))


def _instead(texts: Texts, other: Texts, mask: np.ndarray) -> Texts:
    """`other` in the rows of the mask."""
    codes = np.where(mask, other.codes + len(texts.values), texts.codes)
    codes, kept = pd.factorize(codes)  # texts that no row holds any more would be reported as bad

    def both(a: list, b: list) -> list:
        joined = a + b
        return [joined[k] for k in kept]

    return Texts(
        codes,
        both(texts.raw, other.raw),
        both(texts.values, other.values),
        both(texts.bad, other.bad),
        both(texts.restored, other.restored),
        both(texts.markers, other.markers),
        texts.where,
    )
