"""The days that a recurrence falls on, and the sessions of a series; knows no clock and no calendar program.

Rules are those of RFC 5545, section 3.3.10, as far as whole days go. They are worked out here and not by dateutil,
because a rule that never comes (30 February) keeps it busy up to the year 9999, and one with `INTERVAL=0` for ever.
What a rule can't be read as has no occurrences: a view never fails for it.
"""

import re
import uuid
from calendar import isleap, monthrange
from collections.abc import Container, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from milepost.journal import State
from milepost.views.entities import Series, Session, Zoned, series, show
from milepost.views.fields import is_retracted, shown_value

MAX_OCCURRENCES = 1_000
"""At most so many in one answer."""
MAX_DAYS = 150_000
"""At most so many days are looked at for one answer, about four centuries."""

_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_BYDAY = re.compile(r"([+-]?\d{1,3})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_LISTS = ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS")
_END = date.max.toordinal()


class Rule(Struct, frozen=True, kw_only=True):
    """A recurrence, read. `byday` is (weekday, which of them in its month or year; 0: each)."""

    every: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_starts: int = 0
    bymonth: frozenset[int] = frozenset()
    byweekno: frozenset[int] = frozenset()
    byyearday: frozenset[int] = frozenset()
    bymonthday: frozenset[int] = frozenset()
    bysetpos: frozenset[int] = frozenset()
    byday: tuple[tuple[int, int], ...] = ()

    def begun(self, start: date) -> "Rule":
        """The rule with what it leaves to its first day filled in."""
        if self.byweekno or self.byyearday or self.bymonthday or self.byday or self.every == "DAILY":
            return self
        if self.every == "WEEKLY":
            return msgspec.structs.replace(self, byday=((start.weekday(), 0),))
        months = self.bymonth or (frozenset({start.month}) if self.every == "YEARLY" else self.bymonth)
        return msgspec.structs.replace(self, bymonth=months, bymonthday=frozenset({start.day}))


@lru_cache(maxsize=512)
def read_rule(text: str) -> Rule | None:
    """The value of an RRULE, read; None where it is none, or comes more often than daily."""
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    every = parts.pop("FREQ", "")
    try:
        lists = {name.lower(): _numbers(parts.pop(name)) for name in _LISTS if name in parts}
        interval, count = int(parts.pop("INTERVAL", "1")), parts.pop("COUNT", None)
        until, week_starts = parts.pop("UNTIL", None), _WEEKDAYS[parts.pop("WKST", "MO")]
        rule = Rule(
            every=every,
            interval=interval,
            count=None if count is None else int(count),
            until=None if until is None else _until(until),
            week_starts=week_starts,
            byday=_weekdays(parts.pop("BYDAY", ""), ordinals=every in {"MONTHLY", "YEARLY"}),
            **lists,
        )
    except (ValueError, KeyError):
        return None
    return None if parts or interval < 1 or every not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"} else rule


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.split(","))


def _weekdays(text: str, *, ordinals: bool) -> tuple[tuple[int, int], ...]:
    found = []
    for part in text.split(",") if text else ():
        match = _BYDAY.fullmatch(part)
        if match is None:
            raise ValueError(part)
        found.append((_WEEKDAYS[match[2]], int(match[1] or 0) if ordinals else 0))
    return tuple(found)


def _until(text: str) -> datetime:
    """The last moment, local, or in UTC where the text says so; a day alone counts to its end.

    A leap second is read as the one before it (RFC 5545, section 3.3.12).
    """
    found = datetime.fromisoformat(re.sub("60(Z?)$", r"59\1", text))
    return found.replace(hour=23, minute=59, second=59) if len(text) == 8 else found


def occurrences(recurrence: str, start: date, first: date, last: date, until: date | None = None) -> list[date]:
    """The days from `first` to `last`, both included, that a recurrence beginning on `start` falls on.

    `until` is its last day where the caller knows better than the rule (a time in UTC is a local day somewhere). At
    most `MAX_OCCURRENCES`. A set picked by position (BYSETPOS) is picked from whole weeks, months or years.
    """
    rule = read_rule(recurrence)
    if rule is None:
        return []
    ends = until or (rule.until.date() if rule.until else None)
    last = min(last, ends) if ends else last
    rule, left, looked = rule.begun(start), rule.count, 0
    found: list[date] = []
    for days in _periods(rule, start, first, last):
        looked += len(days)
        if looked > MAX_DAYS:
            break
        for day in _picked(rule, days):
            if day < start or day > last:
                continue
            if left is not None:
                if left <= 0:
                    return found
                left -= 1
            if day >= first:
                found.append(day)
                if len(found) == MAX_OCCURRENCES:
                    return found
    return found


def _periods(rule: Rule, start: date, first: date, last: date) -> Iterator[range]:
    """The days, as ordinals, of every day, week, month or year that counts, up to `last`.

    They begin near `first`; where occurrences are counted, with the one of `start`.
    """
    skip_to = start if rule.count is not None else max(first, start)
    if rule.every in {"DAILY", "WEEKLY"}:
        length = 1 if rule.every == "DAILY" else 7
        base = start.toordinal() - ((start.weekday() - rule.week_starts) % 7 if length == 7 else 0)
        step = rule.interval * length
        for at in range(base + (skip_to.toordinal() - base) // step * step, last.toordinal() + 1, step):
            yield range(max(at, 1), min(at + length, _END + 1))
        return
    months = rule.interval * (12 if rule.every == "YEARLY" else 1)
    base = start.year * 12 + (0 if rule.every == "YEARLY" else start.month - 1)
    near = base + (skip_to.year * 12 + skip_to.month - 1 - base) // months * months
    for at in range(near, last.year * 12 + last.month, months):
        begin = date(at // 12, at % 12 + 1, 1)
        length = monthrange(begin.year, begin.month)[1] if rule.every == "MONTHLY" else 365 + isleap(begin.year)
        yield range(begin.toordinal(), begin.toordinal() + length)


def _picked(rule: Rule, days: range) -> list[date]:
    found = [day for day in map(date.fromordinal, days) if _falls_on(rule, day)]
    if not rule.bysetpos:
        return found
    size = len(found)
    return [day for at, day in enumerate(found) if at + 1 in rule.bysetpos or at - size in rule.bysetpos]


def _falls_on(rule: Rule, day: date) -> bool:
    """Whether a day passes every part of the rule; parts that name days from the end count down from −1."""
    if rule.bymonth and day.month not in rule.bymonth:
        return False
    if rule.bymonthday and not rule.bymonthday & {day.day, day.day - monthrange(day.year, day.month)[1] - 1}:
        return False
    if rule.byday and not any(weekday == day.weekday() and _is_nth(rule, day, n) for weekday, n in rule.byday):
        return False
    if rule.byyearday:
        of_year = day.timetuple().tm_yday
        if not rule.byyearday & {of_year, of_year - 366 - isleap(day.year)}:
            return False
    if rule.byweekno:
        # A week belongs to the year that most of it lies in: the one of its fourth day.
        ordinal = day.toordinal() - (day.weekday() - rule.week_starts) % 7 + 3
        fourth = date.fromordinal(min(ordinal, _END))
        before = (fourth.timetuple().tm_yday - 1) // 7
        after = (365 + isleap(fourth.year) - fourth.timetuple().tm_yday) // 7
        return bool(rule.byweekno & {before + 1, -after - 1})
    return True


def _is_nth(rule: Rule, day: date, n: int) -> bool:
    if n == 0:
        return True
    if rule.every == "MONTHLY" or rule.bymonth:
        at, length = day.day, monthrange(day.year, day.month)[1]
    else:
        at, length = day.timetuple().tm_yday, 365 + isleap(day.year)
    return n in {(at - 1) // 7 + 1, -((length - at) // 7) - 1}


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name; UTC where nobody here knows it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def instant(moment: Zoned) -> datetime:
    """A zoned local time in UTC; one that can't be read lies at the end of time.

    A time that a change of clocks leaves out, or has twice, is read with the offset before the change (RFC 5545,
    section 3.3.5).
    """
    try:
        return datetime.fromisoformat(moment["at"]).replace(tzinfo=zone_of(moment["time_zone"])).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)


def series_sessions(of: Series, first: date, last: date, taken: Container[str] = ()) -> list[Session]:
    """The sessions that a series gives from one local day to another: each at its wall-clock time, in its zone.

    `taken` are local starts for which another session stands.

    Their ids are the same on every device: the UUID (version 5, RFC 9562) of their local start in the series' id.
    """
    rule, zone = read_rule(of.recurrence), of.start["time_zone"]
    try:
        start, namespace = datetime.fromisoformat(of.start["at"]), uuid.UUID(of.id)
        ends = [date.fromisoformat(of.ended)] if of.ended else []
    except ValueError:
        return []
    if rule is not None and rule.until is not None:
        ends.append(_last_day(rule.until, start.time(), zone))
    any_of_it = Session(
        id="", start=of.start, minutes=of.minutes, place=of.place, series=of.id, changed_at=of.changed_at
    )
    found = []
    for day in occurrences(of.recurrence, start.date(), first, last, min(ends, default=None)):
        at = datetime.combine(day, start.time()).isoformat()
        if at in taken:
            continue
        moment = {"at": at, "time_zone": zone}
        this = {"id": str(uuid.uuid5(namespace, at)), "start": moment, "original": moment}
        found.append(msgspec.structs.replace(any_of_it, **this))
    return found


def _last_day(until: datetime, at: time, zone: str) -> date:
    """The last local day on which something that begins at a time of day begins no later than `until`."""
    try:
        local = until.astimezone(zone_of(zone)) if until.tzinfo else until
        return local.date() - timedelta(days=local.time() < at)
    except OverflowError:
        return until.date()  # at either end of the calendar


def sessions_between(state: State, first: date, last: date) -> list[Session]:
    """Every session of these local days, the earliest first; one that somebody touched stands for its occurrence."""
    return next(sessions_within(state, [(first, last)]))


def sessions_within(state: State, spans: Iterable[tuple[date, date]]) -> Iterator[list[Session]]:
    """The same for one span of days after the other, as wider ones are asked about until something is found."""
    touched: list[tuple[str, str]] = []
    taken: dict[str, set[str]] = {}
    for entity, one in state.entities.get("session", {}).items():
        start = shown_value(one, "session", "start")
        if start is None or is_retracted(one):
            continue
        if original := shown_value(one, "session", "original"):
            taken.setdefault(shown_value(one, "session", "series") or "", set()).add(original["at"])
        touched.append((start["at"][:10], entity))
    again = series(state)
    for first, last in spans:
        begins, ends = first.isoformat(), last.isoformat()
        found = [show(state, Session, "session", entity) for on, entity in touched if begins <= on <= ends]
        for one_of in again:
            found += series_sessions(one_of, first, last, taken.get(one_of.id, ()))
        yield sorted(found, key=lambda s: (instant(s.start), s.id))
