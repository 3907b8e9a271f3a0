"""The events of topics to bring to a session, and of reflections."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from milepost.events.fields import Day, Id, Payload, Reference, Retraction, Text

TopicStatus = Literal["open", "discussed", "dropped"]


class TopicAdded(Payload, tag="topic.added", frozen=True, kw_only=True):
    """Something to bring, in words or as a reference; open ones carry over from session to session."""

    entity: ClassVar[str] = "topic"
    id: Id
    text: Text | None | UnsetType = UNSET
    about: Reference | None | UnsetType = UNSET
    session: Id | None | UnsetType = UNSET


class TopicRevised(Payload, tag="topic.revised", frozen=True, kw_only=True):
    """It is put differently, or brought to another session."""

    entity: ClassVar[str] = "topic"
    id: Id
    text: Text | None | UnsetType = UNSET
    about: Reference | None | UnsetType = UNSET
    session: Id | None | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class TopicStatusChanged(Payload, tag="topic.status_changed", frozen=True, kw_only=True):
    """It was talked about, dropped, or opened again."""

    entity: ClassVar[str] = "topic"
    id: Id
    status: TopicStatus
    on: Day
    reason: Text | UnsetType = UNSET


class TopicRetracted(Retraction, tag="topic.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "topic"


class ReflectionWritten(Payload, tag="reflection.written", frozen=True, kw_only=True):
    """Words about a session, a goal, or nothing in particular; `text` is Markdown, `takeaway` what to keep of it."""

    entity: ClassVar[str] = "reflection"
    id: Id
    on: Day
    text: Text
    takeaway: Text | None | UnsetType = UNSET
    session: Id | None | UnsetType = UNSET
    goal: Id | None | UnsetType = UNSET


class ReflectionRevised(Payload, tag="reflection.revised", frozen=True, kw_only=True):
    """It is put differently."""

    entity: ClassVar[str] = "reflection"
    id: Id
    on: Day | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    takeaway: Text | None | UnsetType = UNSET
    session: Id | None | UnsetType = UNSET
    goal: Id | None | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class ReflectionRetracted(Retraction, tag="reflection.retracted", frozen=True, kw_only=True):
    """It is taken back."""

    entity: ClassVar[str] = "reflection"
