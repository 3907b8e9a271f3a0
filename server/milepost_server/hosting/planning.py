"""What a connection is to be sent: a state, and what is outside already, into changes; pure, and knows no plugin.

Theory of operation
-------------------
Of every entity that was taken outside it is known which view of it (by its digest), and in which generation. So what is
due is a comparison, and never depends on what was tried before: after a crash the same window gives the same changes
under the same keys, without those that were noted as done. What is about to be taken outside for the first time is noted
as tried before it leaves: it counts as new until it is there, and is taken away if it is gone from the journal by then.

A *walk* says what is compared. `all` goes through everything that is granted, and through everything outside: at the
beginning of a generation, and where words were taken out. `net` goes through what the events of a window may have made
look different, `time` through what was to be looked at again at this time, or is to be tried again by the person's
wish, `withdraw` through everything outside. `each` goes through the events themselves.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from milepost.commands.basis import base_of
from milepost.envelope import Event
from milepost.events import read_fields
from milepost.journal import State
from milepost.plugin_api import VIEWS, Change, Changed, Happened, Kind, Reason, Removed, View, Withdrawn
from milepost.projection import EVERYTHING, Grant, around, digest, every_entity, project_entity, scope_of
from milepost_server.hosting.connections import Delivered

RETRY = -1
"""The generation of what is to be sent again by the person's wish."""
TRIED = -2
"""The generation of what may be outside, or not: it was about to be taken there for the first time."""
EVENT = "event"
"""The kind of a rejected event among the deliveries."""
_PLACES = {kind: place for place, kind in enumerate(VIEWS)}
_MOVES = {"goal", "subject"}
"""Fields that say what an entity belongs to: set anew, they concern what it belonged to before as well."""

Ref = tuple[str, str]
"""(kind, id) of an entity."""
Outside = Mapping[Ref, Delivered]


class Item(Struct, frozen=True):
    """A change that is due, and what is to be noted once it is outside: the view's digest, empty where there is none.

    `seq` is the place of the event that it is about, if it is about one; `again`: that was rejected before.
    """

    change: Change
    digest: str = ""
    tries: int = 0
    seq: int = 0
    again: bool = False

    @property
    def ref(self) -> Ref:
        """Which entity it is about."""
        return self.change.kind, self.change.id

    @property
    def letter(self) -> Ref:
        """What it is put aside as, where it is rejected."""
        return (EVENT, f"{self.seq:012d}") if self.seq else self.ref


class Plan(Struct, frozen=True):
    """What is needed to work out what is due: see the module."""

    state: State
    grant: Grant
    kinds: frozenset[Kind]
    uid: str
    generation: int
    until: int
    now_ms: int

    def key(self, kind: str, entity: str, *more: object) -> str:
        """UUIDv5 of the connection, the generation, the entity and the end of the window."""
        name = "/".join(map(str, (self.generation, kind, entity, self.until, *more)))
        return str(uuid.uuid5(uuid.UUID(self.uid), name))

    def view(self, kind: str, entity: str) -> View | None:
        """What is shown of an entity, if it is to be shown."""
        return project_entity(self.state, kind, entity, self.grant) if kind in self.kinds else None


def touched(journal: str, state: State, events: Iterable[Event]) -> set[Ref] | None:
    """The entities that may look different after events; None where that may be any."""
    found: set[Ref] = set()
    for event in events:
        if event.rejected or (read := read_fields(journal, event)) is None:
            continue
        kind, entity, fields = read
        if kind in {"redaction", "journal"}:
            return None
        parts = [(kind, entity, fields)]
        if kind == "proposal" and (agreed := fields.get("accepted")) is not None:
            parts = [(agreed["kind"], agreed["id"], agreed["fields"])]
        for of_kind, of_entity, values in parts:
            if _MOVES & values.keys() and not event.type.endswith((".added", ".recorded", ".defined")):
                return None
            found.update(around(state, of_kind, of_entity))
    return found


def in_order(refs: Iterable[Ref]) -> list[Ref]:
    """Parents before what names them."""
    return sorted(refs, key=lambda ref: (_PLACES.get(ref[0], len(_PLACES)), ref[1]))  # type: ignore[call-overload]


def due(plan: Plan, walk: str, outside: Outside, only: Iterable[Ref] | None = None) -> Iterator[Item | None]:
    """What is to be sent on a walk: what is there in order, then what is not there any more, children first. None stands
    for what was looked at and is as it should be.

    `only`: the entities that a `net` walk goes through.
    """
    refs = _refs(plan, walk, outside, only)
    gone: list[Ref] = []
    for ref in refs:
        view = None if walk == "withdraw" else plan.view(*ref)
        if view is None:
            gone.append(ref)
            yield None
        else:
            yield _changed(plan, walk, ref, view, outside.get(ref))
    for kind, entity in reversed(gone):
        known = outside.get((kind, entity))
        if (
            kind == EVENT
            or known is None
            or (known.rejected and known.generation == plan.generation and not known.digest)
        ):
            yield None
            continue
        there = project_entity(plan.state, kind, entity, EVERYTHING) is not None  # type: ignore[arg-type]
        cls = Withdrawn if there else Removed
        yield Item(cls(kind=kind, id=entity, key=plan.key(kind, entity)))  # type: ignore[arg-type]


def _refs(plan: Plan, walk: str, outside: Outside, only: Iterable[Ref] | None) -> list[Ref]:
    if walk == "all":
        here = [ref for ref in every_entity(plan.state, plan.grant) if ref[0] in plan.kinds]
        known = set(here)
        return [*here, *in_order(ref for ref in outside if ref not in known)]
    if walk == "net":
        return in_order(only or ())
    if walk == "withdraw":
        return in_order(outside)
    return in_order(ref for ref, one in outside.items() if ref[0] != EVENT and _is_due(one, plan.now_ms))


def _is_due(one: Delivered, now_ms: int) -> bool:
    return one.generation == RETRY or 0 < one.wake_at <= now_ms


def _changed(plan: Plan, walk: str, ref: Ref, view: View, known: Delivered | None) -> Item | None:
    now, reason, more = digest(view).hex(), "new", ()
    tries = known.tries if known else 0
    if known is not None and known.generation != TRIED:
        if known.generation == RETRY:
            reason, more = "again", ("retry", tries)  # type: ignore[assignment]
        elif known.generation != plan.generation:
            reason = "again"
        elif known.digest != now:
            reason = "changed"
        elif walk == "time" and 0 < known.wake_at <= plan.now_ms:
            reason, more = "time", ("time", known.wake_at)  # type: ignore[assignment]
        else:
            return None
    return Item(changed(plan, ref, view, reason, plan.key(*ref, *more)), now, tries)  # type: ignore[arg-type]


def changed(plan: Plan, ref: Ref, view: View, reason: Reason, key: str, event: Happened | None = None) -> Changed:
    """The change that says how an entity is now."""
    kind, entity = ref
    base = base_of(plan.state, kind, entity)
    return Changed(kind=kind, id=entity, key=key, reason=reason, view=view, base=base, event=event)  # type: ignore[arg-type]


def events_due(plan: Plan, events: Sequence[tuple[int, Event]], tries: int = 0) -> Iterator[Item]:
    """A change for the entity that each event (with its place in the log) set, in the log's order.

    `tries`: how often they were rejected before.
    """
    granted = plan.kinds & set(plan.grant.kinds)
    for seq, event in events:
        if event.rejected or (read := read_fields(plan.state.journal, event)) is None:
            continue
        kind, entity, fields = read
        if kind == "proposal" and (agreed := fields.get("accepted")) is not None:
            kind, entity, fields = agreed["kind"], agreed["id"], agreed["fields"]
        if kind not in granted:
            continue
        shown = tuple(name for name in sorted(fields) if plan.grant.has(scope_of(kind, name)))
        happened = Happened(type=event.type, seq=seq, at_ms=event.received_at, fields=shown)
        key = replace(plan, until=seq).key(kind, entity, *(("retry", tries) if tries else ()))
        view, again = plan.view(kind, entity), tries > 0
        if view is not None:
            change: Change = changed(plan, (kind, entity), view, "again" if again else "changed", key, happened)
            yield Item(change, digest(view).hex(), tries, seq, again)
        elif entity in plan.state.entities.get(kind, {}):
            yield Item(Removed(kind=kind, id=entity, key=key, event=happened), "", tries, seq, again)


def events_to_retry(outside: Outside) -> list[tuple[int, int]]:
    """(place in the log, times that it was rejected) of each event that is to be sent again by the person's wish."""
    letters = ((entity, one) for (kind, entity), one in outside.items() if kind == EVENT)
    return sorted((int(entity), one.tries) for entity, one in letters if one.generation == RETRY)


def next_wake(outside: Outside) -> int:
    """When something is next to be looked at again, in milliseconds; 0 for never."""
    return min((one.wake_at for one in outside.values() if one.wake_at and not one.rejected), default=0)
