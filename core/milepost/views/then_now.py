"""How a goal was first put and how it is put now, and the first and latest words about it; adds none of its own."""

from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from milepost.clock import hlc_ms
from milepost.envelope import Event
from milepost.events import Fields
from milepost.journal import State
from milepost.views.checkins import checkins_about
from milepost.views.entities import UNTITLED, reflections
from milepost.views.history import each_write
from milepost.views.journal import goal_fields

WORDINGS = ("title", "looks_like", "why", "helps")
"""The fields of a goal that are a person's own words."""


class Words(Struct, frozen=True, kw_only=True):
    """Something written down on a local day: a `checkin`'s note or a `reflection`, as it reads now."""

    on: str
    kind: str
    id: str
    text: str


class Wording(Struct, frozen=True, kw_only=True):
    """One of a goal's texts: as it was first written, and as it is; null where there is none."""

    field: str
    then: str | None = None
    now: str | None = None


class ThenNow(Struct, frozen=True, kw_only=True):
    """One goal, or (`goal` null) what was written about nothing in particular.

    `wordings` are those that changed. `first` and `latest` are words about it, the latter null where only one thing
    was written.
    """

    goal: str | None = None
    title: str = ""
    wordings: tuple[Wording, ...] = ()
    first: Words | None = None
    latest: Words | None = None


class First(NamedTuple):
    """When the first write to an entity was made (merge clock, milliseconds since 1970), and the first of each field."""

    at: int
    values: Fields


def first_writes(
    events: Iterable[Event], journal: str, kind: str, only: Collection[str] | None = None
) -> dict[str, First]:
    """The entities of a kind → how each began. Values of null are passed over; first means by the merge clock.

    `only`: these entities and no other.
    """
    found: dict[str, First] = {}
    written_by = list(each_write(events, journal, {kind}, only))
    for event, _, _, entity, fields in sorted(written_by, key=lambda one: (one[0].ranked_at, one[0].device, one[0].n)):
        if entity not in found:
            found[entity] = First(hlc_ms(event.ranked_at), {})
        values = found[entity].values
        for name, value in fields.items():
            if value is not None and name not in values:
                values[name] = value
    return found


def then_now(state: State, events: Iterable[Event], goal: str | None = None) -> tuple[ThenNow, ...]:
    """Then and now of every goal (or one), in the person's own order; last, what was written without a goal.

    Goals whose texts stayed and about which nothing was written are left out. Where a goal has an owner, the words are
    theirs. A note that was amended is shown as it reads now.
    """
    only = None if goal is None else {goal}
    goals = goal_fields(state, only)
    first, words = first_writes(events, state.journal, "goal", only), _words(state, goals)
    found = []
    for entity, fields in goals.items():
        then = first[entity].values if entity in first else {}
        wordings = tuple(
            Wording(field=name, then=then.get(name), now=fields.get(name))
            for name in WORDINGS
            if then.get(name) != fields.get(name)
        )
        oldest, newest = words.get(entity, (None, None))
        title = fields.get("title") or UNTITLED
        found.append(ThenNow(goal=entity, title=title, wordings=wordings, first=oldest, latest=newest))
    if goal is None:
        oldest, newest = words.get(None, (None, None))
        found.append(ThenNow(first=oldest, latest=newest))
    return tuple(one for one in found if one.wordings or one.first)


def _words(state: State, goals: Mapping[str, Fields]) -> dict[str | None, tuple[Words, Words | None]]:
    """Goal (null: none) → the first and the latest words about it, the latter null where there is but one thing."""
    written: dict[str | None, list[_Written]] = {}
    owners: dict[str | None, str | None] = {None: None}
    owners |= {entity: fields.get("owner") for entity, fields in goals.items()}
    for subject, owner in owners.items():
        ours = [one for one in checkins_about(state, subject) if one.note and (not owner or owner == one.actor)]
        written[subject] = [
            ((one.on, one.changed_at, one.id), Words(on=one.on, kind="checkin", id=one.id, text=one.note or ""))
            for one in (ours[:1] + ours[-1:])
        ]
    for one in reflections(state):
        if one.goal in owners and owners[one.goal] in {None, one.actor} and one.text:
            words = Words(on=one.on, kind="reflection", id=one.id, text=one.text)
            written[one.goal].append(((one.on, one.changed_at, one.id), words))
    return {
        subject: (first, None if last.id == first.id else last)
        for subject, ours in written.items()
        if ours
        for first, last in [(min(ours, key=_place)[1], max(ours, key=_place)[1])]
    }


_Written = tuple[tuple[str, str, str], Words]
"""Where something stands in the order of things said, and its words."""
_place = itemgetter(0)
