from typing import Any

import pytest

from milepost_server.hosting.host import Told
from tests.server.conftest import Api, api, engine  # noqa: F401 - fixtures
from tests.server.hosting.world import World, bringing, connector, points


class Stage:
    """A server with a connector to a world, and a journal that it is connected to."""

    def __init__(self, api: Api, world: World) -> None:  # noqa: F811
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


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def stage(api: Api, world: World) -> Stage:  # noqa: F811
    return Stage(api, world)
