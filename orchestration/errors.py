"""The failures that people meet, in two classes: what a retry can cure, and what it cannot."""

from __future__ import annotations


class InterlaceError(Exception):
    """A failure with a message for the person who reads it: what, where, and the fix."""


class ConfigError(InterlaceError):
    """Settings, policy, contract or feed mapping that cannot be used; a retry cures nothing."""


class BadDataError(InterlaceError):
    """Data that cannot be used; never retried."""


class BuildError(InterlaceError):
    """dbt could not build the candidate, or one of its tests failed; never retried."""


class GateRefusedError(InterlaceError):
    """The gate did not pass the candidate; the old release stands."""


class ContractError(InterlaceError):
    """A release would take from readers what the marts' contract promises them; the old release stands."""


class BusyError(InterlaceError):
    """Another night holds this home; passes by itself."""
