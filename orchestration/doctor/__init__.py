"""`interlace doctor`: is this installation and this home fit for tonight? No Dagster but in `instance`."""
