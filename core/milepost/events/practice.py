"""The events of a practice: an exercise between sessions that comes again."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from milepost.events.fields import Day, Id, Line, Minutes, Payload, Recurrence, Retraction, Text

PracticeStatus = Literal["active", "paused", "ended"]


class PracticeFields(Payload, frozen=True, kw_only=True):
    """What a practice is made of. `recurrence` is the value of an RRULE (RFC 5545, section 3.3.10)."""

    entity: ClassVar[str] = "practice"
    id: Id
    goal: Id | None | UnsetType = UNSET
    minutes: Minutes | None | UnsetType = UNSET


class PracticeAdded(PracticeFields, tag="practice.added", frozen=True, kw_only=True):
    """Something to do again and again."""

    title: Line
    recurrence: Recurrence
    start: Day


class PracticeRevised(PracticeFields, tag="practice.revised", frozen=True, kw_only=True):
    """The practice is put differently, or comes at other times."""

    title: Line | UnsetType = UNSET
    recurrence: Recurrence | UnsetType = UNSET
    start: Day | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class PracticeStatusChanged(Payload, tag="practice.status_changed", frozen=True, kw_only=True):
    """The practice is taken up, paused or ended, on a local date."""

    entity: ClassVar[str] = "practice"
    id: Id
    status: PracticeStatus
    on: Day
    reason: Text | UnsetType = UNSET


class PracticeRetracted(Retraction, tag="practice.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "practice"
