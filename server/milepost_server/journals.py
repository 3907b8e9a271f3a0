"""What the server does with journals: takes pushes, gives pages, repairs, and keeps folded states at hand. Knows no HTTP."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import groupby

from msgspec import Raw
from msgspec.structs import replace

from milepost.database import Database, Unit
from milepost.envelope import Event, as_stub, check_envelope, check_identity
from milepost.errors import Busy, Conflict, HistoryDiffers, InvalidEvent, NotAllowed, TooLarge
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
from milepost.policy import Writer, judged_together, refusal
from milepost.receipts import Proof, places
from milepost.store import Head, LogStore, Page, PushResult
from milepost.writing import write_drafts
from milepost_server.access import Admitted
from milepost_server.folded import Folded, nothing
from milepost_server.giving_back import Returned, bind, judged, standing, writers
from milepost_server.live import Hub
from milepost_server.members import People, people_in
from milepost_server.receipts import Receipts
from milepost_server.records import Caller, api_writer, drop_api_writers, known_api_writer, own_writer, writer_owner
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

    async def push(self, journal: str, by: Admitted, events: Sequence[Event], now_ms: int) -> list[PushResult]:
        """Stores what a device sends; what breaks a rule is answered `rejected` and keeps its place as a stub, what the
        member may not write too.

        Raises:
            InvalidEvent: an event that can't even be answered for.
            NotAllowed: written under another account's device id.
            TooLarge: more than fit one push.

        """
        _check_batch(events)
        for event in events:
            if self._writers.get(event.device) != by.caller:
                await self._own(event.device, by.caller)
        return await self._judged(journal, by, [self._checked(journal, by.caller, event) for event in events], now_ms)

    async def repair(
        self, journal: str, by: Admitted, events: Sequence[Event], proofs: Sequence[Proof], now_ms: int
    ) -> list[PushResult]:
        """Takes back what was lost: what `proofs` show to have been here as it was, and of the rest what is the caller's, as
        far as that member may write it.

        Raises:
            InvalidEvent: an event that can't even be answered for.
            TooLarge: more than fit one push.

        """
        _check_batch(events)
        account = by.caller.account
        known = await self._database.write(standing(journal, account, events))
        counters = await self.store.counters(journal)
        returned = judged(self.receipts, journal, account, events, proofs, counters, known)
        if new := writers(account, returned, known):
            await self._database.write(bind(new))
        results: list[PushResult] = []
        forked: set[str] = set()
        for how, run in groupby(returned, lambda one: _taken(by, one)):
            batch = list(run)
            # Nothing slips in behind an event that is another one here.
            live = [one for one in batch if one.event.device not in forked]
            answers = await self._take_back(journal, by, how, live, now_ms)
            forked |= {one.event.device for one, a in zip(live, answers, strict=True) if a.outcome == "forked"}
            left = dict(zip(map(id, live), answers, strict=True))
            results += [left.get(id(one)) or PushResult(n=one.event.n, outcome="forked") for one in batch]
        return results

    async def _take_back(
        self, journal: str, by: Admitted, how: str, returned: Sequence[Returned], now_ms: int
    ) -> list[PushResult]:
        if how == "not":
            return [PushResult(n=one.event.n, outcome="unproven") for one in returned]
        # What is proven was let in once. What is not is held to what a push is held to.
        checked = [
            one.event if one.why == "proven" else self._checked(journal, by.caller, one.event, repair=True)
            for one in returned
        ]
        if how == "as a push":
            return await self._judged(journal, by, checked, now_ms)
        return await self._append(journal, checked, now_ms, repair=True)

    async def _judged(self, journal: str, by: Admitted, checked: Sequence[Event], now_ms: int) -> list[PushResult]:
        """Stores what the member may write."""
        if by.role == "owner":
            return await self._append(journal, checked, now_ms, repair=False)
        results = await self._push_as_member(journal, by, checked, now_ms)
        self._note_grown(journal, results)
        return results

    async def _append(self, journal: str, checked: Sequence[Event], now_ms: int, *, repair: bool) -> list[PushResult]:
        if not checked:
            return []
        results = await self.store.append(
            journal, checked, now_ms=now_ms, repair=repair, also=self._without_words(journal, checked)
        )
        self._note_grown(journal, results)
        return results

    def _note_grown(self, journal: str, results: Sequence[PushResult]) -> None:
        head = max((r.seq for r in results if r.outcome != "duplicate"), default=0)
        if head:
            self._grown(journal, head)

    def _without_words(self, journal: str, events: Sequence[Event]) -> Unit[None] | None:
        """Words that are taken out of the log must not stay in what was made of it."""
        return self.snapshots.dropped(journal) if any(redaction_of(event) for event in events) else None

    async def _push_as_member(
        self, journal: str, by: Admitted, events: Sequence[Event], now_ms: int
    ) -> list[PushResult]:
        """Stores what the policy lets a member write to the log as it stands, and stubs of the rest.

        Raises:
            Busy: the journal grows faster than can be decided.
        """
        results: list[PushResult] = []
        while len(results) < len(events):
            run = judged_together(events[len(results) :])
            for _ in range(MAX_TRIES):
                folded = await self.state(journal)
                writer = await self._writer(journal, by, run)
                allowed = [_permitted(journal, folded.state, event, writer) for event in run]
                try:
                    results += await self.store.append_at(
                        journal, folded.head, allowed, now_ms=now_ms, also=self._without_words(journal, allowed)
                    )
                    break
                except Conflict:
                    continue
            else:
                raise Busy("This journal is being written to by many at once. Try again in a moment.")
        return results

    async def _writer(self, journal: str, by: Admitted, events: Sequence[Event]) -> Writer:
        """What the policy has to know of who writes."""
        people = People(await self._database.read(people_in(journal)))
        named = {target.device for event in events if (target := redaction_of(event)) is not None}
        owned = {
            device for device in named if await self._database.read(writer_owner(device)) == [(by.caller.account,)]
        }
        return Writer(by.caller.account, by.role, people.role, owned.__contains__)

    def _grown(self, journal: str, head: int) -> None:
        self.hub.tell(journal, head)
        self.snapshots.grown(journal, head)

    async def _own(self, device: str, caller: Caller) -> None:
        await self._database.write(own_writer(device, caller.account, caller.device))
        self._writers[device] = caller
        while len(self._writers) > MAX_KNOWN_WRITERS:
            self._writers.popitem(last=False)

    def _checked(self, journal: str, caller: Caller, event: Event, *, repair: bool = False) -> Event:
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
        by: Admitted,
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
            NotAllowed: the member may not write that.
        """
        caller = by.caller
        device = await self._api_writer(journal, caller)
        for _ in range(MAX_TRIES):
            folded = await self.state(journal)
            drafts = decide(folded.state)
            if not drafts:
                if also is not None:
                    await self._database.write(also())
                return
            events = write_drafts(folded.state, device, caller.account, drafts, folded.clock(now_ms))
            if by.role != "owner":
                writer = await self._writer(journal, by, events)
                for event in events:
                    if why := refusal(folded.state, event, writer):
                        raise NotAllowed(f"You are in this journal as {by.role}: {why}")
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

    async def sync(self, journal: str, by: Admitted, part: JournalSync, now_ms: int) -> RawAnswer:
        """One journal's part of a sync: checks that both know the same history, then stores, then gives what is new."""
        try:
            await self._check_cursor(journal, part.cursor)
            last = (await self.store.counters(journal)).get(part.device, 0)
            if last < part.acknowledged:
                raise HistoryDiffers(
                    f"This log has {last} events of your device, and once confirmed {part.acknowledged}."
                )
            results = await self.push(journal, by, part.events, now_ms)
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


def _taken(by: Admitted, one: Returned) -> str:
    """How an event that is given back is taken: a member's own that is not proven is judged as a push of theirs."""
    if one.why == "unproven":
        return "not"
    return "as a push" if one.why == "own" and by.role != "owner" else "as it was"


def _permitted(journal: str, state: State, event: Event, writer: Writer) -> Event:
    """The event, or the stub it leaves where the member may not write it."""
    why = "" if event.rejected else refusal(state, event, writer)
    return as_stub(journal, event, why) if why else event


def _check_batch(events: Sequence[Event]) -> None:
    """Refuses more than fit one push, and what can't even be answered for."""
    if len(events) > MAX_PUSH_EVENTS:
        raise TooLarge(f"A push may have at most {MAX_PUSH_EVENTS} events; send the rest in the next one.")
    for event in events:
        check_identity(event)


def _cursor(head: Head) -> Cursor:
    return Cursor(head.seq, head.chain.hex())
