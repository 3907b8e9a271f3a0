"""What the server does with journals: takes pushes, gives pages, repairs, and keeps folded states at hand. Knows no HTTP."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from msgspec import Raw

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
from milepost.store import Head, LogStore, PushResult
from milepost.writing import write_drafts
from milepost_server.access import Admitted
from milepost_server.folded import Folded, nothing
from milepost_server.live import Hub
from milepost_server.members import People, people_in
from milepost_server.records import (
    Caller,
    api_writer,
    drop_api_writers,
    keep_writers,
    known_api_writer,
    own_writer,
    writer_owner,
)
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
        self._database = database
        self._writers: OrderedDict[str, Caller] = OrderedDict()
        self._folded: OrderedDict[str, Folded] = OrderedDict()
        self._counted: dict[str, int] = {}
        self._folded_bytes = 0
        self.max_folded_bytes = MAX_FOLDED_BYTES
        self.snapshots = Snapshots(database, store)

    async def push(
        self, journal: str, by: Admitted, events: Sequence[Event], now_ms: int, *, repair: bool = False
    ) -> list[PushResult]:
        """Stores what a device sends; what breaks a rule is answered `rejected` and keeps its place as a stub, what the
        member may not write too.

        Raises:
            InvalidEvent: an event that can't even be answered for.
            NotAllowed: written under another account's device id.
            TooLarge: more than fit one push.

        """
        if len(events) > MAX_PUSH_EVENTS:
            raise TooLarge(f"A push may have at most {MAX_PUSH_EVENTS} events; send the rest in the next one.")
        if not events:
            return []
        for event in events:
            check_identity(event)
        if repair and by.role != "owner":
            return await self._give_back(journal, by, events, now_ms)
        for event in events:
            if not repair and self._writers.get(event.device) != by.caller:
                await self._own(event.device, by.caller)
        checked = [self._checked(journal, by.caller, event, repair=repair) for event in events]
        if repair:
            people = People(await self._database.read(people_in(journal)))
            await self._database.write(keep_writers({e.device: e.actor for e in checked if people.role(e.actor)}))
        if by.role == "owner":
            results = await self.store.append(
                journal, checked, now_ms=now_ms, repair=repair, also=self._without_words(journal, checked)
            )
        else:
            results = await self._push_as_member(journal, by, checked, now_ms)
        head = max((r.seq for r in results if r.outcome != "duplicate"), default=0)
        if head:
            self._grown(journal, head)
        return results

    def _without_words(self, journal: str, events: Sequence[Event]) -> Unit[None] | None:
        """Words that are taken out of the log must not stay in what was made of it."""
        return self.snapshots.dropped(journal) if any(redaction_of(event) for event in events) else None

    async def _give_back(self, journal: str, by: Admitted, events: Sequence[Event], now_ms: int) -> list[PushResult]:
        """A repair by who is no owner: what they wrote themselves is taken as if it were pushed. The rest waits for an owner,
        or anything could be put into another's mouth.
        """
        mine = [event.actor == by.caller.account and not event.rejected for event in events]
        taken = iter(await self.push(journal, by, [e for e, own in zip(events, mine, strict=True) if own], now_ms))
        return [
            next(taken) if own else PushResult(n=event.n, outcome="missing", needs=(event.device, event.n))
            for event, own in zip(events, mine, strict=True)
        ]

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

    def _checked(self, journal: str, caller: Caller, event: Event, *, repair: bool) -> Event:
        """The event, or the stub it leaves where it breaks a rule."""
        try:
            check_envelope(event)
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
        return RawAnswer(events=[Raw(body) for body in page.bodies], cursor=_cursor(page.end), more=page.more)

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
        events = [Raw(body) for seq, body in enumerate(page.bodies, start) if seq not in own]
        stored = max(
            (r.n for e, r in zip(part.events, results, strict=True) if r.seq and e.device == part.device), default=0
        )
        return RawAnswer(
            results=results, events=events, cursor=_cursor(page.end), more=page.more, last=max(last, stored)
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


def _permitted(journal: str, state: State, event: Event, writer: Writer) -> Event:
    """The event, or the stub it leaves where the member may not write it."""
    why = "" if event.rejected else refusal(state, event, writer)
    return as_stub(journal, event, why) if why else event


def _cursor(head: Head) -> Cursor:
    return Cursor(head.seq, head.chain.hex())
