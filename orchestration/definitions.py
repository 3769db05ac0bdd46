"""What `dagster dev` loads: the home and state named by INTERLACE_HOME and INTERLACE_STATE."""

import os

import dagster as dg

from orchestration.build_defs import build_defs
from orchestration.settings import Settings


@dg.definitions
def defs() -> dg.Definitions:
    """Every asset, check, job and schedule of the home."""
    return build_defs(Settings.from_env(os.environ))
