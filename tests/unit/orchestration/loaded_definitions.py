"""Loads Dagster's definitions as `dagster dev` does and prints what a test asks of them, as JSON."""

import json
import sys

from dagster import AssetKey

from orchestration.definitions import defs

loaded = defs()
repository = loaded.get_repository_def()
repository.load_all_definitions()  # as a code server does, which else loads nothing
graph = loaded.resolve_asset_graph()
assets = {
    key.to_user_string(): {
        "description": node.description,
        "owners": sorted(node.owners),
        "group": node.group_name,
        "kinds": sorted(node.kinds),
        "parents": sorted(k.to_user_string() for k in node.parent_keys),
    }
    for key in graph.materializable_asset_keys
    for node in [graph.get(key)]
}
checks = [[k.asset_key.to_user_string(), k.name] for k in graph.asset_check_keys]
schedule = loaded.resolve_schedule_def("nightly")
job = loaded.resolve_job_def("nightly")
json.dump(
    {
        "assets": assets,
        "external": sorted(k.to_user_string() for k in graph.external_asset_keys),
        "checks": checks,
        "jobs": sorted(j for j in repository.job_names if not j.startswith("__")),
        "job_assets": sorted(k.to_user_string() for k in job.asset_layer.executable_asset_keys),
        "tags": dict(job.tags),
        "fresh_hours": graph.get(AssetKey("release"))
        .freshness_policy.fail_window.to_timedelta()
        .total_seconds()
        / 3600,
        "sensors": sorted(s.name for s in repository.sensor_defs),
        "months": loaded.resolve_job_def("reingest").partitions_def.get_partition_keys()[:1],
        "cron": schedule.cron_schedule,
        "time_zone": schedule.execution_timezone,
        "great_expectations": "great_expectations" in sys.modules,
    },
    sys.stdout,
)
