"""The event types: what each is called, which fields its payload may carry, and which registers they set.

A payload carries changed fields only; `null` clears one. Types are declared here and nowhere else: the fold, the check
at the edge, the published table of fields and the JSON schema are all read off these classes. A field added to a type
is a new version of it.
"""

import typing
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from milepost.clock import UUID_PATTERN
from milepost.envelope import Event, check_json_object
from milepost.errors import InvalidEvent

# Ids, days and times stay text: their length alone is looked at whenever a log is folded (it costs a fifth of making
# objects of them), their exact form once, at the edge.
Id = Annotated[str, Meta(min_length=36, max_length=36, extra={"form": "id"})]
Day = Annotated[str, Meta(min_length=10, max_length=10, extra={"form": "day"})]
LocalTime = Annotated[str, Meta(min_length=19, max_length=19, extra={"form": "local time"})]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Text = Annotated[str, Meta(min_length=1, max_length=20_000)]
Word = Annotated[str, Meta(min_length=1, max_length=100)]
Rank = Annotated[str, Meta(min_length=1, max_length=200)]
Ten = Annotated[int, Meta(ge=0, le=10)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Number = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)] | float
Weight = Annotated[int, Meta(ge=1, le=100)]

GoalKind = Literal["open", "smart"]
GoalStatus = Literal["active", "later", "paused", "achieved", "let_go", "ended"]
MilestoneStatus = Literal["planned", "reached", "dropped"]
MeasureType = Literal["scale", "attainment", "amount", "frequency", "done", "questionnaire"]
Better = Literal["up", "down", "keep"]


class Moment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time of day somewhere: `at` is local and without an offset, `time_zone` an IANA name."""

    at: LocalTime
    time_zone: Word


Due = Day | Moment


class Payload(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="event", gc=False
):
    """What every payload is: fields of one kind of `entity`, in version `v` of its type.

    `sets` are registers that the type sets by being what it is.
    """

    entity: ClassVar[str]
    v: ClassVar[int] = 1
    sets: ClassVar[dict[str, Any]] = {}


class JournalFields(Payload, frozen=True, kw_only=True):
    """The journal itself; its entity id is the journal's."""

    entity: ClassVar[str] = "journal"
    title: Line | UnsetType = UNSET
    time_zone: Word | UnsetType = UNSET
    locale: Word | UnsetType = UNSET
    owners_only: bool | UnsetType = UNSET


class JournalOpened(JournalFields, tag="journal.opened", frozen=True, kw_only=True):
    """A journal begins."""


class JournalRevised(JournalFields, tag="journal.revised", frozen=True, kw_only=True):
    """Its title, time zone, language or sharing rule changed."""


class GoalFields(Payload, frozen=True, kw_only=True):
    """What a goal is made of; every one of these may change for as long as the goal lives."""

    entity: ClassVar[str] = "goal"
    id: Id
    looks_like: Text | None | UnsetType = UNSET
    why: Text | None | UnsetType = UNSET
    helps: Text | None | UnsetType = UNSET
    area: Word | None | UnsetType = UNSET
    start: Day | None | UnsetType = UNSET
    due: Day | None | UnsetType = UNSET
    importance: Ten | None | UnsetType = UNSET
    confidence: Ten | None | UnsetType = UNSET
    measure: Id | None | UnsetType = UNSET
    owner: Id | None | UnsetType = UNSET


class GoalCreated(GoalFields, tag="goal.created", frozen=True, kw_only=True):
    """Something the person wants to be different."""

    title: Line
    kind: GoalKind | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET


class GoalRevised(GoalFields, tag="goal.revised", frozen=True, kw_only=True):
    """The goal is put differently, with or without a reason."""

    title: Line | UnsetType = UNSET
    kind: GoalKind | None | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class GoalStatusChanged(Payload, tag="goal.status_changed", frozen=True, kw_only=True):
    """The goal is taken up, put off, paused, reached or let go, on a local date."""

    entity: ClassVar[str] = "goal"
    id: Id
    status: GoalStatus
    on: Day
    reflection: Text | None | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class GoalRanked(Payload, tag="goal.ranked", frozen=True, kw_only=True):
    """The goal's place in the person's own order: ranks sort as text."""

    entity: ClassVar[str] = "goal"
    id: Id
    rank: Rank


class MeasureFields(Payload, frozen=True, kw_only=True):
    """How progress on a goal is seen."""

    entity: ClassVar[str] = "measure"
    id: Id
    low: Number | None | UnsetType = UNSET
    high: Number | None | UnsetType = UNSET
    unit: Word | None | UnsetType = UNSET
    better: Better | UnsetType = UNSET
    target: Number | None | UnsetType = UNSET
    weight: Weight | None | UnsetType = UNSET
    level_minus_2: Line | None | UnsetType = UNSET
    level_minus_1: Line | None | UnsetType = UNSET
    level_0: Line | None | UnsetType = UNSET
    level_plus_1: Line | None | UnsetType = UNSET
    level_plus_2: Line | None | UnsetType = UNSET


class MeasureDefined(MeasureFields, tag="measure.defined", frozen=True, kw_only=True):
    """A new measure of a goal; redefining one starts a new line in its chart."""

    goal: Id
    type: MeasureType
    question: Line | None | UnsetType = UNSET


class MeasureRevised(MeasureFields, tag="measure.revised", frozen=True, kw_only=True):
    """A measure is worded better; what it measures stays."""

    question: Line | None | UnsetType = UNSET


class MilestoneAdded(Payload, tag="milestone.added", frozen=True, kw_only=True):
    """A step on the way to a goal."""

    entity: ClassVar[str] = "milestone"
    id: Id
    goal: Id
    title: Line
    due: Due | None | UnsetType = UNSET
    progress: Percent | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET


class MilestoneRevised(Payload, tag="milestone.revised", frozen=True, kw_only=True):
    """The step is put differently, moved, or partly done."""

    entity: ClassVar[str] = "milestone"
    id: Id
    goal: Id | UnsetType = UNSET
    title: Line | UnsetType = UNSET
    due: Due | None | UnsetType = UNSET
    progress: Percent | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class MilestoneStatusChanged(Payload, tag="milestone.status_changed", frozen=True, kw_only=True):
    """The step is planned again, reached or dropped, on a local date."""

    entity: ClassVar[str] = "milestone"
    id: Id
    status: MilestoneStatus
    on: Day
    reason: Text | UnsetType = UNSET


class CheckinFields(Payload, frozen=True, kw_only=True):
    """How it went, on one local day."""

    entity: ClassVar[str] = "checkin"
    id: Id
    subject: Id | None | UnsetType = UNSET
    on: Day | UnsetType = UNSET
    at: LocalTime | None | UnsetType = UNSET
    measure: Id | None | UnsetType = UNSET
    value: Number | Line | None | UnsetType = UNSET
    baseline: bool | UnsetType = UNSET
    occurrence: Day | None | UnsetType = UNSET
    sitting: Id | None | UnsetType = UNSET
    note: Text | None | UnsetType = UNSET


class CheckinRecorded(CheckinFields, tag="checkin.recorded", frozen=True, kw_only=True):
    """Somebody checked in."""

    on: Day
    source: Word | UnsetType = UNSET
    external_id: Line | UnsetType = UNSET


class CheckinAmended(CheckinFields, tag="checkin.amended", frozen=True, kw_only=True):
    """A check-in is put right."""

    reason: Text | UnsetType = UNSET


class CheckinRetracted(Payload, tag="checkin.retracted", frozen=True, kw_only=True):
    """A check-in is taken back; an amendment that had not seen this brings it back."""

    entity: ClassVar[str] = "checkin"
    sets: ClassVar[dict[str, Any]] = {"retracted": True}
    id: Id
    reason: Text | UnsetType = UNSET


def _declared(base: type[Payload]) -> list[type[Payload]]:
    subs = base.__subclasses__()
    return [c for sub in subs for c in _declared(sub)] if subs else [base]


PAYLOADS: dict[str, type[Payload]] = {str(cls.__struct_config__.tag): cls for cls in _declared(Payload)}
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

Fields = dict[str, Any]


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
