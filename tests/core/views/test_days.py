"""Days are the person's own: check-ins, practices and sessions stay on them, wherever clocks go and whenever they change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.clock import format_hlc, hlc_ms
from milepost.views.burden import burden
from milepost.views.priorities import summary
from milepost.views.progress import progress
from milepost.views.recurrence import instant, occurrences, sessions_between
from milepost.views.timeline import timeline
from milepost.views.today import today
from tests.core.views.logs import ZONES
from tests.core.views.pages import Pages
from tests.events import entity

CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # half an hour, the other way round
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 30)),  # at midnight: the day begins at one
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),  # at midnight, too
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),  # around Ramadan
}
"""Time zones and days on which their clocks change."""
HOURS_14 = 14 * 3_600_000

around_a_change = st.sampled_from([(zone, day) for zone, days in CHANGES.items() for day in days])
rules = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=2",
        "FREQ=DAILY;COUNT=9",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=SA,SU,MO",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU",
        "FREQ=MONTHLY;BYDAY=-1SU,2SU",
        "FREQ=MONTHLY;BYMONTHDAY=-3,29,30,31",
    ]
)
times = st.times().map(lambda at: at.replace(microsecond=0))


@pytest.mark.parametrize("zone", CHANGES)
def test_the_clocks_do_change_on_these_days(zone: str) -> None:
    for day in CHANGES[zone]:
        offsets = [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(days=n) for n in (-1, 2)]
        assert offsets[0].utcoffset() != offsets[1].utcoffset()


@settings(max_examples=60, deadline=None)
@given(around_a_change, rules, st.integers(0, 12), times)
def test_a_practice_is_due_on_its_local_days_though_clocks_change(
    change: tuple[str, date], rule: str, before: int, at: Any
) -> None:
    zone, changes_on = change
    start = changes_on - timedelta(before)
    pages = Pages(zone)
    pages.write("practice.added", id=entity(1), title="Walk", start=start.isoformat(), recurrence=rule, minutes=10)
    days = [changes_on + timedelta(n) for n in range(-14, 15)]
    due = [day for day in days if today(pages.state, day).practices]
    assert due == occurrences(rule, start, days[0], days[-1]), "the days of the rule, each once"
    assert due == [day for day in days if today(pages.state, day, _moment(day, at, zone)).practices], (
        "at any time of day"
    )
    assert sum(one.times for n in range(4) for one in burden(pages.state, days[7 * n]).practices) == len(
        [day for day in due if day < days[28]]
    )
    for number, day in enumerate(due, 100):
        pages.checkin(number, entity(1), day.isoformat(), value="done")
        done = [other for other in due if today(pages.state, other).practices[0].done]
        assert done == due[: number - 99], "a day is done by a check-in about it, and by no other"


def _moment(day: date, at: Any, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone))


@settings(max_examples=60, deadline=None)
@given(around_a_change, rules, st.integers(0, 12), times)
def test_a_series_keeps_its_time_of_day_though_clocks_change(
    change: tuple[str, date], rule: str, before: int, at: Any
) -> None:
    zone, changes_on = change
    start = datetime.combine(changes_on - timedelta(before), at)
    pages = Pages(zone)
    moment = {"at": start.isoformat(), "time_zone": zone}
    pages.write("series.planned", id=entity(1), start=moment, recurrence=rule)
    first, last = changes_on - timedelta(14), changes_on + timedelta(14)
    found = sessions_between(pages.state, first, last)
    assert [date.fromisoformat(one.start["at"][:10]) for one in found] == occurrences(rule, start.date(), first, last)
    assert {one.start["at"][11:] for one in found} <= {start.isoformat()[11:]}
    moments = [instant(one.start) for one in found]
    assert moments == sorted(set(moments))
    assert len({one.id for one in found}) == len(found)
    for one in found:
        # Each is the next session up to the moment it begins, told by a clock that stands anywhere.
        for elsewhere in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            now = instant(one.start).astimezone(ZoneInfo(elsewhere))
            assert today(pages.state, now.date(), now).session == one


def test_an_hour_that_comes_twice_or_not_at_all_has_one_session() -> None:
    for day, utc in (("2026-03-29", "2026-03-29T01:30"), ("2026-10-25", "2026-10-25T00:30")):
        pages = Pages()
        start = {"at": f"{day}T02:30:00", "time_zone": "Europe/Berlin"}
        pages.write("series.planned", id=entity(1), start=start, recurrence="FREQ=DAILY;COUNT=1")
        [one] = sessions_between(pages.state, date(2026, 1, 1), date(2026, 12, 31))
        assert instant(one.start).isoformat()[:16] == utc


said_on = st.lists(
    st.tuples(
        st.sampled_from([f"2026-{m}" for m in ("03-28", "03-29", "03-30", "10-25", "12-31")]), st.integers(0, 10)
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(said_on, st.sampled_from(ZONES), st.integers(-HOURS_14, HOURS_14))
def test_a_check_in_is_about_the_day_that_the_person_says_whatever_the_clocks_say(
    said: list[tuple[str, int]], zone: str, shift_ms: int
) -> None:
    """The same words by clocks up to fourteen hours apart, in journals of other time zones."""

    def days(zone: str, shift_ms: int) -> Any:
        pages = Pages(zone)
        pages.goal(1)
        for number, (on, value) in enumerate(said, 100):
            pages.checkin(number, entity(1), on, value=value)
        pages.events = [msgspec.structs.replace(e, hlc=format_hlc(hlc_ms(e.hlc) + shift_ms)) for e in pages.events]
        state = pages.state
        [goal] = progress(state).goals
        told = [entry for entry in timeline(state, pages.events, date(2027, 1, 1)) if entry.kind == "checkin"]
        return goal, told, summary(state)

    assert days(zone, shift_ms) == days("Europe/Berlin", 0)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.sampled_from(sorted(CHANGES)))  # noqa: DTZ001
def test_a_moment_is_the_same_day_to_every_view(moment: datetime, zone: str) -> None:
    """Late in the evening, or just after a change of clocks: what is noted then is of that local day."""
    now = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    on = now.date()
    pages = Pages(zone)
    pages.write("practice.added", id=entity(1), title="Walk", start="2025-12-01", recurrence="FREQ=DAILY")
    pages.write("milestone.added", id=entity(2), goal=pages.goal(3), title="Dial", due=on.isoformat())
    pages.checkin(4, entity(1), on.isoformat(), value="done")
    found = today(pages.state, on, now)
    assert (found.on, found.practices[0].done, [one.days for one in found.near]) == (on.isoformat(), True, [0])
    [told] = [entry for entry in timeline(pages.state, pages.events, on) if entry.kind == "checkin"]
    assert told.on == on.isoformat()
