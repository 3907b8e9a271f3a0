"""Practices, sessions, topics, reflections, alliance, safety plan, rest, reminders and undo, by hand."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.cli.every import parse_every, say_every
from milepost.cli.help_now import help_lines
from milepost.errors import InvalidInput
from tests.core.terminal import ZONE, Milepost, today

TODAY = today()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("daily", "FREQ=DAILY"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("thu, mon", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("every tuesday", "FREQ=WEEKLY;BYDAY=TU"),
        ("2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("rrule:freq=monthly;bymonthday=1", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ],
)
def test_rhythms_as_people_say_them(said: str, meant: str) -> None:
    assert parse_every(said) == meant
    assert say_every(parse_every("mon,thu")) == "mon, thu"


@pytest.mark.parametrize("said", ["", "often", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=3", "0 weeks ago", "m"])
def test_what_is_no_rhythm_is_refused_with_examples(said: str) -> None:
    with pytest.raises(InvalidInput, match="weekdays"):
        parse_every(said)


def test_a_practice_from_its_beginning_to_its_end(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer")["id"]
    made = milepost("practice", "add", "Breathe", "--goal", goal[:6], "--every", "mon,thu", "--minutes", "10")
    assert (made["title"], made["recurrence"], made["goal"]) == ("Breathe", "FREQ=WEEKLY;BYDAY=MO,TH", goal)
    assert (made["start"], made["status"], made["minutes"]) == (TODAY.isoformat(), "active", 10)
    revised = milepost("practice", "revise", made["id"], "--every", "FREQ=DAILY", "--minutes", "5")
    assert (revised["recurrence"], revised["minutes"]) == ("FREQ=DAILY", 5)
    for action, status in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        assert milepost("practice", action, made["id"])["status"] == status
    assert [p["id"] for p in milepost("practice", "list")] == [made["id"]]
    assert "is not a rhythm" in milepost.fails(2, "practice", "add", "x", "--every", "sometimes")


def test_doing_a_practice_is_a_checkin_without_a_word(milepost: Milepost) -> None:
    practice = milepost("practice", "add", "Breathe", "--every", "daily")["id"]
    assert [p["done"] for p in milepost("today")["practices"]] == [False]
    made = milepost("checkin", practice)
    assert (made["subject"], made["occurrence"]) == (practice, TODAY.isoformat())
    assert [p["done"] for p in milepost("today")["practices"]] == [True]


def test_sessions_one_by_one_and_as_they_come_again(milepost: Milepost) -> None:
    series = milepost(
        "session", "add", "fri", "--at", "15:00", "--every", "weekly", "--minutes", "50", "--place", "Room 2"
    )
    assert series["start"]["at"].endswith("T15:00:00")
    assert series["start"]["time_zone"] == ZONE
    one = milepost("session", "add", "2026-01-18", "--at", "9:30")
    assert one["start"] == {"at": "2026-01-18T09:30:00", "time_zone": ZONE}
    moved = milepost("session", "move", one["id"], "2026-01-19", "--reason", "ill")
    assert moved["start"]["at"] == "2026-01-19T09:30:00"
    for action, status in (("hold", "held"), ("cancel", "cancelled"), ("missed", "not_held"), ("reopen", "planned")):
        assert milepost("session", action, one["id"], "--on", "2026-01-19")["status"] == status
    assert {row["id"] for row in milepost("session", "list")} >= {series["id"], one["id"]}
    assert (series["kind"], one["kind"]) == ("series", "session")
    assert "Say at what time" in milepost.fails(2, "session", "add", "fri")


def test_topics_carry_over_until_they_were_talked_about(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer")["id"]
    first = milepost("bring", "The call with my sister")["id"]
    about = milepost("bring", "--about", goal)
    assert about["about"]["id"] == goal
    assert [t["id"] for t in milepost("topic", "list")] == [first, about["id"]]
    assert milepost("topic", "revise", first, "The call, and what I wanted")["text"] == "The call, and what I wanted"
    assert milepost("topic", "discuss", first)["status"] == "discussed"
    assert [t["id"] for t in milepost("topic", "list")] == [about["id"]]
    assert len(milepost("topic", "list", "--all")) == 2
    assert "Say what to bring" in milepost.fails(2, "bring")


def test_reflections_and_how_the_work_feels(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer")["id"]
    made = milepost("reflect", "It was **good** to say it.", "--goal", goal, "--takeaway", "one sentence is enough")
    assert (made["goal"], made["takeaway"], made["on"]) == (goal, "one sentence is enough", TODAY.isoformat())
    assert len(milepost("reflect", "list")) == 1
    low = milepost.text("alliance", "--bond", "3", "--tasks", "8")
    assert "Worth raising if you feel able. Nobody was told." in low
    assert "Nobody was told" not in milepost.text("alliance", "--bond", "8")
    assert [a["bond"] for a in milepost("alliance", "list")] == [3, 8]
    assert "at least one" in milepost.fails(2, "alliance")
    assert "from 0 to 10" in milepost.fails(2, "alliance", "--bond", "11")


def test_a_measure_keeps_values_in_its_range(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer")["id"]
    made = milepost("measure", "define", goal, "How calm?", "--better", "up", "--target", "7.5")
    assert (made["goal"], made["low"], made["high"], made["target"]) == (goal, 0, 10, 7.5)
    shown = milepost("goal", "show", goal)
    assert (shown["measure"], shown["kind"]) == (made["id"], "smart")
    assert milepost("checkin", goal, "--value", "4")["measure"] == made["id"]
    assert "goes from 0 to 10" in milepost.fails(2, "checkin", goal, "--value", "11")
    levels = ["--levels", "far less", "less", "as hoped", "more", "far more"]
    scaled = milepost("measure", "define", goal, "--type", "attainment", "--weight", "2", *levels)
    assert (scaled["level_minus_2"], scaled["level_0"], scaled["low"]) == ("far less", "as hoped", -2)
    assert milepost("goal", "list")[0]["latest"] is None, "another measure begins another line"
    assert len(milepost("measure", "list")) == 2
    assert "five levels" in milepost.fails(2, "measure", "define", goal, "--levels", "one")


def test_goals_stand_in_ones_own_order(milepost: Milepost) -> None:
    ids = [milepost("goal", "add", title)["id"] for title in ("One", "Two", "Three")]
    milepost("goal", "rank", ids[2], "1")
    assert [g["title"] for g in milepost("goal", "list")] == ["Three", "One", "Two"]
    for place in ("0", "-1", "4", "99"):
        assert "from 1 to 3" in milepost.fails(2, "goal", "rank", ids[2], place)
    milepost("goal", "rank", ids[2], "3")
    assert [g["title"] for g in milepost("goal", "list")] == ["One", "Two", "Three"]


def test_a_safety_plan_is_at_hand_and_help_comes_even_when_the_file_is_broken(
    milepost: Milepost, tmp_path: Path
) -> None:
    assert "No plan yet" in milepost.text("plan")
    milepost("plan", "write", "--signs", "I stop answering", "--people", "Mara, any hour")
    milepost("plan", "write", "--signs", "I stop answering", "--helps", "walking")
    assert milepost("plan") == {
        "signs": "I stop answering", "helps": "walking", "people": "Mara, any hour", "places": None,
    }  # fmt: skip
    told = milepost.text("help-now", "--region", "de")
    assert told.index("Mara") < told.index("call 112 now") < told.index("TelefonSeelsorge")
    assert "as of" in told
    assert "988" not in milepost.text("help-now"), "a region is never guessed"


@pytest.mark.parametrize("broken", [b"garbage" * 999, b"", None], ids=["garbage", "empty", "missing"])
def test_the_plan_is_shown_from_its_copy_where_the_journal_is_broken(
    milepost: Milepost, tmp_path: Path, broken: bytes | None
) -> None:
    milepost("plan", "write", "--people", "Mara, any hour")
    home = tmp_path / "home"
    copy = home / "safety-plan.txt"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    for file in home.glob("device.sqlite3*"):
        file.unlink()
    if broken is not None:
        (home / "device.sqlite3").write_bytes(broken)
    told = milepost.text("help-now", "--region", "US")
    assert told.index("Mara, any hour") < told.index("call 911 now") < told.index("988")
    assert told.index("988") < told.index("The plan above is a copy") < told.index("device.sqlite3")
    assert milepost("help-now")["copy"].endswith("  Mara, any hour\n")
    assert "device.sqlite3" in milepost.fails(7, "goal", "list"), "no new beginning"
    assert copy.exists()


def test_the_plan_of_every_journal_is_at_hand(milepost: Milepost) -> None:
    milepost("plan", "write", "--people", "Mara, any hour")
    milepost("journal", "new", "With my group")
    assert "`milepost help-now` shows the one in My journal" in milepost.text("plan")
    told = milepost.text("help-now")
    assert "Mara, any hour" in told
    assert "With my group" not in told, "that has none"
    milepost("plan", "write", "--helps", "walking")
    told = milepost.text("help-now")
    assert told.index("With my group") < told.index("walking") < told.index("My journal") < told.index("Mara")


def test_the_copy_of_a_plan_goes_with_what_it_says(milepost: Milepost, tmp_path: Path) -> None:
    copy = tmp_path / "home" / "safety-plan.txt"
    milepost("plan", "write", "--helps", "walking")
    milepost("plan", "write", "--helps", "swimming")
    assert copy.read_text() == "What helps me\n  swimming\n"
    milepost("undo")
    assert copy.read_text() == "What helps me\n  walking\n"


def test_a_region_without_lines_is_said(milepost: Milepost) -> None:
    assert "Nothing is kept here for XX." in milepost.text("help-now", "--region", "XX")
    told = milepost.text("help-now")
    assert "Nothing is kept" not in told
    assert "call your local emergency number now" in told


def test_every_help_line_names_its_source_and_every_region_its_emergency_number() -> None:
    as_of, _, _, regions = help_lines(None)
    assert len(as_of) == 7
    for region in regions:
        assert help_lines(region)[1].isdigit()
        for line in help_lines(region)[2]:
            assert line["source"]
            assert line["reach"]


def test_rest_has_an_end_or_none(milepost: Milepost) -> None:
    until = (TODAY + timedelta(2)).isoformat()
    assert milepost("rest", "in 2 days") == {"resting": True, "until": until, "on": TODAY.isoformat()}
    assert milepost("rest", "end")["resting"] is False
    assert milepost("rest")["until"] is None


def test_reminders_are_ones_own_choice(milepost: Milepost) -> None:
    made = milepost("reminder", "set", "Breathe", "--at", "8:30", "--every", "weekdays", "--quiet", "22:00-07:00")
    assert (made["at"], made["quiet_from"], made["quiet_to"]) == ("08:30", "22:00", "07:00")
    assert len(milepost("reminder", "list")) == 1
    milepost("reminder", "remove", made["id"])
    assert milepost("reminder", "list") == []
    assert "time of day" in milepost.fails(2, "reminder", "set", "x", "--at", "99:30")


def test_undo_steps_back_through_what_was_done_and_redo_forth_again(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "First", "--why", "because")["id"]
    milepost("goal", "revise", goal, "--title", "Second", "--clear", "why")
    milepost("goal", "revise", goal, "--title", "Third")
    milepost("goal", "pause", goal)

    def stands() -> tuple[str, str | None, str]:
        shown = milepost("goal", "show", goal)
        return shown["title"], shown["why"], shown["status"]

    states = [stands()]
    for _ in range(3):
        milepost("undo")
        states.append(stands())
    assert states == [
        ("Third", None, "paused"), ("Third", None, "active"), ("Second", None, "active"), ("First", "because", "active"),
    ]  # fmt: skip
    assert "Undone: a new goal, “First”." in milepost.text("undo")
    assert milepost("goal", "list") == []
    assert "milepost: There is nothing of this device's left to undo" in milepost.fails(3, "undo")
    for state in reversed(states):
        milepost("undo", "--redo")
        assert stands() == state
    assert "nothing to do again" in milepost.fails(3, "undo", "--redo")
    milepost("undo")
    assert stands() == states[1], "what was done again can be undone again"


def test_what_is_written_after_an_undo_is_undone_first_and_ends_redoing(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "First")["id"]
    milepost("goal", "revise", goal, "--title", "Second")
    milepost("undo")
    milepost("goal", "revise", goal, "--why", "because")
    assert "something else was written since" in milepost.fails(3, "undo", "--redo")
    assert milepost("undo")["with"] == ["goal.revised"]
    assert (milepost("goal", "show", goal)["title"], milepost("goal", "show", goal)["why"]) == ("First", None)
    milepost("undo")
    assert milepost("goal", "list") == []


def test_undo_puts_back_whatever_was_last(milepost: Milepost) -> None:
    made = milepost("checkin", "--note", "as it was")["id"]
    milepost("checkin", "retract", made)
    assert "Undone: taking back the check-in, “as it was”." in milepost.text("undo")
    assert [c["note"] for c in milepost("checkin", "list")] == ["as it was"]
    topic = milepost("bring", "By mistake")["id"]
    assert milepost("undo") == {"undone": "topic.added", "id": topic, "redone": False, "with": ["topic.retracted"]}
    reminder = milepost("reminder", "set", "Breathe", "--at", "08:30")["id"]
    milepost("reminder", "remove", reminder)
    milepost("undo")
    assert len(milepost("reminder", "list")) == 1


def test_an_occurrence_goes_back_to_its_series_and_stays_there(milepost: Milepost) -> None:
    milepost("session", "add", "3 days ago", "--at", "15:00", "--every", "weekly")
    session = next(row["id"] for row in milepost("session", "list") if row["kind"] == "session")
    milepost("session", "hold", session)
    milepost("undo")
    assert milepost("session", "show", session)["status"] == "planned"
    assert "a new series" in milepost.text("undo")


STEPS = st.lists(st.sampled_from(["title", "why", "pause", "resume", "step"]), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.data())
def test_any_number_of_steps_back_is_where_one_was(milepost: Milepost, steps: list[str], data: st.DataObject) -> None:
    goal = milepost("goal", "add", "One")["id"]
    deeds = {
        "title": lambda at: ("goal", "revise", goal, "--title", f"Title {at}"),
        "why": lambda at: ("goal", "revise", goal, "--why", f"why {at}"),
        "pause": lambda at: ("goal", "pause", goal, "--on", f"2026-01-{at + 1:02}"),
        "resume": lambda at: ("goal", "resume", goal, "--on", f"2026-02-{at + 1:02}"),
        "step": lambda at: ("milestone", "add", goal, f"Step {at}"),
    }

    def stands() -> tuple[object, ...]:
        shown = milepost("goal", "show", goal)
        return shown["title"], shown["why"], shown["status"], [one["title"] for one in shown["milestones"]]

    states = [stands()]
    for at, step in enumerate(steps):
        milepost(*deeds[step](at))
        states.append(stands())
    back = data.draw(st.integers(0, len(steps)))
    for at in range(back):
        milepost("undo")
        assert stands() == states[-2 - at]
    for at in range(back):
        milepost("undo", "--redo")
        assert stands() == states[len(steps) - back + 1 + at]


def test_nothing_that_was_is_about_a_day_to_come(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "One")["id"]
    step = milepost("milestone", "add", goal, "Step")["id"]
    practice = milepost("practice", "add", "Breathe")["id"]
    for command in (
        ["goal", "achieve", goal],
        ["milestone", "reach", step],
        ["practice", "end", practice],
        ["reflect", "x"],
        ["alliance", "--bond", "5"],
        ["assess", "gad-7", "--answers", "1,1,1,1,1,1,1"],
    ):
        assert "yet to come" in milepost.fails(2, *command, "--on", "tomorrow")


def test_rest_ends_on_a_day_that_is_not_over(milepost: Milepost) -> None:
    assert "Nothing was resting." in milepost.text("rest", "end")
    assert "is over" in milepost.fails(2, "rest", "yesterday")
    last = TODAY + timedelta(3)
    assert f"Resting until {last.day} {last:%b %Y}." in milepost.text("rest", "in 3 days")
    assert "Welcome back" in milepost.text("rest", "end")
    assert "Nothing was resting." in milepost.text("rest", "end")


def test_a_goal_is_not_due_before_it_begins(milepost: Milepost) -> None:
    assert "before it begins" in milepost.fails(2, "goal", "add", "x", "--start", "tomorrow", "--due", "today")
    goal = milepost("goal", "add", "x", "--start", "tomorrow", "--due", "none")
    assert goal["due"] is None
    assert "before it begins" in milepost.fails(2, "goal", "revise", goal["id"], "--due", "today")
    assert milepost("goal", "revise", goal["id"], "--due", "tomorrow", "--start", "none")["start"] is None


@pytest.mark.parametrize(
    ("recurrence", "said"),
    [
        ("FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "every 2 weeks on mon, thu"),
        ("FREQ=WEEKLY;BYDAY=TU", "tue"),
        ("FREQ=YEARLY", "yearly"),
        ("FREQ=WEEKLY;COUNT=10", "weekly, 10 times"),
        ("FREQ=DAILY;UNTIL=20270131", "daily, until 31 Jan 2027"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270131T120000Z", "weekdays, until 31 Jan 2027"),
        ("FREQ=MONTHLY;BYDAY=2MO", "FREQ=MONTHLY;BYDAY=2MO"),
    ],
)
def test_a_rhythm_is_said_in_words_where_there_are_some(recurrence: str, said: str) -> None:
    assert say_every(recurrence) == said


def test_lists_say_what_each_row_is_about(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer")["id"]
    milepost("measure", "define", goal, "How calm?")
    milepost("measure", "define", goal, "How calm were the mornings?")
    listed = milepost.text("measure", "list")
    assert (listed.count("Calmer"), listed.count("in use"), listed.count("earlier")) == (2, 1, 1)
    milepost("checkin", goal, "--value", "4")
    assert "Calmer" in milepost.text("checkin", "list")
    assert "Calmer" not in milepost.text("checkin", "list", goal)
    practice = milepost("practice", "add", "Breathe")["id"]
    milepost("checkin", practice)
    assert "Breathe" in milepost.text("checkin", "list")
    milepost("goal", "rank", goal, "1")
    assert "rank" not in {change["field"] for change in milepost("goal", "history", goal)}


def test_the_version_is_json_where_that_is_asked_for(milepost: Milepost) -> None:
    assert set(milepost("--version")) == {"version"}


def test_a_part_of_the_plan_is_emptied_on_purpose_alone(milepost: Milepost) -> None:
    milepost("plan", "write", "--signs", "I stop answering", "--helps", "walking")
    for empty in ("", "  "):
        assert "`--signs` is empty" in milepost.fails(2, "plan", "write", "--signs", empty)
    assert milepost("plan", "write", "--helps", "none")["helps"] is None
    assert milepost("plan")["signs"] == "I stop answering"


def test_a_template_says_what_of_it_was_left_out(milepost: Milepost) -> None:
    template = next(
        one for one in milepost("templates")["templates"] if milepost("templates", "show", one["id"])["milestones"]
    )["id"]
    assert "--milestones" in milepost.text("templates", "use", template)
    assert "--milestones" not in milepost.text("templates", "use", template, "--milestones", "--practices")
