"""Texts of `raw/documents/` as a refresh meets them: extracted once, set aside where they cannot be used, told to Dagster."""

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dagster_project.assets import documents as assets
from dagster_project.ingest import documents
from tests.assets.conftest import InDagster
from tests.conftest import Site
from tests.texts import StandIn, line, put


@pytest.fixture
def extractor(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return StandIn(monkeypatch)


def read(site: Site) -> dict[str, documents.Text]:
    return {text.path.name: text for text in documents.read_all(site.settings)}


def rules(site: Site) -> dict[str, str]:
    return {name: text.problem.rule for name, text in read(site).items() if text.problem}


def table(site: Site, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(site.settings.build), read_only=True) as connection:
        return connection.execute(sql).fetchall()


# ---- extracted once


def test_the_same_bytes_are_not_read_again(site: Site, extractor: StandIn) -> None:
    put(site, "a.txt", line())
    put(site, "b.txt", line(value="16"))
    first, second = read(site), read(site)
    assert extractor.read == ["a.txt", "b.txt"]
    assert first["b.txt"].candidates == second["b.txt"].candidates and second["b.txt"].candidates[0].value == "16"
    assert (first["a.txt"].reused, second["a.txt"].reused) == (False, True)


def test_only_a_text_whose_bytes_changed_is_read_again(site: Site, extractor: StandIn) -> None:
    put(site, "a.txt", line())
    put(site, "b.txt", line())
    read(site)
    put(site, "b.txt", line(value="16"))
    assert read(site)["b.txt"].candidates[0].value == "16"
    assert extractor.read == ["a.txt", "b.txt", "b.txt"]


def test_another_extractor_or_other_names_to_look_up_read_every_text_again(
    site: Site, extractor: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(site, "a.txt", line())
    read(site)
    names = site.raw / "reference" / "indicator_aliases.csv"
    names.write_text(names.read_text(encoding="utf-8") + "又一个名称,pri_pupils_per_teacher,,\n", encoding="utf-8")
    read(site)
    assert extractor.read == ["a.txt"] * 2
    monkeypatch.setattr("dagster_project.fingerprint.of_extractor", lambda raw: "another")
    read(site)
    assert extractor.read == ["a.txt"] * 3


def test_what_no_text_gives_any_more_is_dropped_from_the_store(site: Site, extractor: StandIn) -> None:
    file = put(site, "a.txt", line())
    put(site, "b.txt", line())
    read(site)
    file.unlink()
    file.with_name("a.txt.source.yml").unlink()
    read(site)
    assert len(list((site.home / "extracted").iterdir())) == 1


def test_a_kill_while_candidates_are_written_leaves_nothing_half(
    site: Site, extractor: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(site, "a.txt", line())

    class Killed(BaseException):
        pass

    def die(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("dagster_project.ingest.documents.os.replace", die)
        with pytest.raises(Killed):
            read(site)
    assert not read(site)["a.txt"].reused
    assert [path.suffix for path in (site.home / "extracted").iterdir()] == [".json"]


def test_a_damaged_store_is_made_anew(site: Site, extractor: StandIn) -> None:
    put(site, "a.txt", line())
    read(site)
    (stored,) = (site.home / "extracted").iterdir()
    for content in ("[{", json.dumps([{"doc": "a"}])):
        stored.write_text(content, encoding="utf-8")
        assert read(site)["a.txt"].candidates[0].value == "17"
    assert extractor.read == ["a.txt"] * 3


# ---- set aside


def test_a_text_that_cannot_be_used_is_told_and_the_others_go_on(site: Site, extractor: StandIn) -> None:
    put(site, "good.txt", line())
    put(site, "scanned.pdf", "scanned")
    put(site, "old.doc", line())
    put(site, "good.md", line())
    put(site, "changed.txt", line()).write_text(line(value="1"), encoding="utf-8")
    (site.raw / "documents" / "unvouched.txt").write_text(line(), encoding="utf-8")
    put(site, "taken.txt", line()).unlink()
    put(site, "badly.txt", line()).with_name("badly.txt.source.yml").write_text("title: x", encoding="utf-8")
    assert rules(site) == {
        "scanned.pdf": "unreadable_document", "old.doc": "document_type", "good.txt": "document_twice",
        "changed.txt": "hash_mismatch", "unvouched.txt": "no_sidecar", "taken.txt": "missing_file",
        "badly.txt": "bad_sidecar",
    }  # fmt: skip
    assert len(read(site)["good.md"].candidates) == 1


@pytest.mark.parametrize("name", ["~$plan.docx", "plan.txt.tmp", "Thumbs.db", "README.md", ".plan.txt.swp"])
def test_what_programs_leave_behind_and_what_explains_the_folder_is_no_text(
    site: Site, extractor: StandIn, name: str
) -> None:
    put(site, "a.txt", line())
    (site.raw / "documents" / name).write_text("x", encoding="utf-8")
    assert list(read(site)) == ["a.txt"]


def test_a_refused_text_is_told_by_the_load_and_refuses_nothing(site: Site, extractor: StandIn) -> None:
    site.statistics(2024, {})
    put(site, "plan.txt", line(), line(value="16", indicator_code="", indicator_zh="别的"))
    put(site, "broken.pdf", "scanned")
    result = site.run("load")
    assert result.exit_code == 0, result.output
    assert "raw/documents/broken.pdf" in result.output and "没有文字层" in result.output
    assert "政策文件原文 documents" in result.output and "隔离这些行" in result.output
    assert "没有来源读取此文件" not in result.output
    found = table(site, "select target_id, comparison from raw.target_candidates order by target_id")
    assert found == [("plan/一/1/1", "new"), ("plan/一/1/2", "new")]
    assert table(site, "select file, consequence, rule from quality.quarantine") == [
        ("raw/documents/broken.pdf", "quarantined", "unreadable_document")
    ]
    assert table(site, "select source, row_count from meta.input_file where file = 'raw/documents/plan.txt'") == [
        ("documents", 2)
    ]
    again = site.run("load")
    assert extractor.read.count("plan.txt") == 1 and "沿用" in again.output


def test_a_candidate_that_no_ledger_could_hold_is_told_and_not_proposed(site: Site, extractor: StandIn) -> None:
    site.statistics(2024, {})
    put(
        site,
        "plan.txt",
        line(unit="所"),
        line(article="一/2", region_code="999999"),
        line(article="一/3", value="约十七"),
    )
    assert site.run("load").exit_code == 0
    found = table(site, "select target_id, obstacle from raw.target_candidates order by target_id")
    assert [rule in str(obstacle) for (_, obstacle), rule in zip(
        found, ("unit_does_not_convert", "unknown_region", "not_a_number"), strict=True)] == [True] * 3  # fmt: skip
    assert table(site, "select count(*) from raw.proposed_targets") == [(0,)]


# ---- as Dagster sees them


def test_a_run_materialises_a_partition_for_each_text_it_extracts(
    published: Site, extractor: StandIn, in_dagster: InDagster
) -> None:
    put(published, "a.txt", line())
    put(published, "b.txt", line(value="16"))
    put(published, "broken.pdf", "scanned")
    result = in_dagster(published)
    assert result.success
    events = [event.asset_key for event in result.get_asset_materialization_events() if event.asset_key]
    assert events.count(assets.KEY) == 2
    of_texts = [e for e in result.get_asset_materialization_events() if e.asset_key == assets.KEY]
    assert {event.partition for event in of_texts} == {"a.txt", "b.txt"}
    checks = {e.check_name: e.passed for e in result.get_asset_check_evaluations() if e.check_name == "texts"}
    assert checks == {"texts": False}


def test_one_text_can_be_made_anew_and_a_broken_one_fails_alone(
    site: Site, extractor: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIBIAO_RAW", str(site.raw))
    monkeypatch.setenv("ZHIBIAO_HOME", str(site.home))
    put(site, "a.txt", line())
    put(site, "broken.pdf", "scanned")
    from dagster_project.resources import Warehouse

    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("documents", ["a.txt", "broken.pdf"])
        ran = [
            dg.materialize([assets.candidates], resources={"warehouse": Warehouse()}, partition_key=name,
                           instance=instance, raise_on_error=False).success
            for name in ("a.txt", "broken.pdf")
        ]  # fmt: skip
    assert ran == [True, False]
    assert Path(site.home / "extracted").is_dir()


# ---- with the extractor itself


def test_a_sentence_of_a_plan_becomes_a_candidate(site: Site) -> None:
    site.statistics(2024, {})
    put(
        site,
        "441800-2023-plan.txt",
        "清远市学前教育行动计划（2023—2025年）",
        "",
        "一、目标",
        "到2025年，全市学前教育毛入园率达到96%以上。",
    )
    result = site.run("load")
    assert result.exit_code == 0, result.output
    found = table(site, "select comparison, comparator, value, unit, target_year from raw.target_candidates")
    assert found == [("new", ">=", "96", "%", "2025")]
