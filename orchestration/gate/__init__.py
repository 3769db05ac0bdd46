"""The gate: what the candidate must show before anybody reads it. `run.run_gate` is the way in."""
