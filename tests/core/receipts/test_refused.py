"""What can't be shown to have been there is refused; and what receipts are made of."""

import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from milepost.clock import new_id
from milepost.envelope import Event, decode_event, encode_event, genesis_chain, salted_digest
from milepost.errors import StorageDamaged
from milepost.events import Draft
from milepost.receipts import Proof, link_of, places, walk
from milepost_server.receipts import KEY_FILE, Key, Receipts, kept_receipts
from tests.core.receipts.together import Together, outcomes


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
