"""Access that ends between any two requests of a sync: nothing more leaves the server, nothing of the person's own is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from milepost.belonging import left
from milepost.client import HttpServer, sync
from milepost.clock import new_id
from milepost.commands import bring
from milepost.device import Device
from milepost.errors import NotSignedIn
from milepost_server import journals
from tests.server.conftest import Api
from tests.server.people import Person, member, owner_of, tables

REQUESTS = 9
"""A whole sync takes as many here, or a few fewer."""
OWN = "Mine alone"


class Ending(httpx.BaseTransport):
    """Passes requests on, and ends somebody's access before one of them; keeps what was answered after that."""

    def __init__(self, api: Api, before: int, end: Callable[[], None]) -> None:
        self.api, self.before, self.end = api, before, end
        self.count = 0
        self.after = b""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.count == self.before:
            self.end()
        self.count += 1
        answer = self.api.client.request(
            request.method, str(request.url.raw_path.decode()), content=request.read(), headers=dict(request.headers)
        )
        if self.count > self.before:
            self.after += answer.content
        headers = {k: v for k, v in answer.headers.items() if k not in {"content-encoding", "content-length"}}
        return httpx.Response(answer.status_code, headers=headers, content=answer.content)


@contextmanager
def device_of(person: Person, folder: Path) -> Iterator[Device]:
    device = Device(folder)
    with device.log.transaction():
        device.adopt_account(person.account)
    device.welcome(person.api.journal, private=False)
    try:
        yield device
    finally:
        device.close()


@pytest.mark.parametrize("how", ["removed from the journal", "device revoked"])
@pytest.mark.parametrize("before", range(REQUESTS + 1))
def test_nothing_more_leaves_and_nothing_of_ones_own_is_lost(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, how: str
) -> None:
    monkeypatch.setattr(journals, "MAX_PAGE_EVENTS", 6)
    anna = owner_of(api)
    for n in range(25):
        anna.write("goal.created", {"id": new_id(), "title": f"Confided {n}"})
    ito = member(api, anna, "therapist")

    def end() -> None:
        if how == "device revoked":
            (mine,) = [one["id"] for one in ito.ask("GET", "/v1/devices").json()]
            assert ito.ask("DELETE", f"/v1/devices/{mine}").status_code == 200
        else:
            assert anna.ask("DELETE", f"/v1/journals/{api.journal}/members/{ito.account}").status_code == 200

    ending = Ending(api, before, end)
    with device_of(ito, tmp_path / "ito") as device, httpx.Client(transport=ending) as http:
        device.append(api.journal, bring(new_id, OWN)[1])
        server = HttpServer("http://server", ito.token, http=http)
        ended: Any = None
        try:
            ended = sync(device, server)
        except NotSignedIn as error:
            assert how == "device revoked"
            assert "revoked" in str(error)
        assert b"Confided" not in ending.after
        written = [event for _, event in device.log.events(api.journal) if event.actor == ito.account]
        assert [OWN in event.payload.decode() for event in written] == [True]
        here = any(OWN in row for row in tables(api, "events")["events"])
        assert here or device.log.unsent_count(api.journal) == 1, "it waits here, where it is not there"
        assert device.log.rejected(api.journal) == []
        if how != "device revoked" and ending.count > before:
            assert ended.problems == {}
            assert left(device) == {api.journal}


def test_a_sync_takes_as_many_requests_as_are_tried(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "MAX_PAGE_EVENTS", 6)
    anna = owner_of(api)
    for n in range(25):
        anna.write("goal.created", {"id": new_id(), "title": f"Confided {n}"})
    ito = member(api, anna, "therapist")
    whole = Ending(api, 10_000, lambda: None)
    with device_of(ito, tmp_path / "ito") as device, httpx.Client(transport=whole) as http:
        sync(device, HttpServer("http://server", ito.token, http=http))
        assert len(list(device.log.events(api.journal))) == 25
    assert 3 <= whole.count <= REQUESTS
