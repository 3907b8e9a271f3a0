import weakref
from pathlib import Path

import msgspec
import pytest

from milepost.clock import NOBODY, new_id
from milepost.commands import add_goal, add_milestone, amend_checkin, check_in, rank_goal, retract_checkin, settle
from milepost.device import FILE_NAME, Device
from milepost.errors import InvalidEvent, InvalidInput, NotFound, StorageDamaged, StorageFull
from milepost.events import Draft
from milepost.journal import state_hash
from milepost.views.journal import conflicts, goal_view, journal_view
from tests.simulation import World


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path / "device")


def add(device: Device, journal: str, title: str) -> str:
    goal, drafts = add_goal(device.state(journal), new_id, title)
    device.append(journal, drafts)
    return goal


def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    device = Device(tmp_path / "d")
    journal = device.open_journal("Mine")
    goals = [add(device, journal, f"Goal {n}") for n in range(5)]
    before = state_hash(device.state(journal))
    device.close()
    again = Device(tmp_path / "d")
    assert state_hash(again.state(journal)) == before
    assert [g.id for g in journal_view(again.state(journal)).goals] == goals
    again.close()


def test_what_is_remembered_of_a_journal_is_gone_when_its_folder_is_closed(tmp_path: Path) -> None:
    device = Device(tmp_path)
    remembered = weakref.ref(device.state(device.open_journal("Mine")))
    assert remembered() is not None
    device.close()
    assert remembered() is None, "long journals are large: nobody waits for the collector"


def test_two_processes_on_one_folder_take_turns(tmp_path: Path) -> None:
    one, two = Device(tmp_path / "d"), Device(tmp_path / "d")
    journal = one.open_journal("Mine")
    for turn in range(20):
        add((one, two)[turn % 2], journal, f"Turn {turn}")
        assert len(journal_view(one.state(journal)).goals) == len(journal_view(two.state(journal)).goals) == turn + 1
    assert state_hash(one.state(journal)) == state_hash(two.state(journal))
    one.close()
    two.close()


def test_all_of_a_command_is_written_or_nothing(device: Device) -> None:
    journal = device.open_journal("Mine")
    before = state_hash(device.state(journal))
    good = add_goal(device.state(journal), new_id, "Good")[1]
    with pytest.raises(InvalidEvent):
        device.append(journal, [*good, Draft("goal.revised", {"id": "nonsense", "title": "x"})])
    with pytest.raises(InvalidEvent, match="title"):
        device.append(journal, [*good, Draft("goal.created", {"id": new_id(), "title": 5})])
    huge = dict.fromkeys(("why", "helps", "looks_like", "reason"), "🐦" * 20000)
    with pytest.raises(InvalidInput, match="too long"):
        device.append(journal, [Draft("goal.revised", {"id": new_id(), **huge})])
    with pytest.raises(NotFound):
        device.append(new_id(), good)
    assert state_hash(device.state(journal)) == before
    assert device.log.unsent_count(journal) == 1
    device.close()


def test_a_full_disk_loses_nothing_and_says_so(tmp_path: Path) -> None:
    device = Device(tmp_path / "d")
    journal = device.open_journal("Mine")
    add(device, journal, "Kept")
    connection = device.log._sql
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {used + 2}")
    written = 0
    while written < 500:
        note = [Draft("checkin.recorded", {"id": new_id(), "on": "2026-12-01", "note": f"{written} " * 400})]
        try:
            device.append(journal, note)
        except StorageFull as error:
            assert "Free some" in str(error)
            break
        written += 1
    assert 0 < written < 500
    assert len(journal_view(device.state(journal)).checkins) == written
    connection.execute("PRAGMA max_page_count = 1000000")
    add(device, journal, "After")
    assert [g.title for g in journal_view(device.state(journal)).goals] == ["Kept", "After"]
    device.close()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / FILE_NAME).write_bytes(b"garbage" * 1000)
    with pytest.raises(StorageDamaged, match=FILE_NAME):
        Device(tmp_path / "d")
    assert (tmp_path / "d" / FILE_NAME).read_bytes() == b"garbage" * 1000


def test_a_rejected_event_is_set_apart_and_the_rest_goes_on(tmp_path: Path) -> None:
    world = World(tmp_path)
    device = world.device("d")
    journal = device.open_journal("Mine")
    goal = add(device, journal, "Fine")
    device.log._sql.execute(
        'UPDATE events SET body = replace(CAST(body AS TEXT), \'"title":"Fine"\', \'"titel":"Fine"\')'
    )
    device.log.bump(journal)
    add(device, journal, "Next")
    report = world.meet(device)
    assert report is not None
    assert (report.sent, report.rejected) == (2, 1)
    (rejected,) = device.log.rejected(journal)
    assert "titel" in rejected.reason
    assert b"Fine" in rejected.event.payload
    assert goal not in device.state(journal).entities["goal"]
    other = world.device("other")
    other.welcome(journal, private=True)
    world.settle([device, other], journal)
    assert state_hash(device.state(journal)) == state_hash(other.state(journal))
    for one in (device, other):
        one.close()
    world.close()


def test_before_pairing_nobody_wrote_it_and_after_it_was_the_person(tmp_path: Path) -> None:
    device = Device(tmp_path / "d")
    journal = device.open_journal("Mine")
    add(device, journal, "x")
    assert {e.actor for _, e in device.log.events(journal)} == {NOBODY}
    account = new_id()
    device.adopt_account(account)
    add(device, journal, "y")
    assert {e.actor for _, e in device.log.events(journal)} == {account}
    device.close()


def test_moving_into_another_journal_keeps_every_entity_and_its_id(tmp_path: Path) -> None:
    device = Device(tmp_path / "d")
    source, target = device.open_journal("Here"), device.open_journal("There")
    goal = add(device, source, "Mine")
    made, drafts = check_in(device.state(source), new_id, goal, "2026-12-01", value=3)
    device.append(source, drafts)
    add(device, target, "Theirs")
    assert device.move_into(source, target) == 2
    assert [row.journal for row in device.rows()] == [target]
    state = device.state(target)
    assert {g.title for g in journal_view(state).goals} == {"Mine", "Theirs"}
    assert [c.id for c in goal_view(state, goal).checkins] == [made]
    assert state.fields("journal", target)["title"] == "There"
    device.close()


def test_an_amendment_made_meanwhile_brings_a_retracted_checkin_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    phone, laptop = world.device("phone"), world.device("laptop")
    journal = phone.open_journal("Mine")
    made, drafts = check_in(phone.state(journal), new_id, None, "2026-12-01", note="as it was")
    phone.append(journal, drafts)
    world.meet(phone)
    laptop.welcome(journal, private=True)
    world.meet(laptop)
    phone.append(journal, retract_checkin(phone.state(journal), made))
    assert journal_view(phone.state(journal)).checkins == ()
    laptop.append(journal, amend_checkin(laptop.state(journal), made, {"note": "as it truly was"}))
    world.settle([phone, laptop], journal)
    for device in (phone, laptop):
        assert [c.note for c in journal_view(device.state(journal)).checkins] == ["as it truly was"]
    phone.append(journal, retract_checkin(phone.state(journal), made))
    world.settle([phone, laptop], journal)
    assert journal_view(laptop.state(journal)).checkins == ()
    for device in (phone, laptop):
        device.close()
    world.close()


@pytest.mark.parametrize("field", ["title", "due", "importance", "status", "rank", "value", "note"])
def test_every_kind_of_conflict_can_be_settled(tmp_path: Path, field: str) -> None:
    world = World(tmp_path)
    devices = [world.device("phone"), world.device("laptop")]
    journal = devices[0].open_journal("Mine")
    goal = add(devices[0], journal, "Goal")
    made, drafts = check_in(devices[0].state(journal), new_id, goal, "2026-12-01", value=1, note="n")
    devices[0].append(journal, drafts)
    world.meet(devices[0])
    devices[1].welcome(journal, private=True)
    world.meet(devices[1])
    values = {
        "title": ("a", "b"), "due": ("2026-12-01", None), "importance": (3, 7), "rank": ("a", "b"),
        "status": ("paused", "achieved"), "value": (3, 4), "note": ("x", "y"),
    }[field]  # fmt: skip
    for device, value in zip(devices, values, strict=True):
        entity, kind = (made, "checkin.amended") if field in {"value", "note"} else (goal, "goal.revised")
        more = {"on": "2026-12-02"} if field == "status" else {}
        name = {"status": "goal.status_changed", "rank": "goal.ranked"}.get(field, kind)
        device.append(journal, [Draft(name, {"id": entity, field: value, **more})])
    world.settle(devices, journal)
    (conflict,) = conflicts(devices[0].state(journal))
    assert conflict.field == field
    chosen = conflict.b.value
    devices[0].append(journal, settle(devices[0].state(journal), conflict.kind, conflict.id, field, chosen))
    world.settle(devices, journal)
    for device in devices:
        assert conflicts(device.state(journal)) == []
        shown = device.state(journal).fields(conflict.kind, conflict.id)
        assert shown[field] == (chosen[field] if isinstance(chosen, dict) else chosen)
        device.close()
    world.close()


def test_the_same_words_on_both_sides_are_no_conflict(tmp_path: Path) -> None:
    world = World(tmp_path)
    devices = [world.device("phone"), world.device("laptop")]
    journal = devices[0].open_journal("Mine")
    goal = add(devices[0], journal, "Goal")
    world.meet(devices[0])
    devices[1].welcome(journal, private=True)
    world.meet(devices[1])
    for device in devices:
        device.append(journal, [Draft("goal.revised", {"id": goal, "title": "the same"})])
    world.settle(devices, journal)
    assert all(conflicts(device.state(journal)) == [] for device in devices)
    for device in devices:
        device.close()
    world.close()


def test_what_is_written_says_in_which_version(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    from milepost.events import registry

    journal = device.open_journal("Mine")
    newer = msgspec.structs.replace(registry.EVENT_TYPES["journal.revised"], v=2)
    monkeypatch.setitem(registry.EVENT_TYPES, "journal.revised", newer)
    (written,) = device.append(journal, [Draft("journal.revised", {"title": "Mine, anew"})])
    assert written.v == 2


def test_an_unknown_type_is_kept_passed_on_and_folded_once_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from milepost.events import registry

    monkeypatch.setattr("milepost.device_states.KEEP_STATE_AFTER", 1)
    world = World(tmp_path)
    old, new = world.device("old"), world.device("new")
    journal = new.open_journal("Mine")
    goal = add(new, journal, "Goal")
    world.meet(new)
    old.welcome(journal, private=True)
    world.meet(old)
    known = dict(registry.EVENT_TYPES)
    new.append(journal, [Draft("goal.ranked", {"id": goal, "rank": "zz"})])
    with monkeypatch.context() as older:
        older.setattr(registry, "EVENT_TYPES", {name: t for name, t in known.items() if name != "goal.ranked"})
        world.meet(new)
        world.meet(old)
        assert old.state(journal).fields("goal", goal)["rank"] == "1"
        assert [e.type for e in old.state(journal).unfolded] == ["goal.ranked"]
        before = old.log.journal(journal).device
        old.append(journal, [Draft("goal.revised", {"id": goal, "title": "by the old one"})])
        written = old.log.find(journal, before, 1)
        assert written is not None
        assert written.seen == {new.log.journal(journal).device: 2}, "it has not seen what it can't read"
        world.meet(old)
        assert old.log._sql.execute("SELECT COUNT(*) FROM states").fetchone() == (1,), "it kept what it had folded"
        old.close()
    old = world.device("old")
    assert old.state(journal).fields("goal", goal)["rank"] == "zz", "once it is upgraded, with nothing else told to it"
    world.settle([old, new], journal)
    assert old.state(journal).fields("goal", goal)["rank"] == "zz"
    assert state_hash(old.state(journal)) == state_hash(new.state(journal))
    for device in (old, new):
        device.close()
    world.close()


@pytest.mark.parametrize("rank", ["Zebra", "1.5", "a0", "~~", "ä"])
def test_places_that_another_kind_of_device_gave_are_in_nobodys_way(device: Device, rank: str) -> None:
    journal = device.open_journal("Mine")
    theirs = new_id()
    device.append(journal, [Draft("goal.created", {"id": theirs, "title": "Theirs", "rank": rank})])
    mine = [add(device, journal, title) for title in ("One", "Two")]
    device.append(journal, add_milestone(device.state(journal), new_id, mine[0], "A step")[1])
    device.append(journal, [Draft("milestone.revised", {"id": new_id(), "rank": rank})])
    device.append(journal, add_milestone(device.state(journal), new_id, mine[0], "Another")[1])
    device.append(journal, rank_goal(device.state(journal), mine[1], 1))
    assert journal_view(device.state(journal)).goals[0].title == "Two"
    device.close()


def test_how_long_a_log_is_makes_no_difference_to_what_a_sync_asks_about_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    device = world.device("d")
    journal = device.open_journal("Mine")
    world.meet(device)
    short = steps_of_standing(device, journal)
    for _ in range(8):
        device.append(journal, [Draft("topic.added", {"id": new_id(), "text": f"{n}"}) for n in range(50)])
        world.meet(device)
    assert device.log.journal(journal).cursor.seq == 401
    assert steps_of_standing(device, journal) < short + 50
    device.close()
    world.close()


def steps_of_standing(device: Device, journal: str) -> int:
    """How many steps SQLite's machine takes to tell where a device stands."""
    steps: list[None] = []
    device.log.connection.set_progress_handler(lambda: steps.append(None), 1)
    device.standing(journal)
    device.log.connection.set_progress_handler(None, 1)
    return len(steps)
