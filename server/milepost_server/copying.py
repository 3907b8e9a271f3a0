"""Filling a database with all that another holds, journal by journal; it may be cut short at any moment and go on.

Theory of operation
-------------------
A copy is made by comparing. The tables that are not parted by journal are one batch, and each journal is another; a batch
whose rows are there already is left alone, any other is emptied and written anew in one transaction. So a copy that was
cut short goes on where it was, also if its source has changed meanwhile. For as long as it is not finished the database
says so, and no server begins on it.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from milepost.database import Query, Work, unit
from milepost.errors import StorageDamaged
from milepost.schema import migrate
from milepost_server.contents import (
    SQL,
    PostgresSource,
    Source,
    Table,
    scripts_at,
    summed,
    tables_at,
    told,
    versions_of,
)
from milepost_server.postgres import Connection, PostgresDatabase, rows_of

LONG_S = 3600.0
"""A journal's old rows are deleted in one statement."""


class Copied(NamedTuple):
    """Rows that were written, and rows that were there already."""

    written: int = 0
    there: int = 0

    def plus(self, other: "Copied") -> "Copied":
        """With those of another batch."""
        return Copied(self.written + other.written, self.there + other.there)


async def into_file(source: Source, path: Path) -> None:
    """Writes all that a database holds into a new SQLite file, at the same version of the schema."""
    versions = await versions_of(source)
    with told(path):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            for part, scripts in scripts_at(versions).items():
                migrate(connection, part, scripts)
            connection.execute("BEGIN")
            for table in tables_at(versions):
                insert = f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})"
                async for rows in source.batches(table):
                    connection.executemany(insert, rows)
            connection.execute("COMMIT")
        finally:
            connection.close()


async def into_postgres(source: Source, database: PostgresDatabase, tables: Sequence[Table]) -> Copied:
    """Makes a PostgreSQL database hold what another does, and nothing else; says first that it is not finished."""
    await database.write(said("note_unfinished"))

    async def batch(journal: str | None) -> Copied:
        return await database.transaction(
            lambda connection: _batch(source, connection, database.place, tables, journal)
        )

    copied = await batch(None)
    there = {journal for (journal,) in await database.read(_journals(tables))}
    for journal in sorted({journal for (journal,) in await source.read(_journals(tables))} | there):
        copied = copied.plus(await batch(journal))
    return copied


def _journals(tables: Iterable[Table]) -> Query:
    return Query(" UNION ".join(f"SELECT journal FROM {table.name}" for table in tables if table.by_journal), {})


async def _batch(
    source: Source, connection: Connection, place: str, tables: Iterable[Table], journal: str | None
) -> Copied:
    copied = Copied()
    target = PostgresSource(connection, place)
    for table in tables:
        if table.by_journal == (journal is not None):
            copied = copied.plus(await _table(source, target, table, journal))
    if journal is not None:
        await rows_of(connection, Query(SQL["drop_head"], {"journal": journal}))
        await rows_of(connection, Query(SQL["put_head"], {"journal": journal}))
    return copied


async def _table(source: Source, target: PostgresSource, table: Table, journal: str | None) -> Copied:
    there = await summed(target, table, journal)
    if there == await summed(source, table, journal):
        return Copied(there=there.rows)
    named = [] if journal is None else [journal]
    where = " WHERE journal = $1" if named else ""
    await target.connection.execute(f"DELETE FROM {table.name}{where}", *named, timeout=LONG_S)
    places = ", ".join(f"${n}" for n in range(1, len(table.columns) + 1))
    insert = f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({places})"
    written = 0
    async for rows in source.batches(table, journal):
        await target.connection.executemany(insert, rows)
        written += len(rows)
    return Copied(written)


@unit
def said(name: str) -> Work[None]:
    """A statement of `copying.sql` as a unit of work."""
    yield Query(SQL[name], {})


async def unfinished(database: PostgresDatabase) -> bool:
    """Whether a copy into it was begun and not finished."""
    return bool(await database.read(Query(SQL["unfinished"], {})))


async def refuse_unfinished(database: PostgresDatabase) -> None:
    """No server begins on half a copy.

    Raises:
        StorageDamaged: it is one.
    """
    if await unfinished(database):
        raise StorageDamaged(
            f"PostgreSQL ({database.place}) holds a copy that was not finished. Run `milepost admin migrate-store` or "
            "`milepost admin restore` again: it goes on where it was."
        )


async def check_heads(source: PostgresSource) -> None:
    """Where the logs end is what is noted of it.

    Raises:
        StorageDamaged: it is not.
    """
    noted = set(await source.read(Query(SQL["all_heads"], {})))
    ends = set(await source.read(Query(SQL["ends_of_logs"], {})))
    if ends - noted:
        raise StorageDamaged(f"PostgreSQL ({source.place}) does not say where its logs end. Try again.")
