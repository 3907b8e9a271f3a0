"""Sessions on two devices at once, and where clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.commands import sessions as deeds
from milepost.errors import InvalidInput
from milepost.events import Draft
from milepost.journal import State, state_hash
from milepost.views.entities import Series, Session, series, sessions
from milepost.views.journal import conflicts
from milepost.views.recurrence import instant, sessions_between
from milepost.views.sessions import far_sessions, listed_sessions, near_sessions, topics_for
from tests.core.sessions.by_hand import occurrence
from tests.core.views.pages import BERLIN, Pages
from tests.events import entity
from tests.simulation import World


def test_two_devices_that_touch_one_occurrence_at_once_end_with_one_session(tmp_path: Path) -> None:
    world = World(tmp_path)
    devices = [world.device("one"), world.device("two")]
    try:
        journal = devices[0].open_journal("Together")
        world.settle(devices[:1], journal)
        devices[1].welcome(journal, private=True)
        begin = {"at": "2027-01-19T15:00:00", "time_zone": BERLIN}
        planned = {"id": entity(1), "start": begin, "recurrence": "FREQ=WEEKLY", "minutes": 50}
        devices[0].append(journal, [Draft("series.planned", planned)])
        world.settle(devices, journal)
        for device in devices:
            one = sessions_between(device.state(journal), date(2027, 1, 26), date(2027, 1, 26))[0]
            device.append(journal, deeds.turn_session(device.state(journal), one, "held", "2027-01-26"))
        world.settle(devices, journal)
        states = [device.state(journal) for device in devices]
        assert len({state_hash(state) for state in states}) == 1
        for state in states:
            found = sessions_between(state, date(2027, 1, 20), date(2027, 2, 1))
            assert [(s.status, s.series, s.minutes) for s in found] == [("held", entity(1), 50)]
            assert len(sessions(state)) == 1
            assert conflicts(state) == []
    finally:
        for device in devices:
            device.close()
        world.close()


ACTS = st.one_of(
    st.sampled_from(["held", "cancelled", "not_held"]).map(lambda status: ("turn", status)),
    st.sampled_from(["2026-11-11T15:00:00", "2026-11-12T09:00:00"]).map(lambda at: ("move", at)),
    st.sampled_from([25, 50]).map(lambda minutes: ("last", minutes)),
)


def acted(state: State, one: Session, act: tuple[str, Any]) -> list[Draft]:
    what, value = act
    if what == "turn":
        return deeds.turn_session(state, one, value, "2026-11-10")
    fields = {"start": {"at": value, "time_zone": BERLIN}} if what == "move" else {"minutes": value}
    return deeds.revise_session(state, one, fields)


@settings(max_examples=60, deadline=None)
@given(ACTS, ACTS)
def test_whatever_two_devices_do_to_one_occurrence_at_once_it_is_one_session(
    one: tuple[str, Any], other: tuple[str, Any]
) -> None:
    pages = Pages()
    start = {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    pages.write("series.planned", id=entity(1), start=start, recurrence="FREQ=WEEKLY")
    before = pages.state
    touched = sessions_between(before, date(2026, 11, 10), date(2026, 11, 10))[0]
    shared = len(pages.events)
    for by, act in ((1, one), (2, other)):
        for draft in acted(before, touched, act):
            pages.write(draft.type, by=by, seen={} if by == 1 else {pages.events[0].device: shared}, **draft.fields)
    log = pages.events
    mixed = [*log[:shared], *(e for e in log[shared:] if e.device != log[0].device)]
    mixed += [e for e in log[shared:] if e.device == log[0].device]
    states = [State(before.journal), State(before.journal)]
    for state, events in zip(states, (log, mixed), strict=True):
        for made in events:
            state.apply(made)
    assert state_hash(states[0]) == state_hash(states[1])
    found = [s for s in sessions_between(states[0], date(2026, 11, 5), date(2026, 11, 16)) if s.series == entity(1)]
    assert [s.id for s in found] == [touched.id]
    changed = {
        name for act in (one, other) for name in {"turn": ["status"], "move": ["start"], "last": ["minutes"]}[act[0]]
    }
    assert {conflict.field for conflict in conflicts(states[0])} <= changed, "nothing is asked that nobody changed"


@pytest.mark.parametrize(
    ("begins", "zone", "day", "utc"),
    [
        ("2026-10-20T15:00:00", BERLIN, "2026-10-27", "2026-10-27T14:00"),
        ("2027-03-23T02:30:00", BERLIN, "2027-03-30", "2027-03-30T00:30"),
        ("2026-10-27T18:30:00", "America/New_York", "2026-11-03", "2026-11-03T23:30"),
    ],
)
def test_an_occurrence_keeps_its_id_and_its_time_of_day_over_a_change_of_clocks(
    begins: str, zone: str, day: str, utc: str
) -> None:
    pages = Pages()
    pages.write("series.planned", id=entity(1), start={"at": begins, "time_zone": zone}, recurrence="FREQ=WEEKLY")
    on = date.fromisoformat(day)
    one = next(s for s in near_sessions(pages.state, on) if s.start["at"].startswith(day))
    assert one.id == occurrence(entity(1), on, begins[11:])
    for draft in deeds.turn_session(pages.state, one, "held", day):
        pages.write(draft.type, **draft.fields)
    (written,) = sessions(pages.state)
    assert (written.id, written.start["at"]) == (one.id, f"{day}T{begins[11:]}")
    assert instant(written.start).isoformat()[:16] == utc
    assert [s.id for s in sessions_between(pages.state, on, on)] == [one.id]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=DAILY", "FREQ=MONTHLY"]),
    st.integers(0, 60),
    st.sampled_from([None, "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY;INTERVAL=3"]),
    st.sampled_from([None, "09:00", "15:00", "18:30"]),
)
def test_changing_a_series_changes_nothing_that_lies_before(
    rule: str, after: int, new_rule: str | None, at: str | None
) -> None:
    pages = Pages()
    start = {"at": "2026-09-08T15:00:00", "time_zone": BERLIN}
    pages.write("series.planned", id=entity(1), start=start, recurrence=rule, place="Here")
    now = datetime(2026, 9, 8, 16, tzinfo=UTC) + timedelta(after)
    (of,) = series(pages.state)

    def past() -> list[tuple[str, str, str | None]]:
        found = sessions_between(pages.state, date(2026, 9, 1), now.date())
        return [(s.id, s.start["at"], s.place) for s in found if instant(s.start) < now]

    before = past()
    fields = {"place": "There", **({"recurrence": new_rule} if new_rule else {})}
    for draft in deeds.revise_series(pages.state, of, fields, now, at=at):
        pages.write(draft.type, **draft.fields)
    assert past() == before
    ahead = [
        s for s in sessions_between(pages.state, now.date(), now.date() + timedelta(60)) if instant(s.start) >= now
    ]
    assert ahead
    assert {s.place for s in ahead} == {"There"}
    assert {s.start["at"][11:] for s in ahead} == {f"{at or '15:00'}:00"}


def test_a_series_of_so_many_sessions_keeps_their_number_when_it_is_changed() -> None:
    pages = Pages()
    start = {"at": "2026-09-08T15:00:00", "time_zone": BERLIN}
    pages.write("series.planned", id=entity(1), start=start, recurrence="FREQ=WEEKLY;COUNT=10")
    (of,) = series(pages.state)
    now = datetime(2026, 9, 23, 12, tzinfo=UTC)
    for draft in deeds.revise_series(pages.state, of, {}, now, at="16:00"):
        pages.write(draft.type, **draft.fields)
    found = sessions_between(pages.state, date(2026, 9, 1), date(2027, 9, 1))
    assert len(found) == 10
    assert [s.start["at"][11:16] for s in found] == ["15:00"] * 3 + ["16:00"] * 7


@pytest.mark.parametrize(
    ("begins", "ended", "given", "starts"),
    [
        ("2026-11-03T15:00:00", None, {"at": "18:00"}, "2026-11-17T18:00:00"),
        ("2026-11-03T15:00:00", None, {"at": "09:00"}, "2026-11-17T09:00:00"),
        ("2026-11-03T15:00:00", None, {"recurrence": "FREQ=WEEKLY;BYDAY=TH"}, "2026-11-12T15:00:00"),
        ("2026-11-03T15:00:00", None, {"recurrence": "FREQ=WEEKLY;BYDAY=TU"}, "2026-11-17T15:00:00"),
        ("2026-11-03T15:00:00", None, {"recurrence": "FREQ=DAILY"}, "2026-11-17T15:00:00"),
        ("2026-12-01T15:00:00", None, {"recurrence": "FREQ=WEEKLY;BYDAY=TH"}, "2026-12-03T15:00:00"),
        ("2026-12-01T15:00:00", None, {"day": "2026-11-26"}, "2026-11-26T15:00:00"),
        ("2026-11-03T15:00:00", "2026-11-20", {"at": "18:00"}, "2026-11-17T18:00:00"),
        ("2026-11-03T15:00:00", "2026-11-20", {"day": "2026-11-26"}, None),
        ("2026-11-03T15:00:00", "2026-11-12", {"at": "18:00"}, None),
    ],
)
def test_a_changed_series_begins_with_its_next_session(
    begins: str, ended: str | None, given: dict[str, str], starts: str | None
) -> None:
    now = datetime(2026, 11, 10, 15, 30, tzinfo=UTC)  # half past four where the session is: it has begun
    of = Series(id=entity(1), start={"at": begins, "time_zone": BERLIN}, ended=ended)
    day, rule = given.get("day"), given.get("recurrence")
    more: dict[str, Any] = {"day": date.fromisoformat(day) if day else None, "at": given.get("at")}
    if starts is None:
        with pytest.raises(InvalidInput, match="would come any more"):
            deeds.revise_series(Pages().state, of, {}, now, **more)
        return
    *_, revised = deeds.revise_series(Pages().state, of, {"recurrence": rule} if rule else {}, now, **more)
    assert revised.fields["start"]["at"] == starts


def test_what_is_written_down_as_planned_is_listed_only_near_today() -> None:
    pages = Pages()
    start = {"at": "2026-09-08T15:00:00", "time_zone": BERLIN}
    pages.write("series.planned", id=entity(1), start=start, recurrence="FREQ=WEEKLY")
    (of,) = series(pages.state)
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    for draft in deeds.revise_series(pages.state, of, {"minutes": 50}, now):
        pages.write(draft.type, **draft.fields)
    assert len(sessions(pages.state)) == 11
    days = [s.start["at"][:10] for s in listed_sessions(pages.state, now.date())]
    assert days[:2] == ["2026-11-10", "2026-11-17"]
    assert {s.id for s in sessions(pages.state)} <= {s.id for s in near_sessions(pages.state, now.date())}
    assert all(s.id not in {f.id for f in far_sessions(pages.state, now.date())} for s in sessions(pages.state))


def test_topics_carry_over_from_a_session_that_is_past() -> None:
    pages = Pages()
    start = {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    pages.write("session.scheduled", id=entity(1), start=start)
    pages.write("topic.added", id=entity(2), text="Sleep", session=entity(1))
    pages.write("topic.added", id=entity(3), text="Done", session=entity(1))
    pages.write("topic.status_changed", id=entity(3), status="discussed", on="2026-11-03")
    pages.write("session.scheduled", id=entity(4), start={**start, "at": "2026-11-10T15:00:00"})
    for now in (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, 15, tzinfo=UTC)):
        one = next((s for s in sessions(pages.state) if instant(s.start) >= now), None)
        assert [topic.id for topic in topics_for(pages.state, one, now)] == [entity(2)]


def test_an_ended_series_is_one_all_the_same() -> None:
    of = Series(id=entity(1), start={"at": "2026-11-03T15:00:00", "time_zone": BERLIN}, ended="2026-11-01")
    pages = Pages()
    pages.write("series.planned", id=of.id, start=of.start, recurrence="FREQ=WEEKLY")
    assert deeds.end_series(pages.state, of.id, None) == []
    pages.write("series.ended", id=of.id, ended="2026-11-01")
    assert deeds.end_series(pages.state, of.id, "2026-11-01") == []
    assert near_sessions(pages.state, date(2026, 11, 1)) == []
