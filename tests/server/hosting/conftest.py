from typing import Any

import pytest

from milepost.clock import new_id
from milepost.commands import redacting
from milepost.envelope import decode_event
from milepost_server.access import Admitted
from milepost_server.hosting.host import Told
from milepost_server.records import Caller
from tests.server.conftest import Api
from tests.server.hosting.world import World, bringing, connector, points


class Stage:
    """A server with a connector to a world, and a journal that it is connected to."""

    def __init__(self, api: Api, world: World) -> None:
        self.api, self.world, self.services = api, world, api.services
        self.path = f"/v1/journals/{api.journal}"
        self.script = api.post("/v1/devices", {"name": "script"}).json()["token"]
        self.api.run(self.services.schedule.end())  # turns are had when the test says so

    def installed(self, **modules: dict[str, Any]) -> None:
        """These plugins are installed and enabled, and no others."""
        self.services.host.points = lambda: points(**modules)
        for name in modules:
            self.api.run(self.services.host.set(name, Told(enabled=True), 0))

    def to_world(self, **attributes: Any) -> None:
        self.installed(world=bringing(connector(self.world, **attributes)))

    def make(self, of: str, **fields: Any) -> str:
        """Something new in the journal."""
        response = self.api.post(f"{self.path}/{of}", fields, self.script)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def revise(self, of: str, entity: str, **fields: Any) -> None:
        response = self.api.client.patch(
            f"{self.path}/{of}/{entity}", json=fields, headers=self.api.headers(self.script)
        )
        assert response.status_code == 200, response.text

    def take_back(self, of: str, entity: str) -> None:
        response = self.api.client.delete(f"{self.path}/{of}/{entity}", headers=self.api.headers(self.script))
        assert response.status_code in {200, 204}, response.text

    def connect(self, to: str = "world", **more: Any) -> dict[str, Any]:
        response = self.api.post(f"{self.path}/connections", {"to": to, "plain": True, **more})
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()
        return made

    def steer(self, action: str, connection: str = "world", **params: Any) -> dict[str, Any]:
        response = self.api.client.post(
            f"{self.path}/connections/{connection}/{action}", headers=self.api.headers(), params=params
        )
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def run(self, connection: str = "world") -> dict[str, Any]:
        return self.steer("run", connection)

    def shown(self, connection: str = "world") -> dict[str, Any]:
        answer: dict[str, Any] = self.api.get(f"{self.path}/connections/{connection}").json()
        return answer

    def later(self, ms: int) -> None:
        self.api.now_ms += ms


def redact(stage: Stage, kind: str, entity: str) -> None:
    """Takes all words of something out of the journal."""
    services = stage.services
    folded = stage.api.run(services.journals.state(stage.api.journal))
    page = stage.api.run(services.journals.store.read(stage.api.journal, 0, limit=1_000, max_bytes=1_000_000))
    drafts = redacting.redact(folded.state, map(decode_event, page.bodies), new_id, kind, entity)
    by = Admitted(Caller(services.account, "0" * 8, "api"), "owner")
    stage.api.run(services.journals.write(stage.api.journal, by, lambda _: drafts, stage.api.now_ms))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def stage(api: Api, world: World) -> Stage:
    return Stage(api, world)
