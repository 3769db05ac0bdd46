"""What the public may see: declared columns, small figures hidden, and enough others that none can be computed back.

Knows nothing of Dagster. `declaration` reads what each mart says of itself, `cells` and `sums` turn a
candidate into numbers tied by sums, `protect` chooses what to hide, `attack` tries to compute it back,
`build` writes the public tables, and `inspect` judges them anew for the gate.
"""
