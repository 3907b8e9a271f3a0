"""What a server lost of a shared journal comes back from whoever holds it, and what has to wait."""

import msgspec
import pytest

from milepost.clock import new_id
from milepost.envelope import Event, salted_digest
from milepost.events import Draft
from milepost.journal import state_hash
from milepost_server.receipts import KEY_FILE
from tests.core.receipts.together import Together
from tests.simulation import copy_device, put_device_back


def test_one_member_gives_back_all_that_a_server_lost_whoever_wrote_it(two: Together) -> None:
    two.world.back_up()
    two.talk(9)
    two.settle()
    before = two.said()
    two.world.put_back()
    report = two.world.meet(two.mine)
    assert report is not None
    assert (report.repaired, report.unproven, report.problems) == (18, 0, {})
    assert two.said() == before
    two.settle()
    assert two.said() == before
    assert state_hash(two.mine.state(two.journal)) == state_hash(two.theirs.state(two.journal))


def test_it_comes_back_with_the_times_that_it_had(two: Together) -> None:
    two.world.back_up()
    for turn in range(9):
        two.say(two.theirs, f"{turn}")
        two.world.now_ms += 1_000
        two.world.meet(two.theirs)
    two.settle()
    before = two.world.log(two.journal)
    two.world.put_back()
    two.world.now_ms += 10**9
    two.world.meet(two.mine)
    assert two.world.log(two.journal) == before


def test_what_another_device_brought_meanwhile_does_not_hinder_the_rest(two: Together) -> None:
    two.world.back_up()
    two.talk(3)
    behind = copy_device(two.world, two.theirs, "behind")
    two.talk(6)
    two.settle()
    before = two.said()
    two.world.put_back()
    theirs = put_device_back(two.world, two.theirs, behind)
    two.world.meet(theirs)
    assert two.said() != before
    report = two.world.meet(two.mine)
    assert report is not None
    assert report.unproven == 0
    assert two.said() == before
    theirs.close()


def test_a_server_that_is_put_back_twice_gets_everything_back(two: Together) -> None:
    two.world.back_up()
    two.talk(5)
    two.settle()
    before = two.said()
    for requests in (4, 5, 6, 7, None):
        two.world.put_back()
        two.say(two.mine, f"Meanwhile {requests}")
        two.world.meet(two.mine, requests=requests)
    two.world.meet(two.mine)
    assert set(before) <= set(two.said())
    two.settle()


def test_a_log_that_takes_many_requests_comes_back(two: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost.device_log.MAX_PUSH_EVENTS", 7)
    monkeypatch.setattr("milepost.device_receipts.MAX_LINKS", 6)
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 9)
    two.world.back_up()
    two.talk(20)
    two.settle()
    before = two.said()
    two.world.put_back()
    two.world.meet(two.mine)
    assert two.said() == before


def test_events_of_ones_own_that_have_no_receipt_yet_come_with_those_that_have(two: Together) -> None:
    two.world.back_up()
    two.talk(3)
    two.settle()
    two.say(two.mine, "stored, and the answer was lost")
    two.world.meet(two.mine, requests=1, lose_answer=True)
    before = two.said()
    two.world.put_back()
    two.world.meet(two.mine)
    two.say(two.mine, "new")
    two.world.meet(two.mine)
    assert len(two.said()) == len(before) + 1


def test_a_device_that_began_from_a_snapshot_can_show_what_it_holds(
    two: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 3)
    two.world.back_up()
    two.talk(6)
    two.settle()
    new = two.world.device("new")
    new.welcome(two.journal, private=False)
    two.world.meet(new)
    before = two.said()
    two.world.put_back()
    report = two.world.meet(new)
    assert report is not None
    assert report.unproven == 0
    assert two.said() == before
    new.close()


def test_what_was_rejected_comes_back_too(two: Together) -> None:
    two.world.back_up()
    clock = two.theirs.log.setting("clock") or ""
    with two.theirs.log.transaction():
        row = two.theirs.log.journal(two.journal)
        n = two.theirs.state(two.journal).counter(row.device) + 1
        bad = Event(device=row.device, n=n, hlc=clock, actor=two.account, type="goal.created", salt="s" * 16)
        two.theirs.log.add(two.journal, msgspec.structs.replace(bad, data=msgspec.Raw(b'{"id":1}')), confirmed=False)
        two.theirs.log.bump(two.journal)
    two.talk(3)
    two.settle()
    before, stub = two.said(), [event for event in two.world.log(two.journal) if event.rejected]
    assert [event.n for event in stub] == [n]
    two.world.put_back()
    report = two.world.meet(two.mine)
    assert report is not None
    assert report.unproven == 0
    assert two.said() == before
    again = [event for event in two.world.log(two.journal) if event.rejected]
    assert [(e.device, e.n, e.seen, e.digest, e.rejected) for e in again] == [
        (e.device, e.n, e.seen, e.digest, e.rejected) for e in stub
    ]


@pytest.mark.parametrize("fields", [None, ["text"]])
def test_what_lost_its_words_comes_back_without_them(two: Together, fields: list[str] | None) -> None:
    two.world.back_up()
    (said,) = two.say(two.theirs, "Unspeakable")
    two.world.meet(two.theirs)
    two.world.meet(two.mine)
    asked = {"id": new_id(), "device": said.device, "n": said.n, "digest": salted_digest(said)}
    two.mine.append(two.journal, [Draft("redaction.made", asked | ({"fields": fields} if fields else {}))])
    two.talk(2)
    two.settle()
    before = two.said()
    two.world.put_back()
    report = two.world.meet(two.mine)
    assert report is not None
    assert report.unproven == 0
    assert two.said() == before
    assert b"Unspeakable" not in b"".join(data for _, _, data in before)
    two.settle()


# What waits


def test_without_the_key_each_brings_their_own_and_nothing_is_lost(two: Together) -> None:
    two.world.back_up()
    two.talk(4)
    two.settle()
    before = two.said()
    (two.world.folder / "server" / KEY_FILE).unlink()
    two.world.put_back()
    report = two.world.meet(two.mine)
    assert report is not None
    assert report.unproven > 0
    assert two.said() != before
    held = [event.payload for _, event in two.mine.log.events(two.journal)]
    assert sorted(held) == sorted(data for *_, data in before)
    assert two.mine.log.rejected(two.journal) == []
    for _ in range(6):
        two.world.meet(two.theirs)
        two.world.meet(two.mine)
    two.settle()
    assert two.said() == before


def test_who_waits_for_others_is_told_so_and_goes_on_writing(two: Together) -> None:
    two.world.back_up()
    two.talk(2)
    two.settle()
    (two.world.folder / "server" / KEY_FILE).unlink()
    two.world.put_back()
    two.say(two.mine, "after all that")
    report = two.world.meet(two.mine)
    assert report is not None
    assert "with the devices of those who wrote it" in report.problems[two.journal]
    assert two.mine.log.unsent_count(two.journal) == 1
    two.settle()
    assert b"after all that" in b"".join(data for *_, data in two.said())


def test_what_was_written_again_for_somebody_else_comes_with_their_own_devices(two: Together) -> None:
    """Server and the therapist's device are put back, and the device writes other events under the same counters."""
    early = copy_device(two.world, two.theirs, "early")
    two.world.back_up()
    two.talk(3)
    two.settle()
    lost = {data for *_, data in two.said()}
    two.world.put_back()
    theirs = put_device_back(two.world, two.theirs, early)
    two.say(theirs, "instead")
    two.world.meet(theirs)
    report = two.world.meet(two.mine)
    assert report is not None
    assert report.forks == 1
    assert report.unproven > 0
    held = {event.payload for _, event in two.mine.log.events(two.journal)}
    assert lost <= held
    of_others = {event.payload for event in two.world.log(two.journal) if event.actor == two.account}
    assert not of_others & {
        e.payload for _, e in two.mine.log.events(two.journal) if e.seq == 0 and e.actor == two.account
    }
    theirs.close()
