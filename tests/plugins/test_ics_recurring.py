"""What comes again, read back by other programs' libraries: the same days and times as the journal's own views."""

import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.clock import format_hlc
from milepost.plugin_api import ExportContext, Goal, JournalView, Practice, Revised, Series, Session
from milepost.views import recurrence
from milepost.views.entities import Series as OwnSeries
from milepost_ics import IcsExporter
from milepost_ics.settings import IcsSettings
from milepost_ics.zones import definition
from tests.events import entity

FIRST, LAST = date(2026, 3, 1), date(2026, 12, 1)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]
SETTINGS = IcsSettings(past_days=36_500)
RULES = [
    "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3;COUNT=20", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU",
    "FREQ=WEEKLY;UNTIL=20260901", "FREQ=WEEKLY;UNTIL=20260903T013000Z", "FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=6,10;COUNT=3", "FREQ=MONTHLY;BYDAY=MO,WE;BYSETPOS=2",
    "FREQ=YEARLY;BYWEEKNO=20,40", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
]  # fmt: skip

cheap = settings(max_examples=50, deadline=None)
rules = st.sampled_from(RULES)
starts = st.dates(date(2026, 1, 1), date(2026, 6, 1))
times = st.sampled_from(["01:30:00", "02:30:00", "15:00:00", "23:30:00"])
zones = st.sampled_from(ZONES)


def read(view: JournalView, **context: Any) -> icalendar.Calendar:
    given = ExportContext(salt="s", settings=SETTINGS, today="2026-06-15", **context)
    return icalendar.Calendar.from_ical(IcsExporter().render(view, given))


def occurrences(calendar: icalendar.Calendar) -> list[Any]:
    return list(recurring_ical_events.of(calendar).between(FIRST, LAST))


@cheap
@given(rules, starts, st.lists(st.dates(date(2026, 4, 1), date(2026, 9, 1)), max_size=4, unique=True))
def test_a_practice_comes_on_its_days_while_it_is_active(rule: str, start: date, turns: list[date]) -> None:
    """Paused and taken up again in turns, each on a day of its own."""
    turns.sort()
    states = [("paused" if at % 2 == 0 else "active", on) for at, on in enumerate(turns)]
    history = [
        Revised(field=field, was=None, now=now, at_ms=at)
        for at, (status, on) in enumerate(states)
        for field, now in (("on", on.isoformat()), ("status", status))
    ]
    status, on = states[-1] if states else ("active", None)
    practice = Practice(
        id=entity(1), recurrence=rule, start=start.isoformat(), status=status, on=on and on.isoformat(),
        changed_at=format_hlc(1_800_000_000_000),
    )  # fmt: skip
    calendar = read(JournalView(id=entity(0), practices=(practice,)), history=lambda _: history)

    def is_active(day: date) -> bool:
        before = [status for status, on in states if on <= day]
        return not before or before[-1] == "active"

    until = LAST - timedelta(1)
    expected = [day for day in recurrence.occurrences(rule, start, FIRST, until) if is_active(day)]
    found = sorted(event.decoded("DTSTART") for event in occurrences(calendar))
    assert found == expected
    assert all(event["TRANSP"] == "TRANSPARENT" for event in calendar.walk("VEVENT"))


@st.composite
def with_sessions(draw: st.DrawFn) -> tuple[Series, list[Session]]:
    zone = draw(zones)
    start = {"at": f"{draw(starts).isoformat()}T{draw(times)}", "time_zone": zone}
    ended = draw(st.none() | st.dates(date(2026, 5, 1), date(2026, 11, 1)).map(date.isoformat))
    series = Series(
        id=entity(1), start=start, recurrence=draw(rules), minutes=draw(st.none() | st.integers(5, 120)), ended=ended,
        changed_at=format_hlc(1_800_000_000_000),
    )  # fmt: skip
    days = recurrence.occurrences(series.recurrence, date.fromisoformat(start["at"][:10]), FIRST, LAST)
    sessions = []
    for number, day in enumerate(draw(st.lists(st.sampled_from(days), max_size=4, unique=True)) if days else ()):
        original = {"at": f"{day.isoformat()}{start['at'][10:]}", "time_zone": zone}
        moved = {"at": f"{draw(st.dates(FIRST, LAST)).isoformat()}T{draw(times)}", "time_zone": draw(zones)}
        sessions.append(
            Session(
                id=entity(10 + number), series=series.id, original=original,
                start=draw(st.sampled_from([original, moved])),
                status=draw(st.sampled_from(["planned", "held", "cancelled", "not_held"])),
                changed_at=format_hlc(1_800_000_000_000),
            )
        )  # fmt: skip
    alone = {"at": f"{draw(st.dates(FIRST, LAST)).isoformat()}T{draw(times)}", "time_zone": draw(zones)}
    return series, [*sessions, Session(id=entity(30), start=alone)]


@cheap
@given(with_sessions())
def test_sessions_are_at_their_times_whatever_was_moved_or_cancelled(made: tuple[Series, list[Session]]) -> None:
    series, sessions = made
    calendar = read(JournalView(id=entity(0), series=(series,), sessions=tuple(sessions)))
    own = OwnSeries(
        id=series.id, start=dict(series.start), recurrence=series.recurrence, minutes=series.minutes, ended=series.ended
    )
    taken = {one.original["at"] for one in sessions if one.original}
    wide = recurrence.series_sessions(own, FIRST - timedelta(2), LAST + timedelta(2), taken)
    expected = [recurrence.instant(one.start) for one in wide]
    expected += [recurrence.instant(one.start) for one in sessions if one.status in {"planned", "held"}]
    begins = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(2)
    ends = datetime.combine(LAST, datetime.min.time(), UTC) - timedelta(2)
    found = [event.decoded("DTSTART").astimezone(UTC) for event in occurrences(calendar)]
    assert sorted(at for at in found if begins < at < ends) == sorted(at for at in expected if begins < at < ends)
    events = calendar.walk("VEVENT")
    assert all(event["TRANSP"] == "OPAQUE" for event in events)
    used = {str(event["DTSTART"].params["TZID"]) for event in events if "TZID" in event["DTSTART"].params}
    assert used <= {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
    for event in events:
        if until := event.get("RRULE", {}).get("UNTIL"):
            assert until[0].tzinfo is not None, "beside a TZID, UNTIL is in UTC"


@pytest.mark.parametrize("name", [*ZONES, "Europe/Istanbul", "America/Sao_Paulo", "Pacific/Apia"])
@pytest.mark.parametrize("first_year", [2000, 2026])
def test_a_zone_is_defined_as_it_is(name: str, first_year: int) -> None:
    body = definition(name, first_year).decode()
    read = tzical(io.StringIO(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n")).get()
    at = datetime(first_year, 1, 1, 12)  # noqa: DTZ001 - a local time is meant
    while at.year < 2037:
        assert at.replace(tzinfo=read).utcoffset() == at.replace(tzinfo=ZoneInfo(name)).utcoffset(), at
        at += timedelta(days=19)
    assert len(body) < (9_000 if name == "Africa/Casablanca" else 1_500 if first_year == 2026 else 3_000)


def test_reminders_are_alarms_at_their_time_of_day_in_neutral_words() -> None:
    goal = Goal(id=entity(2), title="Say no", due="2026-12-18")
    practice = Practice(id=entity(1), title="Breathe", recurrence="FREQ=DAILY", start="2026-05-01")
    view = JournalView(id=entity(0), goals=(goal,), practices=(practice,))
    reminders = {entity(1): ("08:30", "21:00"), entity(2): ("09:00",)}
    alarms = read(view, reminders=reminders).walk("VALARM")
    assert [str(one["DESCRIPTION"]) for one in alarms] == ["Reminder"] * 3
    assert sorted(one.decoded("TRIGGER") for one in alarms) == [
        timedelta(hours=8.5), timedelta(hours=9), timedelta(hours=21)
    ]  # fmt: skip
    plain = read(view, reminders=reminders, plain=True).walk("VALARM")
    assert {str(one["DESCRIPTION"]) for one in plain} == {"Breathe", "Say no"}


def test_each_time_that_a_practice_is_active_has_an_id_of_its_own_that_stays() -> None:
    def uids(*turns: tuple[str, str]) -> list[str]:
        history = [
            Revised(field=field, was=None, now=now, at_ms=at)
            for at, (status, on) in enumerate(turns)
            for field, now in (("on", on), ("status", status))
        ]
        status, on = turns[-1] if turns else ("active", None)
        practice = Practice(id=entity(1), recurrence="FREQ=DAILY", start="2026-05-01", status=status, on=on)
        calendar = read(JournalView(id=entity(0), practices=(practice,)), history=lambda _: history)
        return [str(uuid.UUID(str(event["UID"]))) for event in calendar.walk("VEVENT")]

    (first,) = uids()
    assert uids(("paused", "2026-05-10")) == [first]
    again = uids(("paused", "2026-05-10"), ("active", "2026-05-20"))
    assert again[0] == first
    assert uids(("paused", "2026-05-10"), ("active", "2026-05-20"), ("ended", "2026-06-01")) == again
    assert uids(("paused", "2026-05-01")) == []
