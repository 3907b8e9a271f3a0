"""Streams of hints over real sockets: what they tell, how they end, and that nothing stays behind."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from milepost.clock import new_id
from milepost_server import live, records
from tests.server.streams import PATIENCE_S, Running, Stream, listening, run_server


@pytest.fixture
async def running(tmp_path: Path, engine: str) -> AsyncIterator[Running]:
    async with run_server(tmp_path) as running:
        yield running


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


async def test_who_is_removed_from_a_journal_is_told_of_it_no_more(running: Running) -> None:
    other, tokens = await running.claim(), list[dict[str, str]]()
    for journal in (running.journal, other):
        code = json.loads((await running.ask("POST", f"/v1/journals/{journal}/invitations", {"role": "reader"}))[2])[
            "code"
        ]
        if not tokens:
            paired = await running.ask("POST", "/v1/pair", {"code": code, "name": "theirs", "account_name": "Bo"})
            tokens.append(json.loads(paired[2]))
        else:
            assert (await running.ask("POST", "/v1/join", {"code": code}, token=tokens[0]["token"]))[0] == 200
    (bo,) = tokens
    async with listening(running, bo["token"]) as theirs:
        await running.grow(running.journal, 1)
        assert await theirs.hints() == {running.journal: 1}
        assert (await running.ask("DELETE", f"/v1/journals/{running.journal}/members/{bo['account']}"))[0] == 200
        await running.grow(running.journal, 1, first=2)
        await running.grow(other, 1)
        assert await theirs.hints() == {other: 1}, "and nothing of the other before it"


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
    await running.services.database.write(
        records.revoke_device(records.Caller(running.account, running.device), other, 1)
    )
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
