"""How things stand on a device: what waits to be sent, was refused, or waits to be settled; when it last synced; its clock.

Reads the device's file and writes two notes into it, after a sync; knows no network and no screen.
"""

from collections.abc import Sequence

from msgspec import Struct

from milepost.clock import CLAMP_MS, wall_clock_ms
from milepost.device import Device
from milepost.events import is_plugin_type
from milepost.quarantine import waiting
from milepost.views.journal import conflicts

CLOCK_TROUBLE_MS = 2 * 60 * 1000
"""A clock that is further off than this gets a word; at `CLAMP_MS` ahead the server stops believing it."""

_SYNCED, _CLOCK = "synced_at", "clock_ahead_ms"


class JournalStanding(Struct, frozen=True, kw_only=True):
    """One journal: its name, how many events are in the server's log as known here, and what waits for somebody.

    `unknown` are events of a newer version: kept, passed on, and shown after an upgrade.
    """

    id: str
    title: str
    in_use: bool
    private: bool
    synced: bool
    head: int
    unsent: int
    rejected: int
    conflicts: int
    unknown: int


class ClockStanding(Struct, frozen=True, kw_only=True):
    """How far the device's clock was ahead of the server's (behind: below 0) when that could last be told; `words` say
    what that means, and are empty where all is well.
    """

    ahead_ms: int | None = None
    words: str = ""


def note_sync(device: Device, ahead_ms: int | None, now_ms: int | None = None) -> None:
    """A sync came to its end now; `ahead_ms` is how far the clock was seen to be off."""
    with device.log.transaction():
        device.log.set(_SYNCED, str(wall_clock_ms() if now_ms is None else now_ms))
        if ahead_ms is not None:
            device.log.set(_CLOCK, str(ahead_ms))


def synced_at(device: Device) -> int | None:
    """When a sync last came to its end (milliseconds since 1970), None for never."""
    kept = device.log.setting(_SYNCED)
    return int(kept) if kept else None


def clock_standing(device: Device) -> ClockStanding:
    """Whether the clock can be trusted."""
    kept = device.log.setting(_CLOCK)
    ahead = int(kept) if kept else None
    if ahead is None or abs(ahead) <= CLOCK_TROUBLE_MS:
        return ClockStanding(ahead_ms=ahead)
    far = _span(abs(ahead))
    if ahead > CLAMP_MS:
        words = (
            f"This device's clock is {far} ahead of the server's. What you write is kept, and counts as written when "
            "the server got it. Set the clock right."
        )
    elif ahead > 0:
        words = f"This device's clock is {far} ahead of the server's. Set it right."
    else:
        words = (
            f"This device's clock is {far} behind the server's. What you write may be shown second where somebody "
            "else wrote at the same time. Set the clock right."
        )
    return ClockStanding(ahead_ms=ahead, words=words)


def _span(ms: int) -> str:
    for unit, length in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000)):
        if ms >= 2 * length:
            return f"{round(ms / length):,} {unit}s"
    return "a minute"


def journal_standings(device: Device, in_use: str) -> Sequence[JournalStanding]:
    """Every journal on the device."""
    found = []
    for row in device.rows():
        state = device.state(row.journal)
        found.append(
            JournalStanding(
                id=row.journal,
                title=state.fields("journal", row.journal).get("title") or "",
                in_use=row.journal == in_use,
                private=row.private,
                synced=row.claimed,
                head=row.cursor.seq,
                unsent=device.log.unsent_count(row.journal),
                rejected=len(waiting(device, row.journal)),
                conflicts=len(conflicts(state)),
                unknown=sum(not is_plugin_type(event.type) for event in state.unfolded),
            )
        )
    return found
