"""Milestones on a list elsewhere, and back: `python examples/06_connector/story.py`, with the example installed.

A real Milepost server and a real list in a temporary folder, and the commands that a person types.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

MILEPOST = [sys.executable, "-m", "milepost.cli"]
TOKEN = "a token that nobody guesses"  # noqa: S105 - it is made up


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    """Runs one command on the device in `MILEPOST_HOME`."""
    print(f"$ milepost {' '.join(repr(word) if ' ' in word else word for word in words)}")
    return subprocess.run([*MILEPOST, *words, "--json"], check=False, capture_output=True, text=True)


def milepost(*words: str) -> Any:
    """Runs one command and gives what it answered."""
    done = run(*words)
    if done.returncode:
        sys.exit(f"That should have worked: {done.stderr.strip()}")
    return json.loads(done.stdout)


def started(*command: str | Path) -> tuple["subprocess.Popen[str]", str]:
    """A server that runs now, and its address."""
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env={**os.environ, "TODO_TOKEN": TOKEN}
    )
    address = re.search(r"http://[\d.:]+", process.stdout.readline() if process.stdout else "")
    return process, address[0] if address else sys.exit("A server did not start.")


def stop(process: "subprocess.Popen[str]") -> None:
    """Ends a server at once."""
    process.kill()
    process.communicate()


class List:
    """The list, as somebody sees it who works with it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "todos.json"
        self._headers = {"Authorization": f"Bearer {TOKEN}"}
        self.start("0")

    def start(self, port: str) -> None:
        """It runs, with what it had before."""
        script = Path(__file__).parent / "todo_server.py"
        self._process, self.address = started(script, "--file", self._file, "--port", port)

    def kill(self) -> None:
        """It is gone in the middle of whatever it does."""
        stop(self._process)

    def todos(self) -> dict[str, Any]:
        """Title → what else is known of it."""
        found = httpx.get(f"{self.address}/todos", headers=self._headers).json()
        return {todo["title"]: {**todo, "id": name} for name, todo in found.items()}

    def set_done(self, title: str, *, done: bool) -> None:
        """Somebody ticks a to-do, or unticks it."""
        todo = self.todos()[title]
        body = {"title": title, "due": todo["due"], "done": done}
        httpx.put(f"{self.address}/todos/{todo['id']}", json=body, headers=self._headers).raise_for_status()

    def delete(self, title: str) -> None:
        """Somebody deletes a to-do."""
        httpx.delete(f"{self.address}/todos/{self.todos()[title]['id']}", headers=self._headers).raise_for_status()


def statuses() -> dict[str, str]:
    """Milestone → how it stands, after a sync."""
    milepost("sync")
    return {one["title"]: one["status"] for one in milepost("milestone", "list")}


def expect(what: str, found: object, wanted: object) -> None:
    """Says what is so, or ends the story."""
    if found != wanted:
        sys.exit(f"{what}: found {found}, should be {wanted}")
    print(f"  {what}")


def there_and_back(todos: List, goal: str) -> None:
    """A milestone goes out; done there, it is reached here."""
    milepost("milestone", "add", goal, "Ask for a break", "--due", "2031-11-20")
    milepost("sync")
    milepost("connection", "run")
    there = {name: todo["due"] for name, todo in todos.todos().items()}
    expect("The milestone is on the list", there, {"Ask for a break": "2031-11-20"})
    todos.set_done("Ask for a break", done=True)
    milepost("connection", "run")
    expect("Done there, it is reached here", statuses(), {"Ask for a break": "reached"})
    todos.set_done("Ask for a break", done=False)
    milepost("connection", "run")
    expect("Not done after all, it is planned again", statuses(), {"Ask for a break": "planned"})
    before = todos.todos()
    milepost("connection", "run")
    expect("What came from there is not sent there again", todos.todos(), before)


def through_an_outage(todos: List, goal: str) -> None:
    """The list is killed, and what happened meanwhile arrives once it is back."""
    todos.kill()
    milepost("milestone", "add", goal, "Say no to one thing")
    milepost("sync")
    refused = run("connection", "run")
    said = refused.returncode != 0 and "nothing is lost" in refused.stderr
    expect("While the list is away, that is said, and nothing is lost", said, True)
    todos.start(todos.address.rsplit(":", 1)[1])
    milepost("connection", "run")
    expect("Once it is back, all is there", sorted(todos.todos()), ["Ask for a break", "Say no to one thing"])


def to_the_end(todos: List) -> None:
    """What is deleted there stays here; what is withdrawn goes there."""
    todos.delete("Ask for a break")
    milepost("connection", "run")
    stays = {"Ask for a break": "planned", "Say no to one thing": "planned"}
    expect("Deleted there, a milestone stays here as it was", statuses(), stays)
    milepost("connection", "withdraw")
    expect("What is withdrawn is gone there", todos.todos(), {})
    log = json.dumps(milepost("connection", "log"))
    expect("The log has no word of it, and no token", "Ask" in log or TOKEN in log, False)


def main() -> None:
    """The whole story."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["MILEPOST_HOME"] = str(folder / "device")
        (folder / "token").write_text(TOKEN)
        server, address = started("-m", "milepost.cli", "serve", "--data", folder / "data", "--port", "0")
        todos = List(folder)
        try:
            goal = milepost("goal", "add", "Say what I need")["id"]
            milepost("pair", address, milepost("admin", "pairing-code", "--data", str(folder / "data"))["code"])
            milepost("sync")
            milepost("plugin", "enable", "todo", "--data", str(folder / "data"))
            token = f"token=@{folder / 'token'}"
            milepost("connection", "add", "todo", "--set", f"url={todos.address}", "--set", token, "--plain")
            there_and_back(todos, goal)
            through_an_outage(todos, goal)
            to_the_end(todos)
        finally:
            todos.kill()
            stop(server)
    print("That is all.")


if __name__ == "__main__":
    main()
