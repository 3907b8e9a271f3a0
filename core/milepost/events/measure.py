"""The events of a measure: how progress on a goal is seen."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from milepost.events.fields import Id, Line, Number, Payload, Retraction, Weight, Word

MeasureType = Literal["scale", "attainment", "amount", "frequency", "done", "questionnaire"]
Better = Literal["up", "down", "keep"]


class MeasureFields(Payload, frozen=True, kw_only=True):
    """How progress on a goal is seen. Of a scale, the first and the last level may say what its two ends mean."""

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


class MeasureRetracted(Retraction, tag="measure.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "measure"
