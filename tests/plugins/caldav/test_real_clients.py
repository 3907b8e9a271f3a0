"""Programs that people use complete, move and delete what is there: vdirsyncer fetches and brings, todoman edits."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.caldav.servers import NAME, PASSWORD, Radicale
from tests.plugins.caldav.stage import CaldavStage

BIN = Path(sys.executable).parent


class Laptop:
    """A person's laptop with vdirsyncer and todoman, in a folder of its own."""

    def __init__(self, folder: Path, server: Radicale) -> None:
        self.folder = folder
        (folder / "vdirsyncer").write_text(
            f"""[general]
status_path = "{folder / "status"}"
[pair tasks]
a = "here"
b = "there"
collections = ["from b"]
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "{folder / "tasks"}"
fileext = ".ics"
[storage there]
type = "caldav"
url = "{server.url}/{NAME}/"
username = "{NAME}"
password = "{PASSWORD}"
item_types = ["VTODO"]
"""
        )
        (folder / "todoman.py").write_text(
            f'path = "{folder / "tasks"}/*"\ndate_format = "%Y-%m-%d"\ntime_format = "%H:%M"\n'
            f'cache_path = "{folder / "cache.sqlite3"}"\ndefault_due = 0\n'
        )
        self.vdirsyncer("discover", "tasks", said="y\n" * 10)

    def run(self, *words: str | Path, said: str = "") -> str:
        env = {**os.environ, "HOME": str(self.folder), "TZ": "UTC", "XDG_CACHE_HOME": str(self.folder / "cache")}
        done = subprocess.run(words, check=False, input=said, capture_output=True, text=True, env=env, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def vdirsyncer(self, *words: str, said: str = "") -> str:
        return self.run(BIN / "vdirsyncer", "-c", self.folder / "vdirsyncer", *words, said=said)

    def sync(self) -> None:
        self.vdirsyncer("sync")

    def todo(self, *words: str) -> str:
        return self.run(BIN / "todo", "--config", self.folder / "todoman.py", *words)

    def id_of(self, title: str) -> str:
        line = next(line for line in self.todo("list", "--status", "ANY").splitlines() if title in line)
        return next(word for word in line.replace("[", " ").replace("]", " ").split() if word.isdigit())


@pytest.fixture
def laptop(tmp_path: Path, stage: CaldavStage, radicale: Radicale) -> Laptop:
    goal = stage.make("goals", title="Say what I need")
    made: dict[str, Any] = {"Ask for a break": "2027-02-01", "Say no to one thing": "2027-02-02", "Call": None}
    for title, due in made.items():
        stage.make("milestones", goal=goal, title=title, **({"due": due} if due else {}))
    stage.to(radicale, settings={"due": True})
    stage.go()
    folder = tmp_path / "laptop"
    folder.mkdir()
    return Laptop(folder, radicale)


def test_what_is_completed_moved_and_deleted_on_a_laptop_is_so_here(
    laptop: Laptop, stage: CaldavStage, radicale: Radicale
) -> None:
    laptop.sync()
    shown = laptop.todo("list")
    assert all(title in shown for title in ("Say what I need", "Ask for a break", "Say no to one thing", "Call"))
    laptop.todo("done", laptop.id_of("Ask for a break"))
    laptop.todo("edit", laptop.id_of("Say no to one thing"), "--due", "2027-03-05")
    laptop.todo("delete", "--yes", laptop.id_of("Call"))
    laptop.sync()
    stage.go()
    steps = {one["title"]: one for one in stage.all("milestone")}
    assert steps["Ask for a break"]["status"] == "reached"
    due = steps["Say no to one thing"]["due"]
    assert (due if isinstance(due, str) else due["at"]).startswith("2027-03-05")
    assert steps["Call"].get("status", "planned") == "planned"
    assert stage.proposals() == []

    stage.go()
    laptop.sync()
    assert "Call" not in laptop.todo("list", "--status", "ANY")
    before = radicale.bodies()
    laptop.sync()
    stage.go()
    assert radicale.bodies() == before


def test_what_is_reached_here_is_done_on_a_laptop_that_completes_another_at_once(
    laptop: Laptop, stage: CaldavStage
) -> None:
    laptop.sync()
    laptop.todo("done", laptop.id_of("Say no to one thing"))
    step = next(one["id"] for one in _steps(stage) if one["title"] == "Ask for a break")
    stage.revise("milestones", step, status="reached")
    stage.go()
    laptop.sync()
    stage.go()
    laptop.sync()
    assert {one["title"]: one["status"] for one in _steps(stage)} == {
        "Ask for a break": "reached",
        "Say no to one thing": "reached",
        "Call": "planned",
    }
    left = laptop.todo("list")
    assert "Call" in left
    assert "Ask for a break" not in left
    assert "Say no to one thing" not in left


def _steps(stage: CaldavStage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.api.get(f"{stage.path}/milestones").json()
    return found
