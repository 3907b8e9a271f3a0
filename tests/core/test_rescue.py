"""What a device alone still knows is written anew where the log that it comes from is lost for good."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import new_id, new_salt
from milepost.commands import add_goal, redact
from milepost.device import Device
from milepost.envelope import Event
from milepost.events import Draft, check_payload, redaction_of
from milepost.journal import State, state_hash
from milepost.register import writes_of
from milepost.rescue import from_state, lacking
from milepost.views.journal import conflicts
from tests.core.test_redaction import files_with
from tests.core.views.logs import fold, logs, slowly
from tests.events import device as number_of
from tests.events import entity, event
from tests.simulation import World, copy_device, put_device_back


def nobody(*_: object) -> bool:
    return False


def nothing(*_: object) -> None:
    """No event is at hand."""


def writes(state: State) -> set[tuple[str, ...]]:
    return {
        (kind, entity, name, stamp.device, str(stamp.n))
        for kind, entities in state.entities.items()
        for entity in list(entities)
        for name, register in state.registers(kind, entity).items()
        for stamp, _ in writes_of(register)
    }


@slowly
@given(logs(), st.integers(0, 80))
def test_what_is_lacking_is_written_anew_and_takes_the_place_of_nothing(log: list[Event], cut: int) -> None:
    old, now = fold(log), fold(log[:cut])
    before = writes(now)
    events = from_state(list(lacking(old, now, nothing)), old, now, new_id, new_salt, nobody)
    for one in events:
        check_payload(one)
        now.apply(one)
    assert not list(lacking(old, now, nothing))
    assert before <= writes(now)
    assert not any(one.seen for one in events)


def test_what_begins_something_does_not_take_the_place_of_what_was_just_written_of_it() -> None:
    """A session was revised here, and scheduled and revised at another time where it is not known."""
    here, there = ({"at": f"2026-10-{day}T15:00:00", "time_zone": "Europe/Berlin"} for day in (28, 20))
    log = [
        event(1, type="session.revised", id=entity(81), start=here),
        event(
            1, by=number_of(2), type="session.scheduled", id=entity(81), start=there, series=entity(90), original=there
        ),
    ]
    log[0] = msgspec.structs.replace(log[0], hlc=log[1].hlc[:-1] + "f")  # the later one is shown
    old, now = fold(log), fold(log[:1])
    for one in from_state(list(lacking(old, now, nothing)), old, now, new_id, new_salt, nobody):
        now.apply(one)
    assert not list(lacking(old, now, nothing))


@slowly
@given(logs())
def test_nothing_is_lacking_where_all_is_there(log: list[Event]) -> None:
    assert not list(lacking(fold(log), fold(log), nothing))


# Through a server


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 3)
    monkeypatch.setattr("milepost_server.snapshots.EVERY", 5)
    made = World(tmp_path)
    yield made
    made.close()


def write(device: Device, journal: str, name: str, **fields: object) -> None:
    device.append(journal, [Draft(name, fields)])


def left_alone(world: World) -> tuple[Device, str, str]:
    """A device that began from a snapshot which its server then lost, and the device that wrote it is lost as well."""
    laptop = world.device("laptop")
    journal = laptop.open_journal("Mine")
    goal, drafts = add_goal(laptop.state(journal), new_id, "A walk")
    laptop.append(journal, drafts)
    world.settle([laptop], journal)
    world.back_up()
    second, drafts = add_goal(laptop.state(journal), new_id, "Known to the phone alone", why="A reason")
    laptop.append(journal, drafts)
    for number in range(8):
        write(laptop, journal, "goal.revised", id=goal, title=f"A walk {number}")
    world.settle([laptop], journal)
    phone = world.device("phone")
    phone.welcome(journal, private=True)
    world.meet(phone, history=False)
    write(phone, journal, "goal.revised", id=second, helps="Company")
    world.put_back()
    laptop.close()
    return phone, journal, second


def test_a_device_goes_on_when_told_to_and_all_that_it_showed_is_there(world: World) -> None:
    phone, journal, second = left_alone(world)
    shown = phone.state(journal).fields("goal", second)
    waits = world.meet(phone)
    assert waits is not None
    assert "--go-on" in waits.problems[journal]
    assert phone.state(journal).fields("goal", second) == shown
    world.meet(phone, wait=False)
    world.settle([phone], journal)
    fresh = world.device("fresh")
    fresh.welcome(journal, private=True)
    world.settle([fresh, phone], journal)
    assert state_hash(fresh.state(journal)) == state_hash(phone.state(journal))
    there = fresh.state(journal).fields("goal", second)
    assert (there["title"], there["why"], there["helps"]) == ("Known to the phone alone", "A reason", "Company")
    assert phone.log.unsent_count(journal) == 0
    assert phone.log.rejected(journal) == []
    # What the title was before and what it became: nobody knows any more that the one replaced the other.
    assert [(one.field, one.a.value, one.b.value) for one in conflicts(fresh.state(journal))] == [
        ("title", "A walk 7", "A walk")
    ]
    write(phone, journal, "goal.revised", id=second, helps="More of it")
    world.settle([phone, fresh], journal)
    assert fresh.state(journal).fields("goal", second)["helps"] == "More of it"


def test_what_a_counter_that_was_used_again_seems_to_replace_is_written_anew(world: World) -> None:
    """Server and laptop are put back at once: what the laptop writes then has the name of what the phone knows."""
    laptop = world.device("laptop")
    journal = laptop.open_journal("Mine")
    goal, drafts = add_goal(laptop.state(journal), new_id, "A walk")
    laptop.append(journal, drafts)
    world.settle([laptop], journal)
    world.back_up()
    backup = copy_device(world, laptop, "laptop-backup")
    for number in range(4):
        write(laptop, journal, "goal.revised", id=goal, title=f"A walk {number}")
    write(laptop, journal, "goal.revised", id=goal, why="Known to the phone alone")
    for number in range(4, 8):
        write(laptop, journal, "goal.revised", id=goal, title=f"A walk {number}")
    world.settle([laptop], journal)
    phone = world.device("phone")
    phone.welcome(journal, private=True)
    world.meet(phone, history=False)
    assert phone.log.snapshots.get(journal) is not None
    world.put_back()
    laptop = put_device_back(world, laptop, backup)
    for number in range(6):
        write(laptop, journal, "goal.revised", id=goal, why=f"Written after all was put back {number}")
    world.settle([laptop], journal)
    assert world.meet(phone) is not None
    assert phone.state(journal).fields("goal", goal)["why"] == "Known to the phone alone"
    world.meet(phone, wait=False)
    world.settle([phone, laptop], journal)
    (why,) = [one for one in conflicts(laptop.state(journal)) if one.field == "why"]
    assert {why.a.value, why.b.value} == {"Known to the phone alone", "Written after all was put back 5"}


def test_what_is_here_is_not_put_on_top_of_events_that_took_the_counters_it_has_seen(world: World) -> None:
    """All values of the phone's snapshot are there again, but under other counters; what follows it would fit on top."""
    laptop = world.device("laptop")
    journal = laptop.open_journal("Mine")
    goal, drafts = add_goal(laptop.state(journal), new_id, "A walk")
    laptop.append(journal, drafts)
    world.settle([laptop], journal)
    world.back_up()
    backup = copy_device(world, laptop, "laptop-backup")
    write(laptop, journal, "goal.revised", id=goal, why="Because")
    for number in range(7):
        write(laptop, journal, "goal.revised", id=goal, title=f"A walk {number}")
    world.settle([laptop], journal)
    phone = world.device("phone")
    phone.welcome(journal, private=True)
    world.meet(phone, history=False)
    write(laptop, journal, "goal.revised", id=goal, why="On top")
    world.settle([laptop], journal)
    world.meet(phone, history=False)
    world.put_back()
    laptop = put_device_back(world, laptop, backup)
    for number in range(7):
        write(laptop, journal, "goal.revised", id=goal, title=f"A walk {number}")
    write(laptop, journal, "goal.revised", id=goal, why="Because")
    world.settle([laptop], journal)
    waits = world.meet(phone)
    assert waits is not None
    assert "--go-on" in waits.problems[journal]
    world.meet(phone, wait=False)
    world.settle([phone, laptop], journal)
    (why,) = [one for one in conflicts(laptop.state(journal)) if one.field == "why"]
    assert {why.a.value, why.b.value} == {"Because", "On top"}


def test_a_snapshot_that_lacks_only_what_is_here_is_begun_from(world: World) -> None:
    laptop = world.device("laptop")
    journal = laptop.open_journal("Mine")
    goal, drafts = add_goal(laptop.state(journal), new_id, "A walk")
    laptop.append(journal, drafts)
    for number in range(8):
        write(laptop, journal, "goal.revised", id=goal, title=f"A walk {number}")
    world.settle([laptop], journal)
    world.back_up()
    phone = world.device("phone")
    phone.welcome(journal, private=True)
    world.meet(phone, history=False)
    assert phone.log.snapshots.get(journal) is not None
    write(phone, journal, "goal.revised", id=goal, why="Written on the phone")
    world.meet(phone, history=False)
    world.put_back()
    report = world.meet(phone)
    assert report is not None
    assert report.problems == {}
    world.settle([phone, laptop], journal)
    assert laptop.state(journal).fields("goal", goal)["why"] == "Written on the phone"


def test_words_that_a_new_snapshot_is_without_are_taken_out_of_what_was_here_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost.device_states.KEEP_STATE_AFTER", 2)
    laptop = world.device("laptop")
    journal = laptop.open_journal("Mine")
    goal, drafts = add_goal(laptop.state(journal), new_id, "A walk", why="Unspeakable")
    laptop.append(journal, drafts)
    for number in range(8):
        write(laptop, journal, "goal.revised", id=goal, title=f"A walk {number}")
    world.settle([laptop], journal)
    world.back_up()
    write(laptop, journal, "goal.revised", id=goal, title="Lost by the server")
    world.settle([laptop], journal)
    phone = world.device("phone")
    phone.welcome(journal, private=True)
    world.meet(phone, history=False)
    world.put_back()
    laptop.append(journal, redact(laptop.state(journal), laptop.log.history(journal), new_id, "goal", goal, ["why"]))
    world.settle([laptop], journal)
    assert any(redaction_of(one) for one in world.log(journal))
    world.settle([phone, laptop], journal)
    for folder in ("laptop", "phone", "server"):
        assert not files_with(world.folder / folder, "Unspeakable"), folder
    assert msgspec.json.decode(phone.log.history(journal)[1].payload)["why"] is None
