"""Causal contexts and the multi-value register: the only place that decides what happens when two people write at once.

Theory of operation
-------------------
Every write carries what its author had seen: per device, the highest counter applied. So of two writes it is known
whether one had seen the other. A register keeps each write that no other write to it has seen. What is shown is the
one with the greatest (merge clock, device, n); the others are *set aside*, and a later write that has seen them all
settles them. Nothing here depends on the order in which writes arrive, and nothing is ever thrown away that somebody
might not have seen.

A register holding one write is that write; only where people really wrote at once is it a list, the shown one first.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from milepost.envelope import Seen


class Stamp(Struct, gc=False):
    """Who wrote, when, and having seen what. One per event, shared by all the registers that it set.

    `ranked_at` is the merge clock. `seen` is whole (not a difference) and leaves out the own device. Neither is ever
    changed: where a server lowers a clock that ran ahead, the log is folded anew.
    """

    device: str
    n: int
    ranked_at: str
    actor: str
    seen: Seen

    @property
    def id(self) -> tuple[str, int]:
        """What identifies the event: its device and counter."""
        return self.device, self.n

    @property
    def rank(self) -> tuple[str, str, int]:
        """What the shown write has the most of."""
        return self.ranked_at, self.device, self.n


Write = tuple[Stamp, Any]
Register = Write | list[Write]
Registers = dict[str, Register]


def has_seen(later: Stamp, earlier: Stamp) -> bool:
    """Whether the author of `later` had applied `earlier` when writing."""
    if later.device == earlier.device:
        return earlier.n < later.n
    return earlier.n <= later.seen.get(earlier.device, 0)


def write(registers: Registers, name: str, stamp: Stamp, value: Any) -> None:
    """Puts one write into the register `name`. Writing the same event twice changes nothing."""
    current = registers.get(name)
    if current is None or (type(current) is tuple and has_seen(stamp, current[0])):
        registers[name] = (stamp, value)
        return
    others = [w for w in writes_of(current) if w[0].id != stamp.id]
    if any(has_seen(w[0], stamp) for w in others):
        return
    registers[name] = _register([w for w in others if not has_seen(stamp, w[0])] + [(stamp, value)])


def empty(registers: Registers, device: str, n: int, emptied: Callable[[str, Any], Any]) -> bool:
    """Gives the writes of one event the values that `emptied` (name, value) makes of theirs; returns whether it had any.

    They keep their places: what they had seen stays settled, and what is shown stays shown.
    """
    found = False
    for name, register in registers.items():
        writes = writes_of(register)
        if any(stamp.device == device and stamp.n == n for stamp, _ in writes):
            found = True
            now = [(s, emptied(name, v) if s.device == device and s.n == n else v) for s, v in writes]
            registers[name] = now[0] if len(now) == 1 else now
    return found


def _register(writes: list[Write]) -> Register:
    if len(writes) == 1:
        return writes[0]
    return sorted(writes, key=_rank, reverse=True)


def _rank(item: Write) -> tuple[str, str, int]:
    return item[0].rank


def writes_of(register: Register) -> list[Write]:
    """All maximal writes, the shown one first."""
    return register if type(register) is list else [register]  # type: ignore[list-item]


def shown(register: Register) -> Any:
    """The value that people see."""
    return register[0][1] if type(register) is list else register[1]


def set_aside(register: Register) -> list[Write]:
    """Writes that lost and that differ from what is shown: somebody should look at them."""
    if type(register) is not list:
        return []
    return [w for w in register[1:] if w[1] != register[0][1]]


def is_hidden(registers: Registers) -> bool:
    """Whether the entity is retracted: shown as such, and by somebody who had seen all that is in it.

    So an amendment made meanwhile brings it back.
    """
    register = registers.get("retracted")
    if register is None or shown(register) is not True:
        return False
    retractions = [stamp for stamp, value in writes_of(register) if value is True]
    return all(
        any(stamp.id == r.id or has_seen(r, stamp) for r in retractions)
        for name, other in registers.items()
        if name != "retracted"
        for stamp, _ in writes_of(other)
    )
