"""The timeline, and then and now, in the browser's own tables of time zones, as Python has them in its own."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.envelope import Event
from milepost.views.then_now import first_writes, then_now
from milepost.views.timeline import dated
from tests.core.views.logs import DAYS, fold
from tests.events import JOURNAL, entity, event
from tests.web.driving import BrowserDevice, driver
from tests.web.journals import Log, journals, text, with_data


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserDevice]:
    script = driver(tmp_path_factory.mktemp("driver") / "driver.mjs")
    with BrowserDevice(script, "timeline") as opened:
        yield opened


def plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def asked(device: BrowserDevice, log: Log, on: str, first: str, last: str) -> Any:
    return device("dated", journal=JOURNAL, log=text(log), on=on, first=first, last=last)


def wanted(log: Log, on: str, first: str, last: str) -> Any:
    state, today = fold(log), date.fromisoformat(on)
    began = first_writes(log, JOURNAL, "goal")
    return {
        "began": [[one, *found] for one, found in began.items()],
        "dated": plain(dated(state, log, today, date.fromisoformat(first), date.fromisoformat(last))),
        "whole": plain(dated(state, log, today)),
        "thenNow": plain(then_now(state, log)),
    }


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(log=journals(), on=st.sampled_from(DAYS), first=st.sampled_from(DAYS), days=st.integers(0, 60))
def test_what_has_a_date_is_told_alike(device: BrowserDevice, log: Log, on: str, first: str, days: int) -> None:
    last = (date.fromisoformat(first) + timedelta(days)).isoformat()
    assert asked(device, log, on, first, last) == wanted(log, on, first, last)


def _odd(one: Event) -> Event:
    """A series whose id is no UUID, and one that begins at a time that no day has."""
    odd = one.payload.decode().replace(entity(7), "e" * 35 + "x")
    return with_data(one, odd.replace("T15", "T25") if entity(9) in odd else odd)


def test_long_words_odd_blanks_and_odd_ids_are_told_alike(device: BrowserDevice) -> None:
    words = "\u2003A  line\x85with\ttabs\x1cand\ufeffblanks\n" + "\U0001f331 on and on " * 9
    start = {"at": "2026-10-20T15:00:00", "time_zone": "Europe/Berlin"}
    about: list[dict[str, Any]] = [
        {"type": "goal.created", "id": entity(1), "title": "a" * 300, "due": DAYS[3]},
        {"type": "goal.created", "id": entity(2), "title": "b" * 60},
        {"type": "checkin.recorded", "id": entity(3), "subject": entity(1), "on": DAYS[0], "value": 3},
        {"type": "checkin.recorded", "id": entity(4), "subject": entity(2), "on": DAYS[0], "note": "so"},
        {"type": "checkin.recorded", "id": entity(5), "on": DAYS[1], "note": "about nothing"},
        {"type": "reflection.written", "id": entity(6), "on": DAYS[0], "text": words},
        {"type": "series.planned", "id": entity(7), "start": start, "recurrence": "FREQ=WEEKLY"},
        {"type": "series.planned", "id": entity(8), "start": start, "recurrence": "FREQ=WEEKLY", "place": "Online"},
        {
            "type": "series.planned",
            "id": entity(9),
            "start": start,
            "recurrence": "FREQ=DAILY",
        },
    ]
    log = Log(event(n, at_ms=n, **fields) for n, fields in enumerate(about, 1))
    log = Log(_odd(one) for one in log)
    found = asked(device, log, DAYS[2], DAYS[0], DAYS[8])
    assert found == wanted(log, DAYS[2], DAYS[0], DAYS[8])
    assert {one["kind"] for one in found["whole"]} == {"goal", "checkin", "reflection", "session"}
