"""What somebody changes at a FHIR server in what came from here, as a proposal; and that nothing else comes in."""

from typing import Any

import pytest

from milepost.plugin_api import Revision
from milepost_fhir import Fhir
from tests.plugins.fhir.records import Connected
from tests.plugins.fhir.servers import FhirServer


@pytest.fixture
def there(server: FhirServer) -> Connected:
    connected = Connected(server)
    connected.begin()
    return connected


def pulled(there: Connected) -> list[tuple[str, dict[str, Any]]]:
    entries = there.host.pull(Fhir())
    assert all(isinstance(one, Revision) and one.asks and one.base for one in entries), "a person decides"
    return [(one.id, dict(one.fields)) for one in entries if isinstance(one, Revision)]


def test_nothing_changed_nothing_comes_in(there: Connected) -> None:
    assert pulled(there) == []


def test_a_status_set_there_is_proposed_once_and_then_stands_there_as_the_journal_has_it(there: Connected) -> None:
    there.server.change(there.goal("Sleep through"), lifecycleStatus="on-hold", statusDate="2026-05-01")
    assert pulled(there) == [(there.rest, {"status": "paused", "on": "2026-05-01"})]
    assert pulled(there) == []
    there.send("goal", reason="time")
    assert there.goal("Sleep through")["lifecycleStatus"] == "active"
    assert pulled(there) == []


def test_a_step_that_was_done_there_is_proposed(there: Connected) -> None:
    there.server.change(there.server.one("Task"), status="completed")
    assert pulled(there) == [(there.step, {"status": "reached", "on": there.journal.today})]


def test_achieved_and_ended_are_told_apart(there: Connected) -> None:
    achieved = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/goal-achievement", "code": "achieved"}]}
    there.server.change(there.goal("Sleep through"), lifecycleStatus="completed", achievementStatus=achieved)
    there.server.change(there.goal("Say what I need"), lifecycleStatus="completed")
    found = {id_: fields["status"] for id_, fields in pulled(there)}
    assert found == {there.rest: "achieved", there.speak: "ended"}


def test_titles_and_days_come_in_only_where_they_are_the_persons_own(there: Connected) -> None:
    goal = there.goal("Say what I need")
    target = [{**one, **({"dueDate": "2027-03-01"} if "dueDate" in one else {})} for one in goal["target"]]
    changed = there.server.change(goal, description={"text": "Speak up"}, target=target)
    assert pulled(there) == [(there.speak, {"title": "Speak up", "due": "2027-03-01"})]
    there.host.plain, there.host.scopes = False, frozenset()
    there.server.change(changed, description={"text": "Speak louder"}, lifecycleStatus="on-hold")
    assert pulled(there) == [(there.speak, {"status": "paused", "on": there.journal.today})]


def test_what_a_journal_can_not_say_stays_there_and_is_told(there: Connected) -> None:
    priority = {"text": "whenever"}
    there.server.change(there.goal("Sleep through"), addresses=[{"display": "a ward"}], priority=priority)
    there.send("goal")
    assert pulled(there) == []
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    there.send()
    assert there.goal("Sleep through, mostly")["priority"] == priority


def test_what_was_merged_on_the_way_out_is_still_proposed(there: Connected) -> None:
    there.server.change(there.goal("Sleep through"), lifecycleStatus="on-hold")
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    there.send()
    assert there.goal("Sleep through, mostly")["lifecycleStatus"] == "on-hold", "not undone before it was seen"
    assert pulled(there) == [(there.rest, {"status": "paused", "on": there.journal.today})]


def test_an_answer_that_got_lost_is_no_change_of_somebody_elses(there: Connected) -> None:
    there.server.change(there.goal("Sleep through"), note=[{"text": "theirs"}])
    assert pulled(there) == []
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    there.send()
    assert there.goal("Sleep through, mostly")["note"] == [{"text": "theirs"}]


def test_what_others_have_there_is_left_alone(there: Connected) -> None:
    me = {"reference": f"Patient/{there.server.one('Patient')['id']}"}
    theirs = {"resourceType": "Goal", "lifecycleStatus": "proposed", "description": {"text": "Walk"}, "subject": me}
    there.server.write({**theirs, "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}]})
    there.server.write(theirs)
    assert pulled(there) == []


def test_page_after_page_is_looked_through(server: FhirServer) -> None:
    connected = Connected(server)
    for number in range(7):
        connected.journal.goal(f"Goal {number}")
    connected.begin()
    server.rule(page=2)
    server.change(connected.goal("Goal 6"), lifecycleStatus="cancelled")
    asked = len(server.asked())
    assert [fields["status"] for _, fields in pulled(connected)] == ["let_go"]
    assert len(server.asked()) - asked == 6, "five pages of Goals, and one of Tasks"


@pytest.mark.parametrize(
    "odd",
    [
        {"lifecycleStatus": "entered-in-error"},
        {"lifecycleStatus": "rejected"},
        {"statusDate": "2026-05"},
        {"startDate": "2026"},
    ],
)
def test_what_says_nothing_that_a_journal_knows_proposes_nothing(there: Connected, odd: dict[str, str]) -> None:
    there.server.change(there.goal("Sleep through"), **odd)
    assert pulled(there) == []
