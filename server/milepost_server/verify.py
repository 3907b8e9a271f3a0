"""Walks the chain of every journal of a server and of every access log, reading only: nothing missing, nothing changed,
nothing out of place.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from milepost.archiving import unpack
from milepost.envelope import decode_event, genesis_chain, identity_digest, next_chain
from milepost.errors import InvalidEvent, NotFound, StorageDamaged
from milepost.sql_scripts import statements
from milepost.sqlite_file import storage_error
from milepost_server.access_log import fault_in
from milepost_server.data_folder import DataFolder
from milepost_server.services import FILE_NAME, needs_postgres

_SQL = statements("milepost_server", "server.sql")
_KEPT = "SELECT to_regclass('access_log') IS NOT NULL"
_READ = 500
"""Rows that are taken from PostgreSQL at a time."""

_Stored = tuple[int, tuple[str, int] | None, bytes | None, bytes]
"""(seq, (device, n) and chain value as they stand beside it, body); an archive has neither beside each event."""


class Fault(Struct, frozen=True):
    """The first place in a journal's log that does not add up, or in the access log of a journal or an account."""

    journal: str
    seq: int
    problem: str
    log: Literal["journal", "access"] = "journal"


class Verified(Struct, frozen=True):
    """What a walk found."""

    ok: bool
    journals: int
    events: int
    faults: list[Fault]
    access_lines: int = 0


def verify_folder(folder: DataFolder) -> Verified:
    """Walks every log of the database that a data folder's server uses.

    Raises:
        NotFound: there is no database.
        StorageDamaged: it can't be read as one.
        DatabaseAway: it can't be reached.

    """
    url = folder.database()
    if not url:
        return verify_file(folder.path / FILE_NAME)
    needs_postgres()
    return asyncio.run(verify_postgres(url))


def verify_file(path: Path) -> Verified:
    """Walks every log in a server's file; raises as `verify_folder` does."""
    if not path.exists():
        raise NotFound(f"There is no Milepost database at {path}.")
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            # A database of an earlier version may have no archives yet.
            archives = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'archives'").fetchone() is not None
            logs = _SQL["logs" if archives else "logs_before_archives"]
            walks = [_Walk(journal) for (journal,) in connection.execute(logs).fetchall()]
            for walk in walks:
                named = {"journal": walk.journal}
                if archives:
                    walk.over(_archived(walk.journal, connection.execute(_SQL["archives_of"], named)))
                walk.over(_plain(connection.execute(_SQL["events_of"], named)))
            access = [
                _Access(about, connection.execute(_SQL["access_log_of"], {"about": about}).fetchall())
                for (about,) in (connection.execute(_SQL["access_logs"]) if _keeps_one(connection) else ())
            ]
    except sqlite3.Error as error:
        raise storage_error(error, path) from error
    return _found(walks, access)


async def verify_postgres(url: str) -> Verified:
    """Walks every log in a PostgreSQL database, each as it is at one moment; raises as `verify_folder` does."""
    import asyncpg

    from milepost_server import postgres

    walks = []
    place = postgres.place_of(url)
    try:
        async with contextlib.AsyncExitStack() as stack:
            connection = await asyncpg.connect(url)
            stack.push_async_callback(connection.close)
            archives = await connection.fetchval("SELECT to_regclass('archives')") is not None
            for (journal,) in await connection.fetch(_SQL["logs" if archives else "logs_before_archives"]):
                walks.append(walk := _Walk(journal))
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    if archives:
                        cursor = await connection.cursor(postgres.bound(_SQL["archives_of"])[0], journal)
                        while rows := await cursor.fetch(1):
                            walk.over(_archived(journal, map(tuple, rows)))
                    cursor = await connection.cursor(postgres.bound(_SQL["events_of"])[0], journal)
                    while rows := await cursor.fetch(_READ):
                        walk.over(_plain(rows))
            lines = postgres.bound(_SQL["access_log_of"])[0]
            access = [
                _Access(about, await connection.fetch(lines, about))
                for (about,) in (
                    await connection.fetch(_SQL["access_logs"]) if await connection.fetchval(_KEPT) else ()
                )
            ]
    except asyncpg.UndefinedTableError:
        raise NotFound(f"There is no Milepost database in {place}.") from None
    except postgres.LOST as error:
        raise postgres.storage_error(error, place) from error
    return _found(walks, access)


class _Access:
    """An access log: how many lines it has, and what is wrong with it."""

    def __init__(self, about: str, rows: Sequence[Any]) -> None:
        self.lines = len(rows)
        place = fault_in(about, [tuple(row) for row in rows])
        problem = "this line was changed, or one before it is missing"
        self.fault = Fault(about, place, problem, "access") if place else None


def _keeps_one(connection: sqlite3.Connection) -> bool:
    """Whether a database has access logs: one that no newer server has opened yet does not."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'access_log'").fetchall())


def _found(walks: "Sequence[_Walk]", access: Sequence[_Access]) -> Verified:
    found = [walk.fault for walk in walks] + [one.fault for one in access]
    faults = [fault for fault in found if fault is not None]
    events, lines = sum(walk.events for walk in walks), sum(one.lines for one in access)
    return Verified(not faults, len(walks), events, faults, lines)


def _archived(journal: str, rows: Iterable[Any]) -> Iterator[_Stored]:
    for row in rows:
        archive = unpack(journal, row)
        for seq, body in enumerate(archive.bodies, archive.first):
            yield seq, None, archive.end if seq == archive.last else None, body


def _plain(rows: Iterable[Any]) -> Iterator[_Stored]:
    for seq, device, n, chain, body in rows:
        yield seq, (device, n), chain, body


class _Walk:
    """Over one journal's log, up to the first thing that is wrong."""

    def __init__(self, journal: str) -> None:
        self.journal = journal
        self.events = 0
        self.fault: Fault | None = None
        self._chain, self._seq = genesis_chain(journal), 0
        self._counters: dict[str, int] = {}

    def over(self, stored: Iterator[_Stored]) -> None:
        """Goes on over a part of the log; after a fault the events are counted, and no more."""
        try:
            for one in stored:
                self.events += 1
                if self.fault is None and (problem := self._step(*one)):
                    self.fault = Fault(self.journal, one[0], problem)
        except StorageDamaged as error:
            self.fault = self.fault or Fault(self.journal, self._seq + 1, str(error))

    def _step(self, seq: int, beside: tuple[str, int] | None, chain: bytes | None, body: bytes) -> str:
        if seq != self._seq + 1:
            return f"event {self._seq + 1} is missing"
        try:
            event = decode_event(body)
        except InvalidEvent as error:
            return str(error)
        if event.seq != seq or beside not in {None, (event.device, event.n)}:
            return "the event is not the one that should stand here"
        if event.n != self._counters.get(event.device, 0) + 1:
            return f"device {event.device} goes from {self._counters.get(event.device, 0)} to {event.n}"
        self._chain = next_chain(self._chain, identity_digest(self.journal, event), event)
        self._seq, self._counters[event.device] = seq, event.n
        return "" if chain in {None, self._chain} else "the event was changed after it was stored"
