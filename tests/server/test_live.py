"""Streams of hints over real sockets: what they tell, how they end, and that nothing stays behind."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn

from milepost.clock import new_id
from milepost_server import live, records
from milepost_server.app import create_app
from milepost_server.services import Services, open_services
from tests.events import device, event

PATIENCE_S = 10


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
        caller = records.Caller(self.account, self.device)
        for n in range(first, first + count):
            made = event(n, by=device(int(journal[:6], 16)))
            results = await self.services.journals.push(journal, caller, [own(made, self.account)], 10**12)
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


@pytest.fixture
async def running(tmp_path: Path, engine: str) -> AsyncIterator[Running]:
    services, database = await open_services(tmp_path)

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
    yield made
    services.hub.close()
    server.should_exit = True
    await asyncio.wait_for(serving, PATIENCE_S)


async def test_a_hint_comes_after_a_commit_with_the_new_head(running: Running) -> None:
    async with listening(running) as stream:
        await running.grow(running.journal, 1)
        assert await stream.hints() == {running.journal: 1}


async def test_what_comes_while_nobody_reads_is_told_once_with_the_newest_head(running: Running) -> None:
    other = await running.claim()
    listener = running.services.hub.join(running.account, running.device)
    for journal in (running.journal, other):
        running.services.hub.follow(listener, journal)
    await running.grow(running.journal, 5)
    await running.grow(other, 2)
    told = (await listener.next()).decode()
    assert told.count("event: head") == 2
    assert f'{{"journal":"{running.journal}","head":5}}' in told
    assert f'{{"journal":"{other}","head":2}}' in told
    running.services.hub.leave(listener)


async def test_a_journal_gained_later_is_followed_by_the_open_stream(running: Running) -> None:
    async with listening(running) as stream:
        later = await running.claim()
        await running.grow(later, 1)
        assert await stream.hints() == {later: 1}


async def test_nothing_is_told_of_other_accounts_journals(running: Running) -> None:
    async with listening(running) as stream:
        running.services.hub.tell(new_id(), 7)
        await running.grow(running.journal, 1)
        assert await stream.hints() == {running.journal: 1}


async def test_a_quiet_stream_has_a_heartbeat(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = live.Listener.next
    monkeypatch.setattr(live.Listener, "next", lambda self: quick(self, 0.01))
    async with listening(running) as stream:
        assert await stream.part() == ": still here\n\n"
        assert await stream.part() == ": still here\n\n"


async def test_a_stream_is_never_compressed_nor_held_back(running: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(
        f"GET /v1/live HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.token}\r\n"
        "accept-encoding: zstd, gzip\r\n\r\n".encode()
    )
    stream = Stream(reader, writer)
    head = await stream.head()
    assert "content-encoding" not in head
    assert "content-length" not in head
    assert "content-type: text/event-stream" in head
    assert "x-accel-buffering: no" in head
    assert (await stream.part()).startswith(": here\n")
    stream.close()


@pytest.mark.parametrize("how", ["close", "abort", "half"])
async def test_who_leaves_leaves_nothing_behind(running: Running, how: str) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(5):
        async with listening(running) as stream:
            assert running.services.hub.count == 1
            if how == "abort":
                stream.writer.transport.abort()
            elif how == "half":
                stream.writer.write_eof()
            else:
                stream.close()
            await running.none_left()
    assert running.services.hub._by_journal == {}
    assert running.services.hub._by_account == {}
    async with asyncio.timeout(PATIENCE_S):
        while len(asyncio.all_tasks()) > before:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)


async def test_a_revoked_devices_stream_ends_at_once_and_no_others(running: Running) -> None:
    other, token = await running.add_device()
    async with listening(running, token) as theirs, listening(running) as mine:
        assert (await running.ask("DELETE", f"/v1/devices/{other}"))[0] == 200
        assert await theirs.part() == ""
        await running.none_left(1)
        await running.grow(running.journal, 1)
        assert await mine.hints() == {running.journal: 1}
    assert (await running.ask("GET", "/v1/live", token=token))[0] == 401


async def test_a_device_that_is_revoked_while_it_connects_has_no_stream(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, token = await running.add_device()
    hub, join = running.services.hub, running.services.hub.join

    def revoked_meanwhile(account: str, device: str) -> live.Listener:
        running.services.access.forget()
        hub.revoked(other)
        return join(account, device)

    await running.services.access.caller(f"Bearer {token}")
    await running.services.database.write(records.revoke_device(running.account, other, 1))
    monkeypatch.setattr(hub, "join", revoked_meanwhile)
    assert (await running.ask("GET", "/v1/live", token=token))[0] == 401
    assert hub.count == 0


async def test_an_account_has_only_so_many_streams(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MAX_OF_ACCOUNT", 2)
    async with listening(running), listening(running) as second:
        status, headers, body = await running.ask("GET", "/v1/live")
        assert (status, headers["retry-after"], json.loads(body)["type"]) == (429, "10", "/problems/too-many")
        second.close()
        await running.none_left(1)
        async with listening(running):
            pass


async def test_a_server_has_only_so_many_streams(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MAX_LISTENERS", 1)
    async with listening(running):
        status, headers, body = await running.ask("GET", "/v1/live")
        assert (status, headers["retry-after"], json.loads(body)["type"]) == (503, "10", "/problems/busy")
    await running.none_left()


async def test_streams_end_when_the_server_stops_and_it_need_not_wait(running: Running) -> None:
    async with listening(running) as one, listening(running) as two:
        running.services.hub.close()
        assert await one.part() == ""
        assert await two.part() == ""
        assert (await running.ask("GET", "/v1/live"))[0] == 503


async def test_a_reader_that_stalls_costs_no_memory(running: Running) -> None:
    """It does not read; the journal grows on; once its socket is full it holds one hint."""
    async with listening(running) as stream:
        stream.reader._transport.pause_reading()  # type: ignore[attr-defined]
        for head in range(1, 60_000):
            running.services.hub.tell(running.journal, head)
            if head % 50 == 0:
                await asyncio.sleep(0)
        (listener,) = running.services.hub._by_account[running.account]
        assert len(listener.heads) <= 1
        stream.reader._transport.resume_reading()  # type: ignore[attr-defined]
        last = 0
        while last != 59_999:
            last = (await stream.hints())[running.journal]
