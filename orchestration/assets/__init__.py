"""Dagster wiring: assets and checks, each a thin call of a room's own function."""
