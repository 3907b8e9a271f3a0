"""How long to wait before a request is sent again: longer each time, never all at once with others, never for ever."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_S = 0.5
CAP_S = 60.0


class Backoff:
    """The waits between tries of one thing. What a server asks for (`Retry-After`) is the least, up to the cap."""

    def __init__(
        self, *, first_s: float = FIRST_S, cap_s: float = CAP_S, chance: Callable[[], float] = random.random
    ) -> None:
        """`chance` gives numbers from 0 to 1; devices that were turned away together must not come back together."""
        self._first_s, self._cap_s, self._chance = first_s, cap_s, chance
        self._tries = 0

    def next_s(self, asked_s: float = 0.0) -> float:
        """Seconds to wait now: between half of what is due and all of it, on top of what the server asked for."""
        due: float = min(self._cap_s, self._first_s * 2.0 ** min(self._tries, 30))
        self._tries += 1
        spread = due * (0.5 + self._chance() / 2)
        return min(self._cap_s, max(asked_s, 0.0) + spread)

    def reset(self) -> None:
        """It worked: the next wait is a short one again."""
        self._tries = 0


def retry_after_s(header: str, now: datetime | None = None) -> float:
    """The seconds of a `Retry-After` header (RFC 9110, section 10.2.3); 0 for none, or nonsense.

    It may be a date, which is looked at where there is a `now` (with its zone): not on devices, for their clocks are
    wrong by years, and then the wait would be.
    """
    said = header.strip()
    if said.isascii() and said.isdigit():
        return float(said) if len(said) <= 9 else 0.0
    try:
        asked = parsedate_to_datetime(said) if now else None
    except (ValueError, OverflowError):
        asked = None
    if asked is None or now is None:
        return 0.0
    return max((asked.replace(tzinfo=asked.tzinfo or UTC) - now).total_seconds(), 0.0)
