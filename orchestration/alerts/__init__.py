"""The one place that says what is wrong with a home and what to do, and tells those who must know. No Dagster."""
