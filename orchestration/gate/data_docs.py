"""Great Expectations' Data Docs, page by page: what its site builder writes, without keeping everything in stores first."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any


class DataDocs:
    """Writes the pages of suites and of their validations below a folder, laid out as Great Expectations does."""

    def __init__(self, folder: Path) -> None:
        import great_expectations
        from great_expectations.render.renderer import (
            ExpectationSuitePageRenderer,
            ValidationResultsPageRenderer,
        )
        from great_expectations.render.view import DefaultJinjaPageView

        self._folder = folder
        self._installed = str(Path(great_expectations.__file__).parents[1])
        self._suite, self._validation = ExpectationSuitePageRenderer(), ValidationResultsPageRenderer()
        self._view = DefaultJinjaPageView()

    def write(self, suite: Any, result: Any) -> None:
        """The pages of a suite and of what came of it."""
        run = result.meta["run_id"]
        when = run.run_time.strftime("%Y%m%dT%H%M%S.%fZ")
        self._page(Path("expectations", f"{suite.name}.html"), self._suite.render(suite))
        where = Path("validations", suite.name, run.run_name, when, f"{result.batch_id}.html")
        shutil.rmtree(self._folder / "validations" / suite.name, ignore_errors=True)  # of an earlier night
        self._page(where, self._validation.render(result))

    def _page(self, where: Path, rendered: Any) -> None:
        text = self._view.render(rendered, data_context_id=None, show_how_to_buttons=False)
        path = self._folder / where
        path.parent.mkdir(parents=True, exist_ok=True)
        # tracebacks name the machine's folders
        path.write_text(text.replace(self._installed, "…"), encoding="utf-8")
