"""A local-first device: writes events into its own log at once, and carries out what a sync decides.

Nothing here needs a network. What a command writes is in the log, in the outbox and in the state in one transaction;
so is all of what one answer of a server changes.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from milepost.branch import write_again
from milepost.clock import HLC_MIN, NOBODY, HybridClock, new_id, wall_clock_ms
from milepost.device_file import JournalRow
from milepost.device_history import leap, may_begin_from, take_history, walked
from milepost.device_log import DeviceLog
from milepost.device_proofs import keep, proved
from milepost.envelope import MAX_COUNTER, Event, as_stub, identity_digest
from milepost.errors import InvalidInput
from milepost.events import Draft, redaction_of
from milepost.journal import State
from milepost.messages import MAX_PUSH_BYTES, MAX_PUSH_EVENTS, Cursor
from milepost.rescue import redact_again
from milepost.steps import (
    Acknowledge,
    Attest,
    Behind,
    Fork,
    HistoryAnew,
    KeepReceipts,
    Leap,
    Rewind,
    Standing,
    Step,
    SyncFailed,
    Take,
    TakeHistory,
)
from milepost.store import PushResult
from milepost.writing import write_drafts, written_over

FILE_NAME = "device.sqlite3"


class Device:
    """One installation: a folder with a log of each journal on it."""

    def __init__(self, folder: Path, *, wall: Callable[[], int] = wall_clock_ms) -> None:
        """Opens the folder, creating it (readable by its owner alone) if need be.

        Raises:
            StorageDamaged: the file in it can't be read.
            StorageFull: no room.

        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.log = DeviceLog(folder / FILE_NAME)
        self.corrected: list[str] = []
        """Journals that began from a snapshot which their log, once it was whole, did not come to. The log counts."""
        self._wall = wall
        if self.log.setting("device") is None:
            with self.log.transaction():
                if self.log.setting("device") is None:
                    self.log.set("device", new_id())

    def close(self) -> None:
        """Closes the folder."""
        self.log.close()

    @property
    def account(self) -> str:
        """The member id this device writes as; a placeholder until it is paired."""
        return self.log.setting("account") or NOBODY

    @property
    def id(self) -> str:
        """The id that new journals on this device are written under."""
        found = self.log.setting("device")
        assert found is not None  # noqa: S101 - made in __init__
        return found

    # Writing

    def open_journal(self, title: str, *, time_zone: str = "UTC", locale: str = "en") -> str:
        """Begins a journal here; returns its id. A server hears of it at the next sync."""
        journal = new_id()
        with self.log.transaction():
            first = not self.log.journals()
            self.log.add_journal(journal, self.id, claimed=False, private=first)
            fields = {"title": title, "time_zone": time_zone, "locale": locale}
            self.append(journal, [Draft("journal.opened", fields)])
        return journal

    def append(
        self, journal: str, drafts: Sequence[Draft], check: Callable[[State], None] = lambda _: None
    ) -> list[Event]:
        """Writes events, all or none, each having seen everything applied here.

        `check` is given the state that they would come on top of, and may refuse: nothing comes between.

        Raises:
            Conflict: what `check` found.
            InvalidEvent: a field breaks the rules of its type.
            InvalidInput: too long.
            NotFound: the journal is not on this device.
            StorageFull: no room; nothing was written.

        """
        with self.log.transaction():
            row = self.log.journal(journal)
            state = self.log.state(journal)
            check(state)
            clock = HybridClock(self.log.setting("clock") or "0", self._wall)
            events = write_drafts(state, row.device, self.account, drafts, clock)
            self.log.add_many(journal, [(event, None) for event in events], confirmed=False)
            self.log.set("clock", clock.last)
            self.log.states.applied(journal, events)
            self._purge(journal, events)
            self.log.states.keep(journal)
        return events

    def take_out_again(self, journal: str) -> bool:
        """Once all is here that a server has: where events came without their words, and the redactions that took them are
        lost, writes others. Returns whether it did.
        """
        with self.log.transaction():
            drafts = redact_again(self.log.state(journal), self.log.wordless(journal), new_id)
            if drafts:
                self.append(journal, drafts)
        return bool(drafts)

    def _purge(self, journal: str, events: Iterable[Event]) -> None:
        for event in events:
            if (of := redaction_of(event)) is not None:
                self.log.purge(journal, of)

    def state(self, journal: str) -> State:
        """What the journal's events add up to. It is shared: look, don't change."""
        return self.log.state(journal)

    # Syncing

    def standing(self, journal: str, max_events: int = MAX_PUSH_EVENTS, max_bytes: int = MAX_PUSH_BYTES) -> Standing:
        """Where this device stands in a journal, with at most so much to send."""
        row = self.log.journal(journal)
        unsent = self.log.unsent(journal, max_events, max_bytes) if max_events else []
        begun = self.log.snapshots.get(journal)

        def held(after: int) -> list[tuple[int, Event]]:
            return [(at, _given_back(event)) for at, event in self.log.unplaced(journal, after)]

        return Standing(
            device=row.device,
            cursor=row.cursor,
            acknowledged=self.log.confirmed_counter(journal, row.device),
            unsent=unsent,
            more_unsent=self.log.unsent_count(journal) > len(unsent),
            chain_at=lambda seq: self.log.chain_at(journal, seq),
            held=held,
            behind=Behind(begun.place, begun.known, begun.readable) if begun else None,
            may_begin_from=lambda state, seq: may_begin_from(self.log, journal, state, seq),
            placed_to=self.log.placed_to(journal),
            proofs=lambda events: proved(self.log, journal, self.account, events),
            receipted=self.log.receipts.last(journal),
            bare=self.log.bare(journal),
        )

    def carry_out(self, journal: str, steps: Sequence[Step]) -> bool:
        """Does what one answer of a server calls for, all of it or, if it does not add up, nothing.

        Returns whether something was written again under another name, and so has to be sent or given back.

        Raises:
            SyncFailed: the answer contradicts itself.

        """
        if not steps:
            return False
        again = False
        with self.log.transaction():
            for step in steps:
                match step:
                    case Acknowledge():
                        for device, result in step.results:
                            self._acknowledge(journal, device, result)
                    case Fork():
                        again |= self._part(journal, step.event)
                    case Take():
                        again |= self._take(journal, step)
                    case Leap():
                        again |= leap(self.log, journal, step)
                        self._observe(step.snapshot.clock)
                    case TakeHistory():
                        self._take_history(journal, step)
                    case HistoryAnew():
                        self.log.segments.unseal(journal)
                        self.log.snapshots.know_nothing(journal)
                    case KeepReceipts() | Attest():
                        keep(self.log, journal, step)
                    case Rewind():
                        self.log.unplace(journal, step.seq, MAX_COUNTER)
                        self.log.set_cursor(journal, Cursor(step.seq, self.log.chain_at(journal, step.seq)))
        return again

    def _acknowledge(self, journal: str, device: str, result: PushResult) -> None:
        event = self.log.find(journal, device, result.n)
        if event is None or event.received_at:
            return  # another process heard it first
        if result.outcome == "rejected":
            self.log.set_apart(journal, event, result.reason)
            stub = as_stub(journal, event, result.reason)
            self.log.place(journal, _placed(stub, result.seq, result.received_at, ""), None)
            self.log.bump(journal)
            return
        self._stamp(journal, event, _placed(event, result.seq, result.received_at, result.merge_hlc), None)

    def _stamp(self, journal: str, mine: Event, placed: Event, chain: bytes | None) -> None:
        """An event held here got its place and, if this device's clock ran ahead, another rank.

        Words that were taken out here stay out, even where a server was put back to before they were.
        """
        if mine.data_digest and not placed.data_digest:
            placed = msgspec.structs.replace(placed, data=mine.data, salt="", data_digest=mine.data_digest)
        self.log.place(journal, placed, chain)
        if placed.ranked_at != mine.ranked_at:
            self.log.bump(journal)
            if placed.ranked_at < placed.hlc:
                # The wall clock has its say when the next event is written: it may have been set right by then.
                self.log.set("clock", max(placed.ranked_at, self.log.setting("clock_seen") or HLC_MIN))

    def _take(self, journal: str, step: Take) -> bool:
        if self.log.journal(journal).cursor != step.after:
            return False  # another process took it first
        run = self._run(journal, step)
        chained = list(zip(run, walked(journal, step.after, run, step.cursor), strict=True))
        # What was confirmed here and does not stand in this run was lost meanwhile, and others came in its place.
        moved = self.log.unplace(journal, step.after.seq, step.cursor.seq)
        again = self._make_way(journal, run)
        new = self._meet(journal, chained)
        again |= moved > 0 and bool(self.log.unplaced(journal, 0))
        self.log.state(journal)
        self.log.add_many(journal, new, confirmed=True)
        self.log.set_cursor(journal, step.cursor)
        self.log.note_wordless(journal, run)
        self.log.states.applied(journal, [event for event, _ in new])
        self._purge(journal, run)
        self._observe(max((event.ranked_at for event in run), default=""))
        if not self.log.unplaced(journal, 0):
            self.log.receipts.settle(journal)
        return again

    def _run(self, journal: str, step: Take) -> list[Event]:
        """The events of the run in order, own ones that were confirmed in the same answer put in their places."""
        by_seq = {event.seq: event for event in step.events}
        for device, result in step.results:
            mine = self.log.find(journal, device, result.n) if result.seq not in by_seq else None
            if mine is not None and mine.seq == result.seq:
                by_seq[result.seq] = mine
        try:
            return [by_seq[seq] for seq in range(step.after.seq + 1, step.cursor.seq + 1)]
        except KeyError as missing:
            raise SyncFailed(f"The server left out event {missing}; nothing was taken. Sync again.") from None

    def _make_way(self, journal: str, run: list[Event]) -> bool:
        """What is held here under the name of another event of the run is written again; returns whether any was."""
        again = False
        while True:
            state = self.log.state(journal)
            clash = next((event for event in run if self._clashes(state, event)), None)
            if clash is None:
                return again
            again |= self._write_again(journal, clash.device, clash.n)

    def _clashes(self, state: State, event: Event) -> bool:
        if event.n > state.counter(event.device):
            return False
        held = self.log.find(state.journal, event.device, event.n)
        return held is not None and identity_digest(state.journal, held) != identity_digest(state.journal, event)

    def _meet(self, journal: str, chained: list[tuple[Event, bytes]]) -> list[tuple[Event, bytes | None]]:
        """Places events held here already; returns those that are new."""
        new: list[tuple[Event, bytes | None]] = []
        state = self.log.state(journal)
        counters: dict[str, int] = {}
        for event, chain in chained:
            if event.device not in counters:
                counters[event.device] = state.counter(event.device)
            held = self.log.find(journal, event.device, event.n) if event.n <= counters[event.device] else None
            if held is None:
                new.append((event, chain))
            elif event.rejected and not held.rejected:
                self.log.set_apart(journal, held, event.rejected)
                self.log.place(journal, event, chain)
                self.log.bump(journal)
            else:
                self._stamp(journal, held, event, chain)
        return new

    def _take_history(self, journal: str, step: TakeHistory) -> None:
        if not take_history(self.log, journal, step):
            self.corrected.append(journal)

    def _observe(self, ranked_at: str) -> None:
        if ranked_at > (self.log.setting("clock_seen") or ""):
            self.log.set("clock_seen", ranked_at)
        clock = HybridClock(self.log.setting("clock") or "0", self._wall)
        if ranked_at > clock.last:
            self.log.set("clock", ranked_at)

    def _part(self, journal: str, event: Event) -> bool:
        held = self.log.find(journal, event.device, event.n)
        if held is None or identity_digest(journal, held) != identity_digest(journal, event):
            return False  # another process heard it first
        return self._write_again(journal, event.device, event.n)

    def _write_again(self, journal: str, device: str, first: int) -> bool:
        """The server's log has other events under these counters: what is here goes in anew, under another name.

        Returns whether there was anything. Whose words they are, how they rank and what they had seen stays.
        """
        row = self.log.journal(journal)
        known, log = self.log.held(journal)
        branch = write_again(journal, log, known, device, first, partial(self.log.find, journal))
        for parted, n in branch.parted.items():
            self.log.remove(journal, parted, n)
        for event, confirmed in branch.again:
            self.log.add(journal, event, confirmed=confirmed)
        if row.device in branch.names:
            self.log.set_device(journal, branch.names[row.device])
            self.log.set("device", branch.names[row.device])
        self.log.bump(journal)
        return bool(branch.parted)

    # Pairing

    def adopt_account(self, account: str) -> None:
        """From now on this device writes as `account`; what was never sent is rewritten as written by them."""
        with self.log.transaction():
            self.log.set("account", account)
            for row in self.log.journals():
                unsent = self.log.unsent(row.journal, MAX_COUNTER, MAX_COUNTER)
                for event in unsent:
                    if event.actor != account and not event.rejected:
                        self.log.rewrite(row.journal, msgspec.structs.replace(event, actor=account))
                self.log.bump(row.journal)

    def move_into(self, source: str, target: str) -> int:
        """Moves what was written in a journal that was never sent into another; entity ids stay. Returns how many.

        Raises:
            InvalidInput: a server has the source already.

        """
        with self.log.transaction():
            if self.log.journal(source).claimed:
                raise InvalidInput("That journal is on a server already and can't be moved into another.")
            events = [event for _, event in self.log.events(source) if not event.type.startswith("journal.")]
            over = written_over(self.log.state(target), self.log.journal(target).device, self.account, events)
            for again in over:
                self.log.add(target, again, confirmed=False)
            names = {(e.device, e.n): (again.device, again.n) for e, again in zip(events, over, strict=True)}
            self.log.imports.moved(source, target, names)
            self.log.remove_journal(source)
            if self.log.setting("journal") == source:
                self.log.set("journal", target)
        return len(events)

    def welcome(self, journal: str, *, private: bool) -> None:
        """A journal of the account's that is new here; its events come with the next sync."""
        with self.log.transaction():
            if not any(row.journal == journal for row in self.log.journals()):
                self.log.add_journal(journal, self.id, claimed=True, private=private)

    def keep_states(self) -> None:
        """Writes down what was folded, where it is much: after a sync and not in it, since a long one has many pages."""
        with self.log.transaction():
            for row in self.log.journals():
                self.log.states.keep(row.journal)

    def rows(self) -> list[JournalRow]:
        """Every journal on this device."""
        return self.log.journals()


def _placed(event: Event, seq: int, received_at: int, merge_hlc: str) -> Event:
    clamped = "" if merge_hlc == event.hlc else merge_hlc
    return msgspec.structs.replace(event, seq=seq, received_at=received_at, merge_hlc=clamped)


def _given_back(event: Event) -> Event:
    return msgspec.structs.replace(event, seq=0)
