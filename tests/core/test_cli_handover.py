"""`milepost handover`: the page that is handed over, as a command writes it."""

import stat
from pathlib import Path

import pytest

from tests.core.terminal import Milepost, today
from tests.core.test_handover import headings


@pytest.fixture
def three(milepost: Milepost) -> list[str]:
    ids = [milepost("goal", "add", title)["id"] for title in ("Speak up", "Sleep better", "Move")]
    milepost("goal", "pause", ids[2])
    return ids


def test_the_command_writes_the_page_and_json_gives_the_view(milepost: Milepost, three: list[str]) -> None:
    shown = milepost.text("handover")
    assert headings(shown)[1:] == [("h2", "Speak up"), ("h2", "Sleep better")]
    assert headings(milepost.text("handover", three[2][:8]))[1:] == [("h2", "Move")]
    assert len(headings(milepost.text("handover", "--all"))) == 4
    view = milepost("handover", three[0], three[2])
    assert [goal["title"] for goal in view["goals"]] == ["Speak up", "Move"]
    assert view["on"] == today().isoformat()
    assert "one of the two" in milepost.fails(2, "handover", three[0], "--all")
    assert "no goal whose id" in milepost.fails(3, "handover", "zzz")


def test_bare_and_empty_it_has_nothing_to_say_and_that_is_fine(milepost: Milepost) -> None:
    assert "which is fine" in milepost.text("handover")
    assert milepost("handover")["goals"] == []


def test_a_file_is_only_its_owners_and_is_never_written_over_unasked(
    milepost: Milepost, three: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "page.md"
    told = milepost("handover", "--output", str(path))
    assert told == {"file": str(path), "bytes": len(path.read_bytes())}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_text()
    assert "give --force" in milepost.fails(2, "handover", three[0], "--output", str(path))
    assert path.read_text() == first
    assert "Wrote" in milepost.text("handover", three[0], "-o", str(path), "--force")
    assert headings(path.read_text())[1:] == [("h2", "Speak up")]
    assert "can't be written" in milepost.fails(7, "handover", "-o", str(tmp_path / "none" / "page.md"))


def test_an_earlier_day_has_the_goals_of_then(milepost: Milepost, three: list[str]) -> None:
    assert milepost("handover", "--as-of", "yesterday")["goals"] == []
    assert "not there then" in milepost.fails(3, "handover", three[0], "--as-of", "yesterday")


def test_what_is_not_asked_for_stays_at_home(milepost: Milepost, three: list[str]) -> None:
    milepost("reflect", "Long", "--takeaway", "Ask early")
    milepost("plan", "write", "--signs", "I stop answering")
    milepost("assess", "gad-7", "--answers", "1,0,2,1,0,1,0")
    milepost("alliance", "--bond", "2")
    bare = milepost.text("handover")
    whole_page = milepost.text("handover", "--notes", "--plan", "--assessments")
    for words in ("Ask early", "I stop answering", "5 of 21, a screening score, not a diagnosis"):
        assert words not in bare
        assert words in whole_page


def test_at_a_terminal_it_asks_which_and_enter_takes_all(
    milepost: Milepost, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from milepost.cli.terminal import Terminal

    answers = iter(["", f"zzz, {three[1][:6]}", f"{three[1][:6]}, {three[2][:6]}"])
    monkeypatch.setattr(Terminal, "interactive", property(lambda self: True))
    monkeypatch.setattr(Terminal, "ask", lambda self, question: next(answers))
    asked = milepost.text("handover")
    assert "## Speak up" in asked
    assert "## Sleep better" in asked
    again = milepost.text("handover")
    assert "no goal whose id begins with 'zzz'" in again
    assert "## Move" in again
    assert "## Speak up" not in again
    assert "## Speak up" in milepost.text("handover", three[0]), "named, so nothing is asked"


def test_a_page_about_one_goal_has_nothing_that_belongs_to_none(milepost: Milepost) -> None:
    goal, other = (milepost("goal", "add", title)["id"] for title in ("Speak up", "Sleep"))
    milepost("practice", "add", "Breathe slowly")
    milepost("practice", "add", "Ask once", "--goal", goal)
    milepost("bring", "The letter")
    milepost("bring", "The talk", "--about", goal)
    milepost("reflect", "x", "--takeaway", "Go early")
    one = milepost.text("handover", goal, "--notes")
    for words in ("Breathe slowly", "The letter", "Go early", "Sleep"):
        assert words not in one
    assert "Ask once" in one
    assert "The talk" in one
    assert "Not on this page: any other goals, what belongs to no goal," in one
    every = milepost.text("handover", "--all", "--notes")
    for words in ("Breathe slowly", "The letter", "Go early", "Sleep"):
        assert words in every
    assert "Not on this page: how the work together feels" in every
    milepost("goal", "pause", other)
    active = milepost.text("handover", "--notes")
    assert "Breathe slowly" in active
    assert "Not on this page: any other goals, how" in active
