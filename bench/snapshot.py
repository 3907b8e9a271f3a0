"""A long journal on a fresh device: until it can be used, by a snapshot, and until all of its history is there."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Iterator
from itertools import count as counting
from pathlib import Path

import httpx
from msgspec import Struct

from bench.corpus import JOURNAL, corpus, load
from bench.figures import Figure, Sizes, alternate, sooner
from examples.demo.server import pairing_code, serving
from milepost import client
from milepost.device import Device
from milepost.envelope import Event
from milepost.messages import PairAnswer
from milepost.steps import NoSnapshot
from milepost_server.services import open_services

USABLE_S = 1.0
WHOLE_S = 3.0


class There(Struct):
    """A running server with the corpus in one journal, spoken to by one kept connection after another."""

    url: str
    paired: PairAnswer
    http: httpx.Client

    def client(self) -> client.HttpServer:
        """The server as a device sees it."""
        return client.HttpServer(self.url, self.paired.token, http=self.http)


class Plain(client.HttpServer):
    """A server without snapshots."""

    def snapshot(self, journal: str, least: int) -> NoSnapshot:  # noqa: ARG002
        return NoSnapshot()


def run(sizes: Sizes) -> list[Figure]:
    """`snapshot`."""
    made = corpus(sizes.corpus)
    with tempfile.TemporaryDirectory() as folder, filled(Path(folder) / "server", made) as there:
        names = (Path(folder) / f"device-{number}" for number in counting())
        usable, whole, onwards = alternate(
            min(sizes.rounds, 5),
            lambda: _synced(next(names), there, len(made), history=False),
            lambda: _synced(next(names), there, len(made), history=True),
            lambda: _synced(next(names), there, len(made), history=True, plain=True),
        )
    return [
        sooner("snapshot", usable, "target, usable", USABLE_S),
        sooner("snapshot", whole, "target, whole history", WHOLE_S),
        sooner("snapshot", whole, "Milepost, page by page without a snapshot", onwards),
    ]


@contextlib.contextmanager
def filled(folder: Path, made: list[Event]) -> Iterator[There]:
    """A server that has the events as one journal, and a device paired with it."""
    folder.mkdir()
    asyncio.run(_fill(folder, made))
    with serving(folder, 0, "--unlimited") as server, httpx.Client(timeout=client.TIMEOUT_S) as http:
        paired = client.HttpServer(server.url, http=http).pair(pairing_code(folder), "bench", journal=JOURNAL)
        http.headers["authorization"] = f"Bearer {paired.token}"
        yield There(server.url, paired, http)


async def _fill(folder: Path, made: list[Event]) -> None:
    services, database = await open_services(folder)
    await load(services.store, JOURNAL, made)
    services.journals.snapshots.grown(JOURNAL, len(made))
    await services.journals.snapshots.settle()
    await database.close()


def _synced(folder: Path, there: There, count: int, *, history: bool, plain: bool = False) -> float:
    """Seconds until a fresh device has the state, or all of it."""
    device = Device(folder)
    try:
        device.adopt_account(there.paired.account)
        device.welcome(JOURNAL, private=True)
        server = Plain(there.url, there.paired.token, http=there.http) if plain else there.client()
        started = time.perf_counter()
        client.sync(device, server, history=history)
        state = device.state(JOURNAL)
        elapsed = time.perf_counter() - started
        if sum(progress.n for progress in state.devices.values()) != count or device.corrected:
            raise AssertionError("The device did not get everything.")
        if history and len(device.log.history(JOURNAL)) != count:
            raise AssertionError("The history is not whole.")
        return elapsed
    finally:
        device.close()
