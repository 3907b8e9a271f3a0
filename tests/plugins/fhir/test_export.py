"""What goes out: FHIR by three programs that are not ours, nothing that was not granted, and the same bytes each time."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.journal import State
from milepost.plugin_api import SCOPES, ExportContext, InvalidInput, JournalView, Revised
from milepost.plugin_settings import read
from milepost.projection import DISCREET, Grant, project
from milepost.testing import ExporterConformance, FakeJournal, sample_journal
from milepost_fhir import FhirExporter
from milepost_fhir.exporter import FhirSettings
from milepost_fhir.naming import full_url
from tests.plugins.fhir.journals import journals
from tests.plugins.fhir.oracle import problems_of_bundle, references

TODAY = "2026-05-04"
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


class TestFhir(ExporterConformance):
    exporter = FhirExporter
    settings = FhirSettings()


def bundle(view: JournalView, *, plain: bool = True, history: Any = None, **chosen: Any) -> dict[str, Any]:
    more = {"history": history} if history else {}
    context = ExportContext(plain=plain, salt="salt", today=TODAY, settings=FhirSettings(**chosen), **more)
    found: dict[str, Any] = json.loads(FhirExporter().render(view, context))
    return found


def resources(view: JournalView, type_: str, **chosen: Any) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle(view, **chosen)["entry"]]
    return [one for one in found if one["resourceType"] == type_]


@few
@given(journals())
def test_every_export_is_valid(state: State) -> None:
    assert problems_of_bundle(bundle(project(state), assessments="answers")) == []


@few
@given(journals(), st.frozensets(st.sampled_from(SCOPES)), st.booleans())
def test_so_is_every_part_of_one_that_may_be_granted(state: State, scopes: frozenset[Any], plain: bool) -> None:
    assert problems_of_bundle(bundle(project(state, Grant(scopes, plain)), plain=plain)) == []


def test_each_resource_is_put_where_it_is_found_again_by_its_identifier() -> None:
    for entry in bundle(sample_journal().view())["entry"]:
        said = entry["resource"]["identifier"]
        first = said[0] if isinstance(said, list) else said
        assert entry["request"] == {
            "method": "PUT",
            "url": f"{entry['resource']['resourceType']}?identifier=urn:ietf:rfc:3986|{first['value']}",
        }
        assert entry["fullUrl"] == full_url(entry["resource"])
        assert entry["fullUrl"] != first["value"], (
            "else some servers put ids of theirs in its place (test_files_at_a_server)"
        )


def test_two_exports_under_two_names_have_no_id_in_common() -> None:
    view = sample_journal().view()
    contexts = [ExportContext(plain=True, salt=salt, settings=FhirSettings()) for salt in ("a", "b")]
    one, other = (FhirExporter().render(view, context).decode() for context in contexts)
    assert not {word for word in one.split('"') if word.startswith("urn:uuid:")} & set(other.split('"'))
    assert not [id_ for _, id_ in sample_journal().entities() if id_ in one], "nor has one an id of the journal's own"


def test_what_is_known_of_a_goal_is_where_us_core_looks_for_it() -> None:
    journal = FakeJournal()
    goal = journal.goal(
        "Sleep through", start="2026-01-01", due="2026-12-18", why="I am tired", area="Sleep", importance=9
    )
    asked = journal.measure(goal, "Nights a week", type="frequency", low=0, high=7, target=5, unit="nights")
    for place, nights in enumerate([1, 2, 2, 3, 4, 5]):
        journal.checkin(goal, nights, measure=asked, on=f"2026-03-{1 + 4 * place:02}")
    (found,) = resources(journal.view(), "Goal")
    (why,) = [one for one in resources(journal.view(), "Observation") if one["code"]["text"] == "Why it matters"]
    assert found["lifecycleStatus"] == "active"
    assert found["achievementStatus"]["coding"][0]["code"] == "improving"
    assert found["description"] == {"text": "Sleep through"}
    assert (found["startDate"], found["target"][0]["dueDate"]) == ("2026-01-01", "2026-12-18")
    assert found["target"][0]["measure"]["text"] == "Nights a week"
    assert found["target"][0]["detailQuantity"] == {"value": 5, "unit": "nights"}
    assert found["priority"]["coding"][0]["code"] == "high-priority"
    assert found["category"][0]["text"] == "Sleep"
    assert found["addresses"] == [{"reference": full_url(why)}]
    assert why["valueString"] == "I am tired"
    assert len(found["outcomeReference"]) == 6


@pytest.mark.parametrize(
    ("status", "lifecycle", "achievement"),
    [
        ("active", "active", "in-progress"),
        ("later", "accepted", None),
        ("paused", "on-hold", "in-progress"),
        ("achieved", "completed", "achieved"),
        ("ended", "completed", None),
        ("let_go", "cancelled", None),
    ],
)
def test_a_status_is_said_in_fhirs_words_and_nobody_is_said_to_have_failed(
    status: str, lifecycle: str, achievement: str | None
) -> None:
    journal = FakeJournal()
    journal.change("goal", journal.goal("Walk"), status=status, on="2026-05-01")
    (found,) = resources(journal.view(), "Goal")
    said = found["achievementStatus"]["coding"][0]["code"] if "achievementStatus" in found else None
    assert (found["lifecycleStatus"], said, found["statusDate"]) == (lifecycle, achievement, "2026-05-01")


def test_the_five_levels_are_where_the_guide_on_person_centered_outcomes_has_them() -> None:
    journal = FakeJournal()
    goal = journal.goal("Speak up")
    names = ("level_minus_2", "level_minus_1", "level_0", "level_plus_1", "level_plus_2")
    levels = ("Never", "Once", "Twice", "Often", "Always")
    asked = journal.measure(goal, "How often?", type="attainment", **dict(zip(names, levels, strict=True)))
    journal.checkin(goal, 1, measure=asked)
    (found,) = resources(journal.view(), "Goal")
    scaling = [one for one in found["extension"] if one["url"].endswith("/pco-goal-attainment-scaling")]
    told = {one["extension"][0]["valueCoding"]["code"]: one["extension"][1]["valueString"] for one in scaling}
    codes = ("LA34484-8", "LA34483-0", "LA34481-4", "LA34480-6", "LA34479-8")
    assert told == dict(zip(codes, levels, strict=True))
    (seen,) = resources(journal.view(), "Observation")
    assert seen["code"]["coding"][0] == {
        "system": "http://loinc.org",
        "code": "107334-5",
        "display": "Patient follow-up goal attainment scaling score",
    }
    assert seen["valueCodeableConcept"]["coding"][0]["code"] == "LA34480-6"


def test_assessments_leave_only_if_they_were_chosen_and_answers_only_if_those_were() -> None:
    view = sample_journal().view()

    def told(chosen: str) -> tuple[int, int]:
        scores = [one for one in resources(view, "Observation", assessments=chosen) if "score" in one["code"]["text"]]
        return len(scores), len(resources(view, "QuestionnaireResponse", assessments=chosen))

    assert [told(chosen) for chosen in ("none", "scores", "answers")] == [(0, 0), (1, 0), (1, 1)]


def test_where_answers_were_not_granted_only_the_score_leaves_whatever_was_chosen() -> None:
    view = sample_journal().view("titles", "dates", "numbers", "assessments")
    assert resources(view, "QuestionnaireResponse", assessments="answers") == []
    (score,) = [one for one in resources(view, "Observation", assessments="answers") if "score" in one["code"]["text"]]
    assert score["code"]["coding"][0]["code"] == "44261-6"
    assert score["valueQuantity"]["value"] == 6
    assert "derivedFrom" not in score


def test_without_own_words_no_questionnaire_leaves_and_it_says_so() -> None:
    with pytest.raises(InvalidInput, match="--plain"):
        bundle(sample_journal().view(), plain=False, assessments="scores")


def test_a_value_that_was_not_granted_is_said_to_be_masked() -> None:
    journal = FakeJournal()
    journal.checkin(journal.goal("Walk"), 4)
    (seen,) = resources(journal.view("titles", "dates"), "Observation")
    assert seen["dataAbsentReason"]["coding"][0]["code"] == "masked"
    assert not [name for name in seen if name.startswith("value")]


def test_a_patient_who_is_there_already_is_named_and_never_written() -> None:
    found = bundle(sample_journal().view(), patient="Patient/abc")
    assert "Patient" not in {entry["resource"]["resourceType"] for entry in found["entry"]}
    assert {one for one in references(found) if "Patient" in one} == {"Patient/abc"}
    assert problems_of_bundle(found) == []


@pytest.mark.parametrize("patient", ["123", "patient/1", "Patient/1 2", "https:///Patient/"])
def test_a_patient_who_can_not_be_one_is_refused_in_words(patient: str) -> None:
    with pytest.raises(InvalidInput, match="`patient` must be as in Patient/123") as refused:
        read(FhirSettings, {"patient": patient})
    assert "[A-Z" not in str(refused.value)


def test_revisions_are_left_out_as_the_guide_says_and_what_words_can_be_is_named() -> None:
    assert read(FhirSettings, {"revisions": "no"}, texts=True) == FhirSettings(revisions=False)
    with pytest.raises(InvalidInput, match="`words` can be all, titles"):
        read(FhirSettings, {"words": "bogus"}, texts=True)


def test_every_revision_is_a_provenance_with_its_fields_and_its_reason() -> None:
    journal = FakeJournal()
    goal = journal.goal("Walk")

    def history(id_: str) -> list[Revised]:
        made = [Revised(field="title", was=None, now="Walk", at_ms=1_777_880_000_000)]
        changed = [
            Revised(field=name, was="a", now="b", at_ms=1_777_880_060_000, reason="It grew")
            for name in ("title", "status")
        ]
        return [*made, *changed] if id_ == goal else []

    found = bundle(journal.view(), history=history)
    assert problems_of_bundle(found) == []
    (entry,) = [one for one in found["entry"] if one["resource"]["resourceType"] == "Provenance"]
    assert entry["request"] == {"method": "POST", "url": "Provenance"}
    assert entry["resource"]["recorded"] == "2026-05-04T07:34:20.000+00:00"
    assert entry["resource"]["reason"] == [{"text": "It grew"}]
    assert entry["resource"]["entity"][0]["role"] == "revision"
    assert entry["resource"]["entity"][0]["what"]["display"] == "status, title"
    (shown,) = [one["resource"] for one in found["entry"] if one["resource"]["resourceType"] == "Goal"]
    assert shown["statusReason"] == "It grew"
    without = bundle(journal.view(), history=history, revisions=False)
    assert "Provenance" not in {one["resource"]["resourceType"] for one in without["entry"]}


def test_of_own_words_titles_alone_can_be_chosen() -> None:
    journal = sample_journal()
    goal = journal.goal("Walk outside", why="because of planted-why", looks_like="planted-look")
    journal.checkin(goal, "planted-value", note="planted-note")

    def history(_: str) -> list[Revised]:
        return [Revised(field="status", was=None, now="active", at_ms=at, reason="planted-reason") for at in (1, 2)]

    whole = json.dumps(bundle(journal.view(), history=history, words="titles"))
    assert "Walk outside" in whole
    assert "planted" not in whole
    assert json.dumps(bundle(journal.view(), history=history)).count("planted") > 4


def test_there_is_no_code_of_snomed_in_it() -> None:
    whole = json.dumps(bundle(sample_journal().view(), assessments="answers"))
    assert "snomed" not in whole.lower()


def test_a_discreet_file_has_days_numbers_and_no_words() -> None:
    view = project(sample_journal()._state, DISCREET)
    (first, _) = resources(view, "Goal", plain=False)
    assert first["description"] == {"text": "Goal"}
    assert first["target"] == [
        {**first["target"][0], "dueDate": "2026-12-18"},
    ]
