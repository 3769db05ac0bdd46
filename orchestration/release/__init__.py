"""The release: what analysts read. `publish.publish` makes one from a candidate that the gate passed.

releases/<id>/internal/           what the state's own staff read; the marts as tables of schema main, commented
                marts.duckdb
                parquet/<mart>.parquet
                dictionary/       dictionary.json, dictionary.csv
                data_docs/        what the gate checked, as pages
              gate.json           the gate's record
              manifest.json       inputs, rows and content hash per mart, hash of every file
releases/current                  the release to read: a link, or on an object store a file with its ID
"""
