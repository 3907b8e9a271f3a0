"""What comes in from outside, as drafts: for a plugin's connection on a server, and for a file on a device; pure.

Theory of operation
-------------------
Something outside has an id there, and a journal derives its own from that and the source's name: so the same thing that
comes again, or by another way, is the same entity. What comes in is written only where nobody would be overruled by it.
A field may be written where it is as the other side last saw it (the `base` that it was given), or where all that stands
in it came from that source itself. Else, and where the source leaves it to the person, the change becomes a proposal,
once, and a person decides; so does a new thing that the source only asks about. What is so already is not written at all,
so nothing goes round in circles. What was taken back stays so, but where a whole import was undone: what comes in once
more stands again.

Several sources may tell of one thing. Where they agree on what it is known as, its id comes from that and not from the
source: so it is there once, the one that brought it first keeps it up, and the others change nothing.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct

from milepost.commands import by_kind
from milepost.commands.basis import base_of, registers_of
from milepost.commands.proposing import propose
from milepost.commands.undo import bring_back
from milepost.errors import InvalidInput
from milepost.events import EVENT_TYPES, Draft, Fields
from milepost.events.registry import REVISIONS
from milepost.journal import State
from milepost.plugin_api import Entry, NewEntry, Retraction, Revision
from milepost.register import is_hidden, writes_of

Outcome = Literal["made", "changed", "taken back", "proposed", "nothing"]


MAX_EXTERNAL_ID = 500
MAX_UNLESS = 20
"""Other names that an entry may give way to."""
KNOWN_AS = "known as"
"""Stands for every source in the ids of what several know; no source has such a name."""


def _none(_device: str, _n: int) -> bool:
    return False


class Source(Struct, frozen=True, kw_only=True):
    """Where entries come from: a name that stays the same, whether a write (device, counter) is its own, the local day,
    and whether a write undid what came from it. `namespaces` are journals that were moved into this one: what came in
    there has an id of theirs.
    """

    name: str
    is_own: Callable[[str, int], bool]
    today: str
    undid: Callable[[str, int], bool] = _none
    namespaces: tuple[str, ...] = ()

    def entity(self, state: State, kind: str, external_id: str) -> str:
        """The id that something has in a journal, or is to have."""
        return self._entity(state, kind, self.name, external_id)

    def known(self, state: State, kind: str, known_as: str) -> str:
        """The id of what several sources know by one name."""
        return self._entity(state, kind, KNOWN_AS, known_as)

    def _entity(self, state: State, kind: str, source: str, name: str) -> str:
        of_kind = state.entities.get(kind, {})
        own, *before = (entity_id(one, source, name) for one in (state.journal, *self.namespaces))
        return next((one for one in (own, *before) if one in of_kind), own)


class Taken(Struct, frozen=True, kw_only=True):
    """What becomes of an entry: the drafts, the entity, and the fields that are the same, then, here and outside."""

    outcome: Outcome
    kind: str
    id: str
    drafts: tuple[Draft, ...] = ()
    fields: Mapping[str, Any] = {}


def entity_id(journal: str, source: str, external_id: str) -> str:
    """UUIDv5 (RFC 9562) of the journal, the source and the id that something has there."""
    return str(uuid.uuid5(uuid.UUID(journal), f"{source}/{external_id}"))


def is_named_well(entry: NewEntry) -> bool:
    """Whether what a plugin says of an entry beside its fields is texts, and no more than a few."""
    unless: Any = entry.unless
    texts: list[Any] = [entry.known_as, entry.grows, *(unless if isinstance(unless, tuple) else [None])]
    few = len(texts) <= MAX_UNLESS + 2
    return few and all(isinstance(text, str) and len(text) <= MAX_EXTERNAL_ID for text in texts)


def take(state: State, entry: Entry, source: Source) -> Taken:
    """What an entry comes to in a journal.

    Raises:
        InvalidEvent, InvalidInput, NotFound: it breaks a rule, or names what is not there.

    """
    if isinstance(entry, NewEntry):
        return _new(state, entry, source)
    if isinstance(entry, Revision):
        return _revision(state, entry, source)
    return _retraction(state, entry, source)


def _new(state: State, entry: NewEntry, source: Source) -> Taken:
    if entry.kind not in by_kind.BEGINNINGS:
        raise InvalidInput(f"A {entry.kind} can't come in from outside. {', '.join(by_kind.BEGINNINGS)} can.")
    if entry.known_as:
        entity = source.known(state, entry.kind, entry.known_as)
    else:
        entity = source.entity(state, entry.kind, entry.external_id)
    fields = dict(entry.fields)
    if _is_told_already(state, entry, entity, source):
        return Taken(outcome="nothing", kind=entry.kind, id=entity)
    if entry.asks:
        return _asked(state, entry.kind, entity, fields, source)
    if entity in state.entities.get(entry.kind, {}):
        if _undone(source, state, entry.kind, entity):
            return _again(state, entry.kind, entity, fields, source)
        return _changed(state, entry.kind, entity, fields, source, allowed=_is_ours)
    more = {"source": source.name, "external_id": entry.external_id} if entry.kind == "checkin" else {}
    fields, stands = _parted(entry.kind, fields)
    _, drafts = by_kind.make(state, lambda: entity, entry.kind, {**fields, **more}, source.today)
    if stands.get("status"):
        drafts = [*drafts, Draft(f"{entry.kind}.status_changed", {"id": entity, "on": source.today, **stands})]
    written = {name: value for draft in drafts[:1] for name, value in draft.fields.items() if name != "id"}
    return Taken(outcome="made", kind=entry.kind, id=entity, drafts=tuple(drafts), fields=written)


def _parted(kind: str, fields: Fields) -> tuple[Fields, Fields]:
    """What something begins with, and how it stands, where that has an event of its own."""
    names = ("status", "on") if f"{kind}.status_changed" in EVENT_TYPES else ()
    return (
        {name: value for name, value in fields.items() if name not in names},
        {name: value for name, value in fields.items() if name in names},
    )


def _asked(state: State, kind: str, entity: str, fields: Fields, source: Source) -> Taken:
    """What a person is asked about in any case: a new thing as well as what is different of one that is there."""
    if entity in state.entities.get(kind, {}):
        return _changed(state, kind, entity, fields, source, allowed=_nobody)
    fields, stands = _parted(kind, fields)
    by_kind.make(state, lambda: entity, kind, fields, source.today)  # says what is wrong with it
    if stands.get("status"):
        fields = {**fields, "on": source.today, **stands}
    return proposed(state, kind, entity, fields, source)


def _nobody(*_: object) -> bool:
    return False


def _is_told_already(state: State, entry: NewEntry, entity: str, source: Source) -> bool:
    """Whether an entry has nothing to add, by what its plugin said of it."""
    of_kind = state.entities.get(entry.kind, {})
    others = [source.known(state, entry.kind, name) for name in entry.unless]
    if any(one in of_kind and not is_hidden(state.registers(entry.kind, one)) for one in others):
        return True
    if entity not in of_kind or _undone(source, state, entry.kind, entity):
        return False
    if entry.known_as and not _has_a_part(source, state, entry.kind, entity):
        return True
    here, there = state.fields(entry.kind, entity).get(entry.grows), entry.fields.get(entry.grows)
    return _is_number(here) and _is_number(there) and there < here  # type: ignore[operator]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _has_a_part(source: Source, state: State, kind: str, entity: str) -> bool:
    """Whether anything that stands in an entity is the source's own."""
    registers = state.registers(kind, entity).values()
    return any(source.is_own(*stamp.id) for register in registers for stamp, _ in writes_of(register))


def _undone(source: Source, state: State, kind: str, entity: str) -> bool:
    registers = state.registers(kind, entity)
    return is_hidden(registers) and all(source.undid(*stamp.id) for stamp, _ in writes_of(registers["retracted"]))


def _again(state: State, kind: str, entity: str, fields: Fields, source: Source) -> Taken:
    """What was undone stands again, with what the source says now."""
    now = state.fields(kind, entity)
    different = {name: value for name, value in fields.items() if now.get(name) != value}
    drafts = by_kind.change(state, kind, entity, different, source.today) if different else []
    return Taken(outcome="made", kind=kind, id=entity, drafts=tuple(drafts or bring_back(state, kind, entity)))


def _revision(state: State, entry: Revision, source: Source) -> Taken:
    def as_it_was(of: State, kind: str, entity: str, fields: Fields, _: Source) -> bool:
        # What the source itself wrote since the base is what it has: nothing of it was sent there again.
        if entry.asks:
            return False
        now = base_of(of, kind, entity, fields)
        changed = [register for register, writes in now.items() if entry.base.get(register) != writes]
        return _only_by(source, of, kind, entity, changed)

    return _changed(state, entry.kind, entry.id, dict(entry.fields), source, allowed=as_it_was)


def _retraction(state: State, entry: Retraction, source: Source) -> Taken:
    entity = source.entity(state, entry.kind, entry.external_id)
    nothing = Taken(outcome="nothing", kind=entry.kind, id=entity)
    if not state.is_visible(entry.kind, entity) or not _all_ours(state, entry.kind, entity, source):
        return nothing
    drafts = by_kind.take_back(state, entry.kind, entity)
    return Taken(outcome="taken back", kind=entry.kind, id=entity, drafts=tuple(drafts))


Allowed = Callable[[State, str, str, Fields, Source], bool]


def _changed(state: State, kind: str, entity: str, fields: Fields, source: Source, *, allowed: Allowed) -> Taken:
    now = state.fields(kind, entity)
    different = {name: value for name, value in fields.items() if now.get(name) != value}
    if not different:
        return Taken(outcome="nothing", kind=kind, id=entity, fields=fields)
    if not state.is_visible(kind, entity):
        return Taken(outcome="nothing", kind=kind, id=entity)
    if allowed(state, kind, entity, different, source):
        drafts = by_kind.change(state, kind, entity, different, source.today)
        return Taken(outcome="changed", kind=kind, id=entity, drafts=tuple(drafts), fields=different)
    return proposed(state, kind, entity, different, source)


def proposed(state: State, kind: str, entity: str, fields: Fields, source: Source) -> Taken:
    """A change that a person has to decide on; one that was proposed before, whatever became of it, is not again."""
    nothing = Taken(outcome="nothing", kind=kind, id=entity)
    if kind not in REVISIONS:
        return nothing
    about = json.dumps([kind, entity, fields, base_of(state, kind, entity, fields)], sort_keys=True)
    proposal = entity_id(state.journal, source.name, f"proposal {about}")
    if proposal in state.entities.get("proposal", {}):
        return nothing
    begins = entity not in state.entities.get(kind, {})
    _, drafts = propose(state, lambda: proposal, kind, entity, fields, begins=begins)
    return Taken(outcome="proposed", kind=kind, id=entity, drafts=tuple(drafts))


def _is_ours(state: State, kind: str, entity: str, fields: Fields, source: Source) -> bool:
    """Whether all that stands in some fields came from the source itself."""
    return _only_by(source, state, kind, entity, base_of(state, kind, entity, fields))


def _all_ours(state: State, kind: str, entity: str, source: Source) -> bool:
    return _only_by(source, state, kind, entity, registers_of(kind))


def _only_by(source: Source, state: State, kind: str, entity: str, names: Iterable[str]) -> bool:
    registers = state.registers(kind, entity)
    written = (writes_of(registers[name]) for name in names if name in registers)
    return all(source.is_own(*stamp.id) for writes in written for stamp, _ in writes)
