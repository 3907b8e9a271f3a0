"""The logs of a server in one SQLite file; knows the rules of the log and no payload.

Theory of operation
-------------------
Where each journal ends (its last `seq`, its chain, and each device's counter and context) is remembered for the
journals used lately, and read from the disk for the others. A push is decided on that memory: each event is stored, or
is answered with what stands in its way. Nothing is written at that moment; the rows of all pushes of a group go in
together just before its commit (`SqliteDatabase.flush`). If the group is rolled back, what was remembered of the
journals it touched is dropped and read anew.

The rules: an event's `n` must be its device's last + 1 (`gap`), its context may not go back (`rejected`), and what it
has seen must be here (`missing`). An earlier `n` is a `duplicate` if it is the same event and `forked` if it is
another; after a fork nothing more of that device is taken from the same push, or its later events would slip in
behind somebody else's.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import chain as chained

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from milepost.database import Query, SqliteDatabase, Work, migrations, run_work, statements
from milepost.envelope import (
    Event,
    Seen,
    as_stub,
    clamped,
    decode_event,
    encode_event,
    genesis_chain,
    identity_digest,
    next_chain,
)
from milepost.errors import Conflict, StorageDamaged
from milepost.store import Head, Outcome, Page, PushResult

MAX_HEADS = 20_000
"""Journals whose end is remembered; one of three devices takes about 2 kB. A push to any other reads it first."""

_SQL = statements("milepost", "log.sql")
KEEP_END_EVERY = 64
"""Events after which it is written down anew where a journal's devices stand."""

_encode_writers = msgspec.json.Encoder().encode
_decode_writers = msgspec.json.Decoder(dict[str, tuple[int, Seen]]).decode

LOG_SCHEMA = migrations("milepost", "log")


class _Writer(Struct, gc=False):
    n: int
    context: Seen


_Row = tuple[str, int, str, int, bytes, bytes]


class _End(Struct, gc=False):
    """Where a journal ends, as the next event must know it; `kept` is the place of what was last written down of it."""

    seq: int
    chain: bytes
    received_at: int
    writers: dict[str, _Writer]
    kept: int


class SqliteStore:
    """A `LogStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._ends: OrderedDict[str, _End] = OrderedDict()
        self._rows: list[_Row] = []
        self._moved: dict[str, _End] = {}
        database.flush = self._flush
        database.settled = self._settled

    async def append(
        self, journal: str, events: Sequence[Event], *, now_ms: int, repair: bool = False
    ) -> list[PushResult]:
        return await self._database.submit(
            lambda connection: self._append(connection, journal, events, now_ms, repair), savepoint=False
        )

    async def append_at(
        self, journal: str, end: Head, events: Sequence[Event], *, now_ms: int, also: Work[None] | None = None
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
        push = _Push(self, connection, journal, self._end(connection, journal), now_ms, repair)
        push.look_up(events)
        results = [push.take(event) for event in events]
        if push.rows:
            self._keep(journal, push)
        return results

    def _keep(self, journal: str, push: "_Push") -> None:
        end = push.end
        self._rows.extend(push.rows)
        for device in {row[2] for row in push.rows}:
            writer = push.moved[device]
            end.writers[device] = writer
        self._moved[journal] = end
        end.seq, end.chain, end.received_at = push.seq, push.chain, push.received_at

    def _end(self, connection: sqlite3.Connection, journal: str) -> _End:
        end = self._ends.get(journal)
        if end is not None:
            self._ends.move_to_end(journal)
            return end
        row = connection.execute(_SQL["last_event"], {"journal": journal}).fetchone()
        if row is None:
            end = _End(0, genesis_chain(journal), 0, {}, 0)
        else:
            kept, writers = self._kept(connection, journal)
            end = _End(row[0], row[1], decode_event(row[2]).received_at, writers, kept)
        self._ends[journal] = end
        return end

    def _kept(self, connection: sqlite3.Connection, journal: str) -> tuple[int, dict[str, _Writer]]:
        """Where the devices stand: as it was last written down, and what the log says since."""
        row = connection.execute(_SQL["kept_end"], {"journal": journal}).fetchone()
        kept, known = (row[0], _decode_writers(row[1])) if row else (0, {})
        writers = {device: _Writer(n, context) for device, (n, context) in known.items()}
        for (body,) in connection.execute(_SQL["bodies_after"], {"journal": journal, "after": kept}):
            event = decode_event(body)
            writer = writers.setdefault(event.device, _Writer(0, {}))
            writer.n = event.n
            if event.seen:
                writer.context = {**writer.context, **event.seen}
        return kept, writers

    def find(
        self, connection: sqlite3.Connection, journal: str, device: str, first: int, last: int
    ) -> dict[int, tuple[int, bytes]]:
        """N → (seq, body) of a run of one device's events, stored or about to be in this group."""
        found = {r[3]: (r[1], r[5]) for r in self._rows if r[0] == journal and r[2] == device and first <= r[3] <= last}
        count = last - first + 1 - len(found)
        if count:
            wanted = {"journal": journal, "device": device, "first": first, "last": last, "count": count}
            found.update({n: (seq, body) for n, seq, body in connection.execute(_SQL["events_of_device"], wanted)})
        return found

    def _flush(self, connection: sqlite3.Connection) -> None:
        if self._rows:
            _insert(connection, self._rows)
            for journal, end in self._moved.items():
                if end.seq - end.kept >= KEEP_END_EVERY:
                    known = _encode_writers({device: (w.n, w.context) for device, w in end.writers.items()})
                    connection.execute(_SQL["keep_end"], {"journal": journal, "seq": end.seq, "writers": known})
                    end.kept = end.seq
        while len(self._ends) > MAX_HEADS:
            self._ends.popitem(last=False)

    def _settled(self, committed: bool) -> None:
        if not committed:
            for journal in self._moved:
                self._ends.pop(journal, None)
        self._rows.clear()
        self._moved.clear()

    async def head(self, journal: str) -> Head:
        rows = await self._database.read(Query(_SQL["head"], {"journal": journal}))
        return Head(*rows[0]) if rows else Head(0, genesis_chain(journal))

    async def read(self, journal: str, after: int, *, limit: int, max_bytes: int) -> Page:
        rows = await self._database.read(Query(_SQL["page"], {"journal": journal, "after": after, "limit": limit + 1}))
        more = len(rows) > limit
        taken = size = 0
        for row in rows[:limit]:
            size += len(row[0])
            if taken and size > max_bytes:
                more = True
                break
            taken += 1
        if not taken:
            chain = (await self.chains(journal, [after])).get(after)
            return Page([], Head(after, chain) if chain is not None else await self.head(journal), more=False)
        return Page([row[0] for row in rows[:taken]], Head(after + taken, rows[taken - 1][1]), more)

    async def chains(self, journal: str, seqs: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for seq in seqs:
            if seq == 0:
                found[0] = genesis_chain(journal)
            elif rows := await self._database.read(Query(_SQL["chain_at"], {"journal": journal, "seq": seq})):
                found[seq] = rows[0][0]
        return found

    async def counters(self, journal: str) -> Mapping[str, int]:
        def counted(connection: sqlite3.Connection) -> dict[str, int]:
            return {device: writer.n for device, writer in self._end(connection, journal).writers.items()}

        return await self._database.submit(counted, savepoint=False)


_CHUNKS = (256, 64, 16, 4, 1)
_INSERTS = {
    size: "INSERT INTO events (journal, seq, device, n, chain, body) VALUES " + ", ".join(["(?, ?, ?, ?, ?, ?)"] * size)
    for size in _CHUNKS
}
"""Many rows by one statement: each statement gives up the interpreter's lock and has to win it back from a busy loop."""


def _insert(connection: sqlite3.Connection, rows: list[_Row]) -> None:
    at = 0
    for size in _CHUNKS:
        while len(rows) - at >= size:
            connection.execute(_INSERTS[size], tuple(chained.from_iterable(rows[at : at + size])))
            at += size


class _Push:
    """One push being decided: what it would add, kept apart until all of it is."""

    def __init__(
        self, store: SqliteStore, connection: sqlite3.Connection, journal: str, end: _End, now_ms: int, repair: bool
    ) -> None:
        self.store, self.connection, self.journal, self.end = store, connection, journal, end
        self.seq, self.chain, self.received_at = end.seq, end.chain, end.received_at
        self.now_ms, self.repair = now_ms, repair
        self.rows: list[_Row] = []
        self.moved: dict[str, _Writer] = {}
        self.held: dict[str, dict[int, tuple[int, bytes]]] = {}
        self.forked: set[str] = set()

    def _writer(self, device: str) -> _Writer:
        """Where a device stands; a copy that this push may move."""
        writer = self.moved.get(device)
        if writer is None:
            known = self.end.writers.get(device)
            writer = self.moved[device] = _Writer(known.n, known.context) if known else _Writer(0, {})
        return writer

    def _stored(self, device: str) -> int:
        """The highest counter of a device, with what this push adds."""
        writer = self.moved.get(device) or self.end.writers.get(device)
        return writer.n if writer else 0

    def take(self, event: Event) -> PushResult:
        writer = self._writer(event.device)
        if event.device in self.forked:
            return PushResult(n=event.n, outcome="forked")
        if event.n <= writer.n:
            return self._known(event)
        if event.n != writer.n + 1:
            return PushResult(n=event.n, outcome="gap", last=writer.n)
        if event.seen:
            context = writer.context
            for device, n in event.seen.items():
                if self._stored(device) < n:
                    return PushResult(n=event.n, outcome="missing", needs=(device, n))
            if any(context.get(device, 0) > n for device, n in event.seen.items()):
                forward = {device: n for device, n in event.seen.items() if n > context.get(device, 0)}
                event = as_stub(self.journal, event, "`seen` went back: it was higher in the event before.", forward)
            writer.context = {**context, **event.seen}
        writer.n = event.n
        return self._store(event)

    def look_up(self, events: Sequence[Event]) -> None:
        """Reads what the log holds under the counters that are sent again, one look per device."""
        again: dict[str, list[int]] = {}
        for event in events:
            if event.n <= self._stored(event.device):
                again.setdefault(event.device, []).append(event.n)
        for device, counters in again.items():
            self.held[device] = self.store.find(self.connection, self.journal, device, min(counters), max(counters))

    def _known(self, event: Event) -> PushResult:
        held = self.held.get(event.device, {}).get(event.n)
        if held is None:  # it came twice in this very push
            held = next(((r[1], r[5]) for r in self.rows if r[2] == event.device and r[3] == event.n), None)
        if held is None:
            raise StorageDamaged(
                f"Event {event.n} of device {event.device} is counted and not there: run `milepost verify`."
            )
        stored = decode_event(held[1])
        if identity_digest(self.journal, stored) != identity_digest(self.journal, event):
            self.forked.add(event.device)
            return PushResult(n=event.n, outcome="forked")
        return _result("duplicate", held[0], stored.received_at, stored)

    def _store(self, event: Event) -> PushResult:
        given = min(event.received_at, self.now_ms) if self.repair and event.received_at else self.now_ms
        received_at = self.received_at = max(given, self.received_at)
        merge_hlc = clamped(event, received_at, kept=self.repair)
        if event.seq or event.received_at or event.merge_hlc != merge_hlc:
            event = replace(event, seq=0, received_at=0, merge_hlc=merge_hlc)
        seq = self.seq = self.seq + 1
        chain = next_chain(self.chain, identity_digest(self.journal, event), event, received_at)
        # The event's own bytes with its place put in front: quicker than making another event to encode.
        body = b'{"seq":%d,"received_at":%d,%b' % (seq, received_at, encode_event(event)[1:])
        self.chain = chain
        self.rows.append((self.journal, seq, event.device, event.n, chain, body))
        return _result("stored", seq, received_at, event)


def _result(outcome: Outcome, seq: int, received_at: int, stored: Event) -> PushResult:
    if stored.rejected:
        return PushResult(n=stored.n, outcome="rejected", seq=seq, received_at=received_at, reason=stored.rejected)
    return PushResult(
        n=stored.n, outcome=outcome, seq=seq, received_at=received_at, merge_hlc=stored.merge_hlc or stored.hlc
    )
