"""The PostgreSQL engine: statements bound, transactions begun again, errors that say what to do, schemas brought up to date."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.database import Query, Row, Work, unit
from milepost.errors import Busy, DatabaseAway, InvalidInput, StorageDamaged
from milepost.sqlite_store import LOG_SCHEMA
from milepost_server.accounts import ensure_account
from milepost_server.postgres import Connection, PostgresDatabase, bound, place_of
from milepost_server.records import SCHEMA
from tests.postgres import PostgresServer

PARTS = {"log": LOG_SCHEMA, "server": SCHEMA}


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url)
    await database.open(PARTS)
    yield database
    await database.close()


@unit
def account(name: str, text: str = "Alex") -> Work[None]:
    yield Query("INSERT INTO accounts VALUES (:account, :name, 0)", {"account": name, "name": text})


async def accounts(database: PostgresDatabase) -> list[str]:
    return [one for (one,) in await database.read(Query("SELECT account FROM accounts ORDER BY account", {}))]


@given(
    st.lists(
        st.one_of(
            st.sampled_from([":a", ":b", ":long_name"]),
            st.text(alphabet=":a$'\" -", max_size=8).map(lambda text: "'" + text.replace("'", "''") + "'"),
            st.sampled_from(['":a"', "-- it's :a\n", "x::TEXT", "SELECT", ",", "="]),
        )
    )
)
def test_only_parameters_are_bound_and_each_name_once(tokens: list[str]) -> None:
    names = list(dict.fromkeys(token[1:] for token in tokens if token[0] == ":"))
    expected = [f"${names.index(token[1:]) + 1}" if token[0] == ":" else token for token in tokens]
    assert bound(" ".join(tokens)) == (" ".join(expected), tuple(names))


async def test_a_value_may_be_named_twice_and_text_may_hold_colons(database: PostgresDatabase) -> None:
    query = Query("SELECT 'a:b', CAST(:x AS BIGINT) + CAST(:x AS BIGINT), CAST(:y AS TEXT)", {"x": 21, "y": ":x"})
    assert await database.read(query) == [("a:b", 42, ":x")]


async def test_two_servers_that_start_at_once_bring_the_schema_up_to_date_once(postgres_url: str) -> None:
    databases = [PostgresDatabase(postgres_url) for _ in range(5)]
    await asyncio.gather(*(database.open(PARTS) for database in databases))
    made = await asyncio.gather(*(database.write(ensure_account("owner", 1)) for database in databases))
    assert len(set(made)) == 1
    parts = await databases[0].read(Query("SELECT part, version FROM schema_parts ORDER BY part", {}))
    assert parts == [("log", len(LOG_SCHEMA)), ("server", len(SCHEMA))]
    for database in databases:
        await database.close()


@pytest.mark.parametrize(
    "earlier", [(log, server) for log in range(len(LOG_SCHEMA) + 1) for server in (0, 1, len(SCHEMA))]
)
async def test_every_earlier_schema_is_brought_up_to_date(postgres_url: str, earlier: tuple[int, int]) -> None:
    for parts in ({"log": LOG_SCHEMA[: earlier[0]], "server": SCHEMA[: earlier[1]]}, PARTS):
        database = PostgresDatabase(postgres_url)
        await database.open(parts)
        await database.close()
    await database.open({})
    parts = await database.read(Query("SELECT part, version FROM schema_parts ORDER BY part", {}))
    assert parts == [("log", len(LOG_SCHEMA)), ("server", len(SCHEMA))]
    assert await database.write(ensure_account("owner", 1)) == await database.write(ensure_account("owner", 2))
    await database.close()


async def test_a_step_that_fails_leaves_the_schema_as_it_was(database: PostgresDatabase, postgres_url: str) -> None:
    broken = PostgresDatabase(postgres_url)
    with pytest.raises(StorageDamaged, match="nowhere"):
        await broken.open({"log": [*LOG_SCHEMA, "CREATE TABLE half (a TEXT); INSERT INTO nowhere VALUES (1)"]})
    assert await database.read(Query("SELECT version FROM schema_parts WHERE part = 'log'", {})) == [(len(LOG_SCHEMA),)]
    assert await database.read(Query("SELECT 1 FROM pg_class WHERE oid = to_regclass('half')", {})) == []


async def test_a_database_of_a_newer_version_is_refused(database: PostgresDatabase, postgres_url: str) -> None:
    @unit
    def newer() -> Work[None]:
        yield Query("UPDATE schema_parts SET version = 99", {})

    await database.write(newer())
    with pytest.raises(StorageDamaged, match="newer Milepost"):
        await PostgresDatabase(postgres_url).open(PARTS)


async def test_units_of_work_that_meet_are_carried_out_as_if_one_after_the_other(database: PostgresDatabase) -> None:
    """Each adds one more than there are: only if none overlooked another do they all differ."""

    @unit
    def one_more() -> Work[str]:
        rows = yield Query("SELECT COUNT(*) FROM accounts", {})
        name = f"{rows[0][0]:04}"
        yield from account(name)
        return name

    made = await asyncio.gather(*(database.write(one_more()) for _ in range(12)))
    assert sorted(made) == await accounts(database) == [f"{n:04}" for n in range(12)]


async def test_two_that_wait_for_each_other_are_both_carried_out(database: PostgresDatabase) -> None:
    await asyncio.gather(database.write(account("a", "")), database.write(account("b", "")))
    met, tries = asyncio.Barrier(2), []

    async def both(first: str, second: str) -> None:
        async def run(connection: Connection) -> None:
            tries.append(first)
            for name in (first, second):
                await connection.execute("UPDATE accounts SET name = name || $1 WHERE account = $2", first, name)
                if name == first and len(tries) <= 2:
                    await met.wait()

        await database.transaction(run)

    await asyncio.gather(both("a", "b"), both("b", "a"))
    rows = await database.read(Query("SELECT name FROM accounts", {}))
    assert [sorted(name) for (name,) in rows] == [["a", "b"], ["a", "b"]]
    assert len(tries) > 2


async def test_a_work_that_raises_or_is_cancelled_leaves_nothing(database: PostgresDatabase) -> None:
    @unit
    def spoiled() -> Work[None]:
        yield from account("spoiled")
        raise ValueError("on purpose")

    begun = asyncio.Event()

    async def waits(connection: Connection) -> None:
        await connection.execute("INSERT INTO accounts VALUES ('cancelled', '', 0)")
        begun.set()
        await asyncio.Event().wait()

    with pytest.raises(ValueError, match="on purpose"):
        await database.write(spoiled())
    task = asyncio.create_task(database.transaction(waits))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.write(account("whole"))
    assert await accounts(database) == ["whole"]


async def test_a_connection_that_is_lost_is_said_and_replaced(
    database: PostgresDatabase,
) -> None:
    async def run(connection: Connection) -> None:
        await connection.execute("INSERT INTO accounts VALUES ('lost', '', 0)")
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        assert await database.read(Query("SELECT pg_terminate_backend(CAST(:pid AS INT))", {"pid": pid})) == [(True,)]
        await connection.execute("INSERT INTO accounts VALUES ('never', '', 0)")

    with pytest.raises(DatabaseAway, match="See that it runs"):
        await database.transaction(run)
    await database.write(account("kept"))
    assert await accounts(database) == ["kept"]


async def test_whenever_a_connection_is_cut_it_is_said_to_be_away(
    database: PostgresDatabase, postgres: PostgresServer
) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'milepost'"
    answers = 0
    for i in range(60):
        # A text of its own each time, so that it is first prepared and then asked.
        reading = asyncio.create_task(database.read(Query(f"SELECT {i}", {})))
        for _ in range(i % 20):
            await asyncio.sleep(0)
        await asyncio.to_thread(postgres.run, others)
        try:
            answers += await reading == [(i,)]
        except DatabaseAway:
            assert await retried(database, i) == [(i,)]
    assert answers < 60


async def retried(database: PostgresDatabase, i: int) -> list[Row]:
    while True:
        try:
            return await database.read(Query(f"SELECT {i}", {}))
        except DatabaseAway:
            await asyncio.sleep(0)


async def test_what_can_not_be_stored_is_refused_in_words(database: PostgresDatabase) -> None:
    for name in ("no\x00thing", 7):
        with pytest.raises(InvalidInput, match="can't be stored"):
            await database.write(account("a", name))  # type: ignore[arg-type]
    assert await accounts(database) == []


async def test_readers_do_not_wait_for_writers_and_what_waits_is_bounded(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost_server.postgres.MAX_WAITING", 30)
    go = asyncio.Event()

    async def waits(_: Connection) -> None:
        await go.wait()

    writing = [asyncio.create_task(database.transaction(waits)) for _ in range(29)]
    await asyncio.sleep(0)
    assert await accounts(database) == []
    writing.append(asyncio.create_task(database.transaction(waits)))
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await accounts(database)
    go.set()
    await asyncio.gather(*writing)
    await database.close()
    with pytest.raises(Busy):
        await accounts(database)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda url: url.replace("/postgres?", "/nowhere?"), StorageDamaged, 'database "nowhere" does not exist'),
        (lambda url: url.replace("host=", "host=/nowhere"), DatabaseAway, "can't be reached"),
        (lambda url: "postgresql://127.0.0.1:1/none", DatabaseAway, "none at 127.0.0.1:1"),
        (lambda url: "mysql://x/y", InvalidInput, "postgresql://"),
        (lambda url: "postgresql://x:port/y", InvalidInput, "no address"),
        (lambda url: f"{url}&sslmode=never", InvalidInput, "sslmode"),
    ],
)
async def test_an_address_that_leads_nowhere_is_said_to(postgres_url: str, change: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        await PostgresDatabase(change(postgres_url)).open(PARTS)


async def test_what_is_acknowledged_is_synced_whatever_is_set_for_others(postgres_url: str) -> None:
    database = PostgresDatabase(f"{postgres_url}&synchronous_commit=off")
    await database.open({})
    assert await database.read(Query("SELECT current_setting('synchronous_commit')", {})) == [("on",)]
    await database.close()


def test_a_place_is_named_without_its_password() -> None:
    assert place_of("postgresql://me:secret@db.example:5433/goals") == "goals at db.example:5433"
    assert place_of("postgres:///goals?host=/var/run/pg") == "goals at /var/run/pg"
    assert place_of("postgresql://me@one:1,two:2/goals") == "goals at one:1,two:2"
