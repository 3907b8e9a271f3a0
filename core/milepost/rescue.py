"""What a device knows that no log has any more, written anew so that all get it again; pure.

Theory of operation
-------------------
A device that began from a snapshot has a state, and not yet the log under it. Where the server is then put back, and
nobody else can bring back what it lost, the rest of that log is gone for good. What the device holds beyond it can't be
given: it says that it has seen what is not there. And what only the state had would be gone as well.

So all of it is written anew, under new names. Nothing of it claims to have seen what stands in the log: nobody can tell
any more what had been seen. So it takes the place of nothing; where somebody wrote otherwise, the person is asked.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from milepost.branch import Held, renamed
from milepost.envelope import Event, Seen, salted_digest
from milepost.errors import InvalidEvent
from milepost.events import (
    COMPOSITES,
    PAYLOADS,
    REDACTION,
    Draft,
    Fields,
    RedactionMade,
    encode_payload,
    redacted,
    redaction_of,
    registry,
)
from milepost.journal import Progress, State, redactions_in
from milepost.register import Register, Registers, Stamp, has_seen, writes_of

Lacking = tuple[str, str, str, Stamp, Any]
"""(kind, entity, register, stamp, value) of one write."""


def lacking(old: State, now: State, find: Callable[[str, int], Event | None]) -> Iterator[Lacking]:
    """The writes in an old state that are neither in a new one nor surely replaced there. `find` gives the event of a
    (device, n) that is at hand: what it writes needs nobody's state.
    """
    means = Counters(old, now)
    for kind, entity, name, stamp, value in _written(old):
        there = now.registers(kind, entity).get(name)
        if _stands(there, stamp, value) or _stands(_alone(find, old, kind, entity, stamp).get(name), stamp, value):
            continue
        if means.one(stamp) and there is not None and any(has_seen(o, stamp) for o, _ in writes_of(there)):
            continue
        yield kind, entity, name, stamp, value


def _written(state: State) -> Iterator[Lacking]:
    for kind, entities in state.entities.items():
        for entity in list(entities):
            for name, register in state.registers(kind, entity).items():
                for stamp, value in writes_of(register):
                    yield kind, entity, name, stamp, value


class Counters:
    """Whether the counters of a device mean the same events in two states: where it was put back, and the server as well,
    it used some again. A state without their events shows it only here and there: one event has one author and one context.
    """

    def __init__(self, old: State, now: State) -> None:
        self._one, self.two = dict[str, int](), dict[str, int]()
        """Device → how far they surely mean the same; and from where on, at the latest, they surely do not."""
        stamps = {stamp.id: stamp for *_, stamp, _ in _written(now)}
        for kind, entity, name, stamp, value in _written(old):
            other = stamps.get(stamp.id, stamp)
            if (other.seen, other.actor) != (stamp.seen, stamp.actor):
                self._note_two(stamp)
            if (there := _there(now, kind, entity, name, stamp)) is None:
                continue
            same = [other for other in there if other[0].id == stamp.id]
            if not same and not any(has_seen(other, stamp) for other, _ in there):
                self._note_two(stamp)
            for other, said in same:
                if said != value and not _emptied(said) and not _emptied(value):
                    self._note_two(stamp)
                elif said == value and other.ranked_at == stamp.ranked_at:
                    self._one[stamp.device] = max(stamp.n, self._one.get(stamp.device, 0))
        for kind, entity, name, stamp, _ in _written(now):
            there = _there(old, kind, entity, name, stamp)
            if there is not None and not any(o.id == stamp.id or has_seen(o, stamp) for o, _ in there):
                self._note_two(stamp)

    def _note_two(self, stamp: Stamp) -> None:
        self.two[stamp.device] = min(stamp.n, self.two.get(stamp.device, stamp.n))

    def one(self, stamp: Stamp) -> bool:
        """Whether they surely mean the same up to this event. Events of two branches may look the same: where a clock was
        ahead, both count on from there.
        """
        return stamp.n <= self._one.get(stamp.device, 0) and stamp.n < self.two.get(stamp.device, stamp.n + 1)


def _there(state: State, kind: str, entity: str, name: str, stamp: Stamp) -> Sequence[tuple[Stamp, Any]] | None:
    """What a register holds in a state that has folded an event with this counter; None where it has not."""
    if stamp.n > state.counter(stamp.device) or any((e.device, e.n) == stamp.id for e in state.unfolded):
        return None
    register = state.registers(kind, entity).get(name)
    return writes_of(register) if register is not None else ()


def _alone(find: Callable[[str, int], Event | None], old: State, kind: str, entity: str, stamp: Stamp) -> Registers:
    """What the event at hand under this counter writes into an entity; it may be another than the one that was folded."""
    event = find(stamp.device, stamp.n)
    if event is None:
        return {}
    alone = State(old.journal)
    alone.devices[stamp.device] = Progress(stamp.n - 1, {})
    alone.apply(event)
    return alone.registers(kind, entity)


def _stands(register: Register | None, stamp: Stamp, value: Any) -> bool:
    if value is None:
        return True
    return register is not None and any(
        now == value or (other.id == stamp.id and _emptied(now)) for other, now in writes_of(register)
    )


def _emptied(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and None in value.values())


def from_state(
    lost: Iterable[Lacking],
    old: State,
    now: State,
    new_id: Callable[[], str],
    new_salt: Callable[[], str],
    held: Callable[[str, int], bool],
) -> list[Event]:
    """Events that write what was lost: what was shown under one name, each value set aside under another, so that none
    takes the place of the next.
    """
    shown: dict[tuple[str, str], tuple[Fields, Stamp]] = {}
    aside: list[tuple[tuple[str, str], tuple[Fields, Stamp]]] = []
    for kind, entity, name, stamp, value in lost:
        fields = dict(value) if name in COMPOSITES.get(kind, {}) else {name: value}
        first, newest = shown.setdefault((kind, entity), ({}, stamp))
        if fields.keys() & first.keys():
            aside.append(((kind, entity), (fields, stamp)))
        else:
            first.update(fields)
            shown[kind, entity] = (first, max(newest, stamp, key=lambda one: one.rank))
    events: list[Event] = []
    for group in (list(shown.items()), *([one] for one in aside)):
        device, n = new_id(), 0
        for (kind, entity), (fields, stamp) in group:
            if kind == "redaction" and not _is_there(fields, now, held):
                continue  # its words went with the log
            for made in _payloads(kind, entity, fields, old, fresh=not now.registers(kind, entity)):
                n += 1
                events.append(_event(device, n, stamp, *made, new_salt()))
    return events


def _event(device: str, n: int, stamp: Stamp, name: str, data: bytes, salt: str) -> Event:
    v = registry.EVENT_TYPES[name].v
    return Event(device=device, n=n, hlc=stamp.ranked_at, actor=stamp.actor, type=name, v=v, salt=salt, data=Raw(data))


def _is_there(target: Fields, now: State, held: Callable[[str, int], bool]) -> bool:
    device, n = target.get("device", ""), target.get("n", 0)
    return now.counter(device) >= n or held(device, n)


def _payloads(kind: str, entity: str, fields: Fields, old: State, *, fresh: bool) -> Iterator[tuple[str, bytes]]:
    """(type, payload) of the events that set these fields: the one that begins an entity first, if it is not there, and
    else last. What it must have besides is as it was shown: that is no conflict. But what is written here already stays.
    """
    types = [name for name, payload in PAYLOADS.items() if payload.entity == kind and name in registry.EVENT_TYPES]
    left = dict(fields)
    besides = {**old.fields(kind, entity), **{name: value for name, value in fields.items() if value is not None}}
    for name in types if fresh else [*types[1:], *types[:1]]:
        payload = PAYLOADS[name]
        if any(left.get(field) != value for field, value in payload.sets.items()):
            continue
        own = {n: v for n, v in left.items() if n in payload.__struct_fields__ and n not in payload.sets}
        if not own and not payload.sets:
            continue
        needed = {f.name: besides[f.name] for f in msgspec.structs.fields(payload) if f.required and f.name in besides}
        ident = {"id": entity} if "id" in payload.__struct_fields__ else {}
        data = _encoded(name, {**needed, **ident, **own}) or _encoded(name, {**needed, **ident, **_not_emptied(own)})
        if data is None:
            continue
        yield name, data
        left = {n: v for n, v in left.items() if n not in own and n not in payload.sets}


def _encoded(name: str, fields: Fields) -> bytes | None:
    try:
        return encode_payload(name, fields)
    except InvalidEvent:
        return None


def _not_emptied(fields: Fields) -> Fields:
    """Without what was taken out, in a change that is proposed as well: nothing may be written empty."""
    left = {name: value for name, value in fields.items() if value is not None}
    for name, value in left.items():
        if isinstance(value, dict) and isinstance(value.get("fields"), dict):
            left[name] = {**value, "fields": _not_emptied(value["fields"])}
    return left


def from_log(
    above: Iterable[Held],
    known: Mapping[str, Seen],
    new_id: Callable[[], str],
    *,
    stands: Callable[[str, int], bool],
    there: Callable[[str, int], bool],
) -> list[Held]:
    """Those of a run of events that don't stand, under new names and having seen of each other alone.

    `stands` says whether one with (device, n) does, and `there` whether one can be redacted.
    """
    contexts, dead = dict(known), list[tuple[Held, Seen]]()
    parted, run = dict[str, int](), set[tuple[str, int]]()
    for held in above:
        event = held.event
        context = contexts[event.device] = {**contexts.get(event.device, {}), **event.seen}
        if not stands(event.device, event.n):
            parted.setdefault(event.device, event.n)
            target = redaction_of(event)
            if target is None or there(target.device, target.n) or (target.device, target.n) in run:
                dead.append((held, context))
            run.add((event.device, event.n))
    names = {device: new_id() for device in parted}
    of = set(names.values())
    return [Held(_cut(event, of), confirmed, placed=False) for event, confirmed in renamed(dead, parted, names)]


def _cut(event: Event, of: Collection[str]) -> Event:
    return msgspec.structs.replace(event, seen={device: n for device, n in event.seen.items() if device in of})


def without_words(above: Iterable[Held], taken_out: Iterable[RedactionMade]) -> list[Held]:
    """A run of events, without what redactions took out under another name: a digest stays when an event is written again."""
    by_digest: dict[str, list[RedactionMade]] = {}
    for of in taken_out:
        by_digest.setdefault(of.digest, []).append(of)
    left: list[Held] = []
    for held in above:
        event = held.event
        for of in by_digest.get(salted_digest(event), ()) if by_digest else ():
            event = redacted(event, of)
        left.append(Held(event, held.confirmed, held.placed))
    return left


def redact_again(state: State, events: Iterable[Event], new_id: Callable[[], str]) -> list[Draft]:
    """Redactions that are lost themselves, said again: of events that have lost words, and that none in the state is of.

    Without them, who still has the words would never hear that they were taken out.
    """
    known = {(of.device, of.n) for of in redactions_in(state)}
    return [
        Draft(
            REDACTION,
            {"id": new_id(), "device": e.device, "n": e.n, "digest": e.data_digest, "fields": sorted(empty)},
        )
        for e in events
        if e.data_digest and (e.device, e.n) not in known and (empty := _empty(msgspec.json.decode(e.payload)))
    ]


def _empty(payload: Fields) -> set[str]:
    """The fields that hold nothing, those of a change that is proposed or agreed to included."""
    found = {name for name, value in payload.items() if value is None}
    for change in (payload.get("change"), payload.get("accepted")):
        if isinstance(change, dict):
            found |= _empty(change["fields"])
    return found
