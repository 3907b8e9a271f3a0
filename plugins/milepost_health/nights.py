"""Pieces of sleep, put together to nights: the longest sleep that ended on a day is that day's. Knows no payload."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from milepost_health.times import there

APART_S = 3600
"""Pieces that are no more than so many seconds apart are of one night."""


class Night(NamedTuple):
    """Hours asleep, and the local day on which they ended."""

    on: str
    hours: float


def nights_of(pieces: Sequence[tuple[datetime, datetime]], zone: tzinfo | None) -> list[Night]:
    """The nights that pieces of one source make up."""
    return put_together(
        (int(begun.timestamp()), int(ended.timestamp()), offset_of(there(ended, zone))) for begun, ended in pieces
    )


def offset_of(at: datetime) -> int:
    """Of a local time from UTC, in seconds."""
    offset = at.utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def put_together(pieces: Iterable[tuple[int, int, int]]) -> list[Night]:
    """The same of begin and end in seconds since 1970, and the offset there, in whatever order: what overlaps counts once."""
    found: list[Night] = []
    asleep, until, offset = 0, None, 0
    for begun, ended, here in sorted(pieces):
        if ended <= begun:
            continue
        if until is not None and begun - until > APART_S:
            found.append(_night(asleep, until, offset))
            asleep, until = 0, None
        asleep += max(0, ended - (begun if until is None else max(begun, until)))
        if until is None or ended >= until:
            until, offset = ended, here
    if until is not None:
        found.append(_night(asleep, until, offset))
    return found


def _night(asleep: int, until: int, offset: int) -> Night:
    return Night(datetime.fromtimestamp(until + offset, UTC).date().isoformat(), asleep / 3600)


def longest(found: Iterable[Night]) -> Iterator[Night]:
    """Of each day the longest, in order of the days."""
    hours: dict[str, float] = {}
    for night in found:
        hours[night.on] = max(hours.get(night.on, 0), night.hours)
    return (Night(on, hours[on]) for on in sorted(hours))
