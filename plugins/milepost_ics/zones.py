"""Time zones as a calendar has to define them (RFC 5545, section 3.6.5): a few observances by rule, read off the zone
database; pure.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from milepost_ics.rules import zone

LAST_YEAR = 2037
"""Rules are looked at up to here: what holds then holds for good, as far as anybody knows."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NEVER = timedelta(0)


class _Change(NamedTuple):
    """One change of the clocks: the local time before it, and what was and is."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str, bool]:
        return self.before, self.after, self.name, self.summer


@lru_cache(maxsize=64)
def definition(name: str, first_year: int) -> bytes:
    """The VTIMEZONE of a zone, for times from a year on."""
    of = zone(name)
    begins = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    at_first = begins.astimezone(of)
    offset = at_first.utcoffset() or _NEVER
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    new_year = begins.replace(tzinfo=None)
    lines += _observance(_Change(new_year, offset, offset, at_first.tzname() or name, bool(at_first.dst())), [])
    for run in _runs(_changes(of, first_year - 1)):
        lines += _observance(run[0], run)
    return "".join(f"{line}\r\n" for line in [*lines, "END:VTIMEZONE"]).encode()


def _changes(of: ZoneInfo, first_year: int) -> list[_Change]:
    found = []
    at = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(max(LAST_YEAR, first_year + 2) + 1, 1, 1, tzinfo=UTC)
    while at < end:
        after = at + timedelta(days=7)
        if _look(of, at) != _look(of, after):
            found.append(_change(of, at, after))
        at = after
    return found


def _look(of: ZoneInfo, at: datetime) -> tuple[timedelta, str, bool]:
    local = at.astimezone(of)
    return local.utcoffset() or _NEVER, local.tzname() or "", bool(local.dst())


def _change(of: ZoneInfo, low: datetime, high: datetime) -> _Change:
    """The change between two moments, to the second."""
    before = _look(of, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _look(of, middle) == before else (low, middle)
    offset, name, summer = _look(of, high)
    return _Change((high + before[0]).replace(tzinfo=None), before[0], offset, name, summer)


def _runs(changes: list[_Change]) -> list[list[_Change]]:
    """Changes of one kind, year after year on the same day by some rule, taken together."""
    open_runs: dict[tuple[timedelta, timedelta, str, bool], list[_Change]] = {}
    found: list[list[_Change]] = []
    for one in changes:
        run = open_runs.get(one.kind)
        if run is not None and one.local.year == run[-1].local.year + 1 and _rule([*run, one]):
            run.append(one)
        else:
            open_runs[one.kind] = run = [one]
            found.append(run)
    return found


def _rule(run: list[_Change]) -> str:
    """A rule that all of them follow, empty where there is none: the last such weekday of a month, or one from a day on."""
    first = run[0].local
    if any(
        (c.local.month, c.local.weekday(), c.local.time()) != (first.month, first.weekday(), first.time()) for c in run
    ):
        return ""
    start = f"FREQ=YEARLY;BYMONTH={first.month}"
    day = _DAYS[first.weekday()]
    if all((c.local + timedelta(7)).month != c.local.month for c in run):
        return f"{start};BYDAY=-1{day}"
    weeks = {(c.local.day - 1) // 7 + 1 for c in run}
    if len(weeks) == 1:
        return f"{start};BYDAY={weeks.pop()}{day}"
    low = min(c.local.day for c in run)
    if max(c.local.day for c in run) - low < 7:
        days = ",".join(str(n) for n in range(low, min(low + 7, 32)))
        return f"{start};BYMONTHDAY={days};BYDAY={day}"
    return ""


def _observance(change: _Change, run: list[_Change]) -> list[str]:
    kind = "DAYLIGHT" if change.summer else "STANDARD"
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{change.local:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(change.before)}",
        f"TZOFFSETTO:{_offset(change.after)}",
        f"TZNAME:{change.name}",
    ]
    if len(run) > 1:
        # A day later, so that it is not too early for who reads it as a local time.
        until = (run[-1].local + timedelta(days=1)).strftime("%Y%m%dT%H%M%SZ")
        goes_on = run[-1].local.year >= LAST_YEAR
        lines.append(f"RRULE:{_rule(run)}" + ("" if goes_on else f";UNTIL={until}"))
    return [*lines, f"END:{kind}"]


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return text + (f"{seconds % 60:02}" if seconds % 60 else "")
