"""A server on a socket in this event loop, its streams as bytes come in."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from milepost.clock import new_id
from milepost_server import records
from milepost_server.access import Admitted
from milepost_server.app import create_app
from milepost_server.services import Services, open_services
from tests.events import device, event

PATIENCE_S = 30


class Running:
    """A server on a socket, in this event loop, and its account's first device."""

    def __init__(self, services: Services, server: uvicorn.Server, port: int) -> None:
        self.services, self.server, self.port = services, server, port

    async def begin(self) -> None:
        self.account = self.services.account
        self.device, self.token = await self.add_device()
        self.journal = await self.claim()

    async def add_device(self, kind: str = "log") -> tuple[str, str]:
        token = records.new_token()
        entry = records.DeviceEntry(id=new_id(), name="d", kind=kind, created_at=self.services.now_ms())
        await self.services.database.write(records.add_api_device(entry, token, self.account))
        return entry.id, token

    async def claim(self) -> str:
        journal = new_id()
        answer = await self.ask("POST", "/v1/journals", {"id": journal})
        assert answer[0] == 200
        return journal

    async def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        content = json.dumps(body).encode() if body is not None else b""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token or self.token}\r\n"
            f"connection: close\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n".encode()
            + content
        )
        whole = await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        head, _, rest = whole.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        return int(status.split()[1]), dict(line.lower().split(": ", 1) for line in lines), rest

    async def grow(self, journal: str, count: int, first: int = 1) -> None:
        by = Admitted(records.Caller(self.account, self.device), "owner")
        for n in range(first, first + count):
            made = event(n, by=device(int(journal[:6], 16)))
            results = await self.services.journals.push(journal, by, [own(made, self.account)], 10**12)
            assert results[0].outcome == "stored"

    async def none_left(self, count: int = 0) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.services.hub.count != count:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0)


def own(made: Any, account: str) -> Any:
    return msgspec.structs.replace(made, actor=account)


class Stream:
    """One open stream, as bytes come in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def head(self) -> str:
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_S)).decode().lower()

    async def part(self) -> str:
        """One chunk of the body; empty at the end."""
        size = int((await asyncio.wait_for(self.reader.readline(), PATIENCE_S)) or b"0", 16)
        part = await self.reader.readexactly(size + 2) if size else b""
        return part[:-2].decode()

    async def hints(self) -> dict[str, int]:
        """The hints of the next part that has any."""
        while True:
            part = await self.part()
            assert part, "The stream ended."
            found = [json.loads(line[6:]) for line in part.splitlines() if line.startswith("data: ")]
            if found:
                return {hint["journal"]: hint["head"] for hint in found}

    def close(self) -> None:
        self.writer.close()


@asynccontextmanager
async def listening(running: Running, token: str = "", **headers: str) -> AsyncIterator[Stream]:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    writer.write(
        f"GET /v1/live HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token or running.token}\r\n{lines}\r\n".encode()
    )
    stream = Stream(reader, writer)
    try:
        assert "200 ok" in await stream.head()
        assert await stream.part() == ": here\n\n"
        yield stream
    finally:
        stream.close()


@asynccontextmanager
async def run_server(folder: Path) -> AsyncIterator[Running]:
    """On whatever database the folder names."""
    services, database = await open_services(folder)

    async def opener() -> tuple[Services, Callable[[], Awaitable[None]]]:
        return services, database.close

    config = uvicorn.Config(create_app(opener), port=0, log_level="warning", lifespan="on", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    async with asyncio.timeout(PATIENCE_S):
        while not server.started:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
    made = Running(services, server, server.servers[0].sockets[0].getsockname()[1])
    await made.begin()
    try:
        yield made
    finally:
        services.hub.close()
        server.should_exit = True
        await asyncio.wait_for(serving, PATIENCE_S)
