"""When connections have their turns, with nobody asking for them."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from milepost.plugin_api import Answer, Change, Later
from tests.server.hosting.conftest import Stage
from tests.server.hosting.world import World, bringing, connector

HOUR_MS = 3_600_000


def until(holds: Callable[[], bool]) -> None:
    """Waits for what the server does by itself."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def begun(stage: Stage) -> None:
    async def begin() -> None:
        stage.services.schedule.begin()

    stage.api.run(begin())


def test_what_changes_goes_out_by_itself(stage: Stage) -> None:
    stage.to_world()
    stage.connect()
    begun(stage)
    goal = stage.make("goals", title="Walk")
    until(lambda: ("goal", goal) in stage.world.things)
    stage.revise("goals", goal, title="Walk more")
    until(lambda: stage.world.things["goal", goal]["title"] == "Walk more")
    assert [what for what, *_ in stage.world.requests] == ["Done", "Done"], "each once"


def test_what_failed_is_tried_again_when_it_is_time(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Walk")
    stage.connect()
    stage.world.raises = OSError("cut")
    begun(stage)
    until(lambda: stage.shown()["connection"]["failures"] == 1)
    stage.world.raises = None
    stage.revise("goals", goal, title="Walk more")
    time.sleep(0.2)
    assert stage.world.things == {}, "not before its time, whatever happens"
    stage.later(HOUR_MS)
    stage.api.run(_hinted(stage))
    until(lambda: ("goal", goal) in stage.world.things)


def test_one_with_a_lot_to_do_keeps_no_other_waiting(stage: Stage) -> None:
    flood, quiet = World(), World()
    open_gate = threading.Event()

    def slowly(_: Change) -> Answer | None:
        if not open_gate.is_set():
            time.sleep(0.02)
        return None

    flood.behave = slowly

    class Flood(connector(flood, batch=1)):  # type: ignore[misc]
        name = "flood"

    stage.installed(flood=bringing(Flood), quiet=bringing(connector(quiet, name="quiet")))
    for number in range(60):
        stage.make("goals", title=f"Goal {number}")
    stage.connect("flood")
    begun(stage)
    until(lambda: len(flood.things) >= 3)
    stage.connect("quiet")
    until(lambda: len(quiet.things) == 60)
    assert len(flood.things) < 60, "it was not done before"
    open_gate.set()
    until(lambda: len(flood.things) == 60)


def test_one_that_can_not_have_a_turn_is_not_asked_again_and_again(stage: Stage) -> None:
    stage.to_world()
    stage.make("goals", title="Walk")
    stage.connect()
    asked: list[Any] = []
    prepared = stage.services.schedule.prepared

    async def counted(*args: Any, **more: Any) -> Any:
        asked.append(args)
        return await prepared(*args, **more)

    stage.services.schedule.prepared = counted  # type: ignore[method-assign]
    stage.world.behave = lambda _: Later("busy")
    begun(stage)
    until(lambda: stage.shown()["connection"]["failures"] == 1)
    time.sleep(0.5)
    assert len(asked) == 1


async def _hinted(stage: Stage) -> None:
    stage.services.schedule.hint()
    await asyncio.sleep(0)
