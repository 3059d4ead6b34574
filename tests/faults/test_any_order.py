"""Publish, roll back, pin, die at any change of a file, damage, in any order: the pointer leads to a whole snapshot."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from dagster_project.publish import pins, snapshot
from dagster_project.publish.snapshot import SnapshotError
from dagster_project.settings import Settings
from tests.conftest import AS_OF
from tests.faults.test_killed_publish import _FORKS, killed_at
from tests.unit.test_snapshot import build, publish, read


class Warehouse(RuleBasedStateMachine):
    """A home folder, what each snapshot of it was published with, and which ones have to be there."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.settings = Settings(raw=self.folder / "raw", home=self.folder / "home", as_of=AS_OF, keep=2)
        self.number = 0
        self.holds: dict[str, str] = {}
        self.pinned: set[str] = set()
        self.damaged: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _name(self) -> str:
        self.number += 1
        return f"snapshot {self.number}"

    def _learn(self, name: str) -> None:
        for known in snapshot.published(self.settings):
            self.holds.setdefault(known.id, name)

    @rule()
    def publish(self) -> None:
        name = self._name()
        made = publish(self.settings, name)
        self._learn(name)
        assert read(self.settings.served) == [name]
        assert self.holds[made.id] == name

    @rule(change=st.integers(1, 45))
    def die_while_publishing(self, change: int) -> None:
        name = self._name()
        before = read(self.settings.served) if self.settings.served.exists() else None
        # One that died after its snapshot was named has laid its flip ready, which the next one finishes.
        ready = [self.holds[max(self.holds)]] if self.holds else None
        build(self.settings, name)
        process = _FORKS.Process(target=killed_at, args=(self.settings, change))
        process.start()
        process.join()
        self._learn(name)
        now = read(self.settings.served) if self.settings.served.exists() else None
        assert now in (before, ready, [name])

    @precondition(lambda self: self.holds)
    @rule()
    def recover(self) -> None:
        """What every refresh begins with."""
        snapshot.recover(self.settings)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), named=st.booleans())
    def roll_back(self, data: st.DataObject, named: bool) -> None:
        served = snapshot.current(self.settings)
        to = data.draw(st.sampled_from(sorted(self.holds))) if named else None
        there = {known.id for known in snapshot.published(self.settings)} - self.damaged
        possible = there & {to} if named else {one for one in there if served is None or one < served.id}
        try:
            chosen = snapshot.rollback(self.settings, to)
        except SnapshotError:
            assert not possible
            assert snapshot.current(self.settings) == served
        else:
            assert chosen.id == (to if named else max(possible))
            assert read(self.settings.served) == [self.holds[chosen.id]]

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def pin(self, data: st.DataObject) -> None:
        there = sorted(known.id for known in snapshot.published(self.settings))
        chosen = data.draw(st.sampled_from(there))
        pins.put(self.settings, chosen, "report", date.max)
        self.pinned.add(chosen)

    @precondition(lambda self: len(self.holds) > 1)
    @rule(data=st.data())
    def damage_one_that_is_not_served(self, data: st.DataObject) -> None:
        served = snapshot.current(self.settings)
        others = [known for known in snapshot.published(self.settings) if served is None or known.id != served.id]
        if others:
            chosen = data.draw(st.sampled_from(others))
            chosen.database.chmod(0o644)
            chosen.database.write_bytes(b"x")
            self.damaged.add(chosen.id)

    @invariant()
    def the_pointer_leads_to_a_whole_snapshot(self) -> None:
        served = snapshot.current(self.settings)
        if served is not None:
            assert snapshot.damage(self.settings, served) == []
            assert read(served.database) == [self.holds[served.id]]
        else:
            assert not self.settings.current.is_symlink()

    @invariant()
    def pinned_ones_are_there(self) -> None:
        assert self.pinned <= {known.id for known in snapshot.published(self.settings)}


def test_whatever_happens_in_whatever_order_the_pointer_leads_to_a_whole_snapshot() -> None:
    run_state_machine_as_test(
        Warehouse, settings=settings(max_examples=6, stateful_step_count=8, deadline=None, derandomize=True)
    )
