"""Sessions by hand: one occurrence of a series, the whole of it, and what is meant for them."""

import uuid
from collections.abc import Sequence
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
from tests.core.terminal import ZONE, Milepost, today
from tests.core.test_views import BERLIN, Pages
from tests.events import entity
from tests.simulation import World

TODAY = today()
FIRST = TODAY + timedelta(2)


def occurrence(of: str, day: date, at: str = "15:00:00") -> str:
    """The id that every device gives an occurrence."""
    return str(uuid.uuid5(uuid.UUID(of), f"{day.isoformat()}T{at}"))


@pytest.fixture
def weekly(milepost: Milepost) -> str:
    options = ("--at", "15:00", "--every", "weekly", "--minutes", "50", "--place", "Room 2")
    made: str = milepost("session", "add", FIRST.isoformat(), *options)["id"]
    return made


def log_types(milepost: Milepost) -> list[str]:
    return [event["type"] for event in milepost("log")]


def coming(milepost: Milepost) -> list[dict[str, Any]]:
    return [row for row in milepost("session", "list") if row["kind"] == "session"]


# The list, and which one is meant


def test_a_list_shows_each_series_and_the_sessions_it_gives_in_the_next_four_weeks(
    milepost: Milepost, weekly: str
) -> None:
    rows = milepost("session", "list")
    assert [row["kind"] for row in rows] == ["series"] + ["session"] * 4
    assert rows[0]["id"] == weekly
    days = [FIRST + timedelta(7 * n) for n in range(4)]
    assert [row["id"] for row in rows[1:]] == [occurrence(weekly, day) for day in days]
    assert {(row["status"], row["series"], row["minutes"], row["place"]) for row in rows[1:]} == {
        ("planned", weekly, 50, "Room 2")
    }
    text = milepost.text("session", "list")
    assert text.count("series") == 1
    assert text.count("session") == 4
    assert f"of {weekly[:3]}" in text


def test_what_comes_more_seldom_than_every_four_weeks_shows_its_next_session(milepost: Milepost) -> None:
    begin = TODAY - timedelta(20)
    made = milepost("session", "add", begin.isoformat(), "--at", "15:00", "--every", "FREQ=DAILY;INTERVAL=70")["id"]
    assert [row["id"] for row in coming(milepost)] == [occurrence(made, begin + timedelta(70))]


def test_recent_sessions_are_listed_too_and_older_ones_only_where_something_was_said_of_them(
    milepost: Milepost,
) -> None:
    begin = TODAY - timedelta(70)
    made = milepost("session", "add", begin.isoformat(), "--at", "15:00", "--every", "weekly")["id"]
    old = occurrence(made, begin)
    assert old not in [row["id"] for row in coming(milepost)]
    assert occurrence(made, TODAY - timedelta(14)) in [row["id"] for row in coming(milepost)]
    held = milepost("session", "hold", old)
    assert (held["status"], held["on"]) == ("held", begin.isoformat()), "about its own day, unless said otherwise"
    assert old in [row["id"] for row in coming(milepost)]


@pytest.mark.parametrize(
    ("action", "status"), [("hold", "held"), ("cancel", "cancelled"), ("missed", "not_held"), ("reopen", "planned")]
)
def test_an_occurrence_that_nobody_touched_can_be_turned_by_the_id_that_the_list_shows(
    milepost: Milepost, action: str, status: str
) -> None:
    first = FIRST - timedelta(14) if status in {"held", "not_held"} else FIRST
    weekly = milepost(
        "session",
        "add",
        first.isoformat(),
        "--at",
        "15:00",
        "--every",
        "weekly",
        "--minutes",
        "50",
        "--place",
        "Room 2",
    )["id"]
    before, shown = log_types(milepost), len(coming(milepost))
    short = next(
        line.split()[0] for line in milepost.text("session", "list").splitlines() if line.split()[1] == "session"
    )
    assert 3 <= len(short) < 8
    made = milepost("session", action, short)
    assert (made["kind"], made["id"], made["status"]) == ("session", occurrence(weekly, first), status)
    assert (made["series"], made["original"]["at"]) == (weekly, f"{first.isoformat()}T15:00:00")
    assert (made["minutes"], made["place"]) == (50, "Room 2")
    assert log_types(milepost)[len(before) :] == ["session.scheduled", "session.status_changed"]
    assert len(coming(milepost)) == shown, "it stands for its occurrence"
    milepost("session", action, short)
    assert log_types(milepost)[len(before) :].count("session.scheduled") == 1


@pytest.mark.parametrize("action", ["hold", "missed"])
def test_a_session_that_is_yet_to_come_took_no_place_and_was_not_missed(
    milepost: Milepost, weekly: str, action: str
) -> None:
    told = milepost.fails(2, "session", action, occurrence(weekly, FIRST))
    assert "yet to come" in told
    assert "milepost session cancel" in told
    today_s = milepost("session", "add", "today", "--at", "23:59")["id"]
    assert milepost("session", action, today_s)["status"] in {"held", "not_held"}


def test_a_session_far_off_is_found_by_its_first_letters_too(milepost: Milepost, weekly: str) -> None:
    far = FIRST + timedelta(7 * 40)
    moved = milepost("session", "move", occurrence(weekly, far)[:13], (far + timedelta(1)).isoformat())
    assert moved["id"] == occurrence(weekly, far)
    assert moved["start"]["at"] == f"{(far + timedelta(1)).isoformat()}T15:00:00"


def test_letters_that_could_be_several_occurrences_are_told_and_a_letter_more_is_enough(milepost: Milepost) -> None:
    milepost("goal", "add", "Calmer")
    days = [TODAY + timedelta(n) for n in range(1, 28)]

    def alike(of: str) -> list[str]:
        ids = [occurrence(of, day) for day in days]
        begin = next((one[:3] for one in ids if sum(other[:3] == one[:3] for other in ids) > 1), "-")
        return [one for one in ids if one.startswith(begin)]

    series, same = next((of, alike(of)) for of in map(entity, range(1, 900)) if alike(of))
    start = {"at": f"{days[0].isoformat()}T15:00:00", "time_zone": ZONE}
    write(milepost, [Draft("series.planned", {"id": series, "start": start, "recurrence": "FREQ=DAILY"})])
    assert "could be any of 2" in milepost.fails(2, "session", "hold", same[0][:3])
    shown = [line.split()[0] for line in milepost.text("session", "list").splitlines()]
    short = next(one for one in shown if same[0].startswith(one))
    assert len(short) > 3
    assert milepost("session", "cancel", short)["id"] == same[0]
    # One of the two is written down now: the other can still be meant.
    assert "could be any of 2" in milepost.fails(2, "session", "hold", same[0][:3])


def test_an_id_as_the_list_shows_it_is_enough_whatever_comes_later(milepost: Milepost) -> None:
    milepost("goal", "add", "Calmer")
    near, far = ([TODAY + timedelta(n) for n in days] for days in (range(1, 28), range(40, 300)))

    def alike(of: str) -> str | None:
        begins = {occurrence(of, day)[:3] for day in far}
        return next((one for one in (occurrence(of, day) for day in near) if one[:3] in begins), None)

    series, same = next((of, one) for of in map(entity, range(1, 900)) if (one := alike(of)))
    start = {"at": f"{near[0].isoformat()}T15:00:00", "time_zone": ZONE}
    write(milepost, [Draft("series.planned", {"id": series, "start": start, "recurrence": "FREQ=DAILY"})])
    shown = [line.split()[0] for line in milepost.text("session", "list").splitlines()]
    short = next(one for one in shown if same.startswith(one))
    assert milepost("session", "cancel", short)["id"] == same


def test_unknown_letters_and_too_few_are_told(milepost: Milepost, weekly: str) -> None:
    assert "no session whose id begins" in milepost.fails(3, "session", "hold", "zzz")
    ids = [row["id"] for row in coming(milepost)]
    begins = next(one[:2] for one in ids if not weekly.startswith(one[:2]))
    assert "no session whose id begins" in milepost.fails(3, "session", "hold", begins), "three letters at least"


def test_a_series_is_not_taken_for_a_session_nor_a_session_for_a_series(milepost: Milepost, weekly: str) -> None:
    for action in ("hold", "cancel", "missed"):
        assert "is a series" in milepost.fails(2, "session", action, weekly)
    assert "is a series" in milepost.fails(2, "session", "move", weekly, "fri")
    one = occurrence(weekly, FIRST)
    assert "`milepost session cancel" in milepost.fails(2, "session", "end", one)
    assert "is one session" in milepost.fails(2, "session", "revise", one, "--every", "daily")
    assert "session.scheduled" not in log_types(milepost)


# One session


def test_moving_an_occurrence_moves_it_alone_and_keeps_where_it_came_from(milepost: Milepost, weekly: str) -> None:
    one = occurrence(weekly, FIRST)
    moved = milepost("session", "move", one, (FIRST + timedelta(1)).isoformat(), "--at", "9:30", "--reason", "holiday")
    assert moved["start"] == {"at": f"{(FIRST + timedelta(1)).isoformat()}T09:30:00", "time_zone": ZONE}
    assert moved["original"]["at"] == f"{FIRST.isoformat()}T15:00:00"
    starts = [row["start"]["at"] for row in coming(milepost)]
    assert f"{FIRST.isoformat()}T15:00:00" not in starts
    assert len(starts) == 4
    assert milepost("log")[-1]["data"]["reason"] == "holiday"


def test_moving_a_session_to_where_it_is_writes_nothing(milepost: Milepost, weekly: str) -> None:
    before = log_types(milepost)
    one = occurrence(weekly, FIRST)
    assert milepost("session", "move", one, FIRST.isoformat())["id"] == one
    assert milepost("session", "revise", one, "--place", "Room 2", "--minutes", "50")["place"] == "Room 2"
    assert log_types(milepost) == before


def test_one_session_takes_place_elsewhere_for_longer_or_somewhere_not_said(milepost: Milepost, weekly: str) -> None:
    one = occurrence(weekly, FIRST)
    revised = milepost("session", "revise", one, "--place", "By phone", "--minutes", "25", "--at", "16:00")
    assert (revised["place"], revised["minutes"], revised["start"]["at"][11:]) == ("By phone", 25, "16:00:00")
    cleared = milepost("session", "revise", one, "--clear", "place", "--clear", "minutes")
    assert (cleared["place"], cleared["minutes"]) == (None, None)
    assert "can't be cleared" in milepost.fails(2, "session", "revise", one, "--clear", "start")
    assert "Say what to change" in milepost.fails(2, "session", "revise", one)
    assert "not a time of day" in milepost.fails(2, "session", "revise", one, "--at", "soon")
    others = {(row["place"], row["minutes"]) for row in coming(milepost) if row["id"] != one}
    assert others == {("Room 2", 50)}


def test_a_session_in_another_zone_stays_in_it_and_says_so(milepost: Milepost, weekly: str) -> None:
    drafts = [
        Draft(
            "session.scheduled",
            {"id": entity(7), "start": {"at": f"{FIRST.isoformat()}T10:00:00", "time_zone": "America/New_York"}},
        )
    ]
    write(milepost, drafts)
    moved = milepost("session", "move", entity(7), FIRST.isoformat(), "--at", "11:00")
    assert moved["start"] == {"at": f"{FIRST.isoformat()}T11:00:00", "time_zone": "America/New_York"}
    assert "(America/New_York)" in milepost.text("session", "show", entity(7))
    assert "(Europe/Berlin)" not in milepost.text("session", "list")


def write(milepost: Milepost, drafts: Sequence[Draft]) -> None:
    from milepost.cli.terminal import terminal

    try:
        terminal.write(drafts)
    finally:
        terminal.close()


# A whole series


def test_a_series_ends_and_goes_on_again(milepost: Milepost, weekly: str) -> None:
    last = FIRST + timedelta(7)
    ended = milepost("session", "end", weekly, "--on", last.isoformat(), "--reason", "We are done")
    assert (ended["kind"], ended["ended"]) == ("series", last.isoformat())
    assert [row["start"]["at"][:10] for row in coming(milepost)] == [FIRST.isoformat(), last.isoformat()]
    assert "until" in milepost.text("session", "show", weekly)
    assert milepost("session", "reopen", weekly)["ended"] is None
    assert len(coming(milepost)) == 4


def test_ending_a_series_says_which_sessions_stay_because_they_were_changed(milepost: Milepost, weekly: str) -> None:
    kept = FIRST + timedelta(14)
    milepost("session", "move", occurrence(weekly, kept), (kept + timedelta(1)).isoformat())
    milepost("session", "cancel", occurrence(weekly, kept + timedelta(7)))
    told = milepost.text("session", "end", weekly, "--on", FIRST.isoformat())
    assert "What had been changed of it stays as it is (2 sessions):" in told
    assert occurrence(weekly, kept)[:3] in told
    assert "stays" not in milepost.text("session", "end", weekly, "--on", (kept + timedelta(9)).isoformat())
    told = milepost.text("session", "revise", weekly, "--at", "16:00")
    assert "(2 sessions)" in told
    assert "stays" not in milepost.text("session", "revise", weekly, "--at", "16:00"), "nothing is changed by that"


def test_a_series_that_is_changed_keeps_what_lies_behind(milepost: Milepost) -> None:
    begin = TODAY - timedelta(15)
    made = milepost("session", "add", begin.isoformat(), "--at", "15:00", "--every", "weekly", "--place", "Old")["id"]
    milepost("session", "cancel", occurrence(made, begin + timedelta(7)))
    revised = milepost("session", "revise", made, "--at", "16:30", "--place", "New", "--reason", "Her new hours")
    following = begin + timedelta(21)
    assert (revised["kind"], revised["id"]) == ("series", made)
    assert revised["start"] == {"at": f"{following.isoformat()}T16:30:00", "time_zone": ZONE}
    rows = milepost("session", "list")
    seen = {row["start"]["at"]: (row["place"], row["status"]) for row in rows if row["kind"] == "session"}
    assert seen[f"{(begin + timedelta(7)).isoformat()}T15:00:00"] == ("Old", "cancelled")
    assert seen[f"{(begin + timedelta(14)).isoformat()}T15:00:00"] == ("Old", "planned")
    assert seen[f"{following.isoformat()}T16:30:00"] == ("New", "planned")
    assert sum(on[:10] == following.isoformat() for on in seen) == 1
    milepost("undo")
    assert [row["start"]["at"] for row in coming(milepost) if row["place"] == "New"] == []


def test_a_series_comes_on_another_day_or_in_another_rhythm_from_a_day_on(milepost: Milepost, weekly: str) -> None:
    other = FIRST + timedelta(8)
    revised = milepost("session", "revise", weekly, "--day", other.isoformat(), "--every", "2 weeks")
    assert (revised["start"]["at"][:10], revised["recurrence"]) == (other.isoformat(), "FREQ=WEEKLY;INTERVAL=2")
    days = [row["start"]["at"][:10] for row in coming(milepost)]
    assert days == [(FIRST + timedelta(n)).isoformat() for n in (0, 7, 8, 22)], "until then as before"
    assert milepost("session", "revise", weekly, "--minutes", "60")["minutes"] == 60
    assert milepost("session", "revise", weekly, "--clear", "minutes")["minutes"] is None


def test_a_day_that_the_rhythm_does_not_fall_on_is_refused(milepost: Milepost) -> None:
    weekday, other = f"{FIRST:%a}".lower(), FIRST + timedelta(1)
    made = milepost("session", "add", FIRST.isoformat(), "--at", "15:00", "--every", weekday)["id"]
    before = log_types(milepost)
    assert "--every" in milepost.fails(2, "session", "revise", made, "--day", other.isoformat())
    assert log_types(milepost) == before
    named = f"{other:%a}".lower()
    revised = milepost("session", "revise", made, "--day", other.isoformat(), "--every", named)
    assert revised["start"]["at"][:10] == other.isoformat()


def test_a_series_that_is_over_can_not_be_moved_until_it_goes_on(milepost: Milepost, weekly: str) -> None:
    milepost("session", "end", weekly, "--on", TODAY.isoformat())
    assert "reopen" in milepost.fails(2, "session", "revise", weekly, "--at", "16:00")
    milepost("session", "reopen", weekly)
    assert milepost("session", "revise", weekly, "--at", "16:00")["start"]["at"][11:] == "16:00:00"


# What is meant for a session


def test_a_topic_can_be_meant_for_one_session_without_touching_it(milepost: Milepost, weekly: str) -> None:
    later = occurrence(weekly, FIRST + timedelta(7))
    anytime = milepost("bring", "Sleep")["id"]
    meant = milepost("bring", "The exam", "--session", later[:8])
    assert meant["session"] == later
    assert "session.scheduled" not in log_types(milepost)
    following = milepost("session", "next")
    assert following["session"]["id"] == occurrence(weekly, FIRST)
    assert [topic["id"] for topic in following["topics"]] == [anytime]
    assert [topic["id"] for topic in milepost("session", "show", later)["topics"]] == [meant["id"]]
    assert "The exam" in milepost.text("session", "show", later)
    milepost("session", "cancel", occurrence(weekly, FIRST))
    assert [topic["id"] for topic in milepost("session", "next")["topics"]] == [anytime, meant["id"]]


def test_a_topic_goes_over_to_another_session_or_to_none(milepost: Milepost, weekly: str) -> None:
    first, later = (occurrence(weekly, FIRST + timedelta(7 * n)) for n in (0, 1))
    topic = milepost("bring", "The exam", "--session", first)["id"]
    assert milepost("topic", "revise", topic, "--session", later)["session"] == later
    assert "session in 9 days" in milepost.text("topic", "list")
    both = milepost("topic", "revise", topic, "The exam, and after", "--session", "none")
    assert (both["text"], both["session"]) == ("The exam, and after", None)
    assert "Say what to change" in milepost.fails(2, "topic", "revise", topic)
    assert "is a series" in milepost.fails(2, "topic", "revise", topic, "--session", weekly)
    assert "is a series" in milepost.fails(2, "bring", "x", "--session", weekly)


def test_a_topic_for_a_session_that_is_called_off_carries_over(milepost: Milepost, weekly: str) -> None:
    later = occurrence(weekly, FIRST + timedelta(7))
    topic = milepost("bring", "The exam", "--session", later)["id"]
    assert milepost("session", "next")["topics"] == []
    milepost("session", "cancel", later)
    assert [one["id"] for one in milepost("session", "next")["topics"]] == [topic]


def test_a_reflection_can_be_about_a_session_of_a_series(milepost: Milepost, weekly: str) -> None:
    one = occurrence(weekly, FIRST)
    made = milepost("reflect", "It went well", "--session", one[:9], "--takeaway", "Ask early")
    assert made["session"] == one
    assert [found["id"] for found in milepost("session", "show", one)["reflections"]] == [made["id"]]
    assert "Ask early" in milepost.text("session", "show", one)


def test_without_any_session_next_says_so_and_blames_nobody(milepost: Milepost) -> None:
    assert milepost("session", "next") == {"session": None, "topics": []}
    assert milepost("session", "list") == []
    assert "which is fine" in milepost.text("session", "next")
    topic = milepost("bring", "Sleep")["id"]
    assert [one["id"] for one in milepost("session", "next")["topics"]] == [topic]


# Two devices, and changes of clocks


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


def test_an_id_that_a_series_gave_before_it_was_changed_leads_to_the_series(milepost: Milepost, weekly: str) -> None:
    noted = occurrence(weekly, FIRST + timedelta(7))
    milepost("session", "revise", weekly, "--at", "16:00")
    told = milepost.fails(3, "session", "show", noted)
    assert "have other ids" in told
    assert f"milepost session show {weekly[:3]}" in told
    assert "no session whose id begins" in milepost.fails(3, "session", "show", "0" * 36)
