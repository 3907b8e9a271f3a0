"""A person and their therapist share a journal, from the invitation to its end: `python examples/05_together/together.py`.

Two devices of two people, one real server in a temporary folder, and the commands that each of them types.
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

MILEPOST = [sys.executable, "-m", "milepost.cli"]


class Person:
    """Somebody with a device of their own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.environment = {**os.environ, "MILEPOST_HOME": str(folder / name)}

    def _run(self, words: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
        print(f"  {self.name:>5}$ milepost {' '.join(repr(word) if ' ' in word else word for word in words)}")
        command = [*MILEPOST, *words, "--json"]
        return subprocess.run(command, check=False, env=self.environment, capture_output=True, text=True)

    def milepost(self, *words: str) -> Any:
        """Runs one command and gives what it answered."""
        done = self._run(words)
        if done.returncode:
            sys.exit(f"That should have worked: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def refused(self, *words: str) -> str:
        """Runs one command that must be refused; gives the reason."""
        done = self._run(words)
        if not done.returncode:
            sys.exit("That should have been refused.")
        print(f"         {done.stderr.strip()}")
        return done.stderr


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
    print(f"         {what}")


def invite(anna: Person, ito: Person, address: str, data: Path) -> tuple[str, str]:
    """Anna shares a journal with one goal in it; returns the journal and the goal."""
    print("\nAnna keeps a private goal, makes a journal to share, and invites.")
    anna.milepost("goal", "add", "Sleep through most nights")
    code = anna.milepost("admin", "pairing-code", "--data", str(data))["code"]
    anna.milepost("pair", address, code, "--name", "laptop")
    journal = anna.milepost("journal", "new", "With Dr Ito")["id"]
    goal = anna.milepost("goal", "add", "Say what I need", "--why", "I stew on it otherwise")["id"]
    seen = anna.milepost("members", "preview")
    expect("a member would read one goal, and nothing of the private one", holds=seen["goals"] == ["Say what I need"])
    invitation = anna.milepost("invite", "--role", "therapist")["code"]
    joined = ito.milepost("join", invitation, "--server", address, "--as", "Dr Ito")
    expect("Dr Ito is in it as a therapist", holds=(joined["journal"], joined["role"]) == (journal, "therapist"))
    return journal, goal


def propose(anna: Person, ito: Person, journal: str, goal: str) -> None:
    """Dr Ito may not change the goal, but propose; Anna agrees."""
    print("\nDr Ito reads it, and proposes what is not theirs to change.")
    read = [one["title"] for one in ito.milepost("goal", "list", "--journal", journal)]
    expect("Dr Ito reads the shared goal alone", holds=read == ["Say what I need"])
    ito.refused("goal", "revise", goal, "--title", "Say it kindly", "--journal", journal)
    made = ito.milepost(
        "propose", goal, "--title", "Say what I need, kindly", "--reason", "small is fine", "--journal", journal
    )
    ito.milepost("sync")
    anna.milepost("sync")
    (waiting,) = anna.milepost("proposals")
    expect("the proposal waits for Anna", holds=waiting["id"] == made["id"])
    anna.milepost("proposals", "accept", made["id"])
    anna.milepost("sync")
    ito.milepost("sync")
    (title,) = [one["title"] for one in ito.milepost("goal", "list", "--journal", journal)]
    expect("what was accepted is so for both", holds=title == "Say what I need, kindly")


def end(anna: Person, ito: Person, journal: str) -> None:
    """Anna ends it."""
    print("\nAnna ends the sharing.")
    (theirs,) = [one["id"] for one in anna.milepost("members", "list") if one["role"] == "therapist"]
    anna.milepost("members", "remove", theirs)
    anna.milepost("goal", "add", "Written afterwards")
    anna.milepost("sync")
    told = ito.milepost("sync")
    expect("Dr Ito is told", holds=told["left"] == [journal])
    read = [one["title"] for one in ito.milepost("goal", "list", "--journal", journal)]
    expect("and reads nothing of what came after", holds="Written afterwards" not in read)
    done = [entry["what"] for entry in anna.milepost("access-log")]
    expect("the access log has it all", holds={"invited", "joined", "removed"} <= set(done))


def main() -> None:
    """The whole story."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        anna, ito = Person("anna", folder), Person("ito", folder)
        with serving(folder / "data") as address:
            journal, goal = invite(anna, ito, address, folder / "data")
            propose(anna, ito, journal, goal)
            end(anna, ito, journal)
    print("\nThat is all.")


if __name__ == "__main__":
    main()
