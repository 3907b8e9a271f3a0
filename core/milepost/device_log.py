"""The log in a device's file, which is its outbox as well; knows no network and no rule of sync.

An event has an entry, or stands in a segment with what came in beside it (`device_segments`); who reads sees one log.
"""

from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path

from msgspec.structs import replace

from milepost.branch import Held
from milepost.device_file import DeviceFile
from milepost.device_imports import Imports
from milepost.device_receipts import Receipts
from milepost.device_segments import Segments
from milepost.device_snapshot import Snapshots
from milepost.device_states import KeptStates
from milepost.envelope import MAX_COUNTER, Event, Seen, encode_event, genesis_chain, salted_digest
from milepost.errors import HistoryPartial
from milepost.events import RedactionMade, redacted
from milepost.journal import State
from milepost.messages import MAX_PUSH_BYTES, MAX_PUSH_EVENTS, Cursor
from milepost.sqlite_file import insert

_PAGE = 5_000
_WORDLESS = "wordless"
"""A setting that says, for a journal, that events came without their words."""


class DeviceLog(DeviceFile):
    """One device's file, with the log of each journal, and what each log adds up to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.segments = Segments(self)
        self.snapshots = Snapshots(self.connection)
        self.receipts = Receipts(self.connection)
        self.imports = Imports(self.connection)
        self.states = KeptStates(self, self.snapshots, self.events)

    def close(self) -> None:
        self.undone()
        super().close()

    def undone(self) -> None:
        self.states.forget()

    def state(self, journal: str) -> State:
        """What the log adds up to, current. It is shared: look, don't change."""
        with self.reading():
            return self.states.current(journal).state

    def bump(self, journal: str) -> None:
        """Says that events already in the log changed: every kept state of it is stale."""
        self._sql.execute("UPDATE journals SET generation = generation + 1 WHERE journal = ?", (journal,))
        self.states.forget(journal)

    def remove_journal(self, journal: str) -> None:
        """Forgets a journal whose events were moved elsewhere."""
        for table in ("events", "quarantine", "states", "snapshots", "journals"):
            self._sql.execute(f"DELETE FROM {table} WHERE journal = ?", (journal,))
        self.segments.remove(journal)
        self.receipts.remove(journal)
        self.imports.remove(journal)
        self.states.forget(journal)

    def add(self, journal: str, event: Event, *, confirmed: bool) -> None:
        self.add_many(journal, [(event, None)], confirmed=confirmed)

    def add_many(self, journal: str, events: list[tuple[Event, bytes | None]], *, confirmed: bool) -> None:
        """Appends events in causal order; one that comes from a server has its place and chain value."""
        insert(
            self._sql,
            "events (journal, device, n, seq, chain, confirmed, body)",
            [(journal, e.device, e.n, e.seq or None, chain, int(confirmed), encode_event(e)) for e, chain in events],
        )

    def find(self, journal: str, device: str, n: int) -> Event | None:
        """One event, or None."""
        return next((event for _, event, _ in self._of_device(journal, device, n, n)), None)

    def place(self, journal: str, event: Event, chain: bytes | None) -> None:
        """An event that is here already has its place on the server now (0: again none)."""
        self.segments.unseal_with(journal, event.device, event.n, event.n)
        self._sql.execute(
            "UPDATE events SET seq = ?, chain = ?, confirmed = 1, body = ? WHERE journal = ? AND device = ? AND n = ?",
            (event.seq or None, chain, encode_event(event), journal, event.device, event.n),
        )

    def unplace(self, journal: str, after: int, to: int) -> int:
        """Forgets the places of all events with a `seq` above `after` and up to `to`; the events stay. Returns how many."""
        self.segments.unseal(journal, after, to)
        self.receipts.set_aside(journal, after, lambda seq: self.chain_at(journal, seq))
        return self._sql.execute(
            "UPDATE events SET seq = NULL, chain = NULL WHERE journal = ? AND seq > ? AND seq <= ?",
            (journal, after, to),
        ).rowcount

    def placed_to(self, journal: str) -> int:
        """The last `seq` that an event here is said to have, 0 for none."""
        with self.reading():
            row = self._sql.execute("SELECT MAX(seq) FROM events WHERE journal = ?", (journal,)).fetchone()
            return max(row[0] or 0, self.segments.ends(journal)[1])

    def purge(self, journal: str, of: RedactionMade) -> None:
        """Takes the words out of an event, wherever this file has them."""
        self.snapshots.purge(journal, of)
        self.purge_events(journal, [of])

    def purge_events(self, journal: str, redactions: Iterable[RedactionMade]) -> None:
        """The same, but for the snapshot that the journal began from: that one has been without them all along."""
        self.states.purged(journal)
        for of in redactions:
            self.segments.unseal_with(journal, of.device, of.n, of.n)
            for table in ("events", "quarantine"):
                named = (journal, of.device, of.n)
                row = self._sql.execute(
                    f"SELECT body FROM {table} WHERE journal = ? AND device = ? AND n = ?", named
                ).fetchone()
                held = self.decoded(row[0]) if row else None
                if held is not None and salted_digest(held) == of.digest:
                    self._sql.execute(
                        f"UPDATE {table} SET body = ? WHERE journal = ? AND device = ? AND n = ?",
                        (encode_event(redacted(held, of)), *named),
                    )
                    if not held.receipt and held.actor != self.setting("account"):
                        self.receipts.lost_words(journal, held)
        self.scrub_later()

    def bare(self, journal: str) -> list[int]:
        """The places of others' events that lost their words here and have no receipt for what is left."""
        with self.reading():
            sealed = [
                one for device, n in self.segments.bare(journal) for one in self._of_device(journal, device, n, n)
            ]
            return sorted(self.receipts.bare(journal) + [event.seq for _, event, _ in sealed])

    def note_wordless(self, journal: str, run: Iterable[Event]) -> None:
        """Keeps in mind whether any of these came without its words: who took them may come later, or never."""
        if any(event.data_digest for event in run):
            self.set(f"{_WORDLESS} {journal}", "1")

    def wordless(self, journal: str) -> list[Event]:
        """The events here without their words, if any came since this was last asked; within a transaction."""
        if self.setting(f"{_WORDLESS} {journal}") is None:
            return []
        self.set(f"{_WORDLESS} {journal}", None)
        rows = self._sql.execute(
            "SELECT ordinal, body FROM events WHERE journal = ? AND instr(body, ?) > 0 ORDER BY ordinal",
            (journal, b'"data_digest":'),
        )
        found = [(ordinal, event) for ordinal, body in rows if (event := self.decoded(body)).data_digest]
        return [event for _, event in sorted(found + self.segments.wordless(journal), key=itemgetter(0))]

    def remove(self, journal: str, device: str, first: int) -> None:
        """Takes one device's events out, from counter `first` on: they are written again under another name."""
        self.segments.unseal_with(journal, device, first)
        self._sql.execute("DELETE FROM events WHERE journal = ? AND device = ? AND n >= ?", (journal, device, first))
        self.imports.parted(journal, device, first)

    def drop(self, journal: str, named: Iterable[tuple[str, int]]) -> None:
        """The entries of these (device, n) go: the events come to stand in a segment."""
        self._sql.executemany(
            "DELETE FROM events WHERE journal = ? AND device = ? AND n = ?", [(journal, *one) for one in named]
        )

    def rewrite(self, journal: str, event: Event) -> None:
        """Changes the body of an event that was never sent."""
        self._sql.execute(
            "UPDATE events SET body = ? WHERE journal = ? AND device = ? AND n = ? AND confirmed = 0",
            (encode_event(event), journal, event.device, event.n),
        )

    def dress(self, journal: str, event: Event) -> None:
        """Gives an event the receipt that it bears, and nothing else that would change what it says, or its place."""
        self.receipts.dressed(journal, event)
        self.segments.unseal_with(journal, event.device, event.n, event.n)
        self._sql.execute(
            "UPDATE events SET body = ? WHERE journal = ? AND device = ? AND n = ?",
            (encode_event(event), journal, event.device, event.n),
        )

    def events(self, journal: str, after: int = 0) -> Iterator[tuple[int, Event]]:
        """(ordinal, event) of the whole log, in the order they were applied here."""
        for ordinal, event, _, placed in self._in_order(journal, after):
            # A place that was forgotten still stands in the body, which is never encoded anew without need.
            yield ordinal, event if placed or not event.seq else replace(event, seq=0)

    def _in_order(self, journal: str, after: int) -> Iterator[tuple[int, Event, bool, bool]]:
        """(ordinal, event, whether confirmed, whether it has a place), as above."""
        for segment in self.segments.of(journal, after):
            yield from self._entries(journal, after, segment.begin)
            after = max(after, segment.begin - 1)
            events = self.segments.events(segment)
            if events is not None:
                for event in events[after - segment.begin + 1 :]:
                    after += 1
                    yield after, event, True, True
        yield from self._entries(journal, after, MAX_COUNTER)

    def _entries(self, journal: str, after: int, before: int) -> Iterator[tuple[int, Event, bool, bool]]:
        """The same of what has an entry, with ordinals between those two."""
        while True:
            rows = self._sql.execute(
                # In the order of the table: by an index of the journal's, every page would be a sort of the whole log.
                "SELECT ordinal, confirmed, seq, body FROM events NOT INDEXED "
                "WHERE journal = ? AND ordinal > ? AND ordinal < ? ORDER BY ordinal LIMIT ?",
                (journal, after, before, _PAGE),
            ).fetchall()
            for ordinal, confirmed, seq, body in rows:
                yield ordinal, self.decoded(body), bool(confirmed), seq is not None
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def history(self, journal: str) -> list[Event]:
        """The whole log, in the order in which it was applied here.

        Raises:
            HistoryPartial: the journal began from a snapshot, and not all of the log is here yet.

        """
        begun = self.snapshots.get(journal)
        if begun is not None:
            raise HistoryPartial(
                f"This needs the journal's whole history, and only {begun.known.seq} of the first {begun.place.seq} "
                "events are on this device yet. `milepost sync` fetches the rest."
            )
        return [event for _, event in self.events(journal)]

    def end(self, journal: str) -> int:
        """The last ordinal of the log: it grows with every event that comes in, and with none else."""
        with self.reading():
            row = self._sql.execute("SELECT MAX(ordinal) FROM events WHERE journal = ?", (journal,)).fetchone()
            return max(row[0] or 0, self.segments.ends(journal)[0])

    def between(self, journal: str, device: str, first: int, last: int) -> list[tuple[int, Event]]:
        """(ordinal, event) of one device, with counters from `first` to `last`."""
        return [(ordinal, event) for ordinal, event, _ in self._of_device(journal, device, first, last)]

    def by_device(self, journal: str, device: str) -> list[tuple[Event, bool]]:
        """(event, confirmed) of one device, counting up."""
        return [(event, confirmed) for _, event, confirmed in self._of_device(journal, device, 1, MAX_COUNTER)]

    def _of_device(self, journal: str, device: str, first: int, last: int) -> list[tuple[int, Event, bool]]:
        with self.reading():
            rows = self._sql.execute(
                "SELECT ordinal, body, confirmed FROM events WHERE journal = ? AND device = ? AND n BETWEEN ? AND ?",
                (journal, device, first, last),
            ).fetchall()
            sealed = self.segments.between(journal, device, first, last) if len(rows) <= last - first else []
        found = [(ordinal, self.decoded(body), bool(confirmed)) for ordinal, body, confirmed in rows]
        found += [(ordinal, event, True) for ordinal, event in sealed]
        return sorted(found, key=lambda one: one[1].n)

    def unsent(self, journal: str, limit: int = MAX_PUSH_EVENTS, max_bytes: int = MAX_PUSH_BYTES) -> list[Event]:
        """The next events of the outbox, within the limits of one push."""
        rows = self._sql.execute(
            "SELECT body FROM events WHERE journal = ? AND confirmed = 0 ORDER BY ordinal LIMIT ?", (journal, limit)
        )
        return _within(((0, self.decoded(body), len(body)) for (body,) in rows), max_bytes, limit)[1]

    def unsent_count(self, journal: str) -> int:
        """How many events no server has confirmed."""
        row = self._sql.execute(
            "SELECT COUNT(*) FROM events WHERE journal = ? AND confirmed = 0", (journal,)
        ).fetchone()
        return int(row[0])

    def unplaced(self, journal: str, after: int) -> list[tuple[int, Event]]:
        """(ordinal, event) a server confirmed once and has no place now: one push of a repair."""
        rows = self._sql.execute(
            "SELECT ordinal, body FROM events WHERE journal = ? AND seq IS NULL AND confirmed = 1 AND ordinal > ? "
            "ORDER BY ordinal",
            (journal, after),
        )
        events = ((ordinal, self.decoded(body), len(body)) for ordinal, body in rows)
        ordinals, taken = _within(events, MAX_PUSH_BYTES, MAX_PUSH_EVENTS)
        return list(zip(ordinals, taken, strict=True))

    def held(self, journal: str) -> tuple[dict[str, Seen], Iterator[Held]]:
        """The log in the order it was applied here, with where each event stands, and the contexts that it goes on from:
        those of the snapshot, where it begins with one.
        """
        begun = self.snapshots.get(journal)
        before = self.snapshots.as_it_was(begun) if begun else None
        known = before.devices if before else {}
        log = self._in_order(journal, begun.ordinal if begun else 0)
        held = (Held(event, confirmed, placed) for _, event, confirmed, placed in log)
        return {device: progress.seen for device, progress in known.items()}, held

    def confirmed_counter(self, journal: str, device: str) -> int:
        """The highest counter of `device` that a server confirmed, 0 for none."""
        with self.reading():
            row = self._sql.execute(
                "SELECT MAX(n) FROM events WHERE journal = ? AND device = ? AND confirmed = 1", (journal, device)
            ).fetchone()
            return max(row[0] or 0, self.segments.counter(journal, device))

    def chain_at(self, journal: str, seq: int) -> str:
        """The chain value (hexadecimal) at a place of the server's log as known here; empty where it is not."""
        if seq == 0:
            return genesis_chain(journal).hex()
        with self.reading():
            row = self._sql.execute("SELECT chain FROM events WHERE journal = ? AND seq = ?", (journal, seq)).fetchone()
            chain: bytes | None = row[0] if row and row[0] else self.segments.chain_at(journal, seq)
            if chain is not None:
                return chain.hex()
            begun = self.snapshots.get(journal)
        return begun.place.chain if begun and begun.place.seq == seq else ""

    def placed(self, journal: str, after: int) -> Iterator[tuple[Event, bytes | None]]:
        """The server's log as it is known here, after a place and in its order, each event with the chain value that was
        kept for it, if one was.
        """
        for segment in self.segments.placed(journal, after):
            yield from self._placed(journal, after, segment.first)
            after = max(after, segment.first - 1)
            for event in (self.segments.events(segment) or ())[after - segment.first + 1 :]:
                after = event.seq
                yield event, segment.chain if event.seq == segment.last else None
        yield from self._placed(journal, after, MAX_COUNTER)

    def _placed(self, journal: str, after: int, before: int) -> Iterator[tuple[Event, bytes | None]]:
        rows = self._sql.execute(
            "SELECT chain, body FROM events WHERE journal = ? AND seq > ? AND seq < ? ORDER BY seq",
            (journal, after, before),
        )
        return ((self.decoded(body), chain) for chain, body in rows)

    def doubt(self, journal: str) -> None:
        """Forgets every place: the next sync compares with the server's log from the beginning. No event is lost."""
        with self.transaction():
            self.unplace(journal, 0, MAX_COUNTER)
            self.set_cursor(journal, Cursor(0, genesis_chain(journal).hex()))
            self.bump(journal)

    def forget_state(self, journal: str) -> None:
        """Drops the kept state, which is worked out anew from the log when it is next asked for."""
        with self.transaction():
            self._sql.execute("DELETE FROM states WHERE journal = ?", (journal,))
            self.bump(journal)


def _within(rows: Iterator[tuple[int, Event, int]], max_bytes: int, max_events: int) -> tuple[list[int], list[Event]]:
    """The first rows that fit one push; always at least one."""
    ordinals: list[int] = []
    events: list[Event] = []
    size = 0
    for ordinal, event, length in rows:
        size += length + 1
        if events and (size > max_bytes * 9 // 10 or len(events) >= max_events):
            break
        ordinals.append(ordinal)
        events.append(event)
    return ordinals, events
