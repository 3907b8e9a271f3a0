"""Every event type in one table, read off the payload classes; reading and checking payloads by it.

A payload carries changed fields only; `null` clears one. A field added to a type is a new version of it.
"""

import typing
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from milepost.envelope import MAX_COUNTER, Event, check_json_object
from milepost.errors import InvalidEvent
from milepost.events import (
    assessment,
    care,
    checkin,
    goal,
    journal,
    measure,
    milestone,
    practice,
    proposal,
    redaction,
    session,
    topic,
)
from milepost.events.expected import in_words
from milepost.events.fields import COMPOSITES, MAX_TEXT, Fields, Id, Moment, Payload, Reference
from milepost.events.forms import FORMS
from milepost.events.letters import check_letters
from milepost.events.proposal import Change

_MODULES = (journal, goal, measure, milestone, practice, checkin, session, topic, assessment, proposal, care, redaction)


def _declared() -> Iterator[type[Payload]]:
    """The classes that bear a type's name: those that none other is made from."""
    for module in _MODULES:
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, Payload) and cls is not Payload and not cls.__subclasses__():
                yield cls


PAYLOADS: dict[str, type[Payload]] = {str(cls.__struct_config__.tag): cls for cls in _declared()}
"""Event type → the class of its payload."""

NOT_FIELDS = frozenset({"event", "id", "reason"})
"""Parts of a payload that set no register: the tag, whose entity it is, and why it was done."""


class EventType(Struct, frozen=True):
    """What the fold must know of a type: its version, the kind of entity, and how to read a payload."""

    v: int
    entity: str
    decode: Callable[[bytes | Raw], Payload]
    decode_redacted: Callable[[bytes | Raw], Struct]
    sets: dict[str, Any]
    forms: dict[str, str]
    lines: frozenset[str]


def _metas(field_type: Any) -> Iterator[Meta]:
    """What is said about the text or number that a field may hold."""
    kinds = (field_type,) if hasattr(field_type, "__metadata__") else typing.get_args(field_type)
    yield from (meta for kind in kinds for meta in getattr(kind, "__metadata__", ()) if isinstance(meta, Meta))


def _forms(cls: type[Struct]) -> dict[str, str]:
    """Field → the exact form its text must have, for those that are an id, a day or a local time."""
    fields = msgspec.structs.fields(cls)
    return {f.name: meta.extra["form"] for f in fields for meta in _metas(f.type) if meta.extra}


def _with_lines(cls: type[Struct]) -> frozenset[str]:
    """The fields whose words may go over several lines."""
    fields = msgspec.structs.fields(cls)
    return frozenset(f.name for f in fields if any(meta.max_length == MAX_TEXT for meta in _metas(f.type)))


def _nullable(cls: type[Payload]) -> type[Struct]:
    """The same payload where any field but the id may be null or absent: what a redaction leaves of it."""
    fields = [(f.name, f.type | None | UnsetType, UNSET) for f in msgspec.structs.fields(cls) if f.name != "id"]
    own = [("id", Id)] if "id" in cls.__struct_fields__ else []
    return msgspec.defstruct(
        f"Redacted{cls.__name__}", [*own, *fields], frozen=True, omit_defaults=True, forbid_unknown_fields=True
    )


def _event_type(cls: type[Payload]) -> EventType:
    return EventType(
        v=cls.v,
        entity=cls.entity,
        decode=msgspec.json.Decoder(cls).decode,
        decode_redacted=msgspec.json.Decoder(_nullable(cls)).decode,
        sets=cls.sets,
        forms=_forms(cls),
        lines=_with_lines(cls),
    )


REVISIONS = {
    cls.entity: name
    for name, cls in PAYLOADS.items()
    if name.endswith((".revised", ".amended")) and "id" in cls.__struct_fields__
}
"""Entity kind → the type of event that changes its fields."""

EVENT_TYPES: dict[str, EventType] = {name: _event_type(cls) for name, cls in PAYLOADS.items()}

_to_builtins = msgspec.to_builtins


def read_fields(journal: str, event: Event) -> tuple[str, str, Fields] | None:
    """(kind, entity id, {field: value}) that a core event sets, or None where this version can't read it.

    Values are plain JSON values; days are ISO 8601 text.
    """
    known = EVENT_TYPES.get(event.type)
    if known is None or event.v > known.v:
        return None
    data = event.data if event.v == known.v else upcast(event.type, event.v, known.v, event.payload)
    try:
        payload = known.decode_redacted(data) if event.data_digest else known.decode(data)  # type: ignore[arg-type]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    fields: Fields = _to_builtins(payload)
    fields.pop("event", None)
    if "reason" in fields:
        del fields["reason"]
    if known.sets:
        fields.update(known.sets)
    return known.entity, fields.pop("id", journal), fields


UPCASTERS: dict[tuple[str, int], Callable[[Fields], Fields]] = {}
"""(event type, version) → how a payload of that version becomes one of the next. Pure, and never changed once
released: an old event reads the same for ever."""


def upcast(name: str, v: int, to: int, data: bytes) -> bytes:
    """A payload of an older version as one of the current.

    Raises:
        msgspec.DecodeError: not JSON.
    """
    fields: Fields = msgspec.json.decode(data)
    for version in range(v, to):
        fields = UPCASTERS[name, version](fields)
    return msgspec.json.encode(fields)


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


def is_known(name: str, v: int) -> bool:
    """Whether this version reads events of that type and version."""
    known = EVENT_TYPES.get(name)
    return known is not None and v <= known.v


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
    try:
        if event.v != known.v:
            data = upcast(event.type, event.v, known.v, data)
        payload = known.decode_redacted(data) if event.data_digest else known.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidEvent(f"`{event.type}`: {in_words(PAYLOADS[event.type], error)}.") from error
    _check_forms(event.type, known, payload, whole=not event.data_digest)
    if event.data_digest:
        if event.type == redaction.REDACTION:
            raise InvalidEvent("a redaction can't be redacted: it has no words.")
        return
    if not known.sets and event.type != "journal.opened" and _to_builtins(payload).keys() <= NOT_FIELDS:
        raise InvalidEvent(f"`{event.type}` changes nothing: give at least one field.")


def _about(type_name: str) -> str:
    return f"`{type_name}`: " if type_name else ""


def _check_forms(type_name: str, known: EventType, payload: Struct, *, whole: bool = True) -> None:
    for name, form in known.forms.items():
        value = getattr(payload, name)
        if isinstance(value, str):
            _check_form(type_name, name, form, value)
    for name in payload.__struct_fields__:
        value = getattr(payload, name)
        if isinstance(value, Moment):
            _check_form(type_name, f"{name}.at", "local time", value.at)
            _check_form(type_name, f"{name}.time_zone", "time zone", value.time_zone)
        elif isinstance(value, Reference):
            _check_form(type_name, f"{name}.id", "id", value.id)
            _check_form(type_name, f"{name}.journal", "id", value.journal)
        elif isinstance(value, Change):
            _check_change(type_name, name, value, whole=whole)
        elif isinstance(value, list) and any(isinstance(one, int) and abs(one) > MAX_COUNTER for one in value):
            raise InvalidEvent(f"{_about(type_name)}`{name}` may have no whole number beyond 2^53-1.")
    if isinstance(getattr(payload, "accepted", None), Change) and payload.decision not in {"accepted", None}:  # type: ignore[attr-defined]
        raise InvalidEvent(f"{_about(type_name)}only a `decision` of accepted carries what was `accepted`.")


def _check_form(type_name: str, name: str, form: str, value: str) -> None:
    holds, words = FORMS[form]
    if not holds(value):
        raise InvalidEvent(f"{_about(type_name)}`{name}` must be {words}, not {value!r}.")


def _check_change(type_name: str, name: str, change: Change, *, whole: bool) -> None:
    """A proposed change must be one that its kind of entity can undergo."""
    revision = REVISIONS.get(change.kind)
    if revision is None:
        raise InvalidEvent(f"{_about(type_name)}`{name}.kind` must be one of {', '.join(REVISIONS)}.")
    if odd := NOT_FIELDS & change.fields.keys():
        raise InvalidEvent(f"{_about(type_name)}`{name}.fields` may not have {', '.join(sorted(odd))}.")
    for event_type, fields in _parts(change, revision):
        try:
            if whole:
                encode_payload(event_type, {"id": change.id, **fields})
            else:
                EVENT_TYPES[event_type].decode_redacted(msgspec.json.encode({"id": change.id, **fields}))
        except InvalidEvent as error:
            raise InvalidEvent(f"{_about(type_name)}`{name}.fields`: {error}") from error
        except msgspec.DecodeError as error:
            said = in_words(PAYLOADS[event_type], error)
            raise InvalidEvent(f"{_about(type_name)}`{name}.fields`: {said}.") from error


def _parts(change: Change, revision: str) -> Iterator[tuple[str, Fields]]:
    """(event type, fields) of the events that a change stands for: how something stands is an event of its own."""
    rest, standing = dict(change.fields), f"{change.kind}.status_changed"
    if "status" in rest and standing in PAYLOADS:
        names = set(PAYLOADS[standing].__struct_fields__) - NOT_FIELDS
        yield standing, {name: rest.pop(name) for name in sorted(names & rest.keys())}
    if rest or not change.fields:
        yield revision, rest


class Draft(NamedTuple):
    """A change somebody wants to make: an event type and the fields of its payload."""

    type: str
    fields: Fields


def check_words(draft: Draft) -> None:
    """Refuses words that hold what is no letter: only where somebody writes, for a log is read whatever it holds.

    Raises:
        InvalidInput: names the field.
    """
    for name, value in draft.fields.items():
        if isinstance(value, str):
            check_letters(f"`{name}`", value, lines=name in EVENT_TYPES[draft.type].lines)


def encode_payload(type_name: str, fields: dict[str, Any]) -> bytes:
    """A payload as the JSON bytes that go into an event, checked against its type.

    Raises:
        InvalidEvent: the type is unknown here, a field breaks its rules, or holds what is no text.

    """
    cls = PAYLOADS.get(type_name)
    if cls is None:
        raise InvalidEvent(f"There is no event type `{type_name}`.")
    try:
        payload = msgspec.convert(fields, cls)
    except msgspec.ValidationError as error:
        raise InvalidEvent(f"{in_words(cls, error)}.") from error
    _check_forms("", EVENT_TYPES[type_name], payload)
    plain = _to_builtins(payload)
    del plain["event"]
    try:
        return msgspec.json.encode(plain)
    except UnicodeEncodeError as error:
        raise InvalidEvent(
            "There is half of a letter in that (a lone surrogate), which is no text. Type it anew."
        ) from error
