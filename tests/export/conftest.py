"""A site whose labels try to be formulas, and whose counts are small enough to point at persons; refreshed once. And a
PostgreSQL server.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dagster_project.ingest import limits
from tests.conftest import Site, copied

_PROGRAMS = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]
HOSTILE = [
    '=HYPERLINK("http://example.invalid","点此")',
    "@SUM(1+1)*cmd",
    "-2+3",
    "＝1+1",
    "　=1+1",
    "'先有撇号",
    'a"b, c和换行',
]
# As long as a received cell may be; the apostrophe that disarms it makes it too long for Excel.
LONG = "=" + "长" * (limits.CELL_LENGTH - 1)
YEAR = 2024
# Children of kindergartens: all, in public ones, in private ones. Two counties and their prefecture.
CHILDREN = {"441802": (100, 97, 3), "441803": (60, 20, 40), "441800": (160, 117, 43)}
NAMES = {"441802": "清城区", "441803": "清新区", "441800": "清远市"}
MEASURES = ("enrolment", "enrolment_public", "enrolment_private")


@pytest.fixture(scope="session")
def small_site(province: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The miniature province with these counties beside it; read only."""
    built = copied(province, tmp_path_factory.mktemp("small"))
    rows: list[dict[str, object]] = [
        {
            "region_code": code, "region_zh": NAMES[code], "year": YEAR, "level": "preschool", "measure": measure,
            "measure_zh": measure, "value": value, "unit": "人",
        }
        for code, values in CHILDREN.items()
        for measure, value in zip(MEASURES, values, strict=True)
    ]  # fmt: skip
    # Schools are no persons, and nobody is no small number.
    for measure, value, unit in (("schools", 2, "所"), ("enrolment_inclusive_private", 0, "人")):
        rows.append({**rows[0], "measure": measure, "value": value, "unit": unit})
    built.statistics(YEAR, *rows, name=f"{YEAR}-counties")
    for number, label in enumerate(HOSTILE):
        plain = {"region_code": "441800", "region_zh": "清远市", "source_zh": label, "publisher_zh": LONG}
        built.statistics(2010 + number, plain, name=f"{2010 + number}-hostile")
    result = built.run("refresh")
    assert result.exit_code == 0, result.output
    return built


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A place that nothing was exported to yet."""
    return tmp_path / "out"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server in a folder of its own, in which its socket is too; over 127.0.0.1 it wants a password.

    Its port is in PGPORT, which every client takes.
    """
    programs = shutil.which("initdb", path=os.pathsep.join([*_PROGRAMS, os.environ["PATH"]]))
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine: apt install postgresql")
    account: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="zhibiao-pg-"))
    if os.geteuid() == 0:  # as which PostgreSQL does not run
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("tests run as root and there is no account postgres")
        account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(program: str, *arguments: str) -> None:
        command = [str(Path(programs).with_name(program)), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, **account)

    data = str(folder / "data")
    logins = ["--auth-local=trust", "--auth-host=scram-sha-256"]
    run("initdb", "-D", data, *logins, "-U", "owner", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -F"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PGPORT", port)
            yield str(folder)
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def dsn(server: str) -> Iterator[str]:
    """A database without a copy."""
    name = f"host={server} user=owner dbname=postgres"
    yield name
    with psycopg.connect(name) as owner:
        owner.execute("drop schema if exists marts, bi, quality, meta, meta_next cascade")
