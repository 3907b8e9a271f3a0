"""Sessions by hand: a whole series, and what is meant for a session."""

from datetime import timedelta

from tests.core.sessions.by_hand import FIRST, TODAY, coming, log_types, occurrence
from tests.core.terminal import ZONE, Milepost


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


def test_an_id_that_a_series_gave_before_it_was_changed_leads_to_the_series(milepost: Milepost, weekly: str) -> None:
    noted = occurrence(weekly, FIRST + timedelta(7))
    milepost("session", "revise", weekly, "--at", "16:00")
    told = milepost.fails(3, "session", "show", noted)
    assert "have other ids" in told
    assert f"milepost session show {weekly[:3]}" in told
    assert "no session whose id begins" in milepost.fails(3, "session", "show", "0" * 36)
