"""Turns: by whom, when, and what counts of them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from milepost.connection_messages import ConnectionChange
from milepost.plugin_api import Answer, Change, Context, Done, Later, View
from milepost_server.access import Admitted
from milepost_server.hosting.connections import connections_of
from milepost_server.hosting.looking import Looking
from milepost_server.leases import take
from milepost_server.records import Caller
from tests.server.hosting.conftest import Stage, redact
from tests.server.hosting.world import Settings, World, bringing, connector

DAY_MS = 24 * 3_600_000


def looking_again(world: World) -> Any:
    class LooksAgain(connector(world)):  # type: ignore[misc]
        def wake(self, view: View, now: datetime) -> datetime | None:
            return now + timedelta(days=1) if type(view).__name__ == "Practice" else None

    return LooksAgain


def test_time_is_a_reason_to_send_what_asked_for_it(stage: Stage) -> None:
    stage.installed(world=bringing(looking_again(stage.world)))
    practice = stage.make("practices", title="Sit", recurrence="FREQ=DAILY")
    stage.make("goals", title="Walk")
    stage.connect()
    stage.run()
    sent = len(stage.world.requests)
    stage.later(DAY_MS - 60_000)
    stage.run()
    assert len(stage.world.requests) == sent
    for _ in range(2):
        stage.later(DAY_MS)
        stage.run()
    again = stage.world.requests[sent:]
    assert [(kind, entity) for _, kind, entity, _ in again] == [("practice", practice)] * 2
    keys = {key for *_, key in stage.world.requests}
    assert len(keys) == len(stage.world.requests), "each is a request of its own"


@pytest.mark.parametrize("keeps", [True, False])
def test_after_words_are_taken_out_all_is_sent_again_to_what_had_to_forget_it(stage: Stage, keeps: bool) -> None:
    class Keeps(connector(stage.world)):  # type: ignore[misc]
        async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
            seen.append((sorted(context.state), [(change.id, getattr(change, "reason", "")) for change in changes]))
            for change in changes if keeps else ():
                context.state[change.id] = "words"
                context.state[f"mark {change.kind} {change.id}"] = True
            answers: Sequence[Answer] = await super().push(changes, context)
            return answers

    seen: list[tuple[list[str], list[tuple[str, str]]]] = []
    stage.installed(world=bringing(Keeps))
    goal, other = stage.make("goals", title="Walk"), stage.make("goals", title="Sing")
    stage.connect()
    stage.run()
    redact(stage, "goal", other)
    stage.run()
    stage.run()
    marks = sorted(f"mark goal {one}" for one in (goal, other)) if keeps else []
    assert seen[1:] == [(marks, [*[(goal, "again")] * keeps, (other, "")])]


def test_a_turn_that_was_overtaken_notes_nothing_and_tells_that_something_may_have_left(stage: Stage) -> None:
    async def overtake() -> None:
        uid = (await stage.services.database.read(_connection(stage)))[0][2]
        # Its lease runs out while it hangs, and another server takes over.
        task, clock = f"connection {uid}", stage.services.database.clock
        await stage.services.database.write(take(stage.api.journal, task, stage.services.schedule.name, 60_000, clock))

    class Overtaken(connector(stage.world)):  # type: ignore[misc]
        async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
            if not taken:
                taken.append(True)
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(overtake(), loop[0]))
                return [Done() for _ in changes]
            answers: Sequence[Answer] = await super().push(changes, context)
            return answers

    taken: list[bool] = []
    loop: list[asyncio.AbstractEventLoop] = []

    async def running() -> None:
        loop.append(asyncio.get_running_loop())

    stage.api.run(running())
    stage.installed(world=bringing(Overtaken))
    goal = stage.make("goals", title="Walk")
    stage.connect()
    stage.run()
    assert ("goal", goal) in stage.world.things, "the next turn sends it again"
    assert [line["what"] for line in stage.shown()["log"]] == ["sent", "may have left"]


def test_what_is_set_up_anew_in_the_middle_of_a_call_does_not_count(stage: Stage) -> None:
    class Slow(connector(stage.world)):  # type: ignore[misc]
        async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
            answers: Sequence[Answer] = await super().push(changes, context)
            if len(seen) < 1:
                seen.append(1)
                await asyncio.sleep(0.2)
            return answers

    seen: list[int] = []
    stage.installed(world=bringing(Slow))
    goal = stage.make("goals", title="Walk", why="for the dog")
    stage.connect(scopes=["titles", "free-text"])

    async def both() -> None:
        looking = Looking(stage.services, stage.api.journal, Admitted(Caller(stage.services.account, "d"), "owner"))
        kept = await looking.one("world")
        turn = asyncio.create_task(stage.services.schedule.turn(stage.api.journal, "world"))
        await asyncio.sleep(0.1)
        await looking.change(kept, ConnectionChange(scopes=["titles"]))
        assert await turn, "there is more to do"

    stage.api.run(both())
    assert stage.world.things["goal", goal]["why"] == "for the dog", "that had left already"
    stage.run()
    assert "why" not in stage.world.things["goal", goal]
    assert "may have left" in [line["what"] for line in stage.shown()["log"]]


@pytest.mark.parametrize("delivery", ["net", "each"])
def test_what_may_have_left_and_was_taken_back_since_is_taken_away_though_the_connection_is_set_up_anew(
    stage: Stage, delivery: str
) -> None:
    class Lost(connector(stage.world, delivery=delivery)):  # type: ignore[misc]
        async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
            answers: Sequence[Answer] = await super().push(changes, context)
            return [Later("The answer was lost.")] * len(answers) if lost else answers

    lost = [True]
    stage.installed(world=bringing(Lost))
    stage.connect(scopes=["titles"])
    goal = stage.make("goals", title="Walk")
    stage.run()
    assert ("goal", goal) in stage.world.things
    stage.take_back("goals", goal)
    path = f"{stage.path}/connections/world"
    stage.api.client.patch(path, json={"scopes": ["titles", "dates"]}, headers=stage.api.headers()).raise_for_status()
    lost.clear()
    stage.later(DAY_MS)
    stage.run()
    assert stage.world.things == {}


def _connection(stage: Stage) -> Any:
    return connections_of(stage.api.journal, "world")
