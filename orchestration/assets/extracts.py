"""Federal files of a school year as assets, one for each file, from the release that is certified for it."""

import logging

import dagster as dg

from orchestration.assets.faults import RETRY_PASSING_FAULTS, permanent_faults
from orchestration.errors import BadDataError
from orchestration.extracts.make import USUAL, make_extracts
from orchestration.partitions import federal_years
from orchestration.policy import load_policy
from orchestration.settings import Settings

OWNERS = ["team:federal-reporting"]
EXTRACTS = "extracts"  # the assets' group: a night does not make them
log = logging.getLogger("interlace")


def extract_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """`fs206`, `fs212` …: for one school year the file, its cover note, and the lists for the public."""
    return [_extract(settings, number) for number in USUAL]


def _extract(settings: Settings, number: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=f"fs{number}", group_name=EXTRACTS, owners=OWNERS, kinds={"python", "csv"}, partitions_def=federal_years(),
        deps=["release"], retry_policy=RETRY_PASSING_FAULTS,
        description=f"EDFacts FS{number} of a school year, from the release certified for it; what fails its checks lies in refused/.",
    )  # fmt: skip
    def extract(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with permanent_faults():
            made = make_extracts(
                settings,
                load_policy(settings.state),
                context.partition_key,
                numbers=[number],
                progress=log.info,
            )
            for one in made.files:
                if not one.passed:
                    raise BadDataError(f"{one.path} is refused: {'; '.join(one.judged.problems)}")
        return dg.MaterializeResult(
            metadata={
                "release": made.release_id,
                "files": ", ".join(str(f.path) for f in made.files),
                "dagster/row_count": sum(f.records for f in made.files),
                "to look at": dg.MetadataValue.md(
                    "\n".join(f"- {x}" for f in made.files for x in f.judged.flags) or "none"
                ),
            }
        )

    return extract
