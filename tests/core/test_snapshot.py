"""A device that begins from a server's snapshot: usable at once, whole in the end, and nothing lost on the way."""

import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from milepost.client import SyncReport
from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import FILE_NAME, Device
from milepost.envelope import Event, authored, salted_digest
from milepost.errors import HistoryPartial, MilepostError
from milepost.events import Draft
from milepost.journal import FOLD_VERSION, Progress, State, dump_state, load_state, same, state_hash
from milepost.register import writes_of
from milepost.steps import NoSnapshot, SyncFailed
from milepost.views.journal import journal_view
from tests.events import JOURNAL, entity, event
from tests.events import device as number_of
from tests.simulation import World, copy_device, put_device_back

PAGE = 3
REQUIRED = {
    "goal.created": ("title",),
    "goal.status_changed": ("status", "on"),
    "checkin.recorded": ("on",),
    "practice.added": ("title", "recurrence", "start"),
    "measure.revised": (),
}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", PAGE)
    monkeypatch.setattr("milepost_server.snapshots.MAX_BEHIND", 4)
    monkeypatch.setattr("milepost_server.snapshots.EVERY", 5)
    monkeypatch.setattr("milepost.device_states.KEEP_STATE_AFTER", 5)
    yield


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


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


KINDS = {
    "goal.created": ("id", "title", "why", "due", "start"),
    "goal.status_changed": ("id", "status", "on", "reflection"),
    "checkin.recorded": ("id", "subject", "on", "at", "value", "note"),
    "practice.added": ("id", "title", "recurrence", "start", "minutes"),
    "measure.revised": ("id", "level_minus_1", "level_minus_2", "level_0", "low"),
}
VALUES: dict[str, Any] = {
    "title": "x", "why": "y", "due": "2026-01-01", "start": "2026-01-01", "status": "paused", "on": "2026-01-02",
    "reflection": "z", "subject": entity(9), "at": "2026-01-01T08:00:00", "value": 3, "note": "n", "low": 1,
    "recurrence": "FREQ=DAILY", "minutes": 5, "level_minus_1": "a", "level_minus_2": "b", "level_0": "c",
}  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.sampled_from(sorted(KINDS)), st.integers(1, 4), st.integers(0, 31), st.booleans()
        ),
        max_size=25,
    )
)
def test_the_state_hash_is_that_of_the_sorted_lines(steps: list[tuple[int, str, int, int, bool]]) -> None:
    """As the protocol says it, register by register; the code takes a shorter way."""
    state, counters = State(JOURNAL), dict.fromkeys(map(number_of, range(1, 4)), 0)
    for writer, type_name, subject, chosen, saw in steps:
        by = number_of(writer)
        counters[by] += 1
        fields = {"id": entity(subject)}
        fields |= {
            name: VALUES[name]
            for place, name in enumerate(KINDS[type_name][1:])
            if chosen >> place & 1 or name in REQUIRED[type_name]
        }
        seen = {other: n for other, n in counters.items() if other != by and n} if saw else {}
        state.apply(event(counters[by], by=by, type=type_name, seen=seen, **fields))
    lines = []
    for kind in list(state.entities):
        for one in list(state.entities[kind]):
            for name, register in state.registers(kind, one).items():
                first, *rest = (f"{stamp.device}.{stamp.n}" for stamp, _ in writes_of(register))
                lines.append(f"{kind}/{one}/{name}:{','.join([first, *sorted(rest)])}\n")
    fresh = load_state(dump_state(state))
    assert fresh is not None
    assert state_hash(state) == hashlib.sha256("".join(sorted(lines)).encode()).hexdigest() == state_hash(fresh)


def test_a_new_device_is_usable_before_it_has_the_log(world: World) -> None:
    first, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    report = world.meet(second, history=False)
    assert isinstance(report, SyncReport)
    assert len(list(second.log.events(journal))) < 20
    assert state_hash(second.state(journal)) == state_hash(first.state(journal))
    assert journal_view(second.state(journal)).goals[0].title == "Title 18"


def test_what_needs_the_whole_log_says_so_until_it_is_here(world: World) -> None:
    _, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    with pytest.raises(HistoryPartial, match=r"only 3 of the first 20 events .* `milepost sync`"):
        second.log.history(journal)
    world.meet(second)
    assert len(second.log.history(journal)) == 20


def test_one_sync_brings_all_of_it(world: World) -> None:
    _, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    report = world.meet(second)
    assert report is not None
    assert (report.received, report.corrected, report.problems) == (20, 0, {})
    assert_whole(world, second, journal)


def test_what_is_written_on_top_of_a_snapshot_has_seen_it_and_reaches_the_others(world: World) -> None:
    first, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    revise(second, journal, goal, "Anew")
    (mine,) = second.log.unsent(journal)
    assert mine.seen == {first.log.journal(journal).device: 20}
    world.meet(second, history=False)
    world.meet(first)
    register = first.state(journal).registers("goal", goal)["title"]
    assert isinstance(register, tuple)
    assert register[1] == "Anew"
    world.meet(second)
    assert_whole(world, second, journal)


def test_what_was_written_before_the_first_sync_stands_on_top_of_the_snapshot(world: World) -> None:
    first, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    own = [add_goal(second.state(journal), new_id, f"Own {n}") for n in range(4)]
    for _, drafts in own:
        second.append(journal, drafts)
    world.meet(second, history=False)
    titles = {view.title for view in journal_view(second.state(journal)).goals}
    assert titles == {"Title 18", *(f"Own {n}" for n in range(4))}
    world.settle([first, second], journal)
    assert_whole(world, second, journal)
    assert_whole(world, first, journal)


def test_what_is_written_later_stands_on_top_even_where_what_stood_there_is_gone(world: World) -> None:
    _, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    revise(second, journal, goal, "Before the first sync")
    world.meet(second, history=False)
    begun = second.log.snapshots.get(journal)
    assert begun is not None
    with second.log.transaction():
        second.log.remove(journal, second.id, 1)
        second.log.bump(journal)
    revise(second, journal, goal, "Later")
    assert [event.n for _, event in second.log.events(journal, begun.ordinal)] == [1]
    assert second.state(journal).fields("goal", goal)["title"] == "Later"


def test_a_device_that_closes_in_the_middle_of_it_goes_on_where_it_was(world: World) -> None:
    _, journal, goal = long_journal(world, 30)
    second = newcomer(world, journal)
    known = []
    for _ in range(40):
        world.meet(second, requests=2)
        begun = second.log.snapshots.get(journal)
        known.append(begun.known.seq if begun else 99)
        second.close()
        second = Device(world.folder / "second", wall=lambda: world.now_ms)
        revise(second, journal, goal, f"Title while {len(known)}")
        if begun is None:
            break
    assert known == sorted(known)
    assert len(set(known)) > 3
    world.settle([second], journal)
    assert_whole(world, second, journal)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    length=st.integers(2, 25),
    turns=st.lists(
        st.tuples(
            st.sampled_from(["meet", "usable", "write", "elsewhere", "reopen"]), st.integers(1, 4), st.booleans()
        ),
        max_size=14,
    ),
)
def test_however_it_is_interrupted_all_devices_end_with_the_same(
    length: int, turns: list[tuple[str, int, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        first, journal, goal = long_journal(world, length)
        second = newcomer(world, journal)
        written = set()
        for number, (what, requests, lose) in enumerate(turns):
            world.now_ms += 1
            if what in {"meet", "usable"}:
                world.meet(second, requests=requests, lose_answer=lose, history=what == "meet")
            elif what == "reopen":
                second.close()
                second = Device(world.folder / "second", wall=lambda: world.now_ms)
            else:
                writer = second if what == "write" else first
                _, drafts = add_goal(writer.state(journal), new_id, f"Goal {number}")
                writer.append(journal, drafts)
                written.add(f"Goal {number}")
                revise(writer, journal, goal, f"Revised {number}")
                if lose:
                    world.meet(writer)
        world.settle([first, second], journal)
        assert state_hash(first.state(journal)) == state_hash(second.state(journal))
        assert_whole(world, second, journal)
        assert {view.title for view in journal_view(second.state(journal)).goals} >= written
        for device in (first, second):
            device.close()
        world.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(after=st.integers(1, 200), more=st.integers(1, 40))
def test_a_crash_between_any_two_steps_loses_nothing(after: int, more: int) -> None:
    """SQLite is stopped in the middle of a transaction, again and again, a little further each time."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        first, journal, _ = long_journal(world, 14)
        second = newcomer(world, journal)
        _, drafts = add_goal(second.state(journal), new_id, "Own")
        second.append(journal, drafts)
        crashes = 0
        for turn in range(2_000):
            crashed: list[None] = []
            _stop_after(second.log._sql, 5 * (after + turn * more), crashed)
            try:
                world.meet(second)
            except (MilepostError, sqlite3.Error):
                crashes += 1
            second.close()
            second = Device(world.folder / "second", wall=lambda: world.now_ms)
            assert journal_view(second.state(journal)).goals
            if not crashed:
                break
        assert not crashed
        assert crashes
        world.settle([first, second], journal)
        assert_whole(world, second, journal)
        assert {view.title for view in journal_view(first.state(journal)).goals} == {"Title 12", "Own"}
        for device in (first, second):
            device.close()
        world.close()


def _stop_after(connection: sqlite3.Connection, steps: int, crashed: list[None]) -> None:
    """Interrupts whatever the connection does after so many steps of SQLite's machine, in a transaction."""
    left = [steps]

    def tick() -> int:
        left[0] -= 10
        if left[0] > 0 or not connection.in_transaction or crashed:
            return 0
        crashed.append(None)
        return 1

    connection.set_progress_handler(tick, 10)


def test_a_snapshot_of_another_fold_is_passed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, journal, _ = long_journal(world)
    monkeypatch.setattr("milepost.sync.FOLD_VERSION", FOLD_VERSION + 1)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    assert_whole(world, second, journal)


def changed(world: World, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    """From now on the server's snapshots are changed on their way."""
    sent = world.snapshot
    monkeypatch.setattr(world, "snapshot", lambda *asked: msgspec.structs.replace(sent(*asked), **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"state_hash": "0" * 64},
        {"state": Raw(b'{"fold":1}')},
        {"state": Raw(dump_state(State(new_id()))), "state_hash": state_hash(State(new_id()))},
    ],
    ids=["another hash", "no state", "another journal"],
)
def test_a_snapshot_that_does_not_add_up_is_passed_over(
    world: World, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    _, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    changed(world, monkeypatch, **fields)
    world.meet(second, history=False)
    assert_whole(world, second, journal)


def test_a_server_without_snapshots_is_synced_with_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    monkeypatch.setattr(world, "snapshot", lambda journal, least: NoSnapshot())
    world.meet(second, history=False)
    assert_whole(world, second, journal)


def test_where_snapshot_and_log_differ_the_log_counts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    sent = world.snapshot(journal)
    lying = load_state(bytes(sent.state))
    assert lying is not None
    ((stamp, _),) = [lying.registers("goal", goal)["title"]]
    stamp.n -= 1
    state = Raw(dump_state(lying))
    changed(world, monkeypatch, state=state, state_hash=state_hash(lying))
    world.meet(second, history=False)
    assert state_hash(second.state(journal)) != state_hash(first.state(journal))
    report = world.meet(second)
    assert report is not None
    assert report.corrected == 1
    assert_whole(world, second, journal)


def test_what_a_snapshot_claims_to_have_of_this_devices_own_is_folded_where_the_log_has_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    lying = load_state(bytes(world.snapshot(journal).state))
    assert lying is not None
    lying.devices[second.id] = Progress(2, {})
    changed(world, monkeypatch, state=Raw(dump_state(lying)))
    revise(second, journal, goal, "Mine")
    revise(second, journal, goal, "Mine again")
    world.meet(second)
    world.settle([first, second], journal)
    assert_whole(world, second, journal)
    assert second.state(journal).fields("goal", goal) == first.state(journal).fields("goal", goal)


def test_words_taken_out_while_history_comes_in_are_gone_when_it_is_whole(world: World) -> None:
    first, journal, goal = long_journal(world, 30)
    said, drafts = add_goal(first.state(journal), new_id, "Never mind this")
    (named, *_) = first.append(journal, drafts)
    for number in range(30):
        revise(first, journal, goal, f"Later {number}")
    world.meet(first)
    second = newcomer(world, journal)
    world.meet(second, requests=14)
    begun = second.log.snapshots.get(journal)
    assert begun is not None
    assert begun.known.seq > named.n
    of = {"device": named.device, "n": named.n, "digest": salted_digest(named)}
    second.append(journal, [Draft("redaction.made", {"id": new_id(), **of})])
    world.meet(second)
    assert_whole(world, second, journal)
    assert second.state(journal).fields("goal", said)["title"] is None
    world.settle([first, second], journal)
    assert b"Never mind" not in (second.folder / FILE_NAME).read_bytes()


def test_a_log_that_does_not_lead_to_the_snapshot_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    asked = world.page

    def altered(journal: str, after: Any, until: int) -> Any:
        page = asked(journal, after, until)
        events = [msgspec.structs.replace(e, received_at=e.received_at + 1) for e in page.events]
        return msgspec.structs.replace(page, events=events)

    monkeypatch.setattr(world, "page", altered)
    with pytest.raises(SyncFailed, match="nothing was taken"):
        world.meet(second)
    monkeypatch.undo()
    revise(second, journal, goal, "Goes on")
    world.settle([second], journal)
    assert second.state(journal).fields("goal", goal)["title"] == "Goes on"


def test_a_device_fetches_history_before_it_gives_anything_back(world: World) -> None:
    first, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    world.back_up()
    revise(first, journal, goal, "Lost by the server")
    world.meet(first)
    revise(second, journal, goal, "Lost as well")
    world.meet(second, history=False)
    first.close()
    world.put_back()
    report = world.meet(second, history=False)
    assert report is not None
    assert (report.repaired, report.problems) == (2, {})
    assert_whole(world, second, journal)
    assert {"Lost by the server", "Lost as well"} <= titles(world.log(journal))


def titles(events: list[Event]) -> set[str]:
    return {msgspec.json.decode(event.payload).get("title", "") for event in events if event.payload}


def test_a_server_put_back_to_before_the_snapshot_gets_what_others_have_first(world: World) -> None:
    first, journal, goal = long_journal(world, 10)
    world.back_up()
    for number in range(20):
        revise(first, journal, goal, f"Later {number}")
    world.meet(first)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    revise(second, journal, goal, "Mine, confirmed")
    world.meet(second, history=False)
    revise(second, journal, goal, "Mine, not sent")
    world.put_back()
    report = world.meet(second, history=False)
    assert report is not None
    assert "put back to before the snapshot" in report.problems[journal]
    assert second.state(journal).fields("goal", goal)["title"] == "Mine, not sent"
    third = newcomer(world, journal, "third")
    revise(third, journal, goal, "Somebody else writes meanwhile")
    world.meet(third)
    world.settle([first, second, third], journal)
    for device in (first, second, third):
        assert_whole(world, device, journal)
    assert {"Mine, confirmed", "Mine, not sent", "Later 19"} <= titles(world.log(journal))
    assert len({state_hash(device.state(journal)) for device in (first, second, third)}) == 1


def test_a_device_put_back_to_the_middle_of_it_becomes_another_and_keeps_its_words(world: World) -> None:
    first, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, requests=3)
    assert second.log.snapshots.get(journal) is not None
    backup = copy_device(world, second, "backup")
    revise(second, journal, goal, "Before")
    world.meet(second, history=False)
    second = put_device_back(world, second, backup)
    revise(second, journal, goal, "After")
    world.settle([first, second], journal)
    assert_whole(world, second, journal)
    assert {"Before", "After"} <= titles(world.log(journal))


def test_after_an_upgrade_of_the_fold_the_log_is_fetched_and_nothing_written_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    revise(second, journal, goal, "Written before the upgrade")
    second.close()
    for module in ("journal", "sync", "device_snapshot"):
        monkeypatch.setattr(f"milepost.{module}.FOLD_VERSION", FOLD_VERSION + 1)
    second = Device(world.folder / "second", wall=lambda: world.now_ms)
    with pytest.raises(HistoryPartial, match=r"another version .* `milepost sync`"):
        second.state(journal)
    world.meet(second)
    assert_whole(world, second, journal)
    assert second.state(journal).fields("goal", goal)["title"] == "Written before the upgrade"


def test_two_processes_may_fetch_history_side_by_side(world: World) -> None:
    _, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, requests=3)
    beside = Device(world.folder / "second", wall=lambda: world.now_ms)
    world.meet(beside, requests=3)
    world.meet(second)
    assert_whole(world, second, journal)
    assert state_hash(beside.state(journal)) == state_hash(second.state(journal))
    beside.close()


def test_events_of_a_kind_that_is_not_known_come_with_the_snapshot(world: World) -> None:
    first, journal, _ = long_journal(world)
    unknown = [Draft("goal.created", {"id": new_id(), "title": "x"})]
    (made,) = first.append(journal, unknown)
    strange = msgspec.structs.replace(authored(made), type="later.thing", data=Raw(b'{"some":"words"}'))
    first.log._sql.execute("UPDATE events SET body = ? WHERE n = ?", (msgspec.json.encode(strange), strange.n))
    world.meet(first)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    assert [event.type for event in second.state(journal).unfolded] == ["later.thing"]
    assert second.state(journal).context(second.id) == {made.device: made.n - 1}
    world.meet(second)
    assert_whole(world, second, journal)


def test_the_file_of_a_device_from_before_snapshots_is_brought_up_to_date(tmp_path: Path) -> None:
    from milepost.device_file import SCHEMA
    from milepost.schema import migrate

    (tmp_path / "old").mkdir()
    connection = sqlite3.connect(tmp_path / "old" / FILE_NAME, isolation_level=None)
    migrate(connection, "device", SCHEMA[:1])
    connection.close()
    device = Device(tmp_path / "old")
    assert device.log.snapshots.get(device.open_journal("Mine")) is None
    device.close()


def test_states_are_the_same_only_where_writes_and_values_are(world: World) -> None:
    first, journal, goal = long_journal(world)
    state = first.state(journal)
    again = load_state(dump_state(state))
    assert again is not None
    assert same(state, again)
    assert state_hash(state) == state_hash(again)
    stamp, value = again.registers("goal", goal)["title"]
    again.entities["goal"][goal] |= {"title": (stamp, f"{value}!")}  # type: ignore[operator,list-item]
    assert not same(state, again)
    assert not same(state, State(journal))
