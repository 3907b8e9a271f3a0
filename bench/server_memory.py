"""What a server takes of memory once a thousand journals were read, each folded: states are held up to a bound."""

import asyncio
import tempfile
from pathlib import Path

import httpx
import msgspec

from bench.corpus import ACTOR, corpus, load
from bench.figures import Figure, Sizes, less
from bench.live import usage_of
from examples.demo.server import serving
from milepost.clock import new_id
from milepost.database import Work, unit
from milepost.messages import DeviceEntry
from milepost_server import records
from milepost_server.services import open_services

TARGET_MB = 300
JOURNALS, EVENTS = 1_000, 500


def run(sizes: Sizes) -> list[Figure]:
    """`server-memory`; a tenth of the size, and less, where the run is a quick one."""
    journals, events = (JOURNALS, EVENTS) if sizes.corpus >= 10_000 else (10, 50)
    with tempfile.TemporaryDirectory() as folder:
        token, made = asyncio.run(_fill(Path(folder), journals, events))
        with serving(Path(folder), 0, "--unlimited") as server:
            begun = usage_of(server.process.pid)[1] / 1e6
            headers = {"authorization": f"Bearer {token}"}
            with httpx.Client(base_url=server.url, headers=headers, timeout=30) as http:
                for journal in made:
                    http.get(f"/v1/journals/{journal}/goals").raise_for_status()
            resident = usage_of(server.process.pid)[1] / 1e6
    return [
        less("server-memory", "MB", max(resident, 0.001), "target, resident, all journals read once", TARGET_MB),
        less("server-memory", "MB", max(resident, 0.001), "Milepost before any is read", max(begun, 0.001)),
    ]


async def _fill(folder: Path, journals: int, events: int) -> tuple[str, list[str]]:
    services, database = await open_services(folder)
    token, made = records.new_token(), [new_id() for _ in range(journals)]

    @unit
    def work() -> Work[None]:
        entry = DeviceEntry(id=new_id(), name="bench", kind="log", created_at=0)
        yield from records.add_api_device(entry, token, ACTOR)
        for journal in made:
            yield from records.claim(journal, records.Caller(ACTOR, ""), private=False, now=0)

    await database.write(work())
    device_events = corpus(events)
    for journal in made:
        writer = new_id()
        await load(services.store, journal, [msgspec.structs.replace(e, device=writer) for e in device_events])
    await database.close()
    return token, made
