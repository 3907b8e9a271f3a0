"""SMART backend services against a token endpoint that looks at the signature: who is let in, for how long, and who is not."""

import sys
from typing import Any

import pytest
from msgspec.structs import replace

from milepost.plugin_api import Done, PluginFailed, Secret
from milepost_fhir import Fhir, ServerSettings
from milepost_fhir.reading import Granted
from milepost_fhir.settings import SCOPE
from milepost_fhir.signing_in import LONGEST_S, MARGIN_S, MAX_TOKENS, TOKENS, Tokens
from tests.plugins.fhir.keys import CLIENT, KEY_ID, pem, public
from tests.plugins.fhir.records import Connected
from tests.plugins.fhir.servers import FhirServer


@pytest.fixture(autouse=True)
def _no_token() -> None:
    TOKENS.__init__()  # type: ignore[misc] - as in a new process


def knowing(server: FhirServer, kind: str = "ES384", lasts: float = 300, **more: Any) -> FhirServer:
    """A server at which this program is registered."""
    server.rule(client={"id": CLIENT, "keys": [public(kind)], "scope": SCOPE, "lasts": lasts}, **more)
    return server


def signing(server: FhirServer, kind: str = "ES384", **more: Any) -> Connected:
    return Connected(server, **{"client_id": CLIENT, "key_id": KEY_ID, "private_key": Secret(pem(kind)), **more})


def tokens_asked(server: FhirServer) -> int:
    return sum(one["url"] == "/auth/token" for one in server.asked())


@pytest.mark.parametrize("kind", ["RS384", "ES384"])
def test_who_has_the_key_is_let_in_and_asks_for_a_token_once(server: FhirServer, kind: str) -> None:
    connected = signing(knowing(server, kind), kind)
    assert set(map(type, connected.begin())) == {Done}
    connected.journal.change("goal", connected.rest, title="Sleep through, mostly")
    connected.send()
    assert (len(server.all("Goal")), tokens_asked(server)) == (2, 1)


@pytest.mark.parametrize("between", ["", " ", "\r\n"])
def test_a_key_signs_however_a_form_left_its_lines(server: FhirServer, between: str) -> None:
    connected = signing(knowing(server), private_key=Secret(pem("ES384").strip().replace("\n", between)))
    assert set(map(type, connected.begin())) == {Done}


def test_a_token_that_is_taken_no_more_is_asked_for_anew_and_nobody_notices(server: FhirServer) -> None:
    connected = signing(knowing(server))
    connected.begin()
    server.revoke()
    connected.journal.change("goal", connected.rest, title="Sleep through, mostly")
    assert set(map(type, connected.send())) == {Done}
    assert tokens_asked(server) == 2


def test_a_token_that_is_about_to_end_is_not_used_again(server: FhirServer) -> None:
    connected = signing(knowing(server, lasts=MARGIN_S))
    connected.begin()
    made = tokens_asked(server)
    assert made > 1
    assert connected.goal("Sleep through")


def test_where_tokens_are_given_out_is_found_or_said(server: FhirServer) -> None:
    knowing(server, discovery=False)
    with pytest.raises(PluginFailed, match="set that as `auth_url`"):
        signing(server).begin()
    auth = server.url.replace("/fhir/R4", "/auth/token")
    assert set(map(type, signing(server, auth_url=auth).begin())) == {Done}


def test_tokens_are_not_asked_for_at_another_host_unless_the_person_says_so(server: FhirServer) -> None:
    knowing(server, endpoint="https://elsewhere.example/token")
    connected = signing(server)
    with pytest.raises(PluginFailed, match=r"at https://elsewhere\.example/token: if you trust that"):
        connected.begin()
    assert connected.host.strayed == []
    knowing(server, endpoint=f"http://127.0.0.1:{server.port}.evil.example/token")
    with pytest.raises(PluginFailed):
        connected.begin()
    assert connected.host.strayed == []


def test_who_has_another_key_or_wants_other_rights_is_told_what_to_see_to(server: FhirServer) -> None:
    knowing(server, "RS384")
    with pytest.raises(PluginFailed, match=r"invalid_client.*`client_id`, `key_id` and `private_key`"):
        signing(server, "ES384").begin()
    with pytest.raises(PluginFailed, match=r"invalid_scope.*`scope`"):
        signing(server, "RS384", scope="system/*.*").begin()
    with pytest.raises(PluginFailed, match="401"):
        Connected(server).begin()


def test_without_the_package_that_signs_it_says_how_to_get_it(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(PluginFailed, match=r"pip install 'milepost\[fhir\]'"):
        signing(knowing(server)).begin()


def test_no_token_and_no_key_is_kept_told_or_shown(server: FhirServer) -> None:
    connected = signing(knowing(server))
    connected.begin()
    bearer = {one.headers["authorization"] for one in connected.host.outside.requests if "authorization" in one.headers}
    secrets = [*(one.removeprefix("Bearer ") for one in bearer), *pem("ES384").splitlines()[1:-1]]
    told = f"{dict(connected.host.state)} {connected.host.logged} {connected.host.settings!r}"
    assert len(secrets) > 2
    assert not any(secret in told for secret in secrets)


def test_a_token_is_never_sent_where_it_was_not_given_for(server: FhirServer) -> None:
    knowing(server, next="https://elsewhere.example/fhir/R4", page=1)
    connected = signing(server)
    connected.begin()
    with pytest.raises(PluginFailed, match=r"sends to https://elsewhere\.example, which is not asked"):
        connected.host.pull(Fhir())
    assert connected.host.strayed == []


def test_a_check_says_whether_it_is_let_in(server: FhirServer) -> None:
    connected = signing(knowing(server))
    assert "The server answers, with FHIR 4.0.1" in connected.host.check(Fhir())
    connected.host.settings = replace(connected.host.settings, key_id="another")  # type: ignore[type-var]
    with pytest.raises(PluginFailed, match="does not let this program in"):
        connected.host.check(Fhir())


@pytest.mark.parametrize("kind", ["RS short", "ES256"])
def test_a_key_that_no_server_has_to_take_is_refused_as_it_is_set(kind: str) -> None:
    with pytest.raises(ValueError, match="RSA of 2048 bits or more, or EC on the curve P-384"):
        ServerSettings(url="https://a.example", client_id="a", key_id="b", private_key=Secret(pem(kind)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "fhir.example.org"}, "must be an address"),
        ({"url": "http://fhir.example.org"}, "must begin with https://"),
        ({"url": "https://robin:word@fhir.example.org"}, "no name or password"),
        ({"auth_url": "http://fhir.example.org/token"}, "`auth_url` must begin with https://"),
        ({"patient": "123"}, "as in Patient/123"),
        ({"patient": "Patient/1?_format=xml"}, "as in Patient/123"),
        ({"token": Secret("Bearer abc")}, "the token alone"),
        ({"token": Secret("abc"), "client_id": "b"}, "not both"),
        ({"client_id": "b"}, "belong together"),
        ({"client_id": "b", "key_id": "c", "private_key": Secret("no key")}, "must be a private key in PEM"),
    ],
)
def test_a_mistake_in_the_settings_is_told_as_it_is_made(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        ServerSettings(**{"url": "https://fhir.example.org", **given})
    assert "no key" not in str(raised.value)


def test_tokens_end_a_little_early_and_only_so_many_are_kept() -> None:
    now = 0.0
    tokens = Tokens(lambda: now)
    tokens.keep("a", Granted(access_token="one", expires_in=100))
    assert tokens.get("a") == "one"
    now = 100 - MARGIN_S
    assert tokens.get("a") == ""
    tokens.keep("a", Granted(access_token="two", expires_in=1e12))
    now += LONGEST_S
    assert tokens.get("a") == ""
    for number in range(MAX_TOKENS + 1):
        tokens.keep(str(number), Granted(access_token="three", expires_in=100))
    assert (tokens.get("0"), tokens.get("1")) == ("", "three")
