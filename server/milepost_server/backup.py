"""Backups of a server, put back, and moving a server to PostgreSQL. A backup is a SQLite file of the server's schema,
whichever engine it was made from, and goes back into either. Knows no terminal.

What was in a place that is filled from a backup is kept beside it, as a backup itself. A folder is switched over last.
"""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from milepost.database import Query, scrub, storage_error
from milepost.errors import InvalidInput, NotFound, StorageDamaged, StorageFull
from milepost.schema import migrate
from milepost_server.contents import (
    SQL,
    Contents,
    PostgresSource,
    Source,
    SqliteSource,
    check_same,
    contents_of,
    file_source,
    postgres_source,
    scripts_at,
    source_of,
    summed,
    tables_at,
    told,
    versions_of,
)
from milepost_server.data_folder import DataFolder, synced
from milepost_server.services import FILE_NAME, PARTS, needs_postgres
from milepost_server.verify import Verified, verify_file, verify_postgres

if TYPE_CHECKING:
    from milepost_server.copying import Copied


class BackedUp(Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    file: str
    journals: int
    events: int
    rows: int


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


def back_up(folder: DataFolder, file: Path, *, force: bool = False) -> BackedUp:
    """Writes a backup of what a folder's server keeps, and looks whether it holds; a server may be running.

    Raises:
        InvalidInput: there is a file of that name.
        StorageDamaged: what the server keeps does not add up, or what was written is not what was read.
        StorageFull: there is no room for it.
    """
    if file.exists() and not force:
        raise InvalidInput(f"There is a file {file} already. Choose another name, or give --force to replace it.")

    async def run() -> Contents:
        async with source_of(folder) as source:
            return await _write(source, file)

    found = asyncio.run(run())
    return BackedUp(file=str(file), journals=len(found.journals), events=found.events, rows=found.rows)


async def _write(source: Source, file: Path, *, checked: bool = True) -> Contents:
    tables = tables_at(await versions_of(source))
    with _partial(file) as partial:
        if isinstance(source, SqliteSource):
            _copy_file(source.connection, partial)
        else:
            from milepost_server.copying import into_file

            await into_file(source, partial)
        found = Contents({}, {})
        if checked:
            _holds(verify_file(partial), source.place)
            async with file_source(partial) as written:
                found = await contents_of(written, tables)
            check_same(found, await contents_of(source, tables), str(file))
        _name(partial, file)
    return found


@contextlib.contextmanager
def _partial(file: Path) -> Iterator[Path]:
    """A new file beside another, for its owner alone; gone at the end unless it was given its name."""
    partial = file.with_name(f"{file.name}.partial")
    try:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield partial
    except OSError as error:
        raise StorageFull(f"{file} can't be written: {error.strerror or error}. See to its folder.") from error
    finally:
        for name in (partial.name, f"{partial.name}-journal", f"{partial.name}-wal", f"{partial.name}-shm"):
            partial.with_name(name).unlink(missing_ok=True)


def _copy_file(source: sqlite3.Connection, path: Path) -> None:
    """A copy of a SQLite database as a connection sees it, in one file, without traces of words that were taken out."""
    with told(path), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        scrub(target, most=2**62)


def _holds(found: Verified, place: str) -> None:
    if not found.ok:
        fault = found.faults[0]
        raise StorageDamaged(
            f"What is in {place} does not add up (journal {fault.journal}, event {fault.seq}: {fault.problem}). "
            "Go back to an earlier backup: devices give back what it lacks."
        )


@contextlib.asynccontextmanager
async def _of_today(file: Path, beside: Path) -> AsyncIterator[Path]:
    """A copy of a file with a server's database, brought to today's schema; `beside` is what it may become.

    Raises:
        NotFound: there is no such file, or it is none.
        StorageDamaged: it does not add up, or a newer version wrote it.
    """
    with _partial(beside) as partial:
        async with file_source(file) as source:
            scripts_at(await versions_of(source))
            with told(file):
                (found,) = source.connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise storage_error(sqlite3.DatabaseError(found), file)
            _copy_file(source.connection, partial)
        with told(partial), contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as connection:
            for part, scripts in PARTS.items():
                migrate(connection, part, scripts)
        _holds(verify_file(partial), str(file))
        yield partial


def restore(folder: DataFolder, file: Path, *, database: str = "") -> Restored:
    """Puts a backup in the place of what a folder's server keeps; no server may be running on it.

    Raises:
        FolderInUse: a server is.
        InvalidInput: a database is named, and the folder has one of its own.
        NotFound, StorageDamaged: the file is no backup, or does not add up.
    """
    with folder.owned():
        own = folder.path / FILE_NAME
        url = database or folder.database()
        if database and not folder.database() and own.exists():
            raise InvalidInput(
                f"{folder.path} has a database of its own, {FILE_NAME}. Leave out --database, or choose another --data."
            )
        return asyncio.run(_restored(folder, file, url, own))


async def _restored(folder: DataFolder, file: Path, url: str, own: Path) -> Restored:
    before = own.with_name(f"before-restore-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.sqlite3")
    async with _of_today(file, own) as ready:
        async with file_source(ready) as source:
            found = await contents_of(source, tables_at(await versions_of(source)))
            if url:
                place, kept = await _fill(source, found, url, before), before.exists()
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
        # So that the newest changes are in the file itself. Where that can't be done, they stay beside it.
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(own)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        log = own.with_name(f"{own.name}-wal")
        if log.exists():
            os.link(log, before.with_name(f"{before.name}-wal"))
        os.link(own, before)
        for end in ("-wal", "-shm"):
            own.with_name(own.name + end).unlink(missing_ok=True)
    _name(ready, own)
    return there


def _name(partial: Path, file: Path) -> None:
    """Gives what was written its name, once it is on the disk."""
    synced(partial)
    partial.replace(file)
    synced(file.absolute().parent)


async def _fill(source: Source, wanted: Contents, url: str, before: Path) -> str:
    """Makes a PostgreSQL database hold what a source does; what it held goes into a file `before`, unless it is nothing."""
    async with _held(url) as there:
        if there is not None:
            await _write(there, before, checked=False)
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
        _holds(await verify_postgres(url), database.place)
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
            of_today = await versions_of(source) == {part: len(scripts) for part, scripts in PARTS.items()}
        ready = own if of_today else await stack.enter_async_context(_of_today(own, own))
        _holds(verify_file(ready), str(own))
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
