"""Two servers on one PostgreSQL: what one does, the other's streams tell and its caches know, with hints and without."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from milepost.clock import new_id
from milepost.database import Query, unit
from milepost.journal import state_hash
from milepost_server import shared_hub, snapshots
from milepost_server.access import Admitted
from milepost_server.data_folder import DataFolder
from milepost_server.journals import Journals
from milepost_server.leases import release, take
from milepost_server.records import Caller
from milepost_server.shared_hub import SharedHub
from tests.events import device, event
from tests.postgres import PostgresServer
from tests.server.streams import PATIENCE_S, Running, listening, own, run_server

NEVER_S = 3_600.0
LISTENERS = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"


class Pair:
    """Servers `a` and `b`, with one account and one journal."""

    def __init__(self, a: Running, b: Running) -> None:
        self.a, self.b = a, b
        b.journal = a.journal

    async def both_hinted(self) -> None:
        await until(lambda: self.hub(self.a).hinted and self.hub(self.b).hinted)

    @staticmethod
    def hub(running: Running) -> SharedHub:
        assert isinstance(running.services.hub, SharedHub)
        return running.services.hub


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


@pytest.fixture(params=["hints", "looks"])
async def pair(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pair]:
    """With hints alone, as far as they go, or with looks alone: then nothing that is said is heard."""
    monkeypatch.setattr(shared_hub, "CHANNEL", f"test_{new_id().replace('-', '')}")
    for name in ("LOOK_S", "LOOK_UNHINTED_S"):
        monkeypatch.setattr(shared_hub, name, NEVER_S if request.param == "hints" else 0.05)
    if request.param == "looks":
        monkeypatch.setattr(SharedHub, "_heard", lambda self, text: None)
    async with AsyncExitStack() as stack:
        made = []
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            DataFolder(tmp_path / name).remember_database(postgres_url)
            made.append(await stack.enter_async_context(run_server(tmp_path / name)))
        servers = Pair(*made)
        await servers.both_hinted()
        yield servers


async def test_a_push_to_one_is_told_by_the_other(pair: Pair) -> None:
    async with listening(pair.a) as stream:
        await pair.b.grow(pair.a.journal, 1)
        assert await stream.hints() == {pair.a.journal: 1}
        await pair.b.grow(pair.a.journal, 2, first=2)
        while (await stream.hints())[pair.a.journal] != 3:
            pass


async def test_what_a_server_did_itself_is_told_once(pair: Pair) -> None:
    later = await pair.a.claim()
    async with listening(pair.a) as stream:
        await pair.a.grow(pair.a.journal, 1)
        assert await stream.hints() == {pair.a.journal: 1}
        await pair.hub(pair.a).look()
        await pair.b.grow(later, 1)
        assert await stream.hints() == {later: 1}, "and nothing in between"


async def test_nothing_is_told_of_what_was_there_when_a_stream_began(pair: Pair) -> None:
    async with listening(pair.a) as before:
        await pair.b.grow(pair.a.journal, 3)
        while await before.hints() != {pair.a.journal: 3}:
            pass
    later = await pair.a.claim()
    async with listening(pair.a) as stream:
        await pair.hub(pair.a).look()
        await pair.b.grow(later, 1)
        assert await stream.hints() == {later: 1}


async def test_a_device_that_one_revokes_is_gone_from_the_other(pair: Pair) -> None:
    other, token = await pair.a.add_device()
    async with listening(pair.a, token) as theirs, listening(pair.a) as mine:
        assert (await pair.b.ask("DELETE", f"/v1/devices/{other}", token=pair.a.token))[0] == 200
        assert (await pair.a.ask("GET", "/v1/journals", token=token))[0] == 401, "from the very next request on"
        while await theirs.part():
            pass
        await pair.b.grow(pair.a.journal, 1)
        assert await mine.hints() == {pair.a.journal: 1}


async def test_a_journal_that_one_gives_is_told_of_by_the_other(pair: Pair) -> None:
    async with listening(pair.a) as stream:
        later = await pair.b.claim()
        await until(lambda: later in pair.hub(pair.a)._by_journal)
        await pair.b.grow(later, 1)
        while await stream.hints() != {later: 1}:
            pass
        assert (await pair.a.ask("GET", f"/v1/journals/{later}/events"))[0] == 200


async def test_a_journal_that_one_takes_away_is_told_of_no_more(pair: Pair) -> None:
    lost = await pair.a.claim()
    async with listening(pair.a) as stream:
        await pair.b.services.database.write(removed(lost))
        pair.b.services.hub.lost(pair.a.account, lost)
        await until(lambda: lost not in pair.hub(pair.a)._by_journal)
        await pair.b.grow(lost, 1)
        await pair.b.grow(pair.a.journal, 1)
        assert await stream.hints() == {pair.a.journal: 1}
        assert (await pair.a.ask("GET", f"/v1/journals/{lost}/events"))[0] == 404


@unit
def removed(journal: str) -> Any:
    yield Query("DELETE FROM members WHERE journal = :journal", {"journal": journal})


@pytest.mark.parametrize("pair", ["hints"], indirect=True)
async def test_a_listening_connection_that_is_cut_comes_back_and_what_was_missed_is_told(
    pair: Pair, postgres: PostgresServer
) -> None:
    async with listening(pair.a) as stream:
        for n in range(1, 4):
            while not await asyncio.to_thread(postgres.run, f"SELECT pg_terminate_backend(pid) {LISTENERS}"):
                pass  # it is there again a moment after it was cut
            await pair.b.grow(pair.a.journal, 1, first=n)
            while (told := (await stream.hints())[pair.a.journal]) != n:
                assert told < n, "nothing is told before it is there"
        await pair.both_hinted()


@pytest.mark.parametrize("pair", ["hints"], indirect=True)
async def test_what_a_newer_server_says_is_looked_up(pair: Pair, postgres: PostgresServer) -> None:
    async with listening(pair.a) as stream:
        hub = pair.hub(pair.b)
        hub._say = lambda *_: None  # type: ignore[method-assign]
        await pair.b.grow(pair.a.journal, 1)
        message = json.dumps(["another", [["Moved", pair.a.journal, 7]]])
        await asyncio.to_thread(postgres.run, "SELECT pg_notify($1, $2)", shared_hub.CHANNEL, message)
        assert await stream.hints() == {pair.a.journal: 1}


@pytest.mark.parametrize("pair", ["hints"], indirect=True)
async def test_what_is_said_at_the_end_is_heard(pair: Pair) -> None:
    async with listening(pair.a) as stream:
        await pair.b.grow(pair.a.journal, 1)
        await pair.hub(pair.b).end()
        assert await stream.hints() == {pair.a.journal: 1}


async def test_each_has_the_state_of_the_log_as_it_is(pair: Pair) -> None:
    a, b = pair.a.services.journals, pair.b.services.journals
    await pair.a.grow(pair.a.journal, 3)
    assert await ends(a, b, pair.a.journal) == {3}
    await pair.b.grow(pair.a.journal, 2, first=4)
    assert await ends(a, b, pair.a.journal) == {5}


async def ends(a: Journals, b: Journals, journal: str) -> set[int]:
    """Where the states end that two servers have of a journal, which are the same to the last write."""
    folded = [await journals.state(journal) for journals in (a, b)]
    assert len({state_hash(one.state) for one in folded}) == 1
    return {one.head.seq for one in folded}


@pytest.mark.parametrize("pair", ["looks"], indirect=True)
@pytest.mark.parametrize("grown", [0, 2, 5])
async def test_a_database_that_is_put_back_under_a_running_server_is_seen(
    pair: Pair, postgres: PostgresServer, postgres_url: str, grown: int
) -> None:
    """However long the other history is: a state is of a log with that chain, or it is not used."""
    journal, schema = pair.a.journal, postgres_url.rpartition("=")[2]
    await pair.a.grow(journal, 4)
    before = state_hash((await pair.a.services.journals.state(journal)).state)
    sql = [
        f"DELETE FROM {schema}.events WHERE seq > 2",
        f"UPDATE {schema}.heads SET seq = 2, chain = (SELECT chain FROM {schema}.events WHERE seq = 2)",
    ]
    for statement in sql:
        await asyncio.to_thread(postgres.run, statement)
    for n in range(grown):
        await push_title(pair.b, journal, n)
    after = state_hash((await pair.a.services.journals.state(journal)).state)
    assert after != before
    pair.b.services.journals._folded.clear()
    assert after == state_hash((await pair.b.services.journals.state(journal)).state)


async def push_title(running: Running, journal: str, n: int) -> None:
    made = own(event(n + 1, by=device(77), title=f"Another {n}"), running.account)
    await running.services.journals.push(
        journal, Admitted(Caller(running.account, running.device), "owner"), [made], 10**12
    )


@pytest.mark.parametrize("pair", ["looks"], indirect=True)
async def test_one_of_them_makes_a_snapshot_and_the_other_when_that_one_is_gone(pair: Pair) -> None:
    made = pair.a.services.journals.snapshots
    made.every = 5
    database = pair.a.services.database
    lease = await database.write(take(pair.a.journal, "snapshot", "another", 60_000, database.clock))
    assert lease
    await pair.a.grow(pair.a.journal, 6)
    await made.settle()
    assert await kept(pair) == []
    await database.write(release(lease))
    await pair.a.grow(pair.a.journal, 1, first=7)
    await made.settle()
    assert await kept(pair) == [(7,)]


async def kept(pair: Pair) -> list[Any]:
    return await pair.b.services.database.read(Query("SELECT seq FROM snapshots", {}))


@pytest.mark.parametrize("pair", ["looks"], indirect=True)
async def test_a_server_that_hung_while_it_made_one_keeps_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    made, database = pair.a.services.journals.snapshots, pair.a.services.database
    made.every = 5
    monkeypatch.setattr(snapshots, "LEASE_MS", 0)
    write = made._make

    async def hang(journal: str, lease: Any = None) -> bytes:
        assert await database.write(take(journal, "snapshot", "another", 60_000, database.clock))
        return await write(journal, lease)

    made._make = hang  # type: ignore[method-assign]
    await pair.a.grow(pair.a.journal, 6)
    await made.settle()
    assert await kept(pair) == []


@pytest.mark.parametrize("pair", ["hints"], indirect=True)
async def test_a_server_that_is_about_to_stop_says_so_and_ends_its_streams(pair: Pair) -> None:
    assert (await pair.a.ask("GET", "/healthz"))[0] == 200
    async with listening(pair.a) as stream:
        pair.a.services.hub.close()
        assert await stream.part() == ""
        assert (await pair.a.ask("GET", "/healthz"))[0] == 503
        status, headers, _ = await pair.a.ask("GET", "/v1/live")
        assert (status, headers["retry-after"]) == (503, "10")
    async with listening(pair.b, pair.a.token) as other:
        await pair.b.grow(pair.a.journal, 1)
        assert await other.hints() == {pair.a.journal: 1}
