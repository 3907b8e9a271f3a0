"""Ten thousand events to a connector that is told each, on a server that is killed again and again."""

import asyncio
import random
from pathlib import Path
from typing import Any

from milepost.clock import new_id
from milepost.connection_messages import ConnectionRequest
from milepost.database import Unit
from milepost.events import Draft
from milepost.plugin_api import Answer, Change, Later
from milepost_server.access import Admitted
from milepost_server.hosting.calling import Failed
from milepost_server.hosting.host import Told
from milepost_server.hosting.looking import Looking
from milepost_server.records import Caller, claim
from milepost_server.services import Services, open_services
from tests.server.hosting.world import World, bringing, connector, points

EVENTS = 10_000
NOW = 1_800_000_000_000


class Killed(BaseException):
    """The process ends here."""


async def opened(folder: Path, world: World, chance: random.Random) -> tuple[Services, Any]:
    """A server that is killed at some write, and an outside that is busy now and then."""
    services, database = await open_services(folder)
    services.now_ms = lambda: NOW
    services.host.points = lambda: points(world=bringing(connector(world, delivery="each", batch=100)))
    await services.host.set("world", Told(enabled=True), 0)
    write, left, turns = database.write, [chance.randint(3, 25)], asyncio.current_task()

    async def killed_at_some(work: Unit[Any]) -> Any:
        if asyncio.current_task() is not turns:
            return await write(work)
        left[0] -= 1
        if left[0] == 0 and chance.random() < 0.5:
            raise Killed
        done = await write(work)
        if left[0] == 0:
            raise Killed
        return done

    database.write = killed_at_some  # type: ignore[method-assign]
    return services, database


async def play(folder: Path, world: World, chance: random.Random) -> int:
    """Returns how often the server was killed."""
    services, database = await open_services(folder)
    journal, caller = new_id(), Caller(services.account, "script", "api")
    by = Admitted(caller, "owner")
    await database.write(claim(journal, caller, private=True, now=NOW))
    services.host.points = lambda: points(world=bringing(connector(world, delivery="each", batch=100)))
    await services.host.set("world", Told(enabled=True), 0)
    await Looking(services, journal, by).add(ConnectionRequest(to="world"), "")
    while await services.schedule.turn(journal, "world"):
        pass
    for start in range(0, EVENTS, 500):
        drafts = [
            Draft("checkin.recorded", {"id": new_id(), "on": "2027-01-15", "value": start + n}) for n in range(500)
        ]
        await services.journals.write(journal, by, lambda _, d=drafts: d, NOW)
    services.host.end()
    await database.close()
    kills = 0
    while True:
        services, database = await opened(folder, world, chance)
        try:
            while True:
                try:
                    if not await services.schedule.turn(journal, "world"):
                        return kills
                except Failed:
                    continue
        except Killed:
            kills += 1
        finally:
            services.host.end()
            del database.write  # what ends it is not killed
            await database.close()


def test_nothing_is_missing_and_the_order_is_kept(tmp_path: Path) -> None:
    world, chance = World(), random.Random(20270115)
    told: list[tuple[int, str]] = []

    def behave(change: Change) -> Answer | None:
        if chance.random() < 0.002:
            return Later("busy")
        told.append((change.event.seq, change.key))  # type: ignore[union-attr]
        return None

    world.behave = behave
    kills = asyncio.run(play(tmp_path, world, chance))
    assert kills > 5
    keys: dict[int, str] = {}
    highest = 0
    for seq, key in told:
        if seq in keys:
            assert keys[seq] == key, "what is told again bears the same key"
        else:
            assert seq == highest + 1
            highest, keys[seq] = seq, key
    assert highest == EVENTS
    assert len(set(keys.values())) == EVENTS
    assert len(told) > EVENTS, "some were told again"
