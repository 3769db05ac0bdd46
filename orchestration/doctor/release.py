"""The current release: there, whole, and what its manifest says."""

from __future__ import annotations

from orchestration import storage
from orchestration.doctor.finding import Finding, Look, ok, problem, some, warning
from orchestration.release.current import read_current
from orchestration.release.manifest import MANIFEST, identity_problems
from orchestration.release.verify import verify_release

AGAIN = (
    "run interlace nightly with the release's as-of time: a damaged release is set aside and published anew"
)


def release(look: Look) -> list[Finding]:
    """Whether `current` names a release that is whole; with `deep` every file and mart of it."""
    releases = look.settings.releases
    current = read_current(releases)
    if current is None:
        return [warning("nothing has been published yet", "run interlace nightly")]
    folder = releases / current
    if not (folder / MANIFEST).exists():
        return [
            problem(
                f"current names {current}, which is not there",
                "readers find nothing: run interlace nightly, or restore the release from the backup",
            )
        ]
    try:
        problems = (
            verify_release(folder) if look.deep else identity_problems(storage.read_json(folder / MANIFEST))
        )
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        problems = [f"{MANIFEST} cannot be understood: {e!r}"]
    if problems:
        return [problem(f"release {current} is damaged: {some(problems)}", AGAIN)]
    return [ok(f"release {current} " + ("is as it was published, every file" if look.deep else "stands"))]
