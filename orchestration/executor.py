"""How the steps of a job run: in the run's own process, or as Dagster's executor that the settings name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import dagster as dg
import yaml

from orchestration.errors import ConfigError
from orchestration.settings import Settings


def executor(settings: Settings) -> dg.ExecutorDefinition:
    """The executor that the settings name, with its configuration.

    Raises:
        ConfigError: it is not installed, or is no executor, or its configuration cannot be read.
    """
    module, _, name = settings.executor.partition(":")
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as e:
        package = module.split(".")[0].replace("_", "-")
        raise ConfigError(
            f"INTERLACE_EXECUTOR is {settings.executor}: {e}; install its package, e.g. pip install {package}"
        ) from e
    if not isinstance(found, dg.ExecutorDefinition):
        raise ConfigError(
            f"INTERLACE_EXECUTOR is {settings.executor}, which is no executor of Dagster; "
            "write module:name, as dagster:multiprocess_executor"
        )
    if settings.executor_config is None:
        return found
    try:
        config: Any = yaml.safe_load(settings.executor_config.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as e:
        raise ConfigError(
            f"INTERLACE_EXECUTOR_CONFIG is {settings.executor_config}, which cannot be read: {e}"
        ) from e
    return found.configured(config)
