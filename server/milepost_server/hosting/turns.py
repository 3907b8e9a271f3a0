"""One turn of a connection: deliver what is due, then take in what changed outside. Knows no schedule and no HTTP.

Theory of operation
-------------------
A turn is done under a lease, by one server at a time. It opens a *window*, which ends at the log's present end, and
stores that before anything leaves: so after a crash the same window is gone through again, folded as of the same end,
and a change bears the same key as before. What was answered is noted batch by batch, together with what the connector
keeps; every such note is refused where the lease was lost, or the connection was set up anew, held or removed, and the
turn ends. When a window is done the cursor moves to its end.

Whatever goes wrong outside holds the connection up, and loses nothing: it is tried again, a little later each time, as
long as it takes. Only what the other side rejects is put aside, entity by entity, for the person to see.

A *generation* begins where the connection's view of everything may be another: scopes, wording, settings, the
journal's time zone or language, the connector's version. All that is granted is sent again, and what is not granted any
more is withdrawn.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec.structs import replace

from milepost.database import Database, Query, Work, unit
from milepost.events import redaction_of
from milepost.journal import State
from milepost.plugin_api import Connector, Rejected
from milepost.plugin_api.marks import MARK
from milepost_server.access import Admitted
from milepost_server.hosting.batches import egress, taken, until_later, what_left
from milepost_server.hosting.calling import Called, Failed
from milepost_server.hosting.connections import (
    SQL,
    Delivered,
    Kept,
    Overtaken,
    Progress,
    achieved,
    as_delivered,
    connections_of,
    deliveries_of,
    log_lines,
    own,
    still_ours,
)
from milepost_server.hosting.kept_state import KeptState
from milepost_server.hosting.keyring import Keyring
from milepost_server.hosting.pacing import after_failure, fingerprint_of
from milepost_server.hosting.planning import (
    EVENT,
    TRIED,
    Item,
    Plan,
    Ref,
    due,
    events_due,
    events_to_retry,
    next_wake,
)
from milepost_server.hosting.taking_in import Intake
from milepost_server.hosting.window import LogWindow
from milepost_server.journals import Journals
from milepost_server.leases import Lease

SOONEST_PULL_S = 60.0
MAX_BATCHES = 20
"""Batches in a turn; then others have theirs."""


class Turn:
    """A connector's turn, for one connection, under a lease."""

    def __init__(
        self,
        database: Database,
        journals: Journals,
        keyring: Keyring,
        called: Called,
        kept: Kept,
        lease: Lease,
        now_ms: Callable[[], int],
    ) -> None:
        self._database, self._journals, self._keyring = database, journals, keyring
        self._called, self._kept, self._lease, self._clock = called, kept, lease, now_ms
        self.progress = kept.progress
        self._outside: dict[Ref, Delivered] = {}
        self._state: KeptState | None = None
        self._window = LogWindow(journals, kept.journal)
        self._walked: State | None = None
        self._only: set[Ref] | None = None
        self._walk: Iterator[Item | None] | None = None
        self._lines: list[tuple[str, str, str, int]] = []
        self._budget = MAX_BATCHES

    @property
    def now_ms(self) -> int:
        """The time: a turn with much to send may take a while."""
        return self._clock()

    @property
    def cls(self) -> type[Connector[Any]]:
        """The connector."""
        return self._called.cls  # type: ignore[return-value]

    async def deliver(self) -> bool:
        """Sends what is due, as much of it as a turn may; returns whether there is more.

        Raises:
            Failed: it could not be sent now. That is noted.
            Overtaken: somebody else has the connection now, or it changed.

        """
        self._outside = as_delivered(await self._database.read(deliveries_of(self._kept)))
        try:
            while self._budget > 0 and await self._open():
                finished = await (self._go_through_events() if self.progress.walk.startswith("each") else self._go())
                if not finished:
                    return True
                await self._close()
        except Failed as error:
            await self.failed(error)
            raise
        return self._budget <= 0

    @property
    def pulls(self) -> bool:
        """Whether it is time to look what changed outside."""
        return self.cls.pull is not Connector.pull and self.progress.pull_at <= self.now_ms

    async def pull(self, by: Admitted) -> None:
        """Takes in what changed outside.

        Raises:
            Failed, Overtaken: as for `deliver`.

        """
        await self._still_ours()
        state = await self.state()
        try:
            entries = await self._called.pull(state, self.store_state, self.now_ms)
        except Failed as error:
            if self.progress.failures == self._kept.progress.failures:
                await self.failed(error)
            raise
        intake = Intake(self._database, self._journals, self._kept, by, self.now_ms)
        taken = await intake.take(entries, self._outside)
        self._lines += taken.lines()
        again = self.now_ms + int(max(self.cls.pull_every_s, SOONEST_PULL_S) * 1000)
        wake_at = next_wake({**self._outside, **taken.delivered})
        done = replace(self.progress, pull_at=again, success_at=self.now_ms, wake_at=wake_at)
        await self._note(done, taken.delivered, state)

    async def withdraw(self) -> None:
        """Takes everything back from outside, in this one turn.

        Raises:
            Failed, Overtaken: as for `deliver`.

        """
        self._outside = as_delivered(await self._database.read(deliveries_of(self._kept)))
        head = await self._journals.store.head(self._kept.journal)
        generation = self.progress.generation + 1
        await self._note(replace(self.progress, generation=generation, walk="withdraw", until_seq=head.seq))
        self._budget = len(self._outside) + 1
        try:
            await self._go()
        except Failed as error:
            await self.failed(error)
            raise
        await self._note(replace(self.progress, walk="", fingerprint="", success_at=self.now_ms))
        await self._database.write(_forget_all(self._kept, self._lease))

    async def _open(self) -> bool:
        """Whether a window is open now: one that was, or a new one, stored before anything leaves."""
        now, head = self.progress, await self._journals.store.head(self._kept.journal)
        state = (await self._journals.state(self._kept.journal)).state
        fingerprint = fingerprint_of(self._kept, self._called.settings, self.cls, state)
        if now.fingerprint != fingerprint or now.cursor > head.seq:
            opened = replace(
                now, fingerprint=fingerprint, generation=now.generation + 1, walk="all", until_seq=head.seq, at_seq=0
            )
        elif now.walk:
            return True
        elif now.cursor < head.seq:
            walk = "each" if self.cls.delivery == "each" else "net"
            opened = replace(now, walk=walk, until_seq=head.seq, at_seq=now.cursor)
        elif 0 < now.wake_at <= self.now_ms:
            opened = replace(now, walk="time", until_seq=head.seq)
        else:
            return False
        await self._note(opened)
        self._walk, self._only, self._walked = None, None, None
        return True

    async def _close(self) -> None:
        """The window is done."""
        now = self.progress
        if now.walk == "each, then all":
            await self._note(replace(now, walk="all", at_seq=0))
        else:
            wake_at = next_wake(self._outside)
            done = replace(now, walk="", cursor=now.until_seq, wake_at=wake_at, failures=0, due_at=0)
            await self._note(replace(done, success_at=self.now_ms))
        self._walk, self._only, self._walked = None, None, None

    async def _plan(self) -> Plan:
        return Plan(
            state=await self._window.state_at(self.progress.until_seq),
            grant=self._kept.grant,
            kinds=self.cls.kinds,
            uid=self._kept.uid,
            generation=self.progress.generation,
            until=self.progress.until_seq,
            now_ms=self.now_ms,
        )

    async def _go(self) -> bool:
        """Goes through the window by comparing; returns whether all of it was."""
        if self.progress.walk == "net" and self._only is None:
            self._only, redacted = await self._window.touched(self.progress.cursor, self.progress.until_seq)
            if redacted:
                await self._forget("all")
        if self.progress.walk == "time":
            await self._retry_events()
        while self._budget > 0:
            plan = await self._plan()
            if self._walk is None or self._walked is not plan.state:
                self._walk, self._walked = self._due(plan), plan.state
            items, more = taken(self._walk, self.cls.batch)
            if items:
                self._budget -= 1
                await self._push(items, self.progress)
            if not more:
                return True
        return False

    def _due(self, plan: Plan) -> Iterator[Item | None]:
        walk = self.progress.walk
        if walk == "net" and self._only is None:
            walk = "all"
        return due(plan, walk, self._outside, self._only)

    async def _retry_events(self) -> None:
        """Sends events again that were rejected, with what they are about as it is now."""
        for seq, tries in events_to_retry(self._outside):
            items = list(events_due(await self._plan(), await self._window.events(seq - 1, seq), tries))
            if items:
                await self._push(items, self.progress)
            else:
                await self._note(self.progress, {(EVENT, f"{seq:012d}"): None})

    async def _go_through_events(self) -> bool:
        """Goes through the window event by event; returns whether all of it was."""
        while self.progress.at_seq < self.progress.until_seq:
            if self._budget <= 0:
                return False
            events = await self._window.events(self.progress.at_seq, self.progress.until_seq, self.cls.batch)
            if any(redaction_of(event) for _, event in events):
                await self._forget("each, then all")
            items = list(islice(events_due(await self._plan(), events), self.cls.batch))
            whole = len(items) < self.cls.batch
            end = events[-1][0] if whole else items[-1].seq
            self._budget -= 1
            if items:
                await self._push(items, replace(self.progress, at_seq=end))
            else:
                await self._note(replace(self.progress, at_seq=end))
        return True

    async def _push(self, items: Sequence[Item], then: Progress) -> None:
        """Sends a batch, and notes what was answered; `then` is how far the connection is if all of it is done.

        Raises:
            Failed: some of it is to be sent again.

        """
        await self._still_ours()
        state = await self.state()
        about = what_left(items)
        await self._note_tried(items)
        try:
            pushed = await self._called.push(items, state, self.store_state, self.now_ms)
        except Failed:
            self._lines.append(("tried", about, ", ".join(self._called.hosts), len(items)))
            raise
        answers, failed = until_later(pushed.answers, ordered=bool(items[0].seq))
        if failed is not None:
            then = self.progress
            if (done := len(answers)) and items[0].seq and not items[0].again:
                then = replace(then, at_seq=items[done - 1].seq)
        noted = [one for one in zip(items, answers, pushed.wakes, strict=False) if one[1] is not None]
        delivered = {ref: one for item, answer, wake in noted for ref, one in self._noted(item, answer, wake)}
        self._lines += egress(items, pushed.answers, ", ".join(self._called.hosts))
        try:
            await self._note(then, delivered, state)
        except Overtaken:
            await self._database.write(_may_have_left(self._kept, about, self._called.hosts, len(items), self.now_ms))
            raise
        if failed is not None:
            raise failed

    async def _note_tried(self, items: Sequence[Item]) -> None:
        """Stores what may be outside from now on: taken back before it is known to be, it is to be taken away there."""
        new = {item.ref for item in items if item.digest and item.ref not in self._outside}
        if new:
            tried = Delivered(generation=TRIED, digest="", at=self.now_ms)
            await self._note(self.progress, dict.fromkeys(sorted(new), tried))

    def _noted(self, item: Item, answer: Any, wake: int) -> Iterator[tuple[Ref, Delivered | None]]:
        """What is to be noted of an answer."""
        done = Delivered(generation=self.progress.generation, digest=item.digest, wake_at=wake, at=self.now_ms)
        if isinstance(answer, Rejected):
            yield item.letter, replace(done, rejected=answer.reason, tries=item.tries + 1, wake_at=0)
            return
        if item.again:
            yield item.letter, None
        yield item.ref, done if item.digest else None

    async def _note(
        self,
        progress: Progress,
        delivered: Mapping[Ref, Delivered | None] | None = None,
        state: KeptState | None = None,
    ) -> None:
        lines = [*self._lines, *(("said", line, "", 0) for line in self._called.lines)]
        changed = state.changed() if state is not None else {}
        work = achieved(
            self._kept, self._lease, progress, delivered=delivered, state=changed, lines=lines, now=self.now_ms
        )
        await self._database.write(work)
        self._called.lines.clear()
        self._lines.clear()
        self.progress = progress
        for ref, one in (delivered or {}).items():
            if one is None:
                self._outside.pop(ref, None)
            else:
                self._outside[ref] = one

    async def failed(self, error: Failed) -> None:
        """Notes that it is to be tried again, and when."""
        self._state = None  # what a call changed that failed does not count
        await self._note(after_failure(self.progress, error.reason, error.after_s, self.now_ms))

    async def _still_ours(self) -> None:
        await still_ours(self._database, self._kept, self._lease)

    async def state(self) -> KeptState:
        """What the connector keeps."""
        if self._state is None:
            named = {"journal": self._kept.journal, "uid": self._kept.uid}
            rows = await self._database.read(Query(SQL["state_of"], named))
            self._state = KeptState(dict(rows), self._keyring, self._kept.uid)
        return self._state

    async def store_state(self, changed: Mapping[str, str | None]) -> None:
        """Stores what a connector wants stored at once."""
        work = achieved(self._kept, self._lease, self.progress, state=changed, now=self.now_ms)
        await self._database.write(work)

    async def _forget(self, walk: str) -> None:
        """Words were taken out of the journal: what the connector keeps may have them. What it knew, it is told again."""
        lost = any(not name.startswith(MARK) for name in await self.state())
        self._state = None
        generation = self.progress.generation + lost
        self.progress = replace(self.progress, generation=generation, walk=walk)
        await self._database.write(_forget_words(self._kept, self._lease, self.progress))


@unit
def _may_have_left(kept: Kept, about: str, hosts: Sequence[str], things: int, now: int) -> Work[None]:
    """What was under way as a connection was set up anew or held: it is told that it may have left."""
    if (yield connections_of(kept.journal, kept.connection)):
        yield from log_lines(kept.journal, kept.uid, [("may have left", about, ", ".join(hosts), things)], now)


@unit
def _forget_all(kept: Kept, lease: Lease) -> Work[None]:
    yield from own(kept, lease)
    yield Query(SQL["drop_states"], {"journal": kept.journal, "uid": kept.uid})


@unit
def _forget_words(kept: Kept, lease: Lease, progress: Progress) -> Work[None]:
    yield from achieved(kept, lease, progress)
    yield Query(SQL["drop_states_but_marks"], {"journal": kept.journal, "uid": kept.uid})
