"""A measure is one that can be answered, whichever way it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import HybridClock, new_id
from milepost.commands import check_value, define_measure
from milepost.commands.by_kind import change, make
from milepost.errors import InvalidInput
from milepost.events import Draft
from milepost.journal import State
from milepost.writing import write_drafts
from tests.core.terminal import Milepost, Typed
from tests.events import ALICE, JOURNAL, device

BAD = [
    (["--low", "5", "--high", "1"], "5 is not below 1"),
    (["--low", "5", "--high", "5"], "5 is not below 5"),
    (["--low", "nan"], "not a number"),
    (["--high", "inf"], "not a number"),
    (["--low", "12"], "12 is not below 10"),
    (["--target", "99"], "from 0 to 10"),
    (["--type", "attainment", "--target", "0.5"], "five levels"),
    (["--type", "attainment", "--high", "3"], "five levels"),
    (["--type", "amount", "--low", "3", "--target", "2"], "from 3 up"),
]


@pytest.mark.parametrize(("given_", "says"), BAD)
def test_a_measure_that_nothing_could_answer_is_refused(milepost: Milepost, given_: list[str], says: str) -> None:
    goal = milepost("goal", "add", "One")["id"]
    assert says in milepost.fails(2, "measure", "define", goal, "q", *given_)
    assert milepost("measure", "list") == []


def test_at_a_prompt_the_higher_end_is_asked_again(milepost: Milepost, typed: Typed) -> None:
    goal = milepost("goal", "add", "One")["id"]
    seen = typed(f"{goal}\nHow calm?\n5\n1\n7\n", "measure", "define")
    assert "5 is not below 1" in seen
    assert [(one["low"], one["high"]) for one in milepost("measure", "list")] == [(5, 7)]


def test_scripts_meet_the_same_rules(journal: State) -> None:
    goal = next(iter(journal.entities["goal"]))
    for fields in ({"low": 5, "high": 1}, {"target": 99}, {"type": "attainment", "target": 1.5}):
        with pytest.raises(InvalidInput):
            make(journal, new_id, "measure", {"goal": goal, "type": "scale", **fields}, "2026-12-18")
    measure, drafts = make(journal, new_id, "measure", {"goal": goal, "type": "scale"}, "2026-12-18")
    assert (drafts[0].fields["low"], drafts[0].fields["high"]) == (0, 10)
    applied(journal, drafts)
    for fields in ({"low": 10}, {"high": 0}, {"target": 11}):
        with pytest.raises(InvalidInput):
            change(journal, "measure", measure, fields, "2026-12-18")
    assert change(journal, "measure", measure, {"high": 12, "target": 11}, "2026-12-18")


def test_levels_are_whole(journal: State) -> None:
    goal = next(iter(journal.entities["goal"]))
    measure, drafts = define_measure(journal, new_id, goal, None, type="attainment")
    applied(journal, drafts)
    check_value(journal, measure, -2)
    check_value(journal, measure, "words")
    for value in (1.5, 3, -2.5):
        with pytest.raises(InvalidInput, match=r"five levels|from -2 to 2"):
            check_value(journal, measure, value)


def test_a_range_that_was_let_through_before_refuses_no_number(journal: State) -> None:
    goal, measure = next(iter(journal.entities["goal"])), new_id()
    fields = {"id": measure, "goal": goal, "type": "scale", "low": 5, "high": 1}
    applied(journal, [Draft("measure.defined", fields)])
    check_value(journal, measure, 3)


numbers = st.none() | st.integers(-20, 20) | st.floats(-20, 20).map(lambda x: round(x, 2))


@given(st.sampled_from(["scale", "amount", "frequency", "attainment"]), numbers, numbers, numbers)
def test_what_can_be_defined_can_be_answered_at_its_ends_and_its_target(
    kind: str, low: float | None, high: float | None, target: float | None
) -> None:
    journal = State(JOURNAL)
    goal = new_id()
    applied(journal, [Draft("goal.created", {"id": goal, "title": "One"})])
    try:
        measure, drafts = define_measure(journal, new_id, goal, None, type=kind, low=low, high=high, target=target)
    except InvalidInput:
        return
    applied(journal, drafts)
    defined = drafts[0].fields
    for name in ("low", "high", "target"):
        if defined.get(name) is not None:
            check_value(journal, measure, defined[name])


def applied(journal: State, drafts: list[Draft]) -> None:
    for one in write_drafts(journal, device(1), ALICE, drafts, HybridClock("0", lambda: 1_000)):
        journal.apply(one)


@pytest.fixture
def journal() -> State:
    made = State(JOURNAL)
    applied(made, [Draft("goal.created", {"id": new_id(), "title": "One"})])
    return made
