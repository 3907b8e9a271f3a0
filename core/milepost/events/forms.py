"""The exact forms that text in a payload must have: ids, days, times, zones, recurrences. Checked once, at the edge."""

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr

from milepost.clock import UUID_PATTERN

_EVERY = re.compile(r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;[A-Z]+=[A-Z0-9,+\-]+)*", re.ASCII)
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_SOME_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - local, as recurrences are


def is_id(text: str) -> bool:
    """A lowercase UUID."""
    return UUID_PATTERN.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """An ISO 8601 date in its extended form."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_local_time(text: str) -> bool:
    """An ISO 8601 date and time to the second, without an offset."""
    try:
        return datetime.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_time_of_day(text: str) -> bool:
    """Hours and minutes."""
    return _CLOCK.fullmatch(text) is not None


def is_time_zone(text: str) -> bool:
    """A name in the IANA database."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_recurrence(text: str) -> bool:
    """The value of an RRULE (RFC 5545, section 3.3.10), daily at the most."""
    if not _EVERY.fullmatch(text) or any(part in text for part in ("BYHOUR", "BYMINUTE", "BYSECOND")):
        return False
    try:
        rrulestr(text, dtstart=_SOME_DAY, ignoretz=True)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        return False
    return True


FORMS: dict[str, tuple[Callable[[str], bool], str]] = {
    "id": (is_id, "a lowercase UUID with hyphens"),
    "day": (is_day, "a date like 2026-12-18"),
    "local time": (is_local_time, "a local time like 2026-12-18T15:00:00"),
    "time of day": (is_time_of_day, "a time of day like 08:30"),
    "time zone": (is_time_zone, "a time zone like Europe/Berlin"),
    "recurrence": (is_recurrence, "a recurrence like FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO,TH"),
}
"""Name of a form → whether a text has it, and how to say what it is."""
