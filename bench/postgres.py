"""Durable appends to PostgreSQL, and what a journal that is written to all the time costs the others.

The server is a real one on this machine, with fsync as it comes; all who are measured use it, each in its own schema.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

import asyncpg
from eventsourcing.postgres import PostgresFactory
from msgspec.structs import replace

from bench.append import take
from bench.corpus import corpus
from bench.figures import Figure, Sizes, alternate, faster, sooner
from bench.peers import Diary, Goal, changed, saved_by_threads
from milepost.clock import new_id, wall_clock_ms
from milepost.envelope import Event, encode_event
from milepost.sqlite_store import LOG_SCHEMA
from milepost_server.postgres import PostgresDatabase
from milepost_server.postgres_store import PostgresStore
from tests.postgres import postgres_server

WRITERS = 64
THREADS = 16
"""The peer's: more make it slower."""
PEER_EACH = 10
TASTES = 300
"""Appends whose slowest hundredth is looked at."""


def sixty_four(sizes: Sizes) -> list[Figure]:
    """`append-64-postgres`: as many tasks that write to one journal, each as a device of its own."""
    return _appends("append-64-postgres", sizes, _one_journal)


def sixty_four_journals(sizes: Sizes) -> list[Figure]:
    """`append-64-postgres-journals`: as many tasks, each with its own journal, and so a transaction for each append."""
    return _appends("append-64-postgres-journals", sizes, _a_journal_each)


def _appends(
    name: str, sizes: Sizes, ours: Callable[[PostgresStore, list[Event]], Coroutine[None, None, float]]
) -> list[Figure]:
    each, peer_each = sizes.each_of_64, min(sizes.each_of_64, PEER_EACH)
    made = corpus(each * (sizes.rounds + 1))
    with (
        postgres_server() as server,
        server.schema() as first,
        server.schema() as second,
        server.schema() as third,
        _store(first) as (runner, store),
        _diary(second) as app,
    ):
        wanted = made[: peer_each * (sizes.rounds + 1)]
        pending = [iter(changed(Goal(), wanted)) for _ in range(THREADS)]
        runner.run(_table(third))
        value, library, bare = alternate(
            sizes.rounds,
            lambda: runner.run(ours(store, made[:each])),
            lambda: saved_by_threads(app, [take(peer_each, events) for events in pending]),
            lambda: runner.run(_grouped(third, made[:each])),
        )
    return [
        faster(name, "events/s", value, f"eventsourcing psycopg, {THREADS} threads", library),
        faster(name, "events/s", value, "bare grouped asyncpg", bare),
    ]


async def _one_journal(store: PostgresStore, events: Sequence[Event]) -> float:
    journal = new_id()
    return await _written(store, [(journal, new_id()) for _ in range(WRITERS)], events)


async def _a_journal_each(store: PostgresStore, events: Sequence[Event]) -> float:
    return await _written(store, [(new_id(), new_id()) for _ in range(WRITERS)], events)


async def _written(store: PostgresStore, writers: Sequence[tuple[str, str]], events: Sequence[Event]) -> float:
    """Events a second, each writer appending one after the other; checks that all are there."""
    pushes = [
        [[replace(event, device=device, n=n, seen={})] for n, event in enumerate(events, 1)] for _, device in writers
    ]

    async def write(journal: str, push: list[list[Event]]) -> None:
        for one in push:
            await store.append(journal, one, now_ms=wall_clock_ms())

    started = time.perf_counter()
    await asyncio.gather(*(write(journal, push) for (journal, _), push in zip(writers, pushes, strict=True)))
    elapsed = time.perf_counter() - started
    heads = [(await store.head(journal)).seq for journal in {journal for journal, _ in writers}]
    if sum(heads) != len(events) * len(writers):
        raise AssertionError(f"Not everything was stored: the logs end at {heads}.")
    return sum(heads) / elapsed


async def _table(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(_TABLE)
    await connection.close()


async def _grouped(url: str, made: Sequence[Event]) -> float:
    """Rows a second: as many tasks, each waiting for its own, and one connection that inserts all that wait and commits."""
    connection = await asyncpg.connect(url)
    loop, log, chain = asyncio.get_running_loop(), new_id(), bytes(32)
    waiting: list[tuple[tuple[object, ...], asyncio.Future[None]]] = []
    more = asyncio.Event()

    async def insert() -> None:
        seq = 0
        while True:
            await more.wait()
            more.clear()
            group, waiting[:] = waiting[:], []
            rows = [(log, seq + at, *row, chain, body) for at, ((*row, body), _) in enumerate(group, 1)]
            async with connection.transaction():
                await connection.executemany(_INSERT, rows)
            seq += len(rows)
            for _, done in group:
                done.set_result(None)
            await asyncio.sleep(0)

    async def write(device: str, bodies: Sequence[bytes]) -> None:
        for n, body in enumerate(bodies, 1):
            done = loop.create_future()
            waiting.append(((device, n, body), done))
            more.set()
            await done

    bodies = [encode_event(event) for event in made]
    inserting = asyncio.create_task(insert())
    started = time.perf_counter()
    await asyncio.gather(*(write(new_id(), bodies) for _ in range(WRITERS)))
    elapsed = time.perf_counter() - started
    inserting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await inserting
    await connection.close()
    return len(bodies) * WRITERS / elapsed


_TABLE = """
CREATE TABLE log (journal TEXT NOT NULL, seq BIGINT NOT NULL, device TEXT NOT NULL, n BIGINT NOT NULL,
chain BYTEA NOT NULL, body BYTEA NOT NULL, PRIMARY KEY (journal, seq))
"""
_INSERT = "INSERT INTO log VALUES ($1, $2, $3, $4, $5, $6)"


def beside_a_hot_one(sizes: Sizes) -> list[Figure]:
    """`append-beside-hot`: the slowest hundredth of appends to a quiet journal, with 64 writing to another, and without."""
    events = corpus(sizes.each_of_64)
    tastes = min(TASTES, sizes.singles)

    async def quiet(store: PostgresStore) -> float:
        taken, journal, device = [], new_id(), new_id()
        for n in range(1, tastes + 1):
            event = replace(events[0], device=device, n=n)
            started = time.perf_counter()
            await store.append(journal, [event], now_ms=wall_clock_ms())
            taken.append(time.perf_counter() - started)
            await asyncio.sleep(0)
        return sorted(taken)[int(len(taken) * 0.99) - 1]

    async def beside(store: PostgresStore) -> float:
        async def hot() -> None:
            while True:
                await _one_journal(store, events)

        writing = asyncio.create_task(hot())
        try:
            return await quiet(store)
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing

    with postgres_server() as server, server.schema() as url, _store(url) as (runner, store):
        with_it, without = alternate(sizes.rounds, lambda: runner.run(beside(store)), lambda: runner.run(quiet(store)))
    return [sooner("append-beside-hot", with_it, "p99 with no hot journal", without)]


@contextlib.contextmanager
def _store(url: str) -> Iterator[tuple[asyncio.Runner, PostgresStore]]:
    with asyncio.Runner() as runner:
        database = PostgresDatabase(url)
        runner.run(database.open({"log": LOG_SCHEMA}))
        try:
            yield runner, PostgresStore(database)
        finally:
            runner.run(database.close())


@contextlib.contextmanager
def _diary(url: str) -> Iterator[Diary]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    app = Diary(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            PostgresFactory.POSTGRES_DBNAME: parts.path.lstrip("/"),
            PostgresFactory.POSTGRES_HOST: parts.hostname or query["host"][0],
            PostgresFactory.POSTGRES_PORT: str(parts.port or 5432),
            PostgresFactory.POSTGRES_USER: parts.username or "postgres",
            PostgresFactory.POSTGRES_PASSWORD: parts.password or "none",
            PostgresFactory.POSTGRES_SCHEMA: query["search_path"][0],
            PostgresFactory.POSTGRES_POOL_SIZE: str(THREADS),
        }
    )
    try:
        yield app
    finally:
        app.close()
