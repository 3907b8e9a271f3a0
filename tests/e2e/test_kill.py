"""Both sides are killed at any moment, again and again; what was acknowledged is there, once."""

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from milepost.database import Query
from milepost.device import Device
from milepost.envelope import decode_event
from milepost_server.data_folder import DataFolder
from milepost_server.services import open_services
from milepost_server.verify import verify_folder
from tests.processes import Home, ServerProcess

KILLS = {"sqlite": 14, "postgres": 6}

WRITER = """
import sys
from pathlib import Path
from milepost.client import HttpServer, sync
from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import Device
from milepost.errors import MilepostError

device = Device(Path(sys.argv[1]))
server = HttpServer(device.log.setting("server"), device.log.setting("token"))
journal = device.rows()[0].journal
number = int(sys.argv[2])
while True:
    goal, drafts = add_goal(device.state(journal), new_id, f"goal {number}")
    device.append(journal, drafts)
    print("wrote", number, flush=True)
    number += 1
    if number % 3 == 0:
        try:
            sync(device, server)
            print("synced", number, flush=True)
        except MilepostError:
            pass
"""


def stop_at_random(process: "subprocess.Popen[str]", rnd: random.Random) -> list[str]:
    time.sleep(rnd.uniform(0.4, 0.9))
    process.kill()
    out, _ = process.communicate(timeout=20)
    return out.splitlines()


@pytest.mark.parametrize("engine", KILLS)
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["by chance"])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(
    tmp_path: Path, seed: int, engine: str, request: pytest.FixtureRequest
) -> None:
    rnd = random.Random(seed)
    named = ("--database", request.getfixturevalue("postgres_url")) if engine == "postgres" else ()
    server = ServerProcess(tmp_path / "data", options=named)
    home = Home(tmp_path / "home")
    home("goal", "add", "before the storm")
    home("pair", server.url, server.code())
    home("sync")
    written, synced = 0, 0
    try:
        for _ in range(KILLS[engine]):
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(home.folder), str(written)], stdout=subprocess.PIPE, text=True
            )
            if rnd.random() < 0.5:
                time.sleep(rnd.uniform(0.2, 0.5))
                server.kill()
                server.start()
            lines = stop_at_random(writer, rnd)
            counted = [int(line.split()[1]) for line in lines if line.startswith("wrote") and line.split()[1:]]
            # A killed process may have written one more than it could say, so a number may be written again.
            written = max([written, *(n + 1 for n in counted)])
            synced += sum(line.startswith("synced") for line in lines)
        server.kill()
        server.start()
        home("sync")
    finally:
        if server.process.poll() is None:
            server.kill()
    assert synced > 0, "nothing was ever synced: the test shows nothing"

    assert verify_folder(DataFolder(tmp_path / "data")).ok
    device = Device(home.folder)
    journal = device.rows()[0].journal
    titles = [device.state(journal).fields("goal", g)["title"] for g in device.state(journal).visible("goal")]
    assert device.log.unsent_count(journal) == 0
    device.close()
    for number in range(written):
        assert f"goal {number}" in titles, (seed, number)
    log = asyncio.run(server_log(tmp_path / "data"))
    assert len({(d, n) for d, n in log}) == len(log)
    assert len(log) == len(titles) + 1, "every event of the device, once, and the opening of the journal"


async def server_log(folder: Path) -> list[tuple[str, int]]:
    _, database = await open_services(folder)
    rows = await database.read(Query("SELECT body FROM events ORDER BY seq", {}))
    await database.close()
    events = [decode_event(body) for (body,) in rows]
    return [(e.device, e.n) for e in events]


def test_a_server_that_has_greeted_can_be_asked_to_end(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    assert server.stop() == 0
    for _ in range(4):
        server.start()
        assert server.stop() == 0
