"""A journal as people see it: goals with their milestones, measures and check-ins, and what waits to be settled; pure."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from milepost.journal import Fresh, State
from milepost.register import set_aside, writes_of

OPEN_STATUSES = frozenset({"active"})
"""Goals that are worked on now."""
FOLDED_AWAY = frozenset({"later", "paused", "achieved", "let_go", "ended"})


class Milestone(Struct, frozen=True, kw_only=True):
    """A step on the way to a goal. `due` is a date, or `{at, time_zone}`; `on` is when its status last changed."""

    id: str
    goal: str
    title: str
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


class Checkin(Struct, frozen=True, kw_only=True):
    """How it went on one local day."""

    id: str
    subject: str | None = None
    on: str = ""
    at: str | None = None
    measure: str | None = None
    value: int | float | str | None = None
    baseline: bool = False
    occurrence: str | None = None
    sitting: str | None = None
    note: str | None = None
    source: str | None = None
    external_id: str | None = None
    actor: str = ""
    changed_at: str = ""


class Measure(Struct, frozen=True, kw_only=True):
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


class Goal(Struct, frozen=True, kw_only=True):
    """Something a person wants to be different. `first` and `latest` are check-in values; `kind` is `open` until a due
    date, a measure or the person says otherwise.
    """

    id: str
    title: str
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


class JournalView(Struct, frozen=True, kw_only=True):
    """A whole journal, shown. `changed_at` is the merge clock of its newest change, empty where there is none."""

    id: str
    title: str = ""
    time_zone: str = "UTC"
    locale: str = "en"
    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = ()
    checkins: tuple[Checkin, ...] = ()
    changed_at: str = ""

    def emptied(self) -> "JournalView":
        """The same journal with nothing in it."""
        return JournalView(id=self.id, time_zone=self.time_zone, locale=self.locale)


class Version(Struct, frozen=True, kw_only=True):
    """One of several values that people wrote at the same time."""

    value: Any
    actor: str
    device: str
    at: str
    write: str


class Conflict(Struct, frozen=True, kw_only=True):
    """A field that was written twice at once. `a` is what is shown now, `b` (and `others`) what was set aside."""

    id: str
    kind: str
    field: str
    title: str
    a: Version
    b: Version
    others: tuple[Version, ...] = ()


_FIELDS = {cls: frozenset(cls.__struct_fields__) for cls in (Milestone, Checkin, Measure, Goal)}


def _shown(state: State, cls: type[Any], kind: str, entity: str) -> dict[str, Any]:
    wanted = _FIELDS[cls]
    fields = {name: value for name, value in state.fields(kind, entity).items() if name in wanted and value is not None}
    return {**fields, "id": entity}


def changed_at(state: State, kind: str, entity: str) -> str:
    """The merge clock of the newest write to an entity."""
    found = state.entities[kind][entity]
    if isinstance(found, Fresh):
        return found.stamp.ranked_at
    return max(stamp.ranked_at for register in found.values() for stamp, _ in writes_of(register))


def _author(state: State, kind: str, entity: str) -> str:
    found = state.entities[kind][entity]
    if isinstance(found, Fresh):
        return found.stamp.actor
    return min((stamp.ranked_at, stamp.actor) for register in found.values() for stamp, _ in writes_of(register))[1]


def _milestone(state: State, entity: str) -> Milestone:
    fields = _shown(state, Milestone, "milestone", entity)
    if fields.get("status") == "reached":
        fields["progress"] = 100
    return Milestone(**{"goal": "", "title": UNTITLED, **fields, "changed_at": changed_at(state, "milestone", entity)})


def _checkin(state: State, entity: str) -> Checkin:
    fields = _shown(state, Checkin, "checkin", entity)
    author, changed = _author(state, "checkin", entity), changed_at(state, "checkin", entity)
    return Checkin(**{**fields, "actor": author, "changed_at": changed})


UNTITLED = "(untitled)"
"""Shown for what arrived before its title did."""


def milestones(state: State) -> dict[str, list[Milestone]]:
    """Goal id → its milestones in their order."""
    found: dict[str, list[Milestone]] = {}
    for entity in state.visible("milestone"):
        milestone = _milestone(state, entity)
        found.setdefault(milestone.goal, []).append(milestone)
    for of_goal in found.values():
        of_goal.sort(key=lambda m: (m.rank or "~", m.id))
    return found


def checkins(state: State) -> list[Checkin]:
    """Every check-in, the earliest day first."""
    return sorted((_checkin(state, e) for e in state.visible("checkin")), key=lambda c: (c.on, c.changed_at, c.id))


def goal_ids(state: State) -> list[str]:
    """Goals in the person's own order."""
    return sorted(state.visible("goal"), key=lambda e: (state.fields("goal", e).get("rank") or "~", e))


def _goal(state: State, entity: str, steps: list[Milestone], said: list[Checkin]) -> Goal:
    fields = _shown(state, Goal, "goal", entity)
    if "kind" not in fields and (fields.get("due") or fields.get("measure")):
        fields["kind"] = "smart"
    changed = max([changed_at(state, "goal", entity), *(m.changed_at for m in steps)])
    valued = [c for c in said if c.value is not None and c.measure == fields.get("measure")]
    if valued:
        fields["first"] = next((c for c in valued if c.baseline), valued[0]).value
        fields["latest"] = valued[-1].value
    rest = {"milestones": tuple(steps), "checkins": tuple(said), "changed_at": changed}
    return Goal(**{"title": UNTITLED, **fields, **rest})


def goal_view(state: State, entity: str) -> Goal:
    """One goal with what belongs to it."""
    steps = [m for m in (_milestone(state, e) for e in state.visible("milestone")) if m.goal == entity]
    steps.sort(key=lambda m: (m.rank or "~", m.id))
    return _goal(state, entity, steps, [c for c in checkins(state) if c.subject == entity])


def milestone_view(state: State, entity: str) -> Milestone:
    """One milestone."""
    return _milestone(state, entity)


def checkin_view(state: State, entity: str) -> Checkin:
    """One check-in."""
    return _checkin(state, entity)


def journal_view(state: State) -> JournalView:
    """The whole journal."""
    steps, said = milestones(state), checkins(state)
    by_subject: dict[str | None, list[Checkin]] = {}
    for checkin in said:
        by_subject.setdefault(checkin.subject, []).append(checkin)
    goals = tuple(_goal(state, e, steps.get(e, []), by_subject.get(e, [])) for e in goal_ids(state))
    measures = tuple(Measure(**_shown(state, Measure, "measure", e)) for e in sorted(state.visible("measure")))
    own = state.fields("journal", state.journal)
    newest = max(
        (changed_at(state, kind, entity) for kind, of_kind in state.entities.items() for entity in of_kind), default=""
    )
    return JournalView(
        id=state.journal,
        title=own.get("title") or "",
        time_zone=own.get("time_zone") or "UTC",
        locale=own.get("locale") or "en",
        goals=goals,
        measures=measures,
        checkins=tuple(said),
        changed_at=newest,
    )


def conflicts(state: State) -> list[Conflict]:
    """Every field that was written twice at once and that nobody has settled."""
    found = []
    for kind, of_kind in state.entities.items():
        for entity in state.visible(kind):
            registers = of_kind[entity]
            if isinstance(registers, Fresh):
                continue
            for name, register in registers.items():
                if set_aside(register):
                    found.append(_conflict(state, kind, entity, name, register))
    return sorted(found, key=lambda c: (c.kind, c.title, c.id, c.field))


def _conflict(state: State, kind: str, entity: str, name: str, register: Any) -> Conflict:
    shown, *_ = [_version(w) for w in writes_of(register)]
    aside = [_version(w) for w in set_aside(register)]
    fields = state.fields(kind, entity)
    title = fields.get("title") or fields.get("question") or fields.get("on") or UNTITLED
    return Conflict(id=entity, kind=kind, field=name, title=str(title), a=shown, b=aside[0], others=tuple(aside[1:]))


def _version(write: Any) -> Version:
    stamp, value = write
    return Version(
        value=value, actor=stamp.actor, device=stamp.device, at=stamp.ranked_at, write=f"{stamp.device}.{stamp.n}"
    )


def plain(value: Struct) -> Mapping[str, Any]:
    """A view as plain JSON values."""
    found: Mapping[str, Any] = msgspec.to_builtins(value)
    return found
