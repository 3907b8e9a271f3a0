"""Backups of a server: a SQLite file of the server's schema, whichever engine it was made from. Knows no terminal.

It gets its name once it has been compared with what it was made from, and is on the disk.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from msgspec import Struct

from milepost.errors import InvalidInput, StorageDamaged, StorageFull
from milepost.schema import migrate
from milepost.sqlite_file import scrub, storage_error
from milepost_server.contents import (
    Contents,
    Source,
    SqliteSource,
    check_same,
    contents_of,
    file_source,
    scripts_at,
    source_of,
    tables_at,
    told,
    versions_of,
)
from milepost_server.data_folder import DataFolder, synced
from milepost_server.services import PARTS
from milepost_server.verify import Verified, verify_file


class BackedUp(Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    file: str
    journals: int
    events: int
    rows: int


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
            return await write(source, file)

    found = asyncio.run(run())
    return BackedUp(file=str(file), journals=len(found.journals), events=found.events, rows=found.rows)


async def write(source: Source, file: Path, *, checked: bool = True) -> Contents:
    """Writes a backup of a database; returns what it holds, where that was looked at (`checked`)."""
    tables = tables_at(await versions_of(source))
    with partial_file(file) as partial:
        if isinstance(source, SqliteSource):
            _copy_file(source.connection, partial)
        else:
            from milepost_server.copying import into_file

            await into_file(source, partial)
        found = Contents({}, {})
        if checked:
            holds(verify_file(partial), source.place)
            async with file_source(partial) as written:
                found = await contents_of(written, tables)
            check_same(found, await contents_of(source, tables), str(file))
        give_name(partial, file)
    return found


@contextlib.contextmanager
def partial_file(file: Path) -> Iterator[Path]:
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


def holds(found: Verified, place: str) -> None:
    """Every chain does.

    Raises:
        StorageDamaged: one does not, and where.
    """
    if not found.ok:
        fault = found.faults[0]
        raise StorageDamaged(
            f"What is in {place} does not add up (journal {fault.journal}, event {fault.seq}: {fault.problem}). "
            "Go back to an earlier backup: devices give back what it lacks."
        )


@contextlib.asynccontextmanager
async def of_today(file: Path, beside: Path) -> AsyncIterator[Path]:
    """A copy of a file with a server's database, brought to today's schema; `beside` is what it may become.

    Raises:
        NotFound: there is no such file, or it is none.
        StorageDamaged: it does not add up, or a newer version wrote it.
    """
    with partial_file(beside) as partial:
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
        holds(verify_file(partial), str(file))
        yield partial


def give_name(partial: Path, file: Path) -> None:
    """Gives what was written its name, once it is on the disk."""
    synced(partial)
    partial.replace(file)
    synced(file.absolute().parent)
