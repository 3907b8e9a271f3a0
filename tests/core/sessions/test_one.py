"""Sessions by hand: the list, which one is meant, and one session."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from milepost.events import Draft
from tests.core.sessions.by_hand import FIRST, TODAY, coming, log_types, occurrence
from tests.core.terminal import ZONE, Milepost
from tests.events import entity


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
    assert f"({ZONE})" not in milepost.text("session", "list")


def write(milepost: Milepost, drafts: Sequence[Draft]) -> None:
    from milepost.cli.terminal import terminal

    try:
        terminal.write(drafts)
    finally:
        terminal.close()
