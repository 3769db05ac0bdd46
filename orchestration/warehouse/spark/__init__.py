"""The same dbt project on Apache Spark; what it made goes back into the build file, for the gate and the release."""
