"""A bundle for Apache Superset: one database, datasets with Chinese labels, charts and a dashboard, as a zip of YAML.

Always generated, never exported by hand: what stands in it is declared in superset.yml, labels come from the snapshot's
meta.dictionary and the SQL of rates from report/metrics.py. The form is that of Superset's import, version 1.0.0.
"""

import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import yaml

from dagster_project.report import bi, metrics, words

DECLARED = Path(__file__).with_suffix(".yml")
# Every uuid is made of it and of a key in superset.yml, so importing again replaces and never adds.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "superset.zhibiao")
_FOLDER = "zhibiao"
_SCHEMA = "marts"
_DATE = "stat_date"
_VERSION = "1.0.0"
# Seconds for which Superset may go on showing what it read before a new snapshot was published.
CACHE_SECONDS = 300

# Superset's Chinese page takes the first for its own word for "Main" and leaves such a column without a heading.
_RENAMED = {"最小值": "最小数值"}

# Today's name and level of each region; a name that several bear, or that is no more, carries its code.
_REGIONS = """
select
    n.region_code, n.level,
    case when n.is_current and count(*) over (partition by n.name_zh, n.is_current) = 1 then n.name_zh
    else n.name_zh || '（' || n.region_code || '）' end as label
from (
    select
        region_code, count(*) filter (where valid_to is null) > 0 as is_current,
        coalesce(max(level) filter (where valid_to is null), max(level)) as level,
        coalesce(max(name_zh) filter (where valid_to is null), max(name_zh)) as name_zh
    from marts.dim_region
    group by region_code
) as n
"""


class BundleError(Exception):
    """A bundle that cannot be made; says what to do."""


@dataclass(frozen=True)
class Column:
    """A column of a dataset; with `expression` Superset computes it."""

    name: str
    data_type: str
    label: str
    description: str
    expression: str | None = None


@dataclass(frozen=True)
class Metric:
    name: str
    label: str
    description: str
    expression: str
    number_format: str


@dataclass(frozen=True)
class Dataset:
    """A table of the snapshot, or a query over its tables."""

    key: str
    name: str
    description: str
    sql: str | None
    columns: tuple[Column, ...]
    metrics: tuple[Metric, ...]

    @property
    def date_column(self) -> str | None:
        return next((column.name for column in self.columns if column.name == _DATE), None)


def write(connection: duckdb.DuckDBPyConnection, database: str, target: Path) -> list[str]:
    """Write the bundle for Superset's `import-directory` to `target`; gives the names of its files.

    `connection` is a snapshot; `database` the path under which Superset will find `current.duckdb`, which need not
    exist on this machine. Same snapshot and path, same bytes. Raises BundleError if the path cannot stand in a URI.
    """
    contents = files(connection, database)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(f"{_FOLDER}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            bundle.writestr(entry, yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120))
    return list(contents)


def files(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, Any]]:
    """The files of the bundle by name, as what their YAML says."""
    declared = _declared()
    known = {dataset.key: dataset for dataset in datasets(connection)}
    contents = {"metadata.yaml": {"version": _VERSION}, f"databases/{_FOLDER}.yaml": _database(database)}
    for key, dataset in known.items():
        contents[f"datasets/{_FOLDER}/{key}.yaml"] = _dataset(dataset)
    for key, chart in declared["charts"].items():
        contents[f"charts/{key}.yaml"] = {
            "slice_name": chart["name"],
            "viz_type": _KINDS[chart["kind"]][0],
            "params": _params(chart, known[chart["dataset"]]),
            "uuid": identity("chart", key),
            "dataset_uuid": identity("dataset", chart["dataset"]),
            "version": _VERSION,
        }
    contents[f"dashboards/{_FOLDER}.yaml"] = _dashboard()
    return contents


def identity(kind: str, key: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{key}"))


def datasets(connection: duckdb.DuckDBPyConnection) -> Iterator[Dataset]:
    """The declared datasets, with columns as the snapshot has them."""
    declared = _declared()
    dictionary = _Dictionary(connection)
    for table in (*declared["indicator_marts"], *declared["tables"]):
        about = {"name": table, "description": dictionary.table(f"{_SCHEMA}.{table}")}
        yield _read(connection, dictionary, table, about, None)
    marts = _union(f"{_SCHEMA}.{table}" for table in declared["indicator_marts"])
    for key, about in declared["queries"].items():
        sql = about["sql"].format(regions=_REGIONS.strip(), indicator_marts=marts)
        yield _read(connection, dictionary, key, about, sql)


def _read(
    connection: duckdb.DuckDBPyConnection,
    dictionary: "_Dictionary",
    key: str,
    about: Mapping[str, Any],
    sql: str | None,
) -> Dataset:
    source = f"({sql})" if sql else f"{_SCHEMA}.{key}"
    columns: list[Column] = []
    in_words: list[Column] = []
    found = connection.execute(f"describe select * from {source}").fetchall()
    names = [column for column, *_ in found]
    for column, data_type, *_ in found:
        own = about.get("columns", {}).get(column)
        label, meaning = (own["name"], own["description"]) if own else dictionary.column(source, column)
        told = bi.in_words(key, column, column)
        if told != column and f"{column}_zh" not in names:
            in_words.append(Column(f"{column}_zh", "VARCHAR", label, meaning, told))
            label += "代码"
        columns.append(Column(column, data_type, label, meaning))
    if year := next((column for column in ("year", "target_year") if column in names), None):
        meaning = f"{dictionary.column(source, year)[0]}的 1 月 1 日，时间轴与时间筛选用"
        columns.append(Column(_DATE, "DATE", "日期", meaning, f"make_date({year}, 1, 1)"))
    shared = [
        Metric(metric.name, metric.name_zh, metric.description_zh, metric.expression(), _format(metric.name))
        for metric in metrics.of(key, names)
    ]
    own_metrics = [
        Metric(metric, own["name"], own["description"], own["expression"], own["format"])
        for metric, own in about.get("metrics", {}).items()
    ]
    return Dataset(key, about["name"], about["description"], sql, (*columns, *in_words), (*shared, *own_metrics))


class _Dictionary:
    """Labels and meanings from meta.dictionary. A column has one meaning in all marts."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        rows = connection.execute(
            """select schema_name || '.' || table_name, table_zh, column_name, label_zh, description_zh
            from meta.dictionary order by schema_name = 'marts', table_name, column_no"""
        ).fetchall()
        self._tables: dict[str, str] = {}
        self._columns: dict[str, tuple[str, str]] = {}
        for table, table_zh, column, label, about in rows:
            self._tables[table] = table_zh
            # A table's own label comes first; where another schema uses a name too, what marts mean by it stands.
            label = label or re.split("[：；，、（]", about)[0]
            named = _RENAMED.get(label, label), about
            self._columns[f"{table}.{column}"] = self._columns[column] = named

    def table(self, name: str) -> str:
        return self._tables[name]

    def column(self, table: str, name: str) -> tuple[str, str]:
        """Label and description."""
        return self._columns.get(f"{table}.{name}") or self._columns[name]


def _format(metric: str) -> str:
    return ",d" if metric.endswith("_count") else ",.2f"


def _union(tables: Iterable[str]) -> str:
    """Tables of the same columns as one."""
    return " union all by name ".join(f"select * from {table}" for table in tables)


@cache
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    return declared


# --- Superset's own forms -------------------------------------------------------------------------------------------


def _database(path: str) -> dict[str, Any]:
    if not PurePosixPath(path).is_absolute() or "?" in path:
        raise BundleError(f"{path}: 给出绝对路径，不含 ? / give an absolute path without a question mark")
    return {
        "database_name": _declared()["database"],
        "sqlalchemy_uri": f"duckdb:///{path}",
        "cache_timeout": CACHE_SECONDS,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {
            "engine_params": {
                "connect_args": {
                    "read_only": True,
                    "config": {
                        "threads": 1,
                        "memory_limit": "1GB",
                        "enable_external_access": False,
                        "lock_configuration": True,
                    },
                }
            },
            "metadata_cache_timeout": {
                "schema_cache_timeout": CACHE_SECONDS,
                "table_cache_timeout": CACHE_SECONDS,
            },
        },
        "uuid": identity("database", _FOLDER),
        "version": _VERSION,
    }


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "table_name": dataset.name,
        "main_dttm_col": dataset.date_column,
        "description": dataset.description,
        "schema": _SCHEMA,
        "sql": dataset.sql,
        "source_db_engine": "duckdb",
        "filter_select_enabled": True,
        "uuid": identity("dataset", dataset.key),
        "metrics": [
            {
                "metric_name": metric.name,
                "verbose_name": metric.label,
                "expression": metric.expression,
                "description": metric.description,
                "d3format": metric.number_format,
            }
            for metric in dataset.metrics
        ],
        "columns": [
            {
                "column_name": column.name,
                "verbose_name": column.label,
                "is_dttm": column.data_type in ("DATE", "TIMESTAMP"),
                "is_active": True,
                "type": column.data_type,
                "groupby": True,
                "filterable": True,
                "expression": column.expression,
                "description": column.description,
            }
            for column in dataset.columns
        ],
        "version": _VERSION,
        "database_uuid": identity("database", _FOLDER),
    }


def _params(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    """The form of a chart, as Superset's own page would store it."""
    viz_type, form = _KINDS[chart["kind"]]
    return {
        "viz_type": viz_type,
        "adhoc_filters": list(_filters(chart)),
        "row_limit": 10000,
        "color_scheme": "supersetColors",
        **form(chart, dataset),
    }


def _filters(chart: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the chart leaves out before any filter of the page."""
    chosen = {**chart.get("where", {})}
    if "outcome" in chart:
        chosen["status"] = _declared()["outcomes"][chart["outcome"]]
    for column, values in chosen.items():
        yield {
            "clause": "WHERE",
            "expressionType": "SIMPLE",
            "subject": column,
            "operator": "IN",
            "comparator": values,
        }


def _number(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        "metric": chart["metric"],
        "subtitle": chart["subtitle"],
        "header_font_size": 0.4,
        "subtitle_font_size": 0.125,
        "y_axis_format": _metric(chart, dataset).number_format,
    }


def _bars(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        "x_axis": chart["by"],
        "groupby": chart["parts"],
        "metrics": [chart["metric"]],
        "x_axis_sort": "sum",
        "sort_series_type": "sum",
        "xAxisLabelInterval": "0",
        "y_axis_format": _metric(chart, dataset).number_format,
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "truncate_metric": True,
        # Bars begin at zero: a cut axis exaggerates.
        "truncateYAxis": False,
        "y_axis_bounds": [0, None],
    }


def _stacked(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        **_bars(chart, dataset),
        "orientation": "horizontal",
        "stack": "Stack",
        "show_value": True,
        "only_total": True,
        # Upward along the axis, so the largest stands on top.
        "x_axis_sort_asc": True,
    }


def _ranking(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        **_bars(chart, dataset),
        "orientation": "vertical",
        "show_value": True,
        "x_axis_sort_asc": False,
        "xAxisLabelRotation": 45,
    }


def _trend(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        "x_axis": dataset.date_column,
        "time_grain_sqla": "P1Y",
        "groupby": chart["parts"],
        "metrics": [chart["metric"]],
        "x_axis_time_format": "%Y",
        "tooltipTimeFormat": "%Y",
        "y_axis_format": _metric(chart, dataset).number_format,
        "truncateYAxis": True,
        "y_axis_bounds": chart["bounds"],
        "markerEnabled": True,
        "markerSize": 7,
        "show_legend": True,
        "rich_tooltip": True,
        "truncate_metric": True,
    }


def _counts(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        "query_mode": "aggregate",
        "groupby": chart["columns"],
        "metrics": [chart["metric"]],
        "order_desc": True,
        **_table(chart, dataset),
    }


def _rows(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        "query_mode": "raw",
        "all_columns": chart["columns"],
        # -name is the largest first.
        "order_by_cols": [
            json.dumps([column.removeprefix("-"), not column.startswith("-")]) for column in chart["order"]
        ],
        **_table(chart, dataset),
    }


def _table(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    formats = {column.name: _column_format(column) for column in dataset.columns if column.name in chart["columns"]}
    return {
        "page_length": 10,
        "include_search": len(chart["columns"]) > 2,
        "show_cell_bars": False,
        "column_config": {name: {"d3NumberFormat": form} for name, form in formats.items() if form},
    }


def _column_format(column: Column) -> str | None:
    if column.data_type not in ("INTEGER", "BIGINT", "DOUBLE"):
        return None
    # A year has no thousands separator.
    return "d" if column.name.endswith("year") else ",d" if column.data_type != "DOUBLE" else ",.4~f"


def _text(chart: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    return {
        "query_mode": "raw",
        "all_columns": chart["columns"],
        "handlebarsTemplate": f"{{{{#each data}}}}<p>{chart['text'].strip()}</p>{{{{/each}}}}",
        "styleTemplate": "",
    }


_KINDS = {
    "number": ("big_number_total", _number),
    "stacked": ("echarts_timeseries_bar", _stacked),
    "ranking": ("echarts_timeseries_bar", _ranking),
    "trend": ("echarts_timeseries_line", _trend),
    "counts": ("table", _counts),
    "rows": ("table", _rows),
    "text": ("handlebars", _text),
}


def _metric(chart: Mapping[str, Any], dataset: Dataset) -> Metric:
    return next(metric for metric in dataset.metrics if metric.name == chart["metric"])


def _dashboard() -> dict[str, Any]:
    declared = _declared()
    # Numbers within this file only: the import gives its own.
    numbers = {key: number for number, key in enumerate(declared["charts"], 1)}
    coded = {**words.VERDICTS, **words.BASES}
    return {
        "dashboard_title": declared["page"]["title"],
        "slug": _FOLDER,
        "uuid": identity("dashboard", _FOLDER),
        "published": True,
        "position": _position(declared["page"], numbers),
        "metadata": {
            "color_scheme": "supersetColors",
            "label_colors": {coded[code][0]: color for code, color in declared["colors"].items()},
            "cross_filters_enabled": False,
            "refresh_frequency": 0,
            "filter_bar_orientation": "HORIZONTAL",
            "native_filter_configuration": [_filter(key, about, numbers) for key, about in declared["filters"].items()],
        },
        "version": _VERSION,
    }


def _filter(key: str, about: Mapping[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    mask: dict[str, Any] = {"extraFormData": {}, "filterState": {}}
    if default := about.get("default"):
        chosen = {"col": about["column"], "op": "IN", "val": [default]}
        mask = {"extraFormData": {"filters": [chosen]}, "filterState": {"value": [default], "label": default}}
    return {
        "id": f"NATIVE_FILTER-{key}",
        "name": about["name"],
        "description": "",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"column": {"name": about["column"]}, "datasetUuid": identity("dataset", about["dataset"])}],
        "defaultDataMask": mask,
        "controlValues": {
            # One that must be set shows one thing at a time: a rate of several indicators is none.
            "enableEmptyFilter": bool(default),
            "multiSelect": not default,
            "searchAllOptions": True,
            "inverseSelection": False,
            "defaultToFirstItem": False,
            "sortAscending": True,
        },
        "scope": {
            "rootPath": ["ROOT_ID"],
            "excluded": [number for chart, number in numbers.items() if chart not in about["charts"]],
        },
        "cascadeParentIds": [],
    }


def _position(page: Mapping[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    """Where things stand: rows on a grid of twelve columns."""
    charts = _declared()["charts"]
    rows: list[str] = []
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": page["title"]}},
    }

    def put(kind: str, name: str, parents: list[str], meta: dict[str, Any], children: list[str]) -> None:
        position[name] = {
            "type": kind, "id": name, "children": children, "parents": parents,
            "meta": {"background": "BACKGROUND_TRANSPARENT", **meta},
        }  # fmt: skip

    for number, row in enumerate(page["rows"], 1):
        above = ["ROOT_ID", "GRID_ID"]
        if heading := row.get("heading"):
            rows.append(f"HEADER-{number}")
            put("HEADER", rows[-1], above, {"text": heading, "headerSize": "MEDIUM_HEADER"}, [])
            continue
        rows.append(f"ROW-{number}")
        put("ROW", rows[-1], above, {}, [f"CHART-{key}" for key in row["charts"]])
        for key, width in row["charts"].items():
            meta = {
                "chartId": numbers[key],
                "uuid": identity("chart", key),
                "sliceName": charts[key]["name"],
                "width": width,
                "height": row["height"],
            }
            put("CHART", f"CHART-{key}", [*above, f"ROW-{number}"], meta, [])
    return position
