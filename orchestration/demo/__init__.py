"""A synthetic state and simulated submissions, seeded, of any size."""
