"""What the convenience API offers of a journal: one collection for each kind of entity, and how each is shown and begun.

Assessments, how the work together feels, the safety plan, reminders and rest stay with the person's own devices.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from milepost.clock import format_hlc
from milepost.commands.basis import base_of
from milepost.commands.by_kind import BEGINNINGS
from milepost.envelope import Event
from milepost.events import PAYLOADS, Fields, Payload, encode_payload
from milepost.events.registry import REVISIONS
from milepost.journal import State
from milepost.views import entities
from milepost.views.checkins import checkins
from milepost.views.entities import KINDS, show
from milepost.views.journal import goal_view, goals

_SOME = "0f5c1d9e-3a77-4c1b-9d55-{:012x}"
_GOAL, _ENTITY = _SOME.format(1), _SOME.format(2)


def _every_milestone(state: State) -> list[entities.Milestone]:
    return [step for of_goal in entities.milestones(state).values() for step in of_goal]


class Collection(Struct, frozen=True, kw_only=True):
    """One collection: its name in the address, its kind, how to list it, and what one could be begun and changed with."""

    name: str
    kind: str
    about: str
    every: Callable[[State], Sequence[Struct]]
    begin: Fields
    change: Fields

    @property
    def shape(self) -> type[Struct]:
        """How one is shown."""
        return KINDS[self.kind]

    @property
    def shape_with_base(self) -> type[Struct]:
        """How one is shown with the base of its fields."""
        return _with_base(self.shape)

    @property
    def begins_with(self) -> type[Payload]:
        """The fields that one can begin with (and `id`, which the server gives)."""
        return PAYLOADS[BEGINNINGS[self.kind]]

    @property
    def revised_with(self) -> type[Payload]:
        """The fields that can be changed; a status, and the day it is about, beside them."""
        return PAYLOADS[REVISIONS[self.kind]]

    @property
    def has_status(self) -> bool:
        """Whether one has a status to change."""
        return f"{self.kind}.status_changed" in PAYLOADS

    def one(self, state: State, entity: str) -> Struct | None:
        """One of them, or None where it is not there or was taken back."""
        if not state.is_visible(self.kind, entity):
            return None
        if self.kind == "goal":
            return goal_view(state, entity)
        if self.kind == "milestone":
            return entities.milestone(state, entity)
        if self.kind in {"session", "series"} and not state.fields(self.kind, entity).get("start"):
            return None
        return show(state, self.shape, self.kind, entity)

    def with_base(self, state: State, one: Struct) -> Struct:
        """The same with the `base` that a change to it can be held against."""
        fields = {name: getattr(one, name) for name in one.__struct_fields__}
        return self.shape_with_base(**fields, base=base_of(state, self.kind, fields["id"]))

    def example(self, *, base: bool = False) -> Any:
        """What one looks like: the example to begin with, folded."""
        state = State(_SOME.format(0))
        payload = encode_payload(BEGINNINGS[self.kind], {"id": _ENTITY, **_dated(self.kind), **self.begin})
        state.apply(
            Event(
                device=_SOME.format(3),
                n=1,
                hlc=format_hlc(1_797_602_400_000),
                actor=_SOME.format(4),
                type=BEGINNINGS[self.kind],
                data=msgspec.Raw(payload) if payload else UNSET,
            )
        )
        one = self.one(state, _ENTITY)
        assert one is not None  # noqa: S101 - it was made just now
        return msgspec.to_builtins(self.with_base(state, one) if base else one)


@lru_cache
def _with_base(shape: type[Struct]) -> type[Struct]:
    return msgspec.defstruct(
        f"{shape.__name__}WithBase",
        [("base", dict[str, str])],
        bases=(shape,),
        frozen=True,
        kw_only=True,
        namespace={"__doc__": f"{shape.__doc__}\n\n`base`: register → the writes that it holds (`device.n`)."},
    )


def _dated(kind: str) -> Fields:
    return {
        "practice": {"start": "2026-12-18"},
        "checkin": {"on": "2026-12-18"},
        "reflection": {"on": "2026-12-18"},
    }.get(kind, {})


_AT = {"at": "2026-12-18T15:00:00", "time_zone": "Europe/Berlin"}

COLLECTIONS = {
    one.name: one
    for one in (
        Collection(
            name="goals",
            kind="goal",
            about="Goals, in the person's own order, with their milestones and check-ins",
            every=goals,
            begin={"title": "Say what I need, even when it is hard", "why": "I want to be known"},
            change={"due": "2027-06-30", "reason": "there is a date now"},
        ),
        Collection(
            name="milestones",
            kind="milestone",
            about="Milestones: steps on the way to a goal",
            every=_every_milestone,
            begin={"goal": _GOAL, "title": "Ask for a break once", "due": "2026-12-18"},
            change={"status": "reached", "on": "2026-12-17"},
        ),
        Collection(
            name="measures",
            kind="measure",
            about="Measures: how progress on a goal is seen",
            every=entities.measures,
            begin={"goal": _GOAL, "type": "scale", "question": "How calm was I?", "low": 0, "high": 10, "better": "up"},
            change={"target": 7},
        ),
        Collection(
            name="practices",
            kind="practice",
            about="Practices: exercises between sessions that come again",
            every=entities.practices,
            begin={"title": "Breathe by the window", "recurrence": "FREQ=DAILY", "minutes": 5},
            change={"recurrence": "FREQ=WEEKLY;BYDAY=MO,TH"},
        ),
        Collection(
            name="checkins",
            kind="checkin",
            about="Check-ins, the earliest day first",
            every=checkins,
            begin={"subject": _GOAL, "value": 4, "note": "asked for a break today"},
            change={"value": 5},
        ),
        Collection(
            name="series",
            kind="series",
            about="Series of sessions",
            every=entities.series,
            begin={"start": _AT, "recurrence": "FREQ=WEEKLY", "minutes": 50},
            change={"place": "the blue house"},
        ),
        Collection(
            name="sessions",
            kind="session",
            about="Sessions that somebody wrote down or touched",
            every=entities.sessions,
            begin={"start": _AT, "minutes": 50},
            change={"status": "held", "on": "2026-12-18"},
        ),
        Collection(
            name="topics",
            kind="topic",
            about="Topics to bring to a session",
            every=entities.topics,
            begin={"text": "the letter that I have not answered"},
            change={"status": "discussed"},
        ),
        Collection(
            name="reflections",
            kind="reflection",
            about="Reflections, the earliest day first",
            every=entities.reflections,
            begin={"text": "It went better than I thought.", "takeaway": "asking is allowed"},
            change={"takeaway": "asking is allowed, always"},
        ),
    )
}
"""Name in the address → the collection."""
