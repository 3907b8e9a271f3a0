"""Drives a server with ready-made HTTP/1.1 requests over kept connections, in a process of its own: `python -m bench.load`."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

ROOT = Path(__file__).parents[1]
STORED = b'"stored"'
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Job(Struct):
    """Requests as the bytes to send: a list for each connection, sent one after the other's answer."""

    host: str
    port: int
    connections: list[list[bytes]]
    unchanged: bool = False
    """Whether each is to be answered with 304, else that something was stored."""


class Done(Struct):
    """How it went. `busy` is the processor time this side used, to see that it was not what limited the rate."""

    requests: int
    seconds: float
    busy: float


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Sequence[bytes], *, unchanged: bool) -> None:
        self.requests = iter(requests)
        self.unchanged = unchanged
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(exc or ConnectionError("The server closed a connection."))

    def send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.finished.set_result(None)
        else:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        if self.unchanged:
            if not self.received.startswith(b"HTTP/1.1 304"):
                self.finished.set_exception(AssertionError(f"Not unchanged: {self.received!r}"))
                return
            self.received = b""
            self.send()
            return
        length = _LENGTH.search(self.received, 0, end + 2)
        if length is None or len(self.received) < end + 4 + int(length[1]):
            return
        if not self.received.startswith(b"HTTP/1.1 200") or STORED not in self.received:
            self.finished.set_exception(AssertionError(f"Not stored: {self.received!r}"))
            return
        self.received = b""
        self.send()


async def drive(job: Job) -> Done:
    """Sends everything; the clock runs from the first request to the last answer, connections are made before."""
    loop = asyncio.get_running_loop()
    opened = []
    for requests in job.connections:
        made = partial(_Connection, requests, unchanged=job.unchanged)
        opened.append((await loop.create_connection(made, job.host, job.port))[1])
    started, used = time.perf_counter(), time.process_time()
    for connection in opened:
        connection.send()
    await asyncio.gather(*(connection.finished for connection in opened))
    seconds, busy = time.perf_counter() - started, time.process_time() - used
    for connection in opened:
        connection.transport.close()
    return Done(sum(map(len, job.connections)), seconds, busy)


def in_its_own_process(job: Job) -> Done:
    """The same, beside this process."""
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(command, input=msgspec.msgpack.encode(job), stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return msgspec.json.decode(done.stdout, type=Done)


def main() -> None:
    """Takes a job on standard input, prints how it went."""
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    print(msgspec.json.encode(asyncio.run(drive(job))).decode())


if __name__ == "__main__":
    main()
