"""What a file asks about is for the person to decide on; questionnaires go beside journals; what can't be taken is said."""

import json

import pytest

from milepost.commands import accept, decline
from milepost.device_imports import Tally
from milepost.errors import PluginFailed
from milepost.instrument_files import files_in, keep
from milepost.plugin_api import NewEntry, NewInstrument, NotTaken
from milepost.views.proposals import open_proposals
from tests.core.importing.stage import TODAY, Stage, checkin, goal

ASKED = NewEntry(kind="goal", external_id="a", fields={"title": "Walk", "due": "2026-12-18"}, asks=True)
FORM = {
    "resourceType": "Questionnaire",
    "id": "rest",
    "title": "Rest",
    "item": [
        {
            "linkId": "1",
            "text": "How did you sleep?",
            "type": "choice",
            "answerOption": [{"valueInteger": 0}, {"valueInteger": 1}],
        }
    ],
}


def form(title: str = "Rest", **more: object) -> NewInstrument:
    return NewInstrument(name="rest.json", text=json.dumps({**FORM, "title": title, **more}))


def answer(stage: Stage, decide: object) -> None:
    (waits,) = open_proposals(stage.device.state(stage.journal))
    stage.device.append(stage.journal, decide(stage.device.state(stage.journal), waits.id, TODAY))  # type: ignore[operator]


def test_a_goal_that_is_asked_about_waits_and_stands_once_it_is_accepted(stage: Stage) -> None:
    assert stage.bring([ASKED]).tally == Tally(entries=1, proposed=1)
    assert stage.ids("goal") == []
    answer(stage, accept)
    assert [(one["title"], one["due"]) for one in stage.fields("goal")] == [("Walk", "2026-12-18")]


def test_the_same_question_is_asked_once_whatever_the_answer_was(stage: Stage) -> None:
    stage.bring([ASKED])
    assert stage.bring([ASKED], "two").tally == Tally(entries=1, passed_over=1)
    answer(stage, decline)
    assert stage.bring([ASKED], "three").tally == Tally(entries=1, passed_over=1)
    assert stage.ids("goal") == []


def test_of_what_was_accepted_a_change_is_asked_about_too(stage: Stage) -> None:
    stage.bring([ASKED])
    answer(stage, accept)
    changed = NewEntry(kind="goal", external_id="a", fields={"title": "Walk far"}, asks=True)
    assert stage.bring([changed], "two").tally == Tally(entries=1, proposed=1)
    assert stage.words("goal", "title") == ["Walk"]


def test_a_check_in_may_be_about_what_is_only_asked_about(stage: Stage) -> None:
    stage.bring([ASKED, checkin("b", subject="a")])
    answer(stage, accept)
    assert stage.words(name="subject") == stage.ids("goal")


def test_a_check_in_about_what_was_declined_is_not_taken(stage: Stage) -> None:
    stage.bring([ASKED])
    answer(stage, decline)
    assert stage.bring([checkin("b", subject="a")], "two").tally.refused == 1


def test_a_status_that_is_asked_about_comes_with_its_day(stage: Stage) -> None:
    stage.bring([NewEntry(kind="goal", external_id="a", fields={"title": "Walk", "status": "paused"}, asks=True)])
    answer(stage, accept)
    assert [(one["status"], one["on"]) for one in stage.fields("goal")] == [("paused", TODAY)]


def test_what_is_wrong_with_a_question_is_named(stage: Stage) -> None:
    wrong = NewEntry(kind="goal", external_id="a", fields={"title": "Walk", "colour": "red"}, asks=True)
    tally = stage.bring([wrong]).tally
    assert (tally.refused, tally.proposed) == (1, 0)
    assert "colour" in tally.reasons[0]


def test_taking_an_import_back_withdraws_what_it_asked(stage: Stage) -> None:
    went = stage.back(stage.bring([ASKED]))
    assert [kind for kind, _ in went.of("taken back")] == ["proposal"]
    assert open_proposals(stage.device.state(stage.journal)) == []


def test_a_questionnaire_is_kept_on_the_device_once(stage: Stage) -> None:
    home = stage.device.folder
    assert stage.tried([form()]) == Tally(entries=1, made=1)
    assert files_in(home) == []
    assert stage.bring([form(), form()]).tally == Tally(entries=2, made=1, passed_over=1)
    assert stage.bring([form(copyright="mine")], "two").tally == Tally(entries=1, changed=1)
    assert [file.name for file in files_in(home)] == ["rest.json"]


def test_a_questionnaire_takes_no_other_ones_place(stage: Stage) -> None:
    keep(stage.device.folder, json.dumps(FORM).encode(), "rest.json", "rest")
    tally = stage.bring([form("Another")]).tally
    assert tally.refused == 1
    assert "Rest has the id rest already" in tally.reasons[0]
    assert b"Another" not in files_in(stage.device.folder)[0].read_bytes()


def test_a_questionnaire_that_is_none_is_named_with_what_is_wrong(stage: Stage) -> None:
    tally = stage.bring([NewInstrument(name="odd.json", text='{"resourceType": "Questionnaire"}'), checkin("a")]).tally
    assert (tally.refused, tally.made) == (1, 1)
    assert tally.reasons[0].startswith("1. questionnaire odd.json: ")


def test_what_can_not_be_taken_is_told_and_the_rest_comes_in(stage: Stage) -> None:
    tally = stage.bring(
        [NotTaken(name="Medication 7", reason="Medicines have no place here."), goal("a", "Walk")]
    ).tally
    assert tally == Tally(entries=2, made=1, refused=1, reasons=["1. Medication 7: Medicines have no place here."])


@pytest.mark.parametrize("odd", [NotTaken(name="a", reason=7), NewInstrument(name="a", text=b"{}")])  # type: ignore[arg-type]
def test_what_has_no_words_is_the_plugins_mistake(stage: Stage, odd: object) -> None:
    with pytest.raises(PluginFailed, match="something that is no text"):
        stage.bring([odd])
