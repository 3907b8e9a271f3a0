"""Makes a failing schedule shorter, as long as it fails."""

import time
from collections.abc import Callable

from tests.campaign.schedule import Step


def shrink(steps: list[Step], fails: Callable[[list[Step]], bool], *, for_s: float) -> list[Step]:
    """A shorter schedule that fails as well, found within so many seconds."""
    until = time.monotonic() + for_s
    size = max(len(steps) // 2, 1)
    while size:
        at, shorter = 0, False
        while at < len(steps) and time.monotonic() < until:
            fewer = steps[:at] + steps[at + size :]
            if fails(fewer):
                steps, shorter = fewer, True
            else:
                at += size
        if time.monotonic() >= until:
            break
        if not shorter or size > 1:
            size //= 2
    return steps
