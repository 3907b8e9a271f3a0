"""Devices of the browser's kind for tests: each in a process of its own, beside real servers and devices at a terminal."""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.web.building import NODE, modules, node

DRIVER = Path(__file__).parent / "driver.ts"


class Refused(Exception):
    """The device threw an error; `name` says of which kind."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(f"{name}: {words}")
        self.name, self.words = name, words


class BrowserDevice:
    """One device. Every command is a method: `device("append", journal=…, drafts=…)`."""

    def __init__(self, script: Path, name: str) -> None:
        self.name = name
        command = [str(NODE / "bin" / "node"), str(script)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self("open", name=name)

    def __call__(self, command: str, **given: Any) -> Any:
        """Raises:
        Refused: the device did.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": command, **given}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"], f"{answer['words']}\n{answer['at']}")
        return answer["value"]

    def __enter__(self) -> "BrowserDevice":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()


def driver(target: Path) -> Path:
    """The bundle that a process runs."""
    rolldown = modules() / "rolldown" / "bin" / "cli.mjs"
    ran = node(rolldown, DRIVER, "--format", "esm", "--platform", "node", "--file", target)
    assert ran.returncode == 0, ran.stderr
    return target
