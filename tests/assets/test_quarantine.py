"""What becomes of a source's rows: the five outcomes and their consequences, and what stands in `raw.*` afterwards.

Sources here are small contracts of the test's own, loaded without a refresh. Refusals of the product's sources through
the command are in test_bad_input.py.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dagster_project import build_file
from dagster_project.ingest import files, load, readers
from dagster_project.ingest.contract import load_contracts
from dagster_project.ingest.load import Outcome
from dagster_project.refresh import steps
from tests.assets.conftest import SCHOOLS, Bench
from tests.conftest import Site, says_both

TOWNS: dict[str, Any] = {
    "source": "towns", "title_zh": "乡镇", "title_en": "Towns", "group": "reference", "files": ["towns"],
    "key": ["town"], "partial": "refuse", "required": False,
    "columns": [{"name": "town", "zh": "乡镇", "en": "town", "required": True}],
}  # fmt: skip
IN_A_TOWN = {
    "name": "unknown_town", "column": "note", "needs": ["towns"],
    "fails": "t.note not in (select w.town from raw.towns as w)",
    "reason_zh": "没有这个乡镇", "reason_en": "is no town", "action_zh": "核对", "action_en": "check it",
}  # fmt: skip
GOOD = "code,pupils\nA1,10\nA2,20\nA3,30\n"


# ---- the five outcomes


def test_all_rows_valid_loads_them_all(bench: Bench) -> None:
    bench.put("schools/2024.csv", GOOD)
    report = bench.load()
    assert report.sources["schools"].outcome is Outcome.ALL_VALID
    assert (report.refused, report.problems, bench.quarantine) == (False, [], [])
    assert bench.codes == ["A1", "A2", "A3"]


def test_bad_rows_are_held_back_and_the_others_kept_where_the_source_consents(bench: Bench) -> None:
    bench.put("schools/2024.csv", GOOD + "A4,many\nA5,\nA1,11\n")
    report = bench.load()
    schools = report.sources["schools"]
    assert (schools.outcome, report.refused) == (Outcome.SOME_INVALID_QUARANTINED, False)
    assert (schools.row_count, schools.held_back) == (2, 4)
    assert bench.codes == ["A2", "A3"]  # of two rows with one key nobody knows which is right: neither is kept
    assert bench.quarantine == [
        (2, "code", "duplicate_key", "A1", "quarantined"),
        (5, "pupils", "not_an_integer", "many", "quarantined"),
        (6, "pupils", "required", "", "quarantined"),
        (7, "code", "duplicate_key", "A1", "quarantined"),
    ]
    assert [problem.row for problem in report.problems] == [2, 5, 6, 7]


def test_a_row_set_aside_says_where_and_why_in_both_languages_and_is_back_once_the_file_is_mended(bench: Bench) -> None:
    bench.put("schools/2024.csv", GOOD + "A4,many\n")
    bench.load()
    said = bench.rows("select * exclude (reason_zh, reason_en, action_zh, action_en) from quality.quarantine")
    assert said == [("schools", "raw/schools/2024.csv", 5, "pupils", "not_an_integer", "many", "quarantined")]
    ((reason_zh, reason_en, action_zh, action_en),) = bench.rows(
        "select reason_zh, reason_en, action_zh, action_en from quality.quarantine"
    )
    assert says_both(f"{reason_zh} / {reason_en}") and says_both(f"{action_zh} / {action_en}")
    bench.put("schools/2024.csv", GOOD + "A4,40\n")
    build_file.start(bench.folder / "next.duckdb")
    with build_file.writing(bench.folder / "next.duckdb") as connection:
        after = Bench(bench.folder, connection)
        assert after.outcome() is Outcome.ALL_VALID
        assert after.codes == ["A1", "A2", "A3", "A4"] and after.quarantine == []


def test_a_bad_row_refuses_everything_where_the_source_does_not_consent(bench: Bench) -> None:
    bench.contracts = [{**SCHOOLS, "partial": "refuse"}]
    bench.put("schools/2024.csv", GOOD + "A4,many\n")
    report = bench.load()
    assert (report.sources["schools"].outcome, report.refused) == (Outcome.SOME_INVALID_REFUSED, True)
    assert bench.quarantine == [(5, "pupils", "not_an_integer", "many", "refused")]


def test_no_valid_row_refuses_even_where_the_source_consents(bench: Bench) -> None:
    bench.put("schools/2024.csv", "code,pupils\nA1,many\nA2,more\n")
    report = bench.load()
    assert (report.sources["schools"].outcome, report.refused) == (Outcome.ALL_INVALID, True)
    assert [row[-1] for row in bench.quarantine] == ["refused", "refused"]


def test_one_file_of_bad_shape_refuses_even_where_the_source_consents(bench: Bench) -> None:
    bench.put("schools/2023.csv", GOOD.replace("pupils", "children"))
    bench.put("schools/2024.csv", GOOD + "A4,many\n")
    report = bench.load()
    assert (report.sources["schools"].outcome, report.refused) == (Outcome.BAD_SHAPE, True)
    assert {problem.rule for problem in report.problems} == {"missing_column", "unknown_column", "not_an_integer"}
    assert {row[-1] for row in bench.quarantine} == {"refused"} and len(bench.quarantine) == 3
    assert bench.codes == ["A1", "A2", "A3", "A4"]  # nothing is set aside of what is refused


@pytest.mark.parametrize(
    ("content", "partial", "outcome", "consequence"),
    [
        (GOOD, "quarantine", Outcome.ALL_VALID, "those rows are quarantined, the others go on"),
        (GOOD, "refuse", Outcome.ALL_VALID, "the refresh is refused"),
        (
            GOOD + "A4,many\n",
            "quarantine",
            Outcome.SOME_INVALID_QUARANTINED,
            "those rows are quarantined, the others go on",
        ),
        (GOOD + "A4,many\n", "refuse", Outcome.SOME_INVALID_REFUSED, "the refresh is refused"),
        ("code,pupils\nA1,many\n", "quarantine", Outcome.ALL_INVALID, "the refresh is refused"),
        ("code,children\nA1,1\n", "quarantine", Outcome.BAD_SHAPE, "the refresh is refused"),
    ],
)
def test_the_check_of_a_contract_tells_what_came_of_it(
    bench: Bench, content: str, partial: str, outcome: Outcome, consequence: str
) -> None:
    bench.contracts = [{**SCHOOLS, "partial": partial}]
    bench.put("schools/2024.csv", content)
    report = bench.load().sources["schools"]
    check = steps._contract_check(report)
    assert (report.outcome, check["consequence_en"]) == (outcome, consequence)
    assert check["severity"] == ("error" if outcome.refuses else "warning")


def test_each_outcome_but_two_refuses() -> None:
    allowed = {Outcome.ALL_VALID, Outcome.SOME_INVALID_QUARANTINED}
    assert {outcome for outcome in Outcome if not outcome.refuses} == allowed


def test_what_was_set_aside_is_published_by_the_refresh_after_it_is_mended(
    published: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts = {**load_contracts(), "statistics": replace(load_contracts()["statistics"], partial="quarantine")}
    monkeypatch.setattr(load, "load_contracts", lambda: contracts)
    before = published.served()
    good, row = {"measure": "enrolment", "value": "100"}, {"level": "junior", "measure": "enrolment"}
    figures = """select stage, value from marts.fct_measure
        where region_code = '100000' and year = 2012 and measure_code = 'enrolment' order by all"""
    set_aside = "select file, row_no, column_name, rule, consequence from quality.quarantine"

    file = published.statistics(2012, good, {**row, "value": "many"})
    result = published.run("refresh")
    assert result.exit_code == 0 and "many" in result.output, result.output
    assert published.served() != before
    with build_file.reading(published.settings.served) as connection:
        assert connection.execute(figures).fetchall() == [("primary", 100)]
        assert connection.execute(set_aside).fetchall() == [
            (published.settings.raw_name(file), 3, "value", "not_a_number", "quarantined")
        ]

    published.statistics(2012, good, {**row, "value": "90"})
    result = published.run("refresh")
    assert result.exit_code == 0, result.output
    with build_file.reading(published.settings.served) as connection:
        assert connection.execute(figures).fetchall() == [("junior", 90), ("primary", 100)]
        assert connection.execute(set_aside).fetchall() == []


# ---- the loaded table


def test_a_row_knows_its_file_its_row_and_the_bytes_it_was_read_from(bench: Bench) -> None:
    file = bench.put("schools/2024.csv", "code,pupils\n\nA1,10\n")
    bench.load()
    assert bench.rows("select * from raw.schools") == [
        ("A1", "10", "", "raw/schools/2024.csv", 3, files.sha256(file), datetime(2026, 1, 31))
    ]
    assert bench.rows("select file, source, row_count, byte_count, issuer from meta.input_file") == [
        ("raw/schools/2024.csv", "schools", 1, 19, "测试机构")
    ]


def test_chinese_headings_any_order_and_every_file_type_give_the_same_columns(bench: Bench) -> None:
    bench.put("schools/1.csv", "备注,学生数,学校代码\n镇,10,A1\n")
    book = openpyxl.Workbook()
    for line in (["pupils", "code", "note"], [10, "A2", "镇"]):
        book.worksheets[0].append(line)
    book.save(bench.folder / "raw" / "schools" / "2.xlsx")
    bench.vouch(bench.folder / "raw" / "schools" / "2.xlsx")
    assert bench.outcome() is Outcome.ALL_VALID
    assert bench.rows("select code, pupils, note from raw.schools order by 1") == [
        ("A1", "10", "镇"),
        ("A2", "10", "镇"),
    ]


def test_a_column_headed_in_both_languages_is_a_repeated_one(bench: Bench) -> None:
    bench.put("schools/1.csv", "code,pupils,学生数\nA1,10,11\n")
    (problem,) = bench.load().problems
    assert (problem.rule, problem.column) == ("repeated_column", "pupils")


def test_a_source_that_may_be_absent_has_an_empty_table(bench: Bench) -> None:
    bench.contracts = [SCHOOLS, TOWNS]
    bench.put("schools/2024.csv", GOOD)
    assert not bench.load().refused
    assert bench.rows("select count(*) from raw.towns") == [(0,)]


def test_a_source_that_must_be_there_is_missed(bench: Bench) -> None:
    (problem,) = bench.load().problems
    assert (problem.rule, problem.file) == ("missing_file", "raw/schools/*.csv")


def test_rows_are_judged_by_another_source_and_not_when_that_one_is_refused(bench: Bench) -> None:
    bench.contracts = [{**SCHOOLS, "rules": [IN_A_TOWN]}, TOWNS]
    bench.put("schools/2024.csv", "code,pupils,note\nA1,10,东镇\nA2,20,西镇\n")
    bench.put("towns.csv", "town\n东镇\n")
    bench.load()
    assert bench.quarantine == [(3, "note", "unknown_town", "西镇", "quarantined")]


def test_rows_are_not_judged_by_a_source_that_is_refused_itself(bench: Bench) -> None:
    bench.contracts = [{**SCHOOLS, "rules": [IN_A_TOWN]}, TOWNS]
    bench.put("schools/2024.csv", "code,pupils,note\nA1,10,东镇\nA2,20,西镇\n")
    bench.put("towns.csv", "town\n东镇\n东镇\n")
    report = bench.load()
    assert report.sources["towns"].outcome is Outcome.ALL_INVALID
    assert report.sources["schools"].outcome is Outcome.ALL_VALID


def test_more_bad_rows_than_a_person_reads_all_stand_in_the_quarantine(bench: Bench) -> None:
    bench.put("schools/2024.csv", GOOD + "".join(f"B{number},many\n" for number in range(1500)))
    report = bench.load()
    assert (len(report.problems), report.sources["schools"].held_back) == (1000, 1500)
    assert len(bench.quarantine) == 1500


def test_a_parquet_file_is_a_file_like_any_other(bench: Bench) -> None:
    bench.put("schools/1.csv", "code,pupils\nA1,10\n")
    put_parquet(bench, "select 'A2' as code, 20.0::double as \"学生数\", null as note union all select 'A3', 30.5, 'x'")
    report = bench.load()
    assert report.sources["schools"].outcome is Outcome.SOME_INVALID_QUARANTINED
    assert bench.rows("select code, pupils, note, _row from raw.schools order by 1") == [
        ("A1", "10", "", 2),
        ("A2", "20", "", 2),
    ]
    assert bench.quarantine == [(3, "pupils", "not_an_integer", "30.5", "quarantined")]


def test_a_file_found_damaged_while_its_rows_are_taken_leaves_none_of_them(bench: Bench) -> None:
    bench.put("schools/1.csv", "code,pupils\nA1,10\n")
    file = put_parquet(bench, "select 'B' || range as code, range as pupils from range(1000)")
    content = bytearray(file.read_bytes())
    content[4:40] = bytes(36)  # the header of its first page
    file.write_bytes(content)
    bench.vouch(file)
    report = bench.load()
    (problem,) = report.problems
    assert (problem.rule, problem.file) == ("unreadable", "raw/schools/2.parquet")
    assert bench.codes == ["A1"]
    assert bench.rows("select file from meta.input_file") == [("raw/schools/1.csv",)]


def put_parquet(bench: Bench, query: str) -> Path:
    file = bench.folder / "raw" / "schools" / "2.parquet"
    bench.connection.execute(f"copy ({query}) to '{file}' (format parquet, compression uncompressed)")
    return bench.vouch(file)


# ---- files that change under the reader


def test_a_file_that_grows_while_it_is_read_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    file = bench.put("schools/2024.csv", GOOD)
    read = readers.read

    def slowly(*arguments: Any) -> Any:
        table = read(*arguments)
        file.write_text(GOOD + "A4,40\n", encoding="utf-8")
        return table

    monkeypatch.setattr(readers, "read", slowly)
    (problem,) = bench.load().problems
    assert (problem.rule, problem.file) == ("still_written", "raw/schools/2024.csv")


def test_a_file_that_cannot_be_opened_is_told_and_the_others_are_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = bench.put("schools/2023.csv", GOOD)
    bench.put("schools/2024.csv", GOOD)
    digest = files.sha256

    def denied(path: Path) -> str:
        if path == gone:
            raise PermissionError(13, "Permission denied")
        return digest(path)

    monkeypatch.setattr(files, "sha256", denied)
    report = bench.load()
    (problem,) = report.problems
    assert (problem.rule, problem.file) == ("unreadable", "raw/schools/2023.csv")
    assert "Permission denied" in problem.text()
    assert report.sources["schools"].row_count == 3
