"""Local times and sessions in the browser's own tables of time zones, as Python has them in its own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.views.recurrence import instant, sessions_between
from tests.core.views.logs import fold, logs
from tests.events import JOURNAL
from tests.web.driving import BrowserDevice, driver
from tests.web.journals import text

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "UTC",
    "Nowhere/At_All",
]
CHANGES = [
    "2026-03-29T02:30:00",
    "2026-10-25T02:30:00",
    "2026-03-08T02:30:00",
    "2026-11-01T01:30:00",
    "2026-04-05T01:45:00",
    "2026-10-04T02:15:00",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserDevice]:
    script = driver(tmp_path_factory.mktemp("driver") / "driver.mjs")
    with BrowserDevice(script, "clock") as device:
        yield device


often = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


NEAR_A_CHANGE = st.builds(
    lambda change, minutes: datetime.fromisoformat(change) + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-2_000, 2_000),
)


@often
@given(
    at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)) | NEAR_A_CHANGE,  # noqa: DTZ001 - local
    zone=st.sampled_from(ZONES),
)
def test_a_local_time_is_the_same_moment(browser: BrowserDevice, at: datetime, zone: str) -> None:
    moments = [{"at": one, "time_zone": zone} for one in (at.isoformat(timespec="seconds"), *CHANGES)]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    wanted = [(instant(moment) - epoch) / timedelta(milliseconds=1) for moment in moments]
    assert browser("instants", moments=moments) == wanted


@often
@given(log=logs(), after=st.integers(-20, 60), days=st.integers(0, 90))
def test_sessions_are_the_same_with_the_same_ids(browser: BrowserDevice, log: Any, after: int, days: int) -> None:
    first = date(2026, 10, 1) + timedelta(after)
    last = first + timedelta(days)
    state = fold(log)
    written = set(state.visible("session"))
    wanted = [[one.id, one.start, one.status, one.id not in written] for one in sessions_between(state, first, last)]
    asked = {"journal": JOURNAL, "log": text(log), "first": first.isoformat(), "last": last.isoformat()}
    assert browser("sessions", **asked) == wanted
