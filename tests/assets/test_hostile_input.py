"""Whatever lies in `raw/` through the real commands: told by name, never opened where it is none of ours, never obeyed."""

import contextlib
import json
import os
import socket
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from dagster_project import fingerprint
from dagster_project.ingest import files, sidecar
from dagster_project.publish.reader import Reader
from tests import hostile
from tests.conftest import Site

OVERRIDE, ESCAPE = "\u202e", "\x1b[31m"


def told(site: Site) -> dict[str, set[str]]:
    """Rule -> files, of the record that the last command left."""
    record = json.loads((site.home / "last_refresh.json").read_text(encoding="utf-8"))
    rules: dict[str, set[str]] = {}
    for problem in record["problems"]:
        rules.setdefault(problem["rule"], set()).add(problem["file"].removeprefix("raw/"))
    return rules


def plain(result: Result) -> str:
    """The output, in which a terminal finds nothing to obey."""
    assert not set(result.output) & {"\x1b", "\u202e", "\x00", "\r", "\u200b"}
    result.output.encode()  # no half characters either
    return result.output


def test_names_links_and_devices_are_refused_by_name_and_never_opened(site: Site, tmp_path: Path) -> None:
    site.statistics(2020, {})
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n", encoding="utf-8")
    statistics = site.raw / "statistics"
    before = fingerprint.of_inputs(site.raw)
    for name, target in (
        ("2001.csv", secret),
        ("2002.csv", Path("/etc/passwd")),
        ("2003.csv", Path("/dev/zero")),
        ("2004.csv", tmp_path / "nowhere"),
        ("2005.csv", statistics / "2005.csv"),
        ("2006.csv", Path("../../../../../../../../../etc/passwd")),
    ):
        (statistics / name).symlink_to(target)
    os.mkfifo(statistics / "2010.csv")
    # Bound from within: the whole path may be too long for a socket.
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(statistics):
        listening.bind("2011.csv")
    for name in (
        b"2020\n.csv",
        b"2021\x1b[31m.csv",
        "2022\u202egpj.csv".encode(),
        b"2023\xff\xfe.csv",
        b"2024" + b"x" * 240 + b".csv",
    ):
        Path(os.fsdecode(os.fsencode(statistics) + b"/" + name)).write_text("a\n1\n", encoding="utf-8")
    # What a sidecar or mapping says is never a path, but it may itself be a link or a pipe.
    site.statistics(2016, {})
    os.mkfifo(statistics / "2016.csv.mapping.yml")
    site.statistics(2017, {})
    sidecar.path_of(statistics / "2017.csv").unlink()
    os.mkfifo(sidecar.path_of(statistics / "2017.csv"))
    site.statistics(2018, {})
    (statistics / "2018.csv.mapping.yml").symlink_to(secret)
    site.statistics(2019, {})
    sidecar.path_of(statistics / "2019.csv").unlink()
    sidecar.path_of(statistics / "2019.csv").symlink_to(secret)
    (site.raw / "documents").mkdir()
    os.mkfifo(site.raw / "documents" / "规划.txt")
    (site.raw / "documents" / "规划.docx").symlink_to(secret)
    # Nothing of it may keep a refresh from seeing that something is there.
    assert fingerprint.of_inputs(site.raw) != before
    output = plain(site.run("load"))
    assert "hunter2" not in output and "root:" not in output
    assert told(site) == {
        "link_out": {*(f"statistics/200{number}.csv" for number in range(1, 7)), "documents/规划.docx"},
        "not_a_file": {"statistics/2010.csv", "statistics/2011.csv", "documents/规划.txt"},
        "bad_characters": {
            "statistics/2020\\n.csv",
            "statistics/2021\\x1b[31m.csv",
            "statistics/2022\\u202egpj.csv",
            "statistics/2023\\udcff\\udcfe.csv",
            f"statistics/2024{'x' * 240}.csv",
        },
        "bad_sidecar": {"statistics/2017.csv", "statistics/2019.csv"},
        "bad_mapping": {"statistics/2016.csv", "statistics/2018.csv"},
    }


def test_a_link_within_raw_is_the_file_that_it_leads_to(site: Site) -> None:
    kept = site.raw / "received"
    kept.mkdir()
    site.statistics(2020, {})
    (site.raw / "statistics" / "2020.csv").rename(kept / "a.csv")
    (site.raw / "statistics" / "2020.csv").symlink_to("../received/a.csv")
    assert site.raw / "statistics" / "2020.csv" in files.inputs(site.raw)
    assert files.unusable(site.raw) == {}


def test_folders_that_lead_to_each_other_end(site: Site) -> None:
    (site.raw / "statistics" / "up").symlink_to(site.raw)
    (site.raw / "statistics" / "self").symlink_to("self")
    assert [path.name for path in files.unusable(site.raw)] == ["self"]
    assert files.linked_folders(site.raw) == [site.raw / "statistics" / "up"]


def test_a_terabyte_is_refused_for_its_size_alone(site: Site) -> None:
    site.statistics(2020, {})
    hostile.sparse(site.raw / "statistics" / "2021.csv", 1 << 40, b"a,b\n")
    fingerprint.of_inputs(site.raw)
    site.run("load")
    assert told(site) == {"over_limit": {"statistics/2021.csv"}}


LAUGHING = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LAUGHING, "references"),
        ("<<: &a {x: 1}\ny: *a\n", "references"),
        ("title: !!python/object/apply:os.system ['touch /tmp/owned']\n", "tags"),
        ("title: !!binary aGVsbG8=\n", "tags"),
        ("[" * 100_000, "nested too deeply"),
        ("a" * 300_000, "too large"),
        ('title: "\\ud800"\n', "control or hide"),
        ('title: "\\0"\n', "control or hide"),
        ('title: "\\e[31m"\n', "control or hide"),
        ('title: "\\u202e"\n', "control or hide"),
        ("skip_rows: " + "9" * 5000, ""),
    ],
    ids=["laughs", "merge", "python", "tag", "nested", "large", "surrogate", "zero", "escape", "override", "digits"],
)
@pytest.mark.parametrize("kind", ["sidecar", "mapping"])
def test_a_sidecar_or_mapping_that_means_harm_is_refused(tmp_path: Path, content: str, words: str, kind: str) -> None:
    from dagster_project.ingest import mapping
    from dagster_project.ingest.contract import load_contracts
    from dagster_project.ingest.problem import ShapeError

    file = tmp_path / "2024.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    if kind == "sidecar":
        sidecar.path_of(file).write_text(content, encoding="utf-8")
        with pytest.raises(ValueError, match=words):
            sidecar.read(file)
    else:
        file.with_name("2024.csv.mapping.yml").write_text(content, encoding="utf-8")
        with pytest.raises(ShapeError, match=words):
            mapping.of(file, load_contracts()["statistics"], "raw/2024.csv")


@pytest.mark.parametrize(
    "address",
    [
        "https://user:hunter2@example.org/a",
        "https://example.org/a?token=hunter2",
        "https://example.org/a?x=1&access_token=hunter2",
        "https://example.org/a?X-Amz-Signature=hunter2",
        "https://qyapi.example.org/cgi-bin/webhook/send?key=hunter2",
        "见 ftp://u:hunter2@10.0.0.1/",
    ],
)
def test_an_address_with_a_password_or_token_is_refused_without_repeating_it(site: Site, address: str) -> None:
    file = site.statistics(2020, {})
    about = sidecar.Sidecar("测试", "测试机构", address, "MIT", "2026-01-01", files.sha256(file), "A")
    sidecar.write(file, about)
    with pytest.raises(ValueError, match="read_from") as refused:
        sidecar.read(file)
    assert "hunter2" not in str(refused.value)
    added = site.run(
        "add", str(file), "--title", "a", "--issuer", "b", "--read-from", address, "--terms", "c", "--confidence", "A"
    )
    assert added.exit_code == 2 and "hunter2" not in added.output


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a?id=7&page=2", "http://www.moe.gov.cn/jyb_sjzl/t2024.html", "教基〔2018〕3号", "a:b@c", "?"],
)
def test_an_address_without_one_is_none(address: str) -> None:
    assert not sidecar.has_secret(address)


HOSTILE_TEXT = [
    "'; drop table marts.fct_measure; --",
    '" or 1=1 --',
    "<script>alert(1)</script>",
    "[red]x[/red] [/] \\",
    "{{ 7 * 7 }} {% raw %} ${HOME} %s {0}",
    "=cmd|' /C calc'!A0",
    "a;b:c\\n$$ || chr(0) /* */",
    "NULL",
    "*?[x]~",
]


def test_text_that_is_code_elsewhere_is_text_through_and_through(published: Site) -> None:
    """As publication, publisher, note and printed names, and as a local indicator, to the marts and the terminal."""
    rows: list[dict[str, object]] = [
        {"value": str(100 + number), "source_zh": text, "publisher_zh": text, "note": text, "measure_zh": text, "region_zh": text,
         "unit": "人", "level": "primary", "measure": "enrolment"}
        for number, text in enumerate(HOSTILE_TEXT)
    ]  # fmt: skip
    for number, row in enumerate(rows):
        published.statistics(2021, row, name=f"2021-{number}")
    code = HOSTILE_TEXT[3]
    about = {"indicator_code": "odd", "name_zh": code, "name_en": code, "level": "primary", "family": "pupils", "unit": "persons",
             "direction": "none", "decimals": "0", "may_exceed_100": "yes", "definition_zh": HOSTILE_TEXT[2],
             "definition_en": HOSTILE_TEXT[4], "formula_zh": HOSTILE_TEXT[0], "source": HOSTILE_TEXT[1], "confidence": "A"}  # fmt: skip
    published.table("local/indicators.csv", list(about), [about])
    formula = {
        "indicator_code": "odd",
        "stage": "primary",
        "variant": "default",
        "priority": "1",
        "kind": "sum",
        "scale": "1",
    }
    published.table("local/indicator_formulas.csv", list(formula), [formula])
    term = {"indicator_code": "odd", "stage": "primary", "variant": "default", "side": "numerator", "term_no": "1",
            "measure_code": "enrolment", "measure_stage": "primary", "coefficient": "1", "year_from": "0", "year_to": "0"}  # fmt: skip
    published.table("local/indicator_terms.csv", list(term), [term])
    result = published.run("refresh")
    output = plain(result)
    assert result.exit_code == 0, output
    reader = Reader(published.settings.served)
    with reader.snapshot() as connection:
        assert {source for (source,) in connection.execute("select source_zh from marts.dim_source").fetchall()} >= set(
            HOSTILE_TEXT
        )
        assert connection.execute(
            "select name_zh, formula_zh from marts.dim_indicator where indicator_code = 'odd'"
        ).fetchall() == [(code, HOSTILE_TEXT[0])]
        assert connection.execute("select count(*) > 0 from marts.fct_measure").fetchone() == (True,)
    reader.close()
    explained = plain(published.run("explain", "odd", "全国", "2021"))
    assert code in explained and HOSTILE_TEXT[0] in explained


def test_characters_that_control_hide_or_turn_text_are_refused_by_cell_and_spelled_out(site: Site) -> None:
    file = site.statistics(
        2020,
        {"source_zh": f"公报{OVERRIDE}"},
        {"level": "junior", "note": f"{ESCAPE}x"},
        {"level": "senior", "publisher_zh": "教育\u200b局"},
    )
    result = site.run("load")
    output = plain(result)
    assert result.exit_code == 1
    for row, column, shown in ((2, "source_zh", "\\u202e"), (3, "note", "\\x1b[31m"), (4, "publisher_zh", "\\u200b")):
        assert any(f"第 {row} 行 (row {row}) {column}" in line and shown in line for line in output.splitlines()), (
            output
        )
    with duckdb.connect(str(site.settings.build), read_only=True) as connection:
        found = connection.execute("select row_no, column_name, rule from quality.quarantine order by 1").fetchall()
    assert found == [
        (2, "source_zh", "hidden_character"),
        (3, "note", "hidden_character"),
        (4, "publisher_zh", "hidden_character"),
    ]
    assert file.exists()
