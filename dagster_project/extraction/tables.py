"""Tables of targets: indicators by year, regions by task, projects with their sums."""

from collections.abc import Iterable

from dagster_project.extraction.document import Document, Table
from dagster_project.extraction.recognise import Finding, State


def read(document: Document, table: Table, state: State) -> Iterable[Finding]:
    """The findings of a table."""
    return []
