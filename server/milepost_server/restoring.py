"""Filling what a server keeps: from a backup, or from its own SQLite file into PostgreSQL. Knows no terminal.

What was in a place that is filled from a backup is kept beside it, as a backup itself. A folder is switched over last.
"""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from milepost.database import Query
from milepost.errors import InvalidInput, NotFound
from milepost_server.backup import give_name, holds, of_today, write
from milepost_server.contents import (
    SQL,
    Contents,
    PostgresSource,
    Source,
    check_same,
    contents_of,
    file_source,
    postgres_source,
    summed,
    tables_at,
    versions_of,
)
from milepost_server.data_folder import DataFolder
from milepost_server.services import FILE_NAME, PARTS, needs_postgres
from milepost_server.verify import verify_file, verify_postgres

if TYPE_CHECKING:
    from milepost_server.copying import Copied


class Restored(Struct, frozen=True, kw_only=True):
    """What was put back, where, and where that is now which was there before (empty: nothing was)."""

    place: str
    journals: int
    events: int
    rows: int
    before: str


class Moved(Struct, frozen=True, kw_only=True):
    """What was carried over. Rows that an earlier try had brought there are `there`; the file stays as it was."""

    place: str
    journals: int
    events: int
    written: int
    there: int
    file: str


def restore(folder: DataFolder, file: Path, *, database: str = "", force: bool = False) -> Restored:
    """Puts a backup in the place of what a folder's server keeps; no server may be running on it.

    Raises:
        FolderInUse: a server is.
        InvalidInput: a database is named, and the folder has one of its own; or what is named holds what is not the
            folder's, and `force` does not say to replace it.
        NotFound, StorageDamaged: the file is no backup, or does not add up.
    """
    with folder.owned():
        own = folder.path / FILE_NAME
        url = database or folder.database()
        if database and not folder.database() and own.exists():
            raise InvalidInput(
                f"{folder.path} has a database of its own, {FILE_NAME}. Leave out --database, or choose another --data."
            )
        ours = force or url == folder.database()
        return asyncio.run(_restored(folder, file, url, own, ours=ours))


async def _restored(folder: DataFolder, file: Path, url: str, own: Path, *, ours: bool) -> Restored:
    before = own.with_name(f"before-restore-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.sqlite3")
    async with of_today(file, own) as ready:
        async with file_source(ready) as source:
            found = await contents_of(source, tables_at(await versions_of(source)))
            if url:
                place, kept = await _fill(source, found, url, before, ours=ours), before.exists()
                folder.remember_database(url)
            else:
                place = str(own)
        if not url:
            kept = _put_in_place(ready, own, before)
    return Restored(
        place=place,
        journals=len(found.journals),
        events=found.events,
        rows=found.rows,
        before=str(before) if kept else "",
    )


def _put_in_place(ready: Path, own: Path, before: Path) -> bool:
    """Gives a file the name of the folder's own; at any moment there is one under that name. Whether there was one."""
    there = own.exists()
    if there:
        with contextlib.suppress(sqlite3.Error):
            _fold_log_file(own)
        log = own.with_name(f"{own.name}-wal")
        if log.exists():
            os.link(log, before.with_name(f"{before.name}-wal"))
        os.link(own, before)
        for end in ("-wal", "-shm"):
            own.with_name(own.name + end).unlink(missing_ok=True)
    give_name(ready, own)
    return there


def _fold_log_file(own: Path) -> None:
    """Brings the newest changes into the file itself. Beside a damaged one they stay where they are."""
    with contextlib.closing(sqlite3.connect(f"{own.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            return
    with contextlib.closing(sqlite3.connect(own)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _fill(source: Source, wanted: Contents, url: str, before: Path, *, ours: bool) -> str:
    """Makes a PostgreSQL database hold what a source does; what it held goes into a file `before`, unless it is nothing."""
    async with _held(url) as there:
        if there is not None and not ours:
            raise InvalidInput(
                f"PostgreSQL ({there.place}) holds something, and this folder does not use it. Name an empty database, or "
                "give --force to replace what is there; it is kept as a backup."
            )
        if there is not None:
            await write(there, before, checked=False)
    place, _ = await _copied(source, wanted, url)
    return place


@contextlib.asynccontextmanager
async def _held(url: str) -> AsyncIterator[PostgresSource | None]:
    """A PostgreSQL database in which a server keeps something; None where it is empty, or holds half a copy."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            source = await stack.enter_async_context(postgres_source(url))
            tables = tables_at(await versions_of(source))
        except NotFound:
            yield None
            return
        begun = await source.read(Query(SQL["unfinished"], {}))
        rows = [row for table in tables for row in await source.read(Query(f"SELECT 1 FROM {table.name} LIMIT 1", {}))]
        yield source if rows and not begun else None


async def _copied(source: Source, wanted: Contents, url: str) -> "tuple[str, Copied]":
    """Makes a PostgreSQL database hold what a source does, and looks whether it does; returns where that is."""
    from milepost_server import copying
    from milepost_server.postgres import PostgresDatabase

    database = PostgresDatabase(url)
    await database.open(PARTS)
    try:
        tables = tables_at(await versions_of(source))
        copied = await copying.into_postgres(source, database, tables)
        async with postgres_source(url) as there:
            check_same(await contents_of(there, tables), wanted, database.place)
            await copying.check_heads(there)
        holds(await verify_postgres(url), database.place)
        await database.write(copying.said("drop_unfinished"))
    finally:
        await database.close()
    return database.place, copied


def migrate_store(folder: DataFolder, url: str) -> Moved:
    """Carries all that a folder's server keeps over to PostgreSQL; the folder is switched over once all is there and holds.

    Cut short at any moment, it goes on where it was when it is run again.

    Raises:
        FolderInUse: a server is running on it.
        InvalidInput: it is in PostgreSQL already, or that database holds something else.
        NotFound, StorageDamaged: there is nothing to carry over, or it does not add up.
    """
    own = folder.path / FILE_NAME
    if not own.exists():
        raise NotFound(f"There is no Milepost database at {own}.")
    needs_postgres()
    with folder.owned():
        if folder.database():
            raise InvalidInput(f"What {folder.path} keeps is in PostgreSQL already; {FILE_NAME} is not used any more.")
        return asyncio.run(_moved(folder, own, url))


async def _moved(folder: DataFolder, own: Path, url: str) -> Moved:
    async with contextlib.AsyncExitStack() as stack:
        async with file_source(own) as source:
            current = await versions_of(source) == {part: len(scripts) for part, scripts in PARTS.items()}
        ready = own if current else await stack.enter_async_context(of_today(own, own))
        holds(verify_file(ready), str(own))
        source = await stack.enter_async_context(file_source(ready))
        async with _held(url) as there:
            if there is not None and not await _same(source, there):
                raise InvalidInput(
                    f"PostgreSQL ({there.place}) holds other data, which would be lost. Make an empty database, or name "
                    "an empty schema with search_path."
                )
        found = await contents_of(source, tables_at(await versions_of(source)))
        place, copied = await _copied(source, found, url)
        folder.remember_database(url)
    return Moved(
        place=place,
        journals=len(found.journals),
        events=found.events,
        written=copied.written,
        there=copied.there,
        file=str(own),
    )


async def _same(source: Source, there: Source) -> bool:
    """Whether every row of both is the same: a copy that was finished, of which the folder does not know yet."""
    versions = await versions_of(source)
    if await versions_of(there) != versions:
        return False
    for table in tables_at(versions):
        if await summed(source, table) != await summed(there, table):
            return False
    return True
