"""What is shown of entities as flat fields, read off their registers, no more of them than is asked for; pure.

Most of a long journal is check-ins that nobody has changed, and most of what is asked is about a few of them: so one
field of every entity is looked at, and all of it only where that one fits.
"""

from collections.abc import Callable, Container
from typing import Any

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


def is_retracted(found: Fresh | Registers) -> bool:
    """Whether an entity was taken back, by somebody who had seen all that is in it."""
    return found.fields.get("retracted") is True if isinstance(found, Fresh) else is_hidden(found)


def changed_at(state: State, kind: str, entity: str) -> str:
    """The merge clock of the newest write to an entity."""
    return written(state.entities[kind][entity])[0]


def shown_fields(state: State, kind: str, only: Container[str] | None = None) -> dict[str, Fields]:
    """Every entity of a kind (or `only` these) that is not retracted → what is shown of it, in the order they came."""
    return {
        entity: one.fields if isinstance(one, Fresh) else state.fields(kind, entity)
        for entity, one in state.entities.get(kind, {}).items()
        if (only is None or entity in only) and not is_retracted(one)
    }


def shown_value(one: Fresh | Registers, kind: str, name: str) -> Any:
    """What is shown of one field of an entity, None where nothing is."""
    return one.fields.get(name) if isinstance(one, Fresh) else _value(one, name, _SHARED.get((kind, name)))


def _value(one: Registers, name: str, shared: str | None) -> Any:
    register = one.get(shared or name)
    value = None if register is None else shown(register)
    return value.get(name) if shared and value else value


def those(state: State, kind: str, name: str, fits: Callable[[Any], bool]) -> dict[str, Fields]:
    """The entities of `shown_fields` whose field `name` (or None) fits; of the others only that field is read."""
    shared = _SHARED.get((kind, name))
    found = {}
    for entity, one in state.entities.get(kind, {}).items():
        if isinstance(one, Fresh):
            if fits(one.fields.get(name)) and one.fields.get("retracted") is not True:
                found[entity] = one.fields
        elif fits(_value(one, name, shared)) and not is_hidden(one):
            found[entity] = state.fields(kind, entity)
    return found
