"""`make dbt-docs`: dbt's own pages on the models of the served snapshot, as one file for people who know dbt."""

import sys

from dagster_project.publish import snapshot
from dagster_project.settings import Settings
from dagster_project.transform import dbt_project


def main() -> None:
    """Write `<home>/dbt_docs.html`; ends with a message where nothing is published yet."""
    settings = Settings.from_environment()
    served = snapshot.current(settings)
    if served is None:
        sys.exit("还没有快照 / no snapshot yet: make refresh")
    page = settings.home / "dbt_docs.html"
    dbt_project.describe(served.database, page)
    print(f"已写 / written: {page}")


if __name__ == "__main__":
    main()
