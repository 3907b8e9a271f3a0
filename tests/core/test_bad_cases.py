"""A device in every bad case, with the real server code: whatever goes wrong, no words are lost and none come twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.clock import CLAMP_MS, hlc_ms, new_id
from milepost.commands import add_goal
from milepost.device import Device
from milepost.device_log import DeviceLog
from milepost.device_states import KeptStates
from milepost.errors import StorageFull
from milepost.events import Draft, read_fields
from milepost.journal import State, state_hash
from milepost.register import writes_of
from tests.simulation import YEAR_MS, World, copy_device, put_device_back, world

DAY_MS = 86_400_000
MAX_EXAMPLES = 40


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def begin(here: World, *names: str) -> tuple[str, str, list[Device]]:
    """(journal, goal, devices): all in step."""
    devices = [here.device(name) for name in names]
    journal = devices[0].open_journal("Together")
    goal, drafts = add_goal(devices[0].state(journal), new_id, "x")
    devices[0].append(journal, drafts)
    here.meet(devices[0])
    for device in devices[1:]:
        device.welcome(journal, private=True)
    here.settle(devices, journal)
    return journal, goal, devices


def say(device: Device, journal: str, goal: str, words: str, field: str = "why") -> None:
    device.append(journal, [Draft("goal.revised", {"id": goal, field: words})])


def words_in(here: World, journal: str, field: str = "why") -> list[str]:
    """Everything that the server's log says in a field, in its order."""
    read = [read_fields(journal, event) for event in here.log(journal) if not event.rejected]
    return [found[2][field] for found in read if found and found[2].get(field) is not None]


def agree(here: World, journal: str, devices: list[Device]) -> State:
    """All devices and a fresh reader of the server's log have the same state; nothing waits to be sent."""
    here.settle(devices, journal)
    fresh = State(journal)
    for event in here.log(journal):
        fresh.apply(event)
    assert {state_hash(device.state(journal)) for device in devices} == {state_hash(fresh)}
    assert [device.log.unsent_count(journal) for device in devices] == [0] * len(devices)
    return fresh


def standing(state: State, goal: str, field: str = "why") -> list[str]:
    return sorted(value for _, value in writes_of(state.registers("goal", goal)[field]))


def end(devices: list[Device]) -> None:
    for device in devices:
        device.close()


# Server and device put back at once


def test_server_and_device_put_back_at_once_lose_nothing_and_say_nothing_twice(here: World) -> None:
    journal, goal, (phone, laptop) = begin(here, "phone", "laptop")
    here.back_up()
    backup = copy_device(here, phone, "phone-backup")
    for words in ("one", "two"):
        say(phone, journal, goal, words)
    here.settle([phone, laptop], journal)
    say(laptop, journal, goal, "having seen two")
    here.settle([phone, laptop], journal)

    here.put_back()
    phone = put_device_back(here, phone, backup)
    say(phone, journal, goal, "by the old self")
    here.meet(phone)
    say(laptop, journal, goal, "not sent yet")
    devices = [phone, laptop]
    state = agree(here, journal, devices)
    assert sorted(words_in(here, journal)) == sorted(
        ["one", "two", "having seen two", "by the old self", "not sent yet"]
    )
    assert standing(state, goal) == ["by the old self", "not sent yet"], "exactly what nobody had seen"
    end(devices)


def test_two_who_hold_the_same_lost_branch_give_it_back_once(here: World) -> None:
    journal, goal, (phone, laptop, tablet) = begin(here, "phone", "laptop", "tablet")
    here.back_up()
    backup = copy_device(here, phone, "phone-backup")
    say(phone, journal, goal, "lost with the phone")
    here.settle([phone, laptop, tablet], journal)
    say(laptop, journal, goal, "the laptop's", "helps")
    say(tablet, journal, goal, "the tablet's", "looks_like")
    here.settle([laptop, tablet], journal)

    here.put_back()
    phone = put_device_back(here, phone, backup)
    say(phone, journal, goal, "by the old self")
    here.meet(phone)
    devices = [laptop, phone, tablet]
    state = agree(here, journal, devices)
    assert sorted(words_in(here, journal)) == ["by the old self", "lost with the phone"]
    assert words_in(here, journal, "helps") == ["the laptop's"]
    assert words_in(here, journal, "looks_like") == ["the tablet's"]
    assert standing(state, goal) == ["by the old self", "lost with the phone"]
    end(devices)


@settings(max_examples=MAX_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_was_put_back_when_all_end_with_the_same_and_everything(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with world(tmp_path_factory.mktemp("w")) as here:
        journal, goal, devices = begin(here, "d0", "d1", "d2")
        here.back_up()
        backups = [copy_device(here, device, f"b{at}") for at, device in enumerate(devices)]
        said, gone = list[str](), set[str]()
        moves = st.sampled_from(["say", "say", "sync", "sync", "server back", "device back", "keep"])
        for turn in range(data.draw(st.integers(5, 25))):
            at = data.draw(st.integers(0, 2))
            here.now_ms += 1
            match data.draw(moves):
                case "say":
                    said.append(f"{turn}")
                    say(devices[at], journal, goal, said[-1])
                case "sync":
                    here.meet(devices[at])
                case "server back":
                    here.put_back()
                case "device back":
                    # What only this device held goes with it; what somebody else holds must come back.
                    before = words_on(devices[at], journal)
                    devices[at] = put_device_back(here, devices[at], backups[at])
                    kept = {w for device in devices for w in words_on(device, journal)}
                    gone |= before - kept - set(words_in(here, journal))
                case "keep":
                    backups[at] = copy_device(here, devices[at], f"b{at}")
        held = {w for device in devices for w in words_on(device, journal)} | set(words_in(here, journal))
        agree(here, journal, devices)
        log = words_in(here, journal)
        assert len(log) == len(set(log)), "said twice"
        assert held <= set(log) <= set(said), "lost"
        end(devices)


def words_on(device: Device, journal: str) -> set[str]:
    read = [read_fields(journal, event) for _, event in device.log.events(journal) if not event.rejected]
    return {found[2]["why"] for found in read if found and found[2].get("why") is not None}


# The network


@pytest.mark.parametrize("requests", [1, 2, 3])
def test_a_lost_acknowledgement_stores_nothing_twice(here: World, requests: int) -> None:
    journal, goal, (phone, laptop) = begin(here, "phone", "laptop")
    for turn in range(4):
        say(phone, journal, goal, f"said {turn}")
        here.meet(phone, requests=requests, lose_answer=True)
    agree(here, journal, [phone, laptop])
    assert words_in(here, journal) == [f"said {turn}" for turn in range(4)]
    end([phone, laptop])


def test_a_long_first_sync_goes_on_where_it_was_interrupted(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 10)
    journal, goal, (phone,) = begin(here, "phone")
    for turn in range(95):
        say(phone, journal, goal, f"said {turn}")
    here.meet(phone)
    laptop = here.device("laptop")
    laptop.welcome(journal, private=True)
    before = 0
    while laptop.log.journal(journal).cursor.seq < 97:
        here.meet(laptop, requests=2, lose_answer=True)
        reached = laptop.log.journal(journal).cursor.seq
        assert reached > before, "what was taken is kept"
        before = reached
        folder = laptop.folder
        laptop.close()
        laptop = Device(folder)
    agree(here, journal, [phone, laptop])
    end([phone, laptop])


# The device


CHANGES = (
    "place",
    "add_many",
    "set_cursor",
    "set",
    "set_apart",
    "bump",
    "unplace",
    "remove",
    "set_device",
)


class Crash(BaseException):
    """The process is gone."""


def die_after(there: pytest.MonkeyPatch, changes: int) -> None:
    """The process goes after so many changes to a device's file."""
    left = [changes]

    def dying(original: Any) -> Any:
        def change(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            return original(*arguments, **named)

        return change

    for name in CHANGES:
        there.setattr(DeviceLog, name, dying(getattr(DeviceLog, name)))
    there.setattr(KeptStates, "keep", dying(KeptStates.keep))


def test_a_crash_between_any_two_steps_loses_and_repeats_nothing(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sync, repair after a loss, and a fork: each cut off before its first change, its second, and so on."""
    journal, goal, (phone, laptop) = begin(here, "phone", "laptop")
    here.back_up()
    backup = copy_device(here, phone, "phone-backup")
    crashes = 0
    for cut in range(60):
        say(phone, journal, goal, f"phone {cut}")
        say(laptop, journal, goal, f"laptop {cut}")
        here.meet(laptop)
        if cut % 3 == 1:
            here.put_back()
        if cut == 30:
            here.settle([phone, laptop], journal)
            phone = put_device_back(here, phone, backup)
            say(phone, journal, goal, "by the old self")
        with monkeypatch.context() as there:
            die_after(there, cut % 20)
            try:
                here.meet(phone)
            except Crash:
                crashes += 1
        folder = phone.folder
        phone.close()
        phone = Device(folder, wall=lambda: here.now_ms)
    assert crashes > 20
    agree(here, journal, [phone, laptop])
    log = words_in(here, journal)
    expected = {f"{name} {cut}" for name in ("phone", "laptop") for cut in range(60)} | {"by the old self"}
    assert sorted(log) == sorted(expected)
    end([phone, laptop])


def test_a_disk_that_fills_up_while_pulling_keeps_what_was_there_and_goes_on_later(here: World) -> None:
    journal, goal, (phone, laptop) = begin(here, "phone", "laptop")
    say(laptop, journal, goal, "the laptop's own", "helps")
    before = state_hash(laptop.state(journal))
    for turn in range(30):
        say(phone, journal, goal, f"{turn} " * 2_000)
    here.meet(phone)
    used = laptop.log.connection.execute("PRAGMA page_count").fetchone()[0]
    laptop.log.connection.execute(f"PRAGMA max_page_count = {used + 3}")
    with pytest.raises(StorageFull, match="Free some"):
        here.meet(laptop)
    assert state_hash(laptop.state(journal)) == before
    laptop.log.connection.execute("PRAGMA max_page_count = 1000000")
    state = agree(here, journal, [phone, laptop])
    assert state.fields("goal", goal)["helps"] == "the laptop's own"
    end([phone, laptop])


@pytest.mark.parametrize("off", [YEAR_MS, -YEAR_MS])
def test_a_clock_wrong_by_a_year_and_set_right_again(here: World, off: int) -> None:
    journal, goal, (phone, laptop) = begin(here, "phone", "laptop")
    skew = [off]
    folder = phone.folder
    phone.close()
    phone = Device(folder, wall=lambda: here.now_ms + skew[0])
    say(phone, journal, goal, "with the clock wrong")
    here.settle([phone, laptop], journal)
    here.now_ms += 2 * CLAMP_MS
    say(laptop, journal, goal, "later, by the laptop")
    state = agree(here, journal, [phone, laptop])
    assert standing(state, goal) == ["later, by the laptop"]

    skew[0] = 0
    here.now_ms += DAY_MS
    say(phone, journal, goal, "with the clock right")
    (last,) = phone.log.unsent(journal)
    assert abs(hlc_ms(last.hlc) - here.now_ms) <= CLAMP_MS, "it counts from now again"
    state = agree(here, journal, [phone, laptop])
    assert standing(state, goal) == ["with the clock right"]
    say(laptop, journal, goal, "and the laptop last")
    assert standing(agree(here, journal, [phone, laptop]), goal) == ["and the laptop last"]
    end([phone, laptop])
