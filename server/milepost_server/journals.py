"""What the server does with journals: takes pushes, gives pages, repairs, and keeps folded states at hand. Knows no HTTP."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from msgspec import Raw
from msgspec.structs import replace

from milepost.database import Database, Unit
from milepost.envelope import Event, as_stub, check_envelope, check_identity
from milepost.errors import Busy, Conflict, HistoryDiffers, InvalidEvent, TooLarge
from milepost.events import Draft, check_payload, redaction_of
from milepost.journal import State
from milepost.messages import (
    MAX_CHAIN_POINTS,
    MAX_PAGE_BYTES,
    MAX_PAGE_EVENTS,
    MAX_PUSH_EVENTS,
    ChainAnswer,
    Cursor,
    JournalSync,
    RawAnswer,
)
from milepost.receipts import Proof, places
from milepost.store import Head, LogStore, Page, PushResult
from milepost.writing import write_drafts
from milepost_server.folded import Folded, nothing
from milepost_server.giving_back import bind, judged, standing, writers
from milepost_server.live import Hub
from milepost_server.receipts import Receipts
from milepost_server.records import Caller, api_writer, drop_api_writers, known_api_writer, own_writer
from milepost_server.snapshots import Snapshots

MAX_FOLDED_BYTES = 128 * 1024 * 1024
"""Memory for folded states, over all journals; the one asked for last is kept whatever it takes."""
MAX_KNOWN_WRITERS = 100_000
MAX_TRIES = 20
"""How often a write is decided anew because the log grew under it."""


class Journals:
    """The logs of this server, guarded: who calls is a member (checked before) and writes in their own name."""

    def __init__(self, store: LogStore, database: Database, hub: Hub) -> None:
        self.store = store
        self.hub = hub
        self.receipts = Receipts()
        self._database = database
        self._writers: OrderedDict[str, Caller] = OrderedDict()
        self._folded: OrderedDict[str, Folded] = OrderedDict()
        self._counted: dict[str, int] = {}
        self._folded_bytes = 0
        self.max_folded_bytes = MAX_FOLDED_BYTES
        self.snapshots = Snapshots(database, store)

    async def push(
        self, journal: str, caller: Caller, events: Sequence[Event], now_ms: int, *, repair: bool = False
    ) -> list[PushResult]:
        """Stores what a device sends; what breaks a rule is answered `rejected` and keeps its place as a stub.

        Raises:
            InvalidEvent: an event that can't even be answered for.
            NotAllowed: written under another account's device id.
            TooLarge: more than fit one push.

        """
        _check_batch(events)
        for event in events:
            if not repair and self._writers.get(event.device) != caller:
                await self._own(event.device, caller)
        checked = [self._checked(journal, caller, event, repair=repair) for event in events]
        return await self._append(journal, checked, now_ms, repair=repair)

    async def repair(
        self, journal: str, caller: Caller, events: Sequence[Event], proofs: Sequence[Proof], now_ms: int
    ) -> list[PushResult]:
        """Takes back what was lost: what `proofs` show to have been here as it was, and of the rest what is the caller's.

        Raises:
            InvalidEvent: an event that can't even be answered for.
            TooLarge: more than fit one push.

        """
        _check_batch(events)
        known = await self._database.write(standing(journal, caller.account, events))
        counters = await self.store.counters(journal)
        returned = judged(self.receipts, journal, caller.account, events, proofs, counters, known)
        if new := writers(caller.account, returned, known):
            await self._database.write(bind(new))
        # What is proven was let in once. What is not, and the caller's own, is held to what a push is held to.
        checked = [
            one.event if one.why == "proven" else self._checked(journal, caller, one.event, repair=True)
            for one in returned
            if one.why != "unproven"
        ]
        results = iter(await self._append(journal, checked, now_ms, repair=True))
        return [
            PushResult(n=one.event.n, outcome="unproven") if one.why == "unproven" else next(results)
            for one in returned
        ]

    async def _append(self, journal: str, checked: Sequence[Event], now_ms: int, *, repair: bool) -> list[PushResult]:
        if not checked:
            return []
        # Words that are taken out of the log must not stay in what was made of it.
        also = self.snapshots.dropped(journal) if any(redaction_of(event) for event in checked) else None
        results = await self.store.append(journal, checked, now_ms=now_ms, repair=repair, also=also)
        head = max((r.seq for r in results if r.outcome != "duplicate"), default=0)
        if head:
            self._grown(journal, head)
        return results

    def _grown(self, journal: str, head: int) -> None:
        self.hub.tell(journal, head)
        self.snapshots.grown(journal, head)

    async def _own(self, device: str, caller: Caller) -> None:
        await self._database.write(own_writer(device, caller.account, caller.device))
        self._writers[device] = caller
        while len(self._writers) > MAX_KNOWN_WRITERS:
            self._writers.popitem(last=False)

    def _checked(self, journal: str, caller: Caller, event: Event, *, repair: bool) -> Event:
        """The event, or the stub it leaves where it breaks a rule."""
        try:
            check_envelope(event)
            if event.receipt:
                event = replace(event, receipt="")
            if event.rejected:
                if repair:
                    return event
                raise InvalidEvent("only a repair may bring an event that was rejected.")
            if not repair and event.actor != caller.account:
                raise InvalidEvent("`actor` must be the account that this device is paired with.")
            check_payload(event)
        except InvalidEvent as error:
            return as_stub(journal, event, str(error))
        return event

    async def write(
        self,
        journal: str,
        caller: Caller,
        decide: Callable[[State], Sequence[Draft]],
        now_ms: int,
        also: Callable[[], Unit[None]] | None = None,
    ) -> None:
        """Appends what `decide` finds right for the journal as it stands, in the name of an `api` device.

        The server counts its events. They are stored only if the log is still the one that was decided on; else it is
        decided anew. `also` is carried out in the same transaction, whether or not there is anything to append.

        Raises:
            Busy: the journal grows faster than can be decided.
            InvalidEvent, InvalidInput: a draft breaks a rule.
        """
        device = await self._api_writer(journal, caller)
        for _ in range(MAX_TRIES):
            folded = await self.state(journal)
            drafts = decide(folded.state)
            if not drafts:
                if also is not None:
                    await self._database.write(also())
                return
            events = write_drafts(folded.state, device, caller.account, drafts, folded.clock(now_ms))
            try:
                results = await self.store.append_at(
                    journal, folded.head, events, now_ms=now_ms, also=also() if also else None
                )
            except Conflict:
                continue
            self._grown(journal, results[-1].seq)
            return
        raise Busy("This journal is being written to by many at once. Try again in a moment; nothing was changed.")

    async def _api_writer(self, journal: str, caller: Caller) -> str:
        rows = await self._database.read(known_api_writer(journal, caller.device))
        writer: str = rows[0][0] if rows else await self._database.write(api_writer(journal, caller.device))
        if self._writers.get(writer) != caller:
            await self._own(writer, caller)
        return writer

    async def head(self, journal: str) -> Cursor:
        """Where the log ends."""
        return _cursor(await self.store.head(journal))

    async def page(self, journal: str, after: Cursor | int, limit: int) -> RawAnswer:
        """A run of the log after a place; with a whole cursor, only if that lies on this log.

        Raises:
            HistoryDiffers: it does not.

        """
        seq = after if isinstance(after, int) else after.seq
        if isinstance(after, Cursor):
            await self._check_cursor(journal, after)
        page = await self.store.read(journal, seq, limit=min(max(limit, 1), MAX_PAGE_EVENTS), max_bytes=MAX_PAGE_BYTES)
        return RawAnswer(
            events=[Raw(self.receipts.given(journal, body)) for body in page.bodies],
            cursor=_cursor(page.end),
            more=page.more,
            receipts=await self._receipts(journal, seq, page),
        )

    async def _receipts(self, journal: str, after: int, page: Page) -> dict[int, str]:
        """What shows, later, that all this was here: for each place on the way that has one."""
        if not self.receipts.signs:
            return {}
        end = page.end
        *between, _ = places(after, end.seq) or [0]
        chains = dict(await self.store.chains(journal, between)) if between else {}
        if end.seq:
            chains[end.seq] = end.chain
        return {seq: self.receipts.place(journal, seq, chain.hex()) for seq, chain in sorted(chains.items())}

    async def _check_cursor(self, journal: str, cursor: Cursor) -> None:
        found = (await self.store.chains(journal, [cursor.seq])).get(cursor.seq)
        if found is None or found.hex() != cursor.chain:
            raise HistoryDiffers(
                f"Event {cursor.seq} of this log is not the one you know: one of us was put back to an older state. "
                "Find the last common place with `chain`, then give back what is missing with `repair`."
            )

    async def sync(self, journal: str, caller: Caller, part: JournalSync, now_ms: int) -> RawAnswer:
        """One journal's part of a sync: checks that both know the same history, then stores, then gives what is new."""
        try:
            await self._check_cursor(journal, part.cursor)
            last = (await self.store.counters(journal)).get(part.device, 0)
            if last < part.acknowledged:
                raise HistoryDiffers(
                    f"This log has {last} events of your device, and once confirmed {part.acknowledged}."
                )
            results = await self.push(journal, caller, part.events, now_ms)
            page = await self.store.read(journal, part.cursor.seq, limit=MAX_PAGE_EVENTS, max_bytes=MAX_PAGE_BYTES)
        except HistoryDiffers as error:
            # This log lacks what somebody knows: `api` devices go on under other ids, or they would count the same twice.
            await self._database.write(drop_api_writers(journal))
            return RawAnswer(problem=error.code, detail=str(error))
        own = {r.seq for r in results if r.outcome in {"stored", "duplicate", "rejected"}}
        start = part.cursor.seq + 1
        events = [
            Raw(self.receipts.given(journal, body)) for seq, body in enumerate(page.bodies, start) if seq not in own
        ]
        stored = max(
            (r.n for e, r in zip(part.events, results, strict=True) if r.seq and e.device == part.device), default=0
        )
        return RawAnswer(
            results=results,
            events=events,
            cursor=_cursor(page.end),
            more=page.more,
            last=max(last, stored),
            receipts=await self._receipts(journal, part.cursor.seq, page),
        )

    async def chain(self, journal: str, seqs: Sequence[int]) -> ChainAnswer:
        """Chain values at the places asked for, the end, and each device's counter."""
        if len(seqs) > MAX_CHAIN_POINTS:
            raise TooLarge(f"At most {MAX_CHAIN_POINTS} places at a time.")
        chains = await self.store.chains(journal, seqs)
        return ChainAnswer(
            head=await self.head(journal),
            chains={seq: chain.hex() for seq, chain in chains.items()},
            counters=dict(sorted((await self.store.counters(journal)).items())),
        )

    async def state(self, journal: str) -> Folded:
        """What the log adds up to now. It is shared: look, don't change."""
        head = await self.store.head(journal)
        folded = await self._at_hand(journal, head) or await self.snapshots.begun(journal) or nothing(journal)
        begun = folded.head.seq
        while folded.head.seq < head.seq:
            folded.fold(
                await self.store.read(journal, folded.head.seq, limit=MAX_PAGE_EVENTS, max_bytes=MAX_PAGE_BYTES)
            )
        if folded.head.seq > begun:
            self.snapshots.grown(journal, folded.head.seq)
        self._hold(journal, folded)
        return folded

    async def _at_hand(self, journal: str, head: Head) -> Folded | None:
        """The state that was kept, unless it is of a log that the database does not hold any more."""
        kept = self._folded.pop(journal, None)
        if kept is None or kept.head == head:
            return kept
        chains = await self.store.chains(journal, [kept.head.seq]) if kept.head.seq < head.seq else {}
        return kept if chains.get(kept.head.seq) == kept.head.chain else None

    def _hold(self, journal: str, folded: Folded) -> None:
        """Keeps a state at hand, and lets those go that were not asked for longest where all take too much."""
        self._folded.pop(journal, None)
        self._folded[journal] = folded
        self._folded_bytes += folded.size_bytes - self._counted.pop(journal, 0)
        self._counted[journal] = folded.size_bytes
        while len(self._folded) > 1 and self._folded_bytes > self.max_folded_bytes:
            oldest, _ = self._folded.popitem(last=False)
            self._folded_bytes -= self._counted.pop(oldest)


def _check_batch(events: Sequence[Event]) -> None:
    """Refuses more than fit one push, and what can't even be answered for."""
    if len(events) > MAX_PUSH_EVENTS:
        raise TooLarge(f"A push may have at most {MAX_PUSH_EVENTS} events; send the rest in the next one.")
    for event in events:
        check_identity(event)


def _cursor(head: Head) -> Cursor:
    return Cursor(head.seq, head.chain.hex())
