"""Intake: archived bytes to typed rows, findings and one receipt per file; and the template. No Dagster."""
