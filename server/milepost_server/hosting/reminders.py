"""Which reminders are due at a moment, and when to look again: pure, over the reminders of a journal. Knows no sending.

Theory of operation
-------------------
A *tick* is a local time that a reminder names: its day and its time of day, as the journal's clock on the wall shows
them. That is also what it is known by: it is told once, though clocks are changed, the journal moves to another time
zone, or the server's clock is set back. A time that a change of clocks leaves out, or has twice, is read with the offset
before the change, as everywhere (RFC 5545, section 3.3.5).

At a moment a tick is told if it is not longer ago than the grace, nothing newer of the same reminder was told, nobody
rests, and it is no quiet hour. In a quiet hour it waits for the end of that, as long as the grace lasts. A tick that
came while the person rested is passed over for good. A reminder that was changed counts from then on.

So what is to be told depends on the moment of looking and on what was told, and never on when was last looked: a look
that comes late, or twice, is as good as any.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from milepost.views.entities import Reminder
from milepost.views.recurrence import instant, occurrences, zone_of

GRACE = timedelta(hours=2)
"""How late a reminder still helps."""
LOOK_AHEAD = timedelta(days=7)
"""Where nothing is due for longer, it is looked again after so long."""
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


class Tick(Struct, frozen=True):
    """One time that a reminder is for: `local`, like `2026-12-18T08:30`, is `at` in UTC."""

    reminder: Reminder
    local: str
    at: datetime


class Wishes(Struct, frozen=True, kw_only=True):
    """What a person wants, and what they were told already.

    `told` is the newest tick of each reminder that was told or passed over. Nothing counts that was before `since`, when
    the connection began; and before `looked`, where a device wrote with a clock that runs ahead, so that nobody knows
    since when its reminder is as it is.
    """

    reminders: Sequence[Reminder]
    time_zone: str
    resting: Callable[[date], bool]
    told: Mapping[str, str]
    since: datetime
    looked: datetime


class Due(Struct, frozen=True):
    """What is to be told now, and what is to be passed over for good, as the person rests or rested."""

    tell: list[Tick]
    passed: list[Tick]


def due(wishes: Wishes, now: datetime) -> Due:
    """What there is to do at a moment."""
    found = Due([], [])
    today = _local(wishes, now).date()
    for tick in _pending(wishes, now):
        if wishes.resting(today) or wishes.resting(date.fromisoformat(tick.local[:10])):
            found.passed.append(tick)
        elif not _is_quiet(tick.reminder, _local(wishes, now).time()):
            found.tell.append(tick)
    return found


def next_look(wishes: Wishes, now: datetime) -> datetime:
    """The first moment after this one at which there may be something to do."""
    ends = [_quiet_end(wishes, tick, now) for tick in _pending(wishes, now)]
    times = [now + LOOK_AHEAD, *(end for end in ends if end is not None)]
    for reminder in wishes.reminders:
        begun = _begun(wishes, reminder, now)
        times += [tick.at for tick in _ticks(wishes, reminder, begun, now, now + LOOK_AHEAD)][:1]
    return min(times)


def _pending(wishes: Wishes, now: datetime) -> Iterator[Tick]:
    """The newest tick of each reminder that is within its grace, and was not told."""
    for reminder in wishes.reminders:
        changed = changed_at(reminder)
        known_since = max(wishes.since, changed if changed <= now else wishes.looked)
        after = max(known_since, now - GRACE - timedelta(microseconds=1))
        ticks = _ticks(wishes, reminder, _begun(wishes, reminder, now), after, now)
        found = [tick for tick in ticks if tick.local > wishes.told.get(reminder.id, "")]
        if found:
            yield max(found, key=lambda tick: tick.local)


def _begun(wishes: Wishes, reminder: Reminder, now: datetime) -> date:
    """The first day of a recurrence: the one on which it was set, or last changed."""
    changed = changed_at(reminder)
    return _local(wishes, changed if changed <= now else wishes.since).date()


def _ticks(wishes: Wishes, reminder: Reminder, begun: date, after: datetime, until: datetime) -> Iterator[Tick]:
    """The ticks after one moment and until another."""
    first, last = _local(wishes, after).date(), _local(wishes, until).date()
    for day in occurrences(reminder.recurrence, begun, first - _DAY, last + _DAY):
        local = f"{day.isoformat()}T{reminder.at}"
        at = instant({"at": local, "time_zone": wishes.time_zone})
        if after < at <= until:
            yield Tick(reminder, local, at)


def changed_at(reminder: Reminder) -> datetime:
    """When it was last changed, as the clock of the device had it."""
    return datetime.fromtimestamp(int(reminder.changed_at[:12] or "0", 16) / 1000, UTC)


def _local(wishes: Wishes, moment: datetime) -> datetime:
    return moment.astimezone(zone_of(wishes.time_zone))


def _is_quiet(reminder: Reminder, at: time) -> bool:
    """Whether a time of day is between the two that the person gave, the second not included."""
    begins, ends, here = reminder.quiet_from, reminder.quiet_to, at.isoformat("minutes")
    if not begins or not ends or begins == ends:
        return False
    return begins <= here < ends if begins < ends else here >= begins or here < ends


def _quiet_end(wishes: Wishes, tick: Tick, now: datetime) -> datetime | None:
    """The first minute that is not quiet, in which a tick can still be told.

    Minute by minute, as clocks may be changed in between.
    """
    moment = now.replace(second=0, microsecond=0) + _MINUTE
    while moment <= tick.at + GRACE:
        if not _is_quiet(tick.reminder, _local(wishes, moment).time()):
            return moment
        moment += _MINUTE
    return None
