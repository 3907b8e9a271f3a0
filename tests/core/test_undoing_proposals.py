"""Undoing what has to do with proposals: made, accepted, declined; and forth again."""

from pathlib import Path

import pytest

from tests.core.terminal import Milepost
from tests.core.test_cli_conflicts import Elsewhere, here


@pytest.fixture
def goal(milepost: Milepost) -> str:
    made: str = milepost("goal", "add", "Sleep", "--why", "tired")["id"]
    return made


def test_undoing_a_proposal_takes_it_back(milepost: Milepost, goal: str) -> None:
    milepost("propose", goal, "--title", "Rest")
    milepost("undo")
    assert milepost("proposals", "--all") == []


def test_undoing_an_acceptance_puts_back_every_field_and_the_proposal_is_open_no_more(
    milepost: Milepost, goal: str
) -> None:
    made = milepost("propose", goal, "--title", "Rest", "--importance", "8")["id"]
    milepost("proposals", "accept", made)
    milepost("undo")
    shown = milepost("goal", "show", goal)
    assert (shown["title"], shown["importance"], shown["why"]) == ("Sleep", None, "tired")
    assert milepost("proposals", "show", made)["decision"] == "declined"
    milepost("undo", "--redo")
    shown = milepost("goal", "show", goal)
    assert (shown["title"], shown["importance"]) == ("Rest", 8)
    assert milepost("proposals", "show", made)["decision"] == "accepted"


def test_undo_steps_over_a_later_change_to_the_acceptance_before_it(milepost: Milepost, goal: str) -> None:
    made = milepost("propose", goal, "--title", "Rest")["id"]
    milepost("proposals", "accept", made)
    milepost("goal", "revise", goal, "--title", "Rest at night")
    milepost("undo")
    milepost("undo")
    assert milepost("goal", "show", goal)["title"] == "Sleep"


def test_an_acceptance_is_not_undone_over_what_another_device_changed_since(
    milepost: Milepost, goal: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    made = milepost("propose", goal, "--title", "Rest")["id"]
    milepost("proposals", "accept", made)
    Elsewhere(home, 1)("goal.revised", {"id": goal, "title": "Rest at night"}, saw=here(home), at_ms=9_000_000_000_000)
    assert "changed since" in milepost.fails(5, "undo")
    assert milepost("goal", "show", goal)["title"] == "Rest at night"
    assert milepost("proposals", "show", made)["decision"] == "accepted"


def test_a_decision_that_set_nothing_stands_and_says_what_can_be_done(milepost: Milepost, goal: str) -> None:
    made = milepost("propose", goal, "--title", "Rest")["id"]
    milepost("proposals", "decline", made)
    assert "milepost propose" in milepost.fails(2, "undo")
    assert milepost("proposals", "show", made)["decision"] == "declined"


def test_a_counter_is_undone_and_what_it_answered_stays_countered(milepost: Milepost, goal: str) -> None:
    made = milepost("propose", goal, "--title", "Rest")["id"]
    milepost("proposals", "counter", made, "--title", "Rest at night")
    milepost("undo")
    assert milepost("proposals") == []
    assert milepost("proposals", "show", made)["decision"] == "countered"
    assert "milepost propose" in milepost.fails(2, "undo")


def test_undoing_that_something_stands_as_was_proposed_puts_it_back_as_it_began(
    milepost: Milepost, goal: str, tmp_path: Path
) -> None:
    home, proposal = tmp_path / "home", "55555555-5555-4555-8555-555555555555"
    change = {"kind": "goal", "id": goal, "fields": {"status": "achieved", "on": "2026-11-02"}}
    Elsewhere(home, 1)("proposal.made", {"id": proposal, "change": change}, saw=here(home), at_ms=1_700_000_000_000)
    milepost("proposals", "accept", proposal)
    assert milepost("goal", "show", goal)["status"] == "achieved"
    milepost("undo")
    assert milepost("goal", "show", goal)["status"] == "active"
    milepost("undo", "--redo")
    assert milepost("goal", "show", goal)["status"] == "achieved"
