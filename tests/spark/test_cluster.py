"""The cluster of the demonstration is one: its workers are processes of their own, and each of them works."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.warehouse.spark.session import session_settings, start
from tests.spark.standalone import cluster

pytestmark = pytest.mark.spark


def test_every_worker_takes_part(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").touch()
    place = tmp_path / "cluster"
    place.mkdir()
    with cluster(place, workers=2, cores=1, memory="700m") as made:
        env = {"INTERLACE_SPARK_MASTER": made.address, "INTERLACE_SPARK_MEMORY": "512m"}
        session = start(session_settings(Settings.at(tmp_path, tmp_path, env), tmp_path / "spark"))
        try:
            rows = session.sql("select sum(id) as total from range(0, 1000000, 1, 8)").collect()
        finally:
            session.stop()
        assert rows[0].total == 499999500000
        assert len(made.executors()) == 2 and all(made.executors().values())
