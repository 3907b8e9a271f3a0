"""A journal that goes out to a FHIR file and back into an empty one is the same, over the fields that are listed."""

import json

import pytest
from hypothesis import given

from milepost.envelope import Event
from milepost.journal import State
from milepost.plugin_api import InvalidInput
from milepost.projection import project
from milepost.testing import FakeHost, sample_journal
from milepost_fhir import FhirImporter
from tests.core.views.logs import fold, logs, slowly
from tests.plugins.fhir.going_round import exported, listed, put_back
from tests.plugins.fhir.journals import journals


@slowly
@given(journals())
def test_what_is_put_back_is_what_there_was(state: State) -> None:
    view = project(state)
    body = exported(view)
    if not json.loads(body)["entry"][2:-1]:
        return
    assert listed(put_back(body)) == listed(view)


@slowly
@given(logs())
def test_so_is_a_journal_that_several_devices_wrote_and_took_back(log: list[Event]) -> None:
    view = project(fold(log))
    if not [*view.goals, *view.practices, *view.checkins, *view.assessments, *view.sessions]:
        return
    assert listed(put_back(exported(view))) == listed(view)


def test_a_second_round_changes_nothing_any_more() -> None:
    once = put_back(exported(sample_journal().view()))
    twice = put_back(exported(once))
    assert listed(twice) == listed(once)


def test_scores_come_back_without_answers_where_only_scores_went_out() -> None:
    back = put_back(exported(sample_journal().view(), assessments="scores"))
    assert [(one.instrument, one.score, list(one.answers)) for one in back.assessments] == [("phq-9", 6, [None])]


def test_a_file_with_nothing_in_it_is_refused_in_words() -> None:
    empty = exported(sample_journal().view().emptied())
    with pytest.raises(InvalidInput, match="nothing in the file that Milepost wrote"):
        FakeHost().restore(FhirImporter(), empty)


def test_a_broken_file_is_refused_before_anything_is_put_back() -> None:
    bundle = json.loads(exported(sample_journal().view()))
    last = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Observation"][-1]
    last["code"] = 7
    with pytest.raises(InvalidInput, match=r"entry \d+ can't be read. Expected `object`, got `int`, at `code`"):
        FakeHost().restore(FhirImporter(), json.dumps(bundle).encode())
