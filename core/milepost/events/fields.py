"""What fields may hold, and what every payload is; knows no event type."""

from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

# Ids, days and times stay text: their length alone is looked at whenever a log is folded (it costs a fifth of making
# objects of them), their exact form once, at the edge.
Id = Annotated[str, Meta(min_length=36, max_length=36, extra={"form": "id"})]
Day = Annotated[str, Meta(min_length=10, max_length=10, extra={"form": "day"})]
LocalTime = Annotated[str, Meta(min_length=19, max_length=19, extra={"form": "local time"})]
MAX_LINE, MAX_TEXT = 500, 20_000
"""How many letters a title or a question may have, and words that may go over many lines."""
Line = Annotated[str, Meta(min_length=1, max_length=MAX_LINE)]
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
Word = Annotated[str, Meta(min_length=1, max_length=100)]
Rank = Annotated[str, Meta(min_length=1, max_length=200)]
Ten = Annotated[int, Meta(ge=0, le=10)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Number = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)] | float
Minutes = Annotated[int, Meta(ge=1, le=24 * 60)]
Clock = Annotated[str, Meta(min_length=5, max_length=5, extra={"form": "time of day"})]
Recurrence = Annotated[str, Meta(min_length=5, max_length=500, extra={"form": "recurrence"})]
TimeZone = Annotated[str, Meta(min_length=1, max_length=100, extra={"form": "time zone"})]
Weight = Annotated[int, Meta(ge=1, le=100)]

Fields = dict[str, Any]

COMPOSITES: dict[str, dict[str, tuple[str, ...]]] = {
    "goal": {"status": ("status", "on")},
    "milestone": {"status": ("status", "on")},
    "practice": {"status": ("status", "on")},
    "session": {"status": ("status", "on")},
    "topic": {"status": ("status", "on")},
    "checkin": {"value": ("measure", "value")},
    "proposal": {"decision": ("decision", "on")},
    "rest": {"resting": ("resting", "until", "on")},
}
"""Fields that share a register, by kind: register → its fields. What belongs together is one value, so that a merge can
never pair one person's status with another's date. Every other field is a register of its own."""
"""Field → plain JSON value."""


class Moment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time of day somewhere: `at` is local and without an offset, `time_zone` an IANA name."""

    at: LocalTime
    time_zone: Word


Due = Day | Moment


class Reference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entity, maybe in another journal: so a private note can point at a shared goal."""

    journal: Id
    kind: Word
    id: Id


class Payload(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="event", gc=False
):
    """What every payload is: fields of one kind of `entity`, in version `v` of its type.

    `sets` are registers that the type sets by being what it is.
    """

    entity: ClassVar[str]
    v: ClassVar[int] = 1
    sets: ClassVar[dict[str, Any]] = {}


class Retraction(Payload, frozen=True, kw_only=True):
    """An entity is taken back; a change to it that had not seen this brings it back."""

    sets: ClassVar[dict[str, Any]] = {"retracted": True}
    id: Id
    reason: Text | UnsetType = UNSET
