"""Real `milepost` processes for tests: a server one can kill, and the command line of any number of devices."""

import atexit
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.warm import Warm

MILEPOST = [sys.executable, "-m", "milepost.cli"]


class ServerProcess:
    """`milepost serve` on a folder and a port of its own."""

    def __init__(self, data: Path, port: int = 0, *, options: tuple[str, ...] = ()) -> None:
        self.data, self.port = data, port
        self.start(*options)

    def start(self, *options: str) -> None:
        words = ["serve", "--data", str(self.data), "--port", str(self.port), *options]
        reads, writes = os.pipe()
        with Path(os.devnull).open() as nothing:
            self.process = warm().start(words, os.environ, [nothing.fileno(), writes, writes])
        os.close(writes)
        self.output = os.fdopen(reads)
        self.lines = [self.output.readline(), self.output.readline()]
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
        code = self.process.wait(20)
        self.output.close()
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
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        given.write(stdin.encode())
        given.seek(0)
        code = warm().run(arguments, env, [stream.fileno() for stream in (given, said, told)])
        out, err = (_read(stream) for stream in (said, told))
    assert code == expect, (arguments, code, out, err)
    return out if expect == 0 else err


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


@cache
def warm() -> Warm:
    """What the commands of this process are forked from."""
    folder = tempfile.TemporaryDirectory(prefix="milepost-warm-")
    made = Warm(folder.name)
    atexit.register(folder.cleanup)
    atexit.register(made.end)
    return made


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
