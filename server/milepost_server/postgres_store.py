"""The logs of a server in PostgreSQL; `pushing` says what becomes of an event, this keeps what it decides.

Theory of operation
-------------------
Each journal has a row in `heads` that says where its log ends (`seq`, `chain`). Whoever writes to the journal moves that
row, which locks it, and adds the events in the same transaction: it is lock and cursor at once, so a reader never sees a
later event before an earlier one, whatever order transactions end in. Where nothing else comes with them, one statement
does both, and one trip to the database; one that spreads its tables may not be able to, and is then asked in steps.

Pushes to one journal go in groups: one group is under way, and what comes meanwhile makes the next. Journals do not wait
for each other; the engine bounds how many write at a time.

What is remembered of a journal's end counts only where it ends with the row's own (`seq`, `chain`). A group is decided
on it, and moves the row from there or, if another server has moved it meanwhile, nowhere; then it is decided once more,
with the row locked first and what was written meanwhile read. Nothing need be undone when a group fails.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import asyncpg

from milepost.archiving import KEPT_EVENTS, Archive, archive_run, repacked, unpack
from milepost.database import Query, Row, Unit
from milepost.envelope import Event, genesis_chain
from milepost.errors import Busy, Conflict
from milepost.log_reader import LogReader
from milepost.pushing import End, Push, dump_writers, wanted
from milepost.pushing import Row as EventRow
from milepost.sql_scripts import statements
from milepost.store import Head, PushResult
from milepost_server.postgres import (
    BEGUN_AGAIN,
    LOST,
    SQL,
    Connection,
    LateTransaction,
    PostgresDatabase,
    carry_out,
    rows_of,
    storage_error,
)
from milepost_server.postgres_ends import caught_up, own, read_end

MAX_ENDS = 20_000
"""Journals whose end is remembered; one of three devices takes about 2 kB. A push to any other reads it first."""
MAX_WAITING = 10_000
"""Most pushes that wait, over all journals; one more is answered `Busy`."""
MAX_GROUP, MAX_GROUP_EVENTS = 1_000, 5_000
"""Most pushes in one transaction; after so many events there is not another."""
KEEP_END_EVERY = 256
"""Events after which it is written down anew where a journal's devices stand."""

T = TypeVar("T")

_LOG = statements("milepost", "log.sql")


class _Job(NamedTuple):
    """What is to be done while the journal's row is locked, and how many events it brings."""

    run: "Callable[[_Group], Awaitable[Any]]"
    size: int
    future: "asyncio.Future[Any]"


_Result = tuple[Any, Exception | None]


class PostgresStore(LogReader):
    """A `LogStore` on PostgreSQL."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._database: PostgresDatabase = database
        self._ends: OrderedDict[str, End] = OrderedDict()
        self._waiting: dict[str, deque[_Job]] = {}
        self._count = 0
        self._lanes: set[asyncio.Task[None]] = set()
        self.place = database.place
        self.adds_at_once = True
        """Until the database says that it can't."""
        database.closing.append(self._drained)

    async def append(
        self,
        journal: str,
        events: Sequence[Event],
        *,
        now_ms: int,
        repair: bool = False,
        also: Unit[None] | None = None,
    ) -> list[PushResult]:
        return await self._submit(
            journal, lambda group: group.push(events, now_ms, repair=repair, also=also), len(events)
        )

    async def append_at(
        self, journal: str, end: Head, events: Sequence[Event], *, now_ms: int, also: Unit[None] | None = None
    ) -> list[PushResult]:
        async def run(group: _Group) -> list[PushResult]:
            if (group.end.seq, group.end.chain) != (end.seq, end.chain):
                raise Conflict("The log has grown since it was read.")
            return await group.push(events, now_ms, repair=False, also=also)

        return await self._submit(journal, run, len(events))

    async def archive(self, journal: str, *, keep: int = KEPT_EVENTS) -> int:
        async def run(group: _Group) -> int:
            await group.begin()
            return await carry_out(group.connection, archive_run(journal, keep), on_thread=True)

        moved = 0
        while packed := await self._submit(journal, run, MAX_GROUP_EVENTS):
            moved += packed
        return moved

    async def counters(self, journal: str) -> Mapping[str, int]:
        head = await self.head(journal)
        end = self._ends.get(journal)
        if end is None or (end.seq, end.chain) != (head.seq, head.chain):
            end = await self._database.transaction(
                lambda connection: read_end(connection, journal), isolation="repeatable_read"
            )
            self._remember(journal, end)
        return {device: writer.n for device, writer in end.writers.items()}

    async def _drained(self) -> None:
        while self._lanes:
            await asyncio.wait(self._lanes)

    def _remember(self, journal: str, end: End) -> None:
        self._ends[journal] = end
        self._ends.move_to_end(journal)
        if len(self._ends) > MAX_ENDS:
            self._ends.popitem(last=False)

    async def _submit(self, journal: str, run: "Callable[[_Group], Awaitable[T]]", size: int) -> T:
        if self._count >= MAX_WAITING:
            raise Busy("The server is at its limit. Try again in a moment; nothing was changed.")
        job = _Job(run, size, asyncio.get_running_loop().create_future())
        self._count += 1
        try:
            if journal in self._waiting:
                self._waiting[journal].append(job)
            else:
                self._waiting[journal] = deque([job])
                lane = asyncio.create_task(self._lane(journal))
                self._lanes.add(lane)
                lane.add_done_callback(self._lanes.discard)
            result: T = await job.future
            return result
        finally:
            self._count -= 1

    async def _lane(self, journal: str) -> None:
        """Group after group, for as long as there is anything to write to a journal."""
        waiting = self._waiting[journal]
        jobs: list[_Job] = []
        try:
            while waiting:
                jobs, events = [], 0
                while waiting and len(jobs) < MAX_GROUP and events < MAX_GROUP_EVENTS:
                    jobs.append(waiting.popleft())
                    events += jobs[-1].size
                _release(jobs, await self._together(journal, jobs))
                # After the waiters just woken, so that what they write next joins the same group.
                await asyncio.sleep(0)
        finally:
            for job in (*jobs, *waiting):
                job.future.cancel()  # unless it is done: so that nobody waits for a lane that was cut off
            del self._waiting[journal]

    async def _together(self, journal: str, jobs: list[_Job]) -> list[_Result]:
        """Carries out a group; what happens to it as a whole happens to each."""
        if all(job.future.cancelled() for job in jobs):
            return [(None, None)] * len(jobs)
        try:
            try:
                known = self._ends.get(journal)
                end, results = await self._database.connected(lambda by: self._run(by, journal, jobs, known))
            except _Moved:
                end, results = await self._database.connected(lambda by: self._run(by, journal, jobs, None))
        except Exception as error:  # noqa: BLE001 - whatever it was, every push of the group is told
            return [(None, error)] * len(jobs)
        self._remember(journal, end)
        return results

    async def _run(
        self, connection: Connection, journal: str, jobs: list[_Job], known: End | None
    ) -> tuple[End, list[_Result]]:
        """On the end that is known, if any, else on the row's own.

        Raises:
            _Moved: that is not where the journal ends any more.
        """
        async with LateTransaction(connection) as transaction:
            if known is None:
                await transaction.begin()
            end = own(known) if known else await self._locked_end(connection, journal)
            group = _Group(self, connection, transaction, journal, end, locked=known is None)
            results: list[_Result] = []
            for job in jobs:
                try:
                    results.append((None if job.future.cancelled() else await job.run(group), None))
                except (*LOST, _Moved):
                    raise  # the transaction is lost, and with it what the others did
                except Exception as error:  # noqa: BLE001 - it is told to who asked
                    results.append((None, error))
            await group.flush()
            return group.end, results

    async def _locked_end(self, connection: Connection, journal: str) -> End:
        """Where a journal ends; until the transaction does, nobody else moves it. It is the caller's own, to move."""
        lock = Query(SQL["lock_head"], {"journal": journal})
        rows = await rows_of(connection, lock)
        if not rows:
            await rows_of(connection, Query(SQL["add_head"], {"journal": journal, "chain": genesis_chain(journal)}))
            rows = await rows_of(connection, lock)
        known = self._ends.get(journal)
        if known is not None and (known.seq, known.chain) == rows[0]:
            return own(known)
        if known is not None and known.seq < rows[0][0]:
            at = await rows_of(connection, Query(_LOG["chain_at"], {"journal": journal, "seq": known.seq}))
            if at == [(known.chain,)]:
                return await caught_up(connection, journal, own(known), rows[0])
        end = await read_end(connection, journal)
        if (end.seq, end.chain) != rows[0]:  # the log is from before there was such a row, or was filled in without
            await rows_of(connection, Query(SQL["put_head"], {"journal": journal, "seq": end.seq, "chain": end.chain}))
        return end


class _Moved(Exception):
    """The journal does not end where it was thought to."""


def _columns(rows: Sequence[EventRow]) -> dict[str, Any]:
    _, (first, *_), devices, ns, chains, bodies = zip(*rows, strict=True)
    return {"first": first, "devices": devices, "ns": ns, "chains": chains, "bodies": bodies}


def _release(jobs: Sequence[_Job], results: Sequence[_Result]) -> None:
    for job, (result, error) in zip(jobs, results, strict=True):
        if job.future.done():
            continue
        if error is not None:
            job.future.set_exception(error)
        else:
            job.future.set_result(result)


class _Group:
    """Pushes to one journal that are stored together: decided one after the other, written at once by `flush`."""

    def __init__(
        self,
        store: PostgresStore,
        connection: Connection,
        transaction: LateTransaction,
        journal: str,
        end: End,
        *,
        locked: bool,
    ) -> None:
        self.connection, self.journal, self.end = connection, journal, end
        self._store, self._transaction = store, transaction
        self._locked = locked
        self._was = {"was_seq": end.seq, "was_chain": end.chain}
        """Where the journal's row is said to stand."""
        self._rows: list[EventRow] = []
        self._changed: dict[int, bytes] = {}

    async def push(
        self, events: Sequence[Event], now_ms: int, *, repair: bool, also: Unit[None] | None
    ) -> list[PushResult]:
        """Decides about a push; with `also`, all of it or nothing."""
        if also is None:
            return await self._push(events, now_ms, repair)
        await self.begin()
        try:
            async with self.connection.transaction():
                await carry_out(self.connection, also)
                return await self._push(events, now_ms, repair)
        except asyncpg.PostgresError as error:
            if error.sqlstate in BEGUN_AGAIN:
                raise
            raise storage_error(error, self._store.place) from error

    async def _push(self, events: Sequence[Event], now_ms: int, repair: bool) -> list[PushResult]:
        held: dict[tuple[str, int], tuple[int, bytes]] = {}
        for device, counters in wanted(self.end, events).items():
            found = await self._find(device, counters)
            held.update({(device, n): one for n, one in found.items()})
        push = Push(self.journal, self.end, held, now_ms, repair=repair)
        results = [push.take(event) for event in events]
        if push.rows:
            self._changed.update(push.changed)
            self._rows.extend(push.rows)
            push.settle()
        return results

    async def _find(self, device: str, counters: set[int]) -> dict[int, tuple[int, bytes]]:
        """N → (seq, body) of some of a device's events, stored or about to be in this group, as they are to be."""
        found = {row[3]: (row[1], row[5]) for row in self._rows if row[2] == device and row[3] in counters}
        if left := counters - found.keys():
            first, last = min(left), max(left)
            named = {"device": device, "first": first, "last": last, "count": last - first + 1}
            stored = await self._rows_of("events_of_device", **named)
            found.update({n: (seq, body) for n, seq, body in stored if n in left})
        before = 2**62
        while left := counters - found.keys():
            archive = await self._archive("archive_before", before)
            if archive is None:
                break
            found.update(archive.find(device, left))
            before = archive.first
        return {n: (seq, self._changed.get(seq, body)) for n, (seq, body) in found.items()}

    async def begin(self) -> None:
        """What was decided so far is written, and nobody else writes to the journal until the group ends.

        Raises:
            _Moved: somebody did, after its end was looked at.
        """
        await self._transaction.begin()
        await self.flush()

    async def _lock(self) -> None:
        if not self._locked:
            rows = await self._said(SQL["lock_head"])
            if rows != [(self._was["was_seq"], self._was["was_chain"])]:
                raise _Moved
            self._locked = self._transaction.begun

    async def flush(self) -> None:
        """Moves the journal's row, and writes what was decided.

        Raises:
            _Moved: somebody else has written to the journal; nothing that was decided holds.
        """
        if not self._rows:
            await self._lock()
            return
        moved = {"seq": self.end.seq, "chain": self.end.chain, **self._was}
        if self._transaction.begun or self._changed or not await self._add_at_once(moved):
            await self._transaction.begin()
            if not await self._said(SQL["move_head"], **moved):
                raise _Moved
            for seq, body in self._changed.items():
                await self._change(seq, body)
            await self._said(SQL["add_events"], **_columns(self._rows))
        self._changed, self._rows = {}, []
        if self.end.seq - self.end.kept >= KEEP_END_EVERY:
            await self._rows_of("keep_end", seq=self.end.seq, writers=dump_writers(self.end.writers).decode())
            self.end.kept = self.end.seq
        self._locked, self._was = self._transaction.begun, {"was_seq": self.end.seq, "was_chain": self.end.chain}

    async def _add_at_once(self, moved: dict[str, Any]) -> bool:
        """Moves the row and adds the events by one statement, if the database can do that."""
        if not self._store.adds_at_once:
            return False
        try:
            if not await self._said(SQL["move_and_add"], **moved, **_columns(self._rows)):
                raise _Moved
        except asyncpg.FeatureNotSupportedError:
            self._store.adds_at_once = False
        return self._store.adds_at_once

    async def _change(self, seq: int, body: bytes) -> None:
        """Another body for an event that is stored, or about to be by this group, or archived."""
        at = seq - self._rows[0][1] if self._rows else -1
        if at >= 0:
            self._rows[at] = (*self._rows[at][:5], body)
        elif not await self._rows_of("change_event", seq=seq, body=body):
            archive = await self._archive("archive_with", seq)
            if archive is not None:
                await self._rows_of("change_archive", first=archive.first, body=repacked(archive, seq, body))

    async def _archive(self, name: str, seq: int) -> Archive | None:
        rows = await self._rows_of(name, seq=seq)
        return unpack(self.journal, rows[0]) if rows else None

    async def _rows_of(self, name: str, **params: Any) -> list[Row]:
        return await self._said(_LOG[name], **params)

    async def _said(self, sql: str, **params: Any) -> list[Row]:
        return await rows_of(self.connection, Query(sql, {"journal": self.journal, **params}))
