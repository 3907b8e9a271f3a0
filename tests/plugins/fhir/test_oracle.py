"""The three programs together notice what is wrong, and find nothing in what is right: else the other tests say nothing."""

from typing import Any

import pytest

from tests.plugins.fhir.oracle import problems, problems_of_bundle

GOAL: dict[str, Any] = {
    "resourceType": "Goal",
    "lifecycleStatus": "active",
    "description": {"text": "Sleep through"},
    "subject": {"reference": "Patient/1"},
    "target": [{"measure": {"text": "Nights"}, "detailQuantity": {"value": 4}, "dueDate": "2026-12-18"}],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "Mood"},
    "valueInteger": 4,
}
APPOINTMENT: dict[str, Any] = {
    "resourceType": "Appointment",
    "status": "booked",
    "start": "2026-05-07T15:00:00+02:00",
    "end": "2026-05-07T15:50:00+02:00",
    "participant": [{"actor": {"reference": "Patient/1"}, "status": "accepted"}],
}


@pytest.mark.parametrize("good", [GOAL, OBSERVATION, APPOINTMENT], ids=lambda one: one["resourceType"])
def test_what_is_right_passes(good: dict[str, Any]) -> None:
    assert problems(good) == []


@pytest.mark.parametrize(
    "bad",
    [
        {**GOAL, "lifecycleStatus": "done"},
        {**GOAL, "target": [{"detailQuantity": {"value": 4}}]},
        {**GOAL, "startDate": "18.12.2026"},
        {**GOAL, "target": [{"measure": {"text": "N"}, "detailRange": {"low": {"value": 4}, "high": {"value": 3}}}]},
        {**GOAL, "titel": "Sleep"},
        {**GOAL, "note": []},
        {**GOAL, "description": {"text": ""}},
        {**GOAL, "extension": [{"url": "urn:example"}]},
        {**OBSERVATION, "dataAbsentReason": {"text": "masked"}},
        {**OBSERVATION, "valueString": "four"},
        {**APPOINTMENT, "end": None},
        {**APPOINTMENT, "cancelationReason": {"text": "rain"}},
        {**APPOINTMENT, "participant": [{"status": "accepted"}]},
    ],
    ids=[
        "status", "gol-1", "date", "rng-2", "unknown", "empty list", "empty text", "ext-1", "obs-6", "two values", "null",
        "app-4", "app-1",
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(bad: dict[str, Any]) -> None:
    assert problems(bad)


def test_what_is_named_and_is_not_there_is_noticed() -> None:
    entry = {
        "fullUrl": "urn:uuid:0c3b7a4e-9d52-4a57-9c5e-0c3a1a3f0b1e",
        "resource": {**GOAL, "subject": {"reference": "urn:uuid:1"}},
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{**entry, "request": {"method": "PUT", "url": "Goal"}}],
    }
    assert problems_of_bundle(bundle) == ["names urn:uuid:1, which is not there"]
