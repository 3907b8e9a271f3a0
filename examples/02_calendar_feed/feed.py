"""What a calendar sees, with and without one's own words: `python examples/02_calendar_feed/feed.py`.

First as files from `milepost export ics`, then as a feed that a calendar program subscribes to.
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

import httpx
from icalendar import Calendar

MILEPOST = [sys.executable, "-m", "milepost.cli"]
NOT_MODIFIED = 304


def milepost(*words: str) -> bytes:
    """Runs one command on the device in `MILEPOST_HOME`, and gives what it wrote."""
    return subprocess.run([*MILEPOST, *words], check=True, capture_output=True).stdout


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


def entries(ics: bytes) -> list[str]:
    """`date summary` of every entry of a calendar."""
    return sorted(f"{event['dtstart'].dt} {event['summary']}" for event in Calendar.from_ical(ics).walk("VEVENT"))


def expect(what: str, found: object, wanted: object) -> None:
    """Says what was found, or ends the script."""
    if found != wanted:
        sys.exit(f"{what}: found {found}, should be {wanted}")
    print(f"{what}\n  {found}")


def files() -> None:
    """A journal with two dates, written to calendar files both ways."""
    goal = json.loads(milepost("goal", "add", "Speak at the meeting", "--due", "2031-12-18", "--json"))["id"]
    milepost("milestone", "add", goal, "Say one sentence", "--due", "2031-11-20")
    discreet, plain = milepost("export", "ics"), milepost("export", "ics", "--plain")
    expect("A file, discreet:", entries(discreet), ["2031-11-20 Step 1 of 1", "2031-12-18 Goal"])
    expect(
        "A file, in plain words:", entries(plain), ["2031-11-20 Say one sentence", "2031-12-18 Speak at the meeting"]
    )


def feeds(address: str, data: Path) -> None:
    """The same as a feed: fetched, asked for again, changed, revoked."""
    milepost("pair", address, milepost("admin", "pairing-code", "--data", str(data)).decode().strip())
    milepost("sync")
    feed = json.loads(milepost("feed", "add", "--discreet", "--json"))

    first = httpx.get(feed["url"])
    expect("A feed, discreet:", entries(first.content), ["2031-11-20 Step 1 of 1", "2031-12-18 Goal"])
    known = {"if-none-match": first.headers["etag"]}
    expect("Asked again with its ETag:", httpx.get(feed["url"], headers=known).status_code, NOT_MODIFIED)

    step = json.loads(milepost("milestone", "list", "--json"))[0]["id"]
    milepost("milestone", "revise", step, "--due", "2031-11-27")
    milepost("sync")
    moved = httpx.get(feed["url"], headers=known)
    expect("After the step moved:", entries(moved.content), ["2031-11-27 Step 1 of 1", "2031-12-18 Goal"])

    milepost("feed", "revoke", feed["id"])
    expect("Revoked, it is an empty calendar:", entries(httpx.get(feed["url"]).content), [])


if __name__ == "__main__":
    with TemporaryDirectory(prefix="milepost-feed-") as temporary:
        os.environ["MILEPOST_HOME"] = f"{temporary}/device"
        files()
        with serving(Path(temporary) / "server") as url:
            feeds(url, Path(temporary) / "server")
