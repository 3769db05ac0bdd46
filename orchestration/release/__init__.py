"""The release: what analysts read. `publish.publish` makes one from a candidate that the gate passed.

releases/<id>/marts.duckdb        every mart as a table of schema main, commented
              parquet/<mart>.parquet
              dictionary/         dictionary.json, dictionary.csv
              data_docs/          what the gate checked, as pages
              gate.json           the gate's record
              manifest.json       inputs, rows and content hash per mart, hash of every file
releases/current                  the release to read: a link, or on an object store a file with its ID
"""
