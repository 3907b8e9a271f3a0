"""The events of sessions: a series of them, and each one that somebody touched."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from milepost.events.fields import Day, Id, Line, Minutes, Moment, Payload, Recurrence, Retraction, Text

SessionStatus = Literal["planned", "held", "cancelled", "not_held"]


class SeriesPlanned(Payload, tag="series.planned", frozen=True, kw_only=True):
    """Sessions that come again; an occurrence becomes a session of its own when it is first touched."""

    entity: ClassVar[str] = "series"
    id: Id
    start: Moment
    recurrence: Recurrence
    minutes: Minutes | None | UnsetType = UNSET
    place: Line | None | UnsetType = UNSET


class SeriesRevised(Payload, tag="series.revised", frozen=True, kw_only=True):
    """The series comes at other times, or elsewhere."""

    entity: ClassVar[str] = "series"
    id: Id
    start: Moment | UnsetType = UNSET
    recurrence: Recurrence | UnsetType = UNSET
    minutes: Minutes | None | UnsetType = UNSET
    place: Line | None | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class SeriesEnded(Payload, tag="series.ended", frozen=True, kw_only=True):
    """No session of the series comes after this local date (null: it goes on)."""

    entity: ClassVar[str] = "series"
    id: Id
    ended: Day | None
    reason: Text | UnsetType = UNSET


class SessionScheduled(Payload, tag="session.scheduled", frozen=True, kw_only=True):
    """A session at a time; `series` and `original` (its local start in the series) where it is one of a series."""

    entity: ClassVar[str] = "session"
    id: Id
    start: Moment
    minutes: Minutes | None | UnsetType = UNSET
    place: Line | None | UnsetType = UNSET
    series: Id | UnsetType = UNSET
    original: Moment | UnsetType = UNSET


class SessionRevised(Payload, tag="session.revised", frozen=True, kw_only=True):
    """The session is moved, or takes place elsewhere."""

    entity: ClassVar[str] = "session"
    id: Id
    start: Moment | UnsetType = UNSET
    minutes: Minutes | None | UnsetType = UNSET
    place: Line | None | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class SessionStatusChanged(Payload, tag="session.status_changed", frozen=True, kw_only=True):
    """The session was held, cancelled or did not take place."""

    entity: ClassVar[str] = "session"
    id: Id
    status: SessionStatus
    on: Day
    reason: Text | UnsetType = UNSET


class SessionRetracted(Retraction, tag="session.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "session"


class SeriesRetracted(Retraction, tag="series.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "series"
