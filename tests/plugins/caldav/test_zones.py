"""When a session is: whatever the zone and the year, others read the very moments that were meant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from milepost.plugin_api import occurrences
from milepost_caldav.sessions import Sitting, calendar_of
from milepost_caldav.todos import due_for_journal, due_of
from milepost_caldav.zones import timezone

ZONES = [
    "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca",
    "Asia/Tehran", "Pacific/Auckland", "America/Santiago", "Europe/Dublin", "UTC", "Antarctica/Troll", "Asia/Gaza",
]  # fmt: skip
MINUTES = st.integers(0, 12 * 365 * 24 * 60)
HOURS = MINUTES.map(lambda minutes: datetime.fromisoformat("2020-01-01") + timedelta(minutes=minutes))
RULES = [
    "FREQ=WEEKLY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=WEEKLY;COUNT=5",
    "FREQ=DAILY;UNTIL=20280101",
]


def offsets(body: bytes, moment: datetime) -> timedelta | None:
    """The offset that a VTIMEZONE gives a local time, read by its rules alone."""
    zone = next(iter(Calendar.from_ical(body).walk("VTIMEZONE")))
    found = []
    for part in zone.subcomponents:
        begins = part["DTSTART"].dt
        starts = [begins]
        if "RRULE" in part:
            rule = rrulestr(part["RRULE"].to_ical().decode(), dtstart=begins)
            last = rule.before(moment, inc=True)
            starts = [last] if last else []
        if "RDATE" in part:
            rdates = part["RDATE"]
            for one in rdates if isinstance(rdates, list) else [rdates]:
                starts += [value.dt for value in one.dts]
        found += [(start, part["TZOFFSETTO"].td) for start in starts if start <= moment]
    return max(found)[1] if found else None


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), begins=HOURS, ahead=st.integers(0, 8 * 365))
def test_a_zone_says_the_same_as_the_zones_of_the_world_for_years(zone: str, begins: datetime, ahead: int) -> None:
    if zone == "UTC":
        return
    moment = begins + timedelta(days=ahead)
    there = moment.replace(tzinfo=ZoneInfo(zone))
    back = there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if back != moment or there.utcoffset() != there.replace(fold=1).utcoffset():
        return  # it is not, or is twice
    body = b"BEGIN:VCALENDAR\r\n" + timezone(zone, begins.year) + b"END:VCALENDAR\r\n"
    assert offsets(body, moment) == there.utcoffset()


def test_a_zone_that_goes_by_rules_is_told_in_two_small_ones() -> None:
    assert timezone("Europe/Vienna", 2027).count(b"RRULE") == 2
    assert timezone("America/New_York", 2027).count(b"RRULE") == 2
    assert len(timezone("Europe/Vienna", 2027)) < 500
    assert b"RRULE" not in timezone("Asia/Kathmandu", 2027)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    begins=HOURS,
    rule=st.sampled_from(RULES),
    ended=st.integers(1, 200),
    has_end=st.booleans(),
)
def test_what_others_read_of_a_series_is_when_its_sessions_are(
    zone: str, begins: datetime, rule: str, ended: int, has_end: bool
) -> None:
    end = begins.date() + timedelta(days=ended) if has_end else None
    start = {"at": begins.isoformat(), "time_zone": zone}
    sitting = Sitting(start=start, rule=rule, ended=end.isoformat() if end else "")
    body = calendar_of("uid", "Appointment", sitting, {}, "1")
    last = begins.date() + timedelta(days=150)
    days = occurrences(rule, begins.date(), begins.date(), min(last, end or last))
    if not body:
        assert days == []
        return
    event = Calendar.from_ical(body).walk("VEVENT")[0]
    first = event["DTSTART"].dt
    assert str(first.tzinfo) == zone or zone == "UTC"
    read = rrulestr(event["RRULE"].to_ical().decode(), dtstart=first)
    found = []
    for moment in read:
        if moment.date() > last:
            break
        found.append(moment.replace(tzinfo=None))
    assert found == [datetime.combine(day, begins.time()) for day in days]


@settings(max_examples=80, deadline=None)
@given(zone=st.sampled_from(ZONES), moment=HOURS)
def test_when_a_step_is_due_comes_back_as_it_left(zone: str, moment: datetime) -> None:
    there = moment.replace(tzinfo=ZoneInfo(zone))
    due = {"at": moment.isoformat(), "time_zone": zone}
    if there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
        due = due_for_journal(due_of(due), zone)  # there is no such time: it is the one that there is
    assert due_for_journal(due_of(due), zone) == due


@pytest.mark.parametrize("due", ["2027-02-28", "2028-02-29"])
def test_a_day_stays_a_day(due: str) -> None:
    assert due_for_journal(due_of(due), "Europe/Vienna") == due
    assert date.fromisoformat(due_of(due))
