"""Two browsers, a laptop and a server, at random: written to, offline, put back, set wrong; in the end all are the same."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from shutil import copytree, rmtree
from typing import Any

import pytest

from milepost.journal import state_hash
from tests.events import entity
from tests.processes import ServerProcess, serving
from tests.web.driving import BrowserDevice, Refused, driver
from tests.web.laptop import Laptop

STEPS = 40
GOALS = 3
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return driver(tmp_path_factory.mktemp("driver") / "driver.mjs")


class Stage:
    """What there is, and what may happen to it. Every text that is written is written once, so that none can be missed."""

    def __init__(self, folder: Path, server: ServerProcess, browsers: list[BrowserDevice], chance: Random) -> None:
        self.folder, self.server, self.browsers, self.chance = folder, server, browsers, chance
        self.written = 0
        self.kept: set[str] = set()
        first, second = browsers
        self.journal = first("begin", title="Together")
        first("append", journal=self.journal, drafts=[_goal(n) for n in range(GOALS)])
        for browser in browsers:
            browser("pair", url=server.url, code=server.code(), name=browser.name)
            browser("sync", url=server.url)
        second("copy")
        first("copy")
        self.laptop = Laptop(folder / "laptop", server)
        self.laptop.sync()
        self.back_up()

    def draft(self) -> dict[str, Any]:
        self.written += 1
        field = self.chance.choice(["title", "why", "helps"])
        words = f"{field} no {self.written}"
        return {"type": "goal.revised", "fields": {"id": entity(self.chance.randrange(GOALS)), field: words}}

    def write(self) -> None:
        drafts = [self.draft() for _ in range(self.chance.randint(1, 4))]
        self.chance.choice(self.browsers)("append", journal=self.journal, drafts=drafts)

    def write_at_laptop(self) -> None:
        self.laptop.append(self.journal, self.draft())

    def sync(self) -> None:
        self.chance.choice(self.browsers)("sync", url=self.server.url)

    def sync_laptop(self) -> None:
        self.laptop.sync()

    def back_up(self) -> None:
        self.server.stop()
        rmtree(self.folder / "backup", ignore_errors=True)
        copytree(self.server.data, self.folder / "backup")
        self.server.start()

    def put_server_back(self) -> None:
        self.server.kill()
        rmtree(self.server.data)
        copytree(self.folder / "backup", self.server.data)
        self.server.start()

    def copy(self) -> None:
        self.chance.choice(self.browsers)("copy")

    def put_back(self) -> None:
        browser = self.chance.choice(self.browsers)
        browser("put_back", name=browser.name)

    def reopen(self) -> None:
        browser = self.chance.choice(self.browsers)
        browser("reopen", name=browser.name)

    def skew(self) -> None:
        self.chance.choice(self.browsers)("skew", ms=self.chance.choice([0, 400 * DAY_MS, -400 * DAY_MS, 60_000]))

    def go_offline(self) -> None:
        self.server.kill()
        self.write()
        with pytest.raises(Refused):
            self.sync()
        self.server.start()

    def settle(self) -> None:
        for _ in range(8):
            for browser in self.browsers:
                browser("sync", url=self.server.url)
            self.laptop.sync()


def _goal(number: int) -> dict[str, Any]:
    return {"type": "goal.created", "fields": {"id": entity(number), "title": f"Goal {number}"}}


STEPS_BY_WEIGHT = (
    [Stage.write] * 6 + [Stage.write_at_laptop] * 3 + [Stage.sync] * 8 + [Stage.sync_laptop] * 4
    + [Stage.back_up, Stage.put_server_back, Stage.copy, Stage.put_back, Stage.reopen, Stage.skew, Stage.go_offline]
)  # fmt: skip


@pytest.fixture
def stage(request: pytest.FixtureRequest, script: Path, tmp_path: Path) -> Iterator[Stage]:
    with ExitStack() as open_:
        server = open_.enter_context(serving(tmp_path / "server"))
        browsers = [open_.enter_context(BrowserDevice(script, name)) for name in ("phone", "tablet")]
        made = Stage(tmp_path, server, browsers, Random(request.param))
        open_.callback(made.laptop.close)
        yield made


@pytest.mark.parametrize("stage", range(2), indirect=True)
def test_whatever_happens_all_come_to_the_same(stage: Stage) -> None:
    for _ in range(STEPS):
        stage.chance.choice(STEPS_BY_WEIGHT)(stage)
    for browser in stage.browsers:
        browser("skew", ms=0)
    stage.settle()
    states = [browser("state", journal=stage.journal) for browser in stage.browsers]
    assert states[0] == states[1]
    assert states[0]["hash"] == state_hash(stage.laptop.state(stage.journal))
    assert [browser("unsent") for browser in stage.browsers] == [0, 0]
    assert [browser("refused") for browser in stage.browsers] == [[], []]
