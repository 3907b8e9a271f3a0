"""A server that only decodes a push and answers a constant, as `milepost serve` runs its own: `python -m bench.bare_server`."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath

from bench.load import ROOT
from milepost.messages import PushAnswer, PushRequest
from milepost.store import PushResult

ANSWER = PushAnswer(
    [PushResult(n=100, outcome="stored", seq=100, received_at=1_750_000_000_000, merge_hlc="0197718c1d000000")]
)


@post("/v1/journals/{journal:str}/events", status_code=200)
async def push(request: Request[Any, Any, Any], journal: FromPath[str]) -> PushAnswer:  # noqa: ARG001 - it must take it
    """Reads the same body into the same type."""
    msgspec.json.decode(await request.body(), type=PushRequest)
    return ANSWER


@get("/feeds/{name:str}")
async def feed(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:  # noqa: ARG001 - it must take it
    """Always unchanged."""
    tag = request.headers.get("if-none-match", "")
    return Response(
        b"", status_code=304, headers={"etag": tag, "cache-control": "no-cache"}, media_type="text/calendar"
    )


def main() -> None:
    """Serves on a free port and prints it."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or an answer's body waits for the client's ACK
    listening.setblocking(False)
    config = uvicorn.Config(
        Litestar([push, feed], openapi_config=None),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        proxy_headers=False,
        lifespan="on",
        server_header=False,
    )
    print(listening.getsockname()[1], flush=True)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


@contextlib.contextmanager
def bare_server() -> Iterator[int]:
    """The server in a process of its own; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.bare_server"], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
