"""Federal files of a school year as assets, one for each file, from the release that is certified for it.

Before them stands that release made again from the archive: who wants a whole year anew has both (`school_year_again`).
"""

import logging

import dagster as dg

from orchestration.assets.faults import RETRY_PASSING_FAULTS, permanent_faults
from orchestration.errors import BadDataError
from orchestration.extracts.make import USUAL, make_extracts
from orchestration.partitions import federal_years
from orchestration.policy import load_policy
from orchestration.release.year_again import rebuild_year
from orchestration.settings import Settings

OWNERS = ["team:federal-reporting"]
EXTRACTS = "extracts"  # the files' group: a night does not make them
AGAIN = "again"  # the group of what is made again to be compared
POOL = "extracts"  # one at a time, as the files of a home are numbered by what is there
log = logging.getLogger("interlace")


def extract_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """`fs206`, `fs212` …: for one school year the file, its cover note, and the lists for the public."""
    return [*(_extract(settings, number) for number in USUAL), rebuilt_release(settings)]


def rebuilt_release(settings: Settings) -> dg.AssetsDefinition:
    """The releases certified for a school year, made again from the archive and compared; one that differs fails."""

    @dg.asset(
        group_name=AGAIN, owners=OWNERS, kinds={"python", "duckdb"}, partitions_def=federal_years(), deps=["release"],
        retry_policy=RETRY_PASSING_FAULTS, pool=POOL,
        description="The releases certified for a school year, made again from the archive and compared, value for value.",
    )  # fmt: skip
    def rebuilt_release(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with permanent_faults():
            again = rebuild_year(settings, context.partition_key, log.info)
            if again.differences:
                raise BadDataError(
                    f"made again, it is not what was certified: {'; '.join(again.differences)}"
                )
        return dg.MaterializeResult(
            metadata={
                "release": again.stands.release_id,
                "made again and equal": ", ".join(f"{r.release_id} ({r.marts} marts)" for r in again.rebuilt),
                "not possible": dg.MetadataValue.md(
                    "\n".join(f"- {x}" for x in again.not_possible) or "none"
                ),
            }
        )

    return rebuilt_release


def _extract(settings: Settings, number: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=f"fs{number}", group_name=EXTRACTS, owners=OWNERS, kinds={"python", "csv"}, partitions_def=federal_years(),
        deps=["release", "rebuilt_release"], retry_policy=RETRY_PASSING_FAULTS, pool=POOL,
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
