"""What became of an entity, write by write, and what a journal was at an earlier time; knows no log file and no screen.

Everything here is worked out of events: a state keeps only what nobody has overwritten. The order in which events come
must be causal, and makes no difference beyond that.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Struct

from milepost.clock import format_hlc, hlc_ms
from milepost.envelope import Event, Seen
from milepost.events import COMPOSITES, EVENT_TYPES, Fields, by_register, read_fields
from milepost.journal import State, paused_collector
from milepost.register import Registers, Stamp, has_seen, set_aside, shown, write, writes_of

LEFT_OUT = "later"
"""Why an event is a stub in a log that is read as it was."""

Key = tuple[str, str]
"""An entity: its kind and id."""


class Change(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One field, written once. `from` is what its author saw in its place (null where there was nothing yet).

    `reason` is why, where they said so; `at` the merge clock in milliseconds since 1970; `n` the event's counter.
    `redacted`: what it said was taken out for good, wholly or in part.
    `beside` are the writes (`device.n`) that were made at the same time, neither author knowing of the other's;
    `settles` the values that stood side by side and that this write, having seen them, put aside; `set_aside` says that
    it stands beside what is shown until somebody settles it.
    """

    field: str
    from_: Any = None
    to: Any = None
    reason: str | None = None
    actor: str = ""
    device: str = ""
    n: int = 0
    at: int = 0
    redacted: bool = False
    beside: tuple[str, ...] = ()
    settles: tuple[Any, ...] = ()
    set_aside: bool = False


class Difference(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One field of an entity in two states."""

    field: str
    from_: Any = None
    to: Any = None


class _Head(Struct, gc=False):
    """The parts of a payload that are no fields: whose it is, and why it was done."""

    id: Any = None
    reason: Any = None


_read_head = msgspec.json.Decoder(_Head).decode


class _Write(NamedTuple):
    """One write of one register, and why."""

    stamp: Stamp
    register: str
    value: Any
    reason: str | None
    redacted: bool


def goal_history(events: Iterable[Event], journal: str, goal: str) -> tuple[Change, ...]:
    """Every write to a goal, the oldest first. See `history`."""
    return history(events, journal, "goal", goal)


def each_write(
    events: Iterable[Event], journal: str, kinds: Collection[str], only: Collection[str] | None = None
) -> Iterator[tuple[Event, Seen, str, str, Fields]]:
    """(event, its whole context, kind, entity, fields) of every write to entities of these kinds.

    `only` names the ids that matter: of a long log hardly any event is about one goal, and the others are not read.
    """
    contexts: dict[str, Seen] = {}
    wanted = {name: known.entity for name, known in EVENT_TYPES.items() if known.entity in {*kinds, "proposal"}}
    # Most of a long log is about something else, and is passed over quickest so.
    for event in [one for one in events if one.seen or one.type in wanted]:
        if event.seen:
            contexts[event.device] = {**contexts.get(event.device, {}), **event.seen}
        kind = wanted.get(event.type)
        if kind is None or event.rejected:
            continue
        if only is not None and kind != "proposal" and (_head(event).id or journal) not in only:
            continue
        if (read := read_fields(journal, event)) is None:
            continue
        seen = contexts.get(event.device, {})
        _, entity, fields = read
        parts = [(kind, entity, fields)]
        if kind == "proposal" and (agreed := fields.pop("accepted", None)) is not None:
            parts.insert(0, (agreed["kind"], agreed["id"], agreed["fields"]))
        for of_kind, of_entity, values in parts:
            if of_kind in kinds and (only is None or of_entity in only):
                yield event, seen, of_kind, of_entity, values


def history(events: Iterable[Event], journal: str, kind: str, entity: str) -> tuple[Change, ...]:
    """Every write to an entity, the oldest first; empty for one that nobody wrote.

    The rows of a field, played one after the other, end with what is shown of it now. Oldest means by the merge clock,
    save that a write never stands before one that its author had seen.
    """
    found = _writes(events, journal, {kind}, {entity}).get((kind, entity))
    return _changes(kind, found) if found else ()


def histories(
    events: Iterable[Event], journal: str, kinds: Collection[str], since: int = 0
) -> dict[Key, tuple[Change, ...]]:
    """(kind, id) → the writes to each entity of these kinds, the oldest first; those at `since` (ms) or later.

    Entities without such a write are left out; the others are sorted by kind and id.
    """
    log, from_here = list(events), format_hlc(since)
    touched = None
    if since:
        late = [event for event in log if (event.merge_hlc or event.hlc) >= from_here]
        touched = {entity for _, entity in _writes(late, journal, kinds, None)}
    found = {} if touched == set() else _writes(log, journal, kinds, touched)
    kept = {
        key: tuple(change for change in _changes(key[0], writes) if change.at >= since)
        for key, writes in sorted(found.items())
    }
    return {key: changes for key, changes in kept.items() if changes}


def _writes(
    events: Iterable[Event], journal: str, kinds: Collection[str], only: Collection[str] | None
) -> dict[Key, list[_Write]]:
    found: dict[Key, list[_Write]] = {}
    for event, seen, kind, entity, fields in each_write(events, journal, kinds, only):
        stamp, reason = Stamp(event.device, event.n, event.ranked_at, event.actor, seen), _head(event).reason
        found.setdefault((kind, entity), []).extend(
            _Write(stamp, name, value, reason, bool(event.data_digest))
            for name, value in by_register(kind, fields).items()
        )
    return found


def _head(event: Event) -> _Head:
    try:
        return _read_head(event.payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Head()


def _changes(kind: str, writes: list[_Write]) -> tuple[Change, ...]:
    """The rows of one entity. Registers are put in order each for itself, then side by side by the clock."""
    rows: list[tuple[tuple[str, str, int], str, int, Change]] = []
    of_register: dict[str, list[_Write]] = {}
    for one in writes:
        of_register.setdefault(one.register, []).append(one)
    for name, ours in of_register.items():
        shares = name in COMPOSITES.get(kind, {})
        latest, played, at_once = ("", "", 0), set[str](), _at_once(ours)
        for place, (one, before) in enumerate(_in_order(ours)):
            latest = max(latest, one.stamp.rank)
            after: Fields = one.value if shares else {name: one.value}
            was: Fields = (before or {}) if shares else {name: before}
            # A write of a shared register empties what it leaves out, even what its author never saw.
            played |= after.keys() | was.keys()
            told = at_once.get(one.stamp.id, _AtOnce())
            rows.extend((latest, f, place, _change(f, was.get(f), after.get(f), one, told, shares)) for f in played)
    rows.sort(key=lambda row: row[:3])
    return tuple(row[3] for row in rows)


class _AtOnce(NamedTuple):
    """What a write had to do with others that were made at the same time."""

    beside: tuple[str, ...] = ()
    settles: tuple[Any, ...] = ()
    set_aside: bool = False


def _at_once(writes: list[_Write]) -> dict[tuple[str, int], _AtOnce]:
    """Of one register: the writes that were made at the same time as others, and those that settled such."""
    ranked = sorted(writes, key=lambda one: one.stamp.rank)
    if all(has_seen(later.stamp, earlier.stamp) for earlier, later in pairwise(ranked)):
        return {}
    registers: Registers = {}
    for one in ranked:
        write(registers, "", one.stamp, one.value)
    aside = {stamp.id for stamp, _ in set_aside(registers[""])}
    found = {}
    for one in ranked:
        others = [other.stamp for other in ranked if other is not one]
        blind = [o for o in others if not has_seen(one.stamp, o) and not has_seen(o, one.stamp)]
        seen: Registers = {}
        for other in ranked:
            if has_seen(one.stamp, other.stamp):
                write(seen, "", other.stamp, other.value)
        twice = writes_of(seen[""]) if seen and set_aside(seen[""]) else []
        settles = tuple(value for _, value in twice if value != one.value)
        beside = tuple(sorted(f"{stamp.device}.{stamp.n}" for stamp in blind))
        if beside or settles:
            found[one.stamp.id] = _AtOnce(beside, settles, one.stamp.id in aside)
    return found


def _change(field: str, was: Any, now: Any, one: _Write, told: _AtOnce, shares: bool) -> Change:
    stamp = one.stamp
    return Change(
        field=field,
        from_=was,
        to=now,
        reason=one.reason,
        actor=stamp.actor,
        device=stamp.device,
        n=stamp.n,
        at=hlc_ms(stamp.ranked_at) if stamp.ranked_at else 0,
        beside=told.beside,
        settles=tuple(value.get(field) for value in told.settles) if shares else told.settles,
        set_aside=told.set_aside,
        redacted=one.redacted,
    )


def _in_order(writes: list[_Write]) -> list[tuple[_Write, Any]]:
    """The writes of one register by the merge clock, none before one that it has seen, each with what its author saw.

    Built from the end: the last is the one that is shown, since nothing has seen it and it ranks highest of those. A
    device whose events were written again under another name has clocks that contradict its counters.
    """
    left = sorted(writes, key=lambda one: one.stamp.rank)
    if all(has_seen(later.stamp, earlier.stamp) for earlier, later in pairwise(left)):
        return list(zip(left, [None, *(one.value for one in left)], strict=False))
    ordered: list[_Write] = []
    while left:
        at = len(left) - 1
        while any(has_seen(other.stamp, left[at].stamp) for other in left):
            at -= 1
        ordered.append(left.pop(at))
    ordered.reverse()
    return [(one, _seen_by(one, ordered[:place])) for place, one in enumerate(ordered)]


def _seen_by(one: _Write, earlier: list[_Write]) -> Any:
    """What its author saw in the register: the shown one of the writes they had applied."""
    registers: Registers = {}
    for other in earlier:
        if has_seen(one.stamp, other.stamp):
            write(registers, "", other.stamp, other.value)
    return shown(registers[""]) if registers else None


def as_of(events: Iterable[Event], *, seq: int | None = None, ms: int | None = None) -> list[Event]:
    """The log as it was: up to the server's `seq`, leaving out what was not sent; or up to an instant (ms since 1970).

    Both may be given. Where a device's event is left out and a later one is not (a clock that was put back), a stub
    stands in its place, so that what remains can be folded.
    """
    kept: list[Event] = []
    waiting: dict[str, list[Event]] = {}
    for event in events:
        late = (seq is not None and not 0 < event.seq <= seq) or (ms is not None and _made_at(event) > ms)
        if late:
            waiting.setdefault(event.device, []).append(event)
            continue
        if waiting and event.device in waiting:
            kept += [msgspec.structs.replace(left, rejected=LEFT_OUT, data=UNSET) for left in waiting.pop(event.device)]
        kept.append(event)
    return kept


def _made_at(event: Event) -> int:
    return hlc_ms(event.ranked_at) if event.ranked_at else event.received_at


def state_as_of(journal: str, events: Iterable[Event], *, seq: int | None = None, ms: int | None = None) -> State:
    """What a journal was up to the server's `seq`, or at an instant (milliseconds since 1970); now, if neither is given."""
    state = State(journal)
    with paused_collector():
        for event in as_of(events, seq=seq, ms=ms):
            state.apply(event)
    return state


def difference(before: State, after: State, kind: str, entity: str) -> tuple[Difference, ...]:
    """The fields of an entity that two states show differently, by name; null where one shows nothing."""
    was, now = before.fields(kind, entity), after.fields(kind, entity)
    return tuple(
        Difference(field=name, from_=was.get(name), to=now.get(name))
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    )
