"""Two devices and a server, from the first goal to a calendar: `python examples/01_two_devices/story.py`.

Everything happens in a temporary folder, through the same commands that a person types.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from icalendar import Calendar

MILEPOST = [sys.executable, "-m", "milepost.cli"]
DUE = "2031-12-18"


class Device:
    """A folder of its own, as a laptop and a phone have, and the commands run in it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.environment = {**os.environ, "MILEPOST_HOME": str(folder / name)}

    def milepost(self, *words: str) -> Any:
        """Runs one command, shows it, and gives what it answered."""
        print(f"  {self.name:>6}$ milepost {' '.join(repr(w) if ' ' in w else w for w in words)}")
        command = [*MILEPOST, *words, "--json"]
        done = subprocess.run(command, check=False, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"That should have worked: {done.stderr.strip()}")
        return json.loads(done.stdout)


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """A real server on a free port, for as long as the block runs; gives its address."""
    command = [*MILEPOST, "serve", "--data", data, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        try:
            address = re.search(r"http://\S+", run.stdout.readline() if run.stdout else "")
            yield address[0] if address else sys.exit("The server did not start.")
        finally:
            run.terminate()


def expect(what: str, *, holds: bool) -> None:
    """Says what is so, or ends the story."""
    if not holds:
        sys.exit(f"This should be so, and is not: {what}")
    print(f"          {what}")


def pair(device: Device, address: str, data: Path) -> None:
    """A fresh code, used by the device."""
    code = subprocess.check_output([*MILEPOST, "admin", "pairing-code", "--data", data], text=True).strip()
    device.milepost("pair", address, code, "--name", device.name)
    device.milepost("sync")


def tell(folder: Path) -> None:
    """The story."""
    laptop, phone, data = Device("laptop", folder), Device("phone", folder), folder / "server"

    print("\nTwo devices, no network. Each writes down a goal.")
    goal = laptop.milepost("goal", "add", "Say what I need")["id"][:8]
    laptop.milepost("milestone", "add", goal, "Ask for a break", "--due", DUE)
    phone.milepost("goal", "add", "Sleep with the window open")

    with serving(data) as address:
        print(f"\nA server starts at {address}. Both devices pair with it and sync.")
        pair(laptop, address, data)
        pair(phone, address, data)
        laptop.milepost("sync")
        titles = {device.name: [g["title"] for g in device.milepost("goal", "list")] for device in (laptop, phone)}
        expect(f"Both have: {', '.join(titles['phone'])}.", holds=len(titles["phone"]) == 2)
        expect("In the same order.", holds=titles["laptop"] == titles["phone"])

        print("\nOffline again, both put the same goal differently. Then they sync.")
        laptop.milepost("goal", "revise", goal, "--title", "Say what I need, kindly")
        phone.milepost("goal", "revise", goal, "--title", "Say what I need, at once")
        for device in (laptop, phone, laptop):
            device.milepost("sync")
        (conflict,) = phone.milepost("conflicts")
        shown, aside = conflict["a"]["value"], conflict["b"]["value"]
        both = {"Say what I need, kindly", "Say what I need, at once"}
        expect(f"Shown now: {shown!r}. Kept beside it: {aside!r}.", holds={shown, aside} == both)
        expect("The laptop sees the same.", holds=laptop.milepost("conflicts") == [conflict])

        print("\nA third wording, with both in it, settles it.")
        phone.milepost("conflicts", "keep", f"{goal}.title", "--write", "Say what I need, kindly and soon")
        for device in (phone, laptop):
            device.milepost("sync")
        states = [device.milepost("status")["state_hash"] for device in (laptop, phone)]
        expect(f"Both devices hold the same state: {states[0][:12]}.", holds=states[0] == states[1])
        expect("Nothing waits to be settled.", holds=laptop.milepost("conflicts") == [])

        print("\nA calendar subscribes.")
        feed = phone.milepost("feed", "add", "--plain", "--name", "My steps")
        calendar = Calendar.from_ical(httpx.get(feed["url"]).raise_for_status().content)
        entries = {str(event["summary"]): event["dtstart"].dt.isoformat() for event in calendar.walk("VEVENT")}
        expect(f"It shows {entries}.", holds=entries == {"Ask for a break": DUE})


if __name__ == "__main__":
    with TemporaryDirectory(prefix="milepost-story-") as temporary:
        tell(Path(temporary))
    print("\nThat is all of it. The folder is gone again.")
