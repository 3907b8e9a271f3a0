"""A device that begins from a server's snapshot: usable at once, whole in the end, and nothing lost on the way."""

import hashlib
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.client import SyncReport
from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import Device
from milepost.errors import HistoryPartial, MilepostError
from milepost.journal import State, dump_state, load_state, state_hash
from milepost.register import writes_of
from milepost.views.journal import journal_view
from tests.core.snapshots.joining import REQUIRED, assert_whole, assert_written, long_journal, newcomer, revise
from tests.events import JOURNAL, entity, event
from tests.events import device as number_of
from tests.simulation import World

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


def test_a_snapshot_that_the_log_bears_out_is_kept_as_it_was_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    monkeypatch.setattr("milepost.device_states.dump_state", None)  # nothing is written anew
    world.meet(second)
    assert_whole(world, second, journal)
    assert assert_written(second, journal)
    monkeypatch.undo()
    revise(second, journal, goal, "On top")
    second.close()
    again = Device(world.folder / "second", wall=lambda: world.now_ms)
    assert journal_view(again.state(journal)).goals[0].title == "On top"
    again.close()


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


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
