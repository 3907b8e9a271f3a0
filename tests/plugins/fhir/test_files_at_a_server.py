"""A file that was exported, given to a real FHIR server as it is."""

import json

from milepost.testing import FakeHost, FakeJournal
from milepost_fhir import FhirExporter
from tests.plugins.fhir.servers import FHIR, FhirServer


def exported(journal: FakeJournal) -> bytes:
    return FakeHost().render(
        FhirExporter, journal.view(), plain=True, today=journal.today, settings=FhirExporter.settings()
    )


def test_a_file_given_to_a_server_twice_makes_nothing_twice_and_its_references_lead_somewhere(
    server: FhirServer,
) -> None:
    journal = FakeJournal()
    goal = journal.goal("Say what I need", why="I go quiet")
    journal.milestone(goal, "Ask for a break")
    body = exported(journal)
    answers = [server.http.post("/fhir/R4", content=body, headers=FHIR).json() for _ in range(2)]
    statuses = [[entry["response"]["status"] for entry in answer["entry"]] for answer in answers]
    made = len(json.loads(body)["entry"])
    assert statuses == [["201"] * made, ["200"] * made]
    found = server.one("Goal")
    assert found["addresses"][0]["reference"] == f"Observation/{server.one('Observation')['id']}"
    assert found["identifier"][0]["value"].startswith("urn:uuid:"), "it is found by that the next time"
