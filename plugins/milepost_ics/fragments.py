"""Single entries of a calendar as bytes: each is written once by icalendar for as long as it looks the same.

When it last changed grows exactly where it looks different than before. What is read off the journal is but a bound:
something may have changed in it that this entry does not show, or the entry may look different though nothing of its own
was written later, as where a device tells late of what it wrote long ago.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import compress
from operator import is_not
from typing import Generic, TypeVar

from icalendar import Alarm, Event
from msgspec import Struct

_SEQUENCE_EPOCH_MS = 1_577_836_800_000
"""2020-01-01: SEQUENCE counts seconds from here to the last change, so that it grows and stays within 31 bits."""
_LAST_MS = _SEQUENCE_EPOCH_MS + (2**31 - 1) * 1000
_BEGIN = b"BEGIN:VEVENT\r\n"
_SOME = 1_000

V = TypeVar("V")
Name = tuple[str, str]
"""A thing: its kind and id."""


class Entry(Struct, frozen=True, kw_only=True):
    """What one VEVENT says. A day alone is all day; `alarms` are times after its beginning, each with what to say."""

    uid: str
    summary: str
    begins: date | datetime
    minutes: int = 0
    free: bool = True
    description: str = ""
    location: str = ""
    rule: str = ""
    instead_of: datetime | None = None
    without: tuple[datetime, ...] = ()
    alarms: tuple[tuple[timedelta, str], ...] = ()


class _Kept(Struct, frozen=True):
    """An entry as it was last written: of what, when it changed, and its lines but for those that say so."""

    of: Name
    entry: Entry
    changed_ms: int
    lines: bytes


class Fragments:
    """The bytes of entries by what they say, kept from one rendering to the next.

    What is not there any more is kept for a while: it may come again, and has not changed for that.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, datetime | None], _Kept] = {}
        self._most = _SOME

    def of(self, name: Name, entries: Iterable[Entry], changed_ms: int) -> bytes:
        """The entries of one thing, called by a name; written only where they do not say what they said.

        `changed_ms`: when it changed, as far as the journal tells.
        """
        return b"".join([self._one(name, entry, changed_ms) for entry in entries])

    def _one(self, name: Name, entry: Entry, changed_ms: int) -> bytes:
        place = entry.uid, entry.instead_of
        kept = self._known.get(place)
        if kept is None or kept.entry != entry:
            at_ms = changed_ms if kept is None else max(changed_ms, kept.changed_ms + 1000)
            kept = self._known[place] = _Kept(name, entry, at_ms, _written(entry))
        return _BEGIN + stamped(kept.changed_ms) + kept.lines

    @property
    def are_many(self) -> bool:
        """Whether it is time to forget some."""
        return len(self._known) > self._most

    def keep(self, names: Container[Name]) -> None:
        """Forgets those of all others."""
        self._known = {place: kept for place, kept in self._known.items() if kept.of in names}
        self._most = 2 * len(self._known) + _SOME


class Row(Generic[V]):
    """Things in a row, each with its bytes, kept from one rendering to the next."""

    def __init__(self) -> None:
        self.views: tuple[V, ...] = ()
        self._parts: list[bytes] = []

    def differing(self, views: tuple[V, ...]) -> list[int]:
        """The places of those that are not as they were in the same place."""
        return [] if views is self.views else _differing(self.views, views)

    def again(
        self, views: tuple[V, ...], places: Sequence[int], write: Callable[[Iterable[V]], Iterable[bytes]]
    ) -> list[bytes]:
        """The bytes of each, written again at some places: at all that differ, at least."""
        del self._parts[len(views) :]
        self._parts += [b""] * (len(views) - len(self._parts))
        for at, part in zip(places, write(views[at] for at in places), strict=True):
            self._parts[at] = part
        self.views = views
        return self._parts


def _differing(before: Sequence[V], now: Sequence[V]) -> list[int]:
    # Most are the very same object, and those are told apart quickest so.
    others = compress(range(len(now)), map(is_not, before, now))
    return [*(at for at in others if before[at] != now[at]), *range(len(before), len(now))]


@lru_cache(maxsize=8_192)
def stamped(changed_ms: int) -> bytes:
    """The lines that say when an entry last changed."""
    at_ms = min(max(changed_ms, _SEQUENCE_EPOCH_MS), _LAST_MS)
    at = datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    number = (at_ms - _SEQUENCE_EPOCH_MS) // 1000
    return f"DTSTAMP:{at}\r\nLAST-MODIFIED:{at}\r\nSEQUENCE:{number}\r\n".encode()


def _written(entry: Entry) -> bytes:
    """An entry by icalendar, after its first line."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.summary)
    if entry.description:
        event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    event.add("dtstart", entry.begins)
    if isinstance(entry.begins, datetime):
        event.add("duration", timedelta(minutes=entry.minutes))
    elif entry.begins < date.max:
        event.add("dtend", entry.begins + timedelta(days=1))
    if entry.instead_of is not None:
        event.add("recurrence-id", entry.instead_of)
    if entry.without:
        event.add("exdate", list(entry.without))
    event.add("transp", "TRANSPARENT" if entry.free else "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", "FREE" if entry.free else "BUSY")
    for after, words in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words)
        alarm.add("trigger", after)
        event.add_component(alarm)
    lines = bytes(event.to_ical()).removeprefix(_BEGIN)
    return f"RRULE:{entry.rule}\r\n".encode() + lines if entry.rule else lines
