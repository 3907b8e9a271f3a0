"""What is sent to a real FHIR server, twice, over what others wrote, in part, and too much of it."""

from typing import Any

import httpx
import pytest

from milepost.plugin_api import Done, Later, PluginFailed, Rejected, Removed
from milepost.testing import Fault
from milepost_fhir import Fhir
from tests.plugins.fhir.oracle import problems
from tests.plugins.fhir.records import Connected
from tests.plugins.fhir.servers import FhirServer

NOTE = [{"text": "Talked about it in the ward round"}]


@pytest.fixture
def there(server: FhirServer) -> Connected:
    """A connection that has everything there."""
    connected = Connected(server)
    assert set(map(type, connected.begin())) == {Done}
    return connected


def test_the_same_twice_makes_nothing_twice_and_is_not_even_sent(there: Connected) -> None:
    before, asked = there.server.seen(), len(there.server.asked())
    assert set(there.send()) == {Done(sent=False)}
    assert there.server.seen() == before
    assert len(there.server.asked()) == asked


def test_the_same_by_a_connection_that_lost_all_it_knew_makes_nothing_twice(there: Connected) -> None:
    before = there.server.all()
    there.host.state.clear()
    there.host.state.keep()
    assert set(map(type, there.send(reason="again"))) == {Done}
    assert [one["id"] for one in there.server.all()] == [one["id"] for one in before]
    assert [one["meta"]["versionId"] for one in there.server.all()] == ["1"] * len(before), "and it wrote nothing"


def test_what_is_there_is_written_by_its_id_over_the_version_that_was_seen(there: Connected) -> None:
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    there.send()
    (sent,) = there.server.bundles()[-1]
    assert (sent["method"], sent["ifMatch"]) == ("PUT", 'W/"1"')
    assert sent["url"] == f"Goal/{there.goal('Sleep through, mostly')['id']}"


def test_what_somebody_added_meanwhile_stays_and_ours_comes_through(there: Connected) -> None:
    there.server.change(there.goal("Sleep through"), note=NOTE, extension=[{"url": "urn:theirs", "valueBoolean": True}])
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    asked = len(there.server.bundles())
    assert Rejected not in map(type, there.send())
    first, second = there.server.bundles()[asked:]
    assert [first[0]["ifMatch"], second[0]["ifMatch"]] == ['W/"1"', 'W/"2"'], "412, read back, and written over that"
    goal = there.goal("Sleep through, mostly")
    assert (goal["note"], goal["extension"][-1]["url"]) == (NOTE, "urn:theirs")
    there.journal.change("goal", there.rest, title="Sleep")
    there.send()
    assert there.goal("Sleep")["note"] == NOTE, "also the next time, when nobody changed anything"


def test_what_somebody_changed_and_we_did_not_stays_there_and_is_told(there: Connected) -> None:
    there.server.change(there.goal("Sleep through"), lifecycleStatus="on-hold")
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    there.send()
    assert there.goal("Sleep through, mostly")["lifecycleStatus"] == "on-hold"
    assert [line for line in there.host.logged if "lifecycleStatus" in line and "stays" in line]


def test_what_both_changed_is_as_the_journal_has_it_and_is_told(there: Connected) -> None:
    there.server.change(there.goal("Sleep through"), description={"text": "Sleep hygiene"})
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    there.send()
    assert there.goal("Sleep through, mostly")["meta"]["versionId"] == "3"
    assert [line for line in there.host.logged if "description" in line and "as you have it" in line]
    assert not [line for line in there.host.logged if "hygiene" in line], "and nothing of what it says"


def test_what_somebody_deleted_is_there_again_once_it_changes_here(there: Connected) -> None:
    goal = there.goal("Sleep through")
    plan = there.server.one("CarePlan")
    there.server.change(plan, goal=[one for one in plan["goal"] if one["reference"] != f"Goal/{goal['id']}"])
    assert there.server.http.delete(f"/fhir/R4/Goal/{goal['id']}").is_success
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    assert set(map(type, there.send())) == {Done}
    assert there.goal("Sleep through, mostly")["id"] != goal["id"]


def test_a_server_that_was_emptied_is_told_and_nothing_is_lost_by_beginning_anew(there: Connected) -> None:
    there.server.empty()
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    with pytest.raises(PluginFailed, match="not there any more"):
        there.send()
    there.host.push(Fhir(), there.journal.withdrawals(Fhir.kinds))
    there.begin()
    assert len(there.server.all("Goal")) == 2


def test_an_answer_that_got_lost_is_known_for_what_it_was(there: Connected) -> None:
    there.journal.change("goal", there.rest, title="Sleep through, mostly")
    changes = there.changes()
    there.host.fault = Fault("timeout", 1, after=True)
    with pytest.raises(httpx.ReadTimeout):
        there.host.push(Fhir(), changes)
    there.host.fault = None
    written = there.goal("Sleep through, mostly")
    assert set(there.host.push(Fhir(), changes)) == {Done(sent=False)}
    assert there.goal("Sleep through, mostly") == written
    assert there.host.logged == [], "nobody changed anything"


@pytest.mark.parametrize("names", [True, False])
def test_a_transaction_that_is_refused_goes_again_whole_without_what_it_was_refused_for(
    server: FhirServer, names: bool
) -> None:
    server.rule(refuses="Sleep through", names=names)
    connected = Connected(server)
    answers = connected.begin()
    words = "The FHIR server does not take it (422): Not in this house"
    assert answers == [Done(), Rejected(words), Done()]
    assert [one["description"]["text"] for one in server.all("Goal")] == ["Say what I need"]
    if names:
        first, second, *_ = server.bundles()
        assert len(second) == len(first) - 1, "all of it but one, at once"
    server.rule(refuses="")
    assert connected.send(reason="again")[1] == Done()
    assert len(server.all("Goal")) == 2


def test_how_much_a_server_takes_at_once_is_found_out_and_remembered(server: FhirServer) -> None:
    server.rule(entries=3)
    connected = Connected(server)
    assert set(map(type, connected.begin())) == {Done}
    for number in range(6):
        connected.journal.milestone(connected.rest, f"Night {number}")
    asked = len(server.bundles())
    assert set(map(type, connected.send(reason="new"))) == {Done}
    assert max(map(len, server.bundles()[asked:])) <= 3
    assert len(server.all("Task")) == 7


def test_where_a_server_wants_to_be_left_alone_what_was_done_is_done_and_the_rest_comes_later(
    server: FhirServer,
) -> None:
    server.rule(entries=3)
    connected = Connected(server)
    connected.host.state["most"] = 3
    server.rule(budget=4)  # two looks, and two transactions
    changes = connected.changes(reason="new")
    answers = connected.host.push(Fhir(), changes)
    assert Later("The FHIR server answered 429.", 7.0) in answers
    assert len(server.all()) == 6
    before = [one["id"] for one in server.all()]
    server.rule(budget=1000)
    assert set(map(type, connected.host.push(Fhir(), changes))) == {Done}
    assert [one["id"] for one in server.all()][: len(before)] == before


def test_a_server_that_is_busy_from_the_beginning_is_left_alone_for_as_long_as_it_asks(server: FhirServer) -> None:
    server.rule(budget=0)
    with pytest.raises(httpx.HTTPStatusError) as raised:
        Connected(server).begin()
    assert raised.value.response.headers["retry-after"] == "7"


def test_a_server_that_says_no_more_than_it_must_is_written_to_as_safely(server: FhirServer) -> None:
    server.rule(quiet=True)
    connected = Connected(server)
    connected.begin()
    server.change(connected.goal("Sleep through"), note=NOTE)
    connected.journal.change("goal", connected.rest, title="Sleep through, mostly")
    connected.send()
    assert connected.goal("Sleep through, mostly")["note"] == NOTE


def test_where_nothing_is_deleted_it_stands_as_taken_back_and_without_a_word(server: FhirServer) -> None:
    server.rule(deletes=False)
    connected = Connected(server)
    connected.begin()
    answers = connected.host.push(Fhir(), connected.journal.removals(Fhir.kinds))
    assert set(map(type, answers)) == {Done}
    assert {one["lifecycleStatus"] for one in server.all("Goal")} == {"entered-in-error"}
    assert {one["status"] for one in server.all("Task", "Observation")} == {"entered-in-error"}
    left = str(server.seen())
    assert not any(words in left for words in ("Say what", "Sleep", "quiet", "break"))
    assert (server.one("Consent")["status"], server.one("CarePlan").get("goal")) == ("inactive", None)
    plan = server.one("CarePlan")
    assert (plan["status"], plan.get("title"), plan.get("activity")) == ("entered-in-error", None, None)
    assert problems(plan) == []
    deletes_nothing, stays = connected.host.logged
    assert deletes_nothing.startswith("The server deletes nothing. What was sent is still there")
    assert stays == "Not taken away there: Patient, with an id and no word in it."


def test_what_stood_as_taken_back_counts_again_once_it_is_sent_again(server: FhirServer) -> None:
    server.rule(deletes=False)
    connected = Connected(server)
    connected.begin()
    connected.host.push(Fhir(), connected.journal.withdrawals(Fhir.kinds))
    assert server.one("CarePlan")["status"] == "entered-in-error"
    assert set(map(type, connected.begin())) == {Done}
    assert (server.one("CarePlan")["status"], server.one("Consent")["status"]) == ("active", "active")
    assert len(server.one("CarePlan")["goal"]) == 2


def test_a_record_of_theirs_is_named_and_never_written(server: FhirServer) -> None:
    theirs = server.write({"resourceType": "Patient", "name": [{"family": "Quill"}]})
    connected = Connected(server, patient=f"Patient/{theirs['id']}")
    connected.begin()
    assert server.all("Patient") == [theirs]
    assert {one["subject"]["reference"] for one in server.all("Goal")} == {f"Patient/{theirs['id']}"}
    connected.host.push(Fhir(), connected.journal.removals(Fhir.kinds))
    assert server.all() == [theirs]


def test_what_names_another_finds_it_however_it_was_cut_into_transactions(server: FhirServer) -> None:
    connected = Connected(server)
    connected.host.state["most"] = 1
    asked = connected.journal.measure(connected.speak, "How often?", type="scale", low=0, high=10, better="up")
    for value in (3, 4, 6):
        connected.journal.checkin(connected.speak, value, measure=asked)
    assert set(map(type, connected.begin())) == {Done}
    goal = connected.goal("Say what I need")
    named: list[Any] = [one["reference"] for one in goal["outcomeReference"]]
    assert sorted(named) == sorted(f"Observation/{one['id']}" for one in server.all("Observation") if "focus" in one)
    assert {one["focus"]["reference"] for one in server.all("Task")} == {f"Goal/{goal['id']}"}


def test_what_is_more_than_one_call_may_ask_goes_on_in_the_next(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost_fhir.sending.MAX_REQUESTS", 4)
    connected = Connected(server)
    connected.host.state["most"] = 2
    changes = connected.changes(reason="new")
    answers = connected.host.push(Fhir(), changes)
    assert any(isinstance(one, Later) for one in answers)
    for _ in range(6):
        answers = connected.host.push(Fhir(), changes)
    assert set(map(type, answers)) == {Done}
    assert len(server.all("Goal")) == 2


def test_of_what_there_is_most_only_so_much_is_known_and_the_rest_is_looked_up(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = Connected(server)
    connected.begin()
    monkeypatch.setattr("milepost_fhir.links.MAX_LINKS", 0)
    noted = [connected.journal.checkin(connected.rest, number) for number in range(3)]
    assert set(map(type, connected.send("checkin", reason="new"))) == {Done}
    assert not any("link Observation" in name for name in set(connected.host.state) - known_whys(connected))
    connected.journal.change("checkin", noted[0], note="It was easier")
    assert set(map(type, connected.send("checkin"))) == {Done}
    found = [one for one in server.all("Observation") if one["code"]["text"] == "Check-in"]
    assert sorted(one["meta"]["versionId"] for one in found) == ["1", "1", "2"]


def known_whys(connected: Connected) -> set[str]:
    """The one Observation of why a goal matters was there before."""
    (why,) = (one for one in connected.server.all("Observation") if one["code"]["text"] != "Check-in")
    return {f"link Observation {why['identifier'][0]['value']}"}


def test_a_preview_shows_what_would_leave(server: FhirServer) -> None:
    connected = Connected(server)
    connected.journal.measure(connected.speak, "How often?", type="scale", low=0, high=10, better="up", target=7)
    shown = {one.kind: Fhir().preview(one, connected.host.settings) for one in connected.changes()}  # type: ignore[arg-type]
    assert '"description": "Ask for a break"' in shown["milestone"]
    assert '"value": 7' in shown["measure"]
    assert '"resourceType": "Goal"' in shown["goal"]
    assert server.asked() == []


def test_a_call_that_takes_long_ends_in_time_and_goes_on_in_the_next(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost_fhir.sending.MAX_S", -1.0)
    connected = Connected(server)
    assert {type(one) for one in connected.send(reason="new")} == {Later}
    monkeypatch.setattr("milepost_fhir.sending.MAX_S", 200.0)
    assert {type(one) for one in connected.send(reason="new")} == {Done}


def test_of_a_series_what_was_said_of_some_of_its_sessions_shows_in_these_alone(server: FhirServer) -> None:
    connected = Connected(server)
    journal = connected.journal
    series = journal.series("2026-05-07T15:00:00", "FREQ=WEEKLY", minutes=50)
    starts = [{"at": f"2026-05-{day:02}T15:00:00", "time_zone": "Europe/Vienna"} for day in (7, 14)]
    moved = [journal.add("session", series=series, original=at, start=at) for at in starts]
    for one in moved:
        journal.change("session", one, status="cancelled")
    assert set(map(type, connected.begin())) == {Done}
    assert len(server.bundles()[0]) == len({one["url"] for one in server.bundles()[0]}), "each of them once"
    assert sorted(one["status"] for one in server.all("Appointment")) == ["booked", "booked", "cancelled", "cancelled"]
    journal.take_back("session", moved[0])
    connected.host.push(Fhir(), [Removed(kind="session", id=moved[0], key="taken back")])
    assert sorted(one["status"] for one in server.all("Appointment")) == ["booked", "booked", "booked", "cancelled"]
