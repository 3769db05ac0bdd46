"""The warehouse: a fresh build file each night, and dbt on it."""
