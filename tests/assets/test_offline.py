"""A refresh in an empty network namespace: nothing of the stack needs, or waits for, a network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import AS_OF, Site

_NO_NETWORK = ["unshare", "--map-root-user", "--net"]


def _namespace_works() -> bool:
    try:
        return subprocess.run([*_NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not _namespace_works(), reason="this machine allows no network namespace (unshare --net)")
def test_a_refresh_needs_no_network(province: Site, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ZHIBIAO_RAW": str(province.raw),
        "ZHIBIAO_HOME": str(tmp_path / "home"),
        "ZHIBIAO_AS_OF": AS_OF.isoformat(),
    }
    command = [*_NO_NETWORK, str(Path(sys.executable).with_name("zhibiao")), "refresh"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "home" / "current.duckdb").exists()
