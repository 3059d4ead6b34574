"""Where things lie and which day a refresh is as of. Nothing here reads data or imports a framework."""

import os
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from dagster_project.characters import spelled

ROOT = Path(__file__).resolve().parent.parent
TIMEZONE = "Asia/Shanghai"

# No tool of the stack calls home: offices without a network must not wait for time-outs.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")


@dataclass(frozen=True)
class Settings:
    """Paths and the as-of date of one refresh.

    `raw` holds the inputs, `home` everything that is written; both absolute.
    `keep` is how many snapshots stay beside the served one; `log_to_stderr` sends the events there, not to `home/logs`.
    """

    raw: Path
    home: Path
    as_of: date
    keep: int = 7
    log_to_stderr: bool = False

    @classmethod
    def from_environment(cls, as_of: date | None = None) -> "Settings":
        """Settings from ZHIBIAO_RAW, ZHIBIAO_HOME, ZHIBIAO_AS_OF, ZHIBIAO_KEEP and ZHIBIAO_LOG.

        Raises ValueError naming the variable that cannot be read.
        """
        text = os.environ.get("ZHIBIAO_AS_OF", "")
        if as_of is None and text:
            try:
                as_of = date.fromisoformat(text)
            except ValueError:
                raise ValueError(f"ZHIBIAO_AS_OF={text!r}: write it as 2026-01-31 / 请写成 2026-01-31") from None
        keep = os.environ.get("ZHIBIAO_KEEP") or "7"
        if not keep.isdecimal() or int(keep) < 1:
            raise ValueError(f"ZHIBIAO_KEEP={keep!r}: a whole number from 1 / 请填不小于 1 的整数")
        log = os.environ.get("ZHIBIAO_LOG") or "file"
        if log not in ("file", "stderr"):
            raise ValueError(f"ZHIBIAO_LOG={log!r}: file or stderr / 请填 file 或 stderr")
        return cls(
            raw=_folder("ZHIBIAO_RAW", "raw"),
            home=_folder("ZHIBIAO_HOME", "warehouse"),
            as_of=as_of or today(),
            keep=int(keep),
            log_to_stderr=log == "stderr",
        )

    def at(self, as_of: date) -> "Settings":
        """The same paths as of another day."""
        return replace(self, as_of=as_of)

    @cached_property
    def build(self) -> Path:
        """The private file a refresh writes; constant, because dbt parses anew when its path changes."""
        return self.home / "build" / "warehouse.duckdb"

    @cached_property
    def snapshots(self) -> Path:
        return self.home / "snapshots"

    @cached_property
    def current(self) -> Path:
        """The one pointer that flips: a symlink to `snapshots/<id>`."""
        return self.home / "current"

    @cached_property
    def served(self) -> Path:
        """The path BI tools are given; it never changes."""
        return self.home / "current.duckdb"

    def raw_name(self, path: Path) -> str:
        """The name a raw file has in tables and messages: its path from the repository's root, odd characters spelled out."""
        return "raw/" + spelled(path.relative_to(self.raw).as_posix())


def today() -> date:
    return datetime.now(ZoneInfo(TIMEZONE)).date()


def only_owner_writes() -> None:
    """Whatever this process writes from here on is changed by its owner alone, whatever the account's umask allows."""
    os.umask(os.umask(0o077) | 0o022)


def _folder(variable: str, default: str) -> Path:
    return (ROOT / (os.environ.get(variable) or default)).resolve()
