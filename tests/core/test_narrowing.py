"""A request that a server refuses as a whole: the event that it can't read is found and set apart, and blocks nothing."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import Device
from milepost.envelope import Event
from milepost.errors import InvalidInput, TooLarge
from milepost.journal import state_hash
from milepost.messages import MAX_PUSH_EVENTS, SyncAnswer, SyncRequest
from milepost.narrowing import Narrowing
from milepost.quarantine import refused, waiting
from milepost.transport import problem_error
from milepost.views.journal import journal_view
from tests.events import JOURNAL, event
from tests.simulation import World


class Picky(World):
    """A server that can't read a request with a certain word in it, and takes none of more than so many events."""

    word = b"unreadable"
    most = MAX_PUSH_EVENTS
    asked = 0

    def sync(self, request: SyncRequest) -> SyncAnswer:
        self.asked += 1
        events = [event for part in request.journals.values() for event in part.events]
        if any(self.word in event.payload for event in events):
            raise InvalidInput("The body is not JSON of the form that is wanted.")
        if len(events) > self.most:
            raise TooLarge("A proxy takes no more.")
        return super().sync(request)


def add(device: Device, journal: str, title: str) -> None:
    device.append(journal, add_goal(device.state(journal), new_id, title)[1])


def titles(device: Device, journal: str) -> list[str]:
    return sorted(goal.title for goal in journal_view(device.state(journal)).goals)


def test_an_event_that_a_server_cannot_read_is_set_apart_and_blocks_nothing_behind_it(tmp_path: Path) -> None:
    world = Picky(tmp_path)
    device = world.device("d")
    journal = device.open_journal("Mine")
    for n in range(20):
        add(device, journal, "unreadable" if n in {3, 17} else f"Goal {n:02}")
    report = world.meet(device)
    assert report is not None
    assert device.log.unsent_count(journal) == 0
    good = [f"Goal {n:02}" for n in range(20) if n not in {3, 17}]
    assert titles(device, journal) == good
    found = waiting(device, journal)
    assert [one.fields["title"] for one in found] == ["unreadable", "unreadable"]
    assert {one.reason for one in found} == {"The body is not JSON of the form that is wanted."}
    other = world.device("e")
    world.meet(other)
    assert titles(other, journal) == good
    assert state_hash(other.state(journal)) == state_hash(device.state(journal))
    world.settle([device, other], journal)
    assert len(refused(device, journal)) == 2
    device.close()
    other.close()
    world.close()


@pytest.mark.parametrize("requests", range(1, 7))
@pytest.mark.parametrize("lose_answer", [False, True])
def test_a_network_that_goes_at_any_moment_changes_nothing_of_that(
    tmp_path: Path, requests: int, lose_answer: bool
) -> None:
    world = Picky(tmp_path)
    device = world.device("d")
    journal = device.open_journal("Mine")
    for title in ("One", "unreadable", "Two", "Three"):
        add(device, journal, title)
    world.meet(device, requests=requests, lose_answer=lose_answer)
    add(device, journal, "Four")
    assert world.meet(device) is not None
    assert device.log.unsent_count(journal) == 0
    assert titles(device, journal) == ["Four", "One", "Three", "Two"]
    assert [one.fields["title"] for one in refused(device, journal)] == ["unreadable"]
    other = world.device("e")
    world.meet(other)
    assert state_hash(other.state(journal)) == state_hash(device.state(journal))
    device.close()
    other.close()
    world.close()


def test_where_fewer_events_pass_nothing_is_set_apart(tmp_path: Path) -> None:
    world = Picky(tmp_path)
    world.most = 5
    device = world.device("d")
    journal = device.open_journal("Mine")
    for n in range(40):
        add(device, journal, f"Goal {n:02}")
    assert world.meet(device) is not None
    assert device.log.unsent_count(journal) == 0
    assert not refused(device, journal)
    assert len(titles(device, journal)) == 40
    assert world.asked < 20
    device.close()
    world.close()


def test_a_request_that_is_refused_without_any_event_says_so_and_keeps_everything(tmp_path: Path) -> None:
    world = Picky(tmp_path)
    world.most = -1
    device = world.device("d")
    journal = device.open_journal("Mine")
    add(device, journal, "Kept")
    with pytest.raises(TooLarge):
        world.meet(device)
    assert device.log.unsent_count(journal) == 2
    assert not refused(device, journal)
    world.most = MAX_PUSH_EVENTS
    assert world.meet(device) is not None
    assert titles(device, journal) == ["Kept"]
    device.close()
    world.close()


@given(st.integers(1, MAX_PUSH_EVENTS), st.data())
def test_one_bad_event_among_any_number_is_found_in_few_requests(count: int, data: st.DataObject) -> None:
    left = [(JOURNAL, event(n)) for n in range(1, count + 1)]
    bad = data.draw(st.sampled_from(left))[1].n
    narrowing, found, asked = Narrowing(), [], 0
    while left:
        sent = left[: narrowing.most]
        asked += 1
        if any(one.n == bad for _, one in sent):
            narrowing.refused(sent, InvalidInput("no"))
            continue
        del left[: len(sent)]
        suspect = narrowing.answered()
        if suspect is not None:
            found.append(suspect.event.n)
            left = [one for one in left if one[1].n != bad]
    assert found == [bad]
    assert asked <= 2 * MAX_PUSH_EVENTS.bit_length() + 3


def test_a_stub_that_is_refused_is_not_tried_for_ever() -> None:
    stub: Event = msgspec.structs.replace(event(1), rejected="no", digest="ab" * 32, data=msgspec.UNSET)
    with pytest.raises(InvalidInput):
        Narrowing().refused([(JOURNAL, stub)], InvalidInput("no"))


def test_a_proxy_that_takes_no_more_bytes_is_understood_without_a_problem_document() -> None:
    assert isinstance(problem_error(413, b"<html>Request Entity Too Large</html>"), TooLarge)
