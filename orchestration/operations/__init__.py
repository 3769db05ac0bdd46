"""What whoever runs the nights asks: what ran, what stands, what waits. Dagster only where it keeps the answer."""
