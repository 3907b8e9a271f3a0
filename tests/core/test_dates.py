from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.cli.dates import parse_date, relative
from milepost.errors import InvalidInput

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-12-18", "2026-12-18"),
        ("today", "2026-11-22"),
        (" Tomorrow ", "2026-11-23"),
        ("yesterday", "2026-11-21"),
        ("fri", "2026-11-27"),
        ("sunday", "2026-11-22"),
        ("next sun", "2026-11-29"),
        ("last fri", "2026-11-20"),
        ("in 3 days", "2026-11-25"),
        ("2 weeks", "2026-12-06"),
        ("3 days ago", "2026-11-19"),
        ("in 3 months", "2027-02-22"),
        ("next month", "2026-12-22"),
        ("dec 18", "2026-12-18"),
        ("18 December 2027", "2027-12-18"),
        ("jan 5", "2027-01-05"),
    ],
)
def test_dates_as_people_say_them(said: str, meant: str) -> None:
    assert parse_date(said, SUNDAY).isoformat() == meant


@pytest.mark.parametrize(("said", "meant"), [("fri", "2026-11-20"), ("sun", "2026-11-22"), ("jan 5", "2026-01-05")])
def test_about_the_past_a_weekday_is_the_last_one(said: str, meant: str) -> None:
    assert parse_date(said, SUNDAY, past=True).isoformat() == meant


@pytest.mark.parametrize("said", ["", "soon", "2026-02-30", "13/12/2026", "99999 years", "feb 31", "next", "in days"])
def test_what_is_not_a_date_is_refused_with_examples(said: str) -> None:
    with pytest.raises(InvalidInput, match="in 2 weeks"):
        parse_date(said, SUNDAY)


@given(st.text(max_size=30))
def test_any_text_gives_a_date_or_a_clear_error(text: str) -> None:
    try:
        assert abs(parse_date(text, SUNDAY).year - 2026) <= 200
    except InvalidInput as error:
        assert "is not a date" in str(error)


def test_the_end_of_a_month_stays_in_the_month() -> None:
    assert parse_date("in 1 month", date(2026, 1, 31)) == date(2026, 2, 28)


@given(st.integers(-400, 400))
def test_what_is_said_of_near_dates_leads_back_to_them(days: int) -> None:
    day = SUNDAY + timedelta(days)
    said = relative(day, SUNDAY)
    if abs(days) < 14:
        assert parse_date(said, SUNDAY) == day
    else:
        assert said.endswith(" ago") == (-14 < days < -1)
