"""A server for a module: what one test leaves there, the next takes away."""

from collections.abc import Iterator

import pytest

from tests.plugins.caldav.servers import Radicale, Server, Xandikos


@pytest.fixture(scope="session")
def radicale_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    server = Radicale(tmp_path_factory.mktemp("radicale"))
    yield server
    server.end()


@pytest.fixture
def radicale(radicale_once: Radicale) -> Radicale:
    radicale_once.empty()
    return radicale_once


@pytest.fixture(params=[Radicale, Xandikos])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each of the two, fresh."""
    made = request.param(tmp_path_factory.mktemp("server"))
    yield made
    made.end()
