"""Sessions as entries of a calendar: each series one that comes again, with what differs from it; keeps nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from milepost.plugin_api import Series, Session
from milepost_ics.fragments import Entry
from milepost_ics.items import Moment, Scene, timed
from milepost_ics.rules import falls_on, last_day, readable, ruled, zone

MINUTES = 50
"""How long a session is drawn where nobody said it."""
TAKES_PLACE = frozenset({"planned", "held"})


class _Place(NamedTuple):
    """A series in the calendar: its first local start, its zone, and the last day it comes on, if there is one."""

    starts: datetime
    zone_name: str
    last: date | None


def _placed(series: Series) -> _Place | None:
    """Where a series lies; None where that is withheld, or no time."""
    return readable(lambda: _read_place(series))


def _read_place(series: Series) -> _Place | None:
    if not isinstance(series.start, Mapping) or not isinstance(series.recurrence, str):
        return None
    starts, name = datetime.fromisoformat(series.start["at"]), series.start["time_zone"]
    ends = [last_day(series.recurrence, zone(name), starts)]
    if isinstance(series.ended, str):
        ends.append(date.fromisoformat(series.ended))
    return _Place(starts, name, min((day for day in ends if day), default=None))


def grouped(
    series: Iterable[Series], sessions: Iterable[Session]
) -> Iterator[tuple[Series, list[Session]] | tuple[None, list[Session]]]:
    """Each series with the sessions that stand for its occurrences as it is now, then every other session by itself."""
    left = {one.id: one for one in sessions}
    by_series: dict[str | None, list[Session]] = {}
    for one in left.values():
        by_series.setdefault(one.series, []).append(one)
    for again in series:
        place = _placed(again)
        if place is not None:
            mine = by_series.get(again.id, ())
            own = {_original(one): one for one in mine if readable(lambda: _stands_in(one, again, place))}  # noqa: B023
            for one in own.values():
                del left[one.id]
            yield again, list(own.values())
    yield from ((None, [one]) for one in left.values())


def _stands_in(session: Session, series: Series, place: _Place) -> bool:
    if not isinstance(session.original, Mapping):
        return False
    original = _original(session)
    return original.time() == place.starts.time() and falls_on(
        str(series.recurrence), place.starts.date(), original.date(), place.last
    )


def session_entry(of: Scene, session: Session) -> Entry | None:
    """A session by itself."""
    if session.status not in TAKES_PLACE or not isinstance(session.start, Mapping):
        return None
    return None if session.start["at"][:10] < of.from_day else _entry(of, session, of.uid("session", session.id))


def series_entries(of: Scene, series: Series, own: Sequence[Session]) -> list[Entry]:
    """A series, and the sessions that stand for single occurrences of it."""
    place = _placed(series)
    start = place.starts.date() if place else date.min
    rule = ruled(str(series.recurrence), start, start, place.last) if place else None
    if place is None or rule is None:
        return []
    latest = max([rule.over or start, *(_day(one.start) for one in own if isinstance(one.start, Mapping))])
    if rule.over is not None and latest.isoformat() < of.from_day:
        return []
    uid, begins = of.uid("series", series.id), datetime.combine(rule.first, place.starts.time())
    elsewhere = [one for one in own if one.status not in TAKES_PLACE]
    main = Entry(
        uid=uid,
        summary=_called(of),
        begins=local(begins, place.zone_name),
        minutes=series.minutes if isinstance(series.minutes, int) else MINUTES,
        free=False,
        location=_place(of, series),
        rule=timed(rule, begins, place.zone_name),
        without=tuple(sorted(local(_original(one), place.zone_name) for one in elsewhere)),
    )
    others = [
        _entry(of, one, uid, local(_original(one), place.zone_name))
        for one in own
        if one.status in TAKES_PLACE and isinstance(one.start, Mapping)
    ]
    return [main, *others]


def _entry(of: Scene, session: Session, uid: str, instead_of: datetime | None = None) -> Entry:
    start: Moment = session.start  # type: ignore[assignment]
    return Entry(
        uid=uid,
        summary=_called(of),
        begins=local(datetime.fromisoformat(start["at"]), start["time_zone"]),
        minutes=session.minutes if isinstance(session.minutes, int) else MINUTES,
        free=False,
        location=_place(of, session),
        instead_of=instead_of,
    )


def _called(of: Scene) -> str:
    return of.words.session if of.context.plain else of.words.appointment


def _place(of: Scene, one: Series | Session) -> str:
    return one.place if of.context.plain and isinstance(one.place, str) else ""


def _original(session: Session) -> datetime:
    original: Moment = session.original  # type: ignore[assignment]
    return datetime.fromisoformat(original["at"])


def _day(moment: Moment) -> date:
    return date.fromisoformat(moment["at"][:10])


def local(at: datetime, zone_name: str) -> datetime:
    """A local time with its zone, as it is written; in UTC where that is the zone, or nobody here knows it."""
    of = zone(zone_name)
    return at.replace(tzinfo=UTC if of.key == "UTC" else of)


def zones_of(entries: Iterable[Entry]) -> dict[str, int]:
    """The zones that entries are in → the first year that each is needed for."""
    found: dict[str, int] = {}
    for entry in entries:
        for at in (entry.begins, entry.instead_of):
            if isinstance(at, datetime) and isinstance(at.tzinfo, ZoneInfo):
                found[at.tzinfo.key] = min(at.year, found.get(at.tzinfo.key, at.year))
    return found
