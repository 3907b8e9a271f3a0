"""What was really written, and what its author could see when writing: kept apart from all that is being tested.

An event is known here by a key that it keeps under whatever name it is written again, and when its words are taken out.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from milepost.envelope import Event, salted_digest
from milepost.events import COMPOSITES, REDACTION, by_register, is_plugin_type, read_fields

ALL = frozenset({"*"})
"""In the place of names of fields: all of them."""
_TEXTS = frozenset({"change", "accepted"})


def key_of(event: Event) -> str:
    """What an event is known by. A redaction says another name where its target got one, and has no words to lose."""
    return event.salt if event.type == REDACTION else salted_digest(event)


Register = tuple[str, str, str]
"""(kind, entity, register)."""


class Written(Struct, frozen=True):
    """One event: what it set, and the set of events (as bits) that its author had in view."""

    device: str
    bit: int
    sets: dict[Register, Any]
    knew: int
    good: bool
    words: dict[str, set[str]]
    """Field → what somebody wrote into it."""
    takes: tuple[str, frozenset[str]] | None
    """Of a redaction: the key of the event, and the fields."""


class Truth:
    """Everything ever written."""

    def __init__(self, journal: str) -> None:
        self.journal = journal
        self.written: dict[str, Written] = {}
        self.moved: dict[str, int] = {}
        """What was written anew, under a name by chance, and what its author had in view at first."""
        self.gone: set[str] = set()
        """Written, and then put back together with every copy there was."""

    def view(self, log: Iterable[Event], own: str) -> int:
        """What somebody has in view whose log this is, and who writes as `own`: all but what comes, of another, with or
        after something that this version can't read.
        """
        bits, dark = 0, set[str]()
        for event in log:
            if event.rejected:
                continue
            readable = read_fields(self.journal, event) is not None or is_plugin_type(event.type)
            if not readable and event.device != own:
                dark.add(event.device)
            if event.device not in dark and key_of(event) in self.written:
                bits |= self.written[key_of(event)].bit
        return bits

    def note(self, events: Iterable[Event], knew: int, *, good: bool = True) -> None:
        """Takes note of what is new among these events, written one after the other by somebody with this in view."""
        for event in events:
            if event.rejected or key_of(event) in self.written:
                continue
            bit = 1 << len(self.written)
            self.written[key_of(event)] = Written(
                event.device, bit, self.sets(event) if good else {}, knew, good, _words(event), _takes(event)
            )
            knew |= bit

    def note_synced(self, log: Sequence[Event]) -> None:
        """Takes note of what a sync wrote by itself: what a device alone knew, where the log that it came from is lost, and
        redactions that were lost. Of what stands in no log it claims to have seen nothing but what came with it; of
        that less, where it came to light later that something can't stand: then a person is asked.
        """
        anew: dict[str, list[Event]] = {}
        moved: list[Event] = []
        for event in log:
            known = None if event.rejected else self.written.get(key_of(event))
            if known is not None and known.device != event.device and uuid.UUID(event.device).version == 4:
                moved.append(event)
            elif known is None and not event.rejected:
                anew.setdefault(event.device, []).append(event)
        for events in anew.values():
            self.note(events, 0)
        contexts: dict[str, dict[str, int]] = {}
        for event in moved:
            context = contexts[event.device] = {
                **contexts.get(event.device, {}),
                **event.seen,
                event.device: event.n - 1,
            }
            key = key_of(event)
            if key not in self.moved:
                said = {key_of(other) for other in moved if other.n <= context.get(other.device, 0)}
                together = sum(self.written[other].bit for other in said)
                self.moved[key] = self.written[key].knew
                self.written[key] = replace(self.written[key], knew=self.moved[key] & together)

    def targets(self, log: Iterable[Event]) -> Iterator[tuple[str, int]]:
        """(device, n) of the events that the redactions in a log name."""
        for event in log:
            if event.type == REDACTION and not event.rejected:
                said = msgspec.json.decode(event.payload)
                yield said["device"], said["n"]

    def taken_out(self, log: Iterable[Event]) -> dict[str, frozenset[str]]:
        """Key → the fields whose words a redaction in this log takes out."""
        there = {(event.device, event.n): key_of(event) for event in log if not event.rejected}
        taken: dict[str, frozenset[str]] = {}
        for event in log:
            if event.type == REDACTION:
                said = msgspec.json.decode(event.payload)
                key = there[said["device"], said["n"]]
                taken[key] = taken.get(key, frozenset()) | frozenset(said.get("fields", ALL))
        return taken

    def taken_before(self, key: str) -> frozenset[str]:
        """The fields that redactions of an event took out which are lost themselves: what was left of it stayed."""
        found = [self.written[gone].takes for gone in self.gone]
        return frozenset().union(*(takes[1] for takes in found if takes is not None and takes[0] == key))

    def left(self, key: str, register: Register, taken: frozenset[str]) -> Any:
        """What a register holds that this event set, once these fields of it were taken out."""
        kind, _, name = register
        value = self.written[key].sets[register]
        if name == "retracted":
            return value
        if kind == "proposal" and name == "change":
            return {**value, "fields": {n: _unless(n, v, taken) for n, v in value["fields"].items()}}
        if name in COMPOSITES.get(kind, {}):
            return {n: _unless(n, v, taken) for n, v in value.items()}
        return _unless(name, value, taken)

    def sets(self, event: Event) -> dict[Register, Any]:
        """The registers that an event sets, and to what."""
        read = read_fields(self.journal, event)
        if read is None:
            return {}
        kind, entity, fields = read
        agreed = fields.pop("accepted", None) if kind == "proposal" else None
        sets = {(kind, entity, name): value for name, value in by_register(kind, fields).items()}
        if agreed is not None:
            kind, entity = agreed["kind"], agreed["id"]
            sets |= {(kind, entity, name): value for name, value in by_register(kind, agreed["fields"]).items()}
        return sets

    def unseen(self, salts: Iterable[str], twice: Collection[str] = ()) -> dict[Register, set[str]]:
        """Of these events, register by register, those that no other one setting it had in view. Of those that stand `twice`,
        as they were at first and written anew, what was in view at first counts.
        """
        knew = {salt: self.written[salt].knew | (self.moved.get(salt, 0) if salt in twice else 0) for salt in salts}
        setting: dict[Register, list[str]] = {}
        for salt in knew:
            for register in self.written[salt].sets:
                setting.setdefault(register, []).append(salt)
        return {
            register: {s for s in found if not any(knew[o] & self.written[s].bit for o in found)}
            for register, found in setting.items()
        }


def _unless(name: str, value: Any, taken: frozenset[str]) -> Any:
    return None if taken >= ALL or name in taken else value


def _words(event: Event) -> dict[str, set[str]]:
    """Ids, days and numbers are no words here: those that the campaign writes have a space in them."""
    found: dict[str, set[str]] = {}
    payload = msgspec.json.decode(event.payload)
    for fields in (payload, *(payload[name]["fields"] for name in _TEXTS & payload.keys())):
        for name, value in fields.items():
            if isinstance(value, str) and " " in value:
                found.setdefault(name, set()).add(value)
    return found


def _takes(event: Event) -> tuple[str, frozenset[str]] | None:
    if event.type != REDACTION:
        return None
    said = msgspec.json.decode(event.payload)
    return said["digest"], frozenset(said.get("fields", ALL))
