"""A long journal, and devices that join it from a server's snapshot."""

from typing import Any

import msgspec
import pytest

from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import Device
from milepost.device_snapshot import unpacked
from milepost.envelope import Event
from milepost.events import Draft
from milepost.journal import State, load_state, same, state_hash
from tests.simulation import World

PAGE = 3
REQUIRED = {
    "goal.created": ("title",),
    "goal.status_changed": ("status", "on"),
    "checkin.recorded": ("on",),
    "practice.added": ("title", "recurrence", "start"),
    "measure.revised": (),
}


def revise(device: Device, journal: str, goal: str, title: str) -> None:
    device.append(journal, [Draft("goal.revised", {"id": goal, "title": title})])


def long_journal(world: World, events: int = 20) -> tuple[Device, str, str]:
    """A journal on the server, much longer than a page, and the device that wrote it."""
    first = world.device("first")
    journal = first.open_journal("Together")
    goal, drafts = add_goal(first.state(journal), new_id, "Title 0")
    first.append(journal, drafts)
    for number in range(1, events - 1):
        revise(first, journal, goal, f"Title {number}")
    world.settle([first], journal)
    return first, journal, goal


def newcomer(world: World, journal: str, name: str = "second") -> Device:
    device = world.device(name)
    device.welcome(journal, private=True)
    return device


def folded(journal: str, events: list[Event]) -> State:
    state = State(journal)
    for one in events:
        state.apply(one)
    return state


def assert_whole(world: World, device: Device, journal: str) -> None:
    """The device has the server's log, in an order that folds to the state that it shows, and every place in it."""
    assert device.log.snapshots.get(journal) is None
    log = device.log.history(journal)
    assert [e for e in sorted(log, key=lambda e: e.seq) if e.seq] == world.log(journal)
    assert state_hash(folded(journal, log)) == state_hash(device.state(journal))
    assert state_hash(folded(journal, world.log(journal))) == state_hash(device.state(journal))
    assert_written(device, journal)


def assert_written(device: Device, journal: str) -> bool:
    """What is written down of the journal's state, if anything that counts is, is what its log adds up to there."""
    row = device.log.connection.execute(
        "SELECT s.ordinal, s.body FROM states s JOIN journals USING (journal, generation) WHERE journal = ?", (journal,)
    ).fetchone()
    if row is None:
        return False
    kept = load_state(unpacked(row[1]))
    assert kept is not None
    assert same(kept, folded(journal, [one for at, one in device.log.events(journal) if at <= row[0]]))
    return True


def changed(world: World, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    """From now on the server's snapshots are changed on their way."""
    sent = world.snapshot
    monkeypatch.setattr(world, "snapshot", lambda *asked: msgspec.structs.replace(sent(*asked), **fields))
