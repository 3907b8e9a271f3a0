"""The PostgreSQL engine behind the door to a database; knows nothing of what is stored.

Theory of operation
-------------------
A unit of work runs in a serializable transaction: it may reckon, as on SQLite, that nobody else writes meanwhile. Where
that turns out to be wrong (SQLSTATE 40001), or two wait for each other (40P01), it is taken back and begun again, a
little later each time. Connections come from a bounded pool, and some of them are never used for writing, so that
reading does not wait for writers. Nothing is kept in a session, so that one server's connection is as good as another.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg

from milepost.database import Query, Row, Unit, Work
from milepost.errors import Busy, DatabaseAway, InvalidInput, MilepostError, StorageDamaged, StorageFull
from milepost.schema import refuse_newer
from milepost.sql_scripts import statements

T = TypeVar("T")
Connection: TypeAlias = asyncpg.Connection

MAX_CONNECTIONS = 16
MAX_WRITING = 12
"""Transactions at a time; the connections beyond them are for reading."""
MAX_WAITING = 10_000
"""Most reads and writes that wait for a connection; one more is answered `Busy`."""
MAX_TRIES = 15
FIRST_WAIT_S, LONGEST_WAIT_S = 0.01, 0.5
"""Between two tries; each time twice as long, and a part of it by chance."""
COMMAND_S = 60.0
"""No statement may take longer."""
MIGRATION_S = 3600.0
"""But for one that brings a schema up to date."""
BEGUN_AGAIN = ("40001", "40P01")
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What a failed question or a lost connection is raised as; a transaction does not go on after any of them."""

SQL = statements("milepost_server", "postgres.sql")
_SETTINGS = {
    "application_name": "milepost",
    # What a server that hangs or was cut off holds is free again after a while.
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "30s",
}
_TOKENS = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|::)|:([A-Za-z_]\w*)")


@lru_cache(maxsize=1_000)
def bound(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `$1…` for its `:name` parameters, and their names in that order."""
    names: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        return found[1] or f"${names.setdefault(found[2], len(names) + 1)}"

    return _TOKENS.sub(place, sql), tuple(names)


async def rows_of(connection: Connection, query: Query) -> list[Row]:
    """The rows of a query, on a connection."""
    sql, names = bound(query.sql)
    return [tuple(row) for row in await connection.fetch(sql, *[query.params[name] for name in names])]


async def carry_out(connection: Connection, unit: Unit[T], *, on_thread: bool = False) -> T:
    """Carries out a unit of work in whatever transaction is open on a connection; a thread does heavy steps."""
    steps, rows = unit.begin(), None
    while True:
        query, result = await asyncio.to_thread(_step, steps, rows) if on_thread else _step(steps, rows)
        if query is None:
            return result  # type: ignore[no-any-return]
        rows = await rows_of(connection, query)


def _step(steps: Work[T], rows: list[Row] | None) -> tuple[Query | None, Any]:
    try:
        return (next(steps) if rows is None else steps.send(rows)), None
    except StopIteration as stop:
        return None, stop.value


def place_of(url: str) -> str:
    """Where a database is, for people: no user, no password.

    Raises:
        InvalidInput: that is no address of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidInput(f"That is no address of a database: {error}.") from error
    if parts.scheme not in {"postgresql", "postgres"}:
        raise InvalidInput(
            "PostgreSQL takes an address like postgresql://user@host/name, or postgresql:///name?host=/folder."
        )
    host = parts.netloc.rpartition("@")[2] or ",".join(parse_qs(parts.query).get("host", [])) or "this machine"
    return f"{parts.path.lstrip('/') or 'the database'} at {host}"


_PROBLEMS: list[tuple[tuple[str, ...], type[MilepostError], str]] = [
    (("22",), InvalidInput, "That holds something that can't be stored: {said}. Nothing was changed."),
    (("53100", "53200", "58030"), StorageFull, "{it} has no room, or its disk fails: {said}. Free some and try again."),
    (
        (*BEGUN_AGAIN, "55P03", "57014"),
        Busy,
        "Too much is written at once. Try again in a moment; nothing was changed.",
    ),
    (("08", "53", "57"), DatabaseAway, "{it} can't be reached: {said}. See that it runs and has a connection left."),
    (
        ("28", "3D", "3F", "42501", "25006"),
        StorageDamaged,
        "{it} does not let this user in, or not write: {said}. Make the database, or name its owner.",
    ),
    (("",), StorageDamaged, "{it} does not hold what it should: {said}. Put back a backup."),
]
"""How an SQLSTATE begins, what that is here, and what is said about it; the first that fits."""


def storage_error(error: Exception, place: str) -> MilepostError:
    """The error that who runs the server can act on, for one from the database or on the way to it."""
    state = getattr(error, "sqlstate", None) or "08000"
    said = str(error) or type(error).__name__
    if isinstance(error, asyncpg.DataError):
        state = "22000"
    found = next(one for one in _PROBLEMS if state.startswith(one[0]))
    return found[1](found[2].format(it=f"PostgreSQL ({place})", said=said))


class PostgresDatabase:
    """One PostgreSQL database; others may use it at the same time."""

    def __init__(self, url: str) -> None:
        self.place = place_of(url)
        self.clock = Query(SQL["clock"], {})
        self.closing: list[Callable[[], Awaitable[None]]] = []
        """Called in turn before it is closed: for what reads and writes of its own accord, or waits to be written."""
        self._url = url
        self._pool: Any = None
        self._writing = asyncio.Semaphore(MAX_WRITING)
        self._waiting = 0

    async def open(self, parts: dict[str, list[str]]) -> None:
        """Connects, and brings the named schema parts up to date.

        Raises:
            InvalidInput: the address makes no sense.
            DatabaseAway: there is nobody, or no connection is left.
            StorageDamaged: no such user or database, or one written by a newer version.
        """
        try:
            with self._told():
                await self._connect(_SETTINGS)
                if await self.read(Query(SQL["durability"], {})) == [("off",)]:
                    # What is acknowledged has been synced to the disk, whatever was set for others.
                    await self._pool.close()
                    await self._connect({**_SETTINGS, "synchronous_commit": "on"})
                async with self._pool.acquire() as connection:
                    with suppress(
                        asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError
                    ):
                        # Another server may make it at this very moment.
                        await connection.execute(SQL["make_parts"])
            for part, version in await self.read(Query(SQL["versions"], {})):
                refuse_newer(part, version, len(parts[part]) if part in parts else version)
            for part, scripts in parts.items():
                await self._migrate(part, scripts)
        except BaseException:
            await self.close()
            raise

    async def _connect(self, settings: dict[str, str]) -> None:
        try:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=MAX_CONNECTIONS,
                command_timeout=COMMAND_S,
                timeout=COMMAND_S,
                server_settings=settings,
                reset=_nothing,
            )
        except ValueError as error:
            raise InvalidInput(f"That is no address of a database: {error}.") from error

    async def _migrate(self, part: str, scripts: Sequence[str]) -> None:
        async def step(connection: Connection) -> bool:
            """Whether there may be another."""
            await rows_of(connection, Query(SQL["add_part"], {"part": part}))
            ((version,),) = await rows_of(connection, Query(SQL["lock_part"], {"part": part}))
            refuse_newer(part, version, len(scripts))
            if version == len(scripts):
                return False
            await connection.execute(scripts[version], timeout=MIGRATION_S)
            await rows_of(connection, Query(SQL["move_part"], {"part": part, "version": version + 1}))
            return True

        while await self.transaction(step):
            pass

    async def close(self) -> None:
        """Finishes what is under way, then closes every connection."""
        while self.closing:
            await self.closing.pop(0)()
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def read(self, query: Query) -> list[Row]:
        with self._counted():
            return await self._tried(lambda connection: rows_of(connection, query))

    async def write(self, work: Unit[T]) -> T:
        return await self.transaction(lambda connection: carry_out(connection, work), isolation="serializable")

    async def transaction(
        self,
        run: Callable[[Connection], Awaitable[T]],
        *,
        isolation: Literal["read_committed", "repeatable_read", "serializable"] = "read_committed",
    ) -> T:
        """Runs a function in a transaction, again from its beginning where that must be; when this returns, it is durable.

        Raises:
            Busy: too many wait, or too much is written at once.
            DatabaseAway: the connection was lost. Whether it was carried out is then not known.
            StorageFull, StorageDamaged: as they say.
        """

        async def once(connection: Connection) -> T:
            async with connection.transaction(isolation=isolation):
                return await run(connection)

        return await self.connected(once)

    async def connected(self, run: Callable[[Connection], Awaitable[T]]) -> T:
        """Runs a function with a connection to write by, in no transaction yet; else as `transaction` does."""
        with self._counted():
            async with self._writing:
                return await self._tried(run)

    @asynccontextmanager
    async def listening(self, channel: str, heard: Callable[[str], None]) -> "AsyncIterator[Listening]":
        """Hears what others say on a channel, on a connection that is used for nothing else.

        Raises:
            DatabaseAway, StorageDamaged: it can't be had, or was lost.
        """
        with self._told():
            connection = await asyncpg.connect(
                self._url, timeout=COMMAND_S, command_timeout=COMMAND_S, server_settings=_SETTINGS
            )
            try:
                listening = Listening(connection)
                await connection.add_listener(channel, lambda *said: heard(said[-1]))
                yield listening
            finally:
                connection.terminate()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        if self._pool is None or self._waiting >= MAX_WAITING:
            raise Busy("The server is at its limit. Try again in a moment; nothing was changed.")
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def _tried(self, run: Callable[[Connection], Awaitable[T]]) -> T:
        wait_s, left = FIRST_WAIT_S, MAX_TRIES
        with self._told():
            while True:
                try:
                    async with self._pool.acquire(timeout=COMMAND_S) as connection:
                        try:
                            return await run(connection)
                        except asyncpg.InternalClientError:
                            connection.terminate()  # it was cut between two messages, and stands at neither
                            raise
                except asyncpg.PostgresError as error:
                    left -= 1
                    if error.sqlstate not in BEGUN_AGAIN or not left:
                        raise
                # A part of it by chance, so that two do not meet again.
                await asyncio.sleep(wait_s * random.uniform(0.5, 1))  # noqa: S311
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except LOST as error:
            raise storage_error(error, self.place) from error


class LateTransaction:
    """A transaction that begins when it has to, and ends with the block: one statement alone needs none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._begun: Any = None

    @property
    def begun(self) -> bool:
        """Whether it has."""
        return self._begun is not None

    async def begin(self) -> None:
        """What follows is carried out together, or not at all."""
        if self._begun is None:
            begun = self._connection.transaction(isolation="read_committed")
            await begun.start()
            self._begun = begun

    async def __aenter__(self) -> "LateTransaction":
        return self

    async def __aexit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._begun is not None:
            await (self._begun.rollback() if error else self._begun.commit())


class Listening:
    """A connection that listens."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lost = asyncio.Event()
        connection.add_termination_listener(lambda _: self._lost.set())

    async def until_lost(self, check_s: float) -> None:
        """Returns or fails once it is gone; asks every `check_s` seconds, for nobody tells where a network is cut."""
        while not self._lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(check_s):
                    await self._lost.wait()
            if not self._lost.is_set():
                await self._connection.fetchval("SELECT 1", timeout=check_s)


async def _nothing(_: Connection) -> None:
    """What a connection needs before it is used again."""
