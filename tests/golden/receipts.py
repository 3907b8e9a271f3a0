"""`receipts.json`: what a server signs, and the proofs that devices make of it."""

import msgspec

from milepost.envelope import decode_event, genesis_chain
from milepost.receipts import Proof, link_of, walk
from milepost_server.receipts import Key, Receipts
from tests.golden.making import JOURNAL, LAPTOP, NOW, PHONE, Case, created, decoded, redaction, revised

FILE = "receipts.json"
KEY = {"id": "5b6e8a10", "key": "00112233445566778899aabbccddeeff" * 2}
STUB = (
    f'{{"seq":4,"received_at":{NOW},"device":"{PHONE}","n":2,"seen":{{"{LAPTOP}":1,"99999999-9999-4999-8999-999999999999":3}},'
    f'"rejected":"It made no sense.","digest":"{"ab" * 32}"}}'
)
LEFT = (
    f'{{"seq":1,"received_at":{NOW},"device":"{LAPTOP}","n":1,"hlc":"01a3182561800000",'
    f'"actor":"44444444-4444-4444-8444-444444444444","type":"goal.created","data_digest":"{"cd" * 32}",'
    '"data":{"id":"55555555-5555-4555-8555-555555555555","title":null}}'
)


def _stood(*events: str) -> list[str]:
    return [event.replace('"n":', f'"received_at":{NOW + at},"n":', 1) for at, event in enumerate(events)]


LOG = _stood(
    created(),
    revised(PHONE, 1, "why", '"I go quiet"', at=90, seen={LAPTOP: 1}, merge_hlc="01a3182640000000"),
    f'{{"device":"{PHONE}","n":2,"rejected":"It made no sense.","digest":"{"ab" * 32}"}}',
    redaction(LAPTOP, 2, created()),
)

CASES: list[Case] = [
    {"about": "a place", "key": KEY, "journal": JOURNAL, "place": {"seq": 7, "chain": "0f" * 32}},
    {"about": "a stub", "key": KEY, "journal": JOURNAL, "event": STUB},
    {"about": "what is left of words", "key": KEY, "journal": JOURNAL, "event": LEFT},
    {"about": "a whole log", "key": KEY, "journal": JOURNAL, "log": LOG, "after": 0, "end": 4},
    {"about": "the end of a log", "key": KEY, "journal": JOURNAL, "log": LOG, "after": 2, "end": 4},
]


def played(case: Case) -> Case:
    """The case with what is signed, or the proof."""
    receipts, journal = Receipts([Key(**case["key"])]), case["journal"]
    if "place" in case:
        return {**case, "receipt": receipts.place(journal, **case["place"])}
    if "event" in case:
        return {**case, "receipt": decode_event(receipts.given(journal, case["event"].encode())).receipt}
    made = proof(receipts, case["log"], case["after"], case["end"])
    return {**case, "receipt": made.receipt, "proof": msgspec.to_builtins(made)}


def proof(receipts: Receipts, log: list[str], after: int, end: int) -> Proof:
    """A way along a log of the journal that most cases are about."""
    links = [link_of(JOURNAL, event) for event in decoded(log)]
    start = walk(genesis_chain(JOURNAL).hex(), links[:after])
    return Proof(start, links[after:end], end, receipts.place(JOURNAL, end, walk(start, links[after:end])))
