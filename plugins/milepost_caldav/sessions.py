"""Sessions as events of a calendar (VEVENT): single ones, and series with what differs in them; one way, and pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Component, Event, vRecur
from msgspec import Struct

from milepost.plugin_api import occurrences
from milepost_caldav.todos import PRODID, REVISION, clean, moment_of, sequence_of, zone_of
from milepost_caldav.zones import timezone

HELD = frozenset({"planned", "held"})
MINUTES = 50
"""How long a session is shown where nobody said it."""
LOOKED_AHEAD = timedelta(days=366 * 8)
Moment = Mapping[str, str]
"""A local time `at` in a `time_zone`."""


class Sitting(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is shown of one session, or of a series: `rule` is its recurrence, `ended` its last day, `original` where it
    is one time of a series that differs, `status` how it stands.
    """

    start: Moment
    minutes: int = MINUTES
    place: str = ""
    status: str = "planned"
    rule: str = ""
    ended: str = ""
    original: Moment | None = None
    changed_ms: int = 0


def calendar_of(uid: str, title: str, main: Sitting | None, others: Mapping[str, Sitting], revision: str) -> bytes:
    """A calendar object: a session, or a series with those of its times that differ; empty where nothing is to be seen."""
    if main is None or (not main.rule and main.status not in HELD):
        return b""
    begins, recurrence = _local(main.start), None
    if main.rule:
        found = _recurrence(main, begins)
        if found is None:
            return b""
        begins, recurrence = found
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    event = _event(uid, title, main, begins, revision)
    calendar.add_component(event)
    if recurrence is not None:
        event.add("rrule", recurrence)
        for other in others.values():
            if other.original is None:
                continue
            instead_of = _local(other.original)
            if other.status not in HELD:
                event.add("exdate", instead_of)
                continue
            part = _event(uid, title, other, _local(other.start), revision)
            part.add("recurrence-id", instead_of)
            calendar.add_component(part)
    return _with_zones(calendar, [main, *others.values()])


def _event(uid: str, title: str, sitting: Sitting, begins: datetime, revision: str) -> Any:
    event = Event()
    event.add("uid", uid)
    changed = moment_of(sitting.changed_ms)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", sequence_of(sitting.changed_ms))
    event.add("summary", title)
    event.add("dtstart", begins)
    event.add("duration", timedelta(minutes=max(sitting.minutes, 1)))
    event.add("transp", "OPAQUE")
    if place := clean(sitting.place):
        event.add("location", place)
    event.add(REVISION, revision)
    return event


def _recurrence(main: Sitting, begins: datetime) -> tuple[datetime, Any] | None:
    """When a series begins to come, and by which rule; None where it never does."""
    first, last = begins.date(), begins.date() + LOOKED_AHEAD
    ended = date.fromisoformat(main.ended) if main.ended else None
    days = occurrences(main.rule, first, first, last if ended is None else min(ended, last))
    if not days:
        return None
    try:
        rule = vRecur.from_ical(main.rule)
    except ValueError:
        return None
    until = rule.pop("UNTIL", None)
    ends = [ended] if ended is not None else []
    ends += [one.date() if isinstance(one, datetime) else one for one in until or []]
    if ends and "COUNT" in rule:
        rule["COUNT"] = [len(days)]
    elif ends:
        rule["UNTIL"] = [datetime.combine(min(ends), time.max, begins.tzinfo).replace(microsecond=0).astimezone(UTC)]
    return datetime.combine(days[0], begins.timetz()), rule


def _local(moment: Moment) -> datetime:
    return datetime.fromisoformat(moment["at"]).replace(tzinfo=zone_of(moment["time_zone"]))


def _with_zones(calendar: Any, sittings: list[Sitting]) -> bytes:
    """The calendar with the zones that it names, each from its earliest year on."""
    years: dict[str, int] = {}
    for moment in [one.start for one in sittings] + [one.original for one in sittings if one.original]:
        name, year = str(zone_of(moment["time_zone"])), int(moment["at"][:4])
        years[name] = min(year, years.get(name, year))
    for name, year in sorted(years.items()):
        if name != "UTC":
            calendar.subcomponents.insert(0, Component.from_ical(timezone(name, year)))
    return bytes(calendar.to_ical())
