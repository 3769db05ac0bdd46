"""The gate as asset checks: one blocking check per mart, which shows its verdict in Dagster."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from orchestration.assets.faults import permanent_faults
from orchestration.disclosure.build import build_public
from orchestration.disclosure.declaration import public_marts
from orchestration.gate.record import remove_record
from orchestration.gate.run import run_gate
from orchestration.gate.verdict import MartVerdict
from orchestration.lock import writer_lock
from orchestration.settings import EXPECTATIONS, Settings
from orchestration.warehouse import standing_build
from orchestration.warehouse.dictionary import mart_dictionary

GATE = "gate"  # name of the step, and of the check on every mart
log = logging.getLogger("interlace")


def mart_key(mart: str) -> dg.AssetKey:
    """Asset key of a mart."""
    return dg.AssetKey(["marts", mart])


def gate_checks(settings: Settings, marts: Sequence[str], manifest: Path) -> dg.AssetChecksDefinition:
    """The check `gate` on every mart, after the public tables were made of them; any that fails keeps the
    release from being made in this run.

    The release does not rely on that: it reads the gate's record of the candidate by itself.
    """
    specs = [
        dg.AssetCheckSpec(
            name=GATE,
            asset=mart_key(m),
            blocking=True,
            description=f"expectations/{m}.yaml, run on the candidate.",
        )
        for m in marts
    ]

    @dg.multi_asset_check(name=GATE, specs=specs, pool="writer")
    def gate() -> Iterator[dg.AssetCheckResult]:
        with permanent_faults(), writer_lock(settings.warehouse):
            public = public_marts(mart_dictionary(manifest))
            remove_record(settings.gate_record)  # whatever it was of, the candidate is about to change
            stood = standing_build.stood(settings)
            build_public(
                settings.build_file,
                public,
                threads=settings.threads,
                memory_limit=settings.memory_limit,
                progress=log.info,
                changed=stood.changed if stood else None,
            )
            verdict = run_gate(
                settings.build_file,
                EXPECTATIONS,
                marts,
                settings.gate_record,
                settings.data_docs,
                public=public,
                stood=stood,
                threads=settings.threads,
                memory_limit=settings.memory_limit,
                progress=log.info,
            )
        judged = {m.mart: m for m in verdict.marts}
        elsewhere = [p for p in verdict.problems if not any(m in p for m in judged)]
        for mart in marts:
            yield _result(mart, judged.get(mart), verdict.problems, elsewhere)

    return gate


def _result(
    mart: str, judged: MartVerdict | None, problems: Sequence[str], elsewhere: Sequence[str]
) -> dg.AssetCheckResult:
    mine = [p for p in problems if mart in p]
    # a problem of the candidate as a whole (unreadable, an unexpected mart) refuses every mart
    passed = judged is not None and judged.passed and not mine and not elsewhere
    return dg.AssetCheckResult(
        passed=passed,
        asset_key=mart_key(mart),
        check_name=GATE,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "rows": judged.rows if judged else 0,
            "checks": len(judged.checks) if judged else 0,
            "failed": ", ".join(f"{c.type}({c.column})" for c in judged.checks if not c.passed)
            if judged
            else "",
            "problems": dg.MetadataValue.md("\n".join(f"- {p}" for p in [*mine, *elsewhere]) or "none"),
        },
    )
