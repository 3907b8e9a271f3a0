"""What others have of a person: asked about, noted, kept to be filled in, or named with the reason why not."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.plugin_api import InvalidInput, NewEntry, NewInstrument, NotTaken
from milepost.testing import FakeHost, ImporterConformance, sample_journal
from milepost_fhir import FhirImporter, bundles
from milepost_fhir.codes import FILE, UCUM
from milepost_fhir.measured import MAX_PARTS
from tests.core.views.logs import slowly
from tests.plugins.fhir.going_round import exported
from tests.plugins.fhir.oracle import problems

ME = {"reference": "Patient/7"}
GOAL: dict[str, Any] = {
    "resourceType": "Goal",
    "id": "g1",
    "lifecycleStatus": "active",
    "description": {"text": "Walk\n  outside"},
    "category": [{"coding": [{"system": "http://example.org", "code": "a", "display": "Moving"}]}],
    "subject": ME,
    "startDate": "2026-01-05",
    "target": [{"measure": {"text": "Steps"}, "detailQuantity": {"value": 4000}, "dueDate": "2026-12-18"}],
}
SEEN: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "identifier": [{"system": "https://clinic.example/ids", "value": "77"}],
    "status": "final",
    "code": {"text": "Body weight"},
    "subject": ME,
    "focus": [{"reference": "Goal/g1"}],
    "effectiveDateTime": "2026-02-03T08:30:00.250+01:00",
    "valueQuantity": {"value": 80.5, "unit": "kg"},
    "note": [{"text": "after breakfast"}],
}
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "id": "rest",
    "title": "Rest",
    "status": "active",
    "item": [
        {
            "linkId": "1",
            "text": "How did you sleep?",
            "type": "choice",
            "answerOption": [{"valueInteger": 0}, {"valueInteger": 1}],
        }
    ],
}


NOTE = "Body weight\nafter breakfast"


def file(*resources: Any, type_: str = "searchset", **more: Any) -> bytes:
    entries = [{"fullUrl": f"https://clinic.example/fhir/x/{at}", "resource": one} for at, one in enumerate(resources)]
    return json.dumps({"resourceType": "Bundle", "type": type_, "entry": entries, **more}).encode()


def read(body: bytes) -> list[Any]:
    return list(FakeHost().read(FhirImporter(), body))


class TestFhir(ImporterConformance):
    importer = FhirImporter

    def file(self) -> bytes:
        return file(SEEN, GOAL, FORM)

    def written(self) -> bytes:
        return exported(sample_journal().view())


def test_what_others_have_is_what_fhir_has() -> None:
    assert [said for one in (GOAL, SEEN, FORM) for said in problems(one)] == []


def test_a_goal_is_asked_about_and_an_observation_is_a_check_in_about_it() -> None:
    asked, noted, form = read(file(SEEN, GOAL, FORM))
    wanted = {"title": "Walk outside", "area": "Moving", "start": "2026-01-05", "due": "2026-12-18"}
    assert asked == NewEntry(kind="goal", external_id="Goal/g1", fields=wanted, asks=True)
    assert noted == NewEntry(
        kind="checkin",
        external_id="https://clinic.example/ids|77",
        fields={
            "on": "2026-02-03",
            "at": "2026-02-03T08:30:00",
            "value": 80.5,
            "note": "Body weight (kg)\nafter breakfast",
            "subject": "Goal/g1",
        },
    )
    assert isinstance(form, NewInstrument)
    assert (form.name, json.loads(form.text)) == ("rest.json", FORM)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"valueQuantity": None, "valueInteger": 4}, {"value": 4}),
        ({"valueQuantity": None, "valueString": "better"}, {"value": "better"}),
        ({"valueQuantity": None, "valueCodeableConcept": {"text": "often"}}, {"value": "often"}),
        (
            {
                "valueQuantity": None,
                "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA34480-6"}]},
            },
            {"value": 1},
        ),
        ({"effectiveDateTime": None, "effectiveInstant": "2026-02-04T23:00:00Z"}, {"on": "2026-02-04"}),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2026-02-05"}}, {"on": "2026-02-05"}),
        ({"valueQuantity": {"value": 5, "comparator": "<", "unit": "mg/L"}}, {"value": "< 5 mg/L", "note": NOTE}),
        ({"valueQuantity": None, "valueBoolean": False}, {"value": "no"}),
        ({"valueQuantity": None, "valueTime": "06:30:00"}, {"value": "06:30:00"}),
        (
            {"valueQuantity": None, "valueRange": {"low": {"value": 3}, "high": {"value": 5, "code": "h"}}},
            {"value": "3 – 5 h"},
        ),
        (
            {"valueQuantity": None, "valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 64}}},
            {"value": "1 : 64"},
        ),
        ({"effectiveDateTime": None, "effectiveTiming": {"event": ["2026-02-07T08:00:00Z"]}}, {"on": "2026-02-07"}),
        ({"effectiveDateTime": "2026-02", "issued": "2026-02-06T10:00:00Z"}, {"on": "2026-02-06"}),
    ],
)
def test_a_value_and_a_day_are_read_in_each_of_their_forms(changed: dict[str, Any], found: dict[str, Any]) -> None:
    one = {name: value for name, value in {**SEEN, **changed}.items() if value is not None}
    (entry,) = read(file(one))
    assert entry.fields.items() >= found.items()


def test_what_was_measured_in_parts_is_told_part_by_part() -> None:
    parts = [
        {"code": {"text": "Systolic"}, "valueQuantity": {"value": 120, "unit": "mmHg"}},
        {
            "code": {"text": "Diastolic"},
            "valueQuantity": {"value": 80, "comparator": ">=", "system": UCUM, "code": "mm[Hg]"},
        },
        {"code": {"text": "Arm"}, "valueCodeableConcept": {"coding": [{"display": "left"}]}},
        {"code": {"text": "Mean"}, "dataAbsentReason": {"text": "unknown"}},
    ]
    pressure = {**SEEN, "code": {"text": "Blood pressure"}, "component": parts, "valueQuantity": {}, "note": []}
    assert problems({name: said for name, said in pressure.items() if said not in ({}, [])}) == []
    (entry,) = read(file(pressure))
    assert "value" not in entry.fields
    assert entry.fields["note"] == "Blood pressure\nSystolic: 120 mmHg\nDiastolic: >= 80 mm[Hg]\nArm: left"
    (long,) = read(file({**pressure, "component": parts[:1] * (MAX_PARTS + 1)}))
    assert long.fields["note"].count("Systolic") == MAX_PARTS
    assert long.fields["note"].endswith("…")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({**GOAL, "lifecycleStatus": "rejected"}, "It does not count where it is from: rejected."),
        ({**GOAL, "description": {}}, "It has no description in words."),
        ({**GOAL, "target": "soon"}, "Expected `array`, got `str`, at `target`."),
        ({**SEEN, "status": "entered-in-error"}, "It does not count where it is from: entered-in-error."),
        ({**SEEN, "effectiveDateTime": "2026"}, "It does not say of which day it is."),
        ({**SEEN, "effectiveDateTime": "2026-02"}, "It does not say of which day it is."),
        ({**SEEN, "status": "cancelled"}, "It does not count where it is from: cancelled."),
        ({**SEEN, "valueQuantity": {}, "note": [], "code": {}}, "It has no value and says nothing else."),
        (
            {**SEEN, "valueQuantity": {}, "note": [], "dataAbsentReason": {"text": "The device was off"}},
            "It has no value (The device was off) and says nothing else.",
        ),
        ({**SEEN, "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}}, "`milepost assess`"),
        ({"resourceType": "Immunization"}, "Only goals, observations and questionnaires come in."),
        ({"resourceType": ["Goal"]}, "Expected `str`, got `array`, at `resourceType`."),
        ("Goal", "Expected `object"),
    ],
)
def test_what_nothing_can_be_made_of_is_named_with_the_reason_and_the_rest_comes_in(resource: Any, reason: str) -> None:
    found = read(file(resource, FORM))
    (left,) = [one for one in found if isinstance(one, NotTaken)]
    assert reason in left.reason
    assert len(found) == 2


def test_what_only_stands_around_is_passed_over() -> None:
    assert read(file({"resourceType": "Patient", "id": "7"}, {"resourceType": "Organization"})) == []


def test_records_of_several_people_are_not_mixed() -> None:
    with pytest.raises(InvalidInput, match=r"several people \(Patient/7, Patient/8"):
        read(file(GOAL, {**SEEN, "subject": {"reference": "Patient/8"}}))


def test_who_is_contained_in_a_resource_is_nobody_else() -> None:
    contained = {"contained": [{"resourceType": "Patient", "id": "me"}], "subject": {"reference": "#me"}}
    assert len(read(file(GOAL, {**SEEN, **contained}))) == 2


@pytest.mark.parametrize("odd", [7, None, "Goal", [], {"fullUrl": 7, "resource": {}}])
def test_an_entry_that_is_none_is_named_and_the_rest_comes_in(odd: Any) -> None:
    bundle = json.loads(file(FORM))
    found, left = read(json.dumps({**bundle, "entry": [odd, *bundle["entry"]]}).encode())
    assert isinstance(left, NotTaken)
    assert left.name == "entry 1"
    assert left.reason.startswith("Expected `")
    assert isinstance(found, NewInstrument)


def test_a_mark_of_utf_8_at_the_beginning_is_passed_over() -> None:
    assert read(b"\xef\xbb\xbf" + file(GOAL)) == read(file(GOAL))


def test_what_others_have_is_not_put_back_as_if_it_were_a_journal() -> None:
    for body in (file(SEEN, GOAL, FORM), file(GOAL, type_="transaction", meta={"tag": 7}), json.dumps(GOAL).encode()):
        with pytest.raises(InvalidInput, match=r"did not write this file.*Leave `--restore` out"):
            FakeHost().restore(FhirImporter(), body)


def test_a_file_that_milepost_wrote_is_not_taken_for_what_others_have() -> None:
    with pytest.raises(InvalidInput, match=r"Milepost wrote this file.*`--restore`, into an empty journal"):
        read(exported(sample_journal().view()))


def test_so_is_one_that_was_written_before_files_had_a_mark_or_that_another_program_wrote_out_anew() -> None:
    bundle = json.loads(exported(sample_journal().view()))
    anew = json.dumps(bundle, indent=2).encode()
    del bundle["meta"]
    for body in (anew, json.dumps(bundle, indent=2).encode()):
        assert FakeHost().restore(FhirImporter(), body).goals
        with pytest.raises(InvalidInput, match="Milepost wrote this file"):
            read(body)


def test_a_single_resource_is_read_as_well() -> None:
    (found,) = read(json.dumps(FORM).encode())
    assert isinstance(found, NewInstrument)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"PK\x03\x04" + bytes(40), "unpack it, and give the JSON file"),
        (b'{"resourceType": "Goal", "id": "1"}\n{"resourceType": "Goal", "id": "2"}\n', "on each line (NDJSON"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "FHIR in XML can't be read"),
        (b"\xff\xfe{}", "not JSON in UTF-8"),
        (b"[]", "not a Bundle of FHIR: Expected `object`"),
        (b'{"resourceType": 7}', "not a Bundle of FHIR"),
        (b'{"name": "me"}', "no `resourceType`"),
        (b'{"resourceType": "Bundle", "entry": {"a": 1}}', "Expected `array`, got `object`"),
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Goal"}]', "not JSON"),
        (b'{"resourceType": "Bundle", "x": ' + b"[" * 200_000, "nested too deep"),
        (
            file(
                {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": "Token expired"}]}
            ),
            "what a server said instead: Token expired",
        ),
    ],
    ids=[
        "empty",
        "blank",
        "ZIP",
        "NDJSON",
        "XML",
        "UTF-16",
        "a list",
        "odd type",
        "no type",
        "no list",
        "cut off",
        "deep",
        "an outcome",
    ],
)
def test_what_is_no_such_file_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(body)
    assert words in str(refused.value)


def test_a_resource_that_is_nested_without_end_is_named_and_the_rest_comes_in() -> None:
    deep = b"[" * 900 + b"]" * 900
    body = file(GOAL, FORM).replace(b'"description"', b'"extra": ' + deep + b', "description"', 1)
    assert len(read(body)) == 2, "what is not looked at may be as deep as JSON can be"
    item: dict[str, Any] = {"linkId": "1", "type": "group"}
    for _ in range(200):
        item = {"linkId": "1", "type": "group", "item": [item]}
    with pytest.raises(AssertionError, match="goes on too long"):
        read(file({**FORM, "item": [item]}))


def test_a_file_and_a_bundle_have_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_ENTRIES", 2)
    with pytest.raises(InvalidInput, match="3 entries, and 2 is the most"):
        read(file(GOAL, GOAL, GOAL))
    monkeypatch.setattr(bundles, "MAX_BYTES", 100)
    with pytest.raises(InvalidInput, match="is larger than"):
        read(file(GOAL))


_names = st.sampled_from([*GOAL, *SEEN, "extension", "url", "item"])
_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
json_values: st.SearchStrategy[Any] = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3), max_leaves=8
)
changes = st.tuples(st.sampled_from([GOAL, SEEN, FORM]), st.dictionaries(_names, json_values))


@slowly
@given(st.lists(changes, max_size=4), st.booleans())
def test_whatever_stands_in_a_resource_it_is_taken_or_named_or_the_file_is_refused(changed: Any, ours: bool) -> None:
    mark = {"meta": {"tag": [{"system": FILE[0], "code": FILE[1]}]}} if ours else {}
    body = file(*({**one, **odd} for one, odd in changed), **mark)
    try:
        for found in FhirImporter().read(io.BytesIO(body), FakeHost().settings):
            assert isinstance(found, NewEntry | NewInstrument | NotTaken)
    except InvalidInput as refused:
        assert str(refused)
    try:
        list(FhirImporter().restore(io.BytesIO(body), FakeHost().settings))
    except InvalidInput as refused:
        assert str(refused)
