"""The door to a SQL database: units of work that run on any engine, and the SQLite engine behind it.

A unit of work is made by a generator function under `@unit`: it yields `Query`s and is sent their rows, and what it
returns is its result. It does no I/O of its own, so the same code runs on SQLite here and on another engine elsewhere,
and it may be begun again, where an engine has to take a transaction back and try once more.

Theory of operation (SQLite)
----------------------------
There is exactly one writing connection to a file, on one thread. Works wait in a bounded queue; the thread takes all
that wait, runs them in one transaction, each in a savepoint, commits once (which syncs the disk once) and only then
are the results released. After any error it is asked whether the transaction is still open: a full disk or an
interrupt rolls back *everything*, savepoints included, and then every work of the group has failed. A work that was
cancelled before its turn is skipped; one whose turn has come is finished, whoever still waits for it.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from functools import wraps
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, TypeVar

import aiosqlite

from milepost.errors import Busy
from milepost.schema import known_version, migrate
from milepost.sqlite_file import open_sqlite, scrub, storage_error

T = TypeVar("T")
P = ParamSpec("P")
Row = tuple[Any, ...]

MAX_WAITING = 10_000
"""Most works in the queue; one more is answered `Busy`."""
MAX_GROUP = 1_000
"""Most works in one transaction."""
READERS = 2


class Query(NamedTuple):
    """One SQL statement with named parameters (`:name`)."""

    sql: str
    params: dict[str, Any]


Work = Generator[Query, list[Row], T]
"""The steps of a unit of work."""


class Unit(Generic[T]):
    """A unit of work: it can be begun any number of times, and is part of another by `yield from`."""

    def __init__(self, begin: Callable[[], Work[T]]) -> None:
        self.begin = begin

    def __iter__(self) -> Work[T]:
        return self.begin()


def unit(steps: Callable[P, Work[T]]) -> Callable[P, Unit[T]]:
    """Makes a generator function one that gives units of work."""

    @wraps(steps)
    def made(*args: P.args, **kwargs: P.kwargs) -> Unit[T]:
        return Unit(lambda: steps(*args, **kwargs))

    return made


class Database(Protocol):
    """What the rest of the program may ask of a database."""

    clock: Query
    """One row: its own time, in milliseconds since 1970."""

    async def write(self, work: Unit[T]) -> T:
        """Runs a unit of work in a transaction; when this returns, it is durable."""
        ...

    async def read(self, query: Query) -> list[Row]:
        """The rows of one query, as committed."""
        ...


WAL_PAGES = 4_000
"""Pages (of 4 kB) in the write-ahead log before they are copied back: a page that is written often is copied once."""


def _grow_log_file(connection: sqlite3.Connection) -> None:
    """Brings the write-ahead log to its full length at once; it is then written over and over in place.

    Syncing a file that grows costs twice what syncing one of a settled length does.
    """
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    connection.execute("PRAGMA cache_spill = 1")
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE growing (filler BLOB)")
        connection.execute(f"INSERT INTO growing VALUES (zeroblob({WAL_PAGES * 4096}))")
    finally:
        connection.execute("ROLLBACK")


class _Job(NamedTuple):
    run: Callable[[sqlite3.Connection], Any]
    savepoint: bool
    future: "asyncio.Future[Any]"


class SqliteDatabase:
    """One SQLite file: one writer with group commit, a few readers."""

    clock = Query("SELECT CAST((JULIANDAY('now') - 2440587.5) * 86400000 AS INTEGER)", {})

    def __init__(self, path: Path) -> None:
        self.path = path
        self.flush: Callable[[sqlite3.Connection], None] = lambda _: None
        """Called before each commit, for what the works of a group left to be written together, and before each work that
        looks at the database itself."""
        self.settled: Callable[[bool], None] = lambda _: None
        """Called when a group is committed (True) or lost (False): what was remembered of it holds, or is dropped."""
        self.scrub = False
        """Set where words were taken out: after the next commit nothing of them is left in the file."""
        self.closing: list[Callable[[], Awaitable[None]]] = []
        """Called in turn before it is closed: for what reads and writes of its own accord."""
        self._waiting: deque[_Job] = deque()
        self._inbox: SimpleQueue[list[_Job] | None] = SimpleQueue()
        self._busy = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._readers: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        self._all_readers: list[aiosqlite.Connection] = []
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    async def open(self, parts: dict[str, list[str]]) -> None:
        """Opens the file, creating it if need be, and brings the named schema parts up to date.

        Raises:
            StorageDamaged: not a database, or from a newer version.
            StorageFull: no room to begin.

        """
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._open, parts)
        Thread(target=self._serve, args=(self._loop,), name="milepost-writer", daemon=True).start()
        for _ in range(READERS):
            reader = await aiosqlite.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None)
            self._all_readers.append(reader)
            self._readers.put_nowait(reader)

    def _open(self, parts: dict[str, list[str]]) -> None:
        self._connection = open_sqlite(self.path, check_same_thread=False)
        try:
            for part, scripts in parts.items():
                known_version(self._connection, part, scripts)  # all are known before any is brought up to date
            for part, scripts in parts.items():
                migrate(self._connection, part, scripts)
            with contextlib.suppress(sqlite3.Error):
                scrub(self._connection, most=2**62)
            _grow_log_file(self._connection)
        except sqlite3.Error as error:
            raise storage_error(error, self.path) from error

    async def close(self) -> None:
        """Finishes what waits, then closes every connection."""
        while self.closing:
            await self.closing.pop(0)()
        self._closed = True
        await self._idle.wait()
        self._inbox.put(None)
        for reader in self._all_readers:
            await reader.close()
        if self._connection is not None:
            self._connection.close()

    async def read(self, query: Query) -> list[Row]:
        reader = await self._readers.get()
        try:
            return list(await reader.execute_fetchall(query.sql, query.params))  # type: ignore[arg-type]
        except sqlite3.Error as error:
            raise storage_error(error, self.path) from error
        finally:
            self._readers.put_nowait(reader)

    async def write(self, work: Unit[T]) -> T:
        result: T = await self.submit(lambda connection: run_work(connection, work), savepoint=True)
        return result

    def submit(self, run: Callable[[sqlite3.Connection], T], *, savepoint: bool) -> "asyncio.Future[T]":
        """Puts a function in the writer's queue. Without a savepoint it must write nothing itself (but in `flush`).

        Raises:
            Busy: the queue is full, or the database is closing.

        """
        if self._closed or len(self._waiting) >= MAX_WAITING:
            raise Busy("The server is at its limit. Try again in a moment; nothing was changed.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append(_Job(run, savepoint, future))
        if not self._busy:
            self._busy = True
            self._idle.clear()
            self._loop.call_soon(self._next)
        return future

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        for group in iter(self._inbox.get, None):
            loop.call_soon_threadsafe(self._release, group, self._run_group(group))

    def _release(self, group: list[_Job], results: list[tuple[Any, Exception | None]]) -> None:
        for job, (result, error) in zip(group, results, strict=True):
            if job.future.done():
                continue
            if error is not None:
                job.future.set_exception(error)
            else:
                job.future.set_result(result)
        # After the waiters just woken, so that what they write next joins the same group.
        self._loop.call_soon(self._next)

    def _next(self) -> None:
        if self._waiting:
            self._inbox.put([self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_GROUP))])
        else:
            self._busy = False
            self._idle.set()

    def _run_group(self, group: list[_Job]) -> list[tuple[Any, Exception | None]]:
        connection = self._connection
        assert connection is not None  # noqa: S101 - `open` comes first
        results: list[tuple[Any, Exception | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            results.extend(self._run_job(connection, job) for job in group)
            self.flush(connection)
            connection.execute("COMMIT")
        except _GroupLost as lost:
            failure: Exception = lost.cause
        except Exception as error:  # noqa: BLE001 - whatever it was, every work of the group is told
            failure = error
        else:
            self.settled(True)
            self._scrub(connection)
            return results
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        self.settled(False)
        if isinstance(failure, sqlite3.Error):
            failure = storage_error(failure, self.path)
        return [(None, failure)] * len(group)

    def _scrub(self, connection: sqlite3.Connection) -> None:
        """Leaves nothing of words that were taken out. While somebody reads that can't be; then the next commit tries."""
        if self.scrub:
            with contextlib.suppress(sqlite3.Error):
                if scrub(connection):
                    self.scrub = False
                    _grow_log_file(connection)

    def _run_job(self, connection: sqlite3.Connection, job: _Job) -> tuple[Any, Exception | None]:
        if job.future.cancelled():
            return None, None
        if job.savepoint:
            self.flush(connection)
            connection.execute("SAVEPOINT job")
        try:
            result = job.run(connection)
        except Exception as error:
            if not connection.in_transaction:
                raise _GroupLost(error) from error
            if job.savepoint:
                connection.execute("ROLLBACK TO job")
                connection.execute("RELEASE job")
            told = storage_error(error, self.path) if isinstance(error, sqlite3.Error) else error
            return None, told
        if job.savepoint:
            connection.execute("RELEASE job")
        return result, None


class _GroupLost(Exception):
    """The transaction is gone, and with it everything that the group did."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause


def run_work(connection: sqlite3.Connection, work: Unit[T]) -> T:
    """Carries out a unit of work on a connection, in whatever transaction is open there."""
    steps = work.begin()
    try:
        query = next(steps)
        while True:
            query = steps.send(connection.execute(query.sql, query.params).fetchall())
    except StopIteration as stop:
        result: T = stop.value
        return result
