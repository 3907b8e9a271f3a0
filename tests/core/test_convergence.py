"""Order does not matter, a state written down goes on, and a device put back becomes another: the promise in small.

The whole of it, against a hostile world, is in `test_campaign.py`.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.commands import add_goal
from milepost.envelope import Event
from milepost.events import Draft, read_fields
from milepost.journal import State, dump_state, load_state, state_hash
from milepost.register import Registers, Stamp, write, writes_of
from tests.simulation import YEAR_MS, World, copy_device, put_device_back

FIELDS = ("title", "why", "helps")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 3)
    monkeypatch.setattr("milepost.client.MAX_PUSH_EVENTS", 4)
    monkeypatch.setattr("milepost.device_states.KEEP_STATE_AFTER", 5)
    yield


def values_of(journal: str, event: Event) -> dict[str, str]:
    read = read_fields(journal, event) if not event.rejected else None
    return {f: v for f, v in read[2].items() if f in FIELDS} if read and read[0] == "goal" else {}


def history(tmp_path: Path) -> tuple[str, list[Event]]:
    """A log in which three devices wrote at once, again and again."""
    world = World(tmp_path)
    devices = [world.device(f"d{i}", skew) for i, skew in enumerate((0, YEAR_MS, -YEAR_MS))]
    journal = devices[0].open_journal("Together")
    goal, drafts = add_goal(devices[0].state(journal), lambda: "e" * 8 + "-eeee-4eee-8eee-" + "e" * 12, "x")
    devices[0].append(journal, drafts)
    world.settle(devices[:1], journal)
    for device in devices[1:]:
        device.welcome(journal, private=True)
    for turn in range(12):
        for i, device in enumerate(devices):
            if (turn + i) % 3:
                world.meet(device)
            if any(row.cursor.seq for row in device.rows()):
                device.append(journal, [Draft("goal.revised", {"id": goal, FIELDS[(turn * i) % 3]: f"{i}.{turn}"})])
    world.settle(devices, journal)
    log = world.log(journal)
    for device in devices:
        device.close()
    world.close()
    return journal, log


@pytest.fixture(scope="module")
def a_history(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Event]]:
    return history(tmp_path_factory.mktemp("history"))


def test_the_history_has_something_to_merge(a_history: tuple[str, list[Event]]) -> None:
    journal, log = a_history
    state = fold(journal, log)
    (registers,) = [state.registers("goal", e) for e in state.entities["goal"]]
    assert max(len(writes_of(r)) for r in registers.values()) >= 2


def fold(journal: str, events: list[Event]) -> State:
    state = State(journal)
    for event in events:
        state.apply(event)
    return state


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.randoms(use_true_random=False))
def test_every_causal_order_folds_to_the_same_state(a_history: tuple[str, list[Event]], choices: Random) -> None:
    journal, log = a_history
    state, waiting = State(journal), list(log)
    while waiting:
        ready = [e for e in waiting if can_follow(state, e)]
        event = choices.choice(ready)
        waiting.remove(event)
        state.apply(event)
    assert state_hash(state) == state_hash(fold(journal, log))


def can_follow(state: State, event: Event) -> bool:
    return event.n == state.counter(event.device) + 1 and all(state.counter(d) >= n for d, n in event.seen.items())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.randoms(use_true_random=False))
def test_registers_do_not_care_for_order_at_all(a_history: tuple[str, list[Event]], choices: Random) -> None:
    journal, log = a_history
    stamped, contexts = [], dict[str, dict[str, int]]()
    for event in log:
        seen = contexts[event.device] = {**contexts.get(event.device, {}), **event.seen}
        stamp = Stamp(event.device, event.n, event.ranked_at, event.actor, seen)
        stamped += [(stamp, name, value) for name, value in values_of(journal, event).items()]
    mixed = stamped + choices.sample(stamped, len(stamped) // 2)
    choices.shuffle(mixed)
    registers: Registers = {}
    for stamp, name, value in mixed:
        write(registers, name, stamp, value)
    expected = fold(journal, log)
    (goal,) = expected.entities["goal"]
    for name in FIELDS:
        ours = [(w[0].id, w[1]) for w in writes_of(registers[name])]
        assert ours[0] == next((w[0].id, w[1]) for w in writes_of(expected.registers("goal", goal)[name]))
        assert sorted(ours) == sorted((w[0].id, w[1]) for w in writes_of(expected.registers("goal", goal)[name]))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1))
def test_a_state_written_down_and_read_back_goes_on_as_if_it_never_was(
    a_history: tuple[str, list[Event]], at: float
) -> None:
    journal, log = a_history
    cut = int(at * len(log))
    kept = load_state(dump_state(fold(journal, log[:cut])))
    assert kept is not None
    for event in log[cut:]:
        kept.apply(event)
    whole = fold(journal, log)
    assert state_hash(kept) == state_hash(whole)
    assert {d: (p.n, p.seen) for d, p in kept.devices.items()} == {d: (p.n, p.seen) for d, p in whole.devices.items()}
    (goal,) = whole.entities["goal"]
    assert kept.fields("goal", goal) == whole.fields("goal", goal)


def test_a_device_put_back_becomes_another_and_loses_nothing_confirmed(tmp_path: Path) -> None:
    world = World(tmp_path)
    phone, laptop = world.device("phone"), world.device("laptop")
    journal = phone.open_journal("Mine")
    goal, drafts = add_goal(phone.state(journal), lambda: "e" * 8 + "-eeee-4eee-8eee-" + "e" * 12, "x")
    phone.append(journal, drafts)
    world.meet(phone)
    laptop.welcome(journal, private=True)
    backup = copy_device(world, phone, "phone-backup")
    first = phone.log.journal(journal).device
    phone.append(journal, [Draft("goal.revised", {"id": goal, "title": "after the backup, confirmed"})])
    world.meet(phone)
    phone = put_device_back(world, phone, backup)
    phone.append(journal, [Draft("goal.revised", {"id": goal, "title": "written by the old self"})])
    report = world.meet(phone)
    assert report is not None
    assert report.forks == 1
    assert phone.log.journal(journal).device != first
    world.settle([phone, laptop], journal)
    assert state_hash(phone.state(journal)) == state_hash(laptop.state(journal))
    titles = {v["title"] for e in world.log(journal) if "title" in (v := values_of(journal, e))}
    assert {"after the backup, confirmed", "written by the old self"} <= titles
    kept = [v for _, v in writes_of(laptop.state(journal).registers("goal", goal)["title"])]
    assert sorted(kept) == ["after the backup, confirmed", "written by the old self"]
    for device in (phone, laptop):
        device.close()
    world.close()


def test_a_device_put_back_without_writing_takes_up_its_own_history(tmp_path: Path) -> None:
    world = World(tmp_path)
    phone = world.device("phone")
    journal = phone.open_journal("Mine")
    world.meet(phone)
    backup = copy_device(world, phone, "phone-backup")
    add = add_goal(phone.state(journal), lambda: "e" * 8 + "-eeee-4eee-8eee-" + "e" * 12, "later")[1]
    phone.append(journal, add)
    world.meet(phone)
    expected, device = state_hash(phone.state(journal)), phone.log.journal(journal).device
    phone = put_device_back(world, phone, backup)
    world.meet(phone)
    assert state_hash(phone.state(journal)) == expected
    assert phone.log.journal(journal).device == device
    phone.append(journal, [Draft("journal.revised", {"title": "goes on"})])
    report = world.meet(phone)
    assert report is not None
    assert (report.sent, report.forks) == (1, 0)
    phone.close()
    world.close()
