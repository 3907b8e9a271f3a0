"""Servers of calendars, and a Milepost server beside them."""

from collections.abc import Iterator

import pytest

from tests.plugins.caldav.servers import Radicale, Server, Xandikos
from tests.plugins.caldav.stage import CaldavStage
from tests.server.conftest import Api, api  # noqa: F401 - fixtures
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture


@pytest.fixture(scope="session")
def radicale_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    server = Radicale(tmp_path_factory.mktemp("radicale"))
    yield server
    server.end()


@pytest.fixture
def radicale(radicale_once: Radicale) -> Radicale:
    """One for all tests, empty for each."""
    radicale_once.empty()
    return radicale_once


@pytest.fixture(scope="session")
def xandikos_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Xandikos]:
    server = Xandikos(tmp_path_factory.mktemp("xandikos"))
    yield server
    server.end()


@pytest.fixture(params=["radicale_once", "xandikos_once"], ids=["Radicale", "Xandikos"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each of the two, empty."""
    made: Server = request.getfixturevalue(request.param)
    made.empty()
    return made


@pytest.fixture
def stage(api: Api) -> CaldavStage:  # noqa: F811
    return CaldavStage(api, None)  # type: ignore[arg-type]
