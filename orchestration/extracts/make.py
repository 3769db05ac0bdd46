"""Makes the federal files of a school year: written whole where they pass, and to `refused/` where they do not."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from orchestration import storage
from orchestration.errors import ConfigError
from orchestration.extracts import names
from orchestration.extracts.check_file import table_of, write_check_file
from orchestration.extracts.checks import Judged, judge
from orchestration.extracts.compare import changes, compare_figures, figures_of
from orchestration.extracts.cover import Note, as_html, as_text
from orchestration.extracts.last_year import LastYear, given, layout_before, made_here
from orchestration.extracts.layout import Layout, layouts_of
from orchestration.extracts.made import Made, MadeFile
from orchestration.extracts.options import Options, options_for
from orchestration.extracts.public import as_csv, listings
from orchestration.extracts.read_back import ReadFile, read_file
from orchestration.extracts.render import FORMS, render
from orchestration.extracts.rows import blanks_of, left_out_of, mart_of, meanings_of, money_of, rows_of
from orchestration.extracts.source import Source, certified_release
from orchestration.lock import extracts_lock
from orchestration.policy import Policy
from orchestration.school_year import is_school_year
from orchestration.settings import Settings

# what a state sends from here; FS029 comes from its own directory system, and is made where it is asked for
USUAL = ("206", "212", "132", "223", "193")
STATUSES = "206"
PUBLIC = "public"
CHANGES = {
    "state_lea_id": "LEA ID", "state_school_id": "School ID", "field_name": "Field", "last_year": "Last year",
    "this_year": "This year",
}  # fmt: skip


def make_extracts(
    settings: Settings,
    policy: Policy,
    school_year: str,
    *,
    numbers: Sequence[str] = (),
    forms: Sequence[str] = ("csv",),
    last_year: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Made:
    """Make federal files and public lists of a school year from the release certified for it.

    Args:
        numbers: files to make, such as 206; all that a state sends from here where it is empty.
        forms: csv, tab, txt (fixed width).
        last_year: a file, or a folder of them, that was submitted the year before.

    Raises:
        ConfigError: the year, a file or a form is unknown, no release is certified, seeds or policy lack the year.
        BadDataError: the certified release is gone or was changed.
        BusyError: another process makes federal files of this home.
    """
    if not is_school_year(school_year):
        raise ConfigError(f"--school-year {school_year!r} is not a school year; write it as 2022-23")
    for form in forms:
        if form not in FORMS:
            raise ConfigError(f"--format {form!r} is unknown; write one of {', '.join(FORMS)}")
    layouts, without = _layouts(school_year, numbers)
    # two at once would give two contents the same version of a name
    with extracts_lock(settings.warehouse), certified_release(settings, school_year) as source:
        maker = _Maker(settings, policy, school_year, source, last_year)
        files = []
        for layout in layouts:
            for form in forms:
                progress(f"making FS{layout.file_number} {layout.level} as {form}")
                files.append(maker.make(layout, form))
        lists = listings(source, school_year)
        for name, data in lists.items():
            storage.write_whole(maker.folder / PUBLIC / name, data)
        return Made(source.certification.release_id, maker.folder, tuple(files), without, tuple(lists))


def _layouts(school_year: str, numbers: Sequence[str]) -> tuple[list[Layout], tuple[str, ...]]:
    if numbers:  # a file that was asked for by name must be possible
        return [layout for n in dict.fromkeys(numbers) for layout in layouts_of(n, school_year)], ()
    layouts: list[Layout] = []
    without = []
    for number in USUAL:
        try:
            layouts += layouts_of(number, school_year)
        except ConfigError as e:
            without.append(str(e))
    if not layouts:
        raise ConfigError("\n  ".join(without))
    return layouts, tuple(without)


class _Maker:
    """Makes the files of one release and school year."""

    def __init__(
        self, settings: Settings, policy: Policy, school_year: str, source: Source, last_year: Path | None
    ) -> None:
        self.extracts, self.policy, self.source = settings.extracts, policy, source
        self.last_year = last_year
        self.release_id = source.certification.release_id
        self.folder = settings.extracts / self.release_id / school_year

    def make(self, layout: Layout, form: str) -> MadeFile:
        """Render, read back, judge, and only then write."""
        options = options_for(self.policy, layout)
        stem = names.name_stem(layout, options)
        rows = rows_of(self.source, layout)
        data, name, is_as_before = self._version(layout, options, rows, stem, form)
        before = self._before(layout, options, stem)
        with tempfile.TemporaryDirectory() as temporary:
            on_disk = Path(temporary) / name
            on_disk.write_bytes(data)
            read = read_file(on_disk.read_bytes(), layout, form)
            figures = compare_figures(
                figures_of(before.layout, before.read) if before else {}, figures_of(layout, read)
            )
            check_file = Path(temporary) / "check.duckdb"
            write_check_file(
                check_file, self.source, layout, options, read, name=name, form=form,
                statuses=self._statuses(layout.school_year), statuses_before=self._statuses_before(layout),
                figures=figures if before else (),
            )  # fmt: skip
            judged = judge(
                check_file, table_of(layout), self._as_of(), Path(temporary) / "docs",
                made_empty=None if rows else self._no_rows(layout),
            )  # fmt: skip
        if not judged.passed and is_as_before and (self.folder / name).exists():
            still = f"the same content passed under other settings and stands as {name}: do not send it before this is cleared"
            judged = Judged((*judged.problems, still), judged.flags, judged.checks)
        differences = list(changes((before.layout, before.read), (layout, read))) if before else None
        note = Note(
            layout, options, self.source.certification, self.source.state, name, form, len(rows), judged,
            left_out_of(self.source, layout), money_of(self.source, layout, options, rows),
            tuple(figures) if before else (), before.said_by if before else "nothing to compare with",
            None if differences is None else len(differences), meanings_of(layout), blanks_of(layout, rows),
        )  # fmt: skip
        folder = self.folder if judged.passed else self.folder / names.REFUSED
        self._drop(name, stem, form, judged.passed)
        if differences is not None:
            storage.write_whole(
                folder / f"{name}.changes.csv", as_csv(CHANGES, [vars(d) for d in differences])
            )
        storage.write_whole(folder / f"{name}.cover.txt", as_text(note).encode())
        storage.write_whole(folder / f"{name}.cover.html", as_html(note).encode())
        storage.write_whole(folder / name, data)  # last: where it is, its note is too
        return MadeFile(
            layout.file_number, layout.level, form, folder / name, len(rows), judged, is_as_before
        )

    def _version(
        self, layout: Layout, options: Options, rows: list[dict[str, object]], stem: str, form: str
    ) -> tuple[bytes, str, bool]:
        """The file under the name of the newest version that says the same, else of the next one."""
        versions = names.earlier_versions(self.extracts, layout.school_year, stem, form)
        for number in (max(versions, default=0), max(versions, default=0) + 1):
            if number == 0:
                continue
            name = names.file_name(stem, number, form)
            data = render(
                layout,
                options,
                rows,
                name=name,
                form=form,
                identifier=names.identifier(layout, self.release_id),
            )
            if number in versions and names.data_rows(versions[number].read_bytes()) == names.data_rows(data):
                return data, name, True
        return data, name, False

    def _before(self, layout: Layout, options: Options, stem: str) -> LastYear | None:
        if self.last_year is not None and (found := given(self.last_year, layout)):
            return found
        if found := made_here(self.extracts, layout, stem):
            return found
        before = layout_before(layout)
        rows = rows_of(self.source, before) if before else []
        if before is None or not rows:
            return None
        read = self._read_unwritten(before, rows)
        return LastYear(before, read, f"what this release says of {before.school_year}") if read else None

    def _statuses(self, school_year: str) -> tuple[Layout, ReadFile] | None:
        try:
            (layout,) = layouts_of(STATUSES, school_year)
        except ConfigError:
            return None
        read = self._read_unwritten(layout, rows_of(self.source, layout))
        return (layout, read) if read else None

    def _statuses_before(self, layout: Layout) -> tuple[Layout, ReadFile] | None:
        return self._statuses(before.school_year) if (before := layout_before(layout)) else None

    def _read_unwritten(self, layout: Layout, rows: list[dict[str, object]]) -> ReadFile | None:
        """A file of the release that is held against another, as it would be read back."""
        try:
            options = options_for(self.policy, layout)
        except ConfigError:  # policy does not reach back to that year
            return None
        data = render(layout, options, rows, name="reference", identifier="reference", form="csv")
        return read_file(data, layout, "csv")

    def _as_of(self) -> datetime:
        return self.source.certification.certified_at

    def _no_rows(self, layout: Layout) -> str:
        left = sum(one.rows for one in left_out_of(self.source, layout))
        return (
            f"the release has nothing to report: {mart_of(layout)} has no row of {layout.school_year} that can be in the file"
            + (f" ({left:,} are left out; see below why)" if left else "")
        )

    def _drop(self, name: str, stem: str, form: str, passed: bool) -> None:
        """Take away what an earlier try left: a refusal of a file that passes now, or the other way round the note of it."""
        if not passed:
            return
        refused = self.folder / names.REFUSED
        if not refused.exists():
            return
        for path in list(refused.iterdir()):
            if names.version_of(path, stem) is not None and f".{form}" in path.name:
                path.unlink()
