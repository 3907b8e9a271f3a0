"""A goal that is copied into another journal: all that belongs to it, and nothing else."""

import msgspec
import pytest

from milepost.clock import HLC_MIN, HybridClock, new_id
from milepost.commands import (
    add_goal,
    add_milestone,
    add_practice,
    bring,
    check_in,
    define_measure,
    reflect,
    revise_goal,
)
from milepost.commands.sharing import copy_goal
from milepost.errors import NotFound
from milepost.events import Draft
from milepost.journal import State
from milepost.views.journal import goal_view
from milepost.writing import write_drafts
from tests.events import ALICE, JOURNAL, device

OTHER = "11111111-1111-4111-8111-1111111111cc"


class Journal:
    def __init__(self, journal: str) -> None:
        self.state = State(journal)
        self.clock = HybridClock(HLC_MIN, lambda: 1_800_000_000_000)

    def write(self, drafts: list[Draft]) -> None:
        for event in write_drafts(self.state, device(1), ALICE, drafts, self.clock):
            self.state.apply(event)


@pytest.fixture
def private() -> tuple[Journal, str]:
    mine = Journal(JOURNAL)
    goal, drafts = add_goal(mine.state, new_id, "Say what I need", why="I stew on it", due="2027-01-01")
    mine.write(drafts)
    _, drafts = define_measure(mine.state, new_id, goal, "How often?", type="scale")
    mine.write(drafts)
    step, drafts = add_milestone(mine.state, new_id, goal, "Ask for a break")
    mine.write(drafts)
    mine.write([Draft("milestone.status_changed", {"id": step, "status": "reached", "on": "2026-11-01"})])
    mine.write(add_practice(mine.state, new_id, "Breathe", "FREQ=DAILY", goal=goal, start="2026-11-01")[1])
    mine.write(check_in(mine.state, new_id, goal, "2026-11-02", value=4, note="went well")[1])
    other, drafts = add_goal(mine.state, new_id, "SECRET goal")
    mine.write(drafts)
    mine.write(check_in(mine.state, new_id, other, "2026-11-03", note="SECRET note")[1])
    mine.write(check_in(mine.state, new_id, None, "2026-11-03", note="SECRET day")[1])
    mine.write(reflect(mine.state, new_id, text="SECRET thought", on="2026-11-03")[1])
    mine.write(bring(new_id, "SECRET topic", None)[1])
    mine.write(revise_goal(mine.state, goal, {"title": "Say what I need, kindly"}, "SECRET reason"))
    return mine, goal


def ids_in(state: State) -> set[str]:
    return {entity for of_kind in state.entities.values() for entity in of_kind}


@pytest.mark.parametrize("history", [False, True])
def test_a_copy_has_all_that_belongs_to_the_goal_and_no_word_or_id_of_anything_else(
    private: tuple[Journal, str], history: bool
) -> None:
    mine, goal = private
    shared = Journal(OTHER)
    copy, drafts = copy_goal(mine.state, shared.state, goal, new_id, history=history)
    shared.write(drafts)
    there = goal_view(shared.state, copy)
    here = goal_view(mine.state, goal)
    assert (there.title, there.why, there.due) == (here.title, here.why, here.due)
    assert [(m.title, m.status) for m in there.milestones] == [("Ask for a break", "reached")]
    assert len(shared.state.visible("practice")) == len(shared.state.visible("measure")) == 1
    measure = shared.state.fields("goal", copy)["measure"]
    assert shared.state.fields("measure", measure)["question"] == "How often?"
    found = [shared.state.fields("checkin", one) for one in shared.state.visible("checkin")]
    assert [(one["note"], one["value"], one["measure"]) for one in found] == (
        [("went well", 4, measure)] if history else []
    )
    written = msgspec.json.encode([draft.fields for draft in drafts]).decode()
    assert "SECRET" not in written
    for private_id in ids_in(mine.state) | {JOURNAL}:
        assert private_id not in written
    assert mine.state.fields("goal", goal)["title"] == "Say what I need, kindly", "the one here stays"


def test_a_goal_that_is_not_there_is_not_copied(private: tuple[Journal, str]) -> None:
    with pytest.raises(NotFound):
        copy_goal(private[0].state, State(OTHER), new_id(), new_id, history=False)
