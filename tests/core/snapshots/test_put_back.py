"""Servers and devices that are put back while a device has a snapshot and not yet the log under it."""

import sqlite3
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from milepost.clock import new_id
from milepost.device import FILE_NAME, Device
from milepost.envelope import Event, authored
from milepost.errors import HistoryPartial
from milepost.events import Draft
from milepost.journal import FOLD_VERSION, State, dump_state, load_state, same, state_hash
from tests.core.snapshots.joining import assert_whole, long_journal, newcomer, revise
from tests.simulation import World, copy_device, put_device_back


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
