"""Ten thousand changes through a connector that does nothing, beside reading them bare; and what idle connections cost."""

import asyncio
import resource
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from bench.figures import Figure, Sizes, alternate, faster, less
from milepost.clock import new_id
from milepost.connection_messages import ConnectionRequest
from milepost.envelope import decode_event
from milepost.events import Draft
from milepost.messages import MAX_PAGE_BYTES
from milepost.plugin_api import Answer, Change, Connector, Context, Done, NoSettings, hookimpl
from milepost_server.access import Admitted
from milepost_server.hosting.host import Told
from milepost_server.hosting.looking import Looking
from milepost_server.records import Caller, claim
from milepost_server.services import Services, open_services

IDLE = 20
IDLE_S = 20.0
TARGET_MS = 5.0
"""Milliseconds of CPU in each second, for all idle connections together."""
DAY = "2026-11-02"


class Nowhere(Connector[NoSettings]):
    """Takes everything, and does nothing with it."""

    name = "nowhere"
    title = "Does nothing"
    delivery = "each"
    taken: ClassVar[int] = 0

    def hosts(self, settings: NoSettings) -> Sequence[str]:  # noqa: ARG002 - it connects to none
        """None."""
        return ()

    async def push(self, changes: Sequence[Change], context: Context[NoSettings]) -> Sequence[Answer]:  # noqa: ARG002
        """Done."""
        type(self).taken += len(changes)
        return [Done() for _ in changes]


@hookimpl
def milepost_connectors() -> Sequence[type[Connector[Any]]]:
    """The one."""
    return [Nowhere]


class Hosted:
    """A server with connections to nowhere, and a journal."""

    def __init__(self, services: Services, journal: str) -> None:
        self.services, self.journal = services, journal
        self.by = Admitted(Caller(services.account, "bench", "api"), "owner")

    async def begin(self, connections: int) -> None:
        """Connects the journal."""
        host = self.services.host
        host.points = lambda: [metadata.EntryPoint("nowhere", "bench.plugins", "milepost.plugins")]
        await host.set("nowhere", Told(enabled=True), 0)
        await self.services.database.write(claim(self.journal, self.by.caller, private=True, now=0))
        for _ in range(connections):
            await Looking(self.services, self.journal, self.by).add(ConnectionRequest(to="nowhere"), "")

    async def grow(self, events: int) -> None:
        """Check-ins, as many as are asked for."""
        for start in range(0, events, 500):
            some = range(start, min(start + 500, events))
            drafts = [Draft("checkin.recorded", {"id": new_id(), "on": DAY, "value": value}) for value in some]
            await self.services.journals.write(self.journal, self.by, lambda _, d=drafts: d, self.services.now_ms())  # type: ignore[misc]

    async def delivered(self) -> None:
        """All there is goes out."""
        while await self.services.schedule.turn(self.journal, "nowhere"):
            pass

    async def read_bare(self, after: int) -> int:
        """The same events, read and decoded."""
        at = after
        more = True
        while more:
            page = await self.services.store.read(self.journal, at, limit=500, max_bytes=MAX_PAGE_BYTES)
            at += len([decode_event(body) for body in page.bodies])
            more = page.more
        return at - after


def delivery(sizes: Sizes) -> list[Figure]:
    """Changes a second through the whole of delivery: windows, notes and all."""
    events = sizes.journal
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        services, database = runner.run(open_services(Path(folder)))
        hosted = Hosted(services, new_id())
        runner.run(hosted.begin(1))
        runner.run(hosted.delivered())

        def through_plugin() -> float:
            runner.run(hosted.grow(events))
            before, started = Nowhere.taken, time.perf_counter()
            runner.run(hosted.delivered())
            if Nowhere.taken - before != events:
                raise AssertionError(f"{Nowhere.taken - before} of {events} were delivered.")
            return events / (time.perf_counter() - started)

        def bare() -> float:
            end = runner.run(services.store.head(hosted.journal)).seq
            started = time.perf_counter()
            if runner.run(hosted.read_bare(end - events)) != events:
                raise AssertionError("Not every event was read.")
            return events / (time.perf_counter() - started)

        ours, theirs = alternate(max(sizes.rounds // 3, 1), through_plugin, bare)
        services.host.end()
        runner.run(database.close())
    return [faster("plugin-delivery", "changes/s", ours, "reading and decoding them bare", theirs)]


def idle(sizes: Sizes) -> list[Figure]:
    """What the server does for connections that have nothing to do."""
    lasts = IDLE_S if sizes.rounds > 1 else 0.2
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        services, database = runner.run(open_services(Path(folder)))
        hosted = Hosted(services, new_id())
        runner.run(hosted.begin(IDLE))
        runner.run(_begun(services))
        before = _cpu_s()
        runner.run(asyncio.sleep(lasts))
        spent = (_cpu_s() - before) / lasts * 1000
        runner.run(services.schedule.end())
        runner.run(database.close())
    return [less("plugin-idle", "ms of CPU/s", spent, f"target, {IDLE} connections", TARGET_MS)]


async def _begun(services: Services) -> None:
    services.schedule.begin()
    await asyncio.sleep(1.0)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
