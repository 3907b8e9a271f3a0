"""A device with a file, as a terminal has one, beside devices of the browser's kind."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from milepost.client import HttpServer, SyncReport, sync
from milepost.device import Device
from milepost.events import Draft
from milepost.journal import State
from tests.processes import ServerProcess


class Laptop:
    """One, in this process."""

    def __init__(self, folder: Path, server: ServerProcess) -> None:
        self.device = Device(folder)
        self.http = httpx.Client(timeout=30)
        answer = HttpServer(server.url, http=self.http).pair(server.code(), "laptop")
        with self.device.log.transaction():
            self.device.log.set("token", answer.token)
            self.device.adopt_account(answer.account)
        for entry in answer.journals:
            self.device.welcome(entry.id, private=entry.private)
        self.remote = HttpServer(server.url, answer.token, http=self.http)

    def close(self) -> None:
        self.device.close()
        self.http.close()

    def sync(self) -> SyncReport:
        return sync(self.device, self.remote)

    def sync_until(self, holds: Callable[[], bool]) -> None:
        """Syncs until what another device sends has come."""
        end = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.1)
            self.sync()

    def append(self, journal: str, *drafts: dict[str, Any]) -> None:
        self.device.append(journal, [Draft(draft["type"], draft["fields"]) for draft in drafts])

    def state(self, journal: str) -> State:
        return self.device.state(journal)


@contextmanager
def beside(folder: Path, server: ServerProcess) -> Iterator[tuple[Laptop, str]]:
    """A laptop, and the id of the one journal that it shares with a browser."""
    laptop = Laptop(folder / "laptop", server)
    try:
        laptop.sync_until(lambda: len(laptop.device.rows()) == 1)
        laptop.sync()
        (row,) = laptop.device.rows()
        yield laptop, row.journal
    finally:
        laptop.close()
