"""A journal as a grant shows it, kept up with its state: what did not change is not worked out again; pure.

Theory of operation
-------------------
What was shown is kept beside the state (`State.shown`), and the fold notes there which entities it has set since. When it
is asked for again, the views of those and of what is around them are made anew and put in their places. All others are
the very objects that they were, so whoever makes something of them sees at once which are new.

Steps are kept by their goal: each says which of how many it is, and the goal how many it has.
"""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import chain
from operator import itemgetter
from typing import Any

from milepost import plugin_api as api
from milepost.journal import State
from milepost.plugin_api import JournalView, Kind, View
from milepost.projection import EVERYTHING, READERS, Grant, as_goal, is_shown, of_journal, placed, veil
from milepost.views.checkins import checkins_about
from milepost.views.entities import in_order, milestone
from milepost.views.fields import changed_at, is_retracted
from milepost.views.journal import goal_with

MOST_ONE_BY_ONE = 64
"""Views that are put in place one by one; of more, the whole row is put in order anew."""

_by_day = ("on", "changed_at", "id")
_ORDER: dict[Kind, tuple[str, ...]] = {
    "measure": ("id",),
    "checkin": _by_day,
    "practice": ("start", "id"),
    "series": ("start", "id"),
    "session": ("start", "id"),
    "topic": ("changed_at", "id"),
    "reflection": _by_day,
    "assessment": _by_day,
}
"""What the views of a kind are ordered by, as they are before anything is withheld; goals and steps go by rank."""
_MANY: dict[Kind, str] = {kind: kind if kind == "series" else f"{kind}s" for kind in _ORDER}
Placed = tuple[tuple[str, ...], Any]
"""A view and what it is ordered by."""


def projected(state: State, grant: Grant = EVERYTHING) -> JournalView:
    """The whole journal: what `project` gives, and next time sooner."""
    kept: _Shown | None = state.shown.get(grant)
    if kept is None:
        everything = {(kind, entity): None for kind, of_kind in state.entities.items() for entity in of_kind}
        kept = state.shown[grant] = _Shown(grant, everything)
    return kept.again(state)


class _Row:
    """The views of one kind in their order."""

    def __init__(self) -> None:
        self.views: tuple[Any, ...] = ()
        self._known: dict[str, Placed] = {}
        self._keys: list[tuple[str, ...]] = []
        self._ordered: list[Any] = []

    def put(self, found: Mapping[str, Placed | None]) -> None:
        """Has some as they are now; None is gone."""
        changed = {entity: now for entity, now in found.items() if self._known.get(entity) != now}
        for entity, now in changed.items():
            before = self._known.pop(entity, None)
            if now is not None:
                self._known[entity] = now
            if len(changed) > MOST_ONE_BY_ONE:
                continue
            if before is not None:
                at = bisect_left(self._keys, before[0])
                del self._keys[at], self._ordered[at]
            if now is not None:
                at = bisect_left(self._keys, now[0])
                self._keys.insert(at, now[0])
                self._ordered.insert(at, now[1])
        if len(changed) > MOST_ONE_BY_ONE:
            ordered = sorted(self._known.values(), key=itemgetter(0))
            self._keys, self._ordered = [key for key, _ in ordered], [view for _, view in ordered]
        if changed:
            self.views = tuple(self._ordered)


class _Shown:
    """What a grant shows of one journal; `changed` is what was set since it was last asked for."""

    def __init__(self, grant: Grant, changed: dict[tuple[str, str], None]) -> None:
        self.changed = changed
        self._grant = grant
        self._rows = {kind: _Row() for kind in grant.kinds if kind in _ORDER}
        self._goals = _Row()
        self._steps: dict[str, tuple[api.Milestone, ...]] = {}
        self._milestones: tuple[api.Milestone, ...] = ()
        self._within: dict[tuple[str, str], str] = {}
        """(kind, id) of a step or a check-in → the goal that it belongs to, or whatever it is about."""
        self._step_ids: dict[str, set[str]] = {}

    def again(self, state: State) -> JournalView:
        """The journal as it is now."""
        changed = dict(self.changed)
        self._put_rows(state, changed)
        if goals := self._goals_of(state, changed):
            self._put_goals(state, goals)
        self.changed.clear()
        rows: dict[str, Any] = {_MANY[kind]: row.views for kind, row in self._rows.items()}
        return JournalView(
            **of_journal(state, self._grant), goals=self._goals.views, milestones=self._milestones, **rows
        )

    def _put_rows(self, state: State, changed: Mapping[tuple[str, str], None]) -> None:
        for kind, row in self._rows.items():
            entities = [entity for of, entity in changed if of == kind]
            row.put({entity: self._placed(state, kind, entity) for entity in entities})

    def _placed(self, state: State, kind: Kind, entity: str) -> Placed | None:
        if not is_shown(state, kind, entity):
            return None
        view: View = READERS[kind](state, entity)
        values = (getattr(view, name) for name in _ORDER[kind])
        key = tuple(value["at"] if isinstance(value, Mapping) else value for value in values)
        return key, veil(view, self._grant)

    def _goals_of(self, state: State, changed: Mapping[tuple[str, str], None]) -> set[str]:
        """The goals that may look different, as something of theirs does, or did."""
        goals = {entity for kind, entity in changed if kind == "goal"}
        for one in changed:
            kind, entity = one
            if kind not in {"milestone", "checkin"}:
                continue
            before = self._within.get(one)
            now = state.fields(kind, entity).get("goal" if kind == "milestone" else "subject") or ""
            goals |= {now} if before is None else {before, now}
            self._within[one] = now
            if kind == "milestone":
                self._step_ids.get(before or "", set()).discard(entity)
                self._step_ids.setdefault(now, set()).add(entity)
        known = state.entities.get("goal", {})
        return {goal for goal in goals if goal in known}

    def _put_goals(self, state: State, goals: set[str]) -> None:
        found: dict[str, Placed | None] = {}
        of_kind = state.entities.get("milestone", {})
        for entity in goals:
            if not is_shown(state, "goal", entity):
                found[entity] = None
                self._steps.pop(entity, None)
                continue
            ids = self._step_ids.get(entity, ())
            back = {one for one in ids if is_retracted(of_kind[one])}
            gone = max((changed_at(state, "milestone", one) for one in back), default="")
            steps = in_order(milestone(state, one) for one in ids if one not in back)
            goal = goal_with(state, entity, steps, checkins_about(state, entity), gone)
            found[entity] = ((goal.rank or "~", goal.id), veil(as_goal(goal), self._grant))
            before = {step.id: step for step in self._steps.get(entity, ())}
            views: list[Any] = [veil(step, self._grant) for step in placed(steps)]
            self._steps[entity] = tuple(before[one.id] if before.get(one.id) == one else one for one in views)
        self._goals.put(found)
        self._milestones = tuple(chain.from_iterable(self._steps.get(goal.id, ()) for goal in self._goals.views))
