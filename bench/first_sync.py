"""A long journal comes to a fresh device: how long the server takes to give it, and how long the whole sync takes."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from itertools import count as counting
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct

from bench.corpus import JOURNAL, corpus, load
from bench.figures import Figure, Sizes, alternate, sooner
from bench.peers import Bare, bare
from examples.demo.server import pairing_code, serving
from milepost import client
from milepost.device import Device
from milepost.envelope import Event
from milepost.messages import MAX_PAGE_EVENTS, Cursor, PairAnswer
from milepost_server.services import open_services


class _End(Struct):
    """The end of a page; what comes before it is not looked at."""

    cursor: Cursor
    more: bool = False


_CURSOR = b'"cursor":'
_decode_end = msgspec.json.Decoder(_End).decode


def run(sizes: Sizes) -> list[Figure]:
    """`first-sync`."""
    made = corpus(sizes.corpus)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "server").mkdir()
        asyncio.run(_fill(root / "server", made))
        with (
            serving(root / "server", 0, "--unlimited") as server,
            httpx.Client(timeout=client.TIMEOUT_S) as http,
            httpx.Client(timeout=client.TIMEOUT_S) as syncing,
            bare(root / "bare") as read_from,
        ):
            paired = client.HttpServer(server.url, http=http).pair(
                pairing_code(root / "server"), "bench", journal=JOURNAL
            )
            http.headers["authorization"] = f"Bearer {paired.token}"
            pages = list(_pages(http, server.url))
            bodies = [bytes(raw) for page in pages for raw in msgspec.json.decode(page, type=_Bodies).events]
            read_from.insert_many_by(len(bodies), bodies)
            names = (root / f"device-{number}" for number in counting())
            there = client.HttpServer(server.url, paired.token, http=syncing)
            served, read = alternate(
                min(sizes.rounds, 5),
                lambda: _served(http, server.url),
                lambda: _read(read_from, sum(map(len, bodies))),
            )
            synced, stored = alternate(
                min(sizes.rounds, 3),
                lambda: _synced(next(names), paired, there, len(made)),
                lambda: _stored(next(names), pages, bodies),
            )
    return [
        sooner("first-sync", served, "bare sqlite3 read of the same bytes", read),
        sooner("first-sync", synced, "bare msgspec decode + sqlite3 insert", stored),
    ]


class _Bodies(Struct):
    events: list[msgspec.Raw]


async def _fill(folder: Path, made: list[Event]) -> None:
    services, database = await open_services(folder)
    await load(services.store, JOURNAL, made)
    await database.close()


def _pages(http: httpx.Client, url: str) -> Iterator[bytes]:
    after, more = 0, True
    while more:
        answer = http.get(f"{url}/v1/journals/{JOURNAL}/events", params={"after": after})
        body = answer.raise_for_status().content
        end = _decode_end(b"{" + body[body.rindex(_CURSOR) :])
        after, more = end.cursor.seq, end.more
        yield body


def _served(http: httpx.Client, url: str) -> float:
    """Seconds until every page has arrived."""
    started = time.perf_counter()
    for _ in _pages(http, url):
        pass
    return time.perf_counter() - started


def _read(file: Bare, size: int) -> float:
    """Seconds to select the same bodies and join them to pages of the same size."""
    started = time.perf_counter()
    read = sum(len(page) for page in file.pages(MAX_PAGE_EVENTS))
    elapsed = time.perf_counter() - started
    if read < size:
        raise AssertionError("The bare file does not hold the same bytes.")
    return elapsed


def _synced(folder: Path, paired: PairAnswer, server: client.HttpServer, count: int) -> float:
    """Seconds for a fresh device to hold all of it, stored and folded."""
    device = Device(folder)
    try:
        device.adopt_account(paired.account)
        device.welcome(JOURNAL, private=True)
        started = time.perf_counter()
        client.sync(device, server)
        state = device.state(JOURNAL)
        elapsed = time.perf_counter() - started
        if sum(progress.n for progress in state.devices.values()) != count:
            raise AssertionError("The device did not get everything.")
        return elapsed
    finally:
        device.close()


def _stored(path: Path, pages: list[bytes], bodies: list[bytes]) -> float:
    """Seconds to make plain objects of the pages and insert the same bodies in one transaction."""
    with bare(path) as file:
        started = time.perf_counter()
        for page in pages:
            msgspec.json.decode(page)
        file.insert_many_by(len(bodies), bodies)
        return time.perf_counter() - started
