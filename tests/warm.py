"""`milepost` commands as processes that need not begin with imports: each is forked from one that has done them.

A command run so is a process of its own, with its own arguments, environment, folder and standard streams, and what it
does between its first line and its exit code is what it does otherwise. What acts while Python itself starts can't be had
so: where settings of Python or of the language are others, the command begins from nothing.

This file is also a program of the standard library alone, which starts in no time: `python -IS warm.py run SOCKET ARGUMENTS`
has a command run on its own standard streams.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

_AT_START = ("PYTHON", "LC_", "LANG")


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environment.items() if k.startswith(_AT_START) and k != "PYTHONPATH"}


class Warm:
    """The process that others are forked from; it ends with this one."""

    def __init__(self, folder: str) -> None:
        self.path = os.path.join(folder, "warm")  # noqa: PTH118 - the program has no more than it needs
        self._began = _read_at_start(os.environ)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", "wait", self.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[int]) -> "Started":
        """Has a command begin on three streams, in this process's folder."""
        return Started(self.path, arguments, environment, os.getcwd(), streams)  # noqa: PTH109

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[int]) -> int:
        """Has a command run on three streams, in this process's folder; its exit code."""
        if _read_at_start(environment) == self._began:
            return self.start(arguments, environment, streams).wait(60)
        words = [sys.executable, "-m", "milepost.cli", *arguments]
        given, said, told = streams
        return subprocess.run(words, env=environment, stdin=given, stdout=said, stderr=told, check=False).returncode

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Started:
    """A command that runs: what `subprocess.Popen` would be."""

    def __init__(
        self, path: str, arguments: Sequence[str], environment: Mapping[str, str], folder: str, streams: Sequence[int]
    ) -> None:
        self._asked = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._asked.connect(path)
        body = json.dumps({"arguments": list(arguments), "environment": dict(environment), "folder": folder}).encode()
        socket.send_fds(self._asked, [len(body).to_bytes(4, "big")], list(streams))
        self._asked.sendall(body)
        self.pid = int.from_bytes(self._asked.recv(4), "big")
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; that of one that was killed is -9.

        Raises:
            TimeoutError: it still runs.

        """
        if self.returncode is None:
            self._asked.settimeout(timeout)
            answer = self._asked.recv(4)
            self.returncode = int.from_bytes(answer, "big") if answer else -9
            self._asked.close()
        return self.returncode

    def poll(self) -> int | None:
        """Its exit code, if it has ended."""
        with contextlib.suppress(BlockingIOError):
            self.wait(0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)


def _wait(path: str) -> NoReturn:
    import gc
    import select
    import signal

    import uvicorn

    import milepost.cli
    from milepost.certificates import believed
    from milepost.plugin_loading import installed
    from milepost_server.app import create_app

    milepost.cli.build(eager=True)
    for plugin in installed():
        plugin.load()
    believed()
    uvicorn.Config(create_app(None)).load()  # type: ignore[arg-type]  # what these import is there for who serves
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(path)
        door.listen(64)
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([door, sys.stdin.fileno()], [], [])
            if door not in ready:
                sys.exit()
            asked, _ = door.accept()
            if os.fork() == 0:
                door.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _run(asked)
            asked.close()


def _run(asked: socket.socket) -> NoReturn:
    import atexit
    import time
    import traceback

    import milepost.cli

    code = 1
    try:
        asked.sendall(os.getpid().to_bytes(4, "big"))
        head, streams, _, _ = socket.recv_fds(asked, 4, 3)
        size, body = int.from_bytes(head, "big"), b""
        while len(body) < size:
            body += asked.recv(size - len(body))
        given = json.loads(body)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(given["environment"])
        os.chdir(given["folder"])
        time.tzset()
        if path := os.environ.get("PYTHONPATH"):
            sys.path[:0] = path.split(os.pathsep)
        sys.argv = ["milepost", *given["arguments"]]
        milepost.cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        asked.sendall(code.to_bytes(4, "big"))
        os._exit(code)


if __name__ == "__main__":
    _, what, path, *words = sys.argv
    if what == "wait":
        _wait(path)
    sys.exit(Started(path, words, os.environ, os.getcwd(), (0, 1, 2)).wait())  # noqa: PTH109
