"""`python -m examples.demo`: serves a made-up half-year, and says how to look at it."""

import argparse
import os
import shutil
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from examples.demo.journal import write_half_year
from examples.demo.server import DidNotWork, Serving, pairing_code, run, serving
from examples.demo.story import StoryClock
from milepost.device import Device
from milepost.errors import MilepostError
from milepost.messages import Feed

READY = "Ctrl-C ends it"


def main() -> int:
    """Runs until it is interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description="Serve a made-up half-year journal.")
    parser.add_argument("--port", type=int, default=8000, help="the server's port; 0 takes a free one")
    parser.add_argument("--data", type=Path, default=Path(".demo"), help="the folder for all of it")
    given = parser.parse_args()
    home, data = given.data / "device", given.data / "server"
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        count = prepare(home)
        with serving(data, given.port) as server:
            feed = connect(home, data, server)
            print(told(given.data, server.url, count, feed), flush=True)
            return server.process.wait()
    except KeyboardInterrupt:
        print("\nStopped. Everything is kept for the next time.")
        return 0
    except DidNotWork as error:
        print(f"The demo can't go on: {error} {_advice(error, given.data)}", file=sys.stderr)
        return error.exit_code
    except MilepostError as error:
        print(f"The demo can't go on: {error}", file=sys.stderr)
        return error.exit_code


def prepare(home: Path) -> int:
    """Writes the half-year into the device if it holds none yet; returns how many events it has."""
    clock = StoryClock()
    device = Device(home, wall=clock)
    try:
        rows = device.rows()
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        journal = rows[0].journal if rows else write_half_year(device, clock, ends=yesterday)
        return sum(progress.n for progress in device.state(journal).devices.values())
    finally:
        device.close()


def connect(home: Path, data: Path, server: Serving) -> str:
    """Pairs the device at the first time, syncs it, and makes a feed; returns the feed's address."""
    device = Device(home)
    try:
        paired = device.log.setting("token") is not None
        if paired:
            with device.log.transaction():
                device.log.set("server", server.url)  # it may be another port today
    finally:
        device.close()
    if not paired:
        run(home, "pair", server.url, pairing_code(data), "--name", "Demo")
    run(home, "sync")
    feed = run(home, "feed", "add", "--plain", "--name", "Demo")
    return msgspec.json.decode(feed, type=Feed).url


def told(folder: Path, url: str, count: int, feed: str) -> str:
    """What there is to try."""
    milepost = _command()
    return f"""
Juniper Vale's half-year, {count} events of a person who does not exist, is served on {url}

  The journal on the device       MILEPOST_HOME={folder / "device"} {milepost}
  Its goals                       MILEPOST_HOME={folder / "device"} {milepost} goal list
  The same in a calendar          {feed}
  A second device: get a code     {milepost} admin pairing-code --data {folder / "server"}
            pair it, then sync    MILEPOST_HOME={folder / "second"} {milepost} pair {url} CODE
                                  MILEPOST_HOME={folder / "second"} {milepost} sync
  What programs may ask           {url}/schema

{READY}; all of it stays in {folder} for the next time.
"""


def _command() -> str:
    """How `milepost` is called from here."""
    if shutil.which("milepost"):
        return "milepost"
    script = Path(sys.executable).parent / "milepost"
    return os.path.relpath(script) if script.exists() else f"{sys.executable} -m milepost.cli"


def _advice(error: DidNotWork, folder: Path) -> str:
    if "serve" in str(error):
        return "If its port is taken, choose another: `make demo PORT=8001`, or PORT=0 for a free one."
    return f"If {folder} is from another time, remove that folder and start again."


if __name__ == "__main__":
    sys.exit(main())
