"""Recurrences beside the library that most programs use."""

from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from milepost.views import recurrence


@st.composite
def rules(draw: st.DrawFn) -> str:
    every = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={every}"]

    def some(name: str, strategy: st.SearchStrategy[Any], chance: int = 3) -> None:
        if draw(st.integers(1, chance)) == 1:
            parts.append(f"{name}={','.join(map(str, draw(st.lists(strategy, min_size=1, max_size=3))))}")

    weekdays = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
    nth = st.builds(lambda n, day: f"{n}{day}", st.sampled_from([1, 2, 5, -1, -5]), weekdays)
    some("BYMONTH", st.integers(1, 12))
    if every != "WEEKLY":
        some("BYMONTHDAY", st.one_of(st.integers(1, 31), st.integers(-31, -1)))
    by = draw(st.sampled_from(["", "BYDAY", "BYDAY", *(["nth"] if every in {"MONTHLY", "YEARLY"} else [])]))
    if by:
        # All with a number or none: dateutil takes a mixture for days that are both.
        some("BYDAY", nth if by == "nth" else weekdays, 1)
    elif every == "YEARLY":
        some("BYYEARDAY", st.sampled_from([1, 59, 60, 366, -1, -366]))
        some("BYWEEKNO", st.integers(1, 53), 2)
    if every in {"MONTHLY", "YEARLY"}:
        some("BYSETPOS", st.sampled_from([1, 2, -1]))
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 7))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(weekdays)}")
    ends = draw(st.sampled_from(["", "COUNT=1", "COUNT=20", "UNTIL=20270301", "UNTIL=20261224T000000"]))
    return ";".join([*parts, ends] if ends else parts)


@settings(max_examples=150, deadline=None)
@given(rules(), st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(-50, 400), st.integers(0, 500))
def test_occurrences_are_those_of_dateutil(rule: str, start: date, after: int, span: int) -> None:
    first = start + timedelta(after)
    last = first + timedelta(span)
    library = rrulestr(rule, dtstart=datetime(start.year, start.month, start.day), ignoretz=True)  # noqa: DTZ001
    if "COUNT" not in rule and "UNTIL" not in rule:
        # Else it goes on looking, for seconds, up to the year 9999.
        library = library.replace(until=datetime(last.year, last.month, last.day))  # noqa: DTZ001
    wanted = []
    for found in library.xafter(datetime(first.year, first.month, first.day), inc=True):  # noqa: DTZ001
        if found.date() > last:
            break
        wanted.append(found.date())
    assert recurrence.occurrences(rule, start, first, last) == wanted[: recurrence.MAX_OCCURRENCES]


@given(rules(), st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 300), st.integers(0, 300))
def test_a_stretch_of_time_has_the_occurrences_of_its_parts(rule: str, start: date, one: int, other: int) -> None:
    middle, last = start + timedelta(one), start + timedelta(one + other)
    parts = recurrence.occurrences(rule, start, start, middle - timedelta(1))
    parts += recurrence.occurrences(rule, start, middle, last)
    assume(len(parts) < recurrence.MAX_OCCURRENCES)
    assert recurrence.occurrences(rule, start, start, last) == parts


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["FREQ=", "DAILY", ";", "INTERVAL=", "BYDAY=", "9", "-", "MO", "UNTIL=", ","])).map(
        "".join
    )
)
def test_any_text_at_all_is_a_rule_or_none(text: str) -> None:
    found = recurrence.occurrences(text, date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert found == sorted(set(found))
