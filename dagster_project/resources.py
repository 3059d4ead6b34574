"""The one resource: the warehouse a run writes. Holding it means holding the lock, so runs never overlap."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from dagster_project.refresh import events
from dagster_project.refresh.alert import raise_alert
from dagster_project.refresh.lock import BusyError, only_writer
from dagster_project.refresh.record import Record
from dagster_project.settings import Settings, only_owner_writes


class Warehouse(dg.ConfigurableResource[Any]):
    """Paths from the environment; `as_of` an ISO date (empty: today in Asia/Shanghai)."""

    as_of: str = ""
    publish_unchanged: bool = False
    _settings: Settings | None = PrivateAttr(default=None)

    @property
    def settings(self) -> Settings:
        if self._settings is None:
            self._settings = Settings.from_environment(date.fromisoformat(self.as_of) if self.as_of else None)
        return self._settings

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        only_owner_writes()
        try:
            with (
                only_writer(self.settings),
                events.kept(self.settings, dagster_run=context.run.run_id if context.run else None),
            ):
                yield self
        except BusyError as error:
            # No step of this run begins, so no step can tell; and the record is the other refresh's.
            raise_alert(self.settings, Record(as_of="", started="", outcome="failed", step="lock", error=str(error)))
            raise
