"""Turns drafts, or the events of another journal, into a device's next events; knows no log and no wall clock."""

from collections.abc import Iterable, Sequence

from msgspec import Raw

from milepost.clock import HybridClock, new_salt
from milepost.envelope import MAX_EVENT_BYTES, Event, Seen
from milepost.errors import InvalidInput
from milepost.events import Draft, encode_payload, registry, retargeted
from milepost.events.registry import check_words
from milepost.journal import State


def write_drafts(state: State, device: str, actor: str, drafts: Sequence[Draft], clock: HybridClock) -> list[Event]:
    """The events that `device` appends to a journal in this state.

    Raises:
        InvalidEvent: a field breaks the rules of its type.
        InvalidInput: too long, or words hold what is no letter.

    """
    for draft in drafts:
        check_words(draft)
    payloads = [(draft.type, encode_payload(draft.type, draft.fields)) for draft in drafts]
    if any(len(data) > MAX_EVENT_BYTES for _, data in payloads):
        raise InvalidInput(f"That is too long for one entry: keep it under {MAX_EVENT_BYTES // 1024} kB.")
    events = []
    n, seen = state.counter(device), unsaid(state, device)
    for type_name, data in payloads:
        n += 1
        events.append(
            Event(
                device=device,
                n=n,
                seen=seen,
                hlc=clock.tick(),
                actor=actor,
                type=type_name,
                v=registry.EVENT_TYPES[type_name].v,
                salt=new_salt(),
                data=Raw(data),
            )
        )
        seen = {}
    return events


def written_over(state: State, device: str, actor: str, events: Iterable[Event]) -> list[Event]:
    """The same, for events that were written in another journal: what redactions among them take out goes by its new name."""
    n, seen = state.counter(device), unsaid(state, device)
    over: list[Event] = []
    names: dict[tuple[str, int], tuple[str, int]] = {}
    for event in events:
        n += 1
        again = retargeted(event, names)
        names[event.device, event.n] = (device, n)
        over.append(
            Event(
                device=device,
                n=n,
                seen=seen,
                hlc=again.hlc,
                actor=actor,
                type=again.type,
                v=again.v,
                salt=again.salt,
                data_digest=again.data_digest,
                data=again.data,
            )
        )
        seen = {}
    return over


def unsaid(state: State, device: str) -> Seen:
    """What a device has seen and not yet said."""
    progress = state.devices.get(device)
    said = progress.seen if progress else {}
    return {other: n for other, n in state.context(device).items() if said.get(other, 0) < n}
