"""What of the publication calendar is overdue on a day: days are counted to the day of asking, not to that of the build."""

from datetime import date
from typing import Any

import duckdb

_NAMES = ("publication", "publisher_zh", "year", "due", "days", "newest_year")


def overdue(connection: duckdb.DuckDBPyConnection, day: date) -> list[dict[str, Any]] | None:
    """What `marts.mart_freshness` expects and has not got on that day, longest first: publication, publisher_zh, year,
    due (ISO date), days since due date and grace were over, newest_year that has arrived.

    None where there is no calendar, or in a snapshot from before there was one.
    """
    try:
        if connection.execute("select count(*) from marts.mart_freshness").fetchall() == [(0,)]:
            return None
        rows = connection.execute(
            """select publication, expected_publisher_zh, year, cast(due_date as varchar),
                date_diff('day', overdue_from, cast($day as date)) + 1, newest_year
            from marts.mart_freshness where freshness <> 'arrived' and overdue_from <= $day
            order by overdue_from, publication, expected_publisher_zh, year""",
            {"day": day},
        ).fetchall()
    except duckdb.CatalogException:
        return None
    return [dict(zip(_NAMES, row, strict=True)) for row in rows]
