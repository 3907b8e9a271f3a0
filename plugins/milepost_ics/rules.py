"""Recurrences, cut to the days that a calendar is to show; knows no journal and no calendar format but their values."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from milepost.plugin_api import occurrences

T = TypeVar("T")

MAX_COUNTED = 1_000
"""As many occurrences as `occurrences` gives at most."""
_STEPS = (60, 800, 15_000, 150_000)
_EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"


class Ruled(Struct, frozen=True):
    """A recurrence from its first day on. `count` or `last` end it, or nothing; `over` is the last day either lets in."""

    first: date
    rule: str
    count: int | None = None
    last: date | None = None
    over: date | None = None


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name; UTC where nobody here knows it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def readable(make: Callable[[], T]) -> T | None:
    """What is made; None where a day or a time can't be read: a calendar goes without such a thing, and shows the rest."""
    try:
        return make()
    except (ValueError, OverflowError):
        return None


def instant(at: datetime, of: ZoneInfo) -> datetime:
    """A local time in UTC; one that a change of clocks leaves out is read with the offset before."""
    try:
        return at.replace(tzinfo=of).astimezone(UTC)
    except OverflowError:
        return at.replace(tzinfo=UTC)


def parts_of(rule: str) -> dict[str, str]:
    """The parts of an RRULE's value."""
    return {name: value for name, _, value in (part.partition("=") for part in rule.split(";")) if value}


def last_day(rule: str, of: ZoneInfo | None = None, begins: datetime | None = None) -> date | None:
    """The last local day that the rule's UNTIL lets in; for what begins at a time in a zone, by that time."""
    text = parts_of(rule).get("UNTIL", "")
    try:
        day = date.fromisoformat(text[:8])
        if len(text) == 8 or begins is None or of is None:
            return day
        time = f"{text[9:13]}{min(text[13:15], '59')}"  # a leap second is read as the one before
        until = datetime.combine(day, datetime.strptime(time, "%H%M%S").time())  # noqa: DTZ007 - its zone follows
        local = until.replace(tzinfo=UTC).astimezone(of).replace(tzinfo=None) if text.endswith("Z") else until
        return local.date() - timedelta(days=local.time() < begins.time())
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4_096)
def ruled(rule: str, start: date, first: date, last: date | None) -> Ruled | None:
    """The occurrences of a recurrence beginning on `start` that lie from `first` to `last`; None where there are none.

    It begins on an occurrence, as calendar programs take the first day for one. That changes no other: what a rule leaves
    to its first day is the same for each of its days.
    """
    parts = parts_of(rule)
    parts.pop("UNTIL", None)
    given = parts.pop("COUNT", None)
    if "BYWEEKNO" in parts and "BYDAY" not in parts:
        parts["BYDAY"] = _EVERY_DAY
    plain = ";".join(f"{name}={value}" for name, value in parts.items())
    first = max(first, start)
    begins = _first(rule, start, first, last)
    if begins is None:
        return None
    if given is None:
        return Ruled(begins, plain, last=last, over=last)
    left = int(given) - (len(occurrences(rule, start, start, first - timedelta(1))) if first > start else 0)
    if last is not None:
        left = min(left, len(occurrences(plain, start, begins, last)))
    if left <= 0:
        return None
    found = occurrences(f"{plain};COUNT={left}", begins, begins, date.max)
    return Ruled(begins, plain, count=left, over=found[-1] if len(found) < MAX_COUNTED else None)


def _first(rule: str, start: date, first: date, last: date | None) -> date | None:
    for days in _STEPS:
        try:
            until = first + timedelta(days)
        except OverflowError:
            until = date.max
        found = occurrences(rule, start, first, min(until, last or until))
        if found:
            return found[0]
        if (last and until >= last) or until == date.max:
            return None
    return None


def falls_on(rule: str, start: date, day: date, last: date | None) -> bool:
    """Whether a day is one of the recurrence's."""
    return (last is None or day <= last) and bool(occurrences(rule, start, day, day))
