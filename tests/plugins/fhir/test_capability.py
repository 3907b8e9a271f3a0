"""What `check` says of a server, in plain words, before anything is sent there."""

from typing import Any

import httpx
import pytest

from milepost.plugin_api import Change, PluginFailed, Secret
from milepost.testing import FakeHost, FakeJournal, Outside
from milepost_fhir import Fhir, ServerSettings
from milepost_fhir.settings import RESOURCES
from tests.plugins.fhir.records import Connected
from tests.plugins.fhir.servers import FhirServer


def rest(*, transaction: bool = True, types: Any = RESOURCES, **more: Any) -> dict[str, Any]:
    interaction = [{"code": "transaction"}] if transaction else [{"code": "batch"}]
    listed = [{"type": name, "conditionalUpdate": True, **more} for name in types]
    return {"rest": [{"mode": "server", "interaction": interaction, "resource": listed}]}


@pytest.mark.parametrize(
    ("capability", "words"),
    [
        ({"fhirVersion": "5.0.0"}, r"speaks FHIR 5\.0\.0, and R4 \(4\.0\.1\) is needed"),
        ({"fhirVersion": None}, "see|See"),
        ({"rest": []}, "says nothing of what it does"),
        (rest(transaction=False), "takes no transactions"),
        (rest(types=["Patient"]), "takes no Goals"),
        (rest(conditionalUpdate=False), "no conditional updates of Appointment, CarePlan"),
        (rest(versioning="no-version"), "keeps no versions"),
        ({"resourceType": "Basic"}, "no|not answer with a CapabilityStatement"),
    ],
)
def test_what_a_server_lacks_is_said_in_words(server: FhirServer, capability: dict[str, Any], words: str) -> None:
    server.rule(capability=capability)
    with pytest.raises(PluginFailed, match=words):
        Connected(server).host.check(Fhir())


def test_a_server_that_can_all_of_it_is_described(server: FhirServer) -> None:
    server.rule(capability=rest(types=sorted(set(RESOURCES) - {"Consent"})))
    found = Connected(server).host.check(Fhir())
    assert found == (
        "The server answers, with FHIR 4.0.1, transactions and conditional updates. It is about a record of its own "
        "without a name. It does not take: Consent; that stays here."
    )


def test_a_record_that_is_not_there_is_told(server: FhirServer) -> None:
    with pytest.raises(PluginFailed, match="There is no Patient/4711 there: see to `patient`"):
        Connected(server, patient="Patient/4711").host.check(Fhir())
    made = server.write({"resourceType": "Patient"})
    assert f"It is about Patient/{made['id']}" in Connected(server, patient=f"Patient/{made['id']}").host.check(Fhir())


def test_an_address_that_is_no_fhir_server_is_told(server: FhirServer) -> None:
    with pytest.raises(PluginFailed, match=r"no FHIR server at this address \(404\)\. See to `url`"):
        Connected(server, url=server.url.replace("/fhir/R4", "/elsewhere")).host.check(Fhir())


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (httpx.ConnectError("All connection attempts failed"), "can't be reached: nothing answers there. See to `url`"),
        (httpx.ConnectTimeout(""), "can't be reached: nothing answers there"),
        (httpx.ConnectError("There is no host fhir.example.org: Name unknown."), "there is no such host. See to `url`"),
        (
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"),
            "its certificate is not one to be trusted",
        ),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "does not speak https there"),
        (httpx.ReadTimeout(""), "took too long to answer"),
        (httpx.ReadError(""), "disconnected before it had answered"),
        (httpx.RemoteProtocolError("Server disconnected"), "disconnected before it had answered"),
    ],
)
def test_that_a_server_is_away_is_said_in_words_and_with_its_name(raised: httpx.TransportError, words: str) -> None:
    class Away(Outside):
        async def answer(self, request: httpx.Request) -> httpx.Response:
            raise raised

    host = FakeHost(ServerSettings(url="https://fhir.example.org/r4"), Away())
    for asked in (host.check, lambda fhir: host.push(fhir, some())):
        with pytest.raises(PluginFailed) as told:
            asked(Fhir())
        assert str(told.value).startswith("The FHIR server at fhir.example.org ")
        assert words in str(told.value)
        assert isinstance(told.value, httpx.TransportError), "whoever runs the host need not be warned"


def some() -> list[Change]:
    journal = FakeJournal()
    journal.goal("Walk")
    return journal.changes(Fhir.kinds)


def test_a_server_that_tells_nobody_what_it_can_do_is_asked_with_the_token(server: FhirServer) -> None:
    server.rule(closed=True, bearer="planted-4711")
    assert "The server answers" in Connected(server, token=Secret("planted-4711")).host.check(Fhir())
    with pytest.raises(PluginFailed, match="401"):
        Connected(server, token=Secret("another")).host.check(Fhir())
