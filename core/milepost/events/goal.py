"""The events of a goal: something a person wants to be different."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from milepost.events.fields import Day, Id, Line, Payload, Rank, Retraction, Ten, Text, Word

GoalKind = Literal["open", "smart"]
GoalStatus = Literal["active", "later", "paused", "achieved", "let_go", "ended"]


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


class GoalRetracted(Retraction, tag="goal.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "goal"
