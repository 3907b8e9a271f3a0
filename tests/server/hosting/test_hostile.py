"""Plugins that hang, lie, leak and flood: each is told of in words its author can act on, and the others notice nothing."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from milepost.plugin_api import Connector, Context, Done, Entry, Later, NewEntry, Rejected, Revision
from tests.server.hosting.conftest import Stage
from tests.server.hosting.world import Settings, bringing, connector
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture

SECRET = "planted-secret"
forever = threading.Event()


class Bad(Connector[Settings]):
    name = "bad"
    title = "Is up to no good"
    settings = Settings
    timeout_s = 10.0

    def hosts(self, settings: Settings) -> Any:
        return ["outside.example"]

    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        return [Done() for _ in changes]


class Hangs(Bad):
    timeout_s = 0.2

    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        await asyncio.sleep(3600)


class Blocks(Bad):
    timeout_s = 0.2

    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        forever.wait()


class AnswersLate(Bad):
    timeout_s = 0.2

    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            context.state["late"] = "this"
            await context.state.save()
        return [Done() for _ in changes]


class Leaves(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        raise SystemExit(3)


class Raises(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        raise ValueError(f"no good: {context.settings.token.reveal()}")


class SaysNothing(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        return None


class SaysText(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        return "done"


class SaysNumbers(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        return [1 for _ in changes]


class SaysTooLittle(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        return []


class SaysTooMuch(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        return [Done() for _ in range(len(changes) + 1)]


class NamesAText(Bad):
    def hosts(self, settings: Settings) -> Any:
        return "outside.example"


class NamesNothing(Bad):
    def hosts(self, settings: Settings) -> Any:
        raise KeyError("which host?")


class GoesElsewhere(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        await context.http.get("http://elsewhere.example/")


class GoesHome(Bad):
    def hosts(self, settings: Settings) -> Any:
        return ["192.168.0.1"]

    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        await context.http.get("http://192.168.0.1/")


class KeepsTooMuch(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        for place in range(1_000):
            context.state[f"{place}"] = "x" * 10_000
        return [Done() for _ in changes]


class MarksWithWords(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        context.state["mark goal what nobody may know"] = True
        return [Done() for _ in changes]


class MarksWithMore(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        for change in changes:
            context.state[f"mark {change.kind} {change.id}"] = "what nobody may know"
        return [Done() for _ in changes]


class WakesNowhere(Bad):
    def wake(self, view: Any, now: datetime) -> Any:
        return datetime(2030, 1, 1)  # noqa: DTZ001 - that is what is wrong


class Floods(Bad):
    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        for _ in range(10_000):
            context.log("flood")
        return [NewEntry(kind="checkin", external_id="x", fields={})] * 20_000


class GivesNumbers(Bad):
    async def pull(self, context: Context[Settings]) -> Any:
        return [1, 2, 3]


class GivesOddEntries(Bad):
    async def pull(self, context: Context[Settings]) -> Any:
        return [NewEntry(kind="checkin", external_id=7, fields={})]  # type: ignore[arg-type]


WRONG = [
    (Hangs, "It took over 0.2 seconds."),
    (AnswersLate, "It took over 0.2 seconds."),
    (Leaves, "SystemExit: 3"),
    (Raises, "ValueError: no good: …"),
    (SaysNothing, "`push` gave NoneType, and should give a list with an answer to each change."),
    (SaysText, "`push` gave str, and should give a list with an answer to each change."),
    (SaysNumbers, "`push` answered int; an answer is Done(), Rejected(reason) or Later()."),
    (SaysTooLittle, "`push` gave 0 answers to 1 changes."),
    (SaysTooMuch, "`push` gave 2 answers to 1 changes."),
    (NamesAText, "`hosts` must return a list of texts"),
    (NamesNothing, "KeyError: 'which host?'"),
    (
        GoesElsewhere,
        "The plugin wanted to connect to elsewhere.example, which is not among its `hosts`: outside.example.",
    ),
    (GoesHome, "The plugin may not connect to 192.168.0.1"),
    (MarksWithWords, "A key of `context.state` that begins with `mark `"),
    (MarksWithMore, "A key of `context.state` that begins with `mark `"),
    (KeepsTooMuch, "`context.state` holds at most 20,000 keys and 4 MiB."),
    (WakesNowhere, "`wake` must give a datetime with a time zone, or None."),
    (Floods, "It gave 20,000 entries at once; 10,000 are the most."),
    (GivesNumbers, "It gave int among its entries."),
    (GivesOddEntries, "An entry's kind and ids must be texts"),
]


@pytest.mark.parametrize(("cls", "words"), WRONG, ids=[cls.__name__ for cls, _ in WRONG])
def test_what_is_wrong_is_told_and_the_others_go_on(stage: Stage, cls: type[Bad], words: str) -> None:
    stage.installed(bad=bringing(cls), world=bringing(connector(stage.world)))
    goal = stage.make("goals", title="Walk")
    stage.connect("bad")
    stage.connect("world")
    told = stage.run("bad")
    assert told["failures"] == 1
    assert told["error"].startswith(words), told["error"]
    assert stage.run("world")["failures"] == 0
    assert ("goal", goal) in stage.world.things
    assert len(stage.shown("bad")["log"]) <= 30
    state = stage.api.run(stage.services.database.read(_query("state_of", stage, "bad")))
    assert state == [], "what was kept by a call that failed does not count"


def test_a_plugin_that_blocks_its_thread_is_left_behind_and_then_disabled(stage: Stage) -> None:
    stage.services.host.grace_s = 0.05
    stage.installed(bad=bringing(Blocks), world=bringing(connector(stage.world)))
    goal = stage.make("goals", title="Walk")
    stage.connect("bad")
    stage.connect("world")
    for _ in range(3):
        stage.run("bad")
    assert stage.run("world")["failures"] == 0
    assert ("goal", goal) in stage.world.things
    (entry,) = [one for one in stage.api.get("/v1/plugins").json() if one["name"] == "bad"]
    assert not entry["enabled"]
    assert entry["problem"] == "it was left hanging 3 times: it blocks its thread, or will not be cancelled"
    response = stage.api.client.post(f"{stage.path}/connections/bad/run", headers=stage.api.headers())
    assert response.status_code == 400
    assert "`bad` can't run" in response.json()["detail"]


class Leaks(Bad):
    def _say(self, context: Context[Settings]) -> str:
        return f"the token is {context.settings.token.reveal()}!"

    async def check(self, context: Context[Settings]) -> str:
        return self._say(context)

    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        context.log(self._say(context))
        if changes[0].kind == "goal":
            return [Rejected(self._say(context)) for _ in changes]
        return [Later(self._say(context)) for _ in changes]

    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        raise RuntimeError(repr(context.settings) + self._say(context))

    def preview(self, change: Any, settings: Settings) -> str:
        return settings.token.reveal()


def test_a_secret_is_nowhere_but_sealed(
    stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    stage.installed(bad=bringing(Leaks))
    stage.make("goals", title="Walk")
    told = [str(stage.connect("bad", settings={"token": SECRET, "url": "http://outside.example"}))]
    told.append(str(stage.steer("run", "bad")))
    stage.make("practices", title="Sit", recurrence="FREQ=DAILY")
    told.append(str(stage.steer("run", "bad")))
    at = f"{stage.path}/connections/bad"
    for path in (at, f"{at}/preview", f"{stage.path}/connections", "/v1/plugins", f"{stage.path}/access-log"):
        response = stage.api.get(path)
        assert response.status_code == 200, response.text
        told.append(response.text)
    told.append(stage.api.client.post(f"{at}/check", headers=stage.api.headers()).text)
    told.append(stage.api.client.patch(at, json={"settings": {"url": 5}}, headers=stage.api.headers()).text)
    assert "the token is …!" in "".join(told)
    for text in (*told, caplog.text, *capfd.readouterr()):
        assert SECRET not in text
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes(), file


class Echoes(Bad):
    """Gives back, each time, all that it was ever given."""

    given: dict[str, Revision] = {}  # noqa: RUF012 - it outlives the object

    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        for change in changes:
            fields = {"title": change.view.title} if hasattr(change.view, "title") else {}
            self.given[change.id] = Revision(kind=change.kind, id=change.id, fields=fields, base=change.base)
        return [Done() for _ in changes]

    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        return list(self.given.values())


def test_an_echo_ends(stage: Stage) -> None:
    Echoes.given.clear()
    stage.installed(bad=bringing(Echoes))
    goal = stage.make("goals", title="Walk")
    stage.make("milestones", goal=goal, title="Round the pond")
    stage.connect("bad")
    ends = []
    for _ in range(4):
        stage.revise("goals", goal, title=f"Walk {len(ends)}")
        for _ in range(3):
            stage.run("bad")
        ends.append(stage.api.run(stage.services.store.head(stage.api.journal)).seq)
    assert [b - a for a, b in pairwise(ends)] == [1, 1, 1]


def _query(name: str, stage: Stage, connection: str) -> Any:
    from milepost.database import Query
    from milepost_server.hosting.connections import SQL, connections_of

    rows = stage.api.run(stage.services.database.read(connections_of(stage.api.journal, connection)))
    return Query(SQL[name], {"journal": stage.api.journal, "uid": rows[0][2]})
