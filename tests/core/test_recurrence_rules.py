"""Recurrences: which rules are allowed (RFC 5545, section 3.3.10, by whole days), and what is told of the others."""

import re
from datetime import date, datetime

import pytest
from dateutil.rrule import rrule, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.errors import InvalidEvent
from milepost.events import check_payload
from milepost.events.forms import is_recurrence
from milepost.journal import State
from milepost.views.entities import Series
from milepost.views.recurrence import occurrences, read_rule, series_sessions
from milepost.views.today import today
from tests.core.test_events import written
from tests.events import JOURNAL, entity

WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
ALLOWED = {
    "DAILY": ("BYMONTH", "BYMONTHDAY", "BYDAY"),
    "WEEKLY": ("BYMONTH", "BYDAY"),
    "MONTHLY": ("BYMONTH", "BYMONTHDAY", "BYDAY", "ordinals"),
    "YEARLY": ("BYMONTH", "BYMONTHDAY", "BYDAY", "ordinals", "BYYEARDAY", "BYWEEKNO"),
}
"""The section's own table: which lists may stand beside which frequency."""


def signed(most: int) -> st.SearchStrategy[str]:
    return st.builds("{}{}".format, st.sampled_from(["", "+", "-"]), st.integers(1, most))


ONE_OF = {
    "BYMONTH": st.integers(1, 12).map(str) | st.just("07"),
    "BYMONTHDAY": signed(31),
    "BYDAY": WEEKDAYS,
    "ordinals": st.builds("{}{}".format, signed(53), WEEKDAYS),
    "BYYEARDAY": signed(366),
    "BYWEEKNO": signed(53),
    "BYSETPOS": signed(366),
}
counts = st.integers(1, 400) | st.just(10**40)
ends = st.builds(
    lambda day, time: f"{day.year:04}{day.month:02}{day.day:02}{time}",
    st.dates(),
    st.sampled_from(["", "T000000", "T235959Z", "T235960Z"]),
)


@st.composite
def recurrences(draw: st.DrawFn) -> str:
    """Any recurrence that the section allows, its parts in any order after the first."""
    every = draw(st.sampled_from(sorted(ALLOWED)))
    lists = draw(st.sets(st.sampled_from(ALLOWED[every])))
    if "ordinals" in lists:
        lists -= {"BYDAY", "BYWEEKNO"}
    if lists and draw(st.booleans()):
        lists |= {"BYSETPOS"}
    parts = {
        name.replace("ordinals", "BYDAY"): ",".join(draw(st.lists(ONE_OF[name], min_size=1, max_size=4)))
        for name in sorted(lists)
    }
    parts |= draw(st.fixed_dictionaries({}, optional={"INTERVAL": counts.map(str), "WKST": WEEKDAYS}))
    parts |= draw(st.just({}) | counts.map(lambda n: {"COUNT": str(n)}) | ends.map(lambda end: {"UNTIL": end}))
    others = draw(st.permutations([f"{name}={value}" for name, value in parts.items()]))
    return ";".join([f"FREQ={every}", *others])


@given(recurrences())
def test_every_recurrence_that_the_rfc_allows_is_one(text: str) -> None:
    assert is_recurrence(text), text
    assert read_rule(text) is not None, "views can read it"


@settings(deadline=None)
@given(recurrences(), st.dates(), st.integers(0, 2_000), st.sampled_from(["Pacific/Apia", "Pacific/Pago_Pago", "UTC"]))
def test_no_view_fails_for_a_recurrence_that_is_allowed(text: str, start: date, span: int, zone: str) -> None:
    last = date.fromordinal(min(start.toordinal() + span, date.max.toordinal()))
    found = occurrences(text, start, start, last)
    assert found == sorted(set(found))
    assert all(start <= day <= last for day in found)
    for at in ("00:00:00", "23:59:59"):
        series = Series(id=entity(1), start={"at": f"{start.isoformat()}T{at}", "time_zone": zone}, recurrence=text)
        sessions = series_sessions(series, start, last)
        # An end in UTC may lie on the day after where the clock is ahead, or on the last day where it is behind.
        after = date.fromordinal(min(max(found, default=last).toordinal() + 1, date.max.toordinal()))
        assert {date.fromisoformat(one.start["at"][:10]) for one in sessions} <= {*found, last, after}


BROKEN = [
    ("FREQ=DAILY", ""),
    ("FREQ=DAILY", "FREQ=HOURLY"),
    ("FREQ=DAILY", "freq=daily"),
    ("FREQ=DAILY", "INTERVAL=2;FREQ=DAILY"),
    ("FREQ=DAILY", "FREQ=DAILY;"),
    ("FREQ=DAILY", "FREQ=DAILY,WEEKLY"),
    ("FREQ=DAILY", "RRULE:FREQ=DAILY"),
    ("FREQ=DAILY", "FREQ=DAILY\n"),
    *[
        ("", part)
        for part in (
            "FREQ=DAILY",
            "COUNT=2;UNTIL=20261224",
            "INTERVAL=2;INTERVAL=2",
            "INTERVAL=0",
            "INTERVAL=00",
            "INTERVAL=-1",
            "INTERVAL=+1",
            "INTERVAL=1.5",
            "INTERVAL=",
            "INTERVAL",
            "COUNT=0",
            "COUNT=-3",
            "COUNT=٣",
            "UNTIL=2026-12-24",
            "UNTIL=20260230",
            "UNTIL=00000101",
            "UNTIL=20261224T25",
            "UNTIL=20261224T240000",
            "UNTIL=20261224T120061",
            "UNTIL=20261260",
            "UNTIL=20261224T120000+0100",
            "UNTIL=20261224T126100",
            "BYMONTH=13",
            "BYMONTH=0",
            "BYMONTH=-1",
            "BYMONTH=1,",
            "BYMONTH=1,,2",
            "BYMONTH= 1",
            "BYMONTH=1_0",
            "BYMONTHDAY=0;FREQ=MONTHLY",
            "BYDAY=XX",
            "BYDAY=MO TU",
            "BYDAY=0MO",
            "BYSETPOS=1",
            "BYEASTER=0",
            "BYHOUR=3",
            "BYMINUTE=3",
            "BYSECOND=3",
            "WKST=MO,TU",
            "WKST=1MO",
            "X-SOMETHING=1",
        )
    ],
]


@pytest.mark.parametrize(("old", "new"), BROKEN)
@pytest.mark.parametrize("text", ["FREQ=DAILY", "FREQ=DAILY;WKST=MO;BYDAY=MO"])
def test_what_the_rfc_does_not_allow_is_no_recurrence(text: str, old: str, new: str) -> None:
    broken = text.replace(old, new) if old else f"{text};{new}"
    if "BYDAY" in text and new == "BYSETPOS=1":
        assert is_recurrence(broken), "there is something to pick from"
        return
    assert not is_recurrence(broken), broken


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=-1MO",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=-32",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=DAILY;BYYEARDAY=1",
        "FREQ=WEEKLY;BYYEARDAY=1",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=YEARLY;BYMONTH=2;BYSETPOS=0",
        "FREQ=YEARLY;BYMONTH=2;BYSETPOS=-367",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=DAILY;INTERVAL=" + "0" * 5_000,
    ],
)
def test_what_may_not_stand_beside_a_frequency_is_refused(text: str) -> None:
    assert not is_recurrence(text)


@given(st.text(alphabet="FREQDAILYWKSUNTCOBM=;,+-019TZ", max_size=30).map("FREQ=DAILY;{}".format) | recurrences())
def test_what_is_accepted_is_accepted_by_the_library_too(text: str) -> None:
    if is_recurrence(text) and not re.search("60Z?(;|$)", text):
        read = rrulestr(text, dtstart=datetime(2026, 1, 1), ignoretz=True)  # noqa: DTZ001 - local, as recurrences are
        assert isinstance(read, rrule), "one rule, and not a set of them"


@given(recurrences(), st.sampled_from(["INTERVAL=0", "BYMONTH=13", "BYEASTER=1", "FREQ=DAILY", "BYHOUR=1"]))
def test_one_bad_part_spoils_a_recurrence(text: str, bad: str) -> None:
    assert not is_recurrence(f"{text};{bad}")


@pytest.mark.parametrize("old", ["FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=3;UNTIL=20261224", "FREQ=DAILY;BYMONTH=13"])
def test_a_recurrence_that_was_accepted_once_still_folds(old: str) -> None:
    """Forms are looked at where an event is written or comes in; what is in a log stays readable."""
    fields = {"id": entity(1), "title": "Breathe", "recurrence": old, "start": "2026-12-01"}
    made = written("practice.added", fields)
    with pytest.raises(InvalidEvent, match="`recurrence` must be a recurrence"):
        check_payload(made)
    state = State(JOURNAL)
    assert state.apply(made) == ("practice", entity(1))
    found = today(state, date(2026, 12, 2))
    assert len(found.practices) <= 1
