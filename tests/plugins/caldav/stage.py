"""A Milepost server with a journal that is connected to a calendar server, and what is known on both sides."""

from typing import Any

from milepost.events import Draft
from milepost_server.access import Admitted
from milepost_server.records import Caller
from tests.plugins.caldav.servers import NAME, PASSWORD, Server
from tests.server.hosting.conftest import Stage

DAY_MS = 24 * 3_600_000


class CaldavStage(Stage):
    def to(self, server: Server, **more: Any) -> dict[str, Any]:
        settings = {"url": server.url, "username": NAME, "password": PASSWORD, **more.pop("settings", {})}
        return self.connect("caldav", settings=settings, **more)

    def go(self) -> dict[str, Any]:
        """All that is due goes out, and what changed there comes in."""
        told = self.run("caldav")
        assert not told.get("error") or not told.get("failures"), told
        return told

    def told(self) -> str:
        """What is wrong, as the person reads it."""
        return str(self.run("caldav").get("error", ""))

    def change_connection(self, **fields: Any) -> None:
        path = f"{self.path}/connections/caldav"
        response = self.api.client.patch(path, json=fields, headers=self.api.headers())
        assert response.status_code == 200, response.text

    def of(self, kind: str, entity: str) -> dict[str, Any]:
        state = self.api.run(self.services.journals.state(self.api.journal)).state
        fields: dict[str, Any] = state.fields(kind, entity)
        return fields

    def status(self, kind: str, entity: str) -> str:
        return str(self.of(kind, entity).get("status", "planned" if kind == "milestone" else "active"))

    def all(self, kind: str) -> list[dict[str, Any]]:
        state = self.api.run(self.services.journals.state(self.api.journal)).state
        return [state.fields(kind, one) for one in state.visible(kind)]

    def proposals(self) -> list[tuple[str, dict[str, Any]]]:
        return [(one["change"]["id"], one["change"]["fields"]) for one in self.all("proposal")]

    def write(self, *drafts: Draft) -> None:
        """What no route writes."""
        by = Admitted(Caller(self.services.account, "0" * 8, "api"), "owner")
        self.api.run(self.services.journals.write(self.api.journal, by, lambda _: drafts, self.api.now_ms))

    def log(self) -> list[str]:
        return [f"{line['what']}: {line.get('words', '')}" for line in self.shown("caldav")["log"]]

    def next_day(self, days: int = 1) -> None:
        self.later(days * DAY_MS)
