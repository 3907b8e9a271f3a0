"""What phones can tell, each in one unit of our own, and what it is known as by every source. Knows no payload, no journal.

Each comes either as a moment (one sitting, one mood) or as a day (all of its steps, its longest sleep). So whatever order it
comes in, and however often, it comes to the same: a moment is one thing, and of a day the largest number counts.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Literal, get_args

from msgspec import Struct

from milepost_health.times import NotUnderstood, key_of, there

What = Literal["mindful", "mood", "sleep", "steps", "exercise", "daylight", "distance"]
WHATS: tuple[What, ...] = get_args(What)


class About(Struct, frozen=True):
    """What something is called, its unit, how many digits of it are kept, and the most that can be true."""

    words: str
    unit: str
    digits: int
    most: float


ABOUT: Mapping[What, About] = {
    "mindful": About("mindful minutes", "min", 1, 24 * 60),
    "mood": About("state of mind", "", 2, 1),
    "sleep": About("sleep", "h", 2, 24),
    "steps": About("steps", "count", 0, 300_000),
    "exercise": About("minutes of exercise", "min", 1, 24 * 60),
    "daylight": About("minutes in daylight", "min", 1, 24 * 60),
    "distance": About("distance walked or run", "km", 2, 1_000),
}

_TIME, _LENGTH, _COUNT = "time", "length", "count"
UNITS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunden"), (_TIME, 1.0)),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten"), (_TIME, 60.0)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunden"), (_TIME, 3600.0)),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), (_LENGTH, 1.0)),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometres"), (_LENGTH, 1000.0)),
    **dict.fromkeys(("mi", "mile", "miles", "meilen"), (_LENGTH, 1609.344)),
    **dict.fromkeys(("ft", "feet"), (_LENGTH, 0.3048)),
    **dict.fromkeys(("yd", "yards"), (_LENGTH, 0.9144)),
    **dict.fromkeys(("count", "steps", "step", "schritte"), (_COUNT, 1.0)),
    **dict.fromkeys(("kg", "g", "lb", "st"), ("mass", 1.0)),
    **dict.fromkeys(("kcal", "cal", "kj"), ("energy", 1.0)),
    **dict.fromkeys(("bpm", "count/min", "spm"), ("rate", 1.0)),
}
"""Unit in small letters → what it is of, and how many of the first of its kind it is. Those of which nothing comes in are
known to be refused."""


MAX_NOTE = 1_000
_NO_LETTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202d\u202e]")
"""Control characters, halves of characters, and what turns the reading order round: a journal takes none of them."""


class WrongUnit(NotUnderstood):
    """A number is in a unit of something else."""


class Reading(Struct, frozen=True):
    """One thing that a phone told: `value` in the unit of what it is, `on` the local day, `at` the local time where it is
    a moment's, `key` that moment or day as every source writes it.
    """

    what: What
    key: str
    on: str
    value: float
    at: str | None = None
    note: str | None = None

    @property
    def name(self) -> str:
        """What it is known as, whoever tells of it."""
        return f"{self.what} {self.key}"


def of_moment(what: What, start: datetime, value: float, zone: tzinfo | None, note: str | None = None) -> Reading:
    """Something that began at a moment, and is about the local day of that.

    Raises:
        ValueError: the number can't be true.

    """
    local = there(start, zone).replace(tzinfo=None)
    value = checked(what, value)
    words = _NO_LETTERS.sub("", (note or "").replace("\r\n", "\n")).strip()[:MAX_NOTE] or None
    return Reading(what, key_of(start), local.date().isoformat(), value, local.isoformat(), words)


def of_day(what: What, on: str, value: float) -> Reading:
    """The number of a whole day.

    Raises:
        ValueError: it can't be true.

    """
    return Reading(what, on, on, checked(what, value))


def checked(what: What, value: object) -> float:
    """A number that can be true.

    Raises:
        ValueError: says why it can't.

    """
    about, found = ABOUT[what], number(what, value)
    least = -about.most if what == "mood" else 0
    if not least <= found <= about.most:
        raise NotUnderstood(f"{about.words}: {f'{found:g} {about.unit}'.strip()} can't be")
    return found


def number(what: What, value: object) -> float:
    """A number, in whatever unit.

    Raises:
        ValueError: it is none.

    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NotUnderstood(f"{ABOUT[what].words}: {str(value)[:40]!r} is no number")
    return float(value)


def in_unit(value: float, unit: str, wanted: str) -> float:
    """A number in another unit of the same thing.

    Raises:
        WrongUnit: the units are of different things, or the first is not known.

    """
    there, here = UNITS.get(unit.strip().lower()), UNITS[wanted]
    if there is None or there[0] != here[0]:
        raise WrongUnit(f"it is in {unit.strip()[:20] or 'no unit'}, and not in {wanted}")
    return value * there[1] / here[1]


def digits_of(unit: str) -> int:
    """How many digits make sense in a unit: none of seconds, steps and metres, one of minutes, two of hours and kilometres."""
    size = UNITS[unit][1]
    return 0 if size < 30 else 1 if size < 1_000 else 2


def rounded(value: float, digits: int) -> int | float:
    """To so many digits; a whole number where there are none behind the point."""
    found = round(value, digits)
    return int(found) if found == int(found) else found
