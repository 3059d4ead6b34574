"""The dictionary in the built file describes that file, leaves nothing without words, and is what docs/ shows."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.report import dictionary, docs, words
from dagster_project.settings import ROOT
from tests.conftest import Site, says_both

_DESCRIBED = "schema_name in ('marts', 'quality', 'meta')"


@pytest.fixture(scope="module")
def served(province: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with build_file.reading(province.settings.served) as connection:
        yield connection


def test_every_column_of_the_file_has_its_row_in_order_and_of_its_type(served: duckdb.DuckDBPyConnection) -> None:
    columns = served.execute(
        f"""select schema_name, table_name, column_index, column_name, data_type from duckdb_columns()
        where {_DESCRIBED} order by all"""
    ).fetchall()
    described = served.execute(
        "select schema_name, table_name, column_no, column_name, data_type from meta.dictionary order by all"
    ).fetchall()
    assert described == columns != []


def test_every_table_and_column_is_described_in_both_languages_and_so_are_the_comments(
    served: duckdb.DuckDBPyConnection,
) -> None:
    rows = [dictionary.Entry(*row) for row in served.execute("from meta.dictionary").fetchall()]
    for row in rows:
        assert says_both(f"{row.table_zh} / {row.table_en}") and says_both(
            f"{row.description_zh} / {row.description_en}"
        )
        assert row.unit == "" or says_both(row.unit), row.unit
    comments = {
        tuple(row)
        for query in (
            f"select schema_name, table_name, null, comment from duckdb_tables() where {_DESCRIBED}",
            f"select schema_name, table_name, column_name, comment from duckdb_columns() where {_DESCRIBED}",
        )
        for row in served.execute(query).fetchall()
    }
    assert comments == {(r.schema_name, r.table_name, None, f"{r.table_zh} / {r.table_en}") for r in rows} | {
        (r.schema_name, r.table_name, r.column_name, f"{r.description_zh} / {r.description_en}") for r in rows
    }


def test_a_grain_names_columns_of_its_table(served: duckdb.DuckDBPyConnection) -> None:
    rows = served.execute("select table_name, grain, list(column_name) from meta.dictionary group by all").fetchall()
    assert [table for table, grain, columns in rows if not set(grain.split(", ")) <= set(columns)] == []


def test_the_unit_of_a_column_is_said_for_columns_that_exist(served: duckdb.DuckDBPyConnection) -> None:
    used = {unit for (unit,) in served.execute("select distinct unit from meta.dictionary where unit <> ''").fetchall()}
    assert used == {unit for _, unit in dictionary._UNITS}


def test_every_indicator_and_measure_has_names_and_indicators_a_definition_in_both_languages(
    served: duckdb.DuckDBPyConnection,
) -> None:
    texts = served.execute(
        """select indicator_code, name_zh, name_en from marts.dim_indicator union all
        select indicator_code, definition_zh, definition_en from marts.dim_indicator union all
        select measure_code, name_zh, name_en from marts.dim_measure"""
    ).fetchall()
    assert [code for code, zh, en in texts if not says_both(f"{zh} / {en}")] == []
    assert served.execute("from marts.dim_measure where coalesce(definition_zh, '') = ''").fetchall() == []


@pytest.mark.parametrize(
    ("known", "query"),
    [
        (words.STAGES, "select level from marts.dim_indicator union select measure_stage from marts.indicator_term"),
        (words.SEGMENTS, "select measure_segment from marts.indicator_term"),
        (words.UNITS, "select unit from marts.dim_indicator union select base_unit from marts.dim_measure"),
        (words.DIRECTIONS, "select direction from marts.dim_indicator"),
        (words.KINDS_OF_MEASURES, "select kind from marts.dim_measure"),
        (words.KINDS_OF_FORMULAS, "select kind from marts.indicator_formula where kind not in ('ratio', 'sum')"),
    ],
)
def test_every_code_of_the_shipped_catalogue_has_words(
    served: duckdb.DuckDBPyConnection, known: dict[str, tuple[str, str]], query: str
) -> None:
    assert {code for (code,) in served.execute(query).fetchall()} - {""} <= set(known)


@pytest.mark.parametrize("page", ["dictionary.md", "dictionary.zh-CN.md"])
def test_the_dictionary_in_docs_is_what_make_docs_writes(served: duckdb.DuckDBPyConnection, page: str) -> None:
    # It speaks of no figure, so the miniature province gives the same as the shipped data.
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == dictionary.pages(served)[page], "make docs"


def test_the_cells_in_docs_are_those_of_the_shipped_data_and_leave_no_indicator_out(shipped: Site) -> None:
    with build_file.reading(shipped.settings.served) as connection:
        page = dictionary.pages(connection)["cells.md"]
        codes = {code for (code,) in connection.execute("select indicator_code from marts.dim_indicator").fetchall()}
    assert (ROOT / "docs" / "cells.md").read_text(encoding="utf-8") == page, "make docs"
    listed = re.findall(r"^\| [^|]*\| [^|]*`(\w+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(codes)


def test_run_as_a_module_it_writes_the_pages_of_the_served_snapshot(
    province: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    monkeypatch.setenv("ZHIBIAO_HOME", str(tmp_path / "nothing published"))
    with pytest.raises(SystemExit, match="make refresh"):
        docs.main()
    monkeypatch.setenv("ZHIBIAO_HOME", str(province.home))
    docs.main()
    assert sorted(path.name for path in (tmp_path / "docs").iterdir()) == [
        "cards.md",
        "cells.md",
        "dictionary.md",
        "dictionary.zh-CN.md",
        "verdicts.md",
    ]
