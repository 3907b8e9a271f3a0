"""The events of an assessment (a completed questionnaire) and of an alliance check (how the work together feels)."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from milepost.events.fields import Day, Id, Number, Payload, Reference, Retraction, Ten, Text, Word

Answers = Annotated[list[int | None], Meta(min_length=1, max_length=200)]


class AssessmentRecorded(Payload, tag="assessment.recorded", frozen=True, kw_only=True):
    """A completed form of an instrument: its answers in order (null: left out) and the score they gave."""

    entity: ClassVar[str] = "assessment"
    id: Id
    instrument: Word
    version: Word
    answers: Answers
    on: Day
    score: Number | None | UnsetType = UNSET
    subscores: dict[str, Number | None] | UnsetType = UNSET


class AssessmentRetracted(Retraction, tag="assessment.retracted", frozen=True, kw_only=True):
    """It is taken back."""

    entity: ClassVar[str] = "assessment"


class AllianceRecorded(Payload, tag="alliance.recorded", frozen=True, kw_only=True):
    """How bond, goals and tasks of the work together feel, 0 to 10; private unless the person shares it."""

    entity: ClassVar[str] = "alliance"
    id: Id
    on: Day
    session: Reference | None | UnsetType = UNSET
    bond: Ten | UnsetType = UNSET
    goals: Ten | UnsetType = UNSET
    tasks: Ten | UnsetType = UNSET
    note: Text | UnsetType = UNSET


class AllianceRetracted(Retraction, tag="alliance.retracted", frozen=True, kw_only=True):
    """It is taken back."""

    entity: ClassVar[str] = "alliance"
