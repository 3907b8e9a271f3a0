"""A whole journal as people see it, its goals with all that belongs to them, and what waits to be settled; pure."""

from typing import Any

from msgspec import Struct

from milepost.journal import Fresh, State
from milepost.register import set_aside, writes_of
from milepost.views.entities import (
    UNTITLED,
    Checkin,
    Goal,
    Measure,
    Milestone,
    Practice,
    Reflection,
    Series,
    Session,
    Topic,
    changed_at,
    checkins,
    measures,
    milestone,
    milestones,
    practices,
    reflections,
    series,
    sessions,
    show,
    topics,
)


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


def goal_ids(state: State) -> list[str]:
    """Goals in the person's own order."""
    return sorted(state.visible("goal"), key=lambda e: (state.fields("goal", e).get("rank") or "~", e))


def _goal(state: State, entity: str, steps: list[Milestone], said: list[Checkin]) -> Goal:
    fields = state.fields("goal", entity)
    more: dict[str, Any] = {"milestones": tuple(steps), "checkins": tuple(said)}
    if fields.get("kind") is None and (fields.get("due") or fields.get("measure")):
        more["kind"] = "smart"
    more["changed_at"] = max([changed_at(state, "goal", entity), *(m.changed_at for m in steps)])
    valued = [c for c in said if c.value is not None and c.measure == fields.get("measure")]
    if valued:
        more["first"] = next((c for c in valued if c.baseline), valued[0]).value
        more["latest"] = valued[-1].value
    return show(state, Goal, "goal", entity, **more)


def goal_view(state: State, entity: str) -> Goal:
    """One goal with what belongs to it."""
    steps = [m for m in (milestone(state, e) for e in state.visible("milestone")) if m.goal == entity]
    steps.sort(key=lambda m: (m.rank or "~", m.id))
    return _goal(state, entity, steps, [c for c in checkins(state) if c.subject == entity])


def goals(state: State) -> list[Goal]:
    """Every goal with what belongs to it, in the person's own order."""
    steps = milestones(state)
    by_subject: dict[str | None, list[Checkin]] = {}
    for checkin in checkins(state):
        by_subject.setdefault(checkin.subject, []).append(checkin)
    return [_goal(state, e, steps.get(e, []), by_subject.get(e, [])) for e in goal_ids(state)]


def journal_view(state: State) -> JournalView:
    """The whole journal."""
    own = state.fields("journal", state.journal)
    newest = max(
        (changed_at(state, kind, entity) for kind, of_kind in state.entities.items() for entity in of_kind), default=""
    )
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
