"""Events for golden cases, written as text, so that every byte of a payload is as it stands in the case."""

import hashlib
from typing import Any

from msgspec import Raw

from milepost.clock import format_hlc
from milepost.envelope import Event, decode_event, encode_event, salted_digest
from milepost.events import RedactionMade, redacted, redaction_of

Case = dict[str, Any]

JOURNAL = "11111111-1111-4111-8111-111111111111"
OTHER_JOURNAL = "66666666-6666-4666-8666-666666666666"
LAPTOP = "22222222-2222-4222-8222-222222222222"
PHONE = "33333333-3333-4333-8333-333333333333"
TABLET = "99999999-9999-4999-8999-999999999999"
ACCOUNT = "44444444-4444-4444-8444-444444444444"
GOAL = "55555555-5555-4555-8555-555555555555"
CHECKIN = "77777777-7777-4777-8777-777777777777"
PROPOSAL = "88888888-8888-4888-8888-888888888888"
NOW = 1_800_000_000_000


def written(
    by: str, n: int, type_name: str, data: str, *, at: int = 0, seen: dict[str, int] | None = None, **more: Any
) -> str:
    """An event's JSON; `at` is in seconds after the first of them. Its salt is worked out from who wrote it."""
    salt = hashlib.sha256(f"{by} {n}".encode()).hexdigest()[:16]
    event = Event(
        device=by,
        n=n,
        seen=seen or {},
        hlc=more.pop("hlc", format_hlc(NOW - 3_600_000 + at * 1000)),
        actor=more.pop("actor", ACCOUNT),
        type=type_name,
        salt=salt,
        data=Raw(data.encode()),
        **more,
    )
    return encode_event(event).decode()


def revised(by: str, n: int, field: str, value: str, **more: Any) -> str:
    """A goal's field with another value, which is given as JSON."""
    return written(by, n, "goal.revised", f'{{"id":"{GOAL}","{field}":{value}}}', **more)


def created(by: str = LAPTOP, n: int = 1, more_fields: str = "", **more: Any) -> str:
    """The goal that most cases are about."""
    return written(by, n, "goal.created", f'{{"id":"{GOAL}","title":"Say what I need"{more_fields}}}', **more)


def retracted(by: str, n: int, **more: Any) -> str:
    """It is taken back."""
    return written(by, n, "goal.retracted", f'{{"id":"{GOAL}"}}', **more)


def redaction(by: str, n: int, target: str, *, fields: str = "", digest: str = "", **more: Any) -> str:
    """A redaction of an event; `fields` is a JSON list."""
    of = decode_event(target.encode())
    named = digest or salted_digest(of)
    only = f',"fields":{fields}' if fields else ""
    own = f"0000000{n}-0000-4000-8000-{by[-12:]}"
    data = f'{{"id":"{own}","device":"{of.device}","n":{of.n},"digest":"{named}"{only}}}'
    return written(by, n, "redaction.made", data, **more)


def checkin(by: str, n: int, type_name: str, fields: str, **more: Any) -> str:
    """Something about the check-in of the cases."""
    return written(by, n, type_name, f'{{"id":"{CHECKIN}",{fields}}}', **more)


def decided(by: str, n: int, fields: str, **more: Any) -> str:
    """A change of the goal is accepted."""
    accepted = f'"accepted":{{"kind":"goal","id":"{GOAL}","fields":{{{fields}}}}}'
    data = f'{{"id":"{PROPOSAL}","decision":"accepted","on":"2026-12-18",{accepted}}}'
    return written(by, n, "proposal.decided", data, **more)


def stub(by: str, n: int, seen: dict[str, int]) -> str:
    """What a server keeps of an event that it rejected."""
    return encode_event(Event(device=by, n=n, seen=seen, received_at=NOW, rejected="not so", digest="ab" * 32)).decode()


def left_of(target: str, by: str) -> str:
    """What a redaction leaves of an event."""
    of = redaction_of(decode_event(by.encode()))
    assert isinstance(of, RedactionMade)
    return encode_event(redacted(decode_event(target.encode()), of)).decode()


def decoded(bodies: list[str]) -> list[Event]:
    """The events of a case."""
    return [decode_event(body.encode()) for body in bodies]
