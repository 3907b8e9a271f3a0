"""The events of a check-in: how it went, on one local day."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from milepost.events.fields import Day, Id, Line, LocalTime, Number, Payload, Retraction, Text, Word


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


class CheckinRetracted(Retraction, tag="checkin.retracted", frozen=True, kw_only=True):
    """A check-in is taken back; an amendment that had not seen this brings it back."""

    entity: ClassVar[str] = "checkin"
