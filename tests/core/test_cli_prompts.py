"""Commands that are run bare: what a person at a terminal is asked, and what everybody else is told instead."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.core.terminal import Milepost, Typed, today
from tests.core.test_cli_assess import CALM, at_a_terminal

# On a real terminal


def test_a_goal_is_asked_for_and_all_but_its_title_can_be_skipped(milepost: Milepost, tmp_path: Path) -> None:
    home = tmp_path / "home"
    seen = at_a_terminal(home, "Say what I [need]\n\nI ask, :heart: and stay\n", "goal", "add")
    for question in ("What do you want to be different?", "Why does it matter to you?", "How would you notice"):
        assert question in seen
    [goal] = milepost("goal", "list")
    assert (goal["title"], goal["why"], goal["looks_like"]) == ("Say what I [need]", None, "I ask, :heart: and stay")
    assert ":heart: and stay" in seen.split("How would you notice")[1]


def test_who_says_nothing_has_written_nothing(tmp_path: Path) -> None:
    assert "Give the TITLE" in at_a_terminal(tmp_path / "home", "\n", "goal", "add")
    assert "Give the TITLE" in at_a_terminal(tmp_path / "home", "\x04", "goal", "add"), "Ctrl-D"
    assert not (tmp_path / "home").exists()


def test_a_checkin_walks_through_the_goals_at_a_terminal(milepost: Milepost, tmp_path: Path) -> None:
    ids = [milepost("goal", "add", title)["id"] for title in ("Calm", "Sleep", "Speak up")]
    seen = at_a_terminal(tmp_path / "home", "6\nbetter\n\nasked twice\n", "checkin")
    assert "Kept." in seen
    said = {one["subject"]: (one["value"], one["note"]) for one in milepost("checkin", "list")}
    assert said == {ids[0]: (6, "better"), ids[2]: (None, "asked twice")}


def test_an_alliance_check_asks_three_scales_and_each_can_be_skipped(milepost: Milepost, tmp_path: Path) -> None:
    seen = at_a_terminal(tmp_path / "home", "11\n8\n\nlots\n3\n", "alliance")
    assert "'11' is not a whole number from 0 to 10." in seen
    assert "'lots' is not a whole number" in seen
    assert "Worth raising if you feel able. Nobody was told." in seen
    [check] = milepost("alliance", "list")
    assert (check["bond"], check["goals"], check["tasks"]) == (8, None, 3)
    at_a_terminal(tmp_path / "home", "\n\n\n", "alliance")
    assert len(milepost("alliance", "list")) == 1


# Without a terminal


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["goal", "add"], "milepost goal add '"),
        (["goal", "revise"], "milepost goal revise ID --title '"),
        (["milestone", "add"], "milepost milestone add 3fa '"),
        (["measure", "define"], "milepost measure define 3fa '"),
        (["coach"], "milepost coach 3fa"),
        (["assess"], "milepost assess gad-7 --answers"),
        (["plan", "write"], "--helps '"),
        (["reminder", "set"], "milepost reminder set '"),
        (["reminder", "set", "Breathe"], "--at 08:30"),
        (["checkin"], "milepost checkin ID --value 4"),
    ],
)
def test_without_a_terminal_it_is_said_what_to_give(
    milepost: Milepost, typed: Typed, tmp_path: Path, command: list[str], says: str
) -> None:
    assert says in milepost.fails(2, *command)
    assert not (tmp_path / "home" / "device.sqlite3").exists()
    typed("", "goal", "add", "One")
    assert says in typed("1\n2\n3\n", *command, "--json", code=2)
    assert len(milepost("log")) == 2, "only the journal and the goal"


# Which goal


def test_a_step_asks_which_goal_and_asks_again_where_there_is_no_such(milepost: Milepost, typed: Typed) -> None:
    first, second = (milepost("goal", "add", title)["id"] for title in ("Calm", "Be [bold]brave[/]"))
    milepost("goal", "pause", milepost("goal", "add", "Put away")["id"])
    seen = typed(f"zzz\n{second[:6]}\nAsk once\nsomeday\nin 3 days\n", "milestone", "add")
    assert "Be [bold]brave[/]" in seen
    assert "Put away" not in seen
    assert "There is no goal whose id begins with 'zzz'" in seen
    assert "'someday' is not a date I know" in seen
    typed("Ask twice\n", "milestone", "add", first)
    steps = milepost("milestone", "list")
    assert {(step["goal"], step["title"], bool(step["due"])) for step in steps} == {
        (second, "Ask once", True),
        (first, "Ask twice", False),
    }


def test_where_no_goal_is_active_there_is_none_to_choose(typed: Typed) -> None:
    typed("", "checkin", "--note", "a quiet day")
    assert "No goal is active here." in typed("", "coach", code=3)
    typed("", "goal", "pause", typed("", "goal", "add", "Put away").split()[-1])
    assert "No goal is active here." in typed("", "measure", "define", code=3)


def test_the_coach_asks_about_the_goal_that_is_picked(milepost: Milepost, typed: Typed) -> None:
    goal = milepost("goal", "add", "Calm")["id"]
    told = typed(f"{goal[:4]}\n", "coach")
    assert milepost("coach", goal)["hint"]["question"] in told


def test_a_measure_is_asked_for_and_enter_takes_what_is_usual(milepost: Milepost, typed: Typed) -> None:
    goal = milepost("goal", "add", "Calm")["id"]
    typed(f"{goal}\nHow calm was it?\n\n\n", "measure", "define")
    typed(f"{goal}\nHow calm was it now?\n1\nmany\n5\n", "measure", "define")
    typed(f"{goal}\nHow loud?\n", "measure", "define", "--type", "amount")
    assert {(one["question"], one["low"], one["high"]) for one in milepost("measure", "list")} == {
        ("How calm was it?", 0, 10),
        ("How calm was it now?", 1, 5),
        ("How loud?", None, None),
    }
    milepost("measure", "define", goal, "--type", "scale")
    typed("", "measure", "define", goal)
    assert len(milepost("measure", "list")) == 5, "with a goal given, nothing more is asked"


# What looks after a person, and forms


def test_a_plan_is_asked_for_part_by_part_with_what_stands_there(milepost: Milepost, typed: Typed) -> None:
    typed("I stop answering\nA walk\n\n\n", "plan", "write")
    assert milepost("plan") == {"signs": "I stop answering", "helps": "A walk", "people": None, "places": None}
    seen = typed("\nnone\nMy sister\n", "plan", "write")
    assert "(I stop answering)" in seen
    assert milepost("plan") == {"signs": "I stop answering", "helps": None, "people": "My sister", "places": None}
    before = len(milepost("log"))
    typed("\n\n\n\n", "plan", "write")
    assert len(milepost("log")) == before


def test_a_reminder_is_asked_for(milepost: Milepost, typed: Typed) -> None:
    seen = typed("Breathe slowly\nnoon\n8:30\nnow and then\nmon,thu\n", "reminder", "set")
    assert "'noon' is not a time of day" in seen
    assert "'now and then' is not a rhythm I know" in seen
    typed("Stretch\n21:00\n\n", "reminder", "set")
    typed("7:15\n", "reminder", "set", "Get up")
    found = [(one["what"], one["at"], one["recurrence"]) for one in milepost("reminder", "list")]
    assert found == [
        ("Get up", "07:15", "FREQ=DAILY"),
        ("Breathe slowly", "08:30", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("Stretch", "21:00", "FREQ=DAILY"),
    ]


def test_assess_asks_which_form(milepost: Milepost, typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "calm.toml").write_text(CALM)
    milepost("instrument", "add", str(tmp_path / "calm.toml"))
    seen = typed("calm\n2\n0\n1\n", "assess")
    assert "Which one?" in seen
    assert "gad-7" in seen
    assert [form["answers"] for form in milepost("assessment", "list")] == [[2, 0, 1]]
    assert "fill it in on paper" in typed("phq\n\n", "assess", code=2), "its words are not here"


# Practices, topics and sessions


def test_a_practice_is_asked_for(milepost: Milepost, typed: Typed) -> None:
    typed("Breathe slowly\nweekdays\n5\n", "practice", "add")
    typed("Stretch\n\n\n", "practice", "add")
    found = [(one["title"], one["recurrence"], one["minutes"]) for one in milepost("practice", "list")]
    assert sorted(found) == [
        ("Breathe slowly", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 5),
        ("Stretch", "FREQ=DAILY", None),
    ]
    assert "milepost practice add '" in milepost.fails(2, "practice", "add")


def test_a_topic_is_asked_for_unless_it_is_about_something(milepost: Milepost, typed: Typed) -> None:
    goal = milepost("goal", "add", "Calm")["id"]
    typed("The talk with my sister\n", "bring")
    typed("", "bring", "--about", goal)
    assert {one["text"] for one in milepost("topic", "list")} == {"The talk with my sister", None}
    assert "Say what to bring" in milepost.fails(2, "bring")


def test_a_session_is_asked_for(milepost: Milepost, typed: Typed) -> None:
    typed("someday\ntomorrow\nlate\n15:00\n\n", "session", "add")
    typed("9:00\n", "session", "add", "tomorrow")
    starts = [one["start"]["at"] for one in milepost("session", "list")]
    assert [start[11:] for start in starts] == ["09:00:00", "15:00:00"]
    assert "milepost session add fri --at 15:00" in milepost.fails(2, "session", "add")
    assert "--at 15:00" in milepost.fails(2, "session", "add", "tomorrow")


# Days that are yet to come


def test_a_checkin_is_never_about_a_day_to_come(milepost: Milepost, typed: Typed) -> None:
    said = milepost("checkin", "--note", "a quiet day")
    later = f"{today().year + 1}-{today():%m-%d}" if f"{today():%m-%d}" != "02-29" else f"{today().year + 1}-03-01"
    for command in (
        ["checkin", "--note", "x", "--on", later],
        ["checkin", "--note", "x", "--on", "tomorrow"],
        ["checkin", "amend", said["id"], "--on", later],
        ["assess", "gad-7", "--answers", "1,1,1,1,1,1,1", "--on", later],
    ):
        assert "is yet to come" in milepost.fails(2, *command)
    assert "is yet to come" in typed("a calm day\n", "checkin", "--on", later, code=2)
    assert [one["note"] for one in milepost("checkin", "list")] == ["a quiet day"]


def test_who_is_a_day_ahead_of_their_journal_checks_in_on_their_own_day(
    milepost: Milepost, monkeypatch: pytest.MonkeyPatch
) -> None:
    milepost("journal", "new", "Far west", "--time-zone", "Etc/GMT+12")
    monkeypatch.setenv("TZ", "Etc/GMT-14")  # 26 hours apart: never the same day
    here = datetime.now(ZoneInfo("Etc/GMT-14")).date()
    assert milepost("checkin", "--note", "x", "--on", here.isoformat())["on"] == here.isoformat()
    assert "yet to come" in milepost.fails(2, "checkin", "--note", "x", "--on", (here + timedelta(1)).isoformat())
