"""`make docs`: writes the generated pages of docs/ from the served snapshot. What stands on a page is its module's."""

import sys

from dagster_project.publish import snapshot
from dagster_project.publish.reader import Reader
from dagster_project.report import cards, dictionary, verdicts
from dagster_project.settings import ROOT, Settings


def main() -> None:
    """Write docs/ from the served snapshot; ends with a message where nothing is published yet."""
    served = snapshot.current(Settings.from_environment())
    if served is None:
        sys.exit("还没有快照 / no snapshot yet: make refresh")
    with Reader(served.database).snapshot() as connection:
        pages = {
            **dictionary.pages(connection),
            "cards.md": cards.page(connection),
            "verdicts.md": verdicts.page(connection),
        }
        for name, text in pages.items():
            (ROOT / "docs" / name).write_text(text, encoding="utf-8")
            print(f"已写 / written: docs/{name}")


if __name__ == "__main__":
    main()
