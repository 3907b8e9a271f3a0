"""The events of what looks after a person: reminders of their own choice, a safety plan, rest."""

from typing import Any, ClassVar

from msgspec import UNSET, UnsetType

from milepost.events.fields import Clock, Day, Id, Line, Payload, Recurrence, Retraction, Text, Word


class ReminderSet(Payload, tag="reminder.set", frozen=True, kw_only=True):
    """To be reminded of something, at a local time that comes again; quiet between two times of day."""

    entity: ClassVar[str] = "reminder"
    id: Id
    what: Line
    recurrence: Recurrence
    at: Clock
    about: Id | None | UnsetType = UNSET
    quiet_from: Clock | None | UnsetType = UNSET
    quiet_to: Clock | None | UnsetType = UNSET
    channel: Word | None | UnsetType = UNSET


class ReminderRevised(Payload, tag="reminder.revised", frozen=True, kw_only=True):
    """At another time, or in other words."""

    entity: ClassVar[str] = "reminder"
    id: Id
    what: Line | UnsetType = UNSET
    recurrence: Recurrence | UnsetType = UNSET
    at: Clock | UnsetType = UNSET
    about: Id | None | UnsetType = UNSET
    quiet_from: Clock | None | UnsetType = UNSET
    quiet_to: Clock | None | UnsetType = UNSET
    channel: Word | None | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class ReminderRemoved(Retraction, tag="reminder.removed", frozen=True, kw_only=True):
    """Not to be reminded any more."""

    entity: ClassVar[str] = "reminder"


class PlanFields(Payload, frozen=True, kw_only=True):
    """A safety plan in the person's own words. A journal has one, so its id is the journal's."""

    entity: ClassVar[str] = "plan"
    signs: Text | None | UnsetType = UNSET
    helps: Text | None | UnsetType = UNSET
    people: Text | None | UnsetType = UNSET
    places: Text | None | UnsetType = UNSET


class PlanWritten(PlanFields, tag="plan.written", frozen=True, kw_only=True):
    """The plan is written."""


class PlanRevised(PlanFields, tag="plan.revised", frozen=True, kw_only=True):
    """The plan is put differently."""

    reason: Text | UnsetType = UNSET


class RestSet(Payload, tag="rest.set", frozen=True, kw_only=True):
    """Nothing reminds and nothing asks, until a day or until it is ended. A journal has one rest, under its own id."""

    entity: ClassVar[str] = "rest"
    sets: ClassVar[dict[str, Any]] = {"resting": True}
    on: Day
    until: Day | None


class RestEnded(Payload, tag="rest.ended", frozen=True, kw_only=True):
    """Rest is over."""

    entity: ClassVar[str] = "rest"
    sets: ClassVar[dict[str, Any]] = {"resting": False, "until": None}
    on: Day
