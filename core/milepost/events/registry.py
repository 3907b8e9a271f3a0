"""Every event type in one table, read off the payload classes; reading and checking payloads by it.

A payload carries changed fields only; `null` clears one. A field added to a type is a new version of it.
"""

import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import Meta, Raw, Struct

from milepost.clock import UUID_PATTERN
from milepost.envelope import Event, check_json_object
from milepost.errors import InvalidEvent
from milepost.events import checkin, goal, journal, measure, milestone
from milepost.events.fields import Fields, Moment, Payload

_MODULES = (journal, goal, measure, milestone, checkin)


def _declared() -> Iterator[type[Payload]]:
    """The classes that bear a type's name: those that none other is made from."""
    for module in _MODULES:
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, Payload) and cls is not Payload and not cls.__subclasses__():
                yield cls


PAYLOADS: dict[str, type[Payload]] = {str(cls.__struct_config__.tag): cls for cls in _declared()}
"""Event type → the class of its payload."""

COMPOSITES: dict[str, dict[str, tuple[str, ...]]] = {
    "goal": {"status": ("status", "on")},
    "milestone": {"status": ("status", "on")},
    "checkin": {"value": ("measure", "value")},
}
"""Fields that share a register, by kind: register → its fields. What belongs together is one value, so that a merge can
never pair one person's status with another's date. Every other field is a register of its own."""

NOT_FIELDS = frozenset({"event", "id", "reason"})
"""Parts of a payload that set no register: the tag, whose entity it is, and why it was done."""


class EventType(Struct, frozen=True):
    """What the fold must know of a type: its version, the kind of entity, and how to read a payload."""

    v: int
    entity: str
    decode: Callable[[bytes | Raw], Payload]
    sets: dict[str, Any]
    forms: dict[str, str]


def _forms(cls: type[Struct]) -> dict[str, str]:
    """Field → the exact form its text must have, for those that are an id, a day or a local time."""
    forms = {}
    for f in msgspec.structs.fields(cls):
        kinds = (f.type,) if hasattr(f.type, "__metadata__") else typing.get_args(f.type)
        for meta in (meta for kind in kinds for meta in getattr(kind, "__metadata__", ())):
            if isinstance(meta, Meta) and meta.extra:
                forms[f.name] = meta.extra["form"]
    return forms


def _event_type(cls: type[Payload]) -> EventType:
    return EventType(
        v=cls.v,
        entity=cls.entity,
        decode=msgspec.json.Decoder(cls).decode,
        sets=cls.sets,
        forms=_forms(cls),
    )


EVENT_TYPES: dict[str, EventType] = {name: _event_type(cls) for name, cls in PAYLOADS.items()}

_to_builtins = msgspec.to_builtins


def read_fields(journal: str, event: Event) -> tuple[str, str, Fields] | None:
    """(kind, entity id, {field: value}) that a core event sets, or None where this version can't read it.

    Values are plain JSON values; days are ISO 8601 text.
    """
    known = EVENT_TYPES.get(event.type)
    if known is None or event.v != known.v:
        return None
    try:
        fields: Fields = _to_builtins(known.decode(event.data))  # type: ignore[arg-type]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    del fields["event"]
    if "reason" in fields:
        del fields["reason"]
    if known.sets:
        fields.update(known.sets)
    return known.entity, fields.pop("id", journal), fields


def by_register(kind: str, fields: Fields) -> Fields:
    """{register: value}: the fields that share a register as one object, every other as it is."""
    composites = COMPOSITES.get(kind)
    if composites is None:
        return fields
    grouped = dict(fields)
    for register, members in composites.items():
        shared = {name: grouped.pop(name) for name in members if name in grouped}
        if shared:
            grouped[register] = shared
    return grouped


def is_plugin_type(name: str) -> bool:
    """`x.<plugin>.<name>` belongs to a plugin: relayed by everyone, folded only by who knows it."""
    return name.startswith("x.")


def check_payload(event: Event) -> None:
    """Refuses a payload that breaks its type's rules; a type or version unknown here passes, if it is a JSON object.

    Raises:
        InvalidEvent: what is wrong, in words, with the path of the field.

    """
    data = event.payload
    known = EVENT_TYPES.get(event.type)
    if known is None or event.v > known.v:
        check_json_object(data)
        return
    if event.v < known.v:
        raise InvalidEvent(f"`{event.type}` has no version {event.v}.")
    try:
        payload = known.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidEvent(f"`{event.type}`: {_in_words(error)}.") from error
    _check_forms(event.type, known, payload)
    if not known.sets and event.type != "journal.opened" and _to_builtins(payload).keys() <= NOT_FIELDS:
        raise InvalidEvent(f"`{event.type}` changes nothing: give at least one field.")


def _in_words(error: Exception) -> str:
    """The decoder's message with the field first: "`importance`: expected `int` <= 10"."""
    what, at, place = str(error).partition(" - at `$.")
    return f"`{place.rstrip('`')}`: {what[:1].lower()}{what[1:]}" if at else what


def _check_forms(type_name: str, known: EventType, payload: Payload) -> None:
    for name, form in known.forms.items():
        value = getattr(payload, name)
        if isinstance(value, str) and not _FORMS[form][0](value):
            raise InvalidEvent(f"`{type_name}`: `{name}` must be {_FORMS[form][1]}, not {value!r}.")
    due = getattr(payload, "due", None)
    if isinstance(due, Moment) and not _is_local_time(due.at):
        raise InvalidEvent(f"`{type_name}`: `due.at` must be {_FORMS['local time'][1]}, not {due.at!r}.")


def _is_id(text: str) -> bool:
    return UUID_PATTERN.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_local_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_FORMS: dict[str, tuple[Callable[[str], bool], str]] = {
    "id": (_is_id, "a lowercase UUID with hyphens"),
    "day": (_is_day, "a date like 2026-12-18"),
    "local time": (_is_local_time, "a local time like 2026-12-18T15:00:00"),
}


class Draft(NamedTuple):
    """A change somebody wants to make: an event type and the fields of its payload."""

    type: str
    fields: Fields


def encode_payload(type_name: str, fields: dict[str, Any]) -> bytes:
    """A payload as the JSON bytes that go into an event, checked against its type.

    Raises:
        InvalidEvent: the type is unknown here, or a field breaks its rules.

    """
    cls = PAYLOADS.get(type_name)
    if cls is None:
        raise InvalidEvent(f"There is no event type `{type_name}`.")
    try:
        payload = msgspec.convert(fields, cls)
    except msgspec.ValidationError as error:
        raise InvalidEvent(f"`{type_name}`: {_in_words(error)}.") from error
    _check_forms(type_name, EVENT_TYPES[type_name], payload)
    plain = _to_builtins(payload)
    del plain["event"]
    return msgspec.json.encode(plain)
