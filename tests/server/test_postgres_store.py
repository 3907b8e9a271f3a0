"""The log store on PostgreSQL: what every store must do, and what comes of several that write to one database."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from milepost.clock import new_id
from milepost.database import Query, Work, unit
from milepost.errors import Busy, Conflict, DatabaseAway, StorageDamaged
from milepost.sqlite_store import LOG_SCHEMA
from milepost.store import LogStore
from milepost_server.postgres import PostgresDatabase
from milepost_server.postgres_store import PostgresStore
from tests.contract.suite_log_store import NOW, LogStoreContract, walk
from tests.events import JOURNAL, device, event, redaction


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url)
    await database.open({"log": LOG_SCHEMA})
    yield database
    await database.close()


@pytest.fixture
async def other(database: PostgresDatabase, postgres_url: str) -> AsyncIterator[PostgresStore]:
    """The store of another server on the same database."""
    second = PostgresDatabase(postgres_url)
    await second.open({"log": LOG_SCHEMA})
    yield PostgresStore(second)
    await second.close()


@pytest.fixture
async def outside(database: PostgresDatabase, postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that is none of Milepost's."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


@unit
def kept(journal: str, writers: str = "{}") -> Work[None]:
    yield Query("INSERT INTO ends VALUES (:journal, 1, :writers)", {"journal": journal, "writers": writers})


class TestPostgresStore(LogStoreContract):
    @pytest.fixture
    async def store(self, database: PostgresDatabase) -> LogStore:
        return PostgresStore(database)

    async def test_a_new_process_goes_on_where_the_last_one_was(self, store: LogStore, other: LogStore) -> None:
        await store.append(JOURNAL, [event(1), event(2)], now_ms=NOW)
        results = await other.append(JOURNAL, [event(2), event(3)], now_ms=NOW - 5)
        assert [r.outcome for r in results] == ["forked", "forked"]
        (result,) = await other.append(JOURNAL, [event(3)], now_ms=NOW - 5)
        assert (result.seq, result.received_at) == (3, NOW)
        await walk(other, JOURNAL)

    async def test_several_servers_write_one_log(self, store: LogStore, other: LogStore) -> None:
        async def write(by: str, to: LogStore) -> None:
            for n in range(1, 41):
                (result,) = await to.append(JOURNAL, [event(n, by=by)], now_ms=NOW)
                assert result.outcome == "stored"

        await asyncio.gather(*(write(device(number), (store, other)[number % 2]) for number in range(8)))
        for one in (store, other):
            assert await one.counters(JOURNAL) == {device(number): 40 for number in range(8)}
            assert (await one.head(JOURNAL)).seq == 320
            await walk(one, JOURNAL)

    async def test_a_write_at_a_known_end_is_refused_where_another_server_wrote(
        self, store: LogStore, other: LogStore
    ) -> None:
        await store.append(JOURNAL, [event(1)], now_ms=NOW)
        head = await store.head(JOURNAL)
        await other.append(JOURNAL, [event(1, by=device(2))], now_ms=NOW)
        with pytest.raises(Conflict):
            await store.append_at(JOURNAL, head, [event(2)], now_ms=NOW, also=kept("refused"))
        (result,) = await store.append_at(JOURNAL, await store.head(JOURNAL), [event(2)], now_ms=NOW, also=kept("done"))
        assert result.seq == 3
        database = store._database  # type: ignore[attr-defined]
        assert await database.read(Query("SELECT journal FROM ends", {})) == [("done",)]

    async def test_a_log_put_back_under_a_running_server_is_noticed(
        self, store: LogStore, outside: asyncpg.Connection
    ) -> None:
        await store.append(JOURNAL, [event(n) for n in range(1, 6)], now_ms=NOW)
        async with outside.transaction():
            await outside.execute("DELETE FROM events WHERE seq > 2")
            await outside.execute("UPDATE heads SET seq = 2, chain = (SELECT chain FROM events WHERE seq = 2)")
        assert await store.counters(JOURNAL) == {device(1): 2}
        (gap,) = await store.append(JOURNAL, [event(6)], now_ms=NOW)
        assert (gap.outcome, gap.last) == ("gap", 2)
        assert (await store.append(JOURNAL, [event(3, title="Other")], now_ms=NOW))[0].seq == 3
        await walk(store, JOURNAL)

    async def test_words_are_taken_out_while_they_are_packed_away(self, store: LogStore, other: LogStore) -> None:
        written = [event(n, title=f"Said {n}") for n in range(1, 1_302)]
        await store.append(JOURNAL, written, now_ms=NOW)
        redactions = [redaction(n, written[n * 90], by=device(2)) for n in range(1, 11)]

        async def take_out() -> None:
            for one in redactions:
                assert (await other.append(JOURNAL, [one], now_ms=NOW))[0].outcome == "stored"

        moved, _ = await asyncio.gather(store.archive(JOURNAL, keep=200), take_out())
        assert moved == 1_000
        log = b"".join((await store.read(JOURNAL, 0, limit=600, max_bytes=10**9)).bodies)
        log += b"".join((await store.read(JOURNAL, 500, limit=600, max_bytes=10**9)).bodies)
        log += b"".join((await store.read(JOURNAL, 1_000, limit=600, max_bytes=10**9)).bodies)
        assert b'"Said 90"' in log
        assert [n for n in range(1, 11) if f'"Said {n * 90 + 1}"'.encode() in log] == []


class TestPostgresStoreInSteps(LogStoreContract):
    """On a database that can't move the journal's row and add events by one statement."""

    @pytest.fixture
    async def store(self, database: PostgresDatabase) -> LogStore:
        store = PostgresStore(database)
        store.adds_at_once = False
        return store


async def test_a_database_that_can_not_add_at_once_is_asked_in_steps(
    database: PostgresDatabase, outside: asyncpg.Connection
) -> None:
    store = PostgresStore(database)
    await outside.execute("CREATE RULE spread AS ON INSERT TO events DO ALSO SELECT 1")
    for n in range(1, 4):
        await store.append(JOURNAL, [event(n)], now_ms=NOW)
    assert not store.adds_at_once
    assert (await store.head(JOURNAL)).seq == 3
    await walk(store, JOURNAL)


async def test_pushes_that_wait_together_are_stored_together(database: PostgresDatabase) -> None:
    store = PostgresStore(database)
    await asyncio.gather(*(store.append(JOURNAL, [event(1, by=device(n))], now_ms=NOW) for n in range(64)))
    assert await database.read(Query("SELECT COUNT(*), COUNT(DISTINCT CAST(xmin AS TEXT)) FROM events", {})) == [
        (64, 1)
    ]


async def test_a_journal_that_waits_makes_no_other_wait(
    database: PostgresDatabase, outside: asyncpg.Connection
) -> None:
    store = PostgresStore(database)
    await store.append(JOURNAL, [event(1)], now_ms=NOW)
    async with outside.transaction():
        await outside.execute("SELECT 1 FROM heads FOR UPDATE")
        late = [asyncio.create_task(store.append(JOURNAL, [event(n)], now_ms=NOW)) for n in range(2, 40)]
        for _ in range(20):
            assert (await store.append(new_id(), [event(1)], now_ms=NOW))[0].seq == 1
        assert not any(one.done() for one in late)
        assert (await store.head(JOURNAL)).seq == 1
    assert [(await one)[0].seq for one in late] == list(range(2, 40))
    await walk(store, JOURNAL)


async def test_a_connection_that_is_lost_loses_nothing_acknowledged(
    database: PostgresDatabase, outside: asyncpg.Connection
) -> None:
    store = PostgresStore(database)
    await store.append(JOURNAL, [event(1)], now_ms=NOW)
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    async with outside.transaction():
        await outside.execute("SELECT 1 FROM heads FOR UPDATE")
        waiting = [asyncio.create_task(store.append(JOURNAL, [event(n)], now_ms=NOW)) for n in (2, 3)]
        async with asyncio.timeout(20):
            while not await outside.fetch(ended):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0)
        for task in waiting:
            with pytest.raises(DatabaseAway, match="can't be reached"):
                await task
    assert [r.seq for r in await store.append(JOURNAL, [event(2), event(3)], now_ms=NOW)] == [2, 3]
    await walk(store, JOURNAL)


async def test_what_comes_with_a_push_is_carried_out_with_it_or_neither(database: PostgresDatabase) -> None:
    store = PostgresStore(database)

    @unit
    def spoiled() -> Work[None]:
        yield from kept("spoiled")
        raise ValueError("on purpose")

    @unit
    def broken() -> Work[None]:
        yield Query("INSERT INTO nowhere VALUES (1)", {})

    done, first, second, last = await asyncio.gather(
        store.append(JOURNAL, [event(1)], now_ms=NOW, also=kept("done")),
        store.append(JOURNAL, [event(2)], now_ms=NOW, also=spoiled()),
        store.append(JOURNAL, [event(2)], now_ms=NOW, also=broken()),
        store.append(JOURNAL, [event(2)], now_ms=NOW),
        return_exceptions=True,
    )
    assert isinstance(first, ValueError)
    assert isinstance(second, StorageDamaged)
    assert [r[0].outcome for r in (done, last) if isinstance(r, list)] == ["stored", "stored"]
    assert await database.read(Query("SELECT journal FROM ends", {})) == [("done",)]
    assert await walk(store, JOURNAL) == (await store.head(JOURNAL)).chain


async def test_a_push_that_is_carried_out_again_is_carried_out_once(database: PostgresDatabase) -> None:
    """The first try of a group is refused as the database may refuse it at any time."""
    store = PostgresStore(database)
    tries = []

    @unit
    def contended() -> Work[None]:
        tries.append(1)
        yield from kept(f"try {len(tries)}")
        if len(tries) == 1:
            yield Query("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", {})

    results = await asyncio.gather(
        store.append(JOURNAL, [event(1)], now_ms=NOW),
        store.append(JOURNAL, [event(2)], now_ms=NOW, also=contended()),
        store.append(JOURNAL, [event(3)], now_ms=NOW),
    )
    assert [r[0].seq for r in results] == [1, 2, 3]
    assert await database.read(Query("SELECT journal FROM ends", {})) == [("try 2",)]
    await walk(store, JOURNAL)


async def test_what_waits_is_bounded(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost_server.postgres_store.MAX_WAITING", 5)
    store = PostgresStore(database)
    results = await asyncio.gather(
        *(store.append(new_id(), [event(1)], now_ms=NOW) for _ in range(9)), return_exceptions=True
    )
    assert sum(isinstance(r, Busy) for r in results) == 4
    assert (await store.append(JOURNAL, [event(1)], now_ms=NOW))[0].outcome == "stored"


async def test_closing_finishes_what_waits(database: PostgresDatabase, other: PostgresStore) -> None:
    store = PostgresStore(database)
    tasks = [asyncio.create_task(store.append(JOURNAL, [event(1, by=device(n))], now_ms=NOW)) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert sorted([(await task)[0].seq for task in tasks]) == list(range(1, 21))
    with pytest.raises(Busy):
        await store.append(JOURNAL, [event(1)], now_ms=NOW)
    await walk(other, JOURNAL)
