"""The exact forms that text in a payload must have: ids, days, times, zones, recurrences. Checked once, at the edge."""

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from milepost.clock import UUID_PATTERN

_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_UNTIL = re.compile(r"([0-9]{8})(?:T(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9]|60)Z?)?", re.ASCII)
_LOCAL_ZONES = re.compile(r"(?:posix|right)/.*|localtime|posixrules|Factory")
"""What a system keeps among its time zones that is no name in the IANA database: it is another one on each machine."""
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def is_id(text: str) -> bool:
    """A lowercase UUID."""
    return UUID_PATTERN.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """SHA-256 in lowercase hexadecimal digits."""
    return _HEX.fullmatch(text) is not None


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
    if _LOCAL_ZONES.fullmatch(text):
        return False
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _numbers(form: str, most: int) -> Callable[[str], bool]:
    """Whether a text is a list of this form, the number in each (if it has one) from 1 to `most` on either side of 0."""
    pattern = re.compile(form, re.ASCII)

    def holds(text: str) -> bool:
        found = [pattern.fullmatch(one) for one in text.split(",")]
        return all(one is not None and (not one[1] or 1 <= abs(int(one[1])) <= most) for one in found)

    return holds


def _is_count(text: str) -> bool:
    return _DIGITS.fullmatch(text) is not None and text.strip("0") != ""


def _is_end(text: str) -> bool:
    """A day, or a time on it to the second, in UTC or not; a second may be a leap second (section 3.3.12)."""
    found = _UNTIL.fullmatch(text)
    return found is not None and is_day("-".join((found[1][:4], found[1][4:6], found[1][6:])))


_PARTS: dict[str, Callable[[str], bool]] = {
    "FREQ": frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).__contains__,
    "UNTIL": _is_end,
    "COUNT": _is_count,
    "INTERVAL": _is_count,
    "BYDAY": _numbers(f"([+-]?[0-9]{{1,2}})?(?:{'|'.join(_WEEKDAYS)})", 53),
    "BYMONTHDAY": _numbers("([+-]?[0-9]{1,2})", 31),
    "BYYEARDAY": _numbers("([+-]?[0-9]{1,3})", 366),
    "BYWEEKNO": _numbers("([+-]?[0-9]{1,2})", 53),
    "BYMONTH": _numbers("([0-9]{1,2})", 12),
    "BYSETPOS": _numbers("([+-]?[0-9]{1,3})", 366),
    "WKST": _WEEKDAYS.__contains__,
}
"""The parts of a recurrence that go by whole days → whether a text is a value of it."""


def is_recurrence(text: str) -> bool:
    """The value of an RRULE (RFC 5545, section 3.3.10), daily at the most, in capital letters."""
    parts = [part.partition("=")[::2] for part in text.split(";")]
    found = dict(parts)
    return (
        parts[0][0] == "FREQ"
        and len(found) == len(parts)
        and all(name in _PARTS and _PARTS[name](value) for name, value in parts)
        and _go_together(found)
    )


def _go_together(found: dict[str, str]) -> bool:
    """Whether no part stands beside one that the section forbids beside it."""
    every, lists = found["FREQ"], {name for name in found if name.startswith("BY")}
    numbered = any(character.isdigit() for character in found.get("BYDAY", ""))
    return not (
        ("UNTIL" in found and "COUNT" in found)
        or (every != "YEARLY" and lists & {"BYYEARDAY", "BYWEEKNO"})
        or (every == "WEEKLY" and "BYMONTHDAY" in lists)
        or (numbered and (every in {"DAILY", "WEEKLY"} or "BYWEEKNO" in lists))
        or lists == {"BYSETPOS"}
    )


FORMS: dict[str, tuple[Callable[[str], bool], str]] = {
    "id": (is_id, "a lowercase UUID with hyphens"),
    "digest": (is_digest, "64 lowercase hexadecimal digits"),
    "day": (is_day, "a date like 2026-12-18"),
    "local time": (is_local_time, "a local time like 2026-12-18T15:00:00"),
    "time of day": (is_time_of_day, "a time of day like 08:30"),
    "time zone": (is_time_zone, "a time zone like Europe/Berlin"),
    "recurrence": (is_recurrence, "a recurrence like FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO,TH"),
}
"""Name of a form → whether a text has it, and how to say what it is."""
