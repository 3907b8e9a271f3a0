"""From a push to its being visible on another live device, with a hundred of them connected; and what an idle one costs.

Every live device is an open stream of a real server, and each pair of them shares a journal: one pushes, the other is
told and syncs. So nobody waits for devices that have nothing to fetch.
"""

import asyncio
import contextlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct

from bench.corpus import corpus
from bench.figures import Figure, Sizes, less
from examples.demo.server import Serving, serving
from milepost.clock import new_id
from milepost.database import Database, Work, unit
from milepost.envelope import Event, genesis_chain
from milepost.messages import Cursor, DeviceEntry, JournalSync, PushRequest, SyncRequest
from milepost_server import records
from milepost_server.live import HEARTBEAT_S
from milepost_server.services import open_services

LIVE = 100
P50_MS, P99_MS = 10, 50
IDLE_BYTES_S, IDLE_CPU_MS_S, IDLE_KB = 2, 10, 100


class Pair(Struct):
    """Two devices of one account, and the journal that they share."""

    account: str
    journal: str
    tokens: list[str]


def run(sizes: Sizes) -> list[Figure]:
    """`live`."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = asyncio.run(_prepare(Path(folder)))
        with serving(Path(folder), 0, "--unlimited") as server:
            return asyncio.run(_measured(server, pairs, sizes))


async def _prepare(folder: Path) -> list[Pair]:
    _, database = await open_services(folder)
    pairs = [await _pair(database) for _ in range(LIVE // 2)]
    await database.close()
    return pairs


async def _pair(database: Database) -> Pair:
    pair = Pair(new_id(), new_id(), [records.new_token(), records.new_token()])

    @unit
    def work() -> Work[None]:
        yield from records.claim(pair.journal, records.Caller(pair.account, ""), private=True, now=0)
        for token in pair.tokens:
            entry = DeviceEntry(id=new_id(), name="bench", kind="log", created_at=0)
            yield from records.add_api_device(entry, token, pair.account)

    await database.write(work())
    return pair


async def _measured(server: Serving, pairs: list[Pair], sizes: Sizes) -> list[Figure]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=server.url, timeout=30, limits=limits) as http:
        before = _usage(server)
        async with contextlib.AsyncExitStack() as stack:
            streams = [
                await stack.enter_async_context(_listening(http, token)) for pair in pairs for token in pair.tokens
            ]
            memory_kb = (_usage(server)[1] - before[1]) / 1024 / LIVE
            taken = await _visible(http, pairs, streams, sizes)
            idle = await _idle(server, streams)
    taken.sort()
    return [
        less("live", "ms", statistics.median(taken), "target, p50", P50_MS),
        less("live", "ms", taken[len(taken) * 99 // 100], "target, p99", P99_MS),
        less("live-idle", "bytes/s", idle[0], "target, each device", IDLE_BYTES_S),
        less("live-idle", "ms of CPU/s", max(idle[1], 0.001), "target, all devices", IDLE_CPU_MS_S),
        less("live-idle", "kB", max(memory_kb, 0.001), "target, resident, each device", IDLE_KB),
    ]


@contextlib.asynccontextmanager
async def _listening(http: httpx.AsyncClient, token: str) -> AsyncIterator[AsyncIterator[bytes]]:
    headers = {"authorization": f"Bearer {token}"}
    async with http.stream("GET", "/v1/live", headers=headers, timeout=None) as answer:
        answer.raise_for_status()
        parts = answer.aiter_raw()
        await anext(parts)
        yield parts


async def _visible(
    http: httpx.AsyncClient, pairs: list[Pair], streams: list[AsyncIterator[bytes]], sizes: Sizes
) -> list[float]:
    """Milliseconds from before a push until the other device has the event, one push after the other."""
    taken, made = [], corpus(max(sizes.pushes, 2))
    cursors = [Cursor(0, genesis_chain(pair.journal).hex()) for pair in pairs]
    for turn in range(sizes.pushes * 5):
        at, n = turn % len(pairs), turn // len(pairs)
        if n >= len(made):
            break
        pair = pairs[at]
        event = msgspec.structs.replace(made[n], actor=pair.account, device=pair.account)
        started = time.perf_counter()
        told, _ = await asyncio.gather(_seen(http, pair, streams[2 * at + 1], cursors[at]), _pushed(http, pair, event))
        taken.append((told[0] - started) * 1000)
        cursors[at] = told[1]
        await anext(streams[2 * at])
    return taken


async def _pushed(http: httpx.AsyncClient, pair: Pair, event: Event) -> None:
    answer = await http.post(
        f"/v1/journals/{pair.journal}/events", content=msgspec.json.encode(PushRequest([event])), headers=_as(pair, 0)
    )
    answer.raise_for_status()


async def _seen(
    http: httpx.AsyncClient, pair: Pair, stream: AsyncIterator[bytes], cursor: Cursor
) -> tuple[float, Cursor]:
    """Waits for the hint, syncs, and gives the moment at which the event is there."""
    while b"event: head" not in await anext(stream):
        pass
    request = SyncRequest({pair.journal: JournalSync(cursor=cursor, device=new_id())})
    answer = await http.post("/v1/sync", content=msgspec.json.encode(request), headers=_as(pair, 1))
    found = json.loads(answer.raise_for_status().content)["journals"][pair.journal]
    if len(found["events"]) != 1:
        raise AssertionError("A hint came, and no event.")
    return time.perf_counter(), Cursor(found["cursor"]["seq"], found["cursor"]["chain"])


def _as(pair: Pair, which: int) -> dict[str, str]:
    return {"authorization": f"Bearer {pair.tokens[which]}", "content-type": "application/json"}


async def _idle(server: Serving, streams: list[AsyncIterator[bytes]]) -> tuple[float, float]:
    """Bytes a second for each device, and the server's milliseconds of CPU a second for all, until each had a heartbeat."""
    started, cpu = time.perf_counter(), _usage(server)[0]
    parts = await asyncio.gather(*(anext(stream) for stream in streams))
    seconds = time.perf_counter() - started
    return sum(map(len, parts)) / len(parts) / HEARTBEAT_S, (_usage(server)[0] - cpu) * 1000 / seconds


def _usage(server: Serving) -> tuple[float, int]:
    """The server's seconds of CPU so far and its resident memory in bytes; zeros where the system does not tell."""
    return usage_of(server.process.pid)


def usage_of(process: int) -> tuple[float, int]:
    """Seconds of CPU and bytes of resident memory of a process (Linux); zeros elsewhere."""
    folder = Path("/proc") / str(process)
    try:
        stat, memory = (folder / "stat").read_text(), (folder / "statm").read_text()
    except OSError:
        return 0.0, 0
    fields = stat.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK"), int(memory.split()[1]) * os.sysconf("SC_PAGE_SIZE")
