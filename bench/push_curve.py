"""Whether a push costs the same however many journals there are: the curve from one to ten thousand."""

import asyncio
import tempfile
import time
from pathlib import Path

import msgspec

from bench.corpus import corpus
from bench.figures import Figure, Sizes, less
from milepost.clock import new_id, wall_clock_ms
from milepost_server.access import Admitted
from milepost_server.records import Caller
from milepost_server.services import Services, open_services

CURVE = (1, 10, 100, 1_000, 10_000)
WAITING = 64
"""Devices that push at the same time, at every point of the curve."""


def run(sizes: Sizes) -> list[Figure]:
    """`push-curve`: microseconds for each durable push, beside those with one journal."""
    curve = CURVE if sizes.corpus >= 10_000 else CURVE[:3]
    pushes = max(sizes.pushes * 250, 200)
    taken = {count: _with(count, pushes) for count in curve}
    few = taken[curve[0]]
    return [less("push-curve", "us", taken[count], f"{count:,} journals, beside one", few) for count in curve]


def _with(journals: int, pushes: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_pushed(Path(folder), journals, pushes))


async def _pushed(folder: Path, journals: int, pushes: int) -> float:
    """Every journal has events already; then as many devices at a time push one each, to all journals in turn."""
    services, database = await open_services(folder)
    ids = [new_id() for _ in range(journals)]
    writers = [_Writer(services, ids[at % journals]) for at in range(max(WAITING, journals))]
    mine = [writers[at::WAITING] for at in range(WAITING)]

    async def begin(own: list[_Writer]) -> None:
        for writer in own:
            await writer.push()

    await asyncio.gather(*(begin(own) for own in mine))
    started, left = time.perf_counter(), pushes

    async def go_on(own: list[_Writer]) -> None:
        nonlocal left
        at = 0
        while left > 0:
            left -= 1
            await own[at % len(own)].push()
            at += 1

    await asyncio.gather(*(go_on(own) for own in mine))
    elapsed = time.perf_counter() - started
    await database.close()
    return elapsed / pushes * 1e6


class _Writer:
    """A device that writes to a journal."""

    def __init__(self, services: Services, journal: str) -> None:
        self._services = services
        self._journal, self._device, self._n = journal, new_id(), 0
        self._by = Admitted(Caller(services.account, self._device), "owner")

    async def push(self) -> None:
        made = corpus(1)[0]
        self._n += 1
        event = msgspec.structs.replace(made, n=self._n, device=self._device, actor=self._services.account)
        (result,) = await self._services.journals.push(self._journal, self._by, [event], wall_clock_ms())
        if result.outcome != "stored":
            raise AssertionError("A push was not stored.")
