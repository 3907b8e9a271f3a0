"""The door to the mapping, as a connector uses it: thing by thing, with what it knows of the others."""

import pytest
from hypothesis import HealthCheck, given, settings

from milepost.journal import State
from milepost.plugin_api import Goal, Measure, Topic
from milepost.projection import project
from milepost.testing import FakeJournal, sample_journal
from milepost_fhir.naming import TYPES
from milepost_fhir.resources import (
    KINDS,
    PLACES,
    Around,
    Naming,
    around_of,
    place_of,
    places_of,
    resources_of,
    retracted,
    whole,
)
from tests.plugins.fhir.journals import journals
from tests.plugins.fhir.oracle import problems, references

HERE = Naming(salt="connection")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(journals())
def test_a_thing_is_valid_where_nothing_is_known_of_the_others(state: State) -> None:
    view = project(state)
    for thing in (*view.goals, *view.milestones, *view.practices, *view.sessions, *view.checkins, *view.assessments):
        for made in resources_of(thing, Around(), HERE):
            assert problems(made) == []


def test_what_is_not_there_yet_is_not_named() -> None:
    view = sample_journal().view()
    nothing = Naming(salt="connection", patient="Patient/7", refer=lambda kind, id_: None)
    for made in whole(view, around_of(view, today="2026-05-04"), nothing, ()):
        assert set(references(made)) <= {"Patient/7"}


def test_references_are_written_as_the_other_side_takes_them() -> None:
    view = sample_journal().view()
    there = Naming(salt="connection", refer=HERE.place)
    step = view.milestones[0]
    (task,) = resources_of(step, around_of(view), there)
    assert task["focus"] == {"reference": HERE.place("goal", step.goal)}
    assert place_of(task) == HERE.place("milestone", step.id)
    assert problems(task) == []


def test_a_measure_is_part_of_its_goal_and_gives_that_again() -> None:
    journal = FakeJournal()
    goal = journal.goal("Walk", why="air")
    measure = journal.measure(goal, "How far?", type="scale")
    view = journal.view()
    around = around_of(view)
    assert resources_of(view.measures[0], around, HERE) == resources_of(view.goals[0], around, HERE)
    assert resources_of(Measure(id=measure, goal=goal), Around(), HERE) == []
    assert resources_of(Topic(id="t", text="hush"), around, HERE) == []


@pytest.mark.parametrize("kind", sorted(TYPES.keys() - {"journal"}))
def test_what_stands_in_the_place_of_what_was_taken_back_is_valid_and_has_no_word_of_it(kind: str) -> None:
    made = retracted(kind, "one", HERE)
    assert problems(made) == []
    assert place_of(made) == HERE.place(kind, "one")
    stands = made.get("status") or made.get("lifecycleStatus")
    assert stands == ("cancelled" if kind == "session" else "entered-in-error")


def test_all_places_of_a_thing_are_those_of_its_resources() -> None:
    view = sample_journal().view()
    around = around_of(view, today="2026-05-04")
    things = [*view.goals, *view.milestones, *view.practices, *view.sessions, *view.checkins, *view.assessments]
    for thing in things:
        kind = next(kind for kind in PLACES if kind == type(thing).__name__.lower())
        assert {place_of(made) for made in resources_of(thing, around, HERE)} <= set(places_of(kind, thing.id, HERE))
    assert set(PLACES) <= set(KINDS)


def test_a_goal_names_the_first_and_the_latest_of_its_check_ins_however_many_there_are() -> None:
    journal = FakeJournal()
    goal = journal.goal("Walk")
    said = [journal.checkin(goal, place, on=f"2026-0{1 + place // 28}-{1 + place % 28:02}") for place in range(60)]
    view = journal.view()
    *_, made = resources_of(view.goals[0], around_of(view), HERE)
    named = [one["reference"] for one in made["outcomeReference"]]
    wanted = [HERE.reference("checkin", one) for one in (said[0], *said[-20:])]
    assert named == [one["reference"] for one in wanted if one]


def test_what_was_withheld_is_in_no_resource() -> None:
    bare = Goal(id="g", status="active")
    (made,) = resources_of(bare, Around(), HERE)
    assert made["description"] == {"text": "Goal"}
    assert set(made) == {
        "resourceType", "extension", "identifier", "lifecycleStatus", "achievementStatus", "description", "subject",
        "expressedBy",
    }  # fmt: skip
