"""What the tests on Spark share: whether it is here, and settings for small homes."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.warehouse.spark.installed import what_is_missing

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
