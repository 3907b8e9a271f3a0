"""The fold: a journal's state as a pure function of its events; knows no clock, no file and no network.

`State.apply` takes events in a causal order (any order in which each device's own events count up and what an event
has seen comes before it) and every such order gives the same state. A state can be written down and read back.
"""

import contextlib
import gc
import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
from msgspec import Raw, Struct

from milepost.envelope import Event, Seen
from milepost.errors import InvalidEvent
from milepost.events import (
    COMPOSITES,
    Fields,
    RedactionMade,
    by_register,
    emptied_register,
    is_plugin_type,
    read_fields,
    redacted,
)
from milepost.register import Registers, Stamp, empty, is_hidden, write, writes_of

FOLD_VERSION = 2
"""Grows when the same events fold to another state; what was kept by another version is folded anew from the log."""
HASHED_AT_A_TIME = 500


class Fresh(Struct, gc=False):
    """An entity that nobody has changed since it was made, as most check-ins are: one stamp, and its fields flat.

    None of them was taken out by a redaction.
    """

    stamp: Stamp
    fields: Fields


Entities = dict[str, dict[str, Fresh | Registers]]


class Progress(Struct, gc=False):
    """How far one device's events are applied: its counter, and the whole context of its last event."""

    n: int
    seen: Seen


class State:
    """What a journal's events add up to: entities by kind and id, each a set of registers."""

    def __init__(self, journal: str) -> None:
        self.journal = journal
        self.devices: dict[str, Progress] = {}
        self.entities: Entities = {}
        self.checkins_read: Any = None
        """What a view made of the check-ins, kept beside what it is made of; the fold never looks at it."""
        self.checkins_changed: dict[str, None] = {}
        """Check-ins that were set since they were last read; empty where they never were."""
        self.shown: dict[Any, Any] = {}
        """What was shown of it, by to whom, kept up with it: each has in `changed` what was set since; as above."""
        self.unfolded: list[Event] = []
        self.newest = ""
        """The merge clock of the newest change; empty where nothing was ever changed."""

    def apply(self, event: Event) -> tuple[str, str] | None:
        """Folds one event in; applying one again changes nothing. Returns (kind, id) of the entity it set, if any.

        Raises:
            InvalidEvent: the event does not follow its device's previous one.

        """
        progress = self.devices.get(event.device)
        if progress is None:
            progress = self.devices[event.device] = Progress(0, {})
        if event.n != progress.n + 1:
            if event.n <= progress.n:
                return None
            raise InvalidEvent(f"Event {event.n} of device {event.device} came after {progress.n}: some are missing.")
        progress.n = event.n
        if event.seen:
            progress.seen = {**progress.seen, **event.seen}
        if event.rejected:
            return None
        read = read_fields(self.journal, event)
        if read is None:
            self.unfolded.append(event)
            return None
        kind, entity, fields = read
        stamp = Stamp(event.device, event.n, event.merge_hlc or event.hlc, event.actor, progress.seen)
        self.newest = max(self.newest, stamp.ranked_at)
        if kind == "proposal" and (agreed := fields.pop("accepted", None)) is not None:
            self._write(agreed["kind"], agreed["id"], stamp, agreed["fields"], whole=not event.data_digest)
        self._write(kind, entity, stamp, fields, whole=not event.data_digest)
        if kind == "redaction" and not event.data_digest:
            self.take_out(RedactionMade(id=entity, **fields))
        return kind, entity

    def take_out(self, of: RedactionMade) -> None:
        """The words of one event go: its writes stay where they are and lose their values.

        Folding what is left of the event does the same, so it does not matter whether an event or its redaction comes
        first into a log, or which of both a device held.
        """
        self.unfolded = [redacted(e, of) if (e.device, e.n) == (of.device, of.n) else e for e in self.unfolded]
        for kind, of_kind in self.entities.items():
            emptied = partial(emptied_register, kind, of)
            for entity, found in list(of_kind.items()):
                if type(found) is Fresh and (found.stamp.device, found.stamp.n) != (of.device, of.n):
                    continue
                if empty(self.registers(kind, entity), of.device, of.n, emptied):
                    self._note(kind, entity)

    def _write(self, kind: str, entity: str, stamp: Stamp, fields: Fields, *, whole: bool) -> None:
        of_kind = self.entities.get(kind)
        if of_kind is None:
            of_kind = self.entities[kind] = {}
        if self.shown or self.checkins_read is not None:
            self._note(kind, entity)
        if entity not in of_kind:
            if whole:
                of_kind[entity] = Fresh(stamp, fields)
                return
            of_kind[entity] = {}
        registers = self.registers(kind, entity)
        for name, value in by_register(kind, fields).items():
            write(registers, name, stamp, value)

    def _note(self, kind: str, entity: str) -> None:
        """What is kept beside the state has to read this one again."""
        if kind == "checkin" and self.checkins_read is not None:
            self.checkins_changed[entity] = None
        for one in self.shown.values():
            one.changed[kind, entity] = None

    def registers(self, kind: str, entity: str) -> Registers:
        """The registers of one entity; empty where it is not known."""
        of_kind = self.entities.get(kind, {})
        found = of_kind.get(entity)
        if type(found) is Fresh:
            made: Registers = {name: (found.stamp, value) for name, value in by_register(kind, found.fields).items()}
            of_kind[entity] = made
            return made
        return {} if found is None else found  # type: ignore[return-value]

    def fields(self, kind: str, entity: str) -> Fields:
        """What is shown of one entity, as flat fields; empty where it is not known."""
        found = self.entities.get(kind, {}).get(entity)
        if type(found) is Fresh:
            return found.fields
        if not found:
            return {}
        # What `shown` says, without a call for each field of each entity that anybody looks at.
        flat: Fields = {name: r[1] if type(r) is tuple else r[0][1] for name, r in found.items()}  # type: ignore[union-attr,index]
        for name in COMPOSITES.get(kind, ()):
            if name in flat:
                flat.update(flat.pop(name))
        return flat

    def visible(self, kind: str) -> list[str]:
        """The ids of all entities of a kind that are not retracted, in the order they came."""
        return [entity for entity, found in self.entities.get(kind, {}).items() if not _is_retracted(found)]

    def is_visible(self, kind: str, entity: str) -> bool:
        """Whether there is such an entity that is not retracted."""
        found = self.entities.get(kind, {}).get(entity)
        return found is not None and not _is_retracted(found)

    def context(self, own: str) -> Seen:
        """What the device `own` may say it has seen: all it applied, up to its first unfolded event of another's."""
        seen = {device: progress.n for device, progress in self.devices.items() if device != own and progress.n}
        for event in self.unfolded:
            if event.device != own and not is_plugin_type(event.type):
                seen[event.device] = min(seen.get(event.device, 0), event.n - 1)
        return {device: n for device, n in seen.items() if n}

    def counter(self, device: str) -> int:
        """The highest counter of `device` applied here, 0 for none."""
        progress = self.devices.get(device)
        return progress.n if progress else 0


_NAMED = {"device", "n", "digest"}


def redactions_in(state: State) -> list[RedactionMade]:
    """Every redaction that a state has in it."""
    found = ((one, state.fields("redaction", one)) for one in state.entities.get("redaction", {}))
    return [RedactionMade(id=one, **of) for one, of in found if of.keys() >= _NAMED and None not in of.values()]


def _is_retracted(found: object) -> bool:
    return found.fields.get("retracted") is True if type(found) is Fresh else is_hidden(found)  # type: ignore[arg-type]


@contextlib.contextmanager
def paused_collector() -> Iterator[None]:
    """Holds the cyclic garbage collector while many events are folded or synced: it would walk a state that only grows,
    again and again, for a third of the time. What is made there has no cycles.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def same(one: State, other: State) -> bool:
    """Whether two states were made by the same writes of the same values: then they have the same `state_hash`, which
    takes far longer. Some that have it too may be told apart.
    """
    if (one.devices, one.newest, one.unfolded) != (other.devices, other.newest, other.unfolded):
        return False
    return one.entities == other.entities


def state_hash(state: State) -> str:
    """SHA-256 (hexadecimal) over the sorted lines `kind/id/field:device.n,…`, the shown write first, the rest sorted.

    It names writes and no values, so that every language makes the same bytes. Plugins' own entities are left out.
    """
    hashed = hashlib.sha256()
    for kind, of_kind in sorted(state.entities.items()):
        orders: dict[tuple[str, ...], list[str]] = {}
        # All ids are of one length, so that blocks in the order of ids are lines in the order of text.
        ids = sorted(of_kind)
        # A few at a time: the text of all of them is long, and making room for it takes longer than hashing it.
        for at in range(0, len(ids), HASHED_AT_A_TIME):
            parts = []
            for entity in ids[at : at + HASHED_AT_A_TIME]:
                found, begin = of_kind[entity], f"{kind}/{entity}/"
                if type(found) is not Fresh:
                    parts += sorted(_lines(begin, found))  # type: ignore[arg-type]
                    continue
                names = tuple(found.fields)
                order = orders.get(names)
                if order is None:
                    order = orders[names] = sorted(f"{name}:" for name in by_register(kind, found.fields))
                stamp = found.stamp
                end = f"{stamp.device}.{stamp.n}\n"
                parts.append(f"{begin}{f'{end}{begin}'.join(order)}{end}")
            hashed.update("".join(parts).encode())
    return hashed.hexdigest()


def _lines(begin: str, registers: Registers) -> list[str]:
    lines = []
    for name, register in registers.items():
        if type(register) is tuple:
            lines.append(f"{begin}{name}:{register[0].device}.{register[0].n}\n")
            continue
        first, *rest = writes_of(register)
        ids = [f"{first[0].device}.{first[0].n}", *sorted(f"{w[0].device}.{w[0].n}" for w in rest)]
        lines.append(f"{begin}{name}:{','.join(ids)}\n")
    return lines


class _Kept(Struct, frozen=True):
    """A state written down: contexts and stamps once each, registers pointing at them."""

    fold: int
    journal: str
    contexts: list[Seen]
    devices: list[tuple[str, int, int]]
    stamps: list[tuple[str, int, str, str, int]]
    fresh: list[tuple[str, str, int, Fields]]
    entities: list[tuple[str, str, dict[str, list[tuple[int, Any]]]]]
    unfolded: list[Event]
    newest: str


class _KeptBy(Struct, frozen=True):
    fold: int


class _PassedOver(Struct, frozen=True):
    fold: int
    journal: str = ""
    unfolded: Raw = Raw(b"[]")


_kept_decoder = msgspec.json.Decoder(_Kept)
_kept_by_decoder = msgspec.json.Decoder(_KeptBy)
_passed_over_decoder = msgspec.json.Decoder(_PassedOver)
_events_decoder = msgspec.json.Decoder(list[Event])


class _Numbering:
    """Gives each distinct object of a kind a place in a list."""

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self.items: list[Any] = []

    def place(self, item: Any) -> int:
        found = self.places.get(id(item))
        if found is None:
            found = self.places[id(item)] = len(self.items)
            self.items.append(item)
        return found


def dump_state(state: State) -> bytes:
    """The state as JSON bytes."""
    with paused_collector():
        return _dump(state)


def _dump(state: State) -> bytes:
    contexts, stamps = _Numbering(), _Numbering()
    fresh, entities = [], []
    for kind, of_kind in state.entities.items():
        for entity, found in of_kind.items():
            if isinstance(found, Fresh):
                fresh.append((kind, entity, stamps.place(found.stamp), found.fields))
            else:
                writes = {name: [(stamps.place(s), v) for s, v in writes_of(r)] for name, r in found.items()}
                entities.append((kind, entity, writes))
    return msgspec.json.encode(
        _Kept(
            fold=FOLD_VERSION,
            journal=state.journal,
            devices=[(device, p.n, contexts.place(p.seen)) for device, p in state.devices.items()],
            stamps=[(s.device, s.n, s.ranked_at, s.actor, contexts.place(s.seen)) for s in stamps.items],
            fresh=fresh,
            entities=entities,
            unfolded=state.unfolded,
            newest=state.newest,
            contexts=contexts.items,
        )
    )


def is_whole(body: bytes) -> bool:
    """Whether `load_state` would read what is written down in `body`, as far as can be seen without reading all of it.

    Raises:
        InvalidEvent: the bytes are not a state.

    """
    try:
        kept = _passed_over_decoder.decode(body)
        if kept.fold != FOLD_VERSION:
            return False
        unfolded = _events_decoder.decode(kept.unfolded)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidEvent(f"This is not a kept state: {error}.") from error
    return all(read_fields(kept.journal, event) is None for event in unfolded)


def load_state(body: bytes, *, whole: bool = True) -> State | None:
    """The state written down in `body`, or None where another version folded it (fold the log anew then): one that
    folds differently, or that knew less and passed over events which can be read by now. Without `whole`, a state of
    that last kind is good enough.

    Raises:
        InvalidEvent: the bytes are not a state.

    """
    with paused_collector():
        try:
            return _load(body, whole)
        except (IndexError, AttributeError, TypeError) as error:
            raise InvalidEvent(f"This is not a kept state: {error}.") from error


def _load(body: bytes, whole: bool) -> State | None:
    try:
        if _kept_by_decoder.decode(body).fold != FOLD_VERSION:
            return None
        kept = _kept_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidEvent(f"This is not a kept state: {error}.") from error
    if whole and any(read_fields(kept.journal, event) is not None for event in kept.unfolded):
        return None
    state = State(kept.journal)
    state.unfolded, state.newest = list(kept.unfolded), kept.newest
    state.devices = {device: Progress(n, kept.contexts[at]) for device, n, at in kept.devices}
    stamps = [Stamp(device, n, ranked, actor, kept.contexts[at]) for device, n, ranked, actor, at in kept.stamps]
    for kind, entity, at, fields in kept.fresh:
        state.entities.setdefault(kind, {})[entity] = Fresh(stamps[at], fields)
    for kind, entity, registers in kept.entities:
        state.entities.setdefault(kind, {})[entity] = {
            name: (stamps[writes[0][0]], writes[0][1])
            if len(writes) == 1
            else [(stamps[at], value) for at, value in writes]
            for name, writes in registers.items()
        }
    return state
