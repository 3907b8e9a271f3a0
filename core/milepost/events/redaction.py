"""Taking the words of an event out of every log: the event that says so, and what is left of its target.

What is left keeps its place, its identity and the names of its fields; their values are null. It carries the salted
digest of what it once said, so that digest and chain still come out the same, and no salt, so that nothing can be
guessed back from it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType
from msgspec.structs import replace

from milepost.envelope import Event, salted_digest
from milepost.events.fields import COMPOSITES, Fields, Id, Payload, Word

REDACTION = "redaction.made"
MAX_FIELDS = 50

Counter = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Digest = Annotated[str, Meta(min_length=64, max_length=64, extra={"form": "digest"})]


class RedactionMade(Payload, tag="redaction.made", frozen=True, kw_only=True):
    """The words of one event are taken out of every log: all of its fields, or those named in `fields`."""

    entity: ClassVar[str] = "redaction"
    id: Id
    device: Id
    n: Counter
    digest: Digest
    fields: Annotated[list[Word], Meta(min_length=1, max_length=MAX_FIELDS)] | UnsetType = UNSET


_CHANGES = frozenset({"change", "accepted"})
"""Fields of a proposal that say which fields of which entity it is about: what these are called is no secret."""

_decode = msgspec.json.Decoder(RedactionMade).decode
_decode_any = msgspec.json.Decoder(Fields).decode


def redaction_of(event: Event) -> RedactionMade | None:
    """What a redaction asks for; None for every other event."""
    if event.type != REDACTION or event.rejected or event.data_digest:
        return None
    try:
        return _decode(event.data)  # type: ignore[arg-type]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # of a newer version


def redacted(event: Event, of: RedactionMade) -> Event:
    """What is left of an event. Again changes nothing; a stub has nothing to lose."""
    if event.rejected:
        return event
    left = {
        name: value if name == "id" else _emptied(of, name, value)
        for name, value in _decode_any(event.payload).items()
        if name != "event"
    }
    return replace(event, data=Raw(msgspec.json.encode(left)), salt="", data_digest=salted_digest(event))


def _emptied(of: RedactionMade, name: str, value: Any) -> Any:
    if name in _CHANGES and isinstance(value, dict) and isinstance(value.get("fields"), dict):
        return {**value, "fields": {name: _emptied(of, name, v) for name, v in value["fields"].items()}}
    return None if of.fields is UNSET or name in of.fields else value


def emptied_register(kind: str, of: RedactionMade, register: str, value: Any) -> Any:
    """The value of a register that a redacted event set; what its type alone says (`retracted`, `resting`) stays."""
    members = COMPOSITES.get(kind, {}).get(register)
    if members is not None:
        return {name: v if name == "resting" else _emptied(of, name, v) for name, v in value.items()}
    return value if register == "retracted" else _emptied(of, register, value)


def retargeted(event: Event, written: Mapping[tuple[str, int], tuple[str, int]]) -> Event:
    """A redaction of an event that was itself written again names it as it is called now; any other event as it is.

    `written` says under which (device, n) what was (device, n) stands now.
    """
    of = redaction_of(event)
    now = written.get((of.device, of.n)) if of is not None else None
    if of is None or now is None:
        return event
    fields = msgspec.to_builtins(replace(of, device=now[0], n=now[1]))
    del fields["event"]
    return replace(event, data=Raw(msgspec.json.encode(fields)))
