"""Runs the console blocks of a document in order, and compares what the commands print with what the document shows.

In a document, `$ milepost …` is typed on a device, and `phone$ milepost …` on the device called phone; `make serve` and
`milepost serve …` run a server beside them. Ids, pairing codes, addresses and hashes differ each time: the first place
that shows one teaches what it stands for, and from then on it must stay that. `…` stands for anything in a line, or
alone on a line for any lines. Runs of blanks count as one. A command must succeed, unless the document shows its
error, which begins with `milepost: `. The plugin `shelf` is installed, and its service answers at what a document calls
http://127.0.0.1:9000, with its key in `shelf.key`. A block of TOML (or CSV) whose first line is
`# name.toml` is that file, beside the devices.
"""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from milepost_server.web import built
from tests import warm as warming
from tests.processes import warm
from tests.server.hosting.installed import SHELF, install, shelf

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"(?P<device>[a-z]*)\$ (?P<command>.+)")
FILE = re.compile(
    r"^```(?P<kind>toml|csv)\n# (?P<name>[a-z-]+\.(?P=kind))\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
RUNNABLE = re.compile(r"make serve|(?:.*\| )?milepost\b.*")
STAND_IN = re.compile(
    r"(?P<address>http://127\.0\.0\.1:\d+)"
    r"|(?P<code>\b(?=[2-9-]*[A-Z])[A-Z2-9]{4}(?:-[A-Z2-9]{4}){1,2}\b)"
    r"|(?P<id>\b(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{3,64}\b)"
)
ANY = {"address": r"http://127\.0\.0\.1:\d+", "code": r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){1,2}", "id": r"[0-9a-f]{3,64}"}
WEB_APP = "Or a browser:"
SERVER_STARTS_IN_S = 15
UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Step(NamedTuple):
    """One command of a document, on which device, and the lines that it should print."""

    device: str
    command: str
    output: list[str]


def steps(document: str) -> list[Step]:
    """Every command in the console blocks."""
    found: list[Step] = []
    for block in BLOCK.findall(document):
        for line in block.splitlines():
            if prompt := PROMPT.fullmatch(line):
                found.append(Step(prompt["device"], prompt["command"], []))
            else:
                found[-1].output.append(line)
    return found


def files(document: str) -> dict[str, str]:
    """Name → content of every file that the document shows."""
    return {found["name"]: found["body"] for found in FILE.finditer(document)}


class Wrong(AssertionError):
    """The document shows one thing, and the command did another."""


class Session:
    """Devices and at most one server in a folder, and what the document's ids and codes stand for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, str] = {}
        self.server: subprocess.Popen[bytes] | None = None
        self._plugins = install(folder / "plugins", shelf=SHELF)
        (folder / "shelf.key").write_text("a key\n")
        (folder / "bin").mkdir()
        command = shlex.join([sys.executable, "-IS", warming.__file__, "run", warm().path])
        (folder / "bin" / "milepost").write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (folder / "bin" / "milepost").chmod(0o755)
        self._outside = contextlib.ExitStack()
        outside = self._outside.enter_context(shelf())
        self.known["http://127.0.0.1:9000"] = outside.url.removesuffix("/things")

    def close(self) -> None:
        self._outside.close()
        if self.server is not None:
            self.server.terminate()
            self.server.wait()

    def run(self, step: Step) -> str:
        """One command; what it printed.

        Raises:
            Wrong: it failed, or printed something else.

        """
        if not RUNNABLE.fullmatch(step.command):
            raise Wrong(f"Only `milepost …` and `make serve` can be checked in a console block: {step.command}")
        command = STAND_IN.sub(lambda found: self.known.get(found[0], found[0]), step.command)
        refused = any(line.startswith("milepost: ") for line in step.output)
        shown = step.output
        if command == "make serve" or (command.startswith("milepost serve") and not refused):
            # Without npm there is no web app, and then no address of it is told.
            shown = [line for line in shown if built() or not line.startswith(WEB_APP)]
            code, printed = 0, self._serve(command, len(shown))
        else:
            code, printed = self._command(step.device, command)
        if (code != 0) != refused:
            raise Wrong(f"$ {command}\nexit code {code}\n{printed}")
        self._compare(command, shown, printed)
        return printed

    def _environment(self, device: str) -> dict[str, str]:
        path = os.pathsep.join([str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
        return {
            "PATH": path,
            "HOME": str(self.folder),
            "MILEPOST_HOME": str(self.folder / "devices" / (device or "only")),
            "COLUMNS": "110",
            "PYTHONPATH": self._plugins,
            "TZ": "UTC",
        }

    def _command(self, device: str, command: str) -> tuple[int, str]:
        done = subprocess.run(
            ["sh", "-c", command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self._environment(device),
        )
        return done.returncode, done.stdout

    def _serve(self, command: str, lines: int) -> str:
        asked = [".milepost-data"] if command == "make serve" else re.findall(r"--data (\S+)", command)
        data = asked[0] if asked else "milepost-data"
        words = [str(Path(sys.executable).with_name("milepost")), "serve", "--port", "0", "--data", data]
        output = self.folder / "server.txt"
        with output.open("w") as file:
            self.server = subprocess.Popen(words, stdout=file, cwd=self.folder, env=self._environment("server"))
        until = time.monotonic() + SERVER_STARTS_IN_S
        while output.read_text().count("\n") < lines and time.monotonic() < until and self.server.poll() is None:
            time.sleep(0.05)
        return output.read_text()

    def _compare(self, command: str, shown: list[str], printed: str) -> None:
        groups: dict[str, str] = {}
        pattern = "".join(self._as_pattern(_plain(line), groups) for line in shown)
        actual = "".join(f"{_plain(line)}\n" for line in printed.splitlines())
        found = re.fullmatch(pattern, actual)
        if found is None:
            expected = "\n".join(shown)
            raise Wrong(f"$ {command}\nprinted:\n{printed}\nthe document shows:\n{expected}\nand knows: {self.known}")
        for stand_in, group in groups.items():
            self.known[stand_in] = self._whole(found[group])

    def _as_pattern(self, line: str, groups: dict[str, str]) -> str:
        if line == "…":
            return r"(?:[^\n]*\n)*"
        pattern, end = "", 0
        for stand_in in STAND_IN.finditer(line):
            pattern += _literal(line[end : stand_in.start()]) + self._stands_for(stand_in, groups)
            end = stand_in.end()
        return pattern + _literal(line[end:]) + r"\n"

    def _stands_for(self, stand_in: "re.Match[str]", groups: dict[str, str]) -> str:
        word = stand_in[0]
        if word in self.known:
            known = self.known[word]
            if stand_in["id"]:  # an id may be shortened
                return f"(?:{'|'.join(re.escape(known[:length]) for length in range(len(known), 2, -1))})"
            return re.escape(known)
        if word in groups:
            return f"(?P={groups[word]})"
        groups[word] = f"stand_in_{len(groups)}"
        return f"(?P<{groups[word]}>{ANY[str(stand_in.lastgroup)]})"

    def _whole(self, text: str) -> str:
        """The id that `text` begins, if only one does: what comes later may make the short form ambiguous."""
        files = (path.read_bytes() for path in self.folder.rglob("*.sqlite3*"))
        whole = {uuid.decode() for body in files for uuid in UUID.findall(body) if uuid.startswith(text.encode())}
        return whole.pop() if len(whole) == 1 else text


def _plain(line: str) -> str:
    return " ".join(line.split())


def _literal(text: str) -> str:
    return r"[^\n]*".join(re.escape(part) for part in text.split("…"))
