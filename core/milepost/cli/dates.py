"""Dates as people say them, both ways: `fri` into a date, a date into `in 3 days`. English; takes today as an argument."""

import re
from datetime import date, timedelta

from milepost.errors import InvalidInput

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NEAR = {"today": 0, "now": 0, "yesterday": -1, "tomorrow": 1}
_UNITS = {"day": 1, "week": 7}
MAX_YEARS = 200


def parse_date(text: str, today: date, *, past: bool = False) -> date:
    """The day that `text` means on the day `today`.

    `2026-12-18`, `today`, `tomorrow`, `yesterday`, a weekday (`fri`: the next one, or with `past` the last one, today
    included), `next fri` and `last fri` (today left out), `in 2 weeks`, `3 days ago`, `dec 18`, `18 december 2027`.

    Raises:
        InvalidInput: none of these.

    """
    words = text.strip().lower().replace(",", " ")
    try:
        found = _parse(words, today, past=past)
    except (ValueError, OverflowError):
        found = None
    if found is None or abs(found.year - today.year) > MAX_YEARS:
        raise InvalidInput(
            f"{text!r} is not a date I know. Try 2026-12-18, today, tomorrow, fri, next mon, in 2 weeks, or dec 18."
        )
    return found


def _parse(words: str, today: date, *, past: bool) -> date | None:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        return date.fromisoformat(words)
    if words in _NEAR:
        return today + timedelta(_NEAR[words])
    if match := re.fullmatch(r"(?:in )?(\d{1,5}) ?(day|week|month|year)s?( ago)?", words):
        return _shifted(today, int(match[1]) * (-1 if match[3] else 1), match[2])
    if match := re.fullmatch(r"(next|last) (week|month|year)", words):
        return _shifted(today, 1 if match[1] == "next" else -1, match[2])
    if match := re.fullmatch(r"(?:(next|last|this|on) )?([a-z]{3,9})", words):
        return _weekday(match[1] or "", match[2], today, past=past)
    return _day_of_month(words, today, past=past)


def _shifted(today: date, count: int, unit: str) -> date:
    if unit in _UNITS:
        return today + timedelta(count * _UNITS[unit])
    months = today.year * 12 + today.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    for day in range(today.day, today.day - 4, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return None  # type: ignore[return-value]


def _weekday(which: str, name: str, today: date, *, past: bool) -> date | None:
    day = next((i for i, full in enumerate(_DAYS) if full.startswith(name)), None)
    if day is None:
        return None
    ahead = (day - today.weekday()) % 7
    if which == "last" or (past and which in {"", "on"}):
        back = (today.weekday() - day) % 7
        return today - timedelta(7 if which == "last" and back == 0 else back)
    return today + timedelta(7 if which == "next" and ahead == 0 else ahead)


def _day_of_month(words: str, today: date, *, past: bool) -> date | None:
    match = re.fullmatch(r"([a-z]{3,9})\.? (\d{1,2})(?: (\d{4}))?", words)
    if match:
        name, day, year = match.groups()
    elif match := re.fullmatch(r"(\d{1,2})\.? ([a-z]{3,9})\.?(?: (\d{4}))?", words):
        day, name, year = match.groups()
    else:
        return None
    month = next((i for i, full in enumerate(_MONTHS, 1) if full.startswith(name)), None)
    if month is None:
        return None
    if year:
        return date(int(year), month, int(day))
    found = date(today.year, month, int(day))
    if past and found > today:
        return date(today.year - 1, month, int(day))
    if not past and found < today:
        return date(today.year + 1, month, int(day))
    return found


NEAR_PAST_DAYS, NEAR_FUTURE_DAYS = 13, 60
"""So near, a day is told by how far off it is: what is planned further ahead than what is over, where the day matters."""


def relative(day: date, today: date) -> str:
    """A date as one would say it: `today`, `in 3 days`, `in 3 weeks`, `5 days ago`, and further off `18 Dec 2027`."""
    days = (day - today).days
    if days in {0, 1, -1}:
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[days]
    if not -NEAR_PAST_DAYS <= days <= NEAR_FUTURE_DAYS:
        return f"{day.day} {day:%b %Y}"
    said = f"{abs(days)} days" if abs(days) < 14 else f"{round(abs(days) / 7)} weeks"
    return f"in {said}" if days > 0 else f"{said} ago"
