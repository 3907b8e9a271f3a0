"""Three servers on one PostgreSQL and three devices: servers are killed and connections cut at random, nothing is lost."""

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from milepost.client import HttpServer, sync
from milepost.clock import new_id
from milepost.commands import add_goal, revise_goal
from milepost.database import Query
from milepost.device import Device
from milepost.errors import MilepostError
from milepost.journal import state_hash
from milepost_server.data_folder import DataFolder
from milepost_server.services import open_services
from milepost_server.verify import verify_folder
from tests.e2e.test_watch import following
from tests.postgres import PostgresServer
from tests.processes import Home, ServerProcess

STEPS = 80
FIRST = "Before the storm"
WEIGHTS = (30, 30, 4, 2, 14, 8)
"""How often each thing happens, in the order of `Storm.play`."""


class Balancer:
    """One address before several servers: each connection goes to any of them that takes it."""

    def __init__(self, chance: random.Random) -> None:
        self.ports: list[int] = []
        self._chance = chance
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._over.wait()
        server.close()
        passing = asyncio.all_tasks() - {asyncio.current_task()}
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)
        await asyncio.sleep(0)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self._chance.sample(self.ports, len(self.ports)):
            with contextlib.suppress(OSError):
                theirs = await asyncio.open_connection("127.0.0.1", port)
                try:
                    await asyncio.gather(_pump(reader, theirs[1]), _pump(theirs[0], writer))
                finally:
                    theirs[1].close()
                    writer.close()
                return
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


class Cluster:
    """The servers, each with a folder of its own and one database."""

    def __init__(self, folder: Path, url: str) -> None:
        self.servers = [ServerProcess(folder / f"server-{i}", options=("--database", url)) for i in range(3)]

    def running(self) -> list[ServerProcess]:
        return [server for server in self.servers if server.process.poll() is None]

    def end(self) -> None:
        for server in self.running():
            server.kill()


@pytest.fixture
def cluster(tmp_path: Path, postgres_url: str) -> Iterator[Cluster]:
    made = Cluster(tmp_path, postgres_url)
    yield made
    made.end()


def paired(folder: Path, name: str, server: ServerProcess) -> Device:
    home = Home(folder / name)
    if name == "phone":
        home("goal", "add", FIRST)
    home("pair", server.url, server.code(), "--name", name)
    home("sync")
    return Device(home.folder)


class Storm:
    """Devices that write and sync through the balancer, and what happens to the servers meanwhile."""

    def __init__(
        self, devices: list[Device], cluster: Cluster, postgres: PostgresServer, chance: random.Random
    ) -> None:
        self.devices, self.cluster, self.postgres, self.chance = devices, cluster, postgres, chance
        self.balancer = Balancer(chance)
        self.balancer.ports = [server.port for server in cluster.servers]
        self.clients = [httpx.Client() for _ in devices]
        self.through = [
            HttpServer(self.balancer.url, device.log.setting("token"), http=http, sleep=lambda _: None)
            for device, http in zip(devices, self.clients, strict=True)
        ]
        self.journal = devices[0].rows()[0].journal
        self.titles = [FIRST]
        self.done: Counter[str] = Counter()

    def play(self) -> None:
        """One thing that happens."""
        step = self.chance.choices((self.write, self.sync, self.kill, self.stop, self.start, self.cut), WEIGHTS)[0]
        if step():
            self.done[step.__name__] += 1

    def write(self) -> bool:
        device = self.chance.choice(self.devices)
        self.titles.append(f"Goal {len(self.titles)}")
        goal, drafts = add_goal(device.state(self.journal), new_id, self.titles[-1])
        device.append(self.journal, drafts)
        if self.chance.random() < 0.3:
            device.append(self.journal, revise_goal(device.state(self.journal), goal, {"why": self.titles[-1]}))
        return True

    def sync(self) -> bool:
        i = self.chance.randrange(len(self.devices))
        try:
            sync(self.devices[i], self.through[i])
        except MilepostError:
            return False
        return True

    def kill(self) -> bool:
        """In the middle of a sync."""
        running = self.cluster.running()
        if len(running) > 1:
            during = threading.Timer(self.chance.uniform(0, 0.05), self.chance.choice(running).kill)
            self.write()
            during.start()
            self.sync()
            during.join()
        return len(running) > 1

    def stop(self) -> bool:
        running = self.cluster.running()
        if len(running) > 1:
            assert self.chance.choice(running).stop() == 0
        return len(running) > 1

    def start(self) -> bool:
        ended = [server for server in self.cluster.servers if server not in self.cluster.running()]
        for server in ended[:1]:
            server.start()
        return bool(ended)

    def cut(self) -> bool:
        """Connections to the database: the listening ones, or all."""
        which = self.chance.choice(("query LIKE 'LISTEN%'", "application_name = 'milepost'"))
        return bool(self.postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {which}"))

    def calm(self) -> None:
        """All servers run, and every device has synced with the others."""
        while self.start():
            pass
        for _ in range(2):
            for device, server in zip(self.devices, self.through, strict=True):
                sync(device, server)

    def end(self) -> None:
        for client in self.clients:
            client.close()
        self.balancer.close()
        for device in self.devices:
            device.close()


@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["by chance"])
def test_servers_are_killed_and_connections_cut_and_nothing_is_lost(
    request: pytest.FixtureRequest, tmp_path: Path, cluster: Cluster, postgres: PostgresServer, seed: int
) -> None:
    devices = [paired(tmp_path, name, cluster.servers[0]) for name in ("phone", "laptop", "tablet")]
    storm = Storm(devices, cluster, postgres, random.Random(seed))
    request.addfinalizer(storm.end)
    for _ in range(STEPS):
        storm.play()
    storm.calm()
    told = (seed, storm.done)
    assert storm.done["sync"] > 0, told
    journal = storm.journal
    assert len({state_hash(device.state(journal)) for device in devices}) == 1, told
    state = devices[0].state(journal)
    assert sorted(state.fields("goal", goal)["title"] for goal in state.visible("goal")) == sorted(storm.titles), told
    for device in devices:
        assert device.log.unsent_count(journal) == 0, told
        assert device.log.rejected(journal) == [], told
    known = {(event.device, event.n) for _, event in devices[0].log.events(journal)}
    assert asyncio.run(in_database(tmp_path / "server-0")) == sorted(known), told
    assert verify_folder(DataFolder(tmp_path / "server-1")).ok, told


async def in_database(folder: Path) -> list[tuple[str, int]]:
    _, database = await open_services(folder)
    rows = await database.read(Query("SELECT device, n FROM events ORDER BY device, n", {}))
    await database.close()
    return [(device, n) for device, n in rows]


def test_a_push_through_one_server_reaches_a_watching_device_at_another(tmp_path: Path, cluster: Cluster) -> None:
    phone, laptop = Home(tmp_path / "phone"), Home(tmp_path / "laptop")
    for home, server in ((phone, cluster.servers[0]), (laptop, cluster.servers[1])):
        home("pair", server.url, cluster.servers[2].code(), "--name", home.folder.name)
        home("sync")
    with following(phone) as watch:
        watch.until("online")
        laptop("goal", "add", "From the other server")
        laptop("sync")
        assert watch.until("synced")["received"] == 2, "the opening of its journal, too"
        watch.end()
