"""Snapshots that are not what they say are passed over; where snapshot and log differ, the log counts."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import FILE_NAME
from milepost.envelope import salted_digest
from milepost.events import Draft
from milepost.journal import FOLD_VERSION, Progress, State, dump_state, load_state, state_hash
from milepost.steps import NoSnapshot, SyncFailed
from tests.core.snapshots.joining import assert_whole, changed, long_journal, newcomer, revise
from tests.simulation import World


def test_a_snapshot_of_another_fold_is_passed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, journal, _ = long_journal(world)
    monkeypatch.setattr("milepost.sync.FOLD_VERSION", FOLD_VERSION + 1)
    second = newcomer(world, journal)
    world.meet(second, history=False)
    assert_whole(world, second, journal)


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
