"""Durable pushes of one event over HTTP: 64 connections, each to its own journal, beside a handler that stores nothing."""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec

from bench.bare_server import bare_server
from bench.corpus import corpus
from bench.figures import Figure, Sizes, alternate, faster
from bench.load import Job, in_its_own_process
from examples.demo.server import pairing_code, serving
from milepost.client import TIMEOUT_S, HttpServer
from milepost.clock import new_id
from milepost.envelope import Event
from milepost.messages import PushRequest

CONNECTIONS = 64


def run(sizes: Sizes) -> list[Figure]:
    """`push-http`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), 0, "--unlimited") as server,
        bare_server() as bare_port,
    ):
        with httpx.Client(timeout=TIMEOUT_S) as http:
            paired = HttpServer(server.url, http=http).pair(pairing_code(Path(folder)), "bench")
        with httpx.Client(timeout=TIMEOUT_S) as http:
            claimed = [new_id() for _ in range(CONNECTIONS)]
            there = HttpServer(server.url, paired.token, http=http)
            for journal in claimed:
                there.claim(journal, private=False)
        count = sizes.pushes * (sizes.rounds + 1)
        made = [msgspec.structs.replace(event, actor=paired.account) for event in corpus(count)]
        ours = [_requests(journal, paired.token, made) for journal in claimed]
        theirs = [_requests(journal, paired.token, made) for journal in claimed]
        value, peer = alternate(
            sizes.rounds,
            lambda: _rate(urlsplit(server.url).port or 80, ours, sizes.pushes),
            lambda: _rate(bare_port, theirs, sizes.pushes),
        )
    return [faster("push-http", "requests/s", value, "bare Litestar handler that decodes the same body", peer)]


def _requests(journal: str, token: str, made: Sequence[Event]) -> Iterator[bytes]:
    """The bytes of a connection's pushes, one event in each, by a device of its own."""
    device = new_id()
    head = (
        f"POST /v1/journals/{journal}/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n"
        "content-type: application/json\r\ncontent-length: "
    ).encode()
    for event in made:
        body = msgspec.json.encode(PushRequest([msgspec.structs.replace(event, device=device)]))
        yield head + b"%d\r\n\r\n" % len(body) + body


def _rate(port: int, connections: list[Iterator[bytes]], each: int) -> float:
    """Requests a second, of the next so many of every connection."""
    done = in_its_own_process(Job("127.0.0.1", port, [list(islice(requests, each)) for requests in connections]))
    return done.requests / done.seconds
