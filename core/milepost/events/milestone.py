"""The events of a milestone: a step on the way to a goal."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from milepost.events.fields import Day, Due, Id, Line, Payload, Percent, Rank, Retraction, Text

MilestoneStatus = Literal["planned", "reached", "dropped"]


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


class MilestoneRetracted(Retraction, tag="milestone.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "milestone"
