"""dbt in this process: the manifest, and a build with its results. SQL stays in `dbt/`, Dagster stays outside."""
