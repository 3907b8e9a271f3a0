"""Kept snapshots: folded states in the database, so that a long journal need not be folded anew after a start.

Theory of operation
-------------------
A snapshot is a cache of the log and never trusted over it: it counts only if the log's chain at its place is its own,
its bytes are those that were written, this version of the fold wrote it, and it reads back to its state hash. Else the
log is folded and a new one written in its place. One that is only sent is not read here but for what it passed over:
whoever gets it reads it.

One is written when a journal has grown by `EVERY` events since the last, or by a quarter, if that is more: so that over
a journal's life each event is written down a few times at most, however long it gets. A push only notes that a journal
grew. One task makes them, one at a time, folding on a thread, and from a state of its own: nobody waits for it. Of
several servers on one database the one that has the journal's lease does it.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from secrets import token_hex

from milepost.database import Database, Query, Row, Work, unit
from milepost.envelope import decode_event
from milepost.errors import MilepostError
from milepost.events import redaction_of
from milepost.journal import FOLD_VERSION
from milepost.messages import MAX_PAGE_BYTES, MAX_PAGE_EVENTS
from milepost.sql_scripts import statements
from milepost.store import LogStore
from milepost_server.folded import Folded, hash_of, nothing, read, usable, written
from milepost_server.leases import Lease, held, release, take

EVERY = 1_000
"""Events after which a snapshot is written, or a quarter of those before it; a shorter journal has none."""
MAX_BEHIND = 2_000
"""How many events a snapshot that is sent may lack: the device takes them with its next page."""
MAX_WAITING = 10_000
"""Journals that wait for one. What is not noted any more is noted again when the journal next grows."""
LEASE_MS = 60_000
"""After so long another server may make the snapshot that one began."""
MAX_KNOWN = 100_000
"""Journals of which it is remembered where their snapshot stands."""

_SQL = statements("milepost_server", "server.sql")
_log = logging.getLogger("milepost")


class Snapshots:
    """The kept snapshots of a server's journals."""

    def __init__(self, database: Database, store: LogStore) -> None:
        self._database, self._store = database, store
        self._known: OrderedDict[str, int] = OrderedDict()
        self._looked_at: OrderedDict[str, None] = OrderedDict()
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._worker: asyncio.Task[None] | None = None
        self._making = asyncio.Lock()
        self._name = token_hex(8)
        self.every = EVERY

    def grown(self, journal: str, seq: int) -> None:
        """A journal's log ends at `seq` now; a snapshot is made soon if it is time."""
        if seq < self._due(self._known.get(journal, 0)) or len(self._waiting) >= MAX_WAITING:
            return
        self._waiting[journal] = None
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    def _due(self, kept: int) -> int:
        return kept + max(self.every, kept // 4)

    async def settle(self) -> None:
        """Waits until none is due."""
        if self._worker is not None:
            await self._worker

    async def end(self) -> None:
        """Makes no more."""
        self._waiting.clear()
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker

    async def _work(self) -> None:
        while self._waiting:
            journal, _ = self._waiting.popitem(last=False)
            try:
                head = await self._store.head(journal)
                if head.seq >= self._due(await self._kept_at(journal)):
                    await self._make_alone(journal)
            except MilepostError as error:
                _log.warning("A snapshot could not be made: %s", error)

    async def _kept_at(self, journal: str) -> int:
        """Where the journal's snapshot stands; 0 where it has none that counts."""
        rows = await self._database.read(Query(_SQL["snapshot_place"], {"journal": journal}))
        kept = rows[0][0] if rows and await self._counts(journal, rows[0]) else 0
        self._remember(journal, kept)
        return kept

    def _remember(self, journal: str, seq: int) -> None:
        self._known[journal] = seq
        self._known.move_to_end(journal)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)

    async def _counts(self, journal: str, row: Row) -> bool:
        seq, chain, fold, *_ = row
        return bool(fold == FOLD_VERSION and (await self._store.chains(journal, [seq])).get(seq) == chain)

    async def begun(self, journal: str) -> Folded | None:
        """The journal as its snapshot has it, or None where it has none that counts."""
        rows = await self._database.read(Query(_SQL["snapshot"], {"journal": journal}))
        if not rows or not await self._counts(journal, rows[0]):
            return None
        return await asyncio.to_thread(read, rows[0][3], rows[0][4])

    async def answer(self, journal: str, least: int = 0) -> bytes:
        """What to send to who asks for a snapshot: JSON, compressed by zstd, at most `MAX_BEHIND` events old, and from no
        place before `least` if the log goes as far.
        """
        head = await self._store.head(journal)
        rows = await self._database.read(Query(_SQL["snapshot"], {"journal": journal}))
        if (
            rows
            and rows[0][0] >= max(min(least, head.seq), head.seq - MAX_BEHIND)
            and await self._counts(journal, rows[0])
            and await asyncio.to_thread(self._usable, rows[0][3], rows[0][4])
        ):
            answer: bytes = rows[0][3]
            return answer
        return await self._make(journal)

    def _usable(self, answer: bytes, answer_hash: str) -> bool:
        """Whether it may be sent. What it passed over is looked at once: this process learns no new types."""
        if answer_hash in self._looked_at:
            return hash_of(answer) == answer_hash
        found = usable(answer, answer_hash)
        if found:
            self._looked_at[answer_hash] = None
            if len(self._looked_at) > MAX_KNOWN:
                self._looked_at.popitem(last=False)
        return found

    async def _make_alone(self, journal: str) -> None:
        """Makes a journal's snapshot, unless another server is about to."""
        lease = await self._database.write(take(journal, "snapshot", self._name, LEASE_MS, self._database.clock))
        if lease is not None:
            await self._make(journal, lease)
            await self._database.write(release(lease))

    async def _make(self, journal: str, lease: Lease | None = None) -> bytes:
        async with self._making:
            folded = await self.begun(journal) or nothing(journal)
            more = True
            while more:
                page = await self._store.read(journal, folded.head.seq, limit=MAX_PAGE_EVENTS, max_bytes=MAX_PAGE_BYTES)
                if page.bodies:
                    await asyncio.to_thread(folded.fold, page)
                more = page.more
            answer = await asyncio.to_thread(written, folded)
            if folded.head.seq >= self.every:
                # As a push of nothing: no words are taken out of the log between the look at it and the write.
                await self._store.append(journal, [], now_ms=0, also=_keep(journal, folded, answer, lease))
                self._remember(journal, folded.head.seq)
            return answer

    @unit
    def dropped(self, journal: str) -> Work[None]:
        """Forgets a journal's snapshot: words that are in it are taken out of the log in this same transaction."""
        self._known.pop(journal, None)
        yield Query(_SQL["drop_snapshot"], {"journal": journal})


@unit
def _keep(journal: str, folded: Folded, answer: bytes, lease: Lease | None) -> Work[None]:
    """Keeps a snapshot, unless words that are in it were taken out of the log while it was made, or it took so long that
    another server makes it now.
    """
    if lease is not None and not (yield from held(lease)):
        return
    since = yield Query(_SQL["bodies_since"], {"journal": journal, "after": folded.head.seq})
    if any(redaction_of(decode_event(body)) for (body,) in since):
        return
    values = {"journal": journal, "seq": folded.head.seq, "chain": folded.head.chain, "fold": FOLD_VERSION}
    yield Query(_SQL["keep_snapshot"], {**values, "answer": answer, "answer_hash": hash_of(answer)})
