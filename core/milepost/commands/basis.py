"""What a change is based on: the writes that somebody was shown, and whether they still stand; pure.

A field's *base* names the maximal writes of its register, `device.n` with commas between: the shown one first, the
others sorted, as in a line of the state hash; empty where nobody wrote it. Live sync may change a field while a form is
open, so applied is not shown: whoever writes gives the base of what they saw, and is refused where it is another by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from milepost.errors import Conflict, InvalidInput
from milepost.events import COMPOSITES, EVENT_TYPES, PAYLOADS, Draft, by_register
from milepost.events.registry import NOT_FIELDS
from milepost.journal import State
from milepost.register import writes_of
from milepost.views.journal import Version, versions

Base = dict[str, str]
"""Register → its maximal writes."""
Basis = dict[tuple[str, str], Base]
"""(kind, id) → the base of what was shown of that entity."""

MAX_SAID = 60
"""Letters of a value in a message; the whole of it is in the error's `fields`."""


class Differing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field that is not as it was shown: the writes then and now, the value then (where it is known), and every
    value that stands there now, the shown one first.
    """

    field: str
    base: str
    now: str
    was: Any | UnsetType = UNSET
    versions: tuple[Version, ...] = ()


@lru_cache(maxsize=64)
def registers_of(kind: str) -> tuple[str, ...]:
    """Every register that an entity of a kind may have, sorted."""
    found = set[str]()
    for name, known in EVENT_TYPES.items():
        if known.entity == kind:
            fields = dict.fromkeys(f for f in PAYLOADS[name].__struct_fields__ if f not in NOT_FIELDS)
            found |= by_register(kind, {**fields, **known.sets}).keys()
    return tuple(sorted(found - {"accepted"}))


def register_of(kind: str, field: str) -> str:
    """The register that a field is in.

    Raises:
        InvalidInput: an entity of that kind has no such field.
    """
    for register, members in COMPOSITES.get(kind, {}).items():
        if field in members:
            return register
    if field not in registers_of(kind):
        raise InvalidInput(f"A {kind} has no field `{field}`.")
    return field


def base_of(state: State, kind: str, entity: str, fields: Iterable[str] | None = None) -> Base:
    """The base of some fields of an entity, or of all that it may have; by register.

    Raises:
        InvalidInput: there is no such field.
    """
    wanted = registers_of(kind) if fields is None else sorted({register_of(kind, field) for field in fields})
    registers = state.registers(kind, entity)
    return {name: _names(registers[name]) if name in registers else "" for name in wanted}


def _names(register: Any) -> str:
    first, *rest = (f"{stamp.device}.{stamp.n}" for stamp, _ in writes_of(register))
    return ",".join([first, *sorted(rest)])


def differing(state: State, kind: str, entity: str, base: Mapping[str, str]) -> list[Differing]:
    """The fields whose registers are not as `base` says.

    Raises:
        InvalidInput: `base` names no field, or not in the form of one.
    """
    if any(not isinstance(writes, str) for writes in base.values()):
        raise InvalidInput('`base` must be an object of field names to text, as a read gives it: {"title": "…"}.')
    found = []
    for field, then in base.items():
        register = register_of(kind, field)
        now = base_of(state, kind, entity, [register])[register]
        if now != then:
            standing = versions(state, kind, entity, register)
            found.append(Differing(field=register, base=then, now=now, versions=standing))
    return found


def check(state: State, kind: str, entity: str, base: Mapping[str, str]) -> None:
    """Refuses a change to an entity that is not as `base` says.

    Raises:
        Conflict: names the fields, and in `fields` both versions of each.
        InvalidInput: `base` can't be understood.
    """
    if found := differing(state, kind, entity, base):
        raise conflict(kind, found)


def conflict(kind: str, found: Sequence[Differing]) -> Conflict:
    """The refusal that names what differs."""
    said = "; ".join(f"{one.field.replace('_', ' ')} is now {_said(one)}" for one in found)
    return Conflict(f"That {kind} was changed meanwhile: {said}. Nothing was written. Look at it, then decide.", found)


def _said(one: Differing) -> str:
    words = [_in_a_line(version.value) for version in one.versions]
    return " or ".join(words) if words else "empty"


def _in_a_line(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part is not None)
    words = " ".join(str(value).split())
    return f"“{words if len(words) <= MAX_SAID else words[: MAX_SAID - 1] + '…'}”"


def written(journal: str, drafts: Iterable[Draft]) -> dict[tuple[str, str], set[str]]:
    """(kind, id) → the registers that drafts set. Taking back sets all: it speaks of the whole entity."""
    found: dict[tuple[str, str], set[str]] = {}
    for draft in drafts:
        known = EVENT_TYPES[draft.type]
        fields = {name: value for name, value in draft.fields.items() if name not in NOT_FIELDS}
        if known.entity == "proposal" and (agreed := fields.pop("accepted", None)) is not None:
            found.setdefault((agreed["kind"], agreed["id"]), set()).update(
                by_register(agreed["kind"], agreed["fields"])
            )
        names = set(registers_of(known.entity)) if known.sets.get("retracted") else {*fields, *known.sets}
        of_entity = found.setdefault((known.entity, draft.fields.get("id", journal)), set())
        of_entity.update(register_of(known.entity, name) for name in names)
    return found


def check_drafts(then: State, now: State, drafts: Iterable[Draft]) -> None:
    """Refuses drafts that were made of the state `then` where what they set is another in the state `now`.

    Somebody else's write of the very same value is no reason to ask; that an entity was taken back is one.

    Raises:
        Conflict: names the fields, and both versions of each.
    """
    for (kind, entity), names in written(now.journal, drafts).items():
        if entity not in then.entities.get(kind, {}):
            continue
        if "retracted" in registers_of(kind):
            names.add("retracted")
        base = base_of(then, kind, entity, names)
        shown = then.registers(kind, entity)
        found = []
        for one in differing(now, kind, entity, base):
            was = writes_of(shown[one.field])[0][1] if one.field in shown else None
            if any(version.value != was for version in one.versions):
                found.append(Differing(field=one.field, base=one.base, now=one.now, was=was, versions=one.versions))
        if found:
            raise conflict(kind, found)
