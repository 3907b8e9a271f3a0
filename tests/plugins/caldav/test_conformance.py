"""What holds for every connector holds for this one, against a real Radicale."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from milepost.plugin_api import Secret
from milepost.testing import ConnectorConformance, Outside, RealOutside
from milepost_caldav import Caldav, CaldavSettings
from tests.plugins.caldav.servers import NAME, PASSWORD, Radicale


class Calendars(RealOutside):
    def __init__(self, server: Radicale) -> None:
        super().__init__()
        server.empty()
        self.server = server

    def seen(self) -> Any:
        return {name: self.server.bodies(name) for name in ("Milepost", "Milepost appointments")}


class TestCaldav(ConnectorConformance):
    connector = Caldav
    places_at_most = 2
    server: ClassVar[Radicale]

    @pytest.fixture(autouse=True)
    def _with(self, radicale: Radicale) -> Iterator[None]:
        type(self).server = radicale
        type(self).settings = CaldavSettings(url=radicale.url, username=NAME, password=Secret(PASSWORD), due=True)
        yield

    def outside(self) -> Outside:
        return Calendars(self.server)

    def change_outside(self, outside: Outside) -> None:
        self.server.complete("Say no to one thing")
