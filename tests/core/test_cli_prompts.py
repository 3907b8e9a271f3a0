"""Commands that are run bare: what a person at a terminal is asked, and what everybody else is told instead."""

import io
import stat
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.cli import goal_form, run
from milepost.cli.terminal import Terminal
from tests.core.terminal import Milepost, today
from tests.core.test_cli_assess import CALM, at_a_terminal

Typed = Callable[..., str]


@pytest.fixture
def typed(milepost: Milepost, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """A person at a terminal types this; gives what they see. `code` is how the command should end."""

    def type_in(words: str, *arguments: str, code: int = 0) -> str:
        with monkeypatch.context() as there:
            there.setattr(Terminal, "interactive", property(lambda self: not self.json))
            there.setattr("sys.stdin", io.StringIO(words))
            ended = run(list(arguments))
        said = milepost.capsys.readouterr()
        assert ended == code, said
        return said.out + said.err

    return type_in


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


# Putting a goal differently


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes an editor that runs some Python on the text of the form (`t`), each time it is opened."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)

    def edits(*each_time: str) -> None:
        program = tmp_path / "an editor.py"
        steps = "\n".join(f"    lambda t: {step}," for step in each_time)
        program.write_text(
            f"#!{sys.executable}\nimport sys, pathlib\nsteps = [\n{steps}\n]\n"
            "file, count = pathlib.Path(sys.argv[-1]), pathlib.Path(__file__ + '.count')\n"
            "at = int(count.read_text()) if count.exists() else 0\n"
            "count.write_text(str(at + 1))\n"
            "text = steps[min(at, len(steps) - 1)](file.read_text())\n"
            "file.write_text(text) if text is not None else sys.exit(1)\n"
        )
        Path(f"{program}.count").unlink(missing_ok=True)
        program.chmod(0o700)
        monkeypatch.setenv("EDITOR", f"'{program}' --wait")

    return edits


def test_a_goal_opens_in_the_persons_editor(milepost: Milepost, editor: Callable[..., None], tmp_path: Path) -> None:
    goal = milepost("goal", "add", "Before", "--why", "because\nof it", "--due", "2026-12-18", "--helps", "a walk")[
        "id"
    ]
    editor(
        "t.replace('Before', 'After').replace('2026-12-18', '').replace('[why you change it]', '[why you change it]\\nkinder')"
    )
    seen = at_a_terminal(tmp_path / "home", "", "goal", "revise", goal)
    assert "After" in seen
    now = milepost("goal", "show", goal)
    assert (now["title"], now["why"], now["due"], now["helps"]) == ("After", "because\nof it", None, "a walk")
    assert milepost("log")[-1]["data"] == {"id": goal, "title": "After", "due": None, "reason": "kinder"}
    assert list((tmp_path / "home").glob("goal-*")) == []


def test_what_is_refused_is_shown_again_and_never_lost(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before", "--due", "2026-12-18")["id"]
    kept = tmp_path / "home" / f"goal-{goal}.txt"
    editor("t.replace('Before', 'Long words').replace('2026-12-18', 'someday')")
    said = typed("\n", "goal", "revise", goal, code=2)
    assert "due: 'someday' is not a date I know" in said
    assert str(kept) in said.replace("\n", "")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert (milepost("goal", "show", goal)["title"], "Long words" in kept.read_text()) == ("Before", True)

    milepost("goal", "revise", goal, "--why", "written meanwhile")
    editor("t.replace('someday', 'nor this')", "t.replace('nor this', '2026-12-24')")
    assert "'nor this' is not a date" in typed("y\n", "goal", "revise", goal)
    now = milepost("goal", "show", goal)
    assert (now["title"], now["due"], now["why"]) == ("Long words", "2026-12-24", "written meanwhile")
    assert not kept.exists()


def test_a_heading_that_is_mistyped_is_asked_about_and_never_words_of_the_part_above(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before", "--why", "because")["id"]
    kept = tmp_path / "home" / f"goal-{goal}.txt"
    editor("t.replace('[looks like]', '[lookz]\\nI stay')")
    said = typed("\n", "goal", "revise", goal, code=2)
    assert "lookz: there is no such heading. Did you mean [looks like]?" in said
    assert milepost("goal", "show", goal)["why"] == "because"
    assert "[lookz]\nI stay" in kept.read_text()
    editor("t.replace('[looks like]\\n', '').replace('[lookz]', '[looks like]')")
    typed("", "goal", "revise", goal)
    now = milepost("goal", "show", goal)
    assert (now["why"], now["looks_like"]) == ("because", "I stay")
    editor("t.replace('because', 'because\\n\\\\[sic]')")
    typed("", "goal", "revise", goal)
    assert milepost("goal", "show", goal)["why"] == "because\n[sic]"
    editor("t")
    typed("", "goal", "revise", goal)
    assert milepost("goal", "show", goal)["why"] == "because\n[sic]"


def test_an_editor_that_is_left_without_a_change_changes_nothing(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before", "--why", "  # not a note\n[why]\n\\[why]")["id"]
    events = len(milepost("log"))
    for step in ("t", "''", "t.replace('Before', ' Before ')", "t.replace('\\n', '\\r\\n')"):
        editor(step)
        typed("", "goal", "revise", goal)
    editor("None")
    assert "Nothing is changed." in typed("", "goal", "revise", goal, code=2)
    assert len(milepost("log")) == events
    assert list((tmp_path / "home").glob("goal-*")) == []


def test_an_editor_that_crashes_loses_nothing(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before")["id"]
    editor("file.write_text(t.replace('Before', 'After')) and None")
    assert "is kept in" in typed("", "goal", "revise", goal, code=2)
    editor("t")
    typed("", "goal", "revise", goal)
    assert milepost("goal", "show", goal)["title"] == "After"


def test_an_editor_that_is_not_there_is_named(
    milepost: Milepost, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = milepost("goal", "add", "Before")["id"]
    monkeypatch.setenv("VISUAL", "no-such-editor-here")
    assert "'no-such-editor-here' can't be started" in typed("", "goal", "revise", goal, code=2)


def test_without_an_editor_it_asks_part_by_part(
    milepost: Milepost, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    goal = milepost("goal", "add", "Before", "--why", "because", "--importance", "3")["id"]
    seen = typed(f"{goal[:5]}\nAfter\nnone\n\n\n\n\nsomeday\n2026-12-18\n11\n9\n\nkinder\n", "goal", "revise")
    assert "title (Before)" in seen
    assert "'someday' is not a date I know" in seen
    assert "'11' is not a whole number from 0 to 10" in seen
    now = milepost("goal", "show", goal)
    assert (now["title"], now["why"], now["due"], now["importance"]) == ("After", None, "2026-12-18", 9)
    assert milepost("log")[-1]["data"]["reason"] == "kinder"
    assert "a title can't be empty" in typed("none\n", "goal", "revise", goal)
    events = len(milepost("log"))
    typed("", "goal", "revise", goal)
    assert len(milepost("log")) == events


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00")) | st.lists(
    st.sampled_from(
        ["[why]", "[so]", "\\[so] ", "\\[why]", "[title]", "# so", "", "  [area]", "words", "[area]  ", "\\", "\r"]
    )
).map("\n".join)


@given(st.fixed_dictionaries(dict.fromkeys((*goal_form.PARTS, goal_form.REASON), WORDS)))
def test_a_form_says_back_every_word_that_was_put_into_it(parts: dict[str, str]) -> None:
    put = {name: goal_form.tidy(words) for name, words in parts.items()}
    assert goal_form.read_form(goal_form.HEAD + goal_form.write_form(put)) == put
    assert goal_form.read_form(goal_form.write_form(put)) == put


@given(WORDS)
def test_whatever_is_typed_can_be_read(words: str) -> None:
    found = goal_form.read_form(words)
    assert all(f"[{name}]" in words for name in found.keys() - {"title"})


def test_words_above_the_first_heading_are_the_titles() -> None:
    assert goal_form.read_form("# a note\nSay\n[title]\nit\n[why]\nso\n[title]\n") == {
        "title": "Say\nit",
        "why": "so\n[title]",
    }


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
