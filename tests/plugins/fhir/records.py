"""A journal and a connection to a FHIR server, without a Milepost server between them; and what is there of it."""

from typing import Any

from milepost.plugin_api import Answer, Change, Kind
from milepost.testing import FakeHost, FakeJournal, RealOutside
from milepost_fhir import Fhir, ServerSettings
from tests.plugins.fhir.servers import FhirServer


class Connected:
    """A journal with two goals and a step, connected. What changes in it goes out by `send`."""

    def __init__(self, server: FhirServer, **settings: Any) -> None:
        self.server, self.journal = server, FakeJournal()
        self.host = FakeHost(ServerSettings(**{"url": server.url, **settings}), RealOutside())
        self.speak = self.journal.goal("Say what I need", why="I go quiet", due="2026-12-18")
        self.rest = self.journal.goal("Sleep through")
        self.step = self.journal.milestone(self.speak, "Ask for a break")
        self.window = 0

    def changes(self, *kinds: Kind, reason: Any = "changed") -> list[Change]:
        self.window += 1
        return self.journal.changes(kinds or Fhir.kinds, reason=reason, window=self.window)

    def send(self, *kinds: Kind, reason: Any = "changed") -> list[Answer]:
        """Everything as it stands goes out; what looks as it did is not sent."""
        return self.host.push(Fhir(), self.changes(*kinds, reason=reason))

    def begin(self) -> list[Answer]:
        """The first time."""
        return self.send(reason="new")

    def goal(self, title: str) -> dict[str, Any]:
        """A Goal there."""
        (found,) = (one for one in self.server.all("Goal") if one["description"]["text"] == title)
        return found
