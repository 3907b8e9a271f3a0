"""A Milepost server with a journal that is connected to a FHIR server, and what is known on both sides."""

from typing import Any

from tests.plugins.fhir.servers import FhirServer
from tests.server.hosting.conftest import Stage


class FhirStage(Stage):
    def to(self, server: FhirServer, **more: Any) -> dict[str, Any]:
        settings = {"url": server.url, **more.pop("settings", {})}
        return self.connect("fhir", settings=settings, **more)

    def go(self) -> dict[str, Any]:
        """All that is due goes out, and what changed there comes in."""
        told = self.run("fhir")
        assert not told.get("error") or not told.get("failures"), told
        return told

    def told(self) -> str:
        """What is wrong, as the person reads it."""
        return str(self.run("fhir").get("error", ""))

    def of(self, kind: str, entity: str) -> dict[str, Any]:
        state = self.api.run(self.services.journals.state(self.api.journal)).state
        fields: dict[str, Any] = state.fields(kind, entity)
        return fields

    def proposals(self) -> list[tuple[str, dict[str, Any]]]:
        """What a person has to decide on: what it is about, and which fields it would set."""
        state = self.api.run(self.services.journals.state(self.api.journal)).state
        found = [state.fields("proposal", one)["change"] for one in state.visible("proposal")]
        return [(one["id"], one["fields"]) for one in found]

    def log(self) -> list[str]:
        return [f"{line['what']}: {line.get('words', '')}" for line in self.shown("fhir")["log"]]
