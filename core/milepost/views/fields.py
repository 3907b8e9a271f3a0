"""What is shown of entities as flat fields, read off their registers, no more of them than is asked for; pure.

Most of a long journal is check-ins that nobody has changed, and most of what is asked is about a few of them: so one
field of every entity is looked at, and all of it only where that one fits.
"""

from collections.abc import Callable, Container, Iterable
from typing import Any

from msgspec import Struct

from milepost.events import COMPOSITES, Fields
from milepost.journal import Fresh, State
from milepost.register import Registers, is_hidden, shown, writes_of

_SHARED = {
    (kind, name): register
    for kind, registers in COMPOSITES.items()
    for register, members in registers.items()
    for name in members
}
"""(kind, field) → the register that it shares with others."""


def written(found: Fresh | Registers) -> tuple[str, str]:
    """The merge clock of the newest write to an entity, and who was the first to write it."""
    if isinstance(found, Fresh):
        return found.stamp.ranked_at, found.stamp.actor
    newest = oldest = writes_of(next(iter(found.values())))[0][0]
    for register in found.values():
        for stamp, _ in writes_of(register):
            if stamp.ranked_at > newest.ranked_at:
                newest = stamp
            elif (stamp.ranked_at, stamp.actor) < (oldest.ranked_at, oldest.actor):
                oldest = stamp
    return newest.ranked_at, oldest.actor


def changed_at(state: State, kind: str, entity: str) -> str:
    """The merge clock of the newest write to an entity."""
    return written(state.entities[kind][entity])[0]


def shown_fields(state: State, kind: str, only: Container[str] | None = None) -> dict[str, Fields]:
    """Every entity of a kind (or `only` these) that is not retracted → what is shown of it, in the order they came."""
    return {
        entity: one.fields if isinstance(one, Fresh) else state.fields(kind, entity)
        for entity, one in state.entities.get(kind, {}).items()
        if (only is None or entity in only)
        and not (one.fields.get("retracted") is True if isinstance(one, Fresh) else is_hidden(one))
    }


def those(state: State, kind: str, name: str, fits: Callable[[Any], bool]) -> dict[str, Fields]:
    """The entities of `shown_fields` whose field `name` (or None) fits; of the others only that field is read."""
    shared = _SHARED.get((kind, name))
    found = {}
    for entity, one in state.entities.get(kind, {}).items():
        if isinstance(one, Fresh):
            if fits(one.fields.get(name)) and one.fields.get("retracted") is not True:
                found[entity] = one.fields
        else:
            register = one.get(shared or name)
            value = None if register is None else shown(register)
            if fits(value.get(name) if shared and value else value) and not is_hidden(one):
                found[entity] = state.fields(kind, entity)
    return found


class Said(Struct, frozen=True, order=True, gc=False):
    """A check-in: the day it is about, the merge clock of its newest write, its id, who first wrote it, its fields."""

    on: str
    at: str
    id: str
    actor: str
    fields: Fields


def said(state: State, first: str = "", last: str = "~", subjects: Iterable[str | None] | None = None) -> list[Said]:
    """The check-ins about the days from `first` to `last`, the earliest first. `subjects`: only those about one of these."""
    found = []
    checkins = state.entities.get("checkin", {})
    wanted = None if subjects is None else set(subjects)
    some = checkins if wanted is None else {entity: None for one in wanted for entity in state.about.get(one, ())}
    for entity in some:
        one = checkins[entity]
        fields = one.fields if isinstance(one, Fresh) else state.fields("checkin", entity)
        if wanted is not None and fields.get("subject") not in wanted:
            continue
        on = fields.get("on") or ""
        if not first <= on <= last:
            continue
        if isinstance(one, Fresh):
            if fields.get("retracted") is not True:
                found.append(Said(on, one.stamp.ranked_at, entity, one.stamp.actor, fields))
        elif not is_hidden(one):
            at, actor = written(one)
            found.append(Said(on, at, entity, actor, fields))
    found.sort()
    return found
