"""Adds an example of today's schema: two devices and a script live on a server for a while, and what they leave is kept.

Which Milepost does it is what `python` finds; an earlier one in `PYTHONPATH` leaves what it left then.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import httpx

from tests.schemas import LAPTOP, PHONE, SERVER, kept, pack
from tests.server.hosting.installed import SHELF, install, shelf

SMALL = """
import sys
for module, name, value in (
    ("milepost.archiving", "ARCHIVE_EVENTS", 20),
    ("milepost.sqlite_store", "KEEP_END_EVERY", 16),
    ("milepost_server.snapshots", "EVERY", 30),
):
    try:
        setattr(__import__(module, fromlist=[name]), name, value)
    except ImportError:
        pass
from milepost.cli import main
sys.argv = ["milepost", *sys.argv[1:]]
main()
"""
"""Archives, snapshots and notes as they are, of fewer events."""


def command(folder: Path, device: str, *words: str, optional: bool = False) -> str:
    """One command; an earlier version may not have it."""
    env = {**os.environ, "MILEPOST_HOME": str(folder / device)}
    done = subprocess.run([sys.executable, "-c", SMALL, *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode and not optional:
        raise SystemExit(f"{words}\n{done.stdout}{done.stderr}")
    return done.stdout if done.returncode == 0 else ""


def serve(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    words = [sys.executable, "-c", SMALL, "serve", "--port", "0", "--data", str(folder / "data")]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
    assert found, "the server did not start"
    return server, found[0]


def code(folder: Path) -> str:
    return command(folder, "nobody", "admin", "pairing-code", "--data", str(folder / "data")).split()[-1]


def by_script(url: str, token: str) -> None:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "once"}
    journal = httpx.get(f"{url}/v1/journals", headers=headers).json()[0]["id"]
    goal = {"title": "Read before sleep"}
    httpx.post(f"{url}/v1/journals/{journal}/goals", headers=headers, json=goal).raise_for_status()


def connect(folder: Path) -> None:
    """What is connected by a plugin, where the version knows of such; held, as neither is there afterwards."""
    if not command(folder, "nobody", "plugin", "enable", "shelf", "--data", str(folder / "data"), optional=True):
        return
    (folder / "token").write_text("a secret")
    with shelf() as outside:
        settings = ("--set", f"url={outside.url}", "--set", f"token=@{folder / 'token'}")
        command(folder, LAPTOP, "connection", "add", "shelf", *settings)
        command(folder, LAPTOP, "connection", "run", "shelf")
        command(folder, LAPTOP, "connection", "pause", "shelf")
    box = json.loads(command(folder, LAPTOP, "connection", "add", "box", "--json"))
    httpx.post(box["address"], content=b"7").raise_for_status()
    command(folder, LAPTOP, "connection", "pause", "box")
    command(folder, LAPTOP, "sync")


def live(folder: Path) -> None:
    """What two devices, a calendar and a script do, and what they have not sent yet when the server is upgraded."""
    server, url = serve(folder)
    try:
        goal = json.loads(command(folder, LAPTOP, "goal", "add", "Say what I need", "--json"))["id"]
        command(folder, LAPTOP, "milestone", "add", goal, "Ask for a break", "--due", "2030-12-18")
        command(folder, LAPTOP, "pair", url, code(folder), "--name", "laptop")
        command(folder, LAPTOP, "sync")
        command(folder, PHONE, "pair", url, code(folder), "--name", "phone")
        command(folder, PHONE, "sync")
        for number in range(40):
            command(folder, LAPTOP, "checkin", goal, "--value", str(number % 10), "--note", f"Day {number}")
        command(folder, LAPTOP, "sync")
        command(folder, PHONE, "goal", "revise", goal, "--title", "Say what I need, kindly")
        command(folder, LAPTOP, "goal", "revise", goal, "--title", "Say what I need, at once")
        for device in (PHONE, LAPTOP, PHONE):
            command(folder, device, "sync")
        command(folder, LAPTOP, "feed", "add", "--plain")
        token = command(folder, LAPTOP, "device", "token", "script", "--json", optional=True)
        if token:
            by_script(url, json.loads(token)["token"])
        connect(folder)
        time.sleep(1)
    finally:
        server.terminate()
        server.wait()
    command(folder, "nobody", "admin", "archive", "--keep", "5", "--data", str(folder / "data"), optional=True)
    command(folder, PHONE, "goal", "add", "Written on the phone before the upgrade")
    command(folder, LAPTOP, "goal", "add", "Written on the laptop before the upgrade")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        others = os.environ.get("PYTHONPATH", "")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [install(folder / "plugins", shelf=SHELF), others]))
        live(folder)
        with closing(sqlite3.connect(folder / "data" / "milepost.sqlite3")) as connection:
            parts = dict(connection.execute("SELECT part, version FROM schema_parts").fetchall())
        schema = f"log{parts['log']}-server{parts['server']}"
        if schema in kept():
            sys.stdout.write(f"There is an example of {schema} already.\n")
            return
        pack(schema, SERVER, folder / "data" / "milepost.sqlite3")
        for device in (LAPTOP, PHONE):
            pack(schema, device, folder / device / "device.sqlite3")
        sys.stdout.write(f"Added an example of {schema}.\n")


if __name__ == "__main__":
    main()
