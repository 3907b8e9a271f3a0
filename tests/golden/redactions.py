"""`redactions.json`: events, what takes words out of them, and what is left."""

from milepost.envelope import decode_event, encode_event, identity_digest
from milepost.events import redacted, redaction_of
from tests.golden.making import GOAL, JOURNAL, LAPTOP, PHONE, PROPOSAL, Case, created, redaction, written

FILE = "redactions.json"
_GOAL = created(more_fields=',"why":"Sp\\u00e4ter ✓","importance":7')
_CHANGE = f'{{"kind":"goal","id":"{GOAL}","fields":{{"title":"Say it kindly","why":null,"importance":8}}}}'
_PROPOSED = written(PHONE, 1, "proposal.made", f'{{"id":"{PROPOSAL}","change":{_CHANGE},"why":"softer"}}')
_REST = written(LAPTOP, 1, "rest.set", '{"on":"2026-12-18","until":"2026-12-20"}')
_TAGGED = written(LAPTOP, 1, "goal.created", f'{{"event":"goal.created", "id":"{GOAL}", "title":"A"}}')
_UNKNOWN = written(LAPTOP, 1, "dream.told", '{"id":"a","long":true,"people":["B"],"change":"of mind"}')
_ODD = written(LAPTOP, 1, "dream.told", '{"id":"a","change":{"of":"mind"},"accepted":{"fields":["B"]}}')
_TWICE = written(LAPTOP, 1, "goal.created", f'{{"id":"{GOAL}","title":"A","why":"B","why":"C"}}')


def _case(about: str, event: str, fields: str = "") -> Case:
    return {"about": about, "event": event, "redaction": redaction(PHONE, 9, event, fields=fields)}


CASES: list[Case] = [
    _case("all words of an event", _GOAL),
    _case("of one field", _GOAL, '["why"]'),
    _case("a field that is not there", _GOAL, '["looks_like"]'),
    _case("a proposal: the values inside its change, and the others", _PROPOSED),
    _case("a proposal: fields of the change and of the proposal are named alike", _PROPOSED, '["why","title"]'),
    _case("without an id", _REST),
    _case("the type's name in a payload goes", _TAGGED),
    _case("of an unknown type", _UNKNOWN),
    _case("to name `change` itself means nothing", _PROPOSED, '["change"]'),
    _case("of an unknown type, whose `change` is another kind of object: all of its value goes", _ODD),
    _case("a key that stands twice: the last one counts", _TWICE, '["why"]'),
]


def played(case: Case) -> Case:
    """The case with what is left of its event; the digest of both is the same."""
    event = decode_event(case["event"].encode())
    of = redaction_of(decode_event(case["redaction"].encode()))
    assert of is not None
    left = redacted(event, of)
    digest = identity_digest(JOURNAL, event)
    assert digest == identity_digest(JOURNAL, left)
    assert redacted(left, of) == left
    return {**case, "left": encode_event(left).decode(), "digest": digest.hex()}
