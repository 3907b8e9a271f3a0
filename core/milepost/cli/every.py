"""How often, as people say it: `daily`, `weekdays`, `mon,thu`, `2 weeks` into the value of an RRULE (RFC 5545)."""

import re

from milepost.errors import InvalidInput
from milepost.events.forms import is_recurrence
from milepost.views.priorities import say_day

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORDS = {
    "daily": "FREQ=DAILY",
    "day": "FREQ=DAILY",
    "every day": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekends": "FREQ=WEEKLY;BYDAY=SA,SU",
    "weekly": "FREQ=WEEKLY",
    "week": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "month": "FREQ=MONTHLY",
}
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}


def parse_every(text: str) -> str:
    """The recurrence that `text` means.

    Raises:
        InvalidInput: none that can be told.
    """
    said = " ".join(text.strip().lower().split())
    found = _WORDS.get(said) or _counted(said) or _weekdays(said) or text.strip().upper().removeprefix("RRULE:")
    if not is_recurrence(found):
        raise InvalidInput(
            f"{text!r} is not a rhythm I know. Try daily, weekdays, mon,thu, 2 weeks, monthly, or an RRULE like "
            "FREQ=WEEKLY;BYDAY=MO."
        )
    return found


def _counted(said: str) -> str | None:
    match = re.fullmatch(r"(?:every )?(\d{1,2}) (day|week|month)s?", said)
    return f"FREQ={_UNITS[match[2]]};INTERVAL={match[1]}" if match else None


def _weekdays(said: str) -> str | None:
    names = [part for part in re.split(r"[,\s]+|and", said.removeprefix("every ")) if part]
    found = [next((i for i, full in enumerate(_NAMES) if len(n) > 1 and full.startswith(n)), None) for n in names]
    if not found or None in found:
        return None
    days = sorted({i for i in found if i is not None})
    return "FREQ=WEEKLY;BYDAY=" + ",".join(_DAYS[i].upper() for i in days)


_OF = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_END = re.compile(r";(?:COUNT=(\d+)|UNTIL=(\d{4})(\d\d)(\d\d)(?:T[0-9]+Z?)?)$", re.ASCII)


def say_every(recurrence: str) -> str:
    """A recurrence in words, where there are some for it; else as it is."""
    end = _END.search(recurrence)
    words = _say_rhythm(recurrence[: end.start()] if end else recurrence)
    if words is None:
        return recurrence
    if end is None:
        return words
    if end[1]:
        return f"{words}, {'once' if end[1] == '1' else f'{end[1]} times'}"
    return f"{words}, until {say_day('-'.join(end.groups()[1:]))}"


def _say_rhythm(recurrence: str) -> str | None:
    for words, value in _WORDS.items():
        if value == recurrence:
            return words
    match = re.fullmatch(r"FREQ=([A-Z]+)(?:;INTERVAL=([0-9]{1,3}))?(?:;BYDAY=([A-Z]{2}(?:,[A-Z]{2})*))?", recurrence)
    if match is None or (match[3] and match[1] != "WEEKLY"):
        return None
    every = int(match[2] or 1)
    days = ", ".join(_NAMES[_DAYS.index(day.lower())][:3] for day in (match[3] or "").split(",") if day)
    unit = _OF[match[1]]
    if every == 1:
        return days or {"YEARLY": "yearly"}.get(match[1], f"every {unit}")
    return f"every {every} {unit}s" + (f" on {days}" if days else "")
