"""Looking back and ahead at the terminal, also where there are no goals at all."""

import pytest

from tests.core.terminal import Milepost

COMMANDS = ["today", "progress", "brief", "timeline", "then-now", "priorities", "summary"]
HARD_WORDS = ("streak", "missed", "overdue", "fail", "should")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_journal_reads_well_and_is_not_urged(milepost: Milepost, command: str) -> None:
    milepost(command)
    words = milepost.text(command).lower()
    assert words.strip()
    assert not any(hard in words for hard in HARD_WORDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_journal_without_goals_is_complete(milepost: Milepost, command: str) -> None:
    milepost("bring", "The call with my sister")
    milepost("reflect", "A quiet week", "--takeaway", "rest counts")
    milepost("session", "add", "tomorrow", "--at", "15:00")
    milepost(command)
    words = milepost.text(command).lower()
    assert words.strip()
    assert not any(hard in words for hard in HARD_WORDS)


def test_progress_goes_from_the_first_value_to_the_latest_and_back_in_time(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer mornings")["id"]
    milepost("measure", "define", goal, "How calm?")
    milepost("checkin", goal, "--value", "3", "--on", "3 days ago")
    head = len(milepost("log"))
    milepost("checkin", goal, "--value", "6")
    (told,) = milepost("progress", goal)["goals"]
    assert "From 3 to 6" in milepost.text("progress")
    assert told["id"] == goal or told["goal"] == goal
    assert milepost("progress")["attainment_t"] is None
    assert head == len(milepost("log")) - 1


def test_the_history_of_a_goal_begins_with_its_creation(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Before", "--why", "because")["id"]
    milepost("goal", "revise", goal, "--title", "After", "--reason", "it changed")
    rows = milepost("goal", "history", goal)
    assert all(row["from"] is None for row in rows[:-1])
    last = rows[-1]
    assert (last["field"], last["from"], last["to"], last["reason"]) == ("title", "Before", "After", "it changed")
    assert {"actor", "device", "at"} <= set(last)


def test_the_brief_has_what_is_new_and_what_to_bring(milepost: Milepost) -> None:
    milepost("goal", "add", "Say what I need")
    milepost("bring", "The call")
    page = milepost.text("brief", "--print")
    assert "Say what I need" in page
    assert "The call" in page
    assert len(page.splitlines()) < 60
