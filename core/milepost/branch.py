"""What stands on a branch that a server's log does not have, written again under other names; pure.

Theory of operation
-------------------
Where a device was put back, or a server, one counter of one device can come to mean two events. The server's log decides
which of them has the name. The other one, all that followed it under that name, and all that had seen any of it (and is
not in the server's log) stand on a branch. They can't keep their names: whoever reads there that somebody has seen the
event would take it for the other.

So they are written again, in the same order, each saying anew what it had seen, no more and no less. The new name is
worked out from the first event of the branch under the old one: several devices that hold the same branch write the
same events, and they are in the log once.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping

import msgspec
from msgspec import Struct

from milepost.envelope import Event, Seen, identity_digest
from milepost.events import retargeted


class Held(Struct, frozen=True):
    """An event of a log: whether a server confirmed it once, and whether it has its place in the server's log now."""

    event: Event
    confirmed: bool
    placed: bool


class Branch(Struct, frozen=True):
    """What has to go (device → from which counter on), what comes instead (with whether it was confirmed), and the new
    names.
    """

    parted: dict[str, int]
    again: list[tuple[Event, bool]]
    names: dict[str, str]


def write_again(
    journal: str,
    log: Iterable[Held],
    known: Mapping[str, Seen],
    device: str,
    first: int,
    find: Callable[[str, int], Event | None],
) -> Branch:
    """The branch that begins with `device`'s event `first`, in a log that is given in causal order.

    `known` are the contexts that devices had before the log begins, where it does not begin at the beginning. `find`
    gives the event that the log has under (device, n): what was written again before is not written twice.
    """
    parted, contexts, dead = {device: first}, dict(known), list[tuple[Held, Seen]]()
    for held in log:
        event = held.event
        context = contexts.get(event.device, {})
        if event.seen:
            context = contexts[event.device] = {**context, **event.seen}
        if event.device not in parted and not held.placed and any(context.get(d, 0) >= n for d, n in parted.items()):
            parted[event.device] = event.n
        if event.n >= parted.get(event.device, event.n + 1):
            dead.append((held, context))
    attempt = 0
    while True:
        names = {
            held.event.device: _name(journal, held.event, attempt)
            for held, _ in dead
            if held.event.n == parted[held.event.device]
        }
        again = renamed(dead, parted, names)
        there = [find(event.device, event.n) for event, _ in again]
        if all(
            held is None or identity_digest(journal, held) == identity_digest(journal, event)
            for held, (event, _) in zip(there, again, strict=True)
        ):
            new = [item for item, held in zip(again, there, strict=True) if held is None]
            return Branch(parted if dead else {}, new, names)
        attempt += 1


def _name(journal: str, event: Event, attempt: int) -> str:
    digest = identity_digest(journal, event).hex()
    made = hashlib.sha256(f"milepost again 1\n{journal}\n{digest}\n{attempt}\n".encode()).digest()
    return str(uuid.UUID(bytes=made[:16], version=5))


def renamed(dead: list[tuple[Held, Seen]], parted: dict[str, int], names: dict[str, str]) -> list[tuple[Event, bool]]:
    """The events under their new names; a rejected one, of which nothing but the name is left, stays away."""
    again: list[tuple[Event, bool]] = []
    counters: dict[str, int] = {}
    counted: dict[tuple[str, int], int] = {}
    written: dict[tuple[str, int], tuple[str, int]] = {}
    said: dict[str, Seen] = {}
    for held, context in dead:
        event = held.event
        name, own = names[event.device], parted[event.device]
        if not event.rejected:
            counters[name] = counters.get(name, 0) + 1
        counted[event.device, event.n] = counters.get(name, 0)
        if event.rejected:
            continue
        whole: Seen = {event.device: own - 1}
        for other, n in context.items():
            start = parted.get(other, n + 1)
            whole[other] = min(n, start - 1)
            if n >= start:
                whole[names[other]] = counted.get((other, n), 0)
        before = said.get(name, {})
        seen = {other: n for other, n in whole.items() if n > before.get(other, 0)}
        said[name] = {**before, **seen}
        renamed = msgspec.structs.replace(event, seq=0, device=name, n=counters[name], seen=seen)
        again.append((retargeted(renamed, written), held.confirmed))
        written[event.device, event.n] = (name, counters[name])
    return again
