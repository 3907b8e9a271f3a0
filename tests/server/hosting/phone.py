"""A phone that keeps what it is told, a notifier to it, and a person who wishes to be reminded."""

from collections.abc import Callable, Sequence
from typing import Any

from milepost.clock import new_id
from milepost.plugin_api import Context, Message, Notifier
from tests.server.conftest import Api
from tests.server.hosting.conftest import Stage
from tests.server.hosting.world import Settings, World, bringing
from tests.server.people import Person

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


class Phone:
    def __init__(self) -> None:
        self.told: list[Message] = []
        self.behave: Callable[[Message], Any] = lambda _: None

    @property
    def words(self) -> list[tuple[str, str]]:
        return [(one.title, one.body) for one in self.told]


def notifier(phone: Phone) -> type[Notifier[Settings]]:
    class ToPhone(Notifier[Settings]):
        name = "phone"
        title = "Tells a phone"
        settings = Settings
        defaults = frozenset({"titles"})

        def hosts(self, settings: Settings) -> Sequence[str]:
            return ["phone.example"]

        async def notify(self, message: Message, context: Context[Settings]) -> None:
            found = phone.behave(message)
            if found is not None:
                await found
            phone.told.append(message)

    return ToPhone


class PhoneStage(Stage):
    """A journal whose owner is reminded on a phone; the server's time is 2027-01-15, 08:00 in UTC."""

    def __init__(self, api: Api, *, phone: bool = True) -> None:
        super().__init__(api, World())
        self.phone = Phone()
        if phone:
            self.installed(phone=bringing(notifier(self.phone)))
        self.person = Person(api, api.account, api.token)
        self.write("journal.opened", {"title": "Mine", "time_zone": "UTC"})

    def write(self, type_name: str, data: dict[str, Any]) -> None:
        result = self.person.write(type_name, data)
        assert result["outcome"] == "stored", result

    def wish(self, at: str = "09:00", **more: Any) -> str:
        entity = new_id()
        self.write("reminder.set", {"id": entity, "what": "Breathe", "recurrence": "FREQ=DAILY", "at": at, **more})
        return entity

    def look(self) -> None:
        """Everything that the schedule finds due now is done."""
        schedule = self.services.schedule
        while True:
            self.api.run(schedule._due())
            if not schedule._running:
                return
            self.api.run(_all(schedule))

    def look_when_due(self) -> int:
        """Goes on to when the schedule wants to look next; returns the minutes since the beginning."""
        self.look()
        self.api.now_ms = max(self.services.schedule._next_ms, self.api.now_ms)
        self.look()
        return self.api.now_ms


async def _all(schedule: Any) -> None:
    import asyncio

    await asyncio.gather(*schedule._running, return_exceptions=True)
