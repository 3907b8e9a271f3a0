from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.backoff import CAP_S, FIRST_S, Backoff, retry_after_s


@given(chances=st.lists(st.floats(0, 1), min_size=1, max_size=80), asked_s=st.floats(0, 10_000))
def test_waits_grow_to_a_cap_and_are_never_shorter_than_asked(chances: list[float], asked_s: float) -> None:
    left = list(chances)
    backoff = Backoff(chance=lambda: left.pop(0))
    for tries in range(len(chances)):
        wait_s = backoff.next_s(asked_s)
        due = min(CAP_S, FIRST_S * 2**tries)
        assert min(CAP_S, asked_s + due / 2) <= wait_s <= min(CAP_S, asked_s + due)


def test_after_something_worked_the_next_wait_is_a_short_one() -> None:
    backoff = Backoff(chance=lambda: 1.0)
    assert [backoff.next_s() for _ in range(4)] == [0.5, 1.0, 2.0, 4.0]
    backoff.reset()
    assert backoff.next_s() == 0.5


def test_devices_turned_away_together_come_back_apart() -> None:
    assert len({Backoff().next_s() for _ in range(50)}) > 40


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), (" 120 ", 120.0), ("", 0.0), ("-1", 0.0), ("1e9", 0.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0)],
)
def test_seconds_are_read_and_dates_are_not_trusted(header: str, seconds: float) -> None:
    assert retry_after_s(header) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 28 * 60.0),
        ("Wed, 21 Oct 2026 06:28:00 -0030", 0.0),
        ("Wed, 21 Oct 2026 07:01:00", 60.0),
        ("Tue, 99 Oct 2026 07:28:00 GMT", 0.0),
        ("soon", 0.0),
    ],
)
def test_a_date_counts_where_a_clock_can_be_trusted(header: str, seconds: float) -> None:
    assert retry_after_s(header, datetime(2026, 10, 21, 7, tzinfo=UTC)) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ ?[-+A-Z0-9]*"))
def test_whatever_is_said_is_a_wait_or_none(header: str) -> None:
    assert 0 <= retry_after_s(header, datetime(2026, 10, 21, 7, tzinfo=UTC)) < 2**40
