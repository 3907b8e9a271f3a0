"""What holds for every connector holds for this one, against a real FHIR server."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from milepost.plugin_api import Secret
from milepost.testing import ConnectorConformance, Outside, RealOutside
from milepost_fhir import Fhir, ServerSettings
from tests.plugins.fhir.servers import FhirServer

TOKEN = "planted-token-4711"


class Records(RealOutside):
    def __init__(self, server: FhirServer) -> None:
        super().__init__()
        server.empty()
        server.rule(bearer=TOKEN)
        self.server = server

    def seen(self) -> Any:
        return self.server.seen()


class TestFhir(ConnectorConformance):
    connector = Fhir
    places_at_most = 2
    server: ClassVar[FhirServer]

    @pytest.fixture(autouse=True)
    def _with(self, server: FhirServer) -> Iterator[None]:
        type(self).server = server
        type(self).settings = ServerSettings(url=server.url, token=Secret(TOKEN))
        yield

    def outside(self) -> Outside:
        return Records(self.server)

    def change_outside(self, outside: Outside) -> None:
        (goal,) = (one for one in self.server.all("Goal") if "Sleep" in one["description"]["text"])
        self.server.change(goal, lifecycleStatus="on-hold")
