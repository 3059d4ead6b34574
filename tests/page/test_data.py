"""The data in the page are those of the published file, cell by cell, and equal data give equal bytes."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.page import PAGE, pinyin, write
from dagster_project.publish import snapshot
from dagster_project.report.explain import dictionaries
from tests.conftest import Site
from tests.page.reading import cells, data, parsed, rows


def connected(site: Site) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(site.home / "current.duckdb"), read_only=True)


def manifest(site: Site) -> dict[str, Any]:
    served = snapshot.current(site.settings)
    assert served is not None
    return served.manifest


def written(site: Site, folder: Path, inline_bytes: int = write.INLINE_BYTES, **changes: str) -> Path:
    """A page made anew from a site's published file."""
    folder.mkdir()
    with connected(site) as connection:
        write.write(connection, folder, {**manifest(site), **changes}, inline_bytes)
    return folder / PAGE


def test_a_publish_writes_the_page_into_the_snapshot_and_its_manifest(shipped: Site) -> None:
    page = shipped.home / "current" / PAGE
    about = manifest(shipped)["files"][PAGE]
    assert about["bytes"] == page.stat().st_size < 5_000_000
    assert snapshot.current(shipped.settings).damage() == []  # type: ignore[union-attr]


@pytest.mark.parametrize("site", ["shipped", "demo_counties", "restated"])
def test_every_cell_of_every_indicator_is_as_published(site: str, request: pytest.FixtureRequest) -> None:
    place: Site = request.getfixturevalue(site)
    found = data(place.home / "current" / PAGE)
    regions, sources, files = (found[f"block:{name}"] for name in ("regions", "sources", "files"))
    shown = {
        (code, c["stage"], c["segment"], c["base_indicator"], c["basis"], regions["code"][c["region"]], c["year"]): (
            c["value"], c["numerator"], c["denominator"], c["status"] or "ok", c["confidence"] or "A", c["variant"],
            c["uncorrected"], None if c["source"] is None else sources["source_zh"][c["source"]],
            None if c["file"] is None else files[c["file"]], c["row"],
        )
        for name, shard in found.items() if name.startswith("indicator:")
        for code in [name.removeprefix("indicator:")] for c in cells(shard) if c["until"] is None
    }  # fmt: skip
    with connected(place) as connection:
        told = connection.execute(
            """select f.indicator_code, f.stage, f.segment, f.base_indicator, f.basis, f.region_code, f.year,
                f.value, f.numerator, f.denominator, f.status, f.confidence, f.variant, f.uncorrected_value, s.source_zh,
                f.source_file, f.source_row
            from marts.fct_indicator as f left join marts.dim_source as s using (source_id)"""
        ).fetchall()
    assert shown == {row[:7]: row[7:] for row in told}


def test_every_figure_of_every_measure_is_as_published(shipped: Site) -> None:
    found = data(shipped.home / "current" / PAGE)
    codes, files = found["block:regions"]["code"], found["block:files"]
    shown = {
        (name.removeprefix("measure:"), f["stage"], f["segment"], codes[f["region"]], f["year"]): (
            f["value"], f["basis"], f["base_unit"], files[f["file"]], f["row"],
        )
        for name, shard in found.items() if name.startswith("measure:") for f in cells(shard)
    }  # fmt: skip
    with connected(shipped) as connection:
        told = connection.execute(
            """select measure_code, stage, segment, region_code, year, value, basis, base_unit, source_file, source_row
            from marts.fct_measure"""
        ).fetchall()
    assert shown == {row[:5]: row[5:] for row in told}


def test_every_target_has_the_verdict_of_every_method(shipped: Site) -> None:
    block = data(shipped.home / "current" / PAGE)["block:targets"]
    ids = block["targets"]["id"]
    shown = {
        (target, method["method"]): (verdict["status"], verdict["reason"], verdict["provisional"] or False)
        for method in block["methods"]
        for target, verdict in zip(ids, rows(method["verdicts"]), strict=True)
    }
    with connected(shipped) as connection:
        told = connection.execute(
            "select target_id, method, status, reason_code, provisional from marts.mart_target_attainment"
        ).fetchall()
        units = dict(
            connection.execute(
                "select target_id, list(unit_name order by unit_no) from marts.target_responsible_unit group by all"
            ).fetchall()
        )
    assert shown == {row[:2]: row[2:] for row in told}
    assert dict(zip(ids, block["targets"]["units"], strict=True)) == {target: units.get(target, []) for target in ids}


def test_the_shard_of_a_document_tells_all_of_its_targets(shipped: Site) -> None:
    found = data(shipped.home / "current" / PAGE)
    with connected(shipped) as connection:
        for target in dictionaries(connection, "from marts.fct_target where evidence is not null limit 5"):
            (told,) = (t for t in found[f"document:{target['document_id']}"] if t["target_id"] == target["target_id"])
            assert told["evidence"] == target["evidence"]
            values = connection.execute(
                "select year, value, holds from intermediate.int_target_value where target_id = ? order by year",
                [target["target_id"]],
            ).fetchall()
            assert [(v["year"], v["value"], v["holds"]) for v in told["values"]] == values


def test_conditions_and_failing_schools_of_a_county_are_as_published(demo_counties: Site) -> None:
    found = data(demo_counties.home / "current" / PAGE)
    conditions = rows(found["assessment:9901"])
    with connected(demo_counties) as connection:
        told = connection.execute(
            """select region_code, year, assessment, condition_no, indicator_code, status, value, required_value, gap
            from marts.mart_assessment_condition"""
        ).fetchall()
        (failing,) = connection.execute(
            "select count(*) from marts.assessment_school where status = 'not_met'"
        ).fetchone() or (0,)
    names = (
        "region_code",
        "year",
        "assessment",
        "condition_no",
        "indicator_code",
        "status",
        "value",
        "required_value",
        "gap",
    )
    shown = {tuple(row[name] for name in names) for row in conditions}
    assert shown == set(told)
    assert len(rows(found["schools:9901"])) == failing > 0


def test_what_checks_told_and_what_was_set_aside_stands_in_the_page(shipped: Site) -> None:
    about = data(shipped.home / "current" / PAGE)["block:about"]
    with connected(shipped) as connection:
        told = connection.execute(
            "select check_name, failing_count from quality.check_result where outcome <> 'passed' order by all"
        ).fetchall()
        held = connection.execute("select count(*) from quality.quarantine").fetchall()
    assert sorted((row["check_name"], row["failing_count"]) for row in rows(about["told"])) == told != []
    assert [(about["quarantine_count"],)] == held
    assert (about["id"], about["as_of"]) == (shipped.served(), shipped.settings.as_of.isoformat())


def test_equal_data_give_equal_bytes_but_for_id_and_time(province: Site, tmp_path: Path) -> None:
    one = written(province, tmp_path / "one", id="000001-a", published_at="2026-01-01T00:00:00+00:00")
    other = written(province, tmp_path / "other", id="000002-b", published_at="2026-01-02T00:00:00+00:00")
    changed = other.read_text("utf-8").replace("000002-b", "000001-a").replace("2026-01-02T", "2026-01-01T")
    assert one.read_text("utf-8") == changed != other.read_text("utf-8")


def test_equal_data_give_equal_shards(province: Site, tmp_path: Path) -> None:
    shards = []
    for name in ("000001-a", "000002-b"):
        written(province, tmp_path / name, 0, id=name)
        shards.append({file.name: file.read_bytes() for file in (tmp_path / name / write.SHARDS).iterdir()})
    assert shards[0] == shards[1] != {}


def test_many_data_go_beside_the_page_and_say_the_same(province: Site, tmp_path: Path) -> None:
    whole, parted = data(written(province, tmp_path / "whole")), data(written(province, tmp_path / "parted", 0))
    assert not (tmp_path / "whole" / write.SHARDS).exists()
    assert (tmp_path / "parted" / PAGE).stat().st_size < (tmp_path / "whole" / PAGE).stat().st_size
    del parted["block:shards"]
    assert whole == parted


def test_only_a_page_with_shards_may_load_scripts_from_beside_itself(province: Site, tmp_path: Path) -> None:
    whole, parts = (parsed(written(province, tmp_path / str(size), size)).policy for size in (write.INLINE_BYTES, 0))
    for policy in (whole, parts):
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert "unsafe" not in policy and "http" not in policy and "connect-src" not in policy
    assert "'self' file:" not in whole
    assert "'self' file:" in parts


HOSTILE = '</script><img src=x onerror="alert(1)">\u2028<!--'


@pytest.fixture
def hostile(province: Site, tmp_path: Path) -> Path:
    """A built file in which names and clauses are an attack."""
    file = Path(shutil.copy(province.home / "current.duckdb", tmp_path / "hostile.duckdb"))
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        for column in ("marts.dim_indicator.name_zh", "marts.dim_region.name_zh", "marts.dim_source.source_zh"):
            schema, table, name = column.split(".")
            connection.execute(f"update {schema}.{table} set {name} = ?", [HOSTILE])
    return file


@pytest.mark.parametrize("inline_bytes", [write.INLINE_BYTES, 0], ids=["inline", "beside"])
def test_what_files_say_never_ends_a_block(province: Site, hostile: Path, tmp_path: Path, inline_bytes: int) -> None:
    with duckdb.connect(str(hostile), read_only=True) as connection:
        write.write(connection, tmp_path, manifest(province), inline_bytes)
    page = tmp_path / PAGE
    assert parsed(page).tags.count("img") == 0
    assert data(page)["block:indicators"][0]["name_zh"] == HOSTILE
    assert set(data(page)["block:regions"]["name"]) == {HOSTILE}
    for file in (page, *tmp_path.glob("dashboard/*.js")):
        assert "\u2028" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "initials", "full"),
    [
        ("长沙市", "css", "changshashi"),
        ("长春市", "ccs", "changchunshi"),
        ("厦门市", "xms", "xiamenshi"),
        ("重庆市", "cqs", "chongqingshi"),
        ("普惠性幼儿园覆盖率", "phxyeyfgl", "puhuixingyoueryuanfugailv"),
        ("小学56—65人大班比例", "xx5665rdbbl", "xiaoxue5665rendabanbili"),
    ],
)
def test_names_are_found_by_their_letters(name: str, initials: str, full: str) -> None:
    assert pinyin.keys(name) == f"{initials} {full}"


def test_a_first_snapshot_has_no_changes_and_nothing_former(province: Site) -> None:
    found = data(province.home / "current" / PAGE)
    changes = found["block:changes"]
    assert changes["snapshots"] == {"snapshot_no": [1], "as_of": [province.settings.as_of.isoformat()]}
    assert (rows(changes["counts"]), changes["verdicts"]["count"], changes["values"]["count"]) == ([], 0, 0)
    assert all(shard["until"] is None for name, shard in found.items() if name.startswith("indicator:"))


def test_changes_are_counted_by_cause_and_named_with_what_was_before(restated: Site) -> None:
    changes = data(restated.home / "current" / PAGE)["block:changes"]
    with connected(restated) as connection:
        counts = dictionaries(
            connection,
            """select table_name, change_kind, cause, count(*) as keys from marts.mart_change where snapshot_no = 2
            group by all order by all""",
        )
        values = connection.execute(
            """select indicator_code, region_code, year, basis, old_value, new_value, cause, evidence from marts.mart_change
            where table_name = 'marts.fct_indicator' and change_kind = 'changed' order by all"""
        ).fetchall()
    assert rows(changes["counts"]) == counts != []
    assert changes["previous"] == 1
    (ladder,) = (row for row in rows(changes["verdicts"]["first"]) if row["method"] == "ladder")
    assert list(ladder.values()) == [
        "plan/n/1", "ladder", "met", "missed", 16.85, 17.3, "source", "raw/statistics/2019.csv",
    ]  # fmt: skip
    told = ("indicator", "region", "year", "basis", "old_value", "new_value", "cause", "evidence")
    assert sorted(tuple(row[name] for name in told) for row in rows(changes["values"]["first"])) == values != []
    assert changes["values"]["count"] == len(values)


def test_of_many_changes_the_page_holds_the_first_and_a_shard_all(
    restated: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dagster_project.page.data._TOLD_CHANGES", 1)
    found = data(written(restated, tmp_path / "page"))
    verdicts = found["block:changes"]["verdicts"]
    assert len(rows(verdicts["first"])) == 1 < verdicts["count"] == len(rows(found["changed:verdicts"]))
    monkeypatch.setattr("dagster_project.page.data._MOST_CHANGES", 2)
    capped = data(written(restated, tmp_path / "capped"))
    assert capped["block:changes"]["verdicts"]["in_file"] == 2 == len(rows(capped["changed:verdicts"]))
    assert rows(found["changed:verdicts"])[0] == rows(verdicts["first"])[0]


def test_what_was_published_before_stands_beside_what_is(
    restated: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = data(restated.home / "current" / PAGE)
    nation = found["block:regions"]["code"].index("100000")
    printed = [
        (c["value"], c["since"], c["until"])
        for c in cells(found["indicator:pri_pupils_per_teacher"])
        if (c["region"], c["year"], c["basis"]) == (nation, 2019, "published")
    ]
    assert printed == [(16.85, 1, 2), (17.3, None, None)]
    (target,) = found["document:plan"]
    ladder = [
        (known["status"], known["actual_value"], known["since"], known.get("until"))
        for known in target["known"]
        if known["method"] == "ladder"
    ]
    assert ladder == [("missed", 17.3, 2, None), ("met", 16.85, 1, 2)]
    # Too many of them are left out, and that is said.
    monkeypatch.setattr("dagster_project.page.data.MOST_FORMER", 1)
    found = data(written(restated, tmp_path / "page"))
    assert all(c["until"] is None for c in cells(found["indicator:pri_pupils_per_teacher"]))
    with connected(restated) as connection:
        (former,) = connection.execute(
            "select count(*) from marts.indicator_history where known_until_no is not null"
        ).fetchone() or (0,)
    assert found["block:changes"]["former_left_out"] == former > 1


def test_a_row_of_a_history_that_says_the_same_value_is_not_told_twice(restated: Site, tmp_path: Path) -> None:
    file = Path(shutil.copy(restated.home / "current.duckdb", tmp_path / "copy.duckdb"))
    file.chmod(0o644)
    cell = (
        "indicator_code = 'pri_pupils_per_teacher' and region_code = '100000' and year = 2019 and basis = 'published'"
    )
    with duckdb.connect(str(file)) as connection:
        # A third snapshot in which only where the value was read is other.
        connection.execute(
            f"""insert into marts.indicator_history
            select * replace (3 as known_from_no, 'another.csv' as source_file) from marts.indicator_history
            where {cell} and known_until_no is null"""
        )
        connection.execute(f"update marts.indicator_history set known_until_no = 3 where {cell} and known_from_no = 2")
        write.write(connection, tmp_path, manifest(restated))
    found = data(tmp_path / PAGE)
    nation = found["block:regions"]["code"].index("100000")
    told = [
        (c["value"], c["until"])
        for c in cells(found["indicator:pri_pupils_per_teacher"])
        if (c["region"], c["year"], c["basis"]) == (nation, 2019, "published")
    ]
    assert told == [(16.85, 2), (17.3, None)]


def test_a_reason_has_the_words_of_its_status(restated: Site) -> None:
    found = data(restated.home / "current" / PAGE)
    reasons = found["block:codes"]["reason"]
    with connected(restated) as connection:
        told = connection.execute(
            "select reason_code || ' ' || status, reason_zh, reason_en from marts.mart_target_attainment"
        ).fetchall()
    assert {(key, *texts) for key, texts in reasons.items()} == set(told)
    assert reasons["value_of_target_year missed"][0] == "目标年的数值未达到"


def test_an_indicator_without_a_value_says_what_it_lacks(shipped: Site) -> None:
    indicators = data(shipped.home / "current" / PAGE)["block:indicators"]
    with connected(shipped) as connection:
        known = {
            row[0] for row in connection.execute("select distinct indicator_code from marts.fct_indicator").fetchall()
        }
    assert all(bool(i.get("lacks_zh") and i.get("lacks_en")) == (i["indicator_code"] not in known) for i in indicators)
    assert {i["indicator_code"] for i in indicators} >= known
