"""The SEA's own files → the canonical feed tables of the lake, through a state's feeds.yaml."""
