"""What a journal says at the terminal when it is read."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from milepost.cli import as_of, charts
from milepost.cli.terminal import terminal
from milepost.clock import new_id
from milepost.device import Device
from milepost.errors import InvalidInput
from milepost.events import Draft
from milepost.views.brief import Brief, GoalNews, Note
from tests.core.terminal import ZONE, Milepost, today

READS = ("today", "progress", "brief", "timeline", "then-now", "priorities", "summary", "burden")


@pytest.fixture(autouse=True)
def a_closed_terminal() -> Iterator[None]:
    """Some of these ask a function, without a command that closes the device when it is done."""
    yield
    terminal.close()


@pytest.fixture
def home(milepost: Milepost, tmp_path: Path) -> Path:
    return tmp_path / "home"


def ago(days: int) -> str:
    return (today() - timedelta(days)).isoformat()


def write(home: Path, *drafts: tuple[str, dict[str, Any]]) -> None:
    """Writes what no command writes yet."""
    device = Device(home)
    device.append(device.rows()[0].journal, [Draft(name, fields) for name, fields in drafts])
    device.close()


def checked(milepost: Milepost, values: dict[int, Any], goal: str) -> None:
    for days, value in values.items():
        milepost("checkin", goal, "--value", str(value), "--on", ago(days))


def test_on_an_empty_device_every_reading_is_kind_and_leaves_nothing_behind(milepost: Milepost, tmp_path: Path) -> None:
    assert milepost("progress") == {"goals": [], "apart": [], "attainment_t": None}
    assert (milepost("timeline"), milepost("then-now")) == ([], [])
    assert milepost("today")["words"] == "Nothing is planned for this day, which is fine."
    assert milepost("priorities") == {"goals": [], "early_win": None}
    for name in READS:
        said = milepost.text(name)
        assert "fine" in said, name
    assert not (tmp_path / "home" / "device.sqlite3").exists()
    assert "There is nothing here yet" in milepost.fails(3, "goal", "history", "abc")


def test_progress_is_a_chart_with_its_days_and_a_sentence(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer mornings")["id"]
    milepost("measure", "define", goal, "How calm?")
    checked(milepost, {20: 2, 15: 4, 10: 3, 5: 6, 0: 7}, goal)
    told = milepost("progress")
    [series] = told["goals"][0]["series"]
    assert [point["value"] for point in series["points"]] == [2, 4, 3, 6, 7]
    assert (series["baseline"], series["now"], series["best"], series["change"]) == (2, 7, 7, 5)
    assert series["trend"]["direction"] == "improving"
    assert told["attainment_t"] is None
    lines = milepost.text("progress").splitlines()
    assert lines[0] == "Calmer mornings"
    assert lines[1].strip() == "How calm?"
    assert lines[2].lstrip().startswith("10 │")
    assert lines[4].lstrip().startswith("0 │")
    assert "From 2 to 7" in lines[6]
    assert "Lately it has been getting better." in lines[6]
    assert milepost("progress", goal[:6])["goals"][0]["id"] == goal


def test_attainment_is_one_figure_at_the_top(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Speak up")["id"]
    milepost("measure", "define", goal, "--type", "attainment", "--levels", "mute", "quiet", "said", "clear", "calm")
    checked(milepost, {3: -1, 0: 1}, goal)
    assert milepost("progress")["attainment_t"] == 60.0
    assert "Now: “clear”." in milepost.text("progress")


def test_what_is_put_away_is_drawn_only_when_it_is_asked_for(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Later, maybe")["id"]
    checked(milepost, {2: 1, 0: 2}, goal)
    milepost("goal", "later", goal)
    assert "Later, maybe" not in milepost.text("progress")
    assert "Later, maybe  for later" in milepost.text("progress", goal)


def test_a_journal_without_goals_is_drawn_too(milepost: Milepost) -> None:
    for days, value in {9: 3, 1: 5}.items():
        milepost("checkin", "--value", str(value), "--on", ago(days))
    said = milepost.text("progress")
    assert "│" in said
    assert "From 3 to 5" in said
    assert len(milepost("progress")["apart"]) == 1


def test_open_goals_have_no_empty_chart(milepost: Milepost) -> None:
    milepost("goal", "add", "Feel lighter")
    said = milepost.text("progress")
    assert "│" not in said
    assert "Nothing is noted about it yet, which is fine." in said


def test_a_journal_is_read_as_it_was(milepost: Milepost, home: Path) -> None:
    goal = milepost("goal", "add", "Before")["id"]
    milepost("checkin", goal, "--note", "hard")
    assert milepost("progress", "--as-of", "yesterday")["goals"] == []
    assert milepost("timeline", "--as-of", ago(1)) == []
    assert milepost("then-now", "--as-of", f"{ago(1)}T12:00:00+00:00") == []
    assert milepost("progress", "--as-of", "today")["goals"][0]["notes"] == 1
    tomorrow = f"{today() + timedelta(1)}T12:00"
    assert milepost("progress", "--as-of", tomorrow)["goals"][0]["notes"] == 1
    assert "No server has numbered" in milepost.fails(2, "progress", "--as-of", "2")
    assert "not a date I know" in milepost.fails(2, "timeline", "--as-of", "whenever")
    assert "not a time I know" in milepost.fails(2, "timeline", "--as-of", "2026-12-18T99:00")
    device = Device(home)
    journal = device.rows()[0].journal
    with device.log.transaction():
        for at, (_, event) in enumerate(list(device.log.events(journal)), 1):
            if at < 3:
                device.log.place(journal, msgspec.structs.replace(event, seq=at), None)
    device.close()
    assert [len(milepost("progress", "--as-of", seq)["goals"]) for seq in "0123"] == [0, 0, 1, 1]
    assert milepost("progress", "--as-of", "3")["goals"][0]["notes"] == 0, "not sent"
    assert milepost("progress")["goals"][0]["notes"] == 1


def test_a_date_means_its_end_in_the_journals_time_zone(milepost: Milepost) -> None:
    milepost("journal", "new", "Over there", "--time-zone", "America/New_York")
    assert as_of.parse_as_of("2026-11-10") == {"ms": 1794373200000 - 1}
    assert as_of.parse_as_of("2026-11-10T23:59:59.999") == {"ms": 1794373200000 - 1}
    assert as_of.parse_as_of("2026-11-11T05:00:00Z") == {"ms": 1794373200000}
    assert as_of.parse_as_of(" 12 ") == {"seq": 12}
    with pytest.raises(InvalidInput):
        as_of.parse_as_of("²")


def test_today_names_what_comes_and_what_is_near(milepost: Milepost, home: Path) -> None:
    goal = milepost("goal", "add", "Call my sister", "--due", "in 3 days")["id"]
    milepost("milestone", "add", goal, "Find her number", "--due", "yesterday")
    milepost("practice", "add", "Breathe slowly", "--minutes", "10")
    start = {"at": f"{today() + timedelta(2)}T15:00:00", "time_zone": ZONE}
    write(
        home, ("session.scheduled", {"id": new_id(), "start": start}), ("topic.added", {"id": new_id(), "text": "This"})
    )
    said = milepost.text("today")
    assert "Breathe slowly   10 min" in said
    assert "Call my sister   in 3 days" in said
    assert "Find her number  was planned for yesterday" in said
    assert f"Next session in 2 days 15:00 ({ZONE})." in said
    assert "One practice for this day. One topic for the next session." in said
    told = milepost("today", "--on", "tomorrow")
    assert told["on"] == (today() + timedelta(1)).isoformat()
    assert [(one["title"], one["days"]) for one in told["near"]] == [("Call my sister", 2), ("Find her number", -2)]
    milepost("rest")
    assert "Resting: nothing is asked." in milepost.text("today")
    assert milepost("today")["practices"] == []


def test_a_timeline_runs_from_a_day_to_a_day(milepost: Milepost) -> None:
    milepost("goal", "add", "Call my sister", "--due", "in 2 weeks")
    milepost("checkin", "--note", "a quiet day", "--on", ago(10))
    assert [e["kind"] for e in milepost("timeline")] == ["checkin", "goal", "goal"]
    assert [e["what"] for e in milepost("timeline", "--from", "yesterday", "--to", "tomorrow")] == ["written down"]
    lines = [line.split() for line in milepost.text("timeline").splitlines()[1:]]
    assert [line[:2] for line in lines] == [["10", "days"], ["today", "Call"], ["in", "2"]]


def brief_of(milepost: Milepost, home: Path) -> str:
    goal = milepost("goal", "add", "Say what I need")["id"]
    start = {"at": f"{ago(3)}T15:00:00", "time_zone": ZONE}
    write(home, ("session.scheduled", {"id": new_id(), "start": start}))
    milepost("goal", "revise", goal, "--title", "Say it, :heart: [kindly]", "--reason", "softer")
    for days in (2, 1):
        milepost("checkin", goal, "--value", str(6 - days), "--note", f"{days} days ago", "--on", ago(days))
    milepost("bring", "The talk with my sister")
    return goal


def test_a_brief_is_one_page_to_take_along(milepost: Milepost, home: Path) -> None:
    goal = brief_of(milepost, home)
    printed = milepost.text("brief", "--print")
    assert printed.startswith("Since the session of ")
    assert "To bring\n  The talk with my sister\n" in printed
    assert "  Say it, :heart: [kindly]: 4 → 5 (two check-ins)\n" in printed
    assert "  New: Say what I need\n  “Say what I need” is now “Say it, :heart: [kindly]” (softer)\n" in printed
    assert "\x1b" not in printed
    assert len(printed.splitlines()) <= charts.PAGE_LINES
    told = milepost("brief")
    assert [one["id"] for one in told["goals"]] == [goal]
    assert told["since"]["time_zone"] == ZONE
    assert "The talk with my sister" in milepost.text("brief")


def test_a_long_brief_stays_one_page() -> None:
    notes = tuple(Note(on="2026-11-01", text="word " * 60) for _ in range(30))
    news = tuple(GoalNews(id=str(n), title="A long title " * 9, checkins=30, notes=notes) for n in range(30))
    lines = charts.page(Brief(until="2026-11-09T12:00:00", goals=news, notes=notes, takeaways=("Keep this",) * 40))
    assert len(lines) <= charts.PAGE_LINES
    assert all(len(line) <= charts.PAGE_WIDTH for line in lines)
    assert "How it went" in lines
    assert any(line.endswith(" more") for line in lines)


def test_then_and_now_stand_side_by_side(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Be better")["id"]
    milepost("goal", "revise", goal, "--title", "Say what I need")
    milepost("checkin", goal, "--note", "could not", "--on", ago(5))
    milepost("checkin", goal, "--note", "did")
    milepost("goal", "add", "Unchanged")
    [told] = milepost("then-now")
    assert (told["first"]["text"], told["latest"]["text"]) == ("could not", "did")
    assert told["wordings"] == [{"field": "title", "then": "Be better", "now": "Say what I need"}]
    lines = [line.split() for line in milepost.text("then-now", goal[:6]).splitlines()]
    assert lines[2:] == [["title", "Be", "better", "Say", "what", "I", "need"], ["words", "could", "not", "did"]]


def test_a_goals_history_says_what_changed_and_why(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Before")["id"]
    milepost("goal", "revise", goal, "--title", "After", "--reason", "it changed")
    milepost("goal", "achieve", goal)
    told = [one for one in milepost("goal", "history", goal) if one["field"] == "title"]
    assert [(one["from"], one["to"], one["reason"]) for one in told] == [
        (None, "Before", None),
        ("Before", "After", "it changed"),
    ]
    names = {
        "field",
        "from",
        "to",
        "reason",
        "actor",
        "device",
        "n",
        "at",
        "beside",
        "settles",
        "set_aside",
        "redacted",
    }
    assert all(set(one) == names for one in told)
    lines = [line.split() for line in milepost.text("goal", "history", goal).splitlines()[1:]]
    assert lines == [
        ["today", "title", "–", "Before"],
        ["today", "title", "Before", "After", "it", "changed"],
        ["today", "status", "–", "achieved"],
    ]


def test_priorities_say_where_it_may_be_easiest_to_begin(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Speak up", "--confidence", "8", "--importance", "9")["id"]
    milepost("goal", "add", "Sleep")
    milepost("milestone", "add", goal, "Ask once")
    assert milepost("priorities")["early_win"]["step"] == "Ask once"
    said = milepost.text("priorities")
    assert (
        "“Ask once” may be a good place to begin: the one step left in “Speak up” (8 of 10 sure, 9 of 10 important)."
        in said
    )
    assert "Speak up  9 of 10    8 of 10" in said


def test_a_summary_is_a_paragraph(milepost: Milepost) -> None:
    milepost("goal", "add", "Sleep")
    milepost("checkin", "--note", "a quiet day")
    assert milepost.text("summary") == "One goal is active. One check-in, on one day.\n"
    assert milepost("summary")["goals"] == {"active": 1}


def test_a_week_is_told_in_minutes_and_an_offer_is_made_above_the_limit(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calm")["id"]
    milepost("practice", "add", "Breathe [slowly]", "--minutes", "5")
    milepost("practice", "add", "Look up", "--every", "weekly")
    milepost("measure", "define", goal, "How calm?")
    told = milepost("burden")
    assert (told["minutes"], told["checkin_minutes"], told["limit"], told["offer"]) == (36, 1, 60, None)
    assert (told["first"], told["last"]) == (today().isoformat(), ago(-6))
    lines = [line.split() for line in milepost.text("burden").splitlines()]
    assert sorted(line[1:] for line in lines[1:3]) == [["Breathe", "[slowly]", "7", "35"], ["Look", "up", "1"]]
    assert lines[3] == ["checking", "in", "1"]
    assert milepost.text("burden").splitlines()[-1].endswith(": about 36 minutes.")
    assert "If you would like it lighter, a practice can pause" in milepost.text("burden", "--limit", "35")
    assert milepost("burden", "--limit", "36")["offer"] is None
    assert milepost("burden", "--from", "in 2 weeks")["first"] == ago(-14)
    milepost("rest")
    assert "Nothing is asked from" in milepost.text("burden")
    assert "0 or more" in milepost.fails(2, "burden", "--limit", "-1")
    assert "not a date" in milepost.fails(2, "burden", "--from", "someday")


def test_a_brief_names_the_form_whose_answers_have_become_heavier(milepost: Milepost, tmp_path: Path) -> None:
    form = """id = "calm"
version = "1"
title = "Calm"
items = 1
values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
[score]
rule = "sum"
better = "up"
"""
    (tmp_path / "calm.toml").write_text(form)
    milepost("instrument", "add", str(tmp_path / "calm.toml"))
    for answer, gad in ((9, "0,0,0,0,0,0,0"), (0, "1,1,1,0,0,0,0")):
        milepost("assess", "gad-7", "--answers", gad, "--on", ago(20 if answer else 3))
        milepost("assess", "calm", "--answers", str(answer), "--on", ago(20 if answer else 3))
    assert milepost("brief")["worth"] == [], "3 points may be chance, and of the other nothing was published"
    (tmp_path / "calm.toml").write_text(form + '[change]\nthreshold = 5\ncitation = "A made-up paper"\n')
    milepost("instrument", "add", str(tmp_path / "calm.toml"))
    milepost("assess", "gad-7", "--answers", "1,1,1,1,1,1,1")
    assert milepost("brief")["worth"] == [
        "Calm: the answers have become heavier.",
        "GAD-7: the answers have become heavier.",
    ]
    (tmp_path / "home" / "instruments" / "calm.toml").write_text("id = ")
    assert milepost("brief")["worth"] == ["GAD-7: the answers have become heavier."], "a file that went bad"
