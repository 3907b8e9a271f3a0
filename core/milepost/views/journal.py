"""A whole journal as people see it, its goals with all that belongs to them, and what waits to be settled; pure."""

from collections.abc import Container, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from milepost.events import Fields
from milepost.journal import Fresh, State
from milepost.register import Write, is_hidden, set_aside, writes_of
from milepost.views.checkins import Checkin, checkins, checkins_about
from milepost.views.entities import (
    UNTITLED,
    Goal,
    Measure,
    Milestone,
    Practice,
    Reflection,
    Series,
    Session,
    Topic,
    in_order,
    measures,
    milestone,
    milestones,
    practices,
    reflections,
    series,
    sessions,
    show,
    steps_taken_back,
    topics,
)
from milepost.views.fields import shown_fields, those


class JournalView(Struct, frozen=True, kw_only=True):
    """A whole journal, shown. `changed_at` is the merge clock of its newest change, empty where there is none."""

    id: str
    title: str = ""
    time_zone: str = "UTC"
    locale: str = "en"
    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = ()
    checkins: tuple[Checkin, ...] = ()
    practices: tuple[Practice, ...] = ()
    series: tuple[Series, ...] = ()
    sessions: tuple[Session, ...] = ()
    topics: tuple[Topic, ...] = ()
    reflections: tuple[Reflection, ...] = ()
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


def goal_fields(state: State, only: Container[str] | None = None) -> dict[str, Fields]:
    """Goal (every one, or `only` these) → what is shown of it, in the person's own order."""
    found = shown_fields(state, "goal", only)
    return dict(sorted(found.items(), key=lambda item: (item[1].get("rank") or "~", item[0])))


def goal_ids(state: State) -> list[str]:
    """Goals in the person's own order."""
    return list(goal_fields(state))


def goal_with(state: State, entity: str, steps: Sequence[Milestone], said: Sequence[Checkin], gone: str = "") -> Goal:
    """One goal with its steps in order, and the check-ins about it, the earliest first.

    `gone`: when the last of those steps changed that were taken back.
    """
    found = show(state, Goal, "goal", entity)
    more: dict[str, Any] = {"milestones": tuple(steps), "checkins": tuple(said)}
    if (found.due or found.measure) and state.fields("goal", entity).get("kind") is None:
        more["kind"] = "smart"
    more["changed_at"] = max([found.changed_at, gone, *(step.changed_at for step in steps)])
    valued = [one for one in said if one.value is not None and one.measure == found.measure]
    if valued:
        more["first"] = next((one for one in valued if one.baseline), valued[0]).value
        more["latest"] = valued[-1].value
    return msgspec.structs.replace(found, **more)


def goal_view(state: State, entity: str) -> Goal:
    """One goal with what belongs to it."""
    steps = in_order(milestone(state, one) for one in those(state, "milestone", "goal", lambda goal: goal == entity))
    gone = steps_taken_back(state, entity).get(entity, "")
    return goal_with(state, entity, steps, checkins_about(state, entity), gone)


def goals(state: State) -> list[Goal]:
    """Every goal with what belongs to it, in the person's own order."""
    steps = milestones(state)
    gone = steps_taken_back(state)
    found = [
        goal_with(state, e, steps.get(e, ()), checkins_about(state, e), gone.get(e, "")) for e in state.visible("goal")
    ]
    return sorted(found, key=lambda goal: (goal.rank or "~", goal.id))


def journal_view(state: State) -> JournalView:
    """The whole journal."""
    own = state.fields("journal", state.journal)
    return JournalView(
        id=state.journal,
        title=own.get("title") or "",
        time_zone=own.get("time_zone") or "UTC",
        locale=own.get("locale") or "en",
        goals=tuple(goals(state)),
        measures=tuple(measures(state)),
        checkins=tuple(checkins(state)),
        practices=tuple(practices(state)),
        series=tuple(series(state)),
        sessions=tuple(sessions(state)),
        topics=tuple(topics(state)),
        reflections=tuple(reflections(state)),
        changed_at=state.newest,
    )


def conflicts(state: State) -> list[Conflict]:
    """Every field that was written twice at once and that nobody has settled."""
    found = []
    for kind, of_kind in state.entities.items():
        for entity, registers in of_kind.items():
            if isinstance(registers, Fresh):
                continue
            twice = {name: register for name, register in registers.items() if set_aside(register)}
            if twice and not is_hidden(registers):
                found += [_conflict(state, kind, entity, name, register) for name, register in twice.items()]
    return sorted(found, key=lambda c: (c.kind, c.title, c.id, c.field))


def _conflict(state: State, kind: str, entity: str, name: str, register: Any) -> Conflict:
    shown, *_ = [version_of(w) for w in writes_of(register)]
    aside = [version_of(w) for w in set_aside(register)]
    fields = state.fields(kind, entity)
    title = fields.get("title") or fields.get("question") or fields.get("on") or UNTITLED
    return Conflict(id=entity, kind=kind, field=name, title=str(title), a=shown, b=aside[0], others=tuple(aside[1:]))


def versions(state: State, kind: str, entity: str, register: str) -> tuple[Version, ...]:
    """Every write that stands in a register, the shown one first; none where nobody wrote it."""
    found = state.registers(kind, entity).get(register)
    return tuple(version_of(write) for write in writes_of(found)) if found is not None else ()


def version_of(write: Write) -> Version:
    """A write as people see it; `at` is its merge clock, `write` what identifies it."""
    stamp, value = write
    return Version(
        value=value, actor=stamp.actor, device=stamp.device, at=stamp.ranked_at, write=f"{stamp.device}.{stamp.n}"
    )
