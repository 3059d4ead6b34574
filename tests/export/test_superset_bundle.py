"""The Superset bundle against the marts, without Superset: everything in it binds, and its figures are those of the marts.

`test_superset.py` imports the bundle into a real Superset.
"""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
import yaml

from dagster_project.quality.portable_sql import average
from dagster_project.settings import Settings
from tests.conftest import Site

DRAWN = Path(__file__).with_name("superset.txt")
# Targets that count, by their status on the ladder.
STATUSES = """
    select status, count(*) from marts.mart_target_attainment
    where method = 'ladder' and status not in ('withdrawn', 'proposed') group by status
"""
TARGETS = ("all_targets", "met", "missed", "under_way", "undecidable")


class Bundle:
    """The bundle as Superset would read it, and the queries Superset would make of it."""

    def __init__(self, file: Path, database: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            contents = {
                name.partition("/")[2]: yaml.safe_load(archive.read(name).decode()) for name in archive.namelist()
            }
        self.database: dict[str, Any] = contents["databases/zhibiao.yaml"]
        self.dashboard: dict[str, Any] = contents["dashboards/zhibiao.yaml"]
        self.datasets, self.charts = (
            {Path(name).stem: content for name, content in contents.items() if name.startswith(folder)}
            for folder in ("datasets/", "charts/")
        )
        self.by_uuid = {dataset["uuid"]: dataset for dataset in self.datasets.values()}
        self.connection = duckdb.connect(str(database), read_only=True)

    def source(self, dataset: dict[str, Any]) -> str:
        return f"({dataset['sql']})" if dataset["sql"] else f"{dataset['schema']}.{dataset['table_name']}"

    def column(self, dataset: dict[str, Any], name: str) -> str:
        (column,) = [column for column in dataset["columns"] if column["column_name"] == name]
        return column["expression"] or name

    def metric(self, dataset: dict[str, Any], name: str) -> str:
        (metric,) = [metric for metric in dataset["metrics"] if metric["metric_name"] == name]
        return str(metric["expression"])

    def query(self, chart: dict[str, Any], *more: str) -> str:
        """The chart's own query; `more` are conditions that filters of the page add."""
        dataset, form = self.by_uuid[chart["dataset_uuid"]], chart["params"]
        groups = [*filter(None, [form.get("x_axis")]), *form.get("groupby", [])]
        metrics = form.get("metrics") or [*filter(None, [form.get("metric")])]
        shown = [*groups, *form.get("all_columns", [])]
        columns = [f"{self.column(dataset, name)} as {name}" for name in shown]
        columns += [f"{self.metric(dataset, name)} as {name}" for name in metrics]
        wheres = [
            f"{self.column(dataset, one['subject'])} in ({', '.join(map(literal, one['comparator']))})"
            for one in form["adhoc_filters"]
        ]
        order = [self.column(dataset, json.loads(one)[0]) for one in form.get("order_by_cols", [])]
        return " ".join([
            f"select {', '.join(columns)} from {self.source(dataset)}",
            f"where {' and '.join([*wheres, *more])}" if wheres or more else "",
            f"group by {', '.join(map(str, range(1, len(groups) + 1)))}" if groups and metrics else "",
            f"order by {', '.join(order)}" if order else "",
        ])  # fmt: skip

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


def literal(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def made(site: Site, folder: Path) -> Bundle:
    file = folder / "bundle.zip"
    result = site.run("superset-bundle", str(file))
    assert result.exit_code == 0, result.output
    return Bundle(file, site.settings.served)


@pytest.fixture(scope="module")
def bundle(shipped: Site, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return made(shipped, tmp_path_factory.mktemp("superset"))


@pytest.fixture(scope="module")
def of_counties(demo_counties: Site, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return made(demo_counties, tmp_path_factory.mktemp("superset"))


@pytest.fixture(scope="module")
def of_province(province: Site, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return made(province, tmp_path_factory.mktemp("superset"))


def identities(bundle: Bundle) -> str:
    named = {
        "database": {"zhibiao": bundle.database},
        "dataset": bundle.datasets,
        "chart": bundle.charts,
        "dashboard": {"zhibiao": bundle.dashboard},
    }
    return "".join(f"{kind} {key} {about['uuid']}\n" for kind, of in named.items() for key, about in sorted(of.items()))


def test_what_superset_knows_things_by_never_changes(bundle: Bundle) -> None:
    """Another uuid is another chart to Superset: the old one stays beside it, and what people saved points at that."""
    now = identities(bundle)
    assert now == DRAWN.read_text(encoding="utf-8"), "if wanted: python -m tests.export.test_superset_bundle"
    uuids = [line.split()[-1] for line in now.splitlines()]
    assert len(set(uuids)) == len(uuids)


def test_the_same_snapshot_gives_the_same_bytes(shipped: Site, tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    for file in (first, second):
        assert shipped.run("superset-bundle", str(file)).exit_code == 0
    assert first.read_bytes() == second.read_bytes()


def test_every_column_and_metric_of_a_dataset_binds_and_has_a_chinese_label(bundle: Bundle) -> None:
    for key, dataset in bundle.datasets.items():
        columns = {column["column_name"]: column for column in dataset["columns"]}
        columns_of = [f"{column['expression'] or name} as {name}" for name, column in columns.items()]
        source = bundle.source(dataset)
        described = bundle.ask(f"describe select {', '.join(columns_of)} from {source}")
        types = {name: data_type for name, data_type, *_ in described}
        assert types == {name: column["type"] for name, column in columns.items()}, key
        if metrics := [metric["expression"] for metric in dataset["metrics"]]:
            bundle.ask(f"select {', '.join(metrics)} from {source}")
        labels = [about["verbose_name"] for about in dataset["columns"]]
        assert len(set(labels)) == len(labels), key
        assert "最小值" not in labels, "Superset's Chinese page shows no heading for it"
        for about in [*dataset["columns"], *dataset["metrics"]]:
            assert any("一" <= letter <= "鿿" for letter in about["verbose_name"]), (key, about)
            assert about["description"], (key, about)
        assert dataset["main_dttm_col"] in (None, "stat_date")
        assert (dataset["main_dttm_col"] is None) == ({"year", "target_year"}.isdisjoint(columns))


def test_every_chart_answers_on_the_shipped_data(bundle: Bundle, of_counties: Bundle) -> None:
    for key, chart in bundle.charts.items():
        # No shipped input has a county's schools.
        asked = of_counties if key == "assessments" else bundle
        rows = asked.ask(asked.query(chart))
        assert rows or key == "under_way", key
    counted = dict(bundle.ask(STATUSES))
    outcomes = {
        "met": ["met", "met_late"],
        "missed": ["missed"],
        "undecidable": ["no_data", "not_comparable", "not_measurable", "redacted"],
    }
    shown = {key: sum(counted.get(status, 0) for status in statuses) for key, statuses in outcomes.items()}
    shown["all_targets"] = sum(counted.values())
    shown["under_way"] = shown["all_targets"] - sum(shown[key] for key in outcomes)
    assert [bundle.ask(bundle.query(bundle.charts[key])) for key in TARGETS] == [[(shown[key],)] for key in TARGETS]
    assert min(shown["met"], shown["missed"], shown["undecidable"]) > 0


def test_every_filter_acts_on_columns_that_its_charts_have(bundle: Bundle) -> None:
    numbers = {
        about["meta"]["chartId"]: name.removeprefix("CHART-")
        for name, about in bundle.dashboard["position"].items()
        if name.startswith("CHART-")
    }
    assert sorted(numbers.values()) == sorted(bundle.charts)
    for about in bundle.dashboard["metadata"]["native_filter_configuration"]:
        (target,) = about["targets"]
        name = target["column"]["name"]
        dataset = bundle.by_uuid[target["datasetUuid"]]
        known = bundle.ask(f"select distinct {bundle.column(dataset, name)} from {bundle.source(dataset)}")
        for chosen in about["defaultDataMask"]["filterState"].get("value", []):
            assert (chosen,) in known
        reached = {chart for number, chart in numbers.items() if number not in about["scope"]["excluded"]}
        assert reached
        for chart in reached:
            of = bundle.by_uuid[bundle.charts[chart]["dataset_uuid"]]
            bundle.ask(bundle.query(bundle.charts[chart], f"{bundle.column(of, name)} is not null"))


def test_no_metric_averages(bundle: Bundle) -> None:
    for dataset in bundle.datasets.values():
        for metric in dataset["metrics"]:
            parsed = sqlglot.parse_one(metric["expression"], dialect="duckdb")
            assert [hit for node in parsed.walk() for hit in average(node)] == [], metric


def test_targets_are_counted_as_in_the_summary(bundle: Bundle) -> None:
    """Also by responsible unit, where a target stands in several rows."""
    for key, view_by in (("by_document", "document"), ("by_unit", "responsible_unit")):
        shown = {row[:2]: row[2] for row in bundle.ask(bundle.query(bundle.charts[key])) if row[0] != "未写明"}
        counted = bundle.ask(
            f"""select group_zh, status, sum(target_count) from marts.mart_target_summary
            where view_by = '{view_by}' and method = 'ladder' and status <> 'withdrawn' group by 1, 2"""
        )
        assert len(counted) > 20
        dataset = bundle.by_uuid[bundle.charts[key]["dataset_uuid"]]
        words = dict(
            bundle.ask(f"select distinct status, {bundle.column(dataset, 'status_zh')} from {bundle.source(dataset)}")
        )
        assert shown == {(group, words[status]): count for group, status, count in counted}
    regions = bundle.ask(bundle.query(bundle.charts["by_region"]))
    assert sum(count for _, _, count in regions) == sum(count for _, count in bundle.ask(STATUSES))


def test_each_status_of_the_ladder_stands_under_one_figure_and_has_a_colour_of_its_own(bundle: Bundle) -> None:
    shown = [
        status
        for key in TARGETS[1:]
        for condition in bundle.charts[key]["params"]["adhoc_filters"]
        for status in condition["comparator"]
    ]
    rules = bundle.ask("select distinct status from marts.verdict_rule where method = 'ladder'")
    assert sorted(shown) == sorted(status for (status,) in rules if status not in ("proposed", "withdrawn"))
    dataset = bundle.datasets["verdicts"]
    labels = bundle.ask(
        f"select {bundle.column(dataset, 'status_zh')} from (select distinct status from marts.verdict_rule where method = 'ladder' and status not in ('proposed', 'withdrawn'))"
    )
    colours = [bundle.dashboard["metadata"]["label_colors"][label] for (label,) in labels]
    assert len(set(colours)) == len(colours) == len(shown)


def test_a_rate_of_one_cell_is_the_mart_s_and_of_several_the_ratio_of_their_sums(of_province: Bundle) -> None:
    """At every level: each cell of the facts alone, then all regions of a level together."""
    dataset = of_province.datasets["indicators"]
    source, rate = of_province.source(dataset), of_province.metric(dataset, "rate")
    keys = "indicator_code, region_code, year, stage, segment, base_indicator, basis"
    shown = of_province.ask(f"select {keys}, {rate} from {source} group by all order by all")
    facts = of_province.ask(f"select {keys}, value from marts.fct_indicator order by all")
    assert shown == facts and len(facts) > 100
    levels = of_province.ask(
        f"""select region_level, indicator_code, year, stage, segment, {rate}, list(numerator), list(denominator),
            list(scale)
        from {source} where basis = 'computed' and base_indicator is null group by all having count(*) > 1"""
    )
    assert {level for level, *_ in levels} >= {"county"}
    several = 0
    for *cell, told, numerators, denominators, scales in levels:
        if None in [*numerators, *denominators, *scales] or len({*scales}) > 1:
            assert told is None, cell
        else:
            several += 1
            assert told == pytest.approx(scales[0] * sum(numerators) / sum(denominators)), cell
    assert several > 5
    mixed = of_province.ask(f"select indicator_code, {rate} from {source} group by 1 having count(distinct year) > 1")
    assert mixed and {told for _, told in mixed} == {None}


@pytest.mark.parametrize("level", ["nation", "province", "prefecture", "county"])
def test_what_is_ranked_are_the_standing_values(bundle: Bundle, level: str) -> None:
    dataset = bundle.datasets["rankings"]
    rate = bundle.metric(dataset, "rate")
    chosen = f"indicator_code = 'kg_inclusive_coverage' and region_level = '{level}'"
    shown = bundle.ask(
        f"select region_code, year, {rate} from {bundle.source(dataset)} where {chosen} group by 1, 2, segment order by 1, 2, segment"
    )
    told = f"select region_code, year, value from marts.mart_inclusive_kindergarten_coverage where {chosen} order by 1, 2, segment"
    assert shown == bundle.ask(told) != []


def test_provinces_are_ranked_in_the_last_year_most_of_them_have(bundle: Bundle) -> None:
    rows = bundle.ask(bundle.query(bundle.charts["ranking"], "indicator_zh = '小学生师比'"))
    assert len(rows) == 31 and {year for _, year, _, _ in rows} == {2019}
    assert ("吉林省", 2019, "公布值", 11.29) in rows


def test_regions_of_one_name_are_told_apart(bundle: Bundle) -> None:
    """There are two 南沙区 today."""
    asked = bundle.ask(bundle.query(bundle.charts["by_region"], "region_zh like '南沙区%'"))
    assert {region for region, *_ in asked} == {"南沙区（440115）"}


def test_the_connection_reads_this_file_and_nothing_else(bundle: Bundle, shipped: Site, tmp_path: Path) -> None:
    served = str(shipped.settings.served)
    assert bundle.database["sqlalchemy_uri"] == f"duckdb:///{served}"
    assert not any(bundle.database[right] for right in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))
    arguments = bundle.database["extra"]["engine_params"]["connect_args"]
    copy = shutil.copy(served, tmp_path)  # a process opens a file in one way only
    with duckdb.connect(copy, **arguments) as connection:
        assert [connection.execute("select count(*) from marts.fct_target").fetchone()] == bundle.ask(
            "select count(*) from marts.fct_target"
        )
        for refused, why in (
            ("select * from read_text('/etc/hostname')", "disabled"),
            ("copy marts.fct_target to '/tmp/out.csv'", "disabled"),
            ("create table marts.t (a integer)", "read-only"),
            ("set enable_external_access = true", "locked"),
        ):
            with pytest.raises(duckdb.Error, match=why):
                connection.execute(refused)


def test_the_page_names_the_snapshot_that_is_read(bundle: Bundle, shipped: Site) -> None:
    ((as_of, snapshot_id, *_),) = bundle.ask(bundle.query(bundle.charts["as_of"]))
    assert (as_of, snapshot_id) == (shipped.settings.as_of.isoformat(), shipped.served())


def test_the_rows_of_the_page_fit(bundle: Bundle) -> None:
    position = bundle.dashboard["position"]
    for name, about in position.items():
        if name.startswith("ROW-"):
            assert sum(position[chart]["meta"]["width"] for chart in about["children"]) == 12


def test_another_path_of_the_database(shipped: Site, tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    assert shipped.run("superset-bundle", str(file), "--database-path", "/srv/指标/current.duckdb").exit_code == 0
    assert Bundle(file, shipped.settings.served).database["sqlalchemy_uri"] == "duckdb:////srv/指标/current.duckdb"


@pytest.mark.parametrize("path", ["warehouse/current.duckdb", "/srv/a?b/current.duckdb"])
def test_a_path_that_superset_cannot_use_is_refused(shipped: Site, tmp_path: Path, path: str) -> None:
    result = shipped.run("superset-bundle", str(tmp_path / "bundle.zip"), "--database-path", path)
    assert result.exit_code == 2 and path in result.output and "绝对路径" in result.output
    assert list(tmp_path.iterdir()) == []


def test_without_a_snapshot_there_is_no_bundle(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    assert site.run("superset-bundle", str(file)).exit_code != 0
    assert not file.exists()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        written = made(Site(Settings.from_environment().raw, Settings.from_environment().home), Path(folder))
        DRAWN.write_text(identities(written), encoding="utf-8")
