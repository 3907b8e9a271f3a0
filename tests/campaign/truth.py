"""What was really written, and what its author could see when writing: kept apart from all that is being tested.

An event is known here by its salt: chance gives it one, and it keeps it under whatever name it is written again.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from milepost.envelope import Event
from milepost.events import by_register, is_plugin_type, read_fields

Register = tuple[str, str, str]
"""(kind, entity, register)."""


class Written(Struct, frozen=True):
    """One event: what it set, and the set of events (as bits) that its author had in view."""

    bit: int
    sets: dict[Register, Any]
    knew: int
    good: bool


class Truth:
    """Everything ever written."""

    def __init__(self, journal: str) -> None:
        self.journal = journal
        self.written: dict[str, Written] = {}
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
            if event.device not in dark and event.salt in self.written:
                bits |= self.written[event.salt].bit
        return bits

    def note(self, events: Iterable[Event], knew: int, *, good: bool = True) -> None:
        """Takes note of what is new among these events, written one after the other by somebody with this in view."""
        for event in events:
            if event.rejected or event.salt in self.written:
                continue
            bit = 1 << len(self.written)
            self.written[event.salt] = Written(bit, self.sets(event) if good else {}, knew, good)
            knew |= bit

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

    def unseen(self, salts: Iterable[str]) -> dict[Register, set[str]]:
        """Of these events, register by register, those that no other one setting it had in view."""
        setting: dict[Register, list[str]] = {}
        for salt in salts:
            for register in self.written[salt].sets:
                setting.setdefault(register, []).append(salt)
        return {
            register: {s for s in found if not any(self.written[o].knew & self.written[s].bit for o in found)}
            for register, found in setting.items()
        }
