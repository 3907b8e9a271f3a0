"""The entities of a journal as people see them, each read off its registers; pure."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from milepost.journal import State
from milepost.views.checkins import Checkin
from milepost.views.fields import is_retracted, shown_fields, shown_value, written

UNTITLED = "(untitled)"
"""Shown for what arrived before its title did."""

Zoned = dict[str, str]
"""A time of day somewhere: `{at, time_zone}`, `at` local and without an offset."""


class Milestone(Struct, frozen=True, kw_only=True, gc=False):
    """A step on the way to a goal. `due` is a date, or `{at, time_zone}`; `on` is when its status last changed."""

    id: str
    goal: str = ""
    title: str = UNTITLED
    due: str | dict[str, str] | None = None
    status: str = "planned"
    on: str | None = None
    progress: int = 0
    rank: str = ""
    changed_at: str = ""

    @property
    def due_day(self) -> str | None:
        """The local day it is due."""
        return self.due["at"][:10] if isinstance(self.due, dict) else self.due


class Measure(Struct, frozen=True, kw_only=True, gc=False):
    """How progress on a goal is seen."""

    id: str
    goal: str = ""
    type: str = "scale"
    question: str | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    better: str | None = None
    target: float | None = None
    weight: int | None = None
    level_minus_2: str | None = None
    level_minus_1: str | None = None
    level_0: str | None = None
    level_plus_1: str | None = None
    level_plus_2: str | None = None


class Goal(Struct, frozen=True, kw_only=True, gc=False):
    """Something a person wants to be different. `first` and `latest` are check-in values; `kind` is `open` until a due
    date, a measure or the person says otherwise.
    """

    id: str
    title: str = UNTITLED
    kind: str = "open"
    status: str = "active"
    on: str | None = None
    looks_like: str | None = None
    why: str | None = None
    helps: str | None = None
    area: str | None = None
    start: str | None = None
    due: str | None = None
    importance: int | None = None
    confidence: int | None = None
    measure: str | None = None
    owner: str | None = None
    rank: str = ""
    reflection: str | None = None
    first: int | float | str | None = None
    latest: int | float | str | None = None
    changed_at: str = ""
    milestones: tuple[Milestone, ...] = ()
    checkins: tuple[Checkin, ...] = ()


class Practice(Struct, frozen=True, kw_only=True, gc=False):
    """An exercise between sessions that comes again; `recurrence` is the value of an RRULE, `start` its first day."""

    id: str
    title: str = UNTITLED
    recurrence: str = "FREQ=DAILY"
    start: str = ""
    goal: str | None = None
    minutes: int | None = None
    status: str = "active"
    on: str | None = None
    changed_at: str = ""


class Series(Struct, frozen=True, kw_only=True, gc=False):
    """Sessions that come again; none after `ended`."""

    id: str
    start: Zoned
    recurrence: str = "FREQ=WEEKLY"
    minutes: int | None = None
    place: str | None = None
    ended: str | None = None
    changed_at: str = ""


class Session(Struct, frozen=True, kw_only=True, gc=False):
    """One session: `planned`, `held`, `cancelled` or `not_held`; `original` is its start in its series."""

    id: str
    start: Zoned
    minutes: int | None = None
    place: str | None = None
    status: str = "planned"
    on: str | None = None
    series: str | None = None
    original: Zoned | None = None
    changed_at: str = ""


class Topic(Struct, frozen=True, kw_only=True, gc=False):
    """Something to bring to a session; `open` ones carry over."""

    id: str
    text: str | None = None
    about: dict[str, str] | None = None
    session: str | None = None
    status: str = "open"
    on: str | None = None
    actor: str = ""
    changed_at: str = ""


class Reflection(Struct, frozen=True, kw_only=True, gc=False):
    """Words about a session, a goal, or nothing in particular."""

    id: str
    on: str = ""
    text: str = ""
    takeaway: str | None = None
    session: str | None = None
    goal: str | None = None
    actor: str = ""
    changed_at: str = ""


class Assessment(Struct, frozen=True, kw_only=True, gc=False):
    """A completed form of an instrument."""

    id: str
    instrument: str = ""
    version: str = ""
    answers: tuple[int | None, ...] = ()
    on: str = ""
    score: int | float | None = None
    subscores: dict[str, int | float | None] = msgspec.field(default_factory=dict)
    actor: str = ""
    changed_at: str = ""


class Alliance(Struct, frozen=True, kw_only=True, gc=False):
    """How the work together felt, 0 to 10."""

    id: str
    on: str = ""
    session: dict[str, str] | None = None
    bond: int | None = None
    goals: int | None = None
    tasks: int | None = None
    note: str | None = None
    changed_at: str = ""


class Reminder(Struct, frozen=True, kw_only=True, gc=False):
    """To be reminded of something, at a local time that comes again."""

    id: str
    what: str = UNTITLED
    recurrence: str = "FREQ=DAILY"
    at: str = "09:00"
    about: str | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
    channel: str | None = None
    changed_at: str = ""


class Plan(Struct, frozen=True, kw_only=True, gc=False):
    """A safety plan, in the person's own words."""

    signs: str | None = None
    helps: str | None = None
    people: str | None = None
    places: str | None = None


class Rest(Struct, frozen=True, kw_only=True, gc=False):
    """Whether everything is to be quiet, and until when."""

    resting: bool = False
    until: str | None = None
    on: str | None = None


T = TypeVar("T", bound=Struct)
_BY_DAY = attrgetter("on", "changed_at", "id")

KINDS: dict[str, type[Struct]] = {
    "goal": Goal,
    "milestone": Milestone,
    "measure": Measure,
    "practice": Practice,
    "checkin": Checkin,
    "series": Series,
    "session": Session,
    "topic": Topic,
    "reflection": Reflection,
    "assessment": Assessment,
    "alliance": Alliance,
    "reminder": Reminder,
}
"""Entity kind → how it is shown."""


def plain(value: Struct) -> Mapping[str, Any]:
    """A view as plain JSON values."""
    found: Mapping[str, Any] = msgspec.to_builtins(value)
    return found


@lru_cache(maxsize=64)
def _names(cls: type[Struct]) -> frozenset[str]:
    return frozenset(cls.__struct_fields__)


def show(state: State, cls: type[T], kind: str, entity: str, /, **more: Any) -> T:
    """One entity as a `cls`: the shown values of the fields it knows, the defaults where there are none."""
    wanted = _names(cls)
    fields = {name: value for name, value in state.fields(kind, entity).items() if value is not None and name in wanted}
    at, actor = written(state.entities[kind][entity])
    if "changed_at" in wanted:
        fields["changed_at"] = at
    if "actor" in wanted:
        fields["actor"] = actor
    fields["id"] = entity
    return cls(**fields, **more) if not more else cls(**{**fields, **more})


def own(state: State, cls: type[T], kind: str) -> T:
    """What a journal has one of (its plan, its rest): all defaults where it was never written."""
    wanted = cls.__struct_fields__
    fields = state.fields(kind, state.journal)
    return cls(**{name: value for name, value in fields.items() if name in wanted and value is not None})


def every(state: State, cls: type[T], kind: str) -> list[T]:
    """All entities of a kind that are not retracted, in the order they came."""
    return [show(state, cls, kind, entity) for entity in state.visible(kind)]


def milestone(state: State, entity: str) -> Milestone:
    """One milestone; a reached one is all done."""
    found = show(state, Milestone, "milestone", entity)
    return msgspec.structs.replace(found, progress=100) if found.status == "reached" else found


def in_order(steps: Iterable[Milestone]) -> list[Milestone]:
    """Steps in the person's own order."""
    return sorted(steps, key=lambda m: place_of(m.rank, m.id))


def place_of(rank: str | None, step: str) -> tuple[str, str]:
    """What steps are put in order by."""
    return rank or "~", step


def milestones(state: State) -> dict[str, list[Milestone]]:
    """Goal id → its milestones in their order."""
    found: dict[str, list[Milestone]] = {}
    for step in in_order(milestone(state, entity) for entity in state.visible("milestone")):
        found.setdefault(step.goal, []).append(step)
    return found


def steps_taken_back(state: State, only: str = "") -> dict[str, str]:
    """Goal (every one, or `only` this) → the newest change of those of its milestones that were taken back."""
    found: dict[str, str] = {}
    for one in state.entities.get("milestone", {}).values():
        if is_retracted(one):
            goal = shown_value(one, "milestone", "goal") or ""
            if not only or goal == only:
                found[goal] = max(found.get(goal, ""), written(one)[0])
    return found


def measures(state: State) -> list[Measure]:
    """Every measure."""
    return sorted(every(state, Measure, "measure"), key=lambda m: m.id)


def practices(state: State) -> list[Practice]:
    """Every practice, the first begun first."""
    return sorted(every(state, Practice, "practice"), key=lambda p: (p.start, p.id))


def series(state: State) -> list[Series]:
    """Every series of sessions."""
    found = [e for e, fields in shown_fields(state, "series").items() if fields.get("start")]
    return sorted((show(state, Series, "series", e) for e in found), key=lambda s: (s.start["at"], s.id))


def sessions(state: State) -> list[Session]:
    """Every session that somebody touched, the earliest first; occurrences of series are not worked out here."""
    found = [e for e in state.visible("session") if state.fields("session", e).get("start")]
    return sorted((show(state, Session, "session", e) for e in found), key=lambda s: (s.start["at"], s.id))


def topics(state: State) -> list[Topic]:
    """Every topic, in the order they came up."""
    return sorted(every(state, Topic, "topic"), key=lambda t: (t.changed_at, t.id))


def reflections(state: State) -> list[Reflection]:
    """Every reflection, the earliest day first."""
    return sorted(every(state, Reflection, "reflection"), key=_BY_DAY)


def assessments(state: State) -> list[Assessment]:
    """Every assessment, the earliest day first."""
    return sorted(every(state, Assessment, "assessment"), key=_BY_DAY)


def alliances(state: State) -> list[Alliance]:
    """Every alliance check, the earliest day first."""
    return sorted(every(state, Alliance, "alliance"), key=_BY_DAY)


def reminders(state: State) -> list[Reminder]:
    """Every reminder, by its time of day."""
    return sorted(every(state, Reminder, "reminder"), key=lambda r: (r.at, r.id))
