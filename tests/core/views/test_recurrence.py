"""What the views say about series and their sessions, for journals made by hand."""

from datetime import date

import msgspec
import pytest
from msgspec import Raw

from milepost.views import recurrence
from tests.core.views.pages import BERLIN, NEW_YORK, Pages
from tests.core.views.test_table import all_views
from tests.events import entity


def november(pages: Pages) -> list[tuple[str, str]]:
    found = recurrence.sessions_between(pages.state, date(2026, 11, 1), date(2026, 11, 30))
    return [(s.start["at"][:16], s.status) for s in found]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;INTERVAL=3", ["2026-12-01", "2026-12-04", "2026-12-07"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", ["2026-12-03", "2026-12-07"]),
        ("FREQ=WEEKLY", ["2026-12-01", "2026-12-08"]),
        ("FREQ=MONTHLY;BYDAY=1MO", ["2026-12-07"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", ["2026-12-01"]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-30,-27", ["2026-12-02", "2026-12-05"]),
        ("FREQ=YEARLY;BYWEEKNO=49;BYDAY=SU,MO", ["2026-12-06"]),
        ("FREQ=YEARLY;BYWEEKNO=49;BYDAY=SU,MO;WKST=SU", ["2026-12-06", "2026-12-07"]),
        ("FREQ=DAILY;COUNT=2", ["2026-12-01", "2026-12-02"]),
        ("FREQ=DAILY;UNTIL=20261203", ["2026-12-01", "2026-12-02", "2026-12-03"]),
        ("FREQ=DAILY;UNTIL=20261202T120000Z", ["2026-12-01", "2026-12-02"]),
    ],
)
def test_a_recurrence_falls_on_its_days(rule: str, days: list[str]) -> None:
    found = recurrence.occurrences(rule, date(2026, 12, 1), date(2026, 11, 1), date(2026, 12, 9))
    assert [day.isoformat() for day in found] == days


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=3",
        "FREQ=DAILY;UNTIL=20269999",
        "FREQ=DAILY;INTERVAL=" + "9" * 400,
        "COUNT=3",
        "nonsense",
        "",
    ],
)
def test_a_rule_that_never_comes_or_is_none_is_soon_done_with(rule: str) -> None:
    assert recurrence.occurrences(rule, date(2026, 12, 1), date(2026, 12, 2), date.max) == []


def test_one_answer_has_no_more_than_a_thousand_days_and_takes_no_more_than_some_looking() -> None:
    assert len(recurrence.occurrences("FREQ=DAILY", date.min, date.min, date.max)) == recurrence.MAX_OCCURRENCES
    counted = recurrence.occurrences("FREQ=DAILY;COUNT=999999999", date.min, date(2026, 12, 1), date.max)
    assert counted == [], "too far to count"
    assert len(recurrence.occurrences("FREQ=DAILY", date.min, date(9999, 12, 1), date.max)) == 31
    assert recurrence.occurrences("FREQ=WEEKLY;BYDAY=FR", date.max, date.min, date.max) == [date.max]


@pytest.mark.parametrize(
    ("zone", "starts", "utc"),
    [
        (BERLIN, "2026-10-20T15:00:00", ["2026-10-20T13:00", "2026-10-27T14:00", "2026-11-03T14:00"]),
        (BERLIN, "2027-03-23T15:00:00", ["2027-03-23T14:00", "2027-03-30T13:00", "2027-04-06T13:00"]),
        (NEW_YORK, "2026-10-27T18:30:00", ["2026-10-27T22:30", "2026-11-03T23:30", "2026-11-10T23:30"]),
        (NEW_YORK, "2027-03-09T18:30:00", ["2027-03-09T23:30", "2027-03-16T22:30", "2027-03-23T22:30"]),
    ],
)
def test_sessions_stay_at_their_time_of_day_when_clocks_change(zone: str, starts: str, utc: list[str]) -> None:
    pages = Pages(zone)
    pages.write(
        "series.planned",
        id=entity(1),
        start={"at": starts, "time_zone": zone},
        recurrence="FREQ=WEEKLY;COUNT=3",
        minutes=50,
        place="The green room",
    )
    found = recurrence.sessions_between(pages.state, date(2026, 1, 1), date(2027, 12, 31))
    assert {s.start["at"][11:] for s in found} == {starts[11:]}
    assert [recurrence.instant(s.start).isoformat()[:16] for s in found] == utc
    assert {(s.minutes, s.place, s.series, s.status) for s in found} == {(50, "The green room", entity(1), "planned")}


def test_a_time_that_a_change_of_clocks_leaves_out_or_has_twice_is_read_with_the_offset_before_it() -> None:
    read = [
        recurrence.instant({"at": at, "time_zone": zone}).isoformat()[:16]
        for at, zone in (
            ("2027-03-28T02:30:00", BERLIN),
            ("2026-10-25T02:30:00", BERLIN),
            ("2027-03-14T02:30:00", NEW_YORK),
            ("2026-11-01T01:30:00", NEW_YORK),
        )
    ]
    assert read == ["2027-03-28T01:30", "2026-10-25T00:30", "2027-03-14T07:30", "2026-11-01T05:30"]


def test_a_last_moment_in_utc_is_a_local_day() -> None:
    """15:00 in Berlin is 14:00 UTC in winter: the last one is the one at that moment."""
    for until, last in (
        ("20261208T140000Z", "2026-12-08"),
        ("20261208T135959Z", "2026-12-01"),
        ("20261208", "2026-12-08"),
    ):
        pages = Pages()
        start = {"at": "2026-12-01T15:00:00", "time_zone": BERLIN}
        pages.write("series.planned", id=entity(1), start=start, recurrence=f"FREQ=WEEKLY;UNTIL={until}")
        found = recurrence.sessions_between(pages.state, date(2026, 12, 1), date(2027, 12, 1))
        assert found[-1].start["at"][:10] == last


def test_a_session_that_somebody_touched_stands_for_its_occurrence(weekly: Pages) -> None:
    tenth = {"at": "2026-11-10T15:00:00", "time_zone": BERLIN}
    moved = {"at": "2026-11-12T09:00:00", "time_zone": BERLIN}
    weekly.write("session.scheduled", id=entity(2), start=tenth, series=entity(1), original=tenth)
    weekly.write("session.revised", id=entity(2), start=moved)
    weekly.write("session.status_changed", id=entity(2), status="cancelled", on="2026-11-09")
    others = [("2026-11-03T15:00", "planned"), ("2026-11-17T15:00", "planned"), ("2026-11-24T15:00", "planned")]
    assert november(weekly) == [others[0], ("2026-11-12T09:00", "cancelled"), *others[1:]]
    weekly.write("session.retracted", id=entity(2))
    assert november(weekly) == [others[0], ("2026-11-10T15:00", "planned"), *others[1:]]


def test_an_ended_series_goes_no_further_and_a_retracted_one_is_gone(weekly: Pages) -> None:
    weekly.write("series.ended", id=entity(1), ended="2026-11-17")
    assert [at for at, _ in november(weekly)] == ["2026-11-03T15:00", "2026-11-10T15:00", "2026-11-17T15:00"]
    weekly.write("series.ended", id=entity(1), ended=None)
    assert len(november(weekly)) == 4
    weekly.write("series.retracted", id=entity(1))
    assert november(weekly) == []


def test_an_occurrence_has_the_same_id_on_every_device(weekly: Pages) -> None:
    found = recurrence.sessions_between(weekly.state, date(2026, 11, 10), date(2026, 11, 10))
    assert [s.id for s in found] == ["f32bf3e4-d0e4-59f6-ab24-8ef9cef30696"]
    again = recurrence.sessions_between(weekly.state, date(2026, 1, 1), date(2027, 1, 1))
    assert found[0] in again


def test_what_cannot_be_read_as_a_time_stops_no_view(pages: Pages) -> None:
    """A device takes what a server has; forms are checked where events are written."""
    assert recurrence.instant({"at": "2026-99-99T00:00:00", "time_zone": BERLIN}).year == 9999
    assert recurrence.instant({"at": "0001-01-01T00:00:00", "time_zone": BERLIN}).year == 9999
    assert str(recurrence.zone_of("Nowhere/Land")) == "UTC"
    made = pages.write(
        "series.planned",
        id=entity(1),
        start={"at": "2026-11-03T15:00:00", "time_zone": BERLIN},
        recurrence="FREQ=WEEKLY",
    )
    bad = bytes(made.data).replace(b"2026-11-03T15", b"2026-99-03T15")  # type: ignore[arg-type]
    pages.events[-1] = msgspec.structs.replace(made, data=Raw(bad))
    made = pages.write("checkin.recorded", id=entity(2), on="2026-11-03", value=3)
    pages.events[-1] = msgspec.structs.replace(made, data=Raw(bytes(made.data).replace(b"2026-11-03", b"2026-99-99")))  # type: ignore[arg-type]
    all_views(pages.state, pages.events)
