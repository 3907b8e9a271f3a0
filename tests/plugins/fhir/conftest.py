"""A FHIR server of others, and a Milepost server beside it."""

from collections.abc import Iterator

import pytest

from tests.plugins.fhir.servers import FhirServer
from tests.plugins.fhir.stage import FhirStage
from tests.server.conftest import Api, api  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def server_once() -> Iterator[FhirServer]:
    server = FhirServer()
    yield server
    server.stop()


@pytest.fixture
def server(server_once: FhirServer) -> FhirServer:
    """One for all tests, empty for each."""
    server_once.empty()
    return server_once


@pytest.fixture
def engine() -> str:
    """What is stored where is tested elsewhere."""
    return "sqlite"


@pytest.fixture
def stage(api: Api) -> FhirStage:  # noqa: F811
    return FhirStage(api, None)  # type: ignore[arg-type]
