"""Rates and versions: who asks too often waits, who speaks another version is told, and neither loses anything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.client import HttpServer, sync
from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import Device
from milepost.errors import CodeRefused, ProtocolDiffers, TooMany
from milepost.messages import PROTOCOL, versions_in
from milepost.transport import PATIENCE_S
from milepost_server.gate import ADDRESS_RATE, PAIRING_RATE, TOKEN_RATE
from milepost_server.limits import MAX_BUCKETS, Buckets, Rate
from tests.server.conftest import Api
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture
from tests.server.test_api import problem


class Clock:
    """A clock that stands still, and buckets that are full."""

    def __init__(self, api: Api) -> None:
        gate = api.services.gate
        gate.tokens, gate.addresses = Buckets(TOKEN_RATE), Buckets(ADDRESS_RATE)
        self.now_s = api.services.gate.now_s()
        api.services.gate.now_s = lambda: self.now_s


@pytest.fixture
def clock(api: Api) -> Clock:
    return Clock(api)


def refused(response: Any) -> int:
    """The seconds to wait."""
    assert problem(response)[:2] == (429, "too-many")
    return int(response.headers["retry-after"])


def test_a_device_may_ask_so_often_and_then_waits_as_long_as_it_is_told(api: Api, clock: Clock) -> None:
    path = f"/v1/journals/{api.journal}/chain"
    for _ in range(TOKEN_RATE.burst):
        assert api.get(path).status_code == 200
    wait_s = refused(api.get(path))
    clock.now_s += wait_s
    assert api.get(path).status_code == 200
    other = api.pair(api.code())["token"]
    assert api.get(path, token=other).status_code == 200


def test_who_shows_no_known_token_is_counted_by_address(api: Api, clock: Clock) -> None:
    for _ in range(ADDRESS_RATE.burst):
        assert problem(api.get("/v1/journals", token="guess"))[:2] == (401, "not-signed-in")
    refused(api.get("/v1/journals", token="another guess"))
    refused(api.client.get("/v1/live"))
    assert api.get("/v1/journals").status_code == 200


def test_refused_codes_are_few_and_good_ones_are_not_counted(api: Api, clock: Clock) -> None:
    for _ in range(3 * PAIRING_RATE.burst):
        api.pair(api.code())
        clock.now_s += 1
    wrong = {"code": "AAAA-AAAA", "name": "x"}
    for _ in range(PAIRING_RATE.burst):
        assert problem(api.client.post("/v1/pair", json=wrong))[:2] == (403, "pairing-code")
    code = api.code()
    wait_s = refused(api.client.post("/v1/pair", json={"code": code, "name": "x"}))
    assert 0 < wait_s <= 1 / PAIRING_RATE.per_second
    clock.now_s += wait_s
    api.pair(code)


def test_feeds_health_and_capabilities_are_never_counted(api: Api, clock: Clock) -> None:
    made = api.post(f"/v1/journals/{api.journal}/feeds", {"plain": False})
    address = made.json()["url"].removeprefix(str(api.client.base_url))
    while api.client.get("/v1/journals").status_code != 429:
        pass
    for path in ("/v1/capabilities", "/healthz", address, "/problems/too-many"):
        assert {api.client.get(path).status_code for _ in range(ADDRESS_RATE.burst + 5)} == {200}


def test_capabilities_state_what_is_counted(api: Api) -> None:
    limits = api.client.get("/v1/capabilities").json()["limits"]
    assert limits["requests"] == {"at_once": TOKEN_RATE.burst, "per_minute": TOKEN_RATE.per_second * 60}
    assert limits["requests_without_token"]["at_once"] == ADDRESS_RATE.burst
    assert limits["refused_pairings"]["at_once"] == PAIRING_RATE.burst


def test_with_unlimited_nothing_is_counted(api: Api, clock: Clock) -> None:
    api.services.gate.unlimited()
    assert {api.client.get("/v1/journals").status_code for _ in range(ADDRESS_RATE.burst * 2)} == {401}


@given(
    burst=st.integers(1, 20),
    per_second=st.floats(0.01, 100),
    waits=st.lists(st.floats(0, 50), max_size=60),
)
def test_no_more_pass_than_the_rate_allows_and_who_waits_as_told_passes(
    burst: int, per_second: float, waits: list[float]
) -> None:
    buckets, now_s, passed = Buckets(Rate(burst, per_second)), 0.0, 0
    for wait_s in waits:
        now_s += wait_s
        told_s = buckets.take("who", now_s)
        passed += told_s == 0
        assert passed <= burst + now_s * per_second + 1e-6 * len(waits)
        if told_s:
            now_s += told_s
            assert buckets.take("who", now_s) == 0
            passed += 1


def test_no_more_are_remembered_than_may_be() -> None:
    buckets = Buckets(Rate(1, 1.0))
    for who in range(MAX_BUCKETS + 100):
        assert buckets.take(str(who), 0.0) == 0
    assert len(buckets._buckets) == MAX_BUCKETS
    assert buckets.take(str(MAX_BUCKETS + 99), 0.0) == 1


# The device's side


@pytest.fixture
def device(tmp_path: Path, api: Api) -> Iterator[Device]:
    made = Device(tmp_path / "device")
    made.adopt_account(api.account)
    yield made
    made.close()


def server(api: Api, naps: list[float] | None = None) -> HttpServer:
    return HttpServer("http://testserver.local", api.token, http=api.client, sleep=(naps or []).append)


def written(device: Device) -> str:
    journal = device.open_journal("Mine")
    _, drafts = add_goal(device.state(journal), new_id, "Something")
    device.append(journal, drafts)
    return journal


def test_a_device_that_is_told_to_wait_waits_and_then_goes_on(api: Api, clock: Clock, device: Device) -> None:
    journal = written(device)
    api.services.gate.tokens = Buckets(Rate(2, 0.5))
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        clock.now_s += seconds

    report = sync(device, HttpServer("http://testserver.local", api.token, http=api.client, sleep=nap))
    assert (report.sent, device.log.unsent_count(journal)) == (2, 0)
    for _ in range(3):
        sync(device, HttpServer("http://testserver.local", api.token, http=api.client, sleep=nap))
    assert naps
    assert min(naps) >= 1


def test_a_device_that_waited_long_enough_gives_up_and_keeps_everything(api: Api, clock: Clock, device: Device) -> None:
    journal = written(device)
    api.services.gate.tokens = Buckets(Rate(1, 0.001))
    naps: list[float] = []
    there = HttpServer("http://testserver.local", api.token, http=api.client, sleep=naps.append)
    with pytest.raises(TooMany) as found:
        sync(device, there)
    assert found.value.retry_after_s > PATIENCE_S
    assert sum(naps) <= PATIENCE_S
    assert device.log.unsent_count(journal) == 2


def test_a_refused_code_is_told_at_once(api: Api, clock: Clock) -> None:
    naps: list[float] = []
    there = HttpServer("http://testserver.local", http=api.client, sleep=naps.append)
    for _ in range(PAIRING_RATE.burst):
        with pytest.raises(CodeRefused):
            there.pair("AAAA-AAAA", "x")
    with pytest.raises(TooMany, match="Come again in"):
        there.pair("AAAA-AAAA", "x")
    assert naps == []


@pytest.mark.parametrize("status", [401, 403, 404, 413, 429, 500, 502, 503, 507])
def test_whatever_is_answered_nothing_is_discarded(device: Device, status: int) -> None:
    journal = written(device)
    events = device.log.unsent(journal)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text="<html>A proxy's words</html>", headers={"retry-after": "1"})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        there = HttpServer("http://goals.example.org", "token", http=http, sleep=lambda _: None)
        with pytest.raises(Exception, match="Everything is kept here"):
            sync(device, there)
    assert device.log.unsent(journal) == events


def test_a_request_in_another_version_is_refused_and_nothing_is_done(api: Api) -> None:
    api.services.gate.versions = (2, 3)
    headers = {**api.headers(), "milepost-protocol": "1"}
    response = api.client.post("/v1/journals", json={"id": new_id()}, headers=headers)
    assert problem(response)[:2] == (400, "protocol")
    assert "version 2-3 of the protocol, and you version 1" in problem(response)[2]
    assert response.headers["milepost-protocol"] == "2-3"
    assert len(api.get("/v1/journals").json()) == 1


def test_every_answer_tells_the_versions(api: Api) -> None:
    for path in ("/v1/capabilities", "/v1/journals", "/v1/nowhere", "/healthz", "/nowhere"):
        assert api.client.get(path).headers["milepost-protocol"] == "1"
    assert api.client.get("/v1/capabilities").json()["protocols"] == [1, 1]


@pytest.mark.parametrize(("versions", "who"), [((2, 3), "this device"), ((0, 0), "the server")])
def test_a_device_without_a_common_version_stops_and_says_who_is_to_be_upgraded(
    api: Api, device: Device, versions: tuple[int, int], who: str
) -> None:
    journal = written(device)
    api.services.gate.versions = versions
    with pytest.raises(ProtocolDiffers, match=f"{who} is to be upgraded. Everything is kept here"):
        sync(device, server(api))
    assert device.log.unsent_count(journal) == 2
    with pytest.raises(ProtocolDiffers):
        server(api).pair(api.code(), "x")
    api.services.gate.versions = (PROTOCOL, PROTOCOL + 4)
    assert sync(device, server(api)).sent == 2


@pytest.mark.parametrize(
    ("header", "versions"),
    [("1", (1, 1)), ("1-3", (1, 3)), (" 12 ", (12, 12)), ("", None), ("x", None), ("1-", None), ("-1", None)],
)
def test_versions_are_read_off_the_header(header: str, versions: tuple[int, int] | None) -> None:
    assert versions_in(header) == versions


@given(st.text())
def test_any_header_can_be_read(header: str) -> None:
    found = versions_in(header)
    assert found is None or all(0 <= version < 10**6 for version in found)


def test_a_device_compresses_what_it_sends_once_the_server_said_that_it_reads_that(api: Api, device: Device) -> None:
    journal = written(device)
    sync(device, server(api))
    sent: list[httpx.Request] = []
    api.client.event_hooks = {"request": [sent.append], "response": []}
    there = server(api)
    for turn in range(2):
        for n in range(20):
            _, drafts = add_goal(device.state(journal), new_id, f"Goal {turn} {n}")
            device.append(journal, drafts)
        sync(device, there)
    pushes = [request for request in sent if request.url.path == "/v1/sync"]
    assert [request.headers.get("content-encoding") for request in pushes] == [None, "zstd"]
    assert "zstd" in pushes[0].headers["accept-encoding"]
    assert len(pushes[1].content) < len(pushes[0].content) / 2
    assert device.log.unsent_count(journal) == 0
