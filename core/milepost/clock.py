"""Ids and the hybrid logical clock; knows nothing of events. The wall clock comes in as a function.

A clock reading is fixed-width ASCII that sorts as text: 12 hexadecimal digits of milliseconds since 1970, then 4 of a
counter. (Hybrid logical clocks: Kulkarni et al., "Logical Physical Clocks", OPODIS 2014.) A counter that runs over
carries into the milliseconds, so a reading is simply one growing 64-bit number.
"""

import re
import secrets
import time
import uuid
from collections.abc import Callable

UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
HLC_PATTERN = re.compile(r"[0-9a-f]{16}", re.ASCII)

CLAMP_MS = 5 * 60 * 1000
"""How far ahead of the server a clock may run before its writes are ranked as if made at that limit, in milliseconds."""

NOBODY = "00000000-0000-0000-0000-000000000000"
"""The author of what was written before a device was paired with an account."""

HLC_MIN = "0" * 16
MAX_MS = 2**48 - 1


def new_id() -> str:
    """A random lowercase UUID (version 4, RFC 9562): no time in it, so it tells nothing."""
    return str(uuid.uuid4())


def new_salt() -> str:
    """96 random bits as 16 characters of base64url: what keeps the digest of a short payload from being guessed back."""
    return secrets.token_urlsafe(12)


def wall_clock_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def format_hlc(ms: int, counter: int = 0) -> str:
    """The clock's text form; `ms` outside 0 … 2^48-1 is brought to the nearest end."""
    return f"{min(max(ms, 0), MAX_MS):012x}{counter:04x}"


def hlc_ms(hlc: str) -> int:
    """The milliseconds in a clock reading."""
    return int(hlc[:12], 16)


def clamp_hlc(hlc: str, received_at: int) -> str:
    """The reading that merging uses: the author's own, or the server's limit where a clock runs ahead."""
    limit = received_at + CLAMP_MS
    return hlc if int(hlc[:12], 16) < limit else min(hlc, format_hlc(limit))


class HybridClock:
    """Gives readings that are later than any given or seen before, and as close to the wall clock as that allows."""

    def __init__(self, last: str = HLC_MIN, wall: Callable[[], int] = wall_clock_ms) -> None:
        self._last = int(last, 16)
        self.wall = wall

    @property
    def last(self) -> str:
        return f"{self._last:016x}"

    def tick(self) -> str:
        """A new reading, greater than every earlier one."""
        self._last = max(self._last + 1, min(max(self.wall(), 0), MAX_MS) << 16)
        return self.last

    def observe(self, hlc: str) -> None:
        """Takes note of a reading from elsewhere, so that what is written next ranks after it."""
        self._last = max(self._last, int(hlc, 16))

    def reset(self, seen: str) -> None:
        """After the server clamped this clock: back to the greater of the wall clock and what was truly seen."""
        self._last = max(int(seen, 16), min(max(self.wall(), 0), MAX_MS) << 16)
