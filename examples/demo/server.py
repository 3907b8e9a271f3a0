"""A `milepost serve` process for as long as a block runs, and other `milepost` commands as a person would give them."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

MILEPOST = [sys.executable, "-m", "milepost.cli"]
STOP_S = 10
_SERVES = re.compile(r"^Milepost serves .* on (http://\S+)$")


class DidNotWork(Exception):
    """A `milepost` command failed; it has told why on standard error."""

    def __init__(self, command: str, exit_code: int) -> None:
        super().__init__(f"`milepost {command}` ended with {exit_code}.")
        self.exit_code = exit_code


def run(home: Path, *arguments: str) -> bytes:
    """One command on the device in `home`; gives its answer as JSON.

    Raises:
        DidNotWork: it failed.

    """
    environment = {**os.environ, "MILEPOST_HOME": str(home)}
    done = subprocess.run([*MILEPOST, "--json", *arguments], env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise DidNotWork(arguments[0], done.returncode)
    return done.stdout


def pairing_code(data: Path) -> str:
    """A code from the server on a data folder."""
    answer = run(data, "admin", "pairing-code", "--data", str(data))
    return msgspec.json.decode(answer, type=dict[str, str])["code"]


class Serving:
    """A running server: its address and its process."""

    def __init__(self, url: str, process: "subprocess.Popen[str]") -> None:
        self.url = url
        self.process = process


@contextlib.contextmanager
def serving(data: Path, port: int = 0, *options: str) -> Iterator[Serving]:
    """A server on a data folder; port 0 takes a free one, `options` are more of `milepost serve`. It is stopped when
    the block ends.

    Raises:
        DidNotWork: it could not start.

    """
    command = [*MILEPOST, "serve", "--data", str(data), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Serving(_address(process), process)
        finally:
            _stop(process)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := _SERVES.match(line.rstrip()):
            return found[1]
    raise DidNotWork("serve", process.wait())


def _stop(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
