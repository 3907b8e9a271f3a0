"""One SQLite file: opened so that it writes durably, brought up to date, and rid of words that were taken out of it."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from milepost.errors import Busy, MilepostError, StorageDamaged, StorageFull

ROWS_AT_A_TIME = 100
MAX_SCRUB_BYTES = 256 * 1024 * 1024
"""A file above this is not written anew while somebody waits, but when it is next opened."""


PUT_BACK = "Move it away, put back a backup, or start anew: what was synced comes back from the other side."
"""What to do about a damaged file, unless its owner knows better."""

_OF_THE_FILE = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY,
    }
)  # fmt: skip


@contextlib.contextmanager
def file_trouble(path: Path, advice: str = PUT_BACK) -> Iterator[None]:
    """Tells what SQLite says about the file inside the block, so that a person can act on it; a mistake of ours stays one.

    Raises:
        StorageDamaged, StorageFull, Busy: what it is.
    """
    try:
        yield
    except sqlite3.Error as error:
        # Text that is none has no code; it comes from a damaged page, since only text is ever written.
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _OF_THE_FILE:
            raise
        raise storage_error(error, path, advice) from error
    except UnicodeDecodeError as error:
        # What SQLite said has a piece of the damaged page in it, or an entry's words are no text any more.
        raise storage_error(sqlite3.DatabaseError("it has bytes that are no text"), path, advice) from error


def storage_error(error: sqlite3.Error, path: Path, advice: str = PUT_BACK) -> MilepostError:
    """The error a person can act on, for one from SQLite."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return StorageFull(f"The disk holding {path} has no room (or fails): {error}. Free some and try again.")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Busy(f"{path} is in use by another process. Try again when that has finished.")
    if code == sqlite3.SQLITE_READONLY:
        return StorageDamaged(f"{path} can't be written to. Check who owns it and its permissions.")
    return StorageDamaged(f"{path} can't be read as a Milepost database ({error}). {advice}")


def open_sqlite(path: Path, *, check_same_thread: bool = True, advice: str = PUT_BACK) -> sqlite3.Connection:
    """A connection that writes durably: write-ahead log, synced at every commit.

    Raises:
        StorageDamaged: the file is not a database.

    """
    with file_trouble(path, advice):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=check_same_thread, timeout=10)
    try:
        with file_trouble(path, advice):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            # What is deleted or replaced is overwritten; what pages were rebuilt from is not: see `scrub`.
            connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def insert(connection: sqlite3.Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    """Inserts rows (`INSERT INTO {into} VALUES …`), a hundred to a statement: each takes its time to begin, and gives up
    the interpreter's lock, which has to be won back from whatever else runs.
    """
    for at in range(0, len(rows), ROWS_AT_A_TIME):
        chunk = rows[at : at + ROWS_AT_A_TIME]
        marks = f"({', '.join('?' * len(chunk[0]))})"
        values = tuple(chain.from_iterable(chunk))
        connection.execute(f"INSERT INTO {into} VALUES {', '.join([marks] * len(chunk))}", values)


def words_gone(connection: sqlite3.Connection) -> None:
    """Notes in the file, within the transaction that takes words out of it, that it has to be scrubbed."""
    connection.execute("PRAGMA user_version = 1")


def scrub(connection: sqlite3.Connection, *, most: int = MAX_SCRUB_BYTES) -> bool:
    """Leaves nothing in the file of words that were taken out; returns whether nothing is left to be done now.

    Overwriting what is deleted is not enough: when SQLite rebuilds a page it leaves in the unused part what stood there
    before, so that a row which was ever moved may be found twice. Writing the file anew is the only way. It takes the
    room of the file once more; where it fails, or is cut short, it is done when the file is next opened.

    Raises:
        sqlite3.Error: it could not be done now.

    """
    (left,) = connection.execute("PRAGMA user_version").fetchone()
    if left == 0:
        return True
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    anew = left == 1 and pages * size <= most
    if anew:
        connection.execute("PRAGMA temp_store = FILE")
        try:
            connection.execute("VACUUM")
        finally:
            connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA user_version = 2")
    # The write-ahead log has the words too; while somebody reads from it, it can't be emptied.
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if not busy and (anew or left == 2):
        connection.execute("PRAGMA user_version = 0")
    return not busy
