"""Names of folders and files in a release."""

INTERNAL, PUBLIC = "internal", "public"  # a folder for each audience
DATABASE = "marts.duckdb"
PARQUET = "parquet"  # a folder
