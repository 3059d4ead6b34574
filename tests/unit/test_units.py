"""The units of `deploy/`: systemd understands every line of them, and what they name is there. Nothing is started."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dagster_project.schedules import nightly
from dagster_project.settings import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.*") if path.is_file())
SERVICES = [name for name in UNITS if name.endswith(".service")]
LINES = [
    line
    for path in sorted(DEPLOY.rglob("*.*"))
    if path.is_file()
    for line in path.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
_SYSTEM = Path("/usr/lib/systemd/system")


def _version() -> int:
    try:
        said = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(said.split()[1])


needs_systemd = pytest.mark.skipif(
    _version() < 250 or not _SYSTEM.is_dir(), reason="systemd-analyze 250 or newer with systemd's own units is needed"
)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a machine that has systemd's units, ours, and the programs that ours start."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(_SYSTEM, root / _SYSTEM.relative_to("/"), symlinks=True, ignore_dangling_symlinks=True)
    (root / "lib").symlink_to("usr/lib")
    shutil.copytree(DEPLOY / "systemd", root / "etc" / "systemd" / "system")
    for program in {path for line in LINES for path in re.findall(r"^Exec\w+=(\S+)", line)}:
        file = root / program.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    return root


def analyze(system: Path, *arguments: str) -> str:
    command = ["systemd-analyze", *arguments[:-1], f"--root={system}", arguments[-1]]
    ran = subprocess.run(
        command, cwd=system / "etc" / "systemd" / "system", capture_output=True, text=True, check=False
    )
    assert arguments[0] == "security" or ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_every_line(system: Path, unit: str) -> None:
    assert analyze(system, "verify", unit) == ""


@needs_systemd
def test_a_line_that_it_does_not_understand_would_be_told(system: Path, tmp_path: Path) -> None:
    copy = tmp_path / "root"
    shutil.copytree(system, copy, symlinks=True)
    drop_in = copy / "etc/systemd/system/zhibiao-.service.d/account-and-rights.conf"
    drop_in.write_text(drop_in.read_text(encoding="utf-8") + "\nProtectEverything=yes\n", encoding="utf-8")
    assert "ProtectEverything" in analyze(copy, "verify", "zhibiao-refresh.service")


@needs_systemd
@pytest.mark.parametrize("unit", [name.replace("@", "@x") for name in SERVICES])
def test_the_rights_that_all_share_reach_every_service(system: Path, unit: str) -> None:
    (level,) = re.findall(r"exposure level for \S+: ([\d.]+)", analyze(system, "security", "--offline=true", unit))
    assert float(level) <= 2.0


def test_what_the_units_name_is_part_of_the_product() -> None:
    named = {path for line in LINES for path in re.findall(r"/opt/zhibiao/([\w./-]+)", line)}
    programs = {name.removeprefix(".venv/bin/") for name in named if name.startswith(".venv/bin/")}
    assert programs == {"zhibiao", "dagster-daemon", "dagster-webserver"}
    others = {name for name in named if not name.startswith(".venv/")} - {"dbt/target"}
    assert others and [name for name in others if not (ROOT / name).exists()] == []


def test_a_service_writes_only_where_the_account_may() -> None:
    made = {line.split()[1]: line.split()[3] for line in LINES if line.startswith("d ")}
    written = {path for line in LINES for path in re.findall(r"(/\S+)", line) if line.startswith("ReadWritePaths=")}
    assert written and {made[path] for path in written} == {"zhibiao"}


def test_the_timer_and_the_schedule_keep_the_same_hour() -> None:
    (calendar,) = (line.split("=")[1] for line in LINES if line.startswith("OnCalendar="))
    _, clock, zone = calendar.split()
    hour, minute, _ = map(int, clock.split(":"))
    assert (nightly.cron_schedule, nightly.execution_timezone) == (f"{minute} {hour} * * *", zone)
