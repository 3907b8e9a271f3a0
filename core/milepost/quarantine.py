"""What a server refused for good: the person's words in full, to be written again or let go of. Nothing is ever deleted.

A refused event is taken out of the log; here it stays, with a note of what the person did about it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from milepost.device import Device
from milepost.device_file import Rejected
from milepost.envelope import Event, as_stub
from milepost.errors import InvalidInput, NotFound
from milepost.events import PAYLOADS, Draft, Fields

LET_GO = "let-go"
_PREFIX = "refused:"


class Refused(Struct, frozen=True, kw_only=True):
    """One entry: its number in its journal, what was refused and why, the words in it, and what became of it.

    `done` is empty while it waits, `let-go`, or the event (`device.n`) that it was written again as.
    """

    number: int
    journal: str
    type: str
    reason: str
    device: str
    n: int
    at: str
    fields: Fields
    done: str = ""


def refuse_here(device: Device, journal: str, event: Event, reason: str) -> bool:
    """Sets an own event apart that a server can't even answer for, before it has a place there: a stub takes its place,
    and is sent as that. Returns whether it did.
    """
    with device.log.transaction():
        held = device.log.find(journal, event.device, event.n)
        if held is None or held.received_at or held.rejected:
            return False  # another process was first
        device.log.set_apart(journal, held, reason)
        device.log.rewrite(journal, as_stub(journal, held, reason))
        device.log.bump(journal)
    return True


def refused(device: Device, journal: str) -> Sequence[Refused]:
    """Everything that was ever refused in a journal, the oldest first."""
    return [_entry(device, number, one) for number, one in enumerate(device.log.rejected(journal), 1)]


def waiting(device: Device, journal: str) -> Sequence[Refused]:
    """What nobody has done anything about yet."""
    return [one for one in refused(device, journal) if not one.done]


def find(device: Device, journal: str, number: int) -> Refused:
    """One entry.

    Raises:
        NotFound: there is none with that number.
    """
    for one in refused(device, journal):
        if one.number == number:
            return one
    raise NotFound(f"Nothing with the number {number} was refused here. `milepost refused --all` shows what was.")


def _key(journal: str, writer: str, n: int) -> str:
    return f"{_PREFIX}{journal}/{writer}.{n}"


def _entry(device: Device, number: int, one: Rejected) -> Refused:
    event = one.event
    return Refused(
        number=number,
        journal=one.journal,
        type=event.type,
        reason=one.reason,
        device=event.device,
        n=event.n,
        at=event.hlc,
        fields=_fields(event.payload),
        done=device.log.setting(_key(one.journal, event.device, event.n)) or "",
    )


def _fields(payload: bytes) -> Fields:
    """Whatever can be read of a payload; all of it as text where it is no JSON object."""
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    return found if isinstance(found, dict) else {"words": payload.decode(errors="replace")}


def write_again(device: Device, one: Refused, changes: Mapping[str, Any], without: Sequence[str] = ()) -> Fields:
    """Writes an entry anew, as another event, with other values in some fields and without others; gives its fields.

    Raises:
        InvalidEvent: it breaks a rule as it is; nothing was written, and it still waits.
        InvalidInput: it can't be written any more, or was written already.
    """
    _refuse_done(one)
    if one.type not in PAYLOADS:
        raise InvalidInput(f"This version can't write `{one.type}`. Upgrade, or write it down by hand.")
    fields = {name: value for name, value in {**one.fields, **changes}.items() if name not in without}
    with device.log.transaction():
        (event,) = device.append(one.journal, [Draft(one.type, fields)])
        device.log.set(_key(one.journal, one.device, one.n), f"{event.device}.{event.n}")
    return fields


def let_go(device: Device, one: Refused) -> None:
    """It no longer waits. The words stay in the device's file, and in `milepost refused --all`."""
    _refuse_done(one)
    with device.log.transaction():
        device.log.set(_key(one.journal, one.device, one.n), LET_GO)


def _refuse_done(one: Refused) -> None:
    if one.done and one.done != LET_GO:
        raise InvalidInput(f"Number {one.number} was written again already, as {one.done}.")
