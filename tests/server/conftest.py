from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from milepost.clock import new_id
from milepost_server.app import create_app
from milepost_server.data_folder import DataFolder
from milepost_server.records import issue_code
from milepost_server.services import Services, open_services

NOW = 1_800_000_000_000


class Api:
    """A server in this process, spoken to as over HTTP."""

    def __init__(self, client: TestClient[Any], services: Services) -> None:
        self.client, self.services = client, services
        self.now_ms = NOW
        services.now_ms = lambda: self.now_ms
        self.account = services.account
        self.token = self.pair(self.code())["token"]
        self.journal = new_id()
        assert self.post("/v1/journals", {"id": self.journal, "private": True}).status_code == 200

    def run(self, work: Any) -> Any:
        async def awaited() -> Any:
            return await work

        return self.client.blocking_portal.call(awaited)  # type: ignore[attr-defined]

    def code(self, account: str = "") -> str:
        made: str = self.run(self.services.database.write(issue_code(account or self.services.account, self.now_ms)))
        return made

    def pair(self, code: str, **more: Any) -> dict[str, Any]:
        response = self.client.post("/v1/pair", json={"code": code, "name": "test", **more})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def headers(self, token: str | None = None) -> dict[str, str]:
        return {"authorization": f"Bearer {token or self.token}"}

    def get(self, path: str, token: str | None = None, **params: Any) -> Any:
        return self.client.get(path, headers=self.headers(token), params=params)

    def post(self, path: str, body: Any, token: str | None = None) -> Any:
        return self.client.post(path, json=body, headers=self.headers(token))

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self.headers())


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Whoever opens services on the test's folder has them on this engine."""
    if request.param == "postgres":
        DataFolder(tmp_path).remember_database(request.getfixturevalue("postgres_url"))
    return str(request.param)


_folders: list[Path] = []
_opened: list[Services] = []


@cache
def application() -> Litestar:
    """One for the whole run, for describing all its routes takes long: each start has services of its own."""

    async def opener() -> tuple[Services, Callable[[], Awaitable[None]]]:
        services, database = await open_services(_folders[-1], admin_key="the key")
        _opened.append(services)
        return services, database.close

    return create_app(opener)


@pytest.fixture
def api(tmp_path: Path, engine: str) -> Iterator[Api]:
    _folders.append(tmp_path)
    with TestClient(application()) as client:
        yield Api(client, _opened[-1])
