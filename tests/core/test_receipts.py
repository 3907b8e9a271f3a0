"""What a server lost comes back from whoever holds it, and nobody can put words into another's mouth on the way."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from milepost.clock import new_id
from milepost.device import Device
from milepost.envelope import Event, decode_event, encode_event, genesis_chain, salted_digest
from milepost.errors import StorageDamaged
from milepost.events import Draft
from milepost.journal import state_hash
from milepost.receipts import Proof, link_of, places, walk
from milepost.store import PushResult
from milepost_server.access import Admitted
from milepost_server.receipts import KEY_FILE, Key, Receipts, kept_receipts
from milepost_server.records import Caller
from tests.simulation import World, copy_device, put_device_back, world


class Together(NamedTuple):
    """A journal of two: the owner and the therapist, each with a device."""

    world: World
    journal: str
    mine: Device
    theirs: Device
    account: str
    """The therapist's."""

    def say(self, device: Device, *texts: str) -> list[Event]:
        return device.append(self.journal, [Draft("topic.added", {"id": new_id(), "text": text}) for text in texts])

    def talk(self, turns: int) -> None:
        """Both write in turns, and hear of each other."""
        for turn in range(turns):
            for device in (self.mine, self.theirs):
                self.say(device, f"{turn}")
                self.world.meet(device)
                self.world.now_ms += 1_000

    def settle(self) -> None:
        self.world.settle([self.mine, self.theirs], self.journal)

    def said(self) -> list[tuple[str, str, bytes]]:
        """What the server's log holds, whatever its order."""
        return sorted((e.actor, e.device, e.payload) for e in self.world.log(self.journal))

    def repair(
        self, events: list[Event], proofs: list[Proof] | None = None, *, account: str = "", journal: str = ""
    ) -> list[PushResult]:
        """A request of a client that says what it likes."""
        caller = Admitted(Caller(account or self.world.services.account, "one"), "owner")
        journals = self.world.services.journals
        results: list[PushResult] = self.world.run(
            journals.repair(journal or self.journal, caller, events, proofs or [], self.world.now_ms)
        )
        return results

    def proof(self, log: list[Event], end: int, after: int = 0) -> Proof:
        """What shows that a run of the log was there, with the server's receipt for its end."""
        links = [link_of(self.journal, event) for event in log[:end]]
        start = walk(genesis_chain(self.journal).hex(), links[:after])
        receipt = self.world.services.journals.receipts.place(self.journal, end, walk(start, links[after:]))
        return Proof(start, links[after:], end, receipt)


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Together]:
    for module in ("milepost.receipts", "milepost.device_receipts"):
        monkeypatch.setattr(f"{module}.STRIDE", 4)
    with world(tmp_path) as made:
        mine = made.device("mine")
        journal = mine.open_journal("Together")
        made.meet(mine)
        account = made.member(journal, "therapist")
        theirs = made.device("theirs", account=account)
        made.meet(theirs)
        together = Together(made, journal, mine, theirs, account)
        together.talk(2)
        yield together
        mine.close()
        theirs.close()


def outcomes(results: list[PushResult]) -> list[str]:
    return [result.outcome for result in results]


# What comes back


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


# What is refused


def forged(two: Together, **changes: Any) -> Event:
    """What the therapist's device might have written next, and did not."""
    (device,) = {event.device for event in two.world.log(two.journal) if event.actor == two.account}
    last = [event for event in two.world.log(two.journal) if event.device == device][-1]
    words = msgspec.Raw(b'{"id":"%b","text":"I never said that"}' % new_id().encode())
    made = msgspec.structs.replace(last, seq=0, n=last.n + 1, seen={}, data=words)
    return msgspec.structs.replace(made, **changes)


def test_a_member_cannot_forge_what_another_wrote(two: Together) -> None:
    before = two.world.log(two.journal)
    own = [event for event in before if event.actor != two.account][-1].device
    fakes = [
        forged(two),
        forged(two, device=new_id(), n=1),
        forged(two, device=own, n=99),
        forged(two, actor=two.world.services.account),
        forged(two, data_digest="0" * 64, salt=""),
        msgspec.structs.replace(forged(two), rejected="no", digest="0" * 64, data=msgspec.UNSET),
    ]
    proof = two.proof(before, len(before))
    for fake in fakes:
        assert outcomes(two.repair([fake], [proof])) == ["unproven"]
    assert two.world.log(two.journal) == before


def test_a_receipt_for_another_journal_or_place_shows_nothing(two: Together) -> None:
    log = two.world.log(two.journal)
    proof = two.proof(log, len(log))
    receipts = two.world.services.journals.receipts
    assert receipts.shows_place(two.journal, proof)
    assert not receipts.shows_place(new_id(), proof)
    for other in (
        msgspec.structs.replace(proof, seq=proof.seq + 1),
        msgspec.structs.replace(proof, links=proof.links[1:]),
        msgspec.structs.replace(proof, receipt=""),
        msgspec.structs.replace(proof, receipt=proof.receipt[:-1]),
        msgspec.structs.replace(proof, receipt="x" + proof.receipt),
        msgspec.structs.replace(proof, chain="0" * 64),
    ):
        assert not receipts.shows_place(two.journal, other)
    assert not Receipts().shows_place(two.journal, proof)


def test_what_is_left_of_words_is_taken_only_as_the_server_left_it(two: Together) -> None:
    """The digest of an event does not cover what is left when its words are gone: that has a receipt of its own."""
    two.world.back_up()
    (said,) = two.say(two.theirs, "Unspeakable")
    two.world.meet(two.theirs)
    two.world.meet(two.mine)
    asked = {"id": new_id(), "device": said.device, "n": said.n, "digest": salted_digest(said)}
    two.mine.append(two.journal, [Draft("redaction.made", asked)])
    two.world.meet(two.mine)
    log = two.world.log(two.journal)
    (left,) = [event for _, event in two.mine.log.events(two.journal) if event.data_digest]
    assert left.receipt
    proof = two.proof(log, len(log))
    two.world.put_back()
    given = [event for event in log if event.device == left.device and event.n < left.n]
    other = msgspec.structs.replace(left, data=msgspec.Raw(left.payload.replace(b"null", b'"Forged"')))
    bare = msgspec.structs.replace(left, receipt="")
    assert set(outcomes(two.repair([*given, other, bare], [proof]))) == {"duplicate", "unproven"}
    assert outcomes(two.repair([left], [proof])) == ["stored"]
    assert [event.receipt for event in two.world.log(two.journal) if event.data_digest] == [""]


@pytest.mark.parametrize("change", [{"seen": {}}, {"n": 9}, {"device": new_id(), "n": 1}, {"rejected": "no"}])
def test_a_stub_is_taken_only_as_the_server_kept_it(two: Together, change: dict[str, Any]) -> None:
    """Of its device, counter and context nothing is left in its digest: it has a receipt of its own."""
    receipts, seen = two.world.services.journals.receipts, {new_id(): 4}
    stub = Event(device=new_id(), n=3, seen=seen, rejected="It made no sense.", digest="ab" * 32)
    given = decode_event(receipts.given(two.journal, encode_event(stub)))
    assert receipts.shows_event(two.journal, given)
    assert msgspec.structs.replace(given, receipt="") == stub
    assert not receipts.shows_event(two.journal, msgspec.structs.replace(given, **change))
    assert not receipts.shows_event(new_id(), given)


def test_a_log_from_another_server_is_taken_from_who_is_alone_in_it(two: Together) -> None:
    """A server that knows none of those accounts has nobody against whom anything could be held."""
    journal, stranger = new_id(), new_id()
    two.world.claim(journal, private=False)
    (first, *_) = two.world.log(two.journal)
    foreign = msgspec.structs.replace(first, seq=0, actor=stranger, device=new_id(), n=1, seen={})
    known = msgspec.structs.replace(foreign, actor=two.account, device=new_id())
    assert outcomes(two.repair([foreign, known], journal=journal)) == ["stored", "unproven"]
    again = msgspec.structs.replace(foreign, device=new_id())
    assert outcomes(two.repair([again])) == ["unproven"]


# Receipts


def test_a_device_keeps_few_receipts_and_always_the_last(two: Together) -> None:
    two.talk(20)
    two.settle()
    kept = [
        seq
        for (seq,) in two.mine.log.connection.execute(
            "SELECT seq FROM receipts WHERE journal = ? ORDER BY seq", (two.journal,)
        )
    ]
    end = two.mine.log.journal(two.journal).cursor.seq
    assert kept == places(0, end)
    assert kept[-1] == end


def test_proofs_go_when_all_has_its_place_again(two: Together) -> None:
    two.world.back_up()
    two.talk(6)
    two.settle()
    two.world.put_back()
    two.world.meet(two.mine, requests=3)
    count = "SELECT COUNT(*) FROM proofs"
    assert two.mine.log.connection.execute(count).fetchone()[0] > 0
    two.settle()
    assert two.mine.log.connection.execute(count).fetchone()[0] == 0


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    kept_receipts(tmp_path)
    file = tmp_path / KEY_FILE
    text = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept_receipts(tmp_path)
    assert file.read_bytes() == text
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    file.write_bytes(b"{")
    with pytest.raises(StorageDamaged, match="Put back a copy"):
        kept_receipts(tmp_path)


def test_another_key_may_sign_while_receipts_of_the_old_one_are_still_good() -> None:
    old, new = Receipts([Key("old", "00" * 32)]), Receipts([Key("new", "11" * 32), Key("old", "00" * 32)])
    journal, links = new_id(), [link_of(new_id(), Event(device=new_id(), n=1, hlc="0" * 16))]
    chain = genesis_chain(journal).hex()
    for signs, knows, good in ((old, new, True), (new, old, False), (new, new, True)):
        proof = Proof(chain, links, 1, signs.place(journal, 1, walk(chain, links)))
        assert knows.shows_place(journal, proof) is good
