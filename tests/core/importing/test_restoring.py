"""A journal that is put back from a file into an empty one is what it was, as it was."""

from typing import Any

import pytest

from milepost.device_imports import Tally
from milepost.importing.restoring import is_empty
from milepost.plugin_api import NewEntry, Retraction
from milepost.projection import project
from tests.core.importing.stage import TODAY, Stage


def entry(kind: Any, name: str, **fields: Any) -> NewEntry:
    return NewEntry(kind=kind, external_id=name, fields=fields)


WHOLE = [
    entry("goal", "g", title="Walk", why="air", status="achieved", on="2026-04-01", reflection="It went"),
    entry("goal", "h", title="Rest"),
    entry("measure", "m", goal="g", type="scale", low=0, high=10, better="up"),
    entry("goal", "g", measure="m"),
    entry("milestone", "s", goal="g", title="Once", progress=40, status="dropped", on="2026-03-01"),
    entry("milestone", "t", goal="g", title="Twice", due="2026-06-01"),
    entry("checkin", "c", subject="g", measure="m", value=77, on="2026-03-02", baseline=True),
    entry("assessment", "a", instrument="phq-9", version="1", answers=[None], on="2026-03-03", score=9),
]


def test_everything_stands_as_it_stood(stage: Stage) -> None:
    assert stage.restore(WHOLE).tally == Tally(entries=8, made=7, changed=1)
    view = project(stage.device.state(stage.journal))
    walk, rest = view.goals
    assert (walk.title, walk.status, walk.on, walk.reflection) == ("Walk", "achieved", "2026-04-01", "It went")
    assert (rest.title, rest.status) == ("Rest", "active")
    assert walk.measure == view.measures[0].id
    assert [(one.title, one.progress, one.status, one.due) for one in view.milestones] == [
        ("Once", 40, "dropped", None),
        ("Twice", 0, "planned", "2026-06-01"),
    ]
    (said,) = view.checkins
    assert (said.value, said.measure, said.baseline, said.source) == (77, walk.measure, True, None)
    assert [(one.instrument, one.score, list(one.answers)) for one in view.assessments] == [("phq-9", 9, [None])]


def test_putting_back_the_same_twice_makes_nothing_twice(stage: Stage) -> None:
    stage.restore(WHOLE)
    before = project(stage.device.state(stage.journal))
    assert stage.restore(WHOLE, "again").tally.made == 0
    assert project(stage.device.state(stage.journal)).checkins == before.checkins


def test_an_import_can_be_taken_back_as_a_whole(stage: Stage) -> None:
    stage.back(stage.restore(WHOLE))
    view = project(stage.device.state(stage.journal))
    assert not [*view.goals, *view.milestones, *view.checkins, *view.assessments]


def test_a_status_without_its_day_is_of_today(stage: Stage) -> None:
    stage.restore([entry("goal", "g", title="Walk", status="paused")])
    assert [(one["status"], one["on"]) for one in stage.fields("goal")] == [("paused", TODAY)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (entry("goal", "g", title="Walk", colour="red"), "colour"),
        (entry("goal", "g", title=7), "title"),
        (entry("milestone", "s", goal="nowhere", title="Once"), "no goal called 'nowhere'"),
        (Retraction(kind="goal", external_id="g"), "can't be put back"),
    ],
)
def test_what_breaks_a_rule_is_named_and_the_rest_is_put_back(stage: Stage, wrong: Any, words: str) -> None:
    tally = stage.restore([wrong, entry("goal", "h", title="Rest")]).tally
    assert (tally.refused, stage.words("goal", "title")) == (1, ["Rest"])
    assert words in tally.reasons[0]


def test_a_journal_is_empty_until_something_is_in_it(stage: Stage) -> None:
    assert is_empty(stage.device.state(stage.journal))
    stage.add_goal("Walk")
    stage.write("goal.retracted", id=stage.ids("goal")[0])
    assert not is_empty(stage.device.state(stage.journal)), "what was taken back is there too"
