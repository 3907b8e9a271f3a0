"""A journal through a whole Milepost server to a real FHIR server, and what is changed there, back."""

import pytest

from milepost_fhir.settings import SCOPE
from tests.plugins.fhir.keys import CLIENT, KEY_ID, pem, public
from tests.plugins.fhir.servers import FhirServer
from tests.plugins.fhir.stage import FhirStage
from tests.server.hosting.conftest import redact


@pytest.fixture
def goal(stage: FhirStage) -> str:
    return stage.make("goals", title="Say what I need", why="I go quiet", due="2027-02-01")


def titles(server: FhirServer) -> list[str]:
    return sorted(one["description"]["text"] for one in server.all("Goal"))


def test_a_journal_goes_out_whole_and_what_changes_follows(stage: FhirStage, goal: str, server: FhirServer) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.make("checkins", subject=goal, note="It went well")
    stage.make("series", start={"at": "2027-01-20T15:00:00", "time_zone": "Europe/Vienna"}, recurrence="FREQ=WEEKLY")
    stage.to(server)
    stage.go()
    assert titles(server) == ["Say what I need"]
    assert len(server.all("Appointment")) == 4, "the next 28 days"
    assert len(server.one("CarePlan")["activity"]) == 5
    assert "quiet" not in str(server.all()), "words were not granted"
    stage.revise("milestones", step, status="reached")
    stage.go()
    assert server.one("Task")["status"] == "completed"
    before, asked = server.seen(), len(server.bundles())
    stage.go()
    assert (server.seen(), len(server.bundles())) == (before, asked)


def test_neutral_is_what_leaves_unless_the_person_says_otherwise(
    stage: FhirStage, goal: str, server: FhirServer
) -> None:
    stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(server, plain=False)
    stage.go()
    assert titles(server) == ["Goal"]
    assert server.one("Task")["description"] == "Step 1 of 1"
    assert not any(words in str(server.all()) for words in ("Say what", "break", "quiet"))


def test_what_is_granted_no_more_is_there_no_more(stage: FhirStage, goal: str, server: FhirServer) -> None:
    stage.to(server, scopes=["titles", "dates", "numbers", "free-text"])
    stage.go()
    assert "I go quiet" in str(server.all())
    path = f"{stage.path}/connections/fhir"
    answer = stage.api.client.patch(path, json={"scopes": ["dates"], "plain": False}, headers=stage.api.headers())
    assert answer.status_code == 200, answer.text
    stage.go()
    assert titles(server) == ["Goal"]
    assert not any(words in str(server.all()) for words in ("Say what", "quiet"))
    codes = [one["coding"][0]["code"] for one in server.one("Consent")["provision"]["code"]]
    assert codes == ["dates"]


def test_words_that_were_taken_out_of_the_journal_are_taken_out_there(
    stage: FhirStage, goal: str, server: FhirServer
) -> None:
    other = stage.make("goals", title="Sleep through")
    step = stage.make("milestones", goal=other, title="Ask for a break")
    stage.to(server, scopes=["titles", "dates", "numbers", "free-text"])
    stage.go()
    redact(stage, "goal", goal)
    stage.go()
    stage.go()
    assert titles(server) == ["Sleep through"]
    assert not any(words in str(server.all()) for words in ("Say what", "quiet"))
    assert len(server.one("CarePlan")["goal"]) == 1, "and the rest is as it was"
    stage.revise("milestones", step, status="reached")
    stage.go()
    assert server.one("Task")["status"] == "completed"


def test_withdrawn_nothing_is_left_there(stage: FhirStage, goal: str, server: FhirServer) -> None:
    stage.make("milestones", goal=goal, title="Ask for a break")
    stage.make("checkins", subject=goal, note="It went well")
    stage.to(server)
    stage.go()
    assert len(server.all()) > 4
    stage.steer("withdraw", "fhir")
    assert server.all() == []


def test_a_status_set_there_becomes_a_proposal_and_the_journals_stands_there_again(
    stage: FhirStage, goal: str, server: FhirServer
) -> None:
    stage.to(server)
    stage.go()
    server.change(server.one("Goal"), lifecycleStatus="on-hold", note=[{"text": "Ward round"}])
    stage.later(16 * 60_000)
    stage.go()
    ((about, fields),) = stage.proposals()
    assert (about, fields["status"]) == (goal, "paused")
    stage.later(60_000)
    stage.go()
    assert (server.one("Goal")["lifecycleStatus"], server.one("Goal")["note"]) == ("active", [{"text": "Ward round"}])
    stage.later(16 * 60_000)
    stage.go()
    assert len(stage.proposals()) == 1


def test_a_server_that_goes_down_midway_gets_the_rest_when_it_is_back(
    stage: FhirStage, goal: str, server: FhirServer
) -> None:
    stage.to(server)
    stage.go()
    stage.make("goals", title="Sleep through")
    stage.make("milestones", goal=goal, title="Ask for a break")
    server.rule(lasts=1)  # the first transaction is answered, the next one done and not answered
    assert "disconnected" in stage.told().lower()
    assert titles(server) == ["Say what I need", "Sleep through"]
    server.rule(lasts=1000)
    stage.later(60_000)
    stage.go()
    assert titles(server) == ["Say what I need", "Sleep through"]
    assert len(server.one("CarePlan")["goal"]) == 2


def test_a_server_that_is_busy_is_left_alone_as_long_as_it_asks(
    stage: FhirStage, goal: str, server: FhirServer
) -> None:
    stage.to(server)
    server.rule(budget=0)
    assert stage.told() == f"127.0.0.1:{server.port} answered 429."
    server.rule(budget=1000)
    stage.later(60_000)
    stage.go()
    assert titles(server) == ["Say what I need"]


def test_a_connection_that_signs_in_with_a_key_does_its_work(stage: FhirStage, goal: str, server: FhirServer) -> None:
    server.rule(client={"id": CLIENT, "keys": [public("ES384")], "scope": SCOPE, "lasts": 300})
    made = stage.to(server, settings={"client_id": CLIENT, "key_id": KEY_ID, "private_key": pem("ES384")})
    assert "PRIVATE KEY" not in str(made)
    stage.go()
    assert titles(server) == ["Say what I need"]
    assert "PRIVATE" not in str(stage.shown("fhir"))


def test_what_a_server_never_takes_is_put_aside_with_its_words_and_the_rest_goes_on(
    stage: FhirStage, goal: str, server: FhirServer
) -> None:
    stage.make("goals", title="Sleep through")
    server.rule(refuses="Say what")
    stage.to(server)
    stage.go()
    assert titles(server) == ["Sleep through"]
    assert "Not in this house" in str(stage.shown("fhir"))


def test_sessions_are_there_for_some_weeks_and_go_when_they_are_over(stage: FhirStage, server: FhirServer) -> None:
    stage.make("series", start={"at": "2027-01-20T15:00:00", "time_zone": "Europe/Vienna"}, recurrence="FREQ=WEEKLY")
    stage.to(server)
    stage.go()
    first = sorted(one["start"] for one in server.all("Appointment"))
    assert (len(first), first[0]) == (4, "2027-01-20T15:00:00+01:00")
    for _ in range(8):
        stage.later(24 * 3_600_000)
        stage.go()
    then = sorted(one["start"] for one in server.all("Appointment"))
    assert (len(then), then[0]) == (4, "2027-01-27T15:00:00+01:00")


@pytest.mark.parametrize("scopes", [["dates"], ["titles"]])
def test_where_a_session_is_goes_when_that_is_granted_no_more(
    stage: FhirStage, server: FhirServer, scopes: list[str]
) -> None:
    start = {"at": "2027-01-20T15:00:00", "time_zone": "Europe/Vienna"}
    stage.make("series", start=start, recurrence="FREQ=WEEKLY", place="Larch Lane 4")
    stage.make("sessions", start={**start, "at": "2027-01-22T09:00:00"}, place="Larch Lane 4")
    stage.to(server, scopes=["titles", "dates", "free-text"])
    stage.go()
    assert str(server.all("Appointment")).count("Larch Lane") == 5
    path = f"{stage.path}/connections/fhir"
    stage.api.client.patch(path, json={"scopes": scopes, "plain": False}, headers=stage.api.headers())
    stage.go()
    assert "Larch Lane" not in str(server.all())
    assert len(server.all("Appointment")) == (5 if "dates" in scopes else 0)
