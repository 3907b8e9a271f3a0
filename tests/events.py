"""Events made by hand for tests: what a device would write, without a device."""

from typing import Any

import msgspec
from msgspec import Raw

from milepost.clock import format_hlc, new_id, new_salt
from milepost.envelope import Event, salted_digest
from milepost.events import encode_payload

JOURNAL = "11111111-1111-4111-8111-111111111111"
ALICE = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


def device(number: int) -> str:
    return f"dddddddd-dddd-4ddd-8ddd-{number:012d}"


def entity(number: int) -> str:
    return f"eeeeeeee-eeee-4eee-8eee-{number:012d}"


def event(
    n: int,
    *,
    by: str = device(1),
    type: str = "goal.created",
    at_ms: int = 1_000,
    seen: dict[str, int] | None = None,
    salt: str | None = None,
    **fields: Any,
) -> Event:
    if type == "goal.created":
        fields = {"id": new_id(), "title": f"Goal {n}", **fields}
    return Event(
        device=by,
        n=n,
        seen=seen or {},
        hlc=format_hlc(at_ms, n),
        actor=ALICE,
        type=type,
        salt=salt or new_salt(),
        data=Raw(encode_payload(type, fields)),
    )


def redaction(n: int, target: Event, *, fields: list[str] | None = None, **more: Any) -> Event:
    asked = {"id": new_id(), "device": target.device, "n": target.n, "digest": salted_digest(target)}
    if fields:
        asked["fields"] = fields
    data = Raw(encode_payload("redaction.made", asked))
    return msgspec.structs.replace(event(n, **more), type="redaction.made", data=data)
