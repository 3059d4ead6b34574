"""The command `zhibiao` as a person types it: what it says, what it asks, and its exit codes.

What a refresh does stands in test_refresh.py; here only commands around it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from dagster_project import build_file
from dagster_project.cli import cli, main
from dagster_project.ingest import files, sidecar
from dagster_project.publish import snapshot
from dagster_project.refresh import record as records
from dagster_project.settings import ROOT
from tests.conftest import AS_OF, COLUMNS, Site, another_writer


@dataclass(frozen=True)
class Said:
    """What a command did: its exit code and both streams."""

    code: int
    out: str
    err: str


Type = Callable[..., Said]


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Run a command through its entry point, where errors become messages and exit codes."""

    monkeypatch.setenv("ZHIBIAO_AS_OF", AS_OF.isoformat())

    def run(site: Site, *arguments: str) -> Said:
        monkeypatch.setenv("ZHIBIAO_RAW", str(site.raw))
        monkeypatch.setenv("ZHIBIAO_HOME", str(site.home))
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["zhibiao", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


# status, snapshots, rollback


def test_status_before_the_first_refresh_says_so_and_is_no_success(site: Site, type_in: Type) -> None:
    said = type_in(site, "status")
    assert said.code == 1 and "no snapshot yet" in said.out


def test_status_says_what_is_served_as_of_when_and_how_the_last_refresh_went(province: Site, type_in: Type) -> None:
    said = type_in(province, "status")
    assert said.code == 0
    assert province.served() and str(province.served()) in said.out
    assert "2026-01-31" in said.out and "已发布" in said.out and "current.duckdb" in said.out


def test_status_for_monitoring_is_json(province: Site, type_in: Type) -> None:
    content = json.loads(type_in(province, "status", "--json").out)
    assert (content["served"], content["as_of"], content["damaged"]) == (province.served(), "2026-01-31", [])
    assert content["last_refresh"]["outcome"] == "published"


def test_status_is_no_success_after_a_refusal_and_names_the_file(published: Site, type_in: Type) -> None:
    published.statistics(2021, {"value": "twelve"})
    assert published.run("refresh").exit_code == 1
    said = type_in(published, "status")
    assert said.code == 1 and "raw/statistics/2021.csv" in said.out and str(published.served()) in said.out
    assert json.loads(type_in(published, "status", "--json").out)["last_refresh"]["outcome"] == "refused"


def test_status_tells_damage_and_the_way_out(published: Site, type_in: Type) -> None:
    parquet = published.home / "current" / "parquet" / "fct_measure.parquet"
    parquet.chmod(0o644)
    parquet.write_bytes(b"")
    said = type_in(published, "status")
    assert said.code == 1 and "parquet/fct_measure.parquet" in said.out and "zhibiao rollback" in said.out
    assert json.loads(type_in(published, "status", "--json").out)["damaged"] == ["parquet/fct_measure.parquet"]


def test_status_of_a_running_refresh_is_running_until_its_process_is_gone(published: Site, type_in: Type) -> None:
    records.begin(published.settings)
    with another_writer(published.settings) as writer:
        assert "进行中" in type_in(published, "status").out
        writer.kill()
        writer.wait()
    said = type_in(published, "status")
    assert said.code == 1 and "interrupted" in said.out


def test_status_with_warnings_only_has_an_exit_code_of_its_own(published: Site, type_in: Type) -> None:
    said = type_in(published, "status", "--max-age", "0.000001")
    assert said.code == 3 and "found it unchanged" in said.out
    assert json.loads(type_in(published, "status", "--json", "--max-age", "0.000001").out)["state"] == "warning"
    assert type_in(published, "status", "--max-age", "0").code == 0
    assert type_in(published, "status", "--max-age", "-1").code == 2


def publish_again(site: Site) -> str:
    """A second snapshot with the same tables, without the cost of a refresh."""
    site.settings.build.parent.mkdir(exist_ok=True)
    site.settings.build.write_bytes(site.settings.served.read_bytes())
    served = snapshot.current(site.settings)
    assert served is not None
    kept = ("as_of", "input_fingerprint", "code_fingerprint")
    return snapshot.publish(site.settings, {key: served.manifest[key] for key in kept}).id


def test_snapshots_are_listed_with_a_mark_at_the_served_one(published: Site, type_in: Type) -> None:
    first, second = published.served(), publish_again(published)
    lines = [line for line in type_in(published, "snapshots").out.splitlines() if "T" in line and "Z" in line]
    assert [(str(first) in line, second in line, "→" in line) for line in lines] == [
        (True, False, False),
        (False, True, True),
    ]


def test_a_pin_is_shown_with_its_day_and_so_is_who_reads(published: Site, type_in: Type) -> None:
    served = str(published.served())
    said = type_in(published, "pin", served, "report-2025", "--until", "2099-12-31")
    assert said.code == 0 and served in said.out
    assert (published.home / "pins" / f"{served}.report-2025").read_text() == "2099-12-31\n"
    reading = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", reading, published.settings.served], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None and reader.stdout.readline()
        listed = type_in(published, "snapshots").out
    assert "report-2025 ≤ 2099-12-31" in listed and f"read by {reader.pid}" in listed


@pytest.mark.parametrize(
    ("snapshot_id", "name", "code"), [("000009-20260101T000000Z", "a", 1), ("", "../a", 2)], ids=["unknown", "no name"]
)
def test_a_pin_that_cannot_be_is_refused(
    published: Site, type_in: Type, snapshot_id: str, name: str, code: int
) -> None:
    said = type_in(published, "pin", snapshot_id or str(published.served()), name, "--until", "2099-12-31")
    assert said.code == code and not (published.home / "pins").exists()


def test_status_tells_a_pointer_that_leads_nowhere_from_a_first_refresh(published: Site, type_in: Type) -> None:
    os.replace(published.settings.snapshots, published.home / "lost")
    said = type_in(published, "status")
    assert said.code == 1 and "leads to no usable snapshot" in said.out


def test_rollback_serves_the_one_before_and_can_be_taken_back(published: Site, type_in: Type) -> None:
    first, second = published.served(), publish_again(published)
    said = type_in(published, "rollback")
    assert said.code == 0 and str(first) in said.out and published.served() == first
    assert type_in(published, "rollback", second).code == 0 and published.served() == second


def test_a_rollback_that_cannot_be_done_is_one_line_and_changes_nothing(published: Site, type_in: Type) -> None:
    before = published.served()
    for arguments in ([], ["000009-20260101T000000Z"]):
        said = type_in(published, "rollback", *arguments)
        assert said.code == 1 and len(said.err.strip().splitlines()) == 1 and "zhibiao snapshots" in said.err
    assert published.served() == before


# backup, restore


def test_a_backup_is_restored_elsewhere_and_a_refresh_there_finds_nothing_to_do(
    published: Site, type_in: Type, tmp_path: Path
) -> None:
    file = tmp_path / "zhibiao.tar"
    said = type_in(published, "backup", str(file))
    assert said.code == 0 and str(published.served()) in said.out
    assert type_in(published, "backup", str(file)).code == 1
    said = type_in(published, "restore", str(file), str(tmp_path / "there"))
    assert said.code == 0 and "ZHIBIAO_HOME=" in said.out
    there = Site(tmp_path / "there" / "raw", tmp_path / "there" / "home")
    assert type_in(there, "status").code == 0
    assert "nothing changed" in type_in(there, "refresh").out
    assert there.served() == published.served()


def test_a_damaged_backup_is_one_line_that_names_it(published: Site, type_in: Type, tmp_path: Path) -> None:
    file = tmp_path / "zhibiao.tar"
    file.write_bytes(b"damaged")
    said = type_in(published, "restore", str(file), str(tmp_path / "there"))
    assert said.code == 1 and "zhibiao.tar" in said.err and len(said.err.strip().splitlines()) == 1


def test_a_backup_does_not_go_where_it_would_be_backed_up_itself(published: Site, type_in: Type) -> None:
    for folder in (published.home, published.raw):
        said = type_in(published, "backup", str(folder / "b.tar"))
        assert said.code == 2 and not (folder / "b.tar").exists()


# explain


@pytest.mark.parametrize("indicator", ["公办园在园幼儿占比", "公办园占比", "kg_public_share_children"])
@pytest.mark.parametrize("region", ["衡南县", "衡南", "430422"])
def test_a_value_is_explained_by_name_synonym_or_code(
    province: Site, type_in: Type, indicator: str, region: str
) -> None:
    said = type_in(province, "explain", indicator, region, "2020")
    assert said.code == 0
    assert "41.02 %" in said.out and "计算值" in said.out
    # Numerator and denominator with the rows they stand in.
    assert "10,301" in said.out and "raw/statistics/2020.csv 第 3 行" in said.out
    assert "25,113" in said.out and "raw/statistics/2020.csv 第 2 行" in said.out
    assert ">= 50 %" in said.out


def test_the_value_not_chosen_stands_beside_the_one_that_is(province: Site, type_in: Type) -> None:
    said = type_in(province, "explain", "普惠性幼儿园覆盖率", "全国", "2022")
    stands, beside = (
        said.out.index("采用 / stands: 89.55 %（公布值"),
        said.out.index("未采用 / beside it: 89.55 %（计算值"),
    )
    assert stands < beside
    assert "41,440,500" in said.out and "4144.05 万人" in said.out and "within the published rounding" in said.out


def test_another_publication_of_a_chosen_count_is_not_passed_off_as_the_source(province: Site, type_in: Type) -> None:
    said = type_in(province, "explain", "小学生师比", "全国", "2019")
    assert "10561.24 万人" in said.out and "《测试公报》 raw/statistics/2019.csv 第 2 行" in said.out
    assert "1.06 亿人" not in said.out


def test_without_data_it_says_so_with_the_years_that_have_a_value_and_what_is_missing(
    province: Site, type_in: Type
) -> None:
    said = type_in(province, "explain", "小学生师比", "全国", "2020")
    assert said.code == 0 and "无数据 / no data" in said.out
    assert "years with a value: 2018、2019" in said.out
    assert "专任教师数（小学，2020）" in said.out and "在校生数（小学，2020）" in said.out


def test_a_year_with_a_reason_instead_of_a_value_is_no_year_with_a_value(province: Site, type_in: Type) -> None:
    assert "zero_denominator" in type_in(province, "explain", "小学生师比", "石鼓区", "2019").out
    assert "years with a value: -" in type_in(province, "explain", "小学生师比", "石鼓区", "2018").out


def test_only_what_is_missing_is_called_missing(province: Site, type_in: Type) -> None:
    said = type_in(province, "explain", "小学生师比", "蒸湘区", "2019")
    assert "专任教师数（小学，2019）" in said.out and "在校生数（小学，2019）" not in said.out


def test_a_name_of_several_indicators_lists_what_it_could_mean(province: Site, type_in: Type) -> None:
    said = type_in(province, "explain", "生师比", "全国", "2018")
    assert said.code == 2
    assert "小学生师比 (pri_pupils_per_teacher)" in said.err and "初中生师比 (jun_pupils_per_teacher)" in said.err
    assert "16.97" in type_in(province, "explain", "生师比", "全国", "2018", "--stage", "primary").out


@pytest.mark.parametrize(
    ("indicator", "region", "year", "told"),
    [
        ("小学生师比", "亚特兰蒂斯", "2019", "没有地区「亚特兰蒂斯」"),
        ("小学生师比", "朝阳区", "2019", "朝阳区 110105、朝阳区 220104"),
        ("小学师生比例表", "全国", "2019", "小学生师比"),
        ("小学生师比", "全国", "二〇一九", "YEAR"),
    ],
)
def test_what_is_not_understood_is_said_with_a_hint(
    province: Site, type_in: Type, indicator: str, region: str, year: str, told: str
) -> None:
    said = type_in(province, "explain", indicator, region, year)
    assert said.code == 2 and told in said.err and "Traceback" not in said.err


def test_explaining_before_the_first_refresh_says_what_to_do(site: Site, type_in: Type) -> None:
    said = type_in(site, "explain", "小学生师比", "全国", "2019")
    assert said.code == 1 and "make refresh" in said.err


# add


def unvouched(site: Site, name: str = "2020.csv") -> Path:
    """A sound statistics file without a sidecar."""
    row = "100000,全国,2020,primary,enrolment,在校生数,107253500,人,教育统计公报,教育部,A,"
    file = site.raw / "statistics" / name
    file.write_text(f"{','.join(COLUMNS)}\n{row}\n", encoding="utf-8")
    return file


GIVEN = [
    "--title",
    "公报",
    "--issuer",
    "教育部",
    "--read-from",
    "moe.gov.cn",
    "--terms",
    "政府公开信息",
    "--confidence",
    "A",
]


def test_add_with_options_asks_nothing_and_the_file_is_accepted(site: Site, type_in: Type) -> None:
    file = unvouched(site)
    refused = type_in(site, "load")
    assert refused.code == 1 and "zhibiao add raw/statistics/2020.csv" in refused.out
    said = type_in(site, "add", str(file), *GIVEN)
    assert said.code == 0 and "raw/statistics/2020.csv.source.yml" in said.out
    assert type_in(site, "load").code == 0
    with build_file.reading(site.settings.build) as connection:
        vouched = connection.execute(
            "select title, issuer, read_from, terms, confidence from meta.input_file where source = 'statistics'"
        ).fetchall()
    assert vouched == [("公报", "教育部", "moe.gov.cn", "政府公开信息", "A")]


def ask(site: Site, file: Path, answers: list[str]) -> str:
    environment = {"ZHIBIAO_RAW": str(site.raw), "ZHIBIAO_HOME": str(site.home)}
    result = CliRunner(env=environment).invoke(cli, ["add", str(file)], input="\n".join([*answers, ""]))
    assert result.exit_code == 0, result.output
    return result.output


def test_add_asks_for_what_is_not_given_and_insists_on_an_answer(site: Site, type_in: Type) -> None:
    file = unvouched(site)
    # Title and terms have a default; without an issuer it asks again; B is no confidence a row may have.
    ask(site, file, ["", "", "教育部", "moe.gov.cn", "", "B", "A"])
    about = sidecar.read(file)
    assert (about.title, about.issuer, about.read_from, about.terms, about.confidence) == (
        "2020", "教育部", "moe.gov.cn", "政府公开信息", "A",
    )  # fmt: skip
    assert type_in(site, "load").code == 0


def test_add_for_a_corrected_file_offers_what_was_said_before_and_keeps_the_note(site: Site, type_in: Type) -> None:
    file = unvouched(site)
    before = sidecar.Sidecar("旧题", "旧机构", "旧处", "旧条件", "2020-01-01", "0" * 64, "D", "旧注")
    sidecar.write(file, before)
    ask(site, file, ["", "新机构", "", "", ""])
    about = sidecar.read(file)
    assert (about.title, about.issuer, about.terms, about.confidence, about.note) == (
        "旧题", "新机构", "旧条件", "D", "旧注",
    )  # fmt: skip
    assert about.sha256 == files.sha256(file)


@pytest.mark.parametrize("where", ["missing", "outside", "temporary"])
def test_add_refuses_what_is_no_input(site: Site, type_in: Type, tmp_path: Path, where: str) -> None:
    file = {
        "missing": site.raw / "none.csv",
        "outside": tmp_path / "elsewhere.csv",
        "temporary": site.raw / "statistics" / "~$2020.xlsx",
    }[where]
    if where != "missing":
        file.write_text("x")
    said = type_in(site, "add", str(file), *GIVEN)
    assert said.code == 2 and file.name in said.err
    assert not sidecar.path_of(file).exists()


# usage and configuration


@pytest.mark.parametrize("day", ["2026-13-01", "31.1.2026", "today", ""])
def test_a_day_that_is_none_is_a_usage_error_and_nothing_is_begun(site: Site, type_in: Type, day: str) -> None:
    said = type_in(site, "refresh", "--as-of", day)
    assert said.code == 2 and "2026-01-31" in said.err
    assert records.last(site.settings) is None


@pytest.mark.parametrize(("variable", "value"), [("ZHIBIAO_AS_OF", "tomorrow"), ("ZHIBIAO_KEEP", "0")])
def test_a_variable_that_cannot_be_read_is_named(
    site: Site, type_in: Type, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    said = type_in(site, "refresh")
    assert said.code == 2 and variable in said.err


@pytest.mark.parametrize("arguments", [["refresh"], ["load"], ["rollback"]])
def test_a_busy_warehouse_names_who_holds_it(published: Site, type_in: Type, arguments: list[str]) -> None:
    before = published.served()
    with another_writer(published.settings) as writer:
        said = type_in(published, *arguments)
    assert said.code == 1 and f"process {writer.pid}" in said.err
    assert published.served() == before


# load, then dbt


def test_after_load_dbt_build_works_on_the_build_file_as_a_data_engineer_runs_it(
    published: Site, type_in: Type, tmp_path: Path
) -> None:
    before = published.served()
    loaded = type_in(published, "load")
    # The command to go on with names the build file, since this home is not the default one.
    assert loaded.code == 0 and "ZHIBIAO_BUILD=" in loaded.out and "dbt build" in loaded.out
    environment = {
        **os.environ,
        "ZHIBIAO_BUILD": str(published.settings.build),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "DO_NOT_TRACK": "1",
    }
    dbt = Path(sys.executable).with_name("dbt")
    built = subprocess.run([dbt, "build"], cwd=ROOT / "dbt", env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout[-2000:]
    with build_file.reading(published.settings.build) as connection:
        rows = connection.execute("select count(*) from marts.fct_indicator").fetchall()
    with build_file.reading(published.settings.served) as connection:
        assert connection.execute("select count(*) from marts.fct_indicator").fetchall() == rows
    assert published.served() == before
    # A build nobody checked is not published by accident: status still tells of the load only.
    record = records.last(published.settings)
    assert record is not None and (record.outcome, record.as_of) == ("loaded", AS_OF.isoformat())
