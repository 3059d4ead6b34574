"""Candidates reviewed: what is appended to the ledger, by whom and why, and what a refresh then makes of it."""

import csv
import os
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from dagster_project.cli import cli
from dagster_project.extraction.candidate import to_csv
from dagster_project.ingest import documents, files, sidecar
from dagster_project.refresh import steps
from dagster_project.review.compare import ReviewError
from tests.conftest import Site, copied
from tests.texts import StandIn, line, put
from tests.warehouse.verdicts import query, write_ledger

BY = ("--by", "督导室", "--reason", "与原文核对")
JUNIOR = line(
    article="一/2",
    indicator_zh="初中生师比",
    indicator_code="jun_pupils_per_teacher",
    value="13",
    evidence="初中生师比不高于13:1",
)
DOUBTFUL = line(
    article="二/1",
    indicator_zh="别的比例",
    indicator_code="",
    value="9",
    unit="%",
    evidence="别的比例达到9%",
    comparator=">=",
)


@pytest.fixture(autouse=True)
def extractor(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return StandIn(monkeypatch)


@pytest.fixture
def here(site: Site) -> Site:
    """A site with one text of three candidates and nothing in its ledger."""
    site.statistics(2024, {})
    put(site, "plan.txt", line(), JUNIOR, DOUBTFUL)
    return site


def review(site: Site, *arguments: str, file: str = "plan.txt") -> Result:
    return site.run("review", str(site.raw / "documents" / file), *arguments)


def rows(site: Site, name: str = "plan.csv") -> list[dict[str, str]]:
    path = site.raw / "targets" / name
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compared(site: Site) -> dict[str, str]:
    assert site.run("load").exit_code == 0
    with duckdb.connect(str(site.settings.build), read_only=True) as connection:
        return dict(connection.execute("select target_id, comparison from raw.target_candidates").fetchall())


# ---- what is written


def test_looking_writes_nothing(here: Site) -> None:
    result = review(here)
    assert result.exit_code == 0, result.output
    assert "未登记 / not registered" in result.output and "一/1/1" in result.output and "指标未定" in result.output
    assert not (here.raw / "targets").exists()


def test_an_accepted_candidate_is_entered_with_who_when_and_why(here: Site) -> None:
    result = review(here, "--accept", "plan/一/1/1", "--issued-year", "2017", *BY)
    assert result.exit_code == 0, result.output
    (row,) = rows(here)
    wanted = {
        "target_id": "plan/一/1/1", "stage": "primary", "value": "17", "unit": ":1", "evidence": "小学生师比不高于17:1",
        "evidence_kind": "clause", "review_status": "reviewed", "reviewed_by": "督导室", "review_reason": "与原文核对",
        "responsible_units": "教育局",
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted and row["reviewed_on"]
    (document,) = rows(here, "registry/documents.csv")
    assert (document["document_id"], document["text_file"], document["issued_year"]) == ("plan", "plan.txt", "2017")
    for name in ("plan.csv", "registry/documents.csv"):
        path = here.raw / "targets" / name
        assert sidecar.read(path).sha256 == files.sha256(path)
    assert compared(here) == {"plan/一/1/1": "same", "plan/一/2/1": "new", "plan/二/1/1": "new"}


def test_all_new_leaves_out_what_is_doubtful(here: Site) -> None:
    assert review(here, "--all-new", *BY).exit_code == 0
    assert [row["target_id"] for row in rows(here)] == ["plan/一/1/1", "plan/一/2/1"]


def test_an_ending_of_an_id_is_enough_where_only_one_has_it(here: Site) -> None:
    assert review(here, "--accept", "二/1/1", *BY).exit_code == 0
    assert [row["target_id"] for row in rows(here)] == ["plan/二/1/1"]
    for unclear in ("1", "三/1/1"):
        assert isinstance(review(here, "--accept", unclear, *BY).exception, ReviewError)


def test_a_decision_needs_a_name_and_a_reason(here: Site) -> None:
    assert review(here, "--accept", "plan/一/1/1", "--by", "督导室").exit_code == 2
    assert not (here.raw / "targets").exists()


def test_a_rejected_candidate_is_remembered_with_who_and_why(here: Site) -> None:
    assert review(here, "--reject", "plan/一/1/1", *BY).exit_code == 0
    (no,) = rows(here, "registry/rejections.csv")
    assert (no["rejected_by"], no["reason"], no["value"]) == ("督导室", "与原文核对", "17")
    assert compared(here)["plan/一/1/1"] == "rejected"
    again = review(here, "--accept", "plan/一/1/1", *BY)
    assert isinstance(again.exception, ReviewError) and "rejected" in str(again.exception)
    # One after the other adds to what is there.
    assert review(here, "--reject", "plan/一/2/1", *BY).exit_code == 0
    assert [no["indicator_zh"] for no in rows(here, "registry/rejections.csv")] == ["小学生师比", "初中生师比"]


def test_a_changed_target_is_withdrawn_and_followed_by_a_new_row(here: Site) -> None:
    assert review(here, "--all-new", *BY).exit_code == 0
    before = rows(here)
    put(here, "plan.txt", line(value="16", evidence="小学生师比不高于16:1"), JUNIOR, DOUBTFUL)
    told = review(here).output
    assert "value: 17 → 16" in told
    result = review(here, "--accept", "plan/一/1/2", "--by", "督导室", "--reason", "原文已修订")
    assert result.exit_code == 0, result.output
    after = rows(here)
    old, untouched, new = after
    assert old == {**before[0], "review_status": "withdrawn", "review_reason": old["review_reason"]}
    assert old["review_reason"].startswith("与原文核对；撤回：督导室") and old["review_reason"].endswith("原文已修订")
    assert untouched == before[1]
    assert (new["target_id"], new["value"], new["review_status"]) == ("plan/一/1/2", "16", "reviewed")
    assert compared(here) == {"plan/一/1/2": "same", "plan/一/2/1": "same", "plan/二/1/1": "new"}


def test_what_left_the_text_is_gone_and_what_left_with_its_text_is_not(here: Site) -> None:
    assert review(here, "--all-new", *BY).exit_code == 0
    text = put(here, "plan.txt", line())
    assert compared(here) == {"plan/一/1/1": "same", "plan/一/2/1": "gone"}
    assert "gone" in review(here).output
    put(here, "plan.txt", "scanned")  # set aside, it says nothing of what it lacks
    assert compared(here) == {"plan/一/1/1": "text_not_here", "plan/一/2/1": "text_not_here"}
    for file in (text, sidecar.path_of(text)):
        file.unlink()
    assert compared(here) == {"plan/一/1/1": "text_not_here", "plan/一/2/1": "text_not_here"}


def test_rows_that_stand_are_kept_to_the_letter(here: Site) -> None:
    assert review(here, "--accept", "plan/一/1/1", *BY).exit_code == 0
    before = (here.raw / "targets" / "plan.csv").read_bytes()
    assert review(here, "--accept", "plan/一/2/1", *BY).exit_code == 0
    assert (here.raw / "targets" / "plan.csv").read_bytes().startswith(before)


def test_a_candidate_that_breaks_a_rule_of_the_ledger_is_not_accepted(site: Site) -> None:
    put(site, "plan.txt", line(unit="所"), line(article="一/2"))
    result = review(site, "--accept", "plan/一/1/1", "--accept", "plan/一/2/1", *BY)
    assert isinstance(result.exception, ReviewError) and "unit_does_not_convert" in str(result.exception)
    assert not (site.raw / "targets").exists()


def test_a_year_of_issue_that_is_none_is_refused_before_anything_is_written(here: Site) -> None:
    result = review(here, "--accept", "plan/一/1/1", "--issued-year", "去年", *BY)
    assert isinstance(result.exception, ReviewError) and "issued_year" in str(result.exception)
    assert not (here.raw / "targets").exists()


def test_a_text_that_nobody_vouched_for_is_shown_and_not_entered(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.txt"
    file.write_text(line(), encoding="utf-8")
    assert "一/1/1" in site.run("review", str(file)).output
    result = site.run("review", str(file), "--all-new", *BY)
    assert isinstance(result.exception, ReviewError) and "raw/documents" in str(result.exception)


def test_a_broken_text_is_told(site: Site) -> None:
    put(site, "scan.pdf", "scanned")
    result = review(site, file="scan.pdf")
    assert isinstance(result.exception, ReviewError) and "没有文字层" in str(result.exception)


def test_each_is_asked_about(here: Site) -> None:
    environment = {"ZHIBIAO_RAW": str(here.raw), "ZHIBIAO_HOME": str(here.home), "COLUMNS": "200"}
    path = str(here.raw / "documents" / "plan.txt")
    result = CliRunner(env=environment).invoke(cli, ["review", path, "--ask"], input="a\nr\nq\n督导室\n逐条看过\n")
    assert result.exit_code == 0, result.output
    assert [row["target_id"] for row in rows(here)] == ["plan/一/1/1"]
    assert [no["indicator_zh"] for no in rows(here, "registry/rejections.csv")] == ["初中生师比"]


# ---- a table of candidates


def edited(site: Site, change: tuple[str, str], encoding: str = "utf-8-sig") -> Path:
    """The extracted table of the text as a spreadsheet would save it, one cell of it changed by hand."""
    (text,) = documents.read_all(site.settings)
    content = to_csv(text.candidates)
    assert content.count(change[0]) == 1
    file = site.raw.parent / "candidates.csv"
    file.write_text(content.replace(*change).replace("\n", "\r\n"), encoding=encoding)
    return file


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_mended_table_is_entered_as_it_was_mended(here: Site, encoding: str) -> None:
    file = edited(here, (",别的比例,,", ",大班额比例,pri_large_class_share,"), encoding)
    result = here.run("review", str(file), "--accept", "二/1/1", *BY)
    assert result.exit_code == 0, result.output
    (row,) = rows(here)
    assert (row["target_id"], row["indicator_code"], row["target_year"]) == (
        "plan/二/1/1",
        "pri_large_class_share",
        "2019",
    )


def test_what_a_table_leaves_out_is_not_gone(here: Site) -> None:
    assert review(here, "--all-new", *BY).exit_code == 0
    file = edited(here, ("初中生师比不高于13:1", "初中生师比不高于13:1"))
    file.write_text("".join(file.read_text(encoding="utf-8-sig").splitlines(keepends=True)[:2]), encoding="utf-8")
    told = here.run("review", str(file)).output
    assert "一致 / same 1" in told.replace("与台账一致", "一致") and "gone" not in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("comparator", "比较"), "比较"),
        ((",>=,", ",至少,"), "第 4 行"),
        (("别的比例达到9%", ""), "第 4 行"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(here: Site, change: tuple[str, str], told: str) -> None:
    result = here.run("review", str(edited(here, change)))
    assert isinstance(result.exception, ReviewError) and told in str(result.exception)


# ---- whole or not at all


@pytest.mark.parametrize("step", [0, 1, 2, 3, 4])
def test_a_review_killed_at_any_step_is_done_whole_or_not_at_all(
    here: Site, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    review(here)  # the text is extracted once, which is not what is to be killed
    replace, calls = os.replace, []

    def die(source: object, target: object) -> None:
        if len(calls) == step:
            raise Killed
        calls.append(target)
        replace(source, target)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("dagster_project.review.write.os.replace", die)
        with pytest.raises(Killed):
            review(here, "--accept", "plan/一/1/1", *BY)
    assert here.run("load").exit_code == 0
    done = (here.raw / "targets" / "plan.csv").exists()
    assert done == (step > 0)  # the first replacement is what makes it count
    if not done:
        assert review(here, "--accept", "plan/一/1/1", *BY).exit_code == 0
    assert [row["target_id"] for row in rows(here)] == ["plan/一/1/1"]
    assert not [path for path in here.raw.iterdir() if path.name.startswith(".")]


def test_an_unfinished_review_makes_a_refresh_necessary(published: Site) -> None:
    (published.raw / ".review").mkdir()
    assert "审核" in str(steps.needed(published.settings))


# ---- and judged


def test_an_accepted_target_is_judged_like_all_others_and_the_ledger_is_otherwise_unchanged(
    province: Site, tmp_path: Path
) -> None:
    site = copied(province, tmp_path / "site")
    reported = {
        "document_id": "old", "indicator_zh": "小学生师比", "indicator_code": "pri_pupils_per_teacher", "stage": "primary",
        "region_code": "100000", "comparator": "<=", "value": "18", "unit": ":1", "target_year": "2019",
    }  # fmt: skip
    write_ledger(site, {"old": 2017}, [reported])
    before = (site.raw / "targets" / "old.csv").read_bytes()
    put(site, "plan.txt", line(), DOUBTFUL)
    assert site.run("refresh").exit_code == 0
    listed = "select target_id, review_status from marts.fct_target order by target_id"
    judged = "select target_id, status from marts.mart_target_attainment where method = 'ladder' order by target_id"
    counted = "select distinct status, target_count from marts.mart_target_summary where view_by = 'indicator' and method = 'ladder'"
    assert [tuple(row.values()) for row in query(site, listed)] == [
        ("old/n/1", "reviewed"), ("plan/一/1/1", "proposed"), ("plan/二/1/1", "proposed"),
    ]  # fmt: skip
    assert [tuple(row.values()) for row in query(site, judged)] == [
        ("old/n/1", "met"), ("plan/一/1/1", "proposed"), ("plan/二/1/1", "proposed"),
    ]  # fmt: skip
    assert query(site, counted) == [{"status": "met", "target_count": 1}]
    assert "未审核 / proposed" in site.run("explain", "plan/一/1/1").output
    # In force is what people reviewed, not what a text says.
    in_force = "select distinct target_in_force from marts.mart_pupil_teacher_ratio where target_in_force is not null"
    assert query(site, in_force) == [{"target_in_force": "old/n/1"}]

    assert review(site, "--accept", "一/1/1", "--issued-year", "2017", *BY).exit_code == 0
    result = site.run("refresh")
    assert result.exit_code == 0, result.output
    assert [tuple(row.values()) for row in query(site, judged)] == [
        ("old/n/1", "met"), ("plan/一/1/1", "met"), ("plan/二/1/1", "proposed"),
    ]  # fmt: skip
    assert query(site, counted) == [{"status": "met", "target_count": 2}]
    documents_told = (
        "select document_id, is_registered, target_count, proposed_count from marts.dim_document order by 1"
    )
    assert [tuple(row.values()) for row in query(site, documents_told)] == [("old", True, 1, 0), ("plan", True, 1, 1)]
    assert (site.raw / "targets" / "old.csv").read_bytes() == before
    comparisons = "select target_id, comparison, source_file from marts.target_candidate order by target_id"
    assert [tuple(row.values()) for row in query(site, comparisons)] == [
        ("old/n/1", "text_not_here", "raw/targets/old.csv"),
        ("plan/一/1/1", "same", "raw/documents/plan.txt"),
        ("plan/二/1/1", "new", "raw/documents/plan.txt"),
    ]  # fmt: skip
