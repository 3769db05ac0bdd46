"""What the tests on Spark share: whether it is here, and the demonstration's home, published by DuckDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.demo.run import run_demo
from orchestration.demo.state import DEMO_STATE
from orchestration.settings import Settings
from orchestration.warehouse.spark.installed import what_is_missing
from tests.once import made_once

# Of little data, most of Spark's time goes into compiling what then runs once.
SMALL = {
    "INTERLACE_ENGINE": "spark",
    "INTERLACE_SPARK_PARTITIONS": "1",
    "INTERLACE_SPARK_SETTINGS": ";".join(
        [
            "spark.sql.adaptive.enabled=false",
            "spark.sql.codegen.wholeStage=false",
            "spark.sql.codegen.factoryMode=NO_CODEGEN",
            "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1",
        ]
    ),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs Spark where it is not, with the reason."""
    here = Path(__file__).parent
    needs = [i for i in items if here in i.path.parents and i.get_closest_marker("spark")]
    if needs and (missing := what_is_missing()):
        for item in needs:
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
def published_demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demonstration's home after its whole night on DuckDB, published (copy it before you change it)."""

    def make(home: Path) -> None:
        code, lines = run_demo(home, {}, lambda _: None)
        assert code == 0, "\n".join(lines)

    home, _ = made_once(tmp_path_factory, "demo", make)
    return Settings.at(home, DEMO_STATE)
