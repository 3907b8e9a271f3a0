"""Time zones as calendars are told them (VTIMEZONE): two small rules where a zone goes by such, else each change; pure."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from msgspec import Struct

from milepost_caldav.todos import zone_of

YEARS = 10
"""So many years from the first, a rule has to hold."""
LAST_YEAR = 9000
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Turn(Struct, frozen=True):
    """A change of a zone's offset: the local time at which it comes, and the offset before and after it."""

    local: datetime
    before: timedelta
    after: timedelta

    def rules(self) -> set[tuple[int, int, int, time, timedelta, timedelta]]:
        """What it may be the rule of: month, which of the weekdays (-1: the last), weekday, and what must be the same."""
        day = self.local.day
        which = {(day - 1) // 7 + 1} | ({-1} if day + 7 > monthrange(self.local.year, self.local.month)[1] else set())
        rest = (self.local.weekday(), self.local.time(), self.before, self.after)
        return {(self.local.month, one, *rest) for one in which}


@lru_cache(maxsize=64)
def timezone(name: str, year: int) -> bytes:
    """A VTIMEZONE that holds from a year on, as it is written."""
    year = min(year, LAST_YEAR)
    turns = [list(_turns(name, each)) for each in range(year - 1, year + YEARS)]
    zone = Timezone()
    zone.add("tzid", name)
    if not any(turns):
        offset = _offset(name, datetime(year, 1, 1, tzinfo=UTC))
        zone.add_component(_part(Turn(datetime(1970, 1, 1), offset, offset)))  # noqa: DTZ001 - it is local
    elif len(rules := _rules(turns)) == len(turns[0]):
        for turn, rule in zip(turns[0], rules, strict=True):
            part = _part(turn)
            part.add("rrule", {"FREQ": "YEARLY", "BYMONTH": rule[0], "BYDAY": f"{rule[1]}{_DAYS[rule[2]]}"})
            zone.add_component(part)
    else:
        for turn in [turn for of_year in turns for turn in of_year]:
            zone.add_component(_part(turn))
    return bytes(zone.to_ical())


def _part(turn: Turn) -> Any:
    part = TimezoneDaylight() if turn.after > turn.before else TimezoneStandard()
    part.add("dtstart", turn.local)
    part.add("tzoffsetfrom", turn.before)
    part.add("tzoffsetto", turn.after)
    return part


def _offset(name: str, moment: datetime) -> timedelta:
    return moment.astimezone(zone_of(name)).utcoffset() or timedelta()


def _turns(name: str, year: int) -> Iterator[Turn]:
    """The changes in a year."""
    day, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    before = _offset(name, day)
    while day < end:
        after = _offset(name, day + timedelta(days=1))
        if after != before:
            low, high = 0, 24 * 60
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (
                    (middle, high) if _offset(name, day + timedelta(minutes=middle)) == before else (low, middle)
                )
            yield Turn((day + timedelta(minutes=high) + before).replace(tzinfo=None), before, after)
        day, before = day + timedelta(days=1), after


def _rules(turns: Sequence[Sequence[Turn]]) -> list[Any]:
    """The rules by which a zone changes, if it is the same ones in each year; else too few."""
    if len({len(of_year) for of_year in turns}) != 1:
        return []
    common = [set.intersection(*(turn.rules() for turn in column)) for column in zip(*turns, strict=True)]
    return [min(rules) for rules in common if rules]
