"""Five hundred steps into a Radicale of their own, beside bare PUTs one after the other; and what an idle look there costs."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import Figure, Sizes, alternate, less
from milepost.clock import new_id
from milepost.connection_messages import ConnectionRequest
from milepost.events import Draft
from milepost_server.access import Admitted
from milepost_server.hosting.host import Told
from milepost_server.hosting.looking import Looking
from milepost_server.records import Caller, claim
from milepost_server.services import Services, open_services
from tests.plugins.caldav.servers import NAME, PASSWORD, Radicale

STEPS = 500
TARGET_REQUESTS = 2.0
TASK = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Milepost//bare//EN\r
BEGIN:VTODO\r
UID:{uid}\r
DTSTAMP:20270115T080000Z\r
LAST-MODIFIED:20270115T080000Z\r
SEQUENCE:222000000\r
STATUS:NEEDS-ACTION\r
SUMMARY:Step {number}\r
RELATED-TO;RELTYPE=PARENT:00000000-0000-5000-8000-000000000000\r
END:VTODO\r
END:VCALENDAR\r
"""


class Bare(Radicale):
    """A server of calendars, to which others put tasks as well, and which counts."""

    @property
    def requests(self) -> int:
        """How many it has answered."""
        return self.log.read_bytes().count(b" request for ")

    def bare(self, steps: int) -> float:
        """Seconds for so many tasks, put there one after the other by a program that does nothing else."""
        collection = self.make("Bare", new_id())
        headers = {"content-type": "text/calendar; charset=utf-8", "if-none-match": "*"}
        started = time.perf_counter()
        for number in range(steps):
            uid = new_id()
            body = TASK.format(uid=uid, number=number).encode()
            self.http.put(f"{collection}{uid}.ics", content=body, headers=headers).raise_for_status()
        return time.perf_counter() - started


class Hosted:
    """A server with a journal of steps."""

    def __init__(self, services: Services, journal: str) -> None:
        self.services, self.journal, self.connections = services, journal, 0
        self.by = Admitted(Caller(services.account, "bench", "api"), "owner")

    async def begin(self, steps: int) -> None:
        """The journal is there, and the plugin is enabled."""
        await self.services.host.set("caldav", Told(enabled=True), 0)
        await self.services.database.write(claim(self.journal, self.by.caller, private=True, now=0))
        goal = new_id()
        drafts = [Draft("goal.created", {"id": goal, "title": "Say what I need"})]
        drafts += [
            Draft("milestone.added", {"id": new_id(), "goal": goal, "title": f"Step {number}"})
            for number in range(steps - 1)
        ]
        await self.services.journals.write(self.journal, self.by, lambda _: drafts, self.services.now_ms())

    async def filled(self, radicale: Bare) -> float:
        """Seconds until all of it is in a calendar of its own, from the moment that it is connected."""
        self.connections += 1
        name = f"caldav-{self.connections}"
        settings: dict[str, Any] = {"url": radicale.url, "username": NAME, "password": PASSWORD}
        asked = ConnectionRequest(to="caldav", id=name, settings=settings, plain=True)
        await Looking(self.services, self.journal, self.by).add(asked, "")
        started = time.perf_counter()
        while await self.services.schedule.turn(self.journal, name):
            pass
        return time.perf_counter() - started

    async def looked(self) -> None:
        """The last connection is run once more."""
        looking = Looking(self.services, self.journal, self.by)
        await looking.run(await looking.one(f"caldav-{self.connections}"))


@contextmanager
def both(steps: int) -> Iterator[tuple[asyncio.Runner, Hosted, Bare]]:
    """A Milepost server and a Radicale."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        (Path(folder) / "milepost").mkdir()
        radicale = Bare(Path(folder) / "radicale")
        services, database = runner.run(open_services(Path(folder) / "milepost"))
        hosted = Hosted(services, new_id())
        runner.run(hosted.begin(steps))
        try:
            yield runner, hosted, radicale
        finally:
            services.host.end()
            runner.run(database.close())
            radicale.end()


def first_fill(sizes: Sizes) -> list[Figure]:
    """Everything in a calendar, through the whole of delivery."""
    steps = STEPS if sizes.rounds > 1 else 20
    with both(steps) as (runner, hosted, radicale):
        ours, theirs = alternate(
            max(sizes.rounds // 4, 1), lambda: runner.run(hosted.filled(radicale)), lambda: radicale.bare(steps)
        )
    return [less(f"caldav-fill-{steps}", "s", ours, "bare PUTs, one after the other", theirs)]


def idle(sizes: Sizes) -> list[Figure]:
    """Requests of a look where nothing changed."""
    looks = 5 if sizes.rounds > 1 else 1
    with both(20) as (runner, hosted, radicale):
        runner.run(hosted.filled(radicale))
        runner.run(hosted.looked())
        before = radicale.requests
        for _ in range(looks):
            runner.run(hosted.looked())
        asked = (radicale.requests - before) / looks
    return [less("caldav-idle", "requests", asked, "target", TARGET_REQUESTS)]
