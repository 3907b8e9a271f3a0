"""Writing events again under another name, where the server's log has others under their counters; pure.

Theory of operation
-------------------
A device that was put back uses counters again that others know with other events. Of two branches of one device, the
server's log has one; the other is written again here, by whoever holds it: as the events of another device whose id is
worked out from the branch itself, so that several who hold the same branch write the same events, and the log takes
them once. Whatever has seen an event of the branch, and has no place in the log, is written again as well, having seen
the new ones: a log that holds an event holds all that this has seen. Whose words they are and how they rank stays, and
what had not seen each other still has not.
"""

import uuid
from collections.abc import Sequence

from msgspec import Struct

from milepost.envelope import Event, Seen, identity_digest


class Rewritten(Struct, frozen=True):
    """Of each device that is concerned, its first counter to be taken out and its new id; and the new events, in order."""

    first: dict[str, int]
    ids: dict[str, str]
    events: list[Event]


def rewritten(journal: str, log: Sequence[Event], device: str, first: int, account: str) -> Rewritten:
    """What becomes of `device`'s events from counter `first` on, and of all that has seen them, in a causal order `log`.

    An event that has seen what the log does not hold no longer says so. `account` is whose device this is: a server
    takes only what its own people wrote.
    """
    firsts, ids = {device: first}, dict[str, str]()
    contexts: dict[str, Seen] = {}
    held: dict[str, int] = {}
    branch: dict[str, _Branch] = {}
    events: list[Event] = []
    for event in log:
        context = contexts[event.device] = {**contexts.get(event.device, {}), **event.seen}
        begins = firsts.get(event.device)
        if begins is None and not event.seq and any(context.get(d, 0) >= n for d, n in firsts.items()):
            begins = firsts[event.device] = event.n
        if begins is None or event.n < begins:
            held[event.device] = event.n
            continue
        if event.device not in ids:
            ids[event.device] = _name(journal, event)
            branch[event.device] = _Branch(ids[event.device])
        mine = branch[event.device]
        whole = _seen_now({**context, event.device: begins - 1}, firsts, branch, held)
        whole.pop(mine.id, None)
        if not event.rejected:
            mine.n += 1
            seen = {d: n for d, n in whole.items() if mine.said.get(d, 0) < n}
            events.append(written_again(event, mine.id, mine.n, seen, account))
            mine.said = {**mine.said, **seen}
        mine.counters[event.n] = mine.n
    return Rewritten({d: n for d, n in firsts.items() if d in ids}, ids, events)


class _Branch(Struct):
    """A device's branch under its new id: how far it is, what it has said that it saw, and old counter → new counter."""

    id: str
    n: int = 0
    said: Seen = {}
    counters: dict[int, int] = {}


def _seen_now(context: Seen, firsts: dict[str, int], branch: dict[str, _Branch], held: dict[str, int]) -> Seen:
    """A context in terms of the new ids, and of what the log holds."""
    now: Seen = {}
    for device, n in context.items():
        known = held.get(device, 0)
        if device in branch and n >= firsts[device]:
            if n in branch[device].counters:
                now[branch[device].id] = branch[device].counters[n]
            known = min(known, firsts[device] - 1)
        now[device] = min(n, known)
    return {device: n for device, n in now.items() if n}


def _name(journal: str, event: Event) -> str:
    """The id of a branch that begins with `event`."""
    return str(
        uuid.uuid5(uuid.UUID(event.device), f"milepost branch 1 {journal} {identity_digest(journal, event).hex()}")
    )


def written_again(event: Event, device: str, n: int, seen: Seen, account: str) -> Event:
    """The same words, with the clock and the salt they had, as another event."""
    return Event(
        device=device,
        n=n,
        seen=seen,
        hlc=event.hlc,
        actor=account,
        type=event.type,
        v=event.v,
        salt=event.salt,
        data=event.data,
    )
