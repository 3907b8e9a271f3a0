"""What plugins reckon with is what the terminal reckons with."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from milepost.plugin_api import WITHHELD, Measure, direction, occurrences
from milepost.views.progress import Point, trend

DAYS = [f"2026-11-{day:02}" for day in range(1, 29)]


@given(st.lists(st.integers(0, 10), max_size=len(DAYS)), st.sampled_from(["up", "down", "keep"]))
def test_a_plugin_is_told_the_same_direction_as_a_person(values: list[int], better: str) -> None:
    points = list(zip(DAYS, values, strict=False))
    found = direction(points, Measure(id="m", low=0, high=10, better=better, target=5))
    told = trend([Point(*one) for one in points], 10, better, 5)
    assert found == (told.direction if told else None)


def test_what_is_withheld_of_a_measure_is_no_hindrance() -> None:
    up = list(zip(DAYS, range(20), strict=False))
    hidden = Measure(id="m", low=WITHHELD, high=WITHHELD, target=WITHHELD, better="down")
    assert direction(up) == direction(up, Measure(id="m")) == "improving"
    assert direction(up, hidden) == "worsening"
    assert direction([*up, ("2026-11-30", float("inf"))]) == "improving"
    assert direction([]) is None


def test_days_that_come_again_are_those_of_the_rule_and_a_broken_rule_has_none() -> None:
    start, last = date(2026, 11, 2), date(2026, 11, 30)
    assert occurrences("FREQ=WEEKLY;INTERVAL=2", start, start, last) == [start, date(2026, 11, 16), date(2026, 11, 30)]
    assert occurrences("FREQ=WEEKLY;INTERVAL=0", start, start, last) == occurrences("", start, start, last) == []
