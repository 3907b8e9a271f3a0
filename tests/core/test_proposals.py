"""Proposals: what they show, when they are stale, and that what is accepted is exactly what was proposed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.clock import HLC_MIN, HybridClock, new_id
from milepost.commands import accept, add_goal, counter, decline, propose, revise_goal, withdraw
from milepost.envelope import Event
from milepost.errors import InvalidInput, NotFound
from milepost.events import Draft
from milepost.journal import State
from milepost.views.proposals import Proposal, open_proposals, proposals
from milepost.writing import write_drafts
from tests.events import ALICE, JOURNAL, device

BOB = "22222222-2222-4222-8222-2222222222bb"
DAY = "2026-11-26"


class Side:
    """One member's device: its own copy of the state, and what it wrote and has not sent."""

    def __init__(self, actor: str, number: int) -> None:
        self.actor, self.device = actor, device(number)
        self.state = State(JOURNAL)
        self.clock = HybridClock(HLC_MIN, lambda: 1_800_000_000_000 + number)
        self.unsent: list[Event] = []
        self.known = 0

    def write(self, drafts: list[Draft]) -> None:
        for event in write_drafts(self.state, self.device, self.actor, drafts, self.clock):
            self.state.apply(event)
            self.unsent.append(event)

    def sync(self, log: list[Event]) -> None:
        log += self.unsent
        self.unsent = []
        for event in log[self.known :]:
            self.clock.observe(event.hlc)
            self.state.apply(event)
        self.known = len(log)


@pytest.fixture
def pair() -> tuple[Side, Side, list[Event], str]:
    """An owner and a therapist who both know one goal."""
    anna, ito, log = Side(ALICE, 1), Side(BOB, 2), list[Event]()
    goal, drafts = add_goal(anna.state, new_id, "Say what I need", why="I stew on it")
    anna.write([Draft("journal.opened", {"title": "Ours"}), *drafts])
    anna.sync(log)
    ito.sync(log)
    return anna, ito, log, goal


def both(anna: Side, ito: Side, log: list[Event]) -> None:
    for side in (ito, anna, ito):
        side.sync(log)


def only(state: State) -> Proposal:
    (found,) = proposals(state)
    return found


def test_a_proposal_shows_what_there_is_beside_what_would_be(pair: Any) -> None:
    anna, ito, log, goal = pair
    proposal, drafts = propose(
        ito.state, new_id, "goal", goal, {"title": "Say it kindly", "why": "I stew on it"}, "Why not"
    )
    ito.write(drafts)
    both(anna, ito, log)
    found = only(anna.state)
    assert (found.id, found.by, found.kind, found.entity, found.why) == (proposal, BOB, "goal", goal, "Why not")
    assert [(f.field, f.now, f.proposed, f.stale) for f in found.fields] == [
        ("title", "Say what I need", "Say it kindly", False)
    ], "what is so already is left out"
    assert anna.state.fields("goal", goal)["title"] == "Say what I need"


def test_what_is_accepted_is_set_by_that_alone_on_both_sides(pair: Any) -> None:
    anna, ito, log, goal = pair
    proposal, drafts = propose(ito.state, new_id, "goal", goal, {"title": "Kindly", "due": "2027-01-01"})
    ito.write(drafts)
    both(anna, ito, log)
    anna.write(accept(anna.state, proposal, DAY, "Good idea"))
    both(anna, ito, log)
    for side in (anna, ito):
        fields = side.state.fields("goal", goal)
        assert (fields["title"], fields["due"]) == ("Kindly", "2027-01-01")
        assert (only(side.state).decision, only(side.state).decided_by) == ("accepted", ALICE)
        assert open_proposals(side.state) == []
    with pytest.raises(InvalidInput, match="accepted on"):
        decline(anna.state, proposal, DAY)


@pytest.mark.parametrize("decide", [decline, withdraw])
def test_what_is_declined_or_withdrawn_changes_nothing(pair: Any, decide: Any) -> None:
    anna, ito, log, goal = pair
    proposal, drafts = propose(ito.state, new_id, "goal", goal, {"title": "Kindly"})
    ito.write(drafts)
    both(anna, ito, log)
    anna.write(decide(anna.state, proposal, DAY))
    both(anna, ito, log)
    assert ito.state.fields("goal", goal)["title"] == "Say what I need"
    assert only(ito.state).decision in {"declined", "withdrawn"}


def test_a_counter_is_another_proposal_that_keeps_the_rest(pair: Any) -> None:
    anna, ito, log, goal = pair
    proposal, drafts = propose(ito.state, new_id, "goal", goal, {"title": "Kindly", "importance": 8})
    ito.write(drafts)
    both(anna, ito, log)
    with pytest.raises(InvalidInput, match="what was proposed"):
        counter(anna.state, new_id, proposal, {"importance": 8}, DAY)
    other, drafts = counter(anna.state, new_id, proposal, {"importance": 6}, DAY, "Six will do")
    anna.write(drafts)
    both(anna, ito, log)
    (found,) = open_proposals(ito.state)
    assert (found.id, found.counters, found.by) == (other, proposal, ALICE)
    assert {f.field: f.proposed for f in found.fields} == {"title": "Kindly", "importance": 6}
    ito.write(accept(ito.state, other, DAY))
    both(anna, ito, log)
    assert anna.state.fields("goal", goal)["importance"] == 6


def test_it_is_stale_where_somebody_changed_the_same_unseen_and_not_where_something_else_was(pair: Any) -> None:
    anna, ito, log, goal = pair
    ito.write(propose(ito.state, new_id, "goal", goal, {"title": "Kindly"})[1])
    anna.write(revise_goal(anna.state, goal, {"why": "Something else"}))
    both(anna, ito, log)
    assert not only(anna.state).stale
    anna.write(revise_goal(anna.state, goal, {"title": "At once"}))
    both(anna, ito, log)
    for side in (anna, ito):
        found = only(side.state)
        assert found.stale
        assert [(f.now, f.proposed, f.stale) for f in found.fields] == [("At once", "Kindly", True)]
    anna.write(revise_goal(anna.state, goal, {"title": "Kindly"}))
    both(anna, ito, log)
    assert not only(ito.state).stale, "it is as was proposed"


def test_what_makes_no_sense_is_refused(pair: Any) -> None:
    _, ito, _, goal = pair
    with pytest.raises(InvalidInput, match="already"):
        propose(ito.state, new_id, "goal", goal, {"title": "Say what I need"})
    with pytest.raises(NotFound):
        propose(ito.state, new_id, "goal", new_id(), {"title": "x"})
    with pytest.raises(NotFound, match="no such proposal"):
        accept(ito.state, new_id(), DAY)


FIELDS = st.fixed_dictionaries(
    {}, optional={"title": st.sampled_from("ABC"), "why": st.sampled_from("xyz"), "importance": st.integers(0, 3)}
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["propose", "accept", "decline", "counter", "revise", "sync"]), st.booleans(), FIELDS),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_whatever_two_members_do_each_acceptance_sets_what_was_proposed_and_both_see_the_same(steps: Any) -> None:
    anna, ito, log = Side(ALICE, 1), Side(BOB, 2), list[Event]()
    goal, drafts = add_goal(anna.state, new_id, "A", why="x")
    anna.write(drafts)
    both(anna, ito, log)
    proposed: dict[str, dict[str, Any]] = {}
    for what, is_anna, fields in steps:
        side = anna if is_anna else ito
        waiting = [one.id for one in open_proposals(side.state)]
        try:
            if what == "propose":
                made, drafts = propose(side.state, new_id, "goal", goal, fields)
                proposed[made] = drafts[0].fields["change"]["fields"]
            elif what == "counter" and waiting:
                made, drafts = counter(side.state, new_id, waiting[-1], fields, DAY)
                proposed[made] = drafts[1].fields["change"]["fields"]
            elif what == "accept" and waiting:
                drafts = accept(side.state, waiting[-1], DAY)
                side.write(drafts)
                now = side.state.fields("goal", goal)
                assert {name: now.get(name) for name in proposed[waiting[-1]]} == proposed[waiting[-1]]
                continue
            elif what == "decline" and waiting:
                drafts = decline(side.state, waiting[-1], DAY)
            elif what == "revise":
                drafts = revise_goal(side.state, goal, fields)
            else:
                side.sync(log)
                continue
        except InvalidInput:
            continue
        side.write(drafts)
    both(anna, ito, log)
    both(anna, ito, log)
    assert proposals(anna.state) == proposals(ito.state)
    assert {one.id for one in proposals(anna.state)} == proposed.keys(), "none is lost"
    for one in proposals(anna.state):
        assert {field.field: field.proposed for field in one.fields} == proposed[one.id]
        assert one.stale == (one.decision is None and any(field.stale for field in one.fields))
        for field in one.fields:
            assert not (field.stale and field.now == field.proposed and one.decision is None) or _aside(
                anna.state, goal, field
            )


def _aside(state: State, goal: str, field: Any) -> bool:
    """Where several wrote at once, what is shown may be what was proposed, and another value stands beside it."""
    return isinstance(state.registers("goal", goal)[field.field], list)


def test_how_something_stands_can_be_proposed_with_all_else_and_is_so_once_it_is_accepted(
    pair: tuple[Side, Side, list[Event], str],
) -> None:
    anna, ito, log, goal = pair
    wanted = {"status": "achieved", "on": DAY, "title": "Said what I need"}
    proposal, drafts = propose(ito.state, new_id, "goal", goal, wanted)
    ito.write(drafts)
    both(anna, ito, log)
    assert anna.state.fields("goal", goal).get("status") is None
    anna.write(accept(anna.state, proposal, DAY))
    both(anna, ito, log)
    for side in (anna, ito):
        fields = side.state.fields("goal", goal)
        assert {name: fields[name] for name in wanted} == wanted
