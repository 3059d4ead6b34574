"""dbt's own pages on the models: one file, made from the served snapshot and without touching it."""

from pathlib import Path

from dagster_project.publish import snapshot
from dagster_project.transform import dbt_project
from tests.conftest import Site


def test_the_page_describes_the_models_and_columns_of_the_served_snapshot(province: Site, tmp_path: Path) -> None:
    served = snapshot.current(province.settings)
    assert served is not None
    page = tmp_path / "dbt_docs.html"
    dbt_project.describe(served.database, page)
    text = page.read_text(encoding="utf-8")
    for told in ("mart_public_kindergarten_share", "indicator_mart", "numerator", "分子", "BIGINT"):
        assert told in text or told.encode("unicode_escape").decode() in text, told
    # The page would call home if the project let it.
    assert '"send_anonymous_usage_stats": false' in text or '"send_anonymous_usage_stats":false' in text
    assert snapshot.damage(province.settings, served) == []
