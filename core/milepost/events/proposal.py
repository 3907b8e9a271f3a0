"""The events of a proposal: a change that one member suggests and another decides on."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from milepost.events.fields import Day, Id, Payload, Retraction, Text, Word

Decision = Literal["accepted", "declined", "countered", "withdrawn"]
MAX_CHANGES = 50


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """New values for fields of one entity, known or new."""

    kind: Word
    id: Id
    fields: Annotated[dict[str, Any], Meta(min_length=1, max_length=MAX_CHANGES)]


class ProposalMade(Payload, tag="proposal.made", frozen=True, kw_only=True):
    """Somebody suggests a change; `counters` names the proposal that this one answers."""

    entity: ClassVar[str] = "proposal"
    id: Id
    change: Change
    counters: Id | UnsetType = UNSET
    why: Text | UnsetType = UNSET


class ProposalDecided(Payload, tag="proposal.decided", frozen=True, kw_only=True):
    """It is decided. An accepted one carries the change as it was agreed, and by that alone sets its fields."""

    entity: ClassVar[str] = "proposal"
    id: Id
    decision: Decision
    on: Day
    accepted: Change | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class ProposalRetracted(Retraction, tag="proposal.retracted", frozen=True, kw_only=True):
    """It was written by mistake."""

    entity: ClassVar[str] = "proposal"
