"""What a plugin is shown of a state, as far as a person granted it; pure.

Theory of operation
-------------------
A grant is a set of scopes, and whether texts may be the person's own. `project` shows a whole journal under a grant,
`project_entity` one entity, and both show the same of it. What a view says of one entity may depend on others (which
step of how many it is): `around` names them. So what may look different after an event is what is `around` all that is
`set_by` it, in the state before and in the one after: what was moved belonged to something else before.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from milepost import plugin_api as api
from milepost.envelope import Event
from milepost.events import read_fields
from milepost.journal import Fresh, State
from milepost.plugin_api import KIND_NEEDS, SCOPE_OF, SCOPES, VIEWS, WITHHELD, JournalView, Kind, Scope, View
from milepost.register import writes_of
from milepost.views import entities
from milepost.views.checkins import checkin
from milepost.views.fields import changed_at, is_retracted, those
from milepost.views.history import Change
from milepost.views.journal import goal_view, journal_view

DROPPED = "dropped"

T = TypeVar("T", bound=Struct)


class Grant(Struct, frozen=True):
    """What may be shown: scopes, and whether texts are the person's own; else they are neutral."""

    scopes: frozenset[Scope]
    plain: bool

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of entities that there are under it, parents before what names them."""
        return tuple(kind for kind in VIEWS if self.has(KIND_NEEDS.get(kind)))

    def has(self, scope: Scope | None) -> bool:
        """Whether what needs a scope may be shown as it is."""
        return scope is None or (scope in self.scopes and (self.plain or scope != "free-text"))


EVERYTHING = Grant(frozenset(SCOPES), plain=True)
DISCREET = Grant(frozenset(SCOPES) - {"assessments", "sensitive"}, plain=False)
"""What an export shows that others may see."""


def project(state: State, grant: Grant = EVERYTHING) -> JournalView:
    """The whole journal."""
    found = journal_view(state)
    steps = [step for goal in found.goals for step in placed(goal.milestones)]
    kinds = set(grant.kinds)

    def veiled(kind: Kind, views: Iterable[View]) -> Any:
        return tuple(veil(view, grant) for view in views) if kind in kinds else ()

    return JournalView(
        **of_journal(state, grant),
        goals=veiled("goal", map(as_goal, found.goals)),
        milestones=veiled("milestone", steps),
        measures=veiled("measure", (_measure(state, one.id) for one in found.measures)),
        checkins=veiled("checkin", (_as(api.Checkin, one) for one in found.checkins)),
        practices=veiled("practice", (_as(api.Practice, one) for one in found.practices)),
        series=veiled("series", (_as(api.Series, one) for one in found.series)),
        sessions=veiled("session", (_as(api.Session, one) for one in found.sessions)),
        topics=veiled("topic", (_as(api.Topic, one) for one in found.topics)),
        reflections=veiled("reflection", (_as(api.Reflection, one) for one in found.reflections)),
        assessments=veiled("assessment", (_as(api.Assessment, one) for one in entities.assessments(state))),
    )


def of_journal(state: State, grant: Grant) -> dict[str, Any]:
    """What is shown of a journal itself."""
    own = state.fields("journal", state.journal)
    return {
        "id": state.journal,
        "title": (own.get("title") or "") if grant.plain and grant.has("titles") else WITHHELD,
        "time_zone": own.get("time_zone") or "UTC",
        "locale": own.get("locale") or "en",
        "changed_at": state.newest,
    }


def project_entity(state: State, kind: Kind, entity: str, grant: Grant = EVERYTHING) -> View | None:
    """One entity, or None where there is none to be shown: it was taken back, or never begun, or needs another grant."""
    if not grant.has(KIND_NEEDS.get(kind)) or not is_shown(state, kind, entity):
        return None
    return veil(READERS[kind](state, entity), grant)


def every_entity(state: State, grant: Grant) -> Iterator[tuple[Kind, str]]:
    """(kind, id) of all that is shown under a grant, parents before what names them."""
    for kind in grant.kinds:
        yield from ((kind, entity) for entity in state.visible(kind) if is_shown(state, kind, entity))


def set_by(state: State, event: Event) -> Iterator[tuple[str, str]]:
    """(kind, id) of all that an event sets: one entity; what an accepted proposal changes, and what a redaction empties."""
    read = None if event.rejected else read_fields(state.journal, event)
    if read is None:
        return
    kind, entity, fields = read
    yield kind, entity
    if kind == "proposal" and (agreed := fields.get("accepted")) is not None:
        yield agreed["kind"], agreed["id"]
    elif kind == "redaction" and not event.data_digest:
        yield from _written_by(state, (fields["device"], fields["n"]))


def _written_by(state: State, write: tuple[str, int]) -> Iterator[tuple[str, str]]:
    for kind, of_kind in state.entities.items():
        for entity, found in of_kind.items():
            registers = [(found.stamp, None)] if isinstance(found, Fresh) else found.values()
            if any(stamp.id == write for register in registers for stamp, _ in writes_of(register)):
                yield kind, entity


def around(state: State, kind: str, entity: str) -> Iterator[tuple[str, str]]:
    """(kind, id) of the entities whose views may change with this one, itself included."""
    yield kind, entity
    if kind == "goal":
        yield from (("milestone", step) for step in _steps(state, entity))
    elif kind == "milestone" and (goal := state.fields(kind, entity).get("goal")):
        yield "goal", goal
        yield from (("milestone", step) for step in _steps(state, goal) if step != entity)
    elif kind == "checkin" and (subject := state.fields(kind, entity).get("subject")):
        yield "goal", subject


def digest(view: View) -> bytes:
    """What two views of an entity have in common that look the same; when it changed does not matter."""
    return hashlib.sha256(msgspec.json.encode(replace(view, changed_at=""))).digest()


def _steps(state: State, goal: str) -> dict[str, Any]:
    return those(state, "milestone", "goal", lambda named: named == goal)


def is_shown(state: State, kind: Kind, entity: str) -> bool:
    """Whether there is something to be shown of an entity, were it granted."""
    found = state.entities.get(kind, {}).get(entity)
    if found is None or is_retracted(found):
        return False
    fields = state.fields(kind, entity)
    if kind == "milestone":
        goal = state.entities.get("goal", {}).get(fields.get("goal") or "")
        return goal is not None and not is_retracted(goal)
    return bool(fields.get("start")) or kind not in {"series", "session"}


def _as(cls: type[T], view: Struct, **more: Any) -> T:
    """A view as the plugins' own type of it: the fields that both have."""
    return cls(**{name: getattr(view, name) for name in _common(cls, type(view))}, **more)


@lru_cache(maxsize=64)
def _common(one: type[Struct], other: type[Struct]) -> tuple[str, ...]:
    return tuple(name for name in one.__struct_fields__ if name in other.__struct_fields__)


def as_goal(goal: entities.Goal) -> api.Goal:
    """A goal as plugins see it."""
    statuses = [step.status for step in goal.milestones if step.status != DROPPED]
    return _as(api.Goal, goal, steps=len(statuses), reached=statuses.count("reached"))


def placed(steps: Sequence[entities.Milestone]) -> Iterator[api.Milestone]:
    """A goal's steps in order, each with its place."""
    places = {step.id: place for place, step in enumerate((one for one in steps if one.status != DROPPED), 1)}
    for step in steps:
        yield _as(api.Milestone, step, place=places.get(step.id, 0), of=len(places) if step.id in places else 0)


def _milestone(state: State, entity: str) -> api.Milestone:
    step = entities.milestone(state, entity)
    if step.status == DROPPED:
        return _as(api.Milestone, step, place=0, of=0)
    # Of the others only their places are looked at: a goal may have hundreds of steps.
    kept = [(of.get("rank"), one) for one, of in _steps(state, step.goal).items() if of.get("status") != DROPPED]
    own = entities.place_of(step.rank, entity)
    before = sum(entities.place_of(rank, one) < own for rank, one in kept)
    return _as(api.Milestone, step, place=before + 1, of=len(kept))


def _measure(state: State, entity: str) -> api.Measure:
    measure = entities.show(state, entities.Measure, "measure", entity)
    levels = (
        measure.level_minus_2,
        measure.level_minus_1,
        measure.level_0,
        measure.level_plus_1,
        measure.level_plus_2,
    )
    at = changed_at(state, "measure", entity)
    return _as(api.Measure, measure, levels=levels if any(levels) else (), changed_at=at)


def _reader(cls: type[View], inner: type[Struct], kind: str) -> Callable[[State, str], View]:
    return lambda state, entity: _as(cls, entities.show(state, inner, kind, entity))


READERS: dict[Kind, Callable[[State, str], View]] = {
    "goal": lambda state, entity: as_goal(goal_view(state, entity)),
    "milestone": _milestone,
    "measure": _measure,
    "checkin": lambda state, entity: _as(api.Checkin, checkin(state, entity)),
    "practice": _reader(api.Practice, entities.Practice, "practice"),
    "series": _reader(api.Series, entities.Series, "series"),
    "session": _reader(api.Session, entities.Session, "session"),
    "topic": _reader(api.Topic, entities.Topic, "topic"),
    "reflection": _reader(api.Reflection, entities.Reflection, "reflection"),
    "assessment": _reader(api.Assessment, entities.Assessment, "assessment"),
}


def veil(view: View, grant: Grant) -> View:
    """A view without what was not granted, and discreet where that is asked for."""
    if grant == EVERYTHING:
        return view
    hidden: dict[str, Any] = {}
    for name, scope in SCOPE_OF[type(view)].items():
        if not grant.has(scope):
            hidden[name] = WITHHELD
        elif scope == "titles" and not grant.plain:
            hidden[name] = neutral_title(view) if name == "title" else WITHHELD
        elif scope == "numbers" and isinstance(getattr(view, name), str) and not grant.has("free-text"):
            hidden[name] = WITHHELD
    return replace(view, **hidden) if hidden else view


def scope_of(kind: Kind, field: str) -> Scope | None:
    """The scope that a field needs; None for one that is open. One that no view has counts as the person's own words."""
    cls = VIEWS[kind]
    needed = SCOPE_OF[cls].get(field)
    return needed if needed is not None or field in cls.__struct_fields__ else "free-text"


def revised(kind: str, changes: Iterable[Change], grant: Grant) -> list[api.Revised]:
    """What became of one entity, as far as a grant shows it; nothing of a kind that is not shown at all."""
    found = next((shown for shown in grant.kinds if shown == kind), None)
    if found is None:
        return []
    own_words = grant.has("free-text")

    def veil(name: str, value: Any) -> Any:
        scope = scope_of(found, name)
        hidden = not grant.has(scope) or (scope == "titles" and not grant.plain)
        return WITHHELD if hidden or (scope == "numbers" and isinstance(value, str) and not own_words) else value

    return [
        api.Revised(
            field=one.field,
            was=veil(one.field, one.from_),
            now=veil(one.field, one.to),
            at_ms=one.at,
            reason=one.reason if own_words else None,
        )
        for one in changes
    ]


def neutral_title(view: View) -> str:
    """What may be read over somebody's shoulder."""
    if isinstance(view, api.Milestone):
        return f"Step {view.place} of {view.of}" if view.place else "Step"
    return type(view).__name__
