"""What a terminal makes of a journal that it shares with a browser, for tests that act in the browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from milepost.views.entities import (
    Alliance,
    Reflection,
    Series,
    Session,
    alliances,
    reflections,
    series,
    sessions,
)
from tests.processes import ServerProcess
from tests.web.in_browser import add_goal, connect, person
from tests.web.laptop import Laptop

TODAY = datetime.now().astimezone().date()


def day(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


class Terminal:
    """What the terminal makes of the one journal that a browser shares with it."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        laptop.sync()
        (row,) = laptop.device.rows()
        self.journal = row.journal

    def until(self, holds: Any) -> None:
        self.laptop.sync_until(lambda: holds(self.laptop.state(self.journal)))

    def types(self) -> list[str]:
        return [event.type for _, event in self.laptop.device.log.events(self.journal)]

    def reflections(self) -> list[Reflection]:
        return reflections(self.laptop.state(self.journal))

    def sessions(self) -> list[Session]:
        return sessions(self.laptop.state(self.journal))

    def series(self) -> list[Series]:
        return series(self.laptop.state(self.journal))

    def of(self, kind: str, field: str) -> Any:
        """A field of the one entity of a kind; None while there is none."""
        state = self.laptop.state(self.journal)
        return next((state.fields(kind, one).get(field) for one in state.entities.get(kind, {})), None)

    def alliances(self) -> list[Alliance]:
        return alliances(self.laptop.state(self.journal))


@contextmanager
def beside(browser: Browser, server: ServerProcess, folder: Path) -> Iterator[tuple[Page, Terminal]]:
    """A browser with one goal, and a terminal on the same journal."""
    with person(browser) as (_, page):
        add_goal(page, server.url)
        connect(page, server)
        laptop = Laptop(folder, server)
        try:
            yield page, Terminal(laptop)
        finally:
            laptop.close()
