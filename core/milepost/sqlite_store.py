"""The logs of a server in one SQLite file; `pushing` says what becomes of an event, this keeps what it decides.

Theory of operation
-------------------
Where each journal ends (its last `seq`, its chain, and each device's counter and context) is remembered for the
journals used lately, and read from the disk for the others. A push is decided on that memory. Nothing is written at
that moment; the rows of all pushes of a group go in together just before its commit (`SqliteDatabase.flush`). If the
group is rolled back, what was remembered of the journals it touched is dropped and read anew.

Old events may lie in archives. Whoever reads a log does not notice: a page that begins in one ends with it.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from milepost.archiving import KEPT_EVENTS, Archive, archive_run, repacked, unpack
from milepost.database import SqliteDatabase, Unit, run_work
from milepost.envelope import Event, decode_event, genesis_chain
from milepost.errors import Conflict
from milepost.log_reader import LogReader
from milepost.pushing import End, Push, Row, dump_writers, flat, in_chunks, load_writers, wanted
from milepost.schema import migrations
from milepost.sql_scripts import statements
from milepost.sqlite_file import words_gone
from milepost.store import Head, PushResult

MAX_HEADS = 20_000
"""Journals whose end is remembered; one of three devices takes about 2 kB. A push to any other reads it first."""

_SQL = statements("milepost", "log.sql")
KEEP_END_EVERY = 64
"""Events after which it is written down anew where a journal's devices stand."""

LOG_SCHEMA = migrations("milepost", "log")


class SqliteStore(LogReader):
    """A `LogStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self._database: SqliteDatabase = database
        self._ends: OrderedDict[str, End] = OrderedDict()
        self._rows: list[Row] = []
        self._changed: dict[tuple[str, int], bytes] = {}
        self._moved: dict[str, End] = {}
        self._words_gone = False
        database.flush = self._flush
        database.settled = self._settled

    async def append(
        self,
        journal: str,
        events: Sequence[Event],
        *,
        now_ms: int,
        repair: bool = False,
        also: Unit[None] | None = None,
    ) -> list[PushResult]:
        def run(connection: sqlite3.Connection) -> list[PushResult]:
            if also is not None:
                run_work(connection, also)
            return self._append(connection, journal, events, now_ms, repair)

        return await self._database.submit(run, savepoint=also is not None)

    async def append_at(
        self, journal: str, end: Head, events: Sequence[Event], *, now_ms: int, also: Unit[None] | None = None
    ) -> list[PushResult]:
        def run(connection: sqlite3.Connection) -> list[PushResult]:
            known = self._end(connection, journal)
            if (known.seq, known.chain) != (end.seq, end.chain):
                raise Conflict("The log has grown since it was read.")
            if also is not None:
                run_work(connection, also)
            return self._append(connection, journal, events, now_ms, repair=False)

        return await self._database.submit(run, savepoint=also is not None)

    def _append(
        self, connection: sqlite3.Connection, journal: str, events: Sequence[Event], now_ms: int, repair: bool
    ) -> list[PushResult]:
        end = self._end(connection, journal)
        held = {
            (device, n): found
            for device, counters in wanted(end, events).items()
            for n, found in self._find(connection, journal, device, counters).items()
        }
        push = Push(journal, end, held, now_ms, repair=repair)
        results = [push.take(event) for event in events]
        if push.rows:
            self._keep(journal, push)
        return results

    def _keep(self, journal: str, push: Push) -> None:
        for seq, body in push.changed.items():
            self._changed[journal, seq] = body
        self._rows.extend(push.rows)
        self._moved[journal] = push.end
        push.settle()

    def _end(self, connection: sqlite3.Connection, journal: str) -> End:
        end = self._ends.get(journal)
        if end is not None:
            self._ends.move_to_end(journal)
            return end
        row = connection.execute(_SQL["last_event"], {"journal": journal}).fetchone()
        if row is None:
            end = End(0, genesis_chain(journal), 0, {})
        else:
            kept = connection.execute(_SQL["kept_end"], {"journal": journal}).fetchone() or (0, b"{}")
            end = End(row[0], row[1], decode_event(row[2]).received_at, load_writers(kept[1]), kept[0])
            after = connection.execute(_SQL["bodies_after"], {"journal": journal, "after": kept[0]})
            end.follow([body for (body,) in after])
        self._ends[journal] = end
        return end

    def _find(
        self, connection: sqlite3.Connection, journal: str, device: str, counters: set[int]
    ) -> dict[int, tuple[int, bytes]]:
        """N → (seq, body) of some of a device's events, stored or about to be in this group, as they are to be."""
        found = {r[3]: (r[1], r[5]) for r in self._rows if r[0] == journal and r[2] == device and r[3] in counters}
        if left := counters - found.keys():
            first, last = min(left), max(left)
            named = {"journal": journal, "device": device, "first": first, "last": last, "count": last - first + 1}
            stored = connection.execute(_SQL["events_of_device"], named)
            found.update({n: (seq, body) for n, seq, body in stored if n in left})
        before = None
        while left := counters - found.keys():
            archive = self._archive(connection, "archive_before", journal, before or 2**62)
            if archive is None:
                break
            found.update(archive.find(device, left))
            before = archive.first
        return {n: (seq, self._changed.get((journal, seq), body)) for n, (seq, body) in found.items()}

    def _archive(self, connection: sqlite3.Connection, name: str, journal: str, seq: int) -> Archive | None:
        row = connection.execute(_SQL[name], {"journal": journal, "seq": seq}).fetchone()
        return unpack(journal, row) if row else None

    def _flush(self, connection: sqlite3.Connection) -> None:
        if self._changed:
            words_gone(connection)
            self._words_gone = True
        for (journal, seq), body in self._changed.items():
            self._change(connection, journal, seq, body)
        if self._rows:
            for chunk in in_chunks(self._rows):
                connection.execute(_INSERTS[len(chunk)], flat(chunk))
            for journal, end in self._moved.items():
                if end.seq - end.kept >= KEEP_END_EVERY:
                    known = dump_writers(end.writers)
                    connection.execute(_SQL["keep_end"], {"journal": journal, "seq": end.seq, "writers": known})
                    end.kept = end.seq
        self._rows.clear()
        self._changed.clear()
        while len(self._ends) > MAX_HEADS:
            self._ends.popitem(last=False)

    def _change(self, connection: sqlite3.Connection, journal: str, seq: int, body: bytes) -> None:
        """Another body for an event that is stored, or about to be by this group, or archived."""
        for at, row in enumerate(self._rows):
            if row[0] == journal and row[1] == seq:
                self._rows[at] = (*row[:5], body)
                return
        values = {"journal": journal, "seq": seq, "body": body}
        if connection.execute(_SQL["change_event"], values).fetchone() is None:
            archive = self._archive(connection, "archive_with", journal, seq)
            if archive is not None:
                packed = {"journal": journal, "first": archive.first, "body": repacked(archive, seq, body)}
                connection.execute(_SQL["change_archive"], packed)

    def _settled(self, committed: bool) -> None:
        if not committed:
            for journal in self._moved:
                self._ends.pop(journal, None)
        elif self._words_gone:
            self._database.scrub = True
        self._rows.clear()
        self._changed.clear()
        self._moved.clear()
        self._words_gone = False

    async def counters(self, journal: str) -> Mapping[str, int]:
        def counted(connection: sqlite3.Connection) -> dict[str, int]:
            return {device: writer.n for device, writer in self._end(connection, journal).writers.items()}

        return await self._database.submit(counted, savepoint=False)

    async def archive(self, journal: str, *, keep: int = KEPT_EVENTS) -> int:
        moved = 0
        while run := await self._database.write(archive_run(journal, keep)):
            moved += run
        return moved


_INSERTS = {
    size: "INSERT INTO events (journal, seq, device, n, chain, body) VALUES " + ", ".join(["(?, ?, ?, ?, ?, ?)"] * size)
    for size in (256, 64, 16, 4, 1)
}
