"""The release: what analysts read. `publish.publish` makes one from a candidate that the gate passed.

releases/<id>/internal/           what the state's own staff read; the marts as tables of schema main, commented
                marts.duckdb
                parquet/<mart>.parquet
                dictionary/       dictionary.json, dictionary.csv, and index.html, which searches
                datapackage.json  the Parquet files as a Frictionless Data Package
                data_docs/        what the gate checked, as pages
                dbt_docs/         the models, as one page
              index.html          what the release is, how fresh, what was refused, what changed
              changes.json        what changed since the release before, and since one was certified
              gate.json           the gate's record
              manifest.json       inputs, rows and content hash per mart, hash of every file
releases/current                  the release to read: a link, or on an object store a file with its ID
"""
