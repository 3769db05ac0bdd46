"""What differs between two releases: schema, rows, key figures, and the submissions behind them.

sides.py      a release opened for comparing, wherever it lies
rows.py       rows added, removed and changed, by each mart's key
figures.py    key figures by LEA and practice (meta.key_figures of the marts' models)
causes.py     submissions and feed files that came between
compare.py    all of it as one value: what changes.json holds
certified.py  the same against the release that was reported for a school year
record.py     changes.json of a release that is being made
text.py, section.py   for the terminal, and for pages
"""
