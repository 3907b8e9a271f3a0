"""What a server's database holds, on either engine, at one moment: its tables, its rows, and what its journals add up to.

The tables are read off the schema, never listed by hand. `heads` is not among them: it says again where the logs end, on
the engine that needs it.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from milepost.database import Database, Query, Row
from milepost.errors import InvalidInput, NotFound, StorageDamaged
from milepost.journal import state_hash
from milepost.log_reader import LogReader
from milepost.messages import MAX_PAGE_BYTES, MAX_PAGE_EVENTS
from milepost.schema import migrate, refuse_newer
from milepost.sql_scripts import statements
from milepost.sqlite_file import storage_error
from milepost_server.data_folder import DataFolder
from milepost_server.folded import nothing
from milepost_server.services import FILE_NAME, PARTS, needs_postgres

SQL = statements("milepost_server", "copying.sql")
_LOGS = statements("milepost_server", "server.sql")
_BESIDE = {"heads", "schema_parts", "leases"}
_WHOLE = 2**256

T = TypeVar("T")


class Table(NamedTuple):
    """A table of the schema: its columns, each with whether it takes bytes, text or numbers, and whether journals part it."""

    name: str
    columns: dict[str, str]
    by_journal: bool

    @property
    def batch(self) -> int:
        """Rows that are taken at a time. Those of some tables are large."""
        return 500 if self.name == "events" or "BYTEA" not in self.columns.values() else 20

    def select(self, journal: str | None) -> Query:
        """Every row, or those of a journal."""
        sql = f"SELECT {', '.join(self.columns)} FROM {self.name}"
        return Query(sql, {}) if journal is None else Query(f"{sql} WHERE journal = :journal", {"journal": journal})

    def typed(self, row: Iterable[Any]) -> Row:
        """A row with text as text and bytes as bytes: SQLite keeps either as it came."""
        return tuple(
            value.decode()
            if kind == "TEXT" and isinstance(value, bytes)
            else value.encode()
            if kind == "BYTEA" and isinstance(value, str)
            else value
            for kind, value in zip(self.columns.values(), row, strict=True)
        )


def scripts_at(versions: Mapping[str, int]) -> dict[str, list[str]]:
    """The migrations that make the schema as it was at these versions.

    Raises:
        NotFound: there is no schema of a server.
        StorageDamaged: a newer version wrote it.
    """
    if not PARTS.keys() <= versions.keys():
        raise NotFound("That is no Milepost server's database.")
    for part, scripts in PARTS.items():
        refuse_newer(part, versions[part], len(scripts))
    return {part: scripts[: versions[part]] for part, scripts in PARTS.items()}


def tables_at(versions: Mapping[str, int]) -> list[Table]:
    """The tables of the schema at these versions."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for part, scripts in scripts_at(versions).items():
            migrate(connection, part, scripts)
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        found = []
        for (name,) in names:
            columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
            if name not in _BESIDE:
                (first,) = (column for _, column, _, _, _, key in columns if key == 1)
                found.append(Table(name, {column[1]: column[2] for column in columns}, first == "journal"))
    return found


class Sum(NamedTuple):
    """How many rows, and what they add up to whatever their order: equal only for equal rows."""

    rows: int = 0
    digest: int = 0

    def plus(self, rows: Iterable[Row]) -> "Sum":
        """With more rows."""
        count, digest = self
        for row in rows:
            count += 1
            digest += int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big")
        return Sum(count, digest % _WHOLE)


class Standing(NamedTuple):
    """Where a journal's log ends, and what it adds up to."""

    seq: int
    chain: str
    state_hash: str


class Contents(NamedTuple):
    """All that a database holds, in a form that can be compared with another's."""

    tables: dict[str, Sum]
    journals: dict[str, Standing]

    @property
    def rows(self) -> int:
        """How many, over all tables."""
        return sum(one.rows for one in self.tables.values())

    @property
    def events(self) -> int:
        """How many, over all journals."""
        return sum(one.seq for one in self.journals.values())


class Source(Protocol):
    """A database, read as it is at one moment."""

    place: str

    async def read(self, query: Query) -> list[Row]:
        """The rows of a query."""
        ...

    def batches(self, table: Table, journal: str | None = None) -> AsyncIterator[list[Row]]:
        """Every row of a table, or a journal's, some at a time."""
        ...


class SqliteSource:
    """A SQLite file."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection, self.path, self.place = connection, path, str(path)

    async def read(self, query: Query) -> list[Row]:
        return self.connection.execute(query.sql, query.params).fetchall()

    async def batches(self, table: Table, journal: str | None = None) -> AsyncIterator[list[Row]]:
        cursor = self.connection.execute(*table.select(journal))
        while rows := cursor.fetchmany(table.batch):
            yield [table.typed(row) for row in rows]


class PostgresSource:
    """A PostgreSQL database, seen from within a transaction."""

    def __init__(self, connection: Any, place: str) -> None:
        self.connection, self.place = connection, place

    async def read(self, query: Query) -> list[Row]:
        from milepost_server.postgres import rows_of

        return await rows_of(self.connection, query)

    async def batches(self, table: Table, journal: str | None = None) -> AsyncIterator[list[Row]]:
        from milepost_server.postgres import bound

        query = table.select(journal)
        cursor = await self.connection.cursor(bound(query.sql)[0], *query.params.values())
        while rows := await cursor.fetch(table.batch):
            yield [table.typed(row) for row in rows]


async def versions_of(source: Source) -> dict[str, int]:
    """At which version each part of a database's schema is."""
    return {part: version for part, version in await source.read(Query(SQL["versions"], {})) if part in PARTS}


async def summed(source: Source, table: Table, journal: str | None = None) -> Sum:
    """What a table's rows add up to, or a journal's in it."""
    found = Sum()
    async for rows in source.batches(table, journal):
        found = found.plus(rows)
    return found


async def contents_of(source: Source, tables: Sequence[Table]) -> Contents:
    """All that a database holds."""
    journals = {}
    archives = any(table.name == "archives" for table in tables)
    for (journal,) in await source.read(Query(_LOGS["logs" if archives else "logs_before_archives"], {})):
        journals[journal] = await _standing(LogReader(cast(Database, source)), journal)
    return Contents({table.name: await summed(source, table) for table in tables}, journals)


async def _standing(log: LogReader, journal: str) -> Standing:
    folded, more = nothing(journal), True
    while more:
        page = await log.read(journal, folded.head.seq, limit=MAX_PAGE_EVENTS, max_bytes=MAX_PAGE_BYTES)
        if page.bodies:
            folded.fold(page)
        more = page.more
    return Standing(folded.head.seq, folded.head.chain.hex(), state_hash(folded.state))


def check_same(found: Contents, wanted: Contents, place: str) -> None:
    """What was copied is what should have been.

    Raises:
        StorageDamaged: it differs, and where.
    """
    tables = [name for name, one in wanted.tables.items() if found.tables.get(name) != one]
    journals = [
        name for name in wanted.journals | found.journals if found.journals.get(name) != wanted.journals.get(name)
    ]
    if tables or journals:
        raise StorageDamaged(
            f"What is in {place} is not what was copied ({', '.join([*tables, *journals])} differ). Nothing was "
            "switched over. See whether something else writes there, and try again."
        )


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Errors of SQLite in words."""
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(error, path) from error


def _reading(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise NotFound(f"There is no Milepost database at {path}.")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


@contextlib.asynccontextmanager
async def file_source(path: Path) -> AsyncIterator[SqliteSource]:
    """A SQLite file as it is now; a server may go on writing to it.

    Raises:
        NotFound: there is none.
        StorageDamaged: it is not one.
    """
    with told(path), contextlib.closing(_reading(path)) as connection:
        connection.execute("BEGIN")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_parts'").fetchone():
            raise NotFound(f"{path} is no Milepost server's database.")
        yield SqliteSource(connection, path)


@contextlib.asynccontextmanager
async def postgres_source(url: str) -> AsyncIterator[PostgresSource]:
    """A PostgreSQL database as it is now; servers may go on writing to it. Nothing is written to it.

    Raises:
        NotFound: no server made its tables there.
        DatabaseAway, StorageDamaged: it can't be reached, or not read.
    """
    needs_postgres()
    import asyncpg

    from milepost_server.postgres import LOST, place_of, storage_error

    place = place_of(url)
    try:
        try:
            connection = await asyncpg.connect(url, server_settings={"application_name": "milepost-copy"})
        except ValueError as error:
            raise InvalidInput(f"That is no address of a database: {error}.") from error
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                if await connection.fetchval(SQL["has_parts"]) is None:
                    raise NotFound(f"There is no Milepost database in {place}.")
                yield PostgresSource(connection, place)
        finally:
            await connection.close()
    except LOST as error:
        raise storage_error(error, place) from error


def source_of(folder: DataFolder) -> contextlib.AbstractAsyncContextManager[Source]:
    """The database that a data folder's server uses."""
    url = folder.database()
    return postgres_source(url) if url else file_source(folder.path / FILE_NAME)
