"""Real `milepost` processes for tests: a server one can kill, and the command line of any number of devices."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MILEPOST = [sys.executable, "-m", "milepost.cli"]


class ServerProcess:
    """`milepost serve` on a folder and a port of its own."""

    def __init__(self, data: Path, port: int = 0, *, options: tuple[str, ...] = ()) -> None:
        self.data, self.port = data, port
        self.start(*options)

    def start(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [*MILEPOST, "serve", "--data", str(self.data), "--port", str(self.port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline(), self.process.stdout.readline()]
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.lines[0])
        assert found, self.lines
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        self.process.kill()
        self._end()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        code = self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def code(self) -> str:
        return run(None, "admin", "pairing-code", "--data", str(self.data)).strip()


@contextmanager
def serving(data: Path, *options: str) -> Iterator[ServerProcess]:
    """With options that are given at the first start alone."""
    server = ServerProcess(data, options=options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def run(home: Path | None, *arguments: str, stdin: str = "", expect: int = 0) -> str:
    """One command; returns its output."""
    env = {**os.environ, "MILEPOST_HOME": str(home or "/nonexistent/milepost")}
    done = subprocess.run(
        [*MILEPOST, *arguments], env=env, input=stdin, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == expect, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout if expect == 0 else done.stderr


class Home:
    """One device: a folder, and the commands run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, stdin: str = "") -> Any:
        """Runs a command with `--json` and gives its one value."""
        return json.loads(run(self.folder, *arguments, "--json", stdin=stdin))

    def text(self, *arguments: str, stdin: str = "") -> str:
        return run(self.folder, *arguments, stdin=stdin)

    def fails(self, code: int, *arguments: str, stdin: str = "") -> str:
        return run(self.folder, *arguments, stdin=stdin, expect=code)
