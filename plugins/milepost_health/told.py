"""What was found in a payload: readings, what nobody has a use for, and what could not be read. Knows no app."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from typing import Any

import msgspec

from milepost_health.readings import ABOUT, Reading, WrongUnit
from milepost_health.times import NotUnderstood

MAX_WRONG = 10
"""Things that could not be read and are named one by one."""
MAX_READINGS = 20_000
"""In one payload."""
MAX_NAMES = 50
MAX_NAME = 60


class NoPayload(ValueError):
    """It is not what the app sends."""


class Told:
    """What a payload tells, in the time zone of who it is about."""

    def __init__(self, zone: tzinfo | None) -> None:
        self.zone = zone
        self.readings: list[Reading] = []
        self.left: Counter[str] = Counter()
        self.beside: Counter[str] = Counter()
        """Single records of what comes by the day: passed by on purpose, whether or not there is a rule."""
        self.wrong: list[str] = []
        self._days: dict[tuple[str, str], int] = {}

    def add(self, reading: Reading) -> None:
        """A reading. Of a day there is one, the largest.

        Raises:
            NoPayload: there are too many.

        """
        if len(self.readings) >= MAX_READINGS:
            raise NoPayload(f"There are more than {MAX_READINGS:,} things in it: send a shorter time at once.")
        if reading.at is not None:
            self.readings.append(reading)
            return
        at = self._days.setdefault((reading.what, reading.on), len(self.readings))
        if at == len(self.readings):
            self.readings.append(reading)
        elif self.readings[at].value < reading.value:
            self.readings[at] = reading

    def keep(self, fits: Callable[[Reading], bool], why: str) -> None:
        """Leaves out the readings that a journal would not take, and names their days and why."""
        left_out = [one for one in self.readings if not fits(one)]
        self.readings = [one for one in self.readings if fits(one)]
        for one in left_out:
            self.refuse(ABOUT[one.what].words, f"{one.on} {why}")

    def pass_by(self, name: object, count: int = 1) -> None:
        """Something that there is no use for, by its name alone."""
        known = str(name)[:MAX_NAME]
        if known in self.left or len(self.left) < MAX_NAMES:
            self.left[known] += count

    def each(self, of: str, things: Iterable[Any], read: Callable[[Any], Iterable[Reading]]) -> None:
        """Reads things one by one: one that can't be read is named, and the others are read all the same."""
        for thing in things:
            try:
                found = list(read(thing))
            except WrongUnit as error:
                self.refuse(of, str(error))
                return  # all of them are in the same
            except NotUnderstood as error:
                self.refuse(of, str(error))
                continue
            except (ValueError, TypeError, OverflowError):
                self.refuse(of, "it is not written as the app writes it")
                continue
            for reading in found:
                self.add(reading)

    def refuse(self, of: str, why: str) -> None:
        """Notes what could not be read."""
        if len(self.wrong) < MAX_WRONG:
            self.wrong.append(f"{of[:MAX_NAME]}: {why[:200]}")


def decoded(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is.

    Raises:
        NoPayload: it is none.

    """
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NoPayload("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise NoPayload("The body should be a JSON object.")
    return found


def dicts(value: object) -> Iterator[dict[str, Any]]:
    """The objects in a list, if it is one."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
