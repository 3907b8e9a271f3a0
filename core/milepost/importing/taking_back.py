"""Taking back what an import made, as far as nobody has changed it since; pure."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from milepost.commands.by_kind import BEGINNINGS, REFERENCES
from milepost.commands.proposing import withdraw
from milepost.commands.settling import put, retraction
from milepost.commands.undo import bring_back
from milepost.envelope import Event
from milepost.events import COMPOSITES, Draft, by_register, read_fields
from milepost.journal import State
from milepost.register import is_hidden, writes_of

Mine = Callable[[str, int], bool]
"""Whether a write (device, counter) is of the import, or of one that was taken back itself."""
Outcome = Literal["taken back", "put back", "left", "gone"]


class Back(NamedTuple):
    """What is done about an entity: the drafts, and how to say it."""

    outcome: Outcome
    kind: str
    id: str
    drafts: tuple[Draft, ...] = ()


def needed(state: State, mine: Mine) -> frozenset[str]:
    """What is named by something that somebody else wrote, and so can't be taken back from under it."""
    return frozenset(
        value
        for kind, field in REFERENCES
        for entity in state.visible(kind)
        if isinstance(value := state.fields(kind, entity).get(field), str) and not _all_mine(state, kind, entity, mine)
    )


def back(
    state: State, event: Event, mine: Mine, before: Callable[[], State], held: frozenset[str], today: str
) -> Back | None:
    """What takes an event of an import back; None where there is nothing to say of it.

    `before` is the state before the import; `held` is what is needed by others.
    """
    read = read_fields(state.journal, event) if not event.data_digest else None
    if read is None:
        return None
    kind, entity, fields = read
    if kind == "proposal" or fields.get("retracted") is True:
        return _withdrawn(state, entity, mine, today) if kind == "proposal" else _stand_again(state, kind, entity, mine)
    if is_hidden(state.registers(kind, entity)):
        return Back("gone", kind, entity)
    if event.type == BEGINNINGS.get(kind) or not before().is_visible(kind, entity):
        left = entity in held or not _all_mine(state, kind, entity, mine)
        retracted = retraction(kind, entity)
        return Back("left", kind, entity) if left else Back("taken back", kind, entity, (retracted,))
    return _put_back(state, before(), kind, entity, by_register(kind, fields), mine, today)


def _put_back(
    state: State, before: State, kind: str, entity: str, names: Iterable[str], mine: Mine, today: str
) -> Back:
    registers, was, now = state.registers(kind, entity), before.fields(kind, entity), state.fields(kind, entity)
    ours = [name for name in names if name in registers and _only_mine(registers[name], mine)]
    fields = {member: was.get(member) for name in ours for member in COMPOSITES.get(kind, {}).get(name, (name,))}
    if any(now.get(name) != value for name, value in fields.items()):
        if "status" in fields and not fields["status"]:
            fields["on"] = today
        return Back("put back", kind, entity, tuple(put(state, kind, entity, fields)))
    return Back("gone" if ours else "left", kind, entity)


def _withdrawn(state: State, entity: str, mine: Mine, today: str) -> Back:
    registers = state.registers("proposal", entity)
    if "decision" in registers:
        return Back("gone" if _only_mine(registers["decision"], mine) else "left", "proposal", entity)
    return Back("taken back", "proposal", entity, tuple(withdraw(state, entity, today)))


def _stand_again(state: State, kind: str, entity: str, mine: Mine) -> Back | None:
    if not is_hidden(state.registers(kind, entity)):
        return None
    if not _only_mine(state.registers(kind, entity)["retracted"], mine):
        return Back("left", kind, entity)
    return Back("put back", kind, entity, tuple(bring_back(state, kind, entity)))


def _only_mine(register: object, mine: Mine) -> bool:
    return all(mine(*stamp.id) for stamp, _ in writes_of(register))  # type: ignore[arg-type]


def _all_mine(state: State, kind: str, entity: str, mine: Mine) -> bool:
    return all(_only_mine(register, mine) for register in state.registers(kind, entity).values())
