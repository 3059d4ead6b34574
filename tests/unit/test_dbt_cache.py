"""What dbt's parse leaves for the next process: taken only if it is of the project as it is now, and whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dagster_project.transform import dbt_project


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("_MANIFEST", "_CACHE", "_PARSED_FROM"):
        monkeypatch.setattr(dbt_project, name, tmp_path / getattr(dbt_project, name).name)
        (tmp_path / getattr(dbt_project, name).name).write_text("")
    dbt_project._PARSED_FROM.write_text(f"before {dbt_project._dbt_version()}")
    return tmp_path


def test_what_a_killed_parse_left_never_passes_for_the_parse_before_it(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def killed(_: Path | None) -> Iterator[None]:
        (cache / "manifest.json").write_text('{"half": ')
        raise KeyboardInterrupt
        yield

    assert dbt_project._is_parsed("before") and not dbt_project._is_parsed("after")
    monkeypatch.setattr(dbt_project, "_dbt", killed)
    with pytest.raises(KeyboardInterrupt):
        dbt_project._parse("after")
    # The project may go back to what it was; its parse is gone all the same.
    assert not dbt_project._is_parsed("before") and not dbt_project._is_parsed("after")
