"""Minutes of mindfulness, sent into a journal: `python examples/07_inbox/story.py`, with the example installed.

A real Milepost server in a temporary folder, the commands that a person types, and what a small device sends.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sensor

MILEPOST = [sys.executable, "-m", "milepost.cli"]
SECRET = "a secret that nobody guesses"  # noqa: S105 - it is made up
SITTING: dict[str, object] = {"id": "a1", "on": "2026-05-04", "minutes": 12}


def milepost(*words: str) -> Any:
    """Runs one command on the device in `MILEPOST_HOME`, and gives what it answered."""
    print(f"$ milepost {' '.join(repr(word) if ' ' in word else word for word in words)}")
    done = subprocess.run([*MILEPOST, *words, "--json"], check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"That should have worked: {done.stderr.strip()}")
    return json.loads(done.stdout)


def expect(what: str, found: object, wanted: object) -> None:
    """Says what is so, or ends the story."""
    if found != wanted:
        sys.exit(f"{what}: found {found}, should be {wanted}")
    print(f"  {what}")


def checkins() -> list[Any]:
    """(what about, day, value) of each check-in, after a sync."""
    milepost("sync")
    return [(one["subject"], one["on"], one["value"]) for one in milepost("checkin", "list")]


def send_and_look(address: str, practice: str) -> None:
    """What is signed comes in, once; what is not, does not."""
    status, words = sensor.send(address, SECRET, SITTING)
    expect(f"It is answered: {words}", status, 200)
    expect("Sent again, it is answered the same", sensor.send(address, SECRET, SITTING), (status, words))
    expect("The check-in is there once", checkins(), [(practice, "2026-05-04", 12)])
    sensor.send(address, SECRET, {**SITTING, "minutes": 15})
    expect("Put right there, it is put right here", checkins(), [(practice, "2026-05-04", 15)])
    forged = {**SITTING, "id": "a2"}
    expect("Signed by somebody else, it is refused", sensor.send(address, "a guess", forged)[0], 401)
    expect("Without sense, it is refused", sensor.send(address, SECRET, {"minutes": 12})[0], 400)
    expect("Nothing came of either", checkins(), [(practice, "2026-05-04", 15)])
    log = json.dumps(milepost("connection", "log"))
    expect("The log has no secret in it", SECRET in log or address in log, False)
    milepost("connection", "remove")
    expect("Removed, its address is none any more", sensor.send(address, SECRET, SITTING)[0], 404)


def main() -> None:
    """The whole story."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["MILEPOST_HOME"] = str(folder / "device")
        (folder / "secret").write_text(SECRET)
        data = str(folder / "data")
        serve = [*MILEPOST, "serve", "--data", data, "--port", "0"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            try:
                address = re.search(r"http://\S+", server.stdout.readline() if server.stdout else "")
                practice = milepost("practice", "add", "Sit still")["id"]
                milepost(
                    "pair", address[0] if address else "", milepost("admin", "pairing-code", "--data", data)["code"]
                )
                milepost("sync")
                milepost("plugin", "enable", "mindful", "--data", data)
                settings = ("--set", f"signing_secret=@{folder / 'secret'}", "--set", f"about={practice}")
                made = milepost("connection", "add", "mindful", *settings)
                send_and_look(made["address"], practice)
            finally:
                server.terminate()
    print("That is all.")


if __name__ == "__main__":
    main()
